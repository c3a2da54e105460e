package redact

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	// maxRestored bounds the secrets that are remembered. Who has more of them put
	// back in one sitting loses the oldest.
	maxRestored = 256
	// minRestored is the length in bytes from which a secret is remembered. A
	// shorter one is likely to be a word that stands elsewhere by right.
	minRestored = 6
)

// restored are the secrets that were put back into answers. One that a rule knew
// by what stood before it, such as the name of a header, may come to stand where
// nothing gives it away: in a suggestion that was refused, or in the line that
// was accepted. So they are known by themselves from then on, wherever they
// stand, as long as the process lives. They are in memory alone.
//
// The zero value holds none, and is safe for concurrent use.
type restored struct {
	some atomic.Bool // there are any: texts are looked through for nothing otherwise

	mu  sync.RWMutex
	all []pair // the oldest first
}

// A pair is a secret and what stands for it.
type pair struct {
	name   string // the placeholder
	secret string
	rule   *rule
}

// remember adds a secret that was put back.
func (k *restored) remember(p pair) {
	if len(p.secret) < minRestored || p.rule.id == homeRule.id {
		return
	}
	same := func(o pair) bool { return o.secret == p.secret }
	k.mu.RLock()
	known := slices.ContainsFunc(k.all, same)
	k.mu.RUnlock()
	if known {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if slices.ContainsFunc(k.all, same) {
		return
	}
	if len(k.all) == maxRestored {
		k.all = slices.Delete(k.all, 0, 1)
	}
	k.all = append(k.all, p)
	k.some.Store(true)
}

// in returns those that stand in text, the longest first, so that none is hidden
// by a part of it.
func (k *restored) in(text string) (found []pair) {
	if !k.some.Load() {
		return nil
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, p := range k.all {
		if strings.Contains(text, p.secret) {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(a, b pair) int { return len(b.secret) - len(a.secret) })
	return found
}

package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// A truthUpstream answers with what the final text of the session has at the
// cursor, or, in a share of the cases, with something else.
type truthUpstream struct {
	o replayOptions

	mu       sync.Mutex
	plan     *plan
	recent   []*key // asked for by the player, the newest last
	streams  map[string]*stream
	asked    int   // requests for an answer
	unplaced int   // of them, those whose place in the document was not found
	wrong    error // the first request that the API turned down
}

// A stream is an answer under way or over.
type stream struct {
	key      *key
	right    bool
	from, to int // bytes of the final text that it covers, if it is right

	began, ended time.Time // ended is zero while it runs
	idle         bool      // the server left before it had read anything
}

// recentKeys is how many keys a request may be late.
const recentKeys = 32

// play takes another session.
func (u *truthUpstream) play(p *plan) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.plan, u.recent, u.streams, u.asked, u.unplaced = p, nil, map[string]*stream{}, 0, 0
}

// press says that the player is about to ask at a key.
func (u *truthUpstream) press(k *key) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.recent) == recentKeys {
		u.recent = u.recent[1:]
	}
	u.recent = append(u.recent, k)
}

// answer is called for each request that the API accepts.
func (u *truthUpstream) answer(q messages.Request) messages.Answer {
	u.mu.Lock()
	defer u.mu.Unlock()
	if q.Body.MaxTokens == 0 || len(u.recent) == 0 { // the cache is filled, no answer is wanted
		return messages.Answer{}
	}
	u.asked++
	k := u.place(q.Body.Prompt())
	if k == nil {
		u.unplaced++
		k = u.recent[len(u.recent)-1]
	}
	k.asked++
	s := &stream{key: k, began: time.Now(), right: k.truth >= 0 && u.chance(k.n) < u.o.right}
	text := u.plan.mistake(k)
	if s.right {
		s.from, s.to, text = k.truth, k.truth+len(k.rest), k.rest
	}
	u.streams[q.ID] = s
	return messages.Answer{
		Text:            fmt.Sprintf("```%s\n%s\n```", u.plan.lang, text),
		Delay:           time.Duration(float64(u.o.firstByte) / u.o.speed),
		TokensPerSecond: u.o.tps * u.o.speed,
	}
}

func (u *truthUpstream) done(q messages.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.wrong == nil {
		u.wrong = refusal(q)
	}
	if s := u.streams[q.ID]; s != nil {
		s.ended, s.idle = q.Ended, !q.Cancelled.IsZero() && q.Deltas == 0
	}
}

// chance is a number from 0 to 1 that is always the same for a key of a
// session, however the session is played.
func (u *truthUpstream) chance(n int) float64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d %d", u.plan.name, n, u.o.seed)
	// The last bytes of what was hashed stir the low bits alone.
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x) / math.MaxUint64
}

// place finds the key that a prompt was made for: the one whose text before
// the cursor stands nearest to its text after the cursor. The prompt's own mark
// stands between them, whose form does not matter, and nothing else if it is
// the right key.
func (u *truthUpstream) place(prompt string) *key {
	const widest = 512 // at the end of a document, the prompt's own ending counts
	var best *key
	least := widest + 1
	for _, k := range slices.Backward(u.recent) {
		if gap := k.gap(prompt, u.plan.new); gap < least {
			best, least = k, gap
		}
	}
	return best
}

// gap is how much stands in a prompt between the text before the cursor and
// the text after it. Where that is nothing, or stands in the document in the
// end, it is no mark: the cursor has been here, typed it, and moved away.
func (k *key) gap(prompt, document string) int {
	least := math.MaxInt
	for {
		i := strings.Index(prompt, k.before)
		if i < 0 {
			return least
		}
		behind := prompt[i+len(k.before):]
		to := len(behind)
		if k.after != "" {
			to = strings.Index(behind, k.after)
		}
		if to > 0 && to < least && !strings.Contains(document, behind[:to]) {
			least = to
		}
		if len(behind) == len(prompt) { // no text before the cursor
			return least
		}
		prompt = prompt[i+1:]
	}
}

// mistake is an answer that is wrong from its first character on: another line
// of the same text.
func (p *plan) mistake(k *key) string {
	first := func(s string) rune {
		for _, r := range strings.TrimSpace(s) {
			return r
		}
		return 0
	}
	lines := strings.Split(p.new, "\n")
	for i := range lines {
		line := strings.TrimSpace(lines[(k.n*31+i)%len(lines)])
		if len(line) > 3 && first(line) != first(k.rest) {
			return line
		}
	}
	return "?"
}

// carries reports whether a stream that was there at some time brings what the
// key needs, so that no request had to be made for it.
func (u *truthUpstream) carries(k *key, at time.Time) bool {
	// The word that nobody waits any more takes its time to arrive.
	const grace = 20 * time.Millisecond
	for _, s := range u.streams {
		if s.right && s.from <= k.truth && k.truth < s.to && s.began.Before(at) &&
			(s.ended.IsZero() || s.ended.After(at) && (!s.idle || s.ended.Sub(at) > grace)) {
			return true
		}
	}
	return false
}

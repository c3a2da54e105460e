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
	ahead    int   // of them, those for a place that nobody had come to
	unplaced int   // of them, those whose place in the document was not found
	wrong    error // the first request that the API turned down
}

// A stream is an answer under way or over.
type stream struct {
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
	u.plan, u.recent, u.streams, u.asked, u.ahead, u.unplaced = p, nil, map[string]*stream{}, 0, 0, 0
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
	newest := u.recent[len(u.recent)-1]
	at, ok := u.place(q.Body.Prompt())
	if !ok {
		u.unplaced++
		at = spotOf(newest)
	}
	// A question for a place that nobody has come to yet is asked while the
	// newest key is pressed, which then was not answered without one.
	asking := at.key
	if at.ahead {
		u.ahead++
		asking = newest
	}
	asking.asked++
	s := &stream{began: time.Now(), right: at.truth >= 0 && u.chance(at.n) < u.o.right}
	text := u.plan.mistake(at.n, at.rest)
	if s.right {
		s.from, s.to, text = at.truth, at.truth+len(at.rest), at.rest
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

// A place is where in the final text the answer to a prompt belongs.
type place struct {
	key   *key
	n     int    // of the key; for a place ahead of it, a number of its own
	truth int    // byte of the final text; -1 where what was typed is wrong
	rest  string // what a model that knows the final text answers
	ahead bool   // nobody has come to it yet: the server has asked for what follows
}

func spotOf(k *key) place { return place{key: k, n: k.n, truth: k.truth, rest: k.rest} }

// place finds where a prompt's mark stands: at one of the newest keys, or ahead
// of one, with text between that is what will be typed. A model sees no more
// than the prompt either.
func (u *truthUpstream) place(prompt string) (place, bool) {
	for _, k := range slices.Backward(u.recent) {
		if k.between(prompt, func(typed string) bool { return typed == "" }) {
			return spotOf(k), true
		}
	}
	for _, k := range slices.Backward(u.recent) {
		var at place
		if k.between(prompt, func(typed string) (ok bool) { at, ok = u.plan.aheadOf(k, typed); return ok }) {
			return at, true
		}
	}
	return place{}, false
}

// between calls found with what stands in a prompt between the key's text before
// the cursor and the prompt's mark, which its text after the cursor follows,
// until found says that it is right. The mark is a tag of whatever name.
func (k *key) between(prompt string, found func(typed string) bool) bool {
	const widest = 2048
	for {
		i := strings.Index(prompt, k.before)
		if i < 0 {
			return false
		}
		behind := prompt[i+len(k.before):]
		for end := 0; ; {
			n := strings.Index(behind[end:max(end, min(len(behind), widest))], "/>")
			if n < 0 {
				break
			}
			end += n + len("/>")
			if from := strings.LastIndexByte(behind[:end], '<'); from >= 0 && strings.HasPrefix(behind[end:], k.after) && found(behind[:from]) {
				return true
			}
		}
		if len(behind) == len(prompt) { // no text before the cursor
			return false
		}
		prompt = prompt[i+1:]
	}
}

// aheadOf is the place behind typed, which stands behind a key, if the final
// text says the same. The indentation of a line that is only begun may differ:
// the answer is the line without its own then.
func (p *plan) aheadOf(k *key, typed string) (place, bool) {
	line := strings.LastIndexByte(typed, '\n') + 1
	if k.truth < 0 || line == 0 || strings.Trim(typed[line:], " \t") != "" || !strings.HasPrefix(p.new[k.truth:], typed[:line]) {
		return place{}, false
	}
	at := k.truth + line
	own := p.new[at:]
	own = own[:len(own)-len(strings.TrimLeft(own, " \t"))]
	if strings.HasPrefix(own, typed[line:]) {
		at += len(typed) - line
	} else {
		at += len(own)
	}
	return place{key: k, n: -1 - k.n, truth: at, rest: p.restAt(k.truth, at), ahead: true}, true
}

// mistake is an answer that is wrong from its first character on: another line
// of the same text.
func (p *plan) mistake(n int, rest string) string {
	first := func(s string) rune {
		for _, r := range strings.TrimSpace(s) {
			return r
		}
		return 0
	}
	lines := strings.Split(p.new, "\n")
	for i := range lines {
		line := strings.TrimSpace(lines[(max(n, -n)*31+i)%len(lines)])
		if len(line) > 3 && first(line) != first(rest) {
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

package messages

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// The prompt cache, by the published rules:
//
//   - A prefix is known by its exact bytes and block borders, in the order
//     tools, system, messages; by model, account, thinking, effort, speed and
//     tool choice. An explicit default is the same as an absent field.
//   - Entries are written at breakpoints alone, and none for a prefix below the
//     model's minimum.
//   - From each breakpoint the search goes back over at most 20 blocks, the
//     breakpoint's own among them; the longest prefix found is read.
//   - An entry lives 5 minutes or 1 hour after its last use.
//   - It can be read only once the answer of the request that wrote it has
//     begun. A request given up before that leaves nothing (not published; the
//     stricter guess).
//   - A read keeps the entry it read alive, and those at the request's own
//     earlier breakpoints (not published; nothing else is kept alive).
//
// Usage follows from it: what lies after the last breakpoint is input; what
// lies between the prefix read and the last 1h breakpoint is written for 1h,
// the rest up to the last breakpoint for 5m.

// lookback is how many blocks a breakpoint looks back over, itself counted.
const lookback = 20

// Usage is what a request is billed for, in tokens.
type Usage struct {
	Input        int // after the last breakpoint, or all when nothing is cached
	CacheRead    int
	CacheWrite5m int
	CacheWrite1h int
	Output       int // thinking included
	Thinking     int
}

// Prompt is the size of the whole prompt, which decides the price step of some
// models.
func (u Usage) Prompt() int { return u.Input + u.CacheRead + u.CacheWrite5m + u.CacheWrite1h }

type digest [sha256.Size]byte

// A link is one block of a prompt in its chain: the digest covers everything up
// to and including it.
type link struct {
	sum    digest
	tokens int // of everything up to and including it
	ttl    time.Duration
}

// chain links the blocks of a prompt. A link with a ttl is a breakpoint.
func chain(b Body, m spec, account string) []link {
	thinking := b.Thinking.Type
	if thinking == "" {
		thinking = "disabled"
		if m.thinkingOn {
			thinking = "adaptive"
		}
	}
	effort, speed := b.Effort, b.Speed
	if effort == "" {
		effort = m.effort
	}
	if speed == "" {
		speed = "standard"
	}
	sum := digest(sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d %q %q %q",
		account, m.id, thinking, b.Thinking.Budget, effort, speed, b.toolChoice)))

	var links []link
	tokens := 0
	add := func(place string, blocks []Block) {
		for _, blk := range blocks {
			sum = sha256.Sum256(fmt.Appendf(nil, "%x %q %q %q %q", sum, place, blk.Type, blk.Text, blk.Raw))
			tokens += m.blockTokens(blk)
			links = append(links, link{sum: sum, tokens: tokens, ttl: ttlOf(blk.Cache)})
		}
	}
	add("tools", b.Tools)
	add("system", b.System)
	for _, msg := range b.Messages {
		add(msg.Role, msg.Content) // the role alone: neighbours of one role are one turn
	}
	if n := len(links); n > 0 && b.Auto != nil && links[n-1].ttl == 0 {
		links[n-1].ttl = ttlOf(b.Auto)
	}
	return links
}

func ttlOf(c *Cache) time.Duration {
	switch {
	case c == nil:
		return 0
	case c.TTL == "1h":
		return time.Hour
	}
	return 5 * time.Minute
}

// A promptCache is the store. Its owner guards it with a lock.
type promptCache map[digest]entry

type entry struct {
	ttl  time.Duration
	used time.Time
}

// read works out what a request reads and would write. It changes nothing:
// what the request does to the cache happens in begin.
func (c promptCache) read(links []link, minimum int, now time.Time) (u Usage, hit int) {
	hit = -1
	last, last1h := -1, -1 // the last breakpoints that count
	for i, l := range links {
		if l.ttl == 0 || l.tokens < minimum {
			continue
		}
		last = i
		if l.ttl == time.Hour {
			last1h = i
		}
		for j := i; j > hit && j > i-lookback; j-- {
			if e, ok := c[links[j].sum]; ok && now.Sub(e.used) < e.ttl {
				hit = j
			}
		}
	}
	upTo := func(i int) int {
		if i < 0 {
			return 0
		}
		return links[i].tokens
	}
	u.CacheRead = upTo(hit)
	u.CacheWrite1h = max(0, upTo(last1h)-upTo(hit))
	u.CacheWrite5m = max(0, upTo(last)-upTo(max(hit, last1h)))
	if len(links) > 0 {
		u.Input = links[len(links)-1].tokens - upTo(max(hit, last))
	}
	return u, hit
}

// begin is called when the answer's first byte is out: the entries of the
// request become readable, and what it read lives on.
func (c promptCache) begin(links []link, hit, minimum int, now time.Time) {
	for i, l := range links {
		e, known := c[l.sum]
		alive := known && now.Sub(e.used) < e.ttl
		switch {
		case i == hit && known, i < hit && l.ttl > 0 && alive:
			c[l.sum] = entry{e.ttl, now}
		case i > hit && l.ttl > 0 && l.tokens >= minimum:
			c[l.sum] = entry{l.ttl, now}
		}
	}
	for sum, e := range c { // nothing that has expired is kept
		if now.Sub(e.used) >= e.ttl {
			delete(c, sum)
		}
	}
}

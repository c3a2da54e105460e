package completion

import (
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// A hit is a suggestion that a request can be answered from.
type hit struct {
	*suggestion
	trail trail
	live  bool // it has nothing to show yet
}

// A finding is what is known for a place.
type finding struct {
	hit
	ok      bool        // there is a hit
	nothing bool        // the model had nothing to say here a moment ago
	through *suggestion // the one that was typed or accepted to its end, which is here; nil if none was
	missed  Miss        // why there is no hit
}

// find looks for what r can be answered from at a place of doc: best what has
// something to show there, and else a stream that may still come to it, which
// then must be released.
func (s *sittings) find(r Request, doc *document.Document, at document.Offset) finding {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.search(r, doc, at)
}

func (s *sittings) search(r Request, doc *document.Document, at document.Offset) (f finding) {
	t := s.docs[doc.URI()]
	if t == nil {
		return finding{missed: MissNothing}
	}
	var waits *hit
	missed := MissNothing
	for _, g := range t.all {
		switch {
		case g.aborted:
			continue
		case g.settings != settingsOf(r):
			missed = missed.or(MissSettings)
			continue
		case r.wanted() > g.wanted:
			missed = missed.or(MissInvoked)
			continue
		}
		l := g.look(always)
		to := 0
		for _, f := range l.found {
			to = max(to, f.to)
		}
		way, near := g.spot.reach(doc, at, to)
		if !near || l.gone {
			missed = missed.or(MissElsewhere)
			continue
		}
		rest, fits := l.at(way)
		t.follow(g, way, fits)
		switch h := (hit{suggestion: g, trail: way, live: !l.decided}); {
		case r.Menu && way.typed == "" && g.ahead:
			// Whoever presses Enter in a menu takes its entry.
		case fits && len(rest) > 0 && (l.decided || l.lines > 0):
			s.take(h)
			t.starved = time.Time{}
			return finding{hit: h, ok: true}
		case fits && !l.decided && waits == nil:
			waits = &h
		case l.decided && g.begins(way) && l.end.outcome == Empty && s.clock.Now().Sub(l.ended) < forgetNothing:
			f.nothing = true
		case l.decided && f.through == nil && len(l.found) == 1 && way.typed == strings.TrimRight(l.found[0].text, " \t\n"):
			f.through = g
		}
		if missed = missed.or(MissUsedUp); !fits {
			missed = missed.or(MissTyped)
		}
	}
	if waits != nil {
		s.take(*waits)
		f.hit, f.ok = *waits, true
		t.starved = time.Time{}
	} else {
		f.missed = missed
	}
	return f
}

func always(int) bool { return true }

// follow notes whether what was typed is what the suggestion says. Someone who
// has followed it for a while and then types something else may have slipped.
func (t *sitting) follow(g *suggestion, way trail, fits bool) {
	typed := len(strings.TrimLeft(way.typed, " \t\n")) // a line break tells nothing
	switch {
	case fits && g.left:
		g.left = false
		t.misses, t.typo = max(0, t.misses-1), false
	case fits && typed > g.followed:
		g.followed = typed
		t.misses, t.typo = 0, false
	case !fits && !g.left:
		g.left, g.leftAt = true, len(way.typed)
		if strings.TrimSpace(way.typed) == "" { // an indentation that was not expected is no other thought
			break
		}
		t.misses++
		t.typo = g.followed >= slip
	case !fits && t.typo && len(way.typed) > g.leftAt+1:
		t.typo = false // it was meant
	}
}

// slip is how many bytes of a suggestion must have been typed for it to be
// believed more than the next key.
const slip = 4

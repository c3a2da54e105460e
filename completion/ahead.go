package completion

import (
	"context"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// Somebody who types what a suggestion says, or accepts it, goes on behind it.
// What belongs there is asked for while the last keys of it are typed, as if
// the line were whole and a new one begun: so it is there with the line break,
// and not the time to the first token later. The question takes the place of
// the one that the new line would ask; it is in vain for who stops here.

// A next is the line behind a suggestion, which nobody has come to yet. It is
// empty, so that the model says how it is indented: deeper where a block begins
// and less where one ends.
type next struct {
	of   *suggestion
	doc  *document.Document // with the suggestion and a line break in it
	at   document.Offset    // behind the line break
	spot spot               // in front of it: the suggestion's end
}

// lead is what stands between the end of a suggestion and what the model says to
// come next.
const lead = "\n"

// next is what comes behind a suggestion of which left is left at the cursor.
// There is no such line where the suggestion is not all that the model had to
// say, and where text stands behind it.
func (a *asking) next(of *suggestion, left fitted) (*next, bool) {
	if of == nil || a.r.Invoked || !a.r.Settings.Ahead || a.r.Settings.InvokedOnly || !of.complete() {
		return nil, false
	}
	_, tail := lineParts(a.doc, a.at)
	if strings.TrimSpace(tail[min(left.to, len(tail)):]) != "" {
		return nil, false
	}
	eol := a.doc.EOL()
	text := strings.ReplaceAll(left.text, "\n", eol)
	doc, err := a.doc.Apply(a.doc.Version(), document.Change{From: a.at, To: a.at + document.Offset(left.to), Text: text})
	if err != nil {
		return nil, false
	}
	end := a.at + document.Offset(len(text))
	n := &next{of: of, spot: spotAt(doc, end)}
	// The place moves with the lines above the one that is being typed.
	n.spot.head = n.spot.at - a.doc.LineStart(a.doc.LineAt(a.at))
	if n.doc, err = doc.Apply(doc.Version(), document.Change{From: end, To: end, Text: eol}); err != nil {
		return nil, false
	}
	n.at = end + document.Offset(len(eol))
	return n, true
}

const (
	// aheadTyped is how many bytes of a suggestion must have been typed before
	// its end is believed.
	aheadTyped = slip
	// aheadMargin is what an answer takes beyond its first text until it can be
	// shown, and usualFirst how long the first text takes while that is not
	// known.
	aheadMargin = 300 * time.Millisecond
	usualFirst  = 500 * time.Millisecond
)

// Ahead reports whether it is time to ask for the line behind a suggestion: so
// much of it was typed that the rest will be, and so little is left that the
// answer comes with its end. Asking earlier would only be wrong more often.
func (h History) Ahead(typed, left int) bool {
	first, gap := h.First, h.Gap
	if first == 0 {
		first = usualFirst
	}
	if gap == 0 {
		gap = 2 * autoWait
	}
	return typed >= aheadTyped && typed >= left && time.Duration(left)*gap <= first+aheadMargin
}

// lookAhead asks for the line behind a suggestion that a request was answered
// from, if it is time to. It is called when nobody waits for it.
func (a *asking) lookAhead(h hit, answer Answer) {
	if len(answer.Candidates) != 1 || answer.Partial {
		return
	}
	l := h.look(nil)
	rest, _ := l.at(h.trail)
	if !l.decided || len(rest) != 1 || l.cut > 0 || strings.Contains(rest[0].text, "\n") {
		return
	}
	if a.sittings.history(a.r.Doc.URI()).Ahead(len(strings.TrimSpace(h.trail.typed)), len(rest[0].text)) {
		a.askAhead(h.suggestion, rest[0].fitted)
	}
}

// askAhead asks for the line behind a suggestion in the background.
func (a *asking) askAhead(of *suggestion, left fitted) {
	b := *a // the request itself is answered meanwhile
	a.sittings.start(func() {
		n, ok := b.next(of, left)
		if !ok {
			return
		}
		if g, news := b.sittings.beginAhead(b.r, n); news != nil {
			b.ask(news, g, n)
			b.sittings.release(g, false)
		}
	})
}

// beginAhead makes a new suggestion for a line that nobody has come to yet,
// unless there is one, or as much is under way as may be.
func (s *sittings) beginAhead(r Request, n *next) (g *suggestion, news context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.docs[n.doc.URI()]
	if t == nil || s.closed || n.of.followedBy || n.of.left {
		return nil, nil
	}
	flying := 0
	for _, g := range t.all {
		if g.size == 0 && !g.aborted {
			flying++
		}
	}
	if flying >= inFlight {
		return nil, nil
	}
	h, news := s.make(t, r, n.doc, n.at, n, nil)
	h.unasked, h.alone = true, true // no request reports what it costs
	return h.suggestion, news
}

package lsp

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// ghosts knows what was last offered in each document, to tell from the next
// edits whether it was taken: Helix runs no command on acceptance, and others
// may not either.
type ghosts struct {
	mu    sync.Mutex
	shown map[uri.URI]*ghost
}

// A ghost is what was offered in one document. It is moved along while the
// user types what it says.
type ghost struct {
	candidates []completion.Candidate
	version    int32 // of the document it was offered in
	accepted   bool  // whole, by an edit; the command that may follow is not counted again
	partly     map[string]bool
}

// offer notes what a request was answered with.
func (g *ghosts) offer(u uri.URI, version int32, candidates []completion.Candidate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shown == nil {
		g.shown = map[uri.URI]*ghost{}
	}
	g.shown[u] = &ghost{candidates: candidates, version: version, partly: map[string]bool{}}
}

// forget drops what was offered in a document.
func (g *ghosts) forget(u uri.URI) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.shown, u)
}

// accepted says that the client itself reported the acceptance of id, and
// whether that is news.
func (g *ghosts) accepted(id string) (news bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, shown := range g.shown {
		for _, c := range shown.candidates {
			if c.ID == id {
				news = !shown.accepted
				shown.accepted = true
				return news
			}
		}
	}
	return true // offered before the last one: the client knows
}

// justAccepted reports whether the text of the document, at this version, is
// what an acceptance has left: nothing was typed since.
func (g *ghosts) justAccepted(u uri.URI, version int32) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	shown := g.shown[u]
	return shown != nil && shown.accepted && shown.version == version
}

// edited compares one edit of a document, still in its text before the edit,
// with what is offered there.
func (g *ghosts) edited(u uri.URI, before *document.Document, edit document.Change, version int32, report func(id string, f completion.Feedback)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	shown := g.shown[u]
	if shown == nil {
		return
	}
	if shown.accepted {
		delete(g.shown, u)
		return
	}
	var rest []completion.Candidate
	for _, c := range shown.candidates {
		left, how := take(before, c, edit)
		switch how {
		case tookNone:
		case tookAll:
			report(c.ID, completion.Accepted)
			shown.accepted, shown.version = true, version
			return
		case tookWords:
			if !shown.partly[c.ID] {
				shown.partly[c.ID] = true
				report(c.ID, completion.PartlyAccepted)
			}
			rest = append(rest, left)
		case tookSome:
			rest = append(rest, left)
		}
	}
	if len(rest) == 0 {
		delete(g.shown, u)
		return
	}
	shown.candidates = rest
}

// How an edit relates to a candidate.
type taken int

const (
	tookNone  taken = iota // it says something else
	tookSome               // it is the candidate's next characters, as typed
	tookWords              // it is the candidate's beginning, more than a key can type
	tookAll                // it is the candidate
)

// take says how much of a candidate an edit has put into the text, and what is
// left of it. One typed character is never an acceptance: the user may just
// have typed what was offered.
//
// Editors may send less than the candidate's whole range where the text on its
// edges stays the same, so both are compared by the text they leave behind.
func take(before *document.Document, c completion.Candidate, edit document.Change) (completion.Candidate, taken) {
	edit = trim(before, within(before, c, edit))
	if edit.From < c.From || edit.To > c.To || edit.Text == "" {
		return c, tookNone
	}
	inserted := before.Slice(c.From, edit.From) + edit.Text
	tail := before.Slice(edit.To, c.To)
	typed := strings.TrimSpace(edit.Text)
	long := len([]rune(typed)) > 1
	if inserted+tail == c.Text {
		if long {
			return completion.Candidate{}, tookAll
		}
		return completion.Candidate{}, tookNone // the last character, typed by hand
	}
	if !strings.HasPrefix(c.Text, inserted) || edit.From != c.From {
		return c, tookNone
	}
	rest := c.Text[len(inserted):]
	at := edit.From + document.Offset(len(edit.Text))
	left := completion.Candidate{ID: c.ID, Text: rest, From: at, To: at + (c.To - edit.To)}
	if long && wordEnds(inserted, rest) {
		return left, tookWords
	}
	return left, tookSome
}

// within leaves out of an edit what it gives anew outside the candidate's range:
// with full synchronisation that is the rest of the document, and no comparison
// from one end alone can tell where a repeated line or bracket was put in.
func within(before *document.Document, c completion.Candidate, edit document.Change) document.Change {
	if edit.From > c.From || edit.To < c.To {
		return edit
	}
	text, ok := strings.CutPrefix(edit.Text, before.Slice(edit.From, c.From))
	if !ok {
		return edit
	}
	if text, ok = strings.CutSuffix(text, before.Slice(c.To, edit.To)); !ok {
		return edit
	}
	return document.Change{From: c.From, To: c.To, Text: text}
}

// trim leaves out of an edit what it replaces by itself: menus replace the word
// that was typed by the word and its continuation.
func trim(before *document.Document, edit document.Change) document.Change {
	old := before.Slice(edit.From, edit.To)
	n := 0
	for n < len(old) && n < len(edit.Text) && old[n] == edit.Text[n] {
		n++
	}
	for n > 0 && n < len(edit.Text) && !utf8.RuneStart(edit.Text[n]) {
		n--
	}
	return document.Change{From: edit.From + document.Offset(n), To: edit.To, Text: edit.Text[n:]}
}

// wordEnds reports whether no word goes on from the end of a to the start of b.
func wordEnds(a, b string) bool {
	last, first := lastRune(a), firstRune(b)
	word := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	return !word(last) || !word(first)
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func lastRune(s string) rune {
	r := []rune(s)
	if len(r) == 0 {
		return 0
	}
	return r[len(r)-1]
}

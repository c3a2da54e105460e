package completion

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// A Verdict says whether to ask the model, and if not, why.
type Verdict struct {
	Ask    bool
	Reason string        // one of the Reason constants; "" when Ask
	Wait   time.Duration // pause first, so that fast typing costs nothing
}

// The reasons for which nothing is asked or shown.
const (
	ReasonDisabled   = "disabled"     // the settings say so, whoever asks
	ReasonSelection  = "selection"    // the menu's entry does not end at the cursor
	ReasonMidWord    = "mid_word"     // a word goes on behind the cursor
	ReasonRestOfLine = "rest_of_line" // much text follows on the line
	ReasonAccepted   = "after_accept" // a suggestion was just accepted, and nothing was typed since
	ReasonNoText     = "no_text"      // the document is empty: there is nothing to go by

	ReasonNothing = "nothing"    // the model had nothing to insert
	ReasonUnfit   = "unfit"      // what the model said does not fit; Report.Steps names the step
	ReasonRefused = "refused"    // the model refused to answer
	ReasonLeft    = "left_alone" // whoever asked stopped listening
)

// longRest is how much text may follow the cursor on its line if nobody asked:
// a few closing brackets, and the end of a call.
const longRest = 8

// autoWait is the pause of the automatic debounce inside a line. At the start
// of one there is nothing to wait for: the next key is a new thought.
const autoWait = 75 * time.Millisecond

// Decide says whether r is worth a question. It is pure, and reads nothing but
// the cursor's line. Someone who asks by hand is always answered, unless
// completion is switched off here.
func Decide(r Request) Verdict {
	head, tail := lineParts(r.Doc, r.At)
	no := func(reason string) Verdict { return Verdict{Reason: reason} }
	switch {
	case r.Settings.Disabled:
		return no(ReasonDisabled)
	case r.Selected != nil && (r.Selected.To != r.At || r.Selected.From > r.At || r.Selected.From < r.At-document.Offset(len(head))):
		return no(ReasonSelection)
	case r.Invoked:
		return Verdict{Ask: true}
	}
	first, _ := utf8.DecodeRuneInString(tail)
	rest := strings.TrimSpace(tail)
	switch {
	case tail != "" && isWord(first):
		return no(ReasonMidWord)
	case utf8.RuneCountInString(rest) > longRest && strings.IndexFunc(rest, isWord) >= 0:
		return no(ReasonRestOfLine)
	case r.Accepted && strings.TrimSpace(head) != "":
		return no(ReasonAccepted)
	case strings.TrimSpace(head) == "" && rest == "" && blankDocument(r.Doc):
		return no(ReasonNoText)
	}
	wait := r.Settings.Debounce
	if wait < 0 {
		wait = autoWait
		if strings.TrimSpace(head) == "" {
			wait = 0
		}
	}
	return Verdict{Ask: true, Wait: wait}
}

// lineParts is the cursor's line, on both sides of it.
func lineParts(d *document.Document, at document.Offset) (head, tail string) {
	n := d.LineAt(at)
	return d.Slice(d.LineStart(n), at), d.Slice(at, max(at, d.LineEnd(n)))
}

// blankDocument reports whether d holds nothing but blanks. It looks no
// further than it must.
func blankDocument(d *document.Document) bool {
	for piece := range d.Pieces(0, d.Len()) {
		if strings.TrimSpace(piece) != "" {
			return false
		}
	}
	return true
}

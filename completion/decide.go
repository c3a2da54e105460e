package completion

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
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
	ReasonComment    = "comment"      // inside a word of a comment's prose, and not what was suggested
	ReasonString     = "string"       // inside a word of a string, and not what was suggested
	ReasonAccepted   = "after_accept" // a suggestion was just accepted, and nothing was typed since
	ReasonDeletion   = "deletion"     // text was taken away, and nothing was typed since
	ReasonAhead      = "ahead"        // a suggestion was just accepted; the line behind it is asked for, and shown when it is begun
	ReasonUnchanged  = "unchanged"    // the model had nothing to say here a moment ago
	ReasonBudget     = "budget"       // little is left of the budget of the day, and nobody asked by hand
	ReasonNoText     = "no_text"      // the document is empty: there is nothing to go by

	ReasonNothing = "nothing"    // the model had nothing to insert
	ReasonUnfit   = "unfit"      // what the model said does not fit; Report.Steps names the step
	ReasonRefused = "refused"    // the model refused to answer
	ReasonLeft    = "left_alone" // whoever asked stopped listening
)

// longRest is how much text may follow the cursor on its line if nobody asked:
// a few closing brackets, and the end of a call.
const longRest = 8

// proseMisses is how many suggestions in a row must have been left before a half
// written word of prose is no longer asked for.
const proseMisses = 2

// Decide says whether r is worth a question, after what went before it. It is
// pure, and reads nothing but the cursor's line and the one above. Someone who
// asks by hand is always answered, unless completion is switched off here.
//
// It is about questions alone: what is known already costs nothing and is
// shown wherever it fits.
func Decide(r Request, h History) Verdict {
	head, tail := lineParts(r.Doc, r.At)
	no := func(reason string) Verdict { return Verdict{Reason: reason} }
	switch {
	case r.Settings.Disabled:
		return no(ReasonDisabled)
	case r.Selected != nil && (r.Selected.To != r.At || r.Selected.From > r.At || r.Selected.From < r.At-document.Offset(len(head))):
		return no(ReasonSelection)
	case r.Invoked:
		return Verdict{Ask: true}
	case r.Settings.InvokedOnly:
		return no(ReasonBudget)
	}
	first, _ := utf8.DecodeRuneInString(tail)
	rest := strings.TrimSpace(tail)
	begins := strings.TrimSpace(head) == ""
	switch {
	case tail != "" && isWord(first):
		return no(ReasonMidWord)
	case utf8.RuneCountInString(rest) > longRest && strings.IndexFunc(rest, isWord) >= 0:
		return no(ReasonRestOfLine)
	case r.Accepted && !begins:
		return no(ReasonAccepted)
	case h.Deleted:
		return no(ReasonDeletion)
	case h.Known:
		return no(ReasonUnchanged)
	case begins && rest == "" && blankDocument(r.Doc):
		return no(ReasonNoText)
	}
	if reason := insideProse(r, head); reason != "" && h.Misses >= proseMisses {
		return no(reason)
	}
	wait := r.Settings.Debounce
	switch {
	case begins && rest == "" && belowComment(r):
		wait = 0 // people write comments to get code
	case wait < 0 && begins:
		wait = 0 // the next key is a new thought: there is nothing to wait for
	case wait < 0:
		wait = h.Pause()
	}
	return Verdict{Ask: true, Wait: wait}
}

// insideProse says whether the cursor stands behind a half written word of a
// comment or a string. Where suggestions were just left, nobody can guess the
// word, and a question at each of its letters costs as much as one at its end.
// What the cursor's line alone does not tell (a comment of several lines) counts
// as code.
func insideProse(r Request, head string) string {
	last, _ := utf8.DecodeLastRuneInString(head)
	if !isWord(last) || len(head) > near {
		return ""
	}
	switch syntax.ByID(r.Doc.Language()).After(head, syntax.State{}).In() {
	case syntax.InComment:
		return ReasonComment
	case syntax.InString:
		return ReasonString
	case syntax.InCode:
	}
	return ""
}

// belowComment reports whether the line above the cursor's is a comment and
// nothing else.
func belowComment(r Request) bool {
	n := r.Doc.LineAt(r.At)
	if n == 0 || r.Doc.LineStart(n)-r.Doc.LineStart(n-1) > near {
		return false
	}
	line := strings.TrimSpace(r.Doc.Line(n - 1))
	for _, mark := range syntax.ByID(r.Doc.Language()).LineComments() {
		if body, ok := strings.CutPrefix(line, mark); ok && strings.IndexFunc(body, isWord) >= 0 {
			return true
		}
	}
	return strings.HasSuffix(line, "*/") && (strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "*"))
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

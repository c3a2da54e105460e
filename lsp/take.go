package lsp

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// How an edit relates to a candidate.
type taken int

const (
	tookNone  taken = iota // it says something else
	besides                // it is in other lines, and only moves the candidate
	tookSome               // it is the candidate's next characters, as typed
	tookTyped              // it is all that was left of the candidate, as typed
	tookWords              // it is the candidate's next words, more than a key can type
	tookLines              // the same, to the end of a line
	tookAll                // it is all that was left of the candidate
)

// meant is what it is where a person is known to have accepted, and not typed.
func (t taken) meant() taken {
	switch t {
	case tookSome:
		return tookWords
	case tookTyped:
		return tookAll
	}
	return t
}

// A taking is what an edit has made of a candidate.
type taking struct {
	how  taken
	left completion.Candidate // what is left of it; none for tookNone, tookTyped and tookAll
	edit document.Change      // the least edit that does it; for all but tookNone and besides
}

// in is where the text was put in, in the text after the edit.
func (t taking) in() span {
	return span{t.edit.From, t.edit.From + document.Offset(len(t.edit.Text))}
}

// take says how much of a candidate an edit has put into the text, and what is
// left of it. One typed character is never an acceptance: the user may just
// have typed what was offered.
//
// Editors may send less than the candidate's whole range where the text on its
// edges stays the same, so both are compared by the text they leave behind.
func take(before *document.Document, c completion.Candidate, edit document.Change) taking {
	if edit = trimStart(before, within(before, c, edit)); edit.From < c.From || edit.To > c.To {
		return beside(before, c, edit)
	}
	if edit.Text == "" {
		return taking{}
	}
	inserted := before.Slice(c.From, edit.From) + edit.Text
	tail := before.Slice(edit.To, c.To)
	hand := byHand(edit.Text)
	least := trimEnd(before, edit)
	switch {
	case inserted+tail == c.Text && hand:
		return taking{how: tookTyped, edit: least}
	case inserted+tail == c.Text:
		return taking{how: tookAll, edit: least}
	case !strings.HasPrefix(c.Text, inserted) || edit.From != c.From:
		return taking{}
	}
	rest := c.Text[len(inserted):]
	at := edit.From + document.Offset(len(edit.Text))
	left := completion.Candidate{ID: c.ID, Text: rest, From: at, To: at + (c.To - edit.To)}
	switch {
	case hand || !wordEnds(inserted, rest):
		return taking{how: tookSome, left: left, edit: least}
	case lineEnds(edit.Text, rest):
		return taking{how: tookLines, left: left, edit: least}
	default:
		return taking{how: tookWords, left: left, edit: least}
	}
}

// beside is the taking of an edit that does not lie in the candidate's range. In
// other lines it may be anybody's: an import that comes with an entry of a menu,
// a formatter, another cursor.
func beside(before *document.Document, c completion.Candidate, edit document.Change) taking {
	edit = trimEnd(before, edit)
	by := document.Offset(len(edit.Text)) - (edit.To - edit.From)
	start := before.LineStart(before.LineAt(c.From))
	switch {
	case edit.From > before.LineEnd(before.LineAt(c.To)):
		by = 0
	case edit.To < start:
	case edit.To == start && start < c.From && strings.HasSuffix(edit.Text, "\n"):
	default:
		return taking{}
	}
	c.From, c.To = c.From+by, c.To+by
	return taking{how: besides, left: c}
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

// trim leaves out of an edit what it replaces by itself.
func trim(before *document.Document, edit document.Change) document.Change {
	return trimEnd(before, trimStart(before, edit))
}

// trimStart does so at the start: menus replace the word that was typed by the
// word and its continuation.
func trimStart(before *document.Document, edit document.Change) document.Change {
	old := before.Slice(edit.From, edit.To)
	n := 0
	for n < len(old) && n < len(edit.Text) && old[n] == edit.Text[n] {
		n++
	}
	for n > 0 && (n < len(edit.Text) && !utf8.RuneStart(edit.Text[n]) || n < len(old) && !utf8.RuneStart(old[n])) {
		n--
	}
	return document.Change{From: edit.From + document.Offset(n), To: edit.To, Text: edit.Text[n:]}
}

// trimEnd does so at the end.
func trimEnd(before *document.Document, edit document.Change) document.Change {
	old := before.Slice(edit.From, edit.To)
	n := 0
	for n < len(old) && n < len(edit.Text) && old[len(old)-1-n] == edit.Text[len(edit.Text)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(edit.Text[len(edit.Text)-n]) {
		n--
	}
	return document.Change{From: edit.From, To: edit.To - document.Offset(n), Text: edit.Text[:len(edit.Text)-n]}
}

// byHand reports whether one key can have put a text in: a character, a line
// break with the indentation that the editor adds, or an opening bracket or
// quote with the closing one that it adds.
func byHand(text string) bool {
	text = strings.TrimSpace(text)
	switch text {
	case "()", "[]", "{}", "<>", `""`, "''", "``":
		return true
	}
	return utf8.RuneCountInString(text) <= 1
}

// wordEnds reports whether no word goes on from the end of a to the start of b.
func wordEnds(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	return !inWord(last) || !inWord(first)
}

// lineEnds reports whether a piece of a candidate ends where one of its lines
// does, or where the text of the next one begins, and is more than the line's last
// word: taking word by word comes to a line's end too.
func lineEnds(piece, rest string) bool {
	if !strings.HasSuffix(strings.TrimRight(piece, " \t"), "\n") && !strings.HasPrefix(strings.TrimPrefix(rest, "\r"), "\n") {
		return false
	}
	words := strings.FieldsFunc(piece, func(r rune) bool { return !inWord(r) })
	return len(words) > 1
}

func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

package lsp

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// maxRelined bounds the text of an edit in which lines are looked for again, in
// bytes.
const maxRelined = 1 << 20

// relined finds the lines of the old text again that an edit gives anew: a
// formatter, or an editor that sends one range from the first change to the
// last, replaces lines by themselves, but for white space. They are looked for
// in order. What is in a line that has really changed is taken for changed, all
// of it.
type relined struct {
	where map[string][]int // the lines of the new text that say something, without white space; nil before it is needed
	at    document.Offset  // where the next one may begin
}

// found appends what of a replaced part stands in the new text.
func (r *relined) found(to []span, before *document.Document, edit document.Change, after *document.Document, part span) []span {
	end := edit.From + document.Offset(len(edit.Text))
	if edit.Text == "" || len(edit.Text) > maxRelined || !strings.Contains(before.Slice(edit.From, edit.To), "\n") {
		return to
	}
	if r.where == nil {
		r.where = map[string][]int{}
		for n := after.LineAt(edit.From); n <= after.LineAt(end); n++ {
			key := squeeze(after.Line(n))
			r.where[key] = append(r.where[key], n)
		}
	}
	next := -1 // the line after the last one that was found
	for n := before.LineAt(part.from); n <= before.LineAt(part.to); n++ {
		old, start := before.Line(n), before.LineStart(n)
		in := func(at document.Offset) int { return visible(old[:min(max(0, at-start), document.Offset(len(old)))]) }
		from, until := in(part.from), in(part.to)
		if from == until {
			continue
		}
		key := squeeze(old)
		alone := !strings.ContainsFunc(key, inWord) // a bracket is anywhere: it counts behind its own line alone
		for _, m := range r.where[key] {
			text, at := after.Line(m), after.LineStart(m)
			first, _ := nth(text, from)
			_, last := nth(text, until-1)
			s := span{max(r.at, at+first), min(end, at+last)}
			if at+document.Offset(len(text)) <= r.at || alone && m != next {
				continue
			}
			if next = m + 1; s.from < s.to {
				to, r.at = append(to, s), s.to
			}
			break
		}
	}
	return to
}

// squeeze is a text without white space.
func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }

// nth is where the byte number n lies in a text, not counting white space.
func nth(text string, n int) (from, to document.Offset) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsSpace(r):
		case n < size:
			return document.Offset(i + n), document.Offset(i + n + 1)
		default:
			n -= size
		}
		i += size
	}
	return document.Offset(len(text)), document.Offset(len(text))
}

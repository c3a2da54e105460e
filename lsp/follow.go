package lsp

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

const (
	// undoneWithin is how long after an acceptance taking all of it out again is
	// a rejection: a person who reads what has come decides in seconds, and who
	// rewrites it later had a use for it first.
	undoneWithin = 10 * time.Second
	// maxSpans bounds the pieces that one accepted text is followed in. Editing
	// divides it; the smallest pieces are given up first.
	maxSpans = 32
	// maxRelined bounds the text of an edit in which lines are looked for again,
	// in bytes.
	maxRelined = 1 << 20
)

// A span is a part of a text, never an empty one.
type span struct{ from, to document.Offset }

// A follow is the place of an accepted text, moved along with all later edits
// to tell how much of it is still there. It knows places and numbers alone: the
// text is the document's.
type follow struct {
	said       completion.Feedback // what is said of it, but for what differs
	characters int                 // that were inserted
	size       int                 // bytes that were inserted, white space aside
	spans      []span              // what still stands: in order, apart from each other, in the text
	since      time.Time
	mark       int  // of completion.KeptAfter: the next one to look at
	settled    bool // its acceptance was reported
	undone     bool // all of it went within undoneWithin
}

// add follows what was inserted now, too. Its place must be no part of what is
// followed already.
func (f *follow) add(doc *document.Document, in span, now time.Time) {
	if in.from >= in.to {
		return
	}
	text := doc.Slice(in.from, in.to)
	f.characters += utf8.RuneCountInString(text)
	f.size += visible(text)
	if f.mark == 0 {
		f.since = now
	}
	i := 0
	for i < len(f.spans) && f.spans[i].to <= in.from {
		i++
	}
	f.spans = join(append(f.spans[:i:i], append([]span{in}, f.spans[i:]...)...))
}

// move follows an edit, which must be trimmed, from one text to the next. It
// reports whether the edit has touched what is followed.
func (f *follow) move(before *document.Document, edit document.Change, after *document.Document, lines *relined) (touched bool) {
	by := document.Offset(len(edit.Text)) - (edit.To - edit.From)
	var moved []span
	lines.at = edit.From
	for _, s := range f.spans {
		switch {
		case s.to <= edit.From:
			moved = append(moved, s)
		case edit.To <= s.from:
			moved = append(moved, span{s.from + by, s.to + by})
		default:
			touched = true
			if s.from < edit.From {
				moved = append(moved, span{s.from, edit.From})
			}
			moved = lines.found(moved, before, edit, after, span{max(s.from, edit.From), min(s.to, edit.To)})
			if edit.To < s.to {
				moved = append(moved, span{edit.To + by, s.to + by})
			}
		}
	}
	f.spans = join(moved)
	return touched
}

// stands is the share of what was inserted that is still there.
func (f *follow) stands(doc *document.Document) float64 {
	if f.size == 0 {
		return 0
	}
	n := 0
	for _, s := range f.spans {
		n += visible(doc.Slice(s.from, s.to))
	}
	return min(1, float64(n)/float64(f.size))
}

// due is when it is to be looked at next; ok is false if that is over.
func (f *follow) due() (at time.Time, ok bool) {
	marks := completion.KeptAfter()
	if f.mark >= len(marks) {
		return time.Time{}, false
	}
	return f.since.Add(marks[f.mark]), true
}

// look reports what stands at each mark that was reached.
func (f *follow) look(doc *document.Document, now time.Time, report func(completion.Feedback)) {
	for at, ok := f.due(); ok && !now.Before(at); at, ok = f.due() {
		said := f.said
		said.Kind, said.After, said.Share = completion.FeedbackKept, completion.KeptAfter()[f.mark], f.stands(doc)
		report(said)
		f.mark++
	}
}

// join makes one span of those that touch each other, and gives up the
// smallest of too many.
func join(spans []span) []span {
	var all []span
	for _, s := range spans {
		if n := len(all); n > 0 && all[n-1].to == s.from {
			all[n-1].to = s.to
		} else {
			all = append(all, s)
		}
	}
	for len(all) > maxSpans {
		least := 0
		for i, s := range all {
			if s.to-s.from < all[least].to-all[least].from {
				least = i
			}
		}
		all = append(all[:least], all[least+1:]...)
	}
	return all
}

// visible counts the bytes that are no white space: a formatter changes what
// stands between the words and not what was accepted.
func visible(text string) int {
	n := 0
	for _, word := range strings.Fields(text) {
		n += len(word)
	}
	return n
}

// relined finds the lines of the old text again that an edit gives anew: a
// formatter, or an editor that sends one range from the first change to the
// last, replaces lines by themselves, maybe with another indentation. They are
// looked for in order.
type relined struct {
	where map[string][]document.Offset // of each line, without white space round it; nil before it is needed
	at    document.Offset              // where the next one may begin
}

// found appends what of a replaced part stands in the new text.
func (r *relined) found(to []span, before *document.Document, edit document.Change, after *document.Document, part span) []span {
	end := edit.From + document.Offset(len(edit.Text))
	if edit.Text == "" || len(edit.Text) > maxRelined || !strings.Contains(before.Slice(edit.From, edit.To), "\n") {
		return to
	}
	if r.where == nil {
		r.where = map[string][]document.Offset{}
		for n := after.LineAt(edit.From); n <= after.LineAt(end); n++ {
			text, at := line(after, n)
			r.where[text] = append(r.where[text], at)
		}
	}
	next := document.Offset(-1) // where the line after the last one that was found begins
	for n := before.LineAt(part.from); n <= before.LineAt(part.to); n++ {
		text, old := line(before, n)
		if text == "" {
			continue
		}
		alone := !strings.ContainsFunc(text, inWord) // a bracket is anywhere: it counts behind its own line alone
		for _, at := range r.where[text] {
			if at+document.Offset(len(text)) <= r.at || alone && at != next {
				continue
			}
			by := at - old
			s := span{max(r.at, part.from+by, at), min(end, part.to+by, at+document.Offset(len(text)))}
			if s.from < s.to {
				to, r.at = append(to, s), s.to
			}
			if follows := after.LineAt(at) + 1; follows < after.Lines() {
				_, next = line(after, follows)
			}
			break
		}
	}
	return to
}

// line is a line without white space round it, and where that begins.
func line(doc *document.Document, n int) (string, document.Offset) {
	text, at := doc.Slice(doc.LineStart(n), doc.LineEnd(n)), doc.LineStart(n)
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	return strings.TrimRightFunc(trimmed, unicode.IsSpace), at + document.Offset(len(text)-len(trimmed))
}

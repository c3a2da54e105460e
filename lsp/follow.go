package lsp

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

const (
	// undoneWithin is how long after an acceptance taking all of it out again is
	// a rejection: a person who reads what has come decides in seconds, and who
	// rewrites it later had a use for it first.
	undoneWithin = 10 * time.Second
	// maxFollowed bounds the accepted texts that are followed at the same time,
	// in all documents: one every ten seconds for as long as each is followed.
	// The oldest is given up first.
	maxFollowed = 64
	// maxSpans bounds the pieces that one accepted text is followed in. Editing
	// divides it; the smallest pieces are given up first.
	maxSpans = 32
)

// A span is a part of a text, never an empty one.
type span struct{ from, to document.Offset }

// A follow is the place of an accepted text, moved along with all later edits
// to tell how much of it is still there. It does so by places and numbers alone:
// the text is the document's.
type follow struct {
	said       completion.Feedback // what is said of it, but for what differs
	offered    trail.Suggestion    // as a whole one, for those who are told that it was undone
	characters int                 // that were inserted
	size       int                 // bytes that were inserted, white space aside
	spans      []span              // what still stands: in order, apart from each other, in the text
	since      time.Time
	mark       int  // of completion.KeptAfter: the next one to look at
	settled    bool // its acceptance was reported
	whole      bool // as a whole one
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
	f.spans = join(slices.Insert(f.spans, i, in))
}

// move follows an edit, which must be trimmed, from one text to the next. It
// reports whether the edit has touched what is followed.
func (f *follow) move(before *document.Document, edit document.Change, after *document.Document, lines *relined) (touched bool) {
	by := document.Offset(len(edit.Text)) - (edit.To - edit.From)
	apart := func(s span) bool { return s.to <= edit.From || edit.To <= s.from }
	if !slices.ContainsFunc(f.spans, func(s span) bool { return !apart(s) }) { // nearly every time
		for i, s := range f.spans {
			if edit.To <= s.from {
				f.spans[i] = span{s.from + by, s.to + by}
			}
		}
		return false
	}
	var moved []span
	lines.at = edit.From
	for _, s := range f.spans {
		switch {
		case s.to <= edit.From:
			moved = append(moved, s)
		case edit.To <= s.from:
			moved = append(moved, span{s.from + by, s.to + by})
		default:
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
	return true
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
		all = slices.Delete(all, least, least+1)
	}
	return all
}

// visible counts the bytes that are no white space: a formatter changes what
// stands between the words and not what was accepted.
func visible(text string) int {
	n := 0
	for word := range strings.FieldsSeq(text) {
		n += len(word)
	}
	return n
}

// insert follows what was put in of the offer.
func (o *outcomes) insert(w *watched, in span, now time.Time) {
	off := w.offer
	if off.follow == nil {
		n, _ := off.knows(off.said.ID)
		off.follow = &follow{said: off.said, offered: n.offered, since: now}
		w.follows = append(w.follows, off.follow)
		o.bound()
	}
	off.follow.add(w.doc, in, now)
}

// bound gives up what is followed longest, if it is too much.
func (o *outcomes) bound() {
	n := 0
	var oldest *watched
	for _, w := range o.docs {
		n += len(w.follows)
		if len(w.follows) > 0 && (oldest == nil || w.follows[0].since.Before(oldest.follows[0].since)) {
			oldest = w
		}
	}
	if n > maxFollowed {
		oldest.follows = slices.Delete(oldest.follows, 0, 1)
	}
}

// move follows an edit, and notices what it takes out whole.
func (o *outcomes) move(w *watched, before *document.Document, edit document.Change, after *document.Document, now time.Time) {
	var lines relined
	w.follows = slices.DeleteFunc(w.follows, func(f *follow) bool {
		if !f.move(before, edit, after, &lines) || now.Sub(f.since) > undoneWithin || f.stands(after) > 0 {
			return false
		}
		switch f.undone = true; {
		case f.whole:
			said := f.said
			said.Kind, said.Characters = completion.FeedbackUndone, f.characters
			o.report(said)
			o.decide(f.offered, false)
		case f.settled: // words that were counted already: nothing stands of them
			return false
		}
		return true
	})
}

// look looks at what is followed in a document, where it is time to.
func (o *outcomes) look(w *watched, now time.Time) {
	w.follows = slices.DeleteFunc(w.follows, func(f *follow) bool {
		f.look(w.doc, now, o.report)
		_, more := f.due()
		return !more
	})
}

package trail

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// A step is the difference between two versions of a document in whole lines:
// from the line first on, new lines took the place of old ones.
type step struct{ first, old, new int }

// by is how far the lines below a step move.
func (s step) by() int { return s.new - s.old }

// end is the line behind the ones that were replaced, as they were counted
// before the step.
func (s step) end() int { return s.first + s.old }

// stepBetween finds the difference by what the two have in common at their ends.
// Versions share their pieces, so it costs what the edit has touched. It is
// false where there is none.
func stepBetween(before, after *document.Document) (step, bool) {
	from := before.CommonPrefix(after)
	if from == before.Len() && from == after.Len() {
		return step{}, false
	}
	suffix := min(before.CommonSuffix(after), min(before.Len(), after.Len())-from)
	oldEnd, newEnd := before.Len()-suffix, after.Len()-suffix
	// A \n that comes to stand behind a \r changes the line that the \r ended.
	first := min(before.LineAt(from), after.LineAt(from))
	oldLine, newLine := before.LineAt(oldEnd), after.LineAt(newEnd)
	if before.LineStart(oldLine) != oldEnd || after.LineStart(newLine) != newEnd {
		oldLine, newLine = oldLine+1, newLine+1 // the line goes on behind what was edited
	}
	return step{first, oldLine - first, newLine - first}, true
}

// move is where a range of lines, both within, stands after a step. Lines that
// were replaced stay with what came in their place.
func (s step) move(first, last int) (int, int) {
	switch {
	case last < s.first:
		return first, last
	case first >= s.end():
		return first + s.by(), last + s.by()
	}
	first = min(first, s.first)
	if last >= s.end() {
		return first, max(first, last+s.by())
	}
	return first, max(first, s.first+s.new-1)
}

const (
	// maxLines and maxBytes bound what is kept of each side of an edit: what a
	// model should read of it is less, and a paste of 10,000 lines or a formatter
	// over a whole file says no more than its beginning does.
	maxLines = 64
	maxBytes = 4 << 10
	// maxLine bounds a line, in bytes. What has a longer one is machines' text.
	maxLine = 512
)

// lines are the lines from..to of a document, the last one not within, as far as
// they fit; cut says that they do not.
func lines(d *document.Document, from, to int) (text string, cut bool) {
	to = max(from, min(to, d.Lines()))
	fit := min(to, from+maxLines)
	start := d.LineStart(from)
	for fit > from && d.LineStart(fit)-start > maxBytes {
		fit--
	}
	return d.Slice(start, d.LineStart(fit)), fit < to
}

// clip is what of a text fits, in whole lines.
func clip(text string) (clipped string, cut bool) {
	n, at := 0, 0
	for line := range strings.Lines(text) {
		if n++; n > maxLines || at+len(line) > maxBytes {
			return text[:at], true
		}
		at += len(line)
	}
	return text, false
}

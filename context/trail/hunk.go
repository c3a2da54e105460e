package trail

import (
	"cmp"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// maxJoined bounds the lines of an edit that is joined by one right beside it:
// a function that is typed for minutes is several edits, and the newest is the
// one to show.
const maxJoined = 24

// A hunk is an edit that may go on. Of what was there before it has the text;
// what is there now is the document's, and is only looked at when somebody asks.
// So a keystroke costs a few numbers and keeps no old document alive.
type hunk struct {
	uri    string
	first  int // where it stands in the document as it is now
	lines  int
	before string
	cut    bool // there was more before

	frozen bool // its text is made, and does not follow the document any more
	made   bool // edit, offset and shown are right
	edit   Edit
	offset int  // of edit.Line from first
	shown  bool // there is something to tell
}

func (h *hunk) last() int { return h.first + h.lines }

// wide reports whether there is more of the edit than is ever shown. What is
// typed inside of it later would go under in it.
func (h *hunk) wide() bool { return h.cut || h.lines > maxLines }

// within reports whether a step replaces all of the edit.
func (h *hunk) within(s step) bool { return s.first <= h.first && h.last() <= s.end() }

// overlaps reports whether a step touches lines of the edit.
func (h *hunk) overlaps(s step) bool {
	return h.first < s.end() && s.first < h.last() || s.old == 0 && h.first < s.first && s.first < h.last() ||
		h.lines == 0 && s.first <= h.first && h.first <= s.end()
}

// joins reports whether a step goes on with the edit.
func (h *hunk) joins(s step) bool {
	switch {
	case h.frozen:
		return false
	case h.overlaps(s):
		return !h.wide() || h.within(s)
	case h.last() == s.first || h.first == s.end():
		return !h.wide() && h.lines+s.new <= maxJoined
	default:
		return false
	}
}

// join makes one edit of a step and those that it goes on with. before is the
// document before the step.
func join(uri string, before *document.Document, s step, parts []*hunk) *hunk {
	slices.SortFunc(parts, func(a, b *hunk) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.lines, b.lines)) })
	first, end := s.first, s.end()
	for _, p := range parts {
		first, end = min(first, p.first), max(end, p.last())
	}
	h := &hunk{uri: uri, first: first, lines: end - first + s.by()}
	var text strings.Builder
	add := func(t string, cut bool) {
		if !h.cut { // what follows a gap stands elsewhere
			text.WriteString(t)
			h.cut = cut
		}
	}
	at := first
	for _, p := range parts {
		add(lines(before, at, p.first))
		add(p.before, p.cut)
		at = p.last()
	}
	add(lines(before, at, end))
	clipped, cut := clip(text.String())
	h.before, h.cut = clipped, h.cut || cut
	return h
}

// make looks at what the edit has led to.
func (h *hunk) make(d *document.Document) {
	if h.made || h.frozen {
		return
	}
	h.made = true
	before, cut := h.before, h.cut
	after, more := lines(d, h.first, h.last())
	cut = cut || more
	n := 0
	for {
		a, b := firstLine(before), firstLine(after)
		if a != b || a == "" {
			break
		}
		before, after, n = before[len(a):], after[len(a):], n+1
	}
	for !cut {
		a, b := lastLine(before), lastLine(after)
		if a != b || a == "" {
			break
		}
		before, after = strings.TrimSuffix(before, a), strings.TrimSuffix(after, a)
	}
	h.offset = n
	h.edit = Edit{Before: before, After: after, Cut: cut}
	h.shown = before != after && !long(before) && !long(after) && !h.key(d)
}

// key reports whether the edit lies in what may be a private key: its lines, or
// one beside them, are of the form. No rule can tell a key by a part of it.
func (h *hunk) key(d *document.Document) bool {
	at := h.first + h.offset
	after := at + strings.Count(h.edit.After, "\n")
	return hasKeyLine(h.edit.Before) || hasKeyLine(h.edit.After) || keyLine(d.Line(at-1)) || keyLine(d.Line(after))
}

// freeze keeps the edit as it is in a document. It reports whether there is
// something to keep.
func (h *hunk) freeze(d *document.Document) bool {
	h.make(d)
	h.frozen, h.before = true, ""
	// A piece of the document that it stands in is not kept alive by it.
	h.edit.Before, h.edit.After = strings.Clone(h.edit.Before), strings.Clone(h.edit.After)
	return h.shown
}

// undone reports whether the edit, once made, has left nothing behind.
func (h *hunk) undone() bool { return h.edit.Before == h.edit.After }

// now is the edit where it stands now.
func (h *hunk) now(path string) Edit {
	e := h.edit
	e.Path, e.Line = path, h.first+h.offset
	return e
}

// firstLine and lastLine are lines of a text with their line breaks, and "" where
// there is none.
func firstLine(text string) string {
	return text[:lineBreak(text)]
}

func lastLine(text string) string {
	body := strings.TrimSuffix(text, "\n")
	body = strings.TrimSuffix(body, "\r")
	return text[strings.LastIndexAny(body, "\r\n")+1:]
}

// lineBreak is where the second line of a text begins. A line break is the
// protocol's: \n, \r\n or \r.
func lineBreak(text string) int {
	i := strings.IndexAny(text, "\r\n")
	switch {
	case i < 0:
		return len(text)
	case strings.HasPrefix(text[i:], "\r\n"):
		return i + 2
	default:
		return i + 1
	}
}

// long reports whether a line of a text is too long to be shown.
func long(text string) bool {
	for text != "" {
		n := lineBreak(text)
		if n > maxLine {
			return true
		}
		text = text[n:]
	}
	return false
}

// minKeyLine is the length of the shortest full line in an encoded key. PEM has
// 64 characters a line, others have more.
const minKeyLine = 60

// keyLine reports whether a line is one run of the letters that binary keys are
// written in, and looks as random as they do: a rule of signs is none.
func keyLine(line string) bool {
	line = strings.TrimSpace(line)
	if len(line) < minKeyLine {
		return false
	}
	var lower, upper, digit bool
	for _, r := range line {
		switch {
		case 'a' <= r && r <= 'z':
			lower = true
		case 'A' <= r && r <= 'Z':
			upper = true
		case '0' <= r && r <= '9':
			digit = true
		case !strings.ContainsRune("+/=-_", r):
			return false
		}
	}
	return lower && upper && digit
}

func hasKeyLine(text string) bool {
	for line := range strings.Lines(text) {
		if keyLine(line) {
			return true
		}
	}
	return false
}

package completion

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

const (
	// around is how many bytes to each side of a place it is known again by.
	// That is some six lines. Where the place is, is known (it moves with the
	// edits above); this tells whether it is still the place it was, and an edit
	// elsewhere in the file costs no suggestion.
	around = 200
	// farthest is how many bytes may be typed behind a place before it is given
	// up; no suggestion is longer.
	farthest = 8 << 10
	// shutRun is how many bytes of closing brackets and blanks an editor puts
	// behind the cursor at a time, with the indentation of a line.
	shutRun = 64
)

// A spot is a place of a document, known again by the text round it in other
// versions of the document. Looking costs a few hundred bytes, whatever the
// size of the file.
type spot struct {
	at     document.Offset // moves with edits on lines above; see moved
	head   document.Offset // bytes of its line in front of it
	before string
	after  string
	last   bool // after ends with the text
}

// spotAt is the place at of doc.
func spotAt(doc *document.Document, at document.Offset) spot {
	from, to := max(0, at-around), min(doc.Len(), at+around)
	return spot{
		at:     at,
		head:   at - doc.LineStart(doc.LineAt(at)),
		before: strings.Clone(doc.Slice(from, at)), // a piece is not to be kept alive by it
		after:  strings.Clone(doc.Slice(at, to)),
		last:   to == doc.Len(),
	}
}

// moved is the spot after an edit that put by bytes more in front of end. An
// edit on the spot's own line leaves it where it is, so that a character that is
// deleted and typed again finds it.
func (s spot) moved(end, by document.Offset) spot {
	if end <= s.at-s.head {
		s.at += by
	}
	return s
}

// A trail is how a cursor has come from a spot to where it is.
type trail struct {
	typed string // what stands between them, with \n line ends
	shut  string // the closing brackets and quotes that the editor has put behind the cursor
	over  int    // bytes of the text behind the spot that the cursor has passed
}

// reach is the trail from s to at, if there is one: the text on both sides is
// what it was but for what was typed and what an editor adds to it. A cursor may
// pass what a suggestion would replace: at most to bytes.
func (s spot) reach(doc *document.Document, at document.Offset, to int) (trail, bool) {
	if at < s.at || at-s.at > farthest {
		return trail{}, false
	}
	from := s.at - document.Offset(len(s.before))
	if from < 0 || doc.Slice(from, s.at) != s.before {
		return trail{}, false
	}
	tail := doc.Slice(at, at+around+shutRun)
	whole := at+document.Offset(len(tail)) == doc.Len()
	for over := 0; over <= min(to, len(s.after)); over++ {
		for n := 0; n <= len(tail); n++ {
			if rest := tail[n:]; strings.HasPrefix(rest, s.after[over:]) && (!s.last || whole && len(rest) == len(s.after)-over) {
				return trail{typed: unixBreaks(doc.Slice(s.at, at)), shut: unixBreaks(tail[:n]), over: over}, true
			}
			if n == len(tail) || n == shutRun || strings.IndexByte(")]}>\"'` \t\r\n", tail[n]) < 0 {
				break
			}
		}
	}
	return trail{}, false
}

// rest is what is left of a suggestion at the end of the trail. It is empty
// where all of it was typed; ok is false where something else was.
func (t trail) rest(f fitted) (left fitted, ok bool) {
	text, ok := strings.CutPrefix(f.text, t.typed)
	if !ok || t.over > f.to {
		return fitted{}, false
	}
	return t.fitShut(fitted{text, f.to - t.over})
}

// ahead reports whether what was typed goes on behind all of text.
func (t trail) ahead(text string) bool {
	return strings.HasPrefix(t.typed, strings.TrimRight(text, " \t\n"))
}

// fitShut brings what is left of a suggestion and what the editor closed by
// itself together. A closer that the suggestion brings too must not stand there
// twice: it is taken off the suggestion's end, or else replaced.
func (t trail) fitShut(f fitted) (fitted, bool) {
	if strings.TrimSpace(t.shut) == "" {
		return f, t.shut == "" || f.to == 0
	}
	n, end, ok := closers(f.text, t.shut, f.to > 0)
	switch {
	case !ok:
		return fitted{}, false
	case f.to > 0: // what it replaces stands behind the closers
		f.to += n
		return f, n == len(t.shut) && !strings.Contains(t.shut, "\n")
	case n == 0:
		return f, true
	}
	text := strings.TrimRight(f.text, " \t\n")
	if own, ok := strings.CutSuffix(text, strings.TrimSpace(t.shut[:n])); ok && end == len(text) {
		if strings.TrimSpace(t.shut[:1]) == "" { // the closer is on a line of its own
			own = strings.TrimRight(own, " \t\n")
		}
		f.text = own
		return f, true
	}
	f.to = n
	return f, !strings.Contains(t.shut[:n], "\n")
}

// closers is how many bytes of shut text brings itself: the brackets and quotes
// that text closes without having opened them, and end is where the last of them
// ends in text. ok is false if it closes others, unless more may follow shut.
func closers(text, shut string, more bool) (n, end int, ok bool) {
	var open []byte
	next := func(c byte, at int) bool {
		i := n
		for i < len(shut) && strings.IndexByte(" \t\n", shut[i]) >= 0 {
			i++
		}
		if i == len(shut) || shut[i] != c {
			return false
		}
		n, end = i+1, at+1
		return true
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		var quote byte
		if len(open) > 0 && strings.IndexByte("\"'`", open[len(open)-1]) >= 0 {
			quote = open[len(open)-1]
		}
		switch {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				open = open[:len(open)-1]
			}
		case c == '"' || c == '\'' || c == '`':
			if len(open) > 0 || !next(c, i) {
				open = append(open, c)
			}
		case c == '(' || c == '[' || c == '{':
			open = append(open, c)
		case c == ')' || c == ']' || c == '}':
			if len(open) > 0 {
				if pairs(open[len(open)-1], c) {
					open = open[:len(open)-1]
				}
			} else if !next(c, i) {
				return n, end, more && n == len(shut)
			}
		}
	}
	return n, end, true
}

package completion

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// fitStart decides how the first line of an answer joins the cursor's line.
//
// On a line that holds only indentation, blank lines in front of the answer are
// layout of the answer and go away. Behind text, a line break in front stays if
// it was meant: if what follows it is indented as a next line of the document
// would be, and not as the rest of this one. Where the answer's first line can
// only be a new line (it is indented deeper than the line that opens a block,
// or it is code and the cursor stands behind a comment), a missing break is put
// in.
func fitStart(p *place, d draft) (draft, bool) {
	text := d.text
	body := strings.TrimLeft(text, "\n")
	for { // blank lines with blanks in them
		line, rest, more := strings.Cut(body, "\n")
		if !more || strings.TrimSpace(line) != "" {
			break
		}
		body = strings.TrimLeft(rest, "\n")
	}
	if p.headBlank() {
		d.text = body
		return d, true
	}
	if len(body) == len(text) {
		d.text = p.withoutBlank(text)
	}
	broken := len(body) != len(text)
	first, _, _ := strings.Cut(body, "\n")
	switch own := p.columns(p.head); {
	case broken && !p.newLine(first, own):
		d.text = p.withoutBlank(body)
	case broken && !strings.HasPrefix(text, "\n"): // blanks in front of the break
		d.text = text[strings.IndexByte(text, '\n'):]
	case !broken && p.restBlank() && p.onlyNewLine(first, own):
		d.text = "\n" + body
	}
	return d, true
}

// withoutBlank is text without the blanks in front, where the cursor's line ends
// in one. In a string each blank counts, and where columns go on, behind several
// blanks or below the same character, they are meant.
func (p *place) withoutBlank(text string) string {
	body := strings.TrimLeft(text, " \t")
	if said := strings.TrimSuffix(p.head, " "); !p.code() || body == "" || body == text || said == p.head || strings.TrimRight(said, " \t") != said {
		return text
	}
	if col := p.width(p.head + text[:len(text)-len(body)]); p.stacked(p.nonblank, col, body[0]) || p.stacked(p.next, col, body[0]) {
		return text
	}
	return body
}

// stacked reports whether c stands in line at column col, behind a blank.
func (p *place) stacked(line string, col int, c byte) bool {
	for i := 1; i < len(line); i++ {
		if line[i] == c && line[i-1] == ' ' && p.width(line[:i]) == col {
			return true
		}
	}
	return false
}

// width is how many columns text takes.
func (p *place) width(text string) int {
	lead := syntax.Leading(text)
	return p.indent.Columns(lead) + len(text) - len(lead)
}

// newLine reports whether first, which the answer put on a line of its own, may
// be the line after the cursor's, which is indented by own columns.
func (p *place) newLine(first string, own int) bool {
	col := p.columns(first)
	switch {
	case p.lang.Opens(p.head):
		return col > own || own == 0 || strings.HasPrefix(strings.TrimSpace(first), "}")
	case p.in == syntax.InComment:
		return true
	case own > 0:
		return col > 0 && slices.Contains(p.levels, col)
	}
	last := strings.TrimSpace(p.head)
	return first != "" && first[0] != ' ' && strings.IndexByte(";,{}:)\"'", last[len(last)-1]) >= 0
}

// onlyNewLine reports whether first can only be a line of its own, although the
// answer has no break in front of it.
func (p *place) onlyNewLine(first string, own int) bool {
	if p.in == syntax.InComment {
		return p.columns(first) == own && own > 0 && codeLike(p.lang, first) || p.columns(first) == 0 && codeLike(p.lang, first)
	}
	return p.lang.Opens(p.head) && p.columns(first) > max(own, 1)
}

// codeLike reports whether line has the marks of a statement: a comment's text
// seldom ends in a bracket or a semicolon.
func codeLike(lang *syntax.Language, line string) bool {
	s := strings.TrimSpace(line)
	if s == "" || isProse(lang, line) {
		return false
	}
	return strings.IndexByte(";{})", s[len(s)-1]) >= 0 && strings.ContainsAny(s, "(={}") || lang.Opens(s)
}

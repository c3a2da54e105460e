package completion

import (
	"bytes"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A form is how much of an answer is wanted.
type form uint8

const (
	aBlock   form = iota // whatever belongs at the cursor
	aLine                // the current line, unless it cannot stand without what follows in the answer
	onlyLine             // the current line and nothing else: the user said so
)

// formFor decides between one line and several. It is pure.
//
// One line is wanted where the line goes on behind the cursor, because what is
// inserted there ends in the middle of a line, and inside the text of a line
// comment or a string. Everywhere else the model sees better than a rule
// whether a block belongs there: behind what opens a block, on an empty line,
// below a comment. Who asks by hand gets what there is.
func formFor(m Multiline, invoked bool, p *place) form {
	switch {
	case m == MultilineNever:
		return onlyLine
	case m == MultilineAlways || invoked:
		return aBlock
	case !p.restBlank() && strings.IndexFunc(p.tail, isWord) >= 0:
		return aLine
	case p.in != syntax.InCode && p.bal.known:
		return aLine
	}
	return aBlock
}

// firstLineOnly keeps the current line where nothing else is wanted. Text
// behind the cursor belongs behind the whole answer, so where there is some, a
// longer answer has no first line that could stand alone. Where one line was
// only expected, the answer is looked at again: it keeps its other lines if
// the first one leaves open what they close.
func firstLineOnly(p *place, d draft) (draft, bool) {
	if d.form == aBlock {
		return d, true
	}
	line, _, more := strings.Cut(d.text, "\n")
	switch {
	case !more:
		return d, true
	case d.form == aLine && !p.stands(line, d.text):
		return d, true
	case !p.restBlank() || strings.TrimSpace(line) == "":
		return d, d.form == aLine && !p.restBlank()
	}
	d.text = line
	return d, true
}

// endInFront ends an answer in front of words on the cursor's line where it
// begins a statement of its own although a bracket of the line is still open,
// or the words have been given: they belong behind what comes before that. Such
// a line is no deeper than the cursor's, and goes on with nothing.
func endInFront(p *place, d draft) (draft, bool) {
	if p.restBlank() || strings.IndexFunc(p.tail, isWord) < 0 || !p.code() {
		return d, true
	}
	lines := strings.Split(d.text, "\n")
	tail := compact(p.tail).b
	open, given, st, last := 0, false, p.bal.state, ""
	for i, line := range lines {
		s := strings.TrimSpace(line)
		if i > 0 && (open > 0 || given) && s != "" && st.In() == syntax.InCode && p.columns(line) <= p.columns(p.head) && !p.lang.Closes(s) && !continues(last, s) {
			d.text = strings.TrimRight(strings.Join(lines[:i], "\n"), " \t\n")
			return d, true
		}
		if i == 0 {
			line = p.head + line
		}
		line += "\n"
		for t := range p.lang.Scan(line, st) {
			switch c := line[t.From]; {
			case t.Kind == syntax.Open && c != '{':
				open++
			case t.Kind == syntax.Close && c != '}':
				open--
			}
		}
		given = letters(string(tail)) >= 2 && !wordByte(tail[0]) && bytes.HasSuffix(compact(line).b, tail)
		st = p.lang.After(line, st)
		if s != "" {
			last = s
		}
	}
	return d, true
}

// stands reports whether line, the first one of text, can be inserted without
// the others.
func (p *place) stands(line, text string) bool {
	return p.defects(line, p.tail) <= p.defects(text, p.tail)
}

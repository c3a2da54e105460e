package completion

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A balance knows which brackets are open at the cursor and which ones the
// text after it closes. It is the evidence by which an answer's closing
// brackets are judged: not whether a file is balanced, which it seldom is while
// somebody types, but which of two variants of an answer leaves it better.
type balance struct {
	known  bool         // false inside a string or comment that began on an earlier line: brackets say nothing
	state  syntax.State // at the start of the cursor's line
	stack  []byte       // the brackets open there, outermost first
	cols   []int        // how far the line of each of them is indented
	closes []byte       // the brackets that the lines below the cursor's close, in order
}

// read takes in the brackets of the text round the cursor.
func (b *balance) read(p *place) {
	if !b.known {
		return
	}
	above, line := p.before[:p.headAt], 0
	for t := range p.lang.Scan(above, syntax.State{}) {
		c := above[t.From]
		switch {
		case t.Kind == syntax.Newline:
			line = t.To
		case t.Kind == syntax.Open:
			b.stack, b.cols = append(b.stack, c), append(b.cols, p.columns(above[line:t.From]))
		case t.Kind == syntax.Close && len(b.stack) > 0 && pairs(b.stack[len(b.stack)-1], c):
			b.stack, b.cols = b.stack[:len(b.stack)-1], b.cols[:len(b.cols)-1]
		}
	}
	below := p.after[len(p.tail):]
	var open []byte
	for t := range p.lang.Scan(below, syntax.State{}) {
		c := below[t.From]
		switch {
		case t.Kind == syntax.Open:
			open = append(open, c)
		case t.Kind == syntax.Close && len(open) > 0:
			open = open[:len(open)-1]
		case t.Kind == syntax.Close:
			b.closes = append(b.closes, c)
		}
	}
}

// defects counts what is wrong with brackets and strings if text stands at the
// cursor with rest between it and the lines below: closing brackets that
// nothing opened or that do not fit, brackets that stay open, strings that
// their line leaves open. Only differences between two counts mean something.
func (p *place) defects(text, rest string) int {
	if !p.bal.known { // inside a string or a comment: no line of the text may end it
		st := p.bal.state
		for line := range strings.SplitSeq(p.head+text+rest, "\n") {
			if st = p.lang.After(line+"\n", st); st.In() != p.bal.state.In() {
				return 1
			}
		}
		return 0
	}
	n := 0
	stack := append(make([]byte, 0, len(p.bal.stack)+16), p.bal.stack...)
	shut := func(c byte) {
		switch {
		case len(stack) == 0:
			n++
		case pairs(stack[len(stack)-1], c):
			stack = stack[:len(stack)-1]
		case len(stack) > 1 && pairs(stack[len(stack)-2], c):
			n++ // one bracket was left open inside of this one
			stack = stack[:len(stack)-2]
		default:
			n++
		}
	}
	whole := p.head + text + rest + "\n"
	for t := range p.lang.Scan(whole, p.bal.state) {
		switch {
		case t.Kind == syntax.Open:
			stack = append(stack, whole[t.From])
		case t.Kind == syntax.Close:
			shut(whole[t.From])
		case t.Kind == syntax.String && t.To < len(whole) && whole[t.To] == '\n' && !closesString(whole[t.From:t.To]):
			n++
		}
	}
	if p.lang.After(whole, p.bal.state).In() == syntax.InString {
		n++
	}
	for _, c := range p.bal.closes {
		shut(c)
	}
	return n + len(stack)
}

// closesString reports whether a string token at the end of a line holds its
// closing mark: a quote, or what ends raw strings, long brackets and regular
// expressions.
func closesString(s string) bool {
	last := s[len(s)-1]
	switch last {
	case '"', '\'', '`':
		return len(s) > 1
	case '#', ']':
		return strings.Contains(s, `"`+strings.Repeat("#", len(s)-len(strings.TrimRight(s, "#")))) || strings.HasPrefix(s, "[")
	}
	return s[0] == '/' // with its flags
}

// pairs reports whether the two brackets belong together.
func pairs(open, shut byte) bool {
	switch open {
	case '(':
		return shut == ')'
	case '[':
		return shut == ']'
	case '{':
		return shut == '}'
	}
	return false
}

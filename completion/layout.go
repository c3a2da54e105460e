package completion

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// Languages that are indented with tabs where nothing else is to be seen.
var tabLanguages = map[string]bool{"go": true, "go.mod": true, "makefile": true}

// readIndent finds how the text near the cursor is indented: by the steps behind
// lines that open a block, and where there are none, by any steps. flat says
// that most blocks are no deeper than the lines that open them, and sure that
// some step was found.
func readIndent(p *place) (indent syntax.Indent, flat, sure bool) {
	below := p.after[:min(len(p.after), near)]
	text := p.before[p.nearAt:] + below
	indent = syntax.InferIndent(text, syntax.Indent{Tabs: !p.spaces && (p.tabs || tabLanguages[p.lang.ID()])})
	sure = indent.Width > 0
	switch e := p.editors; {
	case sure:
	case e.Width > 0 && e.Tabs == indent.Tabs:
		indent.Width, sure = e.Width, true
	default:
		indent.Width = 4
	}
	s := stepping{lang: p.lang, indent: indent}
	s.read(p.before[p.nearAt:p.headAt], p.nearState)
	shown := s.shallow > s.deep()
	if _, rest, more := strings.Cut(below, "\n"); more {
		s.read(rest, syntax.State{})
	}
	if n := s.usual(); n > 0 && !indent.Tabs {
		indent.Width, sure = n, 2*s.by[n] > s.deep()
	}
	return indent, shown, sure || indent.Tabs
}

// A stepping counts how much deeper than a line that opens a block the next line
// stands.
type stepping struct {
	lang    *syntax.Language
	indent  syntax.Indent
	by      [9]int // how often by so many columns; at 0 by more
	shallow int    // how often by none
}

// read takes in text, which begins in state st.
func (s *stepping) read(text string, st syntax.State) {
	opener := -1
	for line := range strings.Lines(text) {
		in := st.In()
		st = s.lang.After(line, st)
		t := strings.TrimSpace(line)
		if in != syntax.InCode || t == "" || strings.IndexByte(")]}", t[0]) >= 0 {
			opener = -1
			continue
		}
		col := s.indent.Columns(syntax.Leading(line))
		switch step := col - opener; {
		case opener < 0:
		case step <= 0:
			s.shallow++
		case step < len(s.by):
			s.by[step]++
		default:
			s.by[0]++
		}
		if opener = -1; s.lang.Opens(line) {
			opener = col
		}
	}
}

// deep is how often there was a step at all.
func (s *stepping) deep() int {
	n := 0
	for _, k := range s.by {
		n += k
	}
	return n
}

// usual is the step that there was most often, the smaller one of equals, or 0.
func (s *stepping) usual() int {
	best := 0
	for n := 1; n < len(s.by); n++ {
		if s.by[n] > 0 && (best == 0 || s.by[n] > s.by[best]) {
			best = n
		}
	}
	return best
}

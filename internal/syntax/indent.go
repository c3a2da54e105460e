package syntax

import "strings"

// An Indent is how one level of indentation is written.
type Indent struct {
	Tabs  bool
	Width int // columns of one level; with Tabs, how wide a tab is taken to be
}

// String returns one level as it is written.
func (i Indent) String() string {
	if i.Tabs {
		return "\t"
	}
	return strings.Repeat(" ", max(i.Width, 0))
}

// Columns returns how wide the blanks of leading are.
func (i Indent) Columns(leading string) int {
	width, n := max(i.Width, 1), 0
	for _, c := range leading {
		if c == '\t' {
			n += width - n%width
		} else {
			n++
		}
	}
	return n
}

// InferIndent says how text is indented: with tabs where more lines begin with
// a tab than with two blanks, else by the step from one line to the next that
// occurs most often (the smaller one of equals). Where text does not tell, it
// is fallback.
func InferIndent(text string, fallback Indent) Indent {
	var tabs, spaces int
	var steps [9]int // how often a line stands so many columns deeper than the one before
	before := 0
	for text != "" {
		line := text
		if i := strings.IndexAny(text, "\r\n"); i >= 0 { // \r\n gives an empty line more, which does not count
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		lead := Leading(line)
		if strings.TrimSpace(line[len(lead):]) == "" {
			continue
		}
		switch {
		case strings.HasPrefix(lead, "\t"):
			tabs++
			continue
		case len(lead) >= 2:
			spaces++
		}
		if step := len(lead) - before; step >= 2 && step < len(steps) { // one blank is the inside of a block comment
			steps[step]++
		}
		before = len(lead)
	}
	if tabs > spaces {
		width := fallback.Width
		if width <= 0 {
			width = 4
		}
		return Indent{Tabs: true, Width: width}
	}
	best := 0
	for step, n := range steps {
		if n > steps[best] {
			best = step
		}
	}
	if best == 0 {
		return fallback
	}
	return Indent{Width: best}
}

// Leading returns the blanks and tabs that line begins with.
func Leading(line string) string {
	for i := range len(line) {
		if line[i] != ' ' && line[i] != '\t' {
			return line[:i]
		}
	}
	return line
}

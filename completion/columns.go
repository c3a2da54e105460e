package completion

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// conversions are the readings of an answer that is indented with the character
// that the file does not use: how many columns a tab stands for, or how many
// spaces make a tab. An answer in the file's own manner has one reading.
func (p *place) conversions(lines []string) [][]string {
	tabs, spaces := indentChars(strings.Join(lines, "\n"))
	var widths []int
	var read func(lead string, width int) string
	unit := max(p.indent.Width, 1)
	local := syntax.Leading(p.head) + syntax.Leading(p.nonblank) // where the file has both, what is near counts
	switch {
	case tabs && p.spaces && (!p.tabs || !spaces && strings.Contains(local, " ") && !strings.Contains(local, "\t")):
		widths = []int{unit, 4, 8, 2}
		read = func(lead string, width int) string {
			return strings.ReplaceAll(lead, "\t", strings.Repeat(" ", width))
		}
	case spaces && p.tabs && (!p.spaces || !tabs && strings.Contains(local, "\t") && !strings.Contains(local, " ")):
		widths = []int{syntax.InferIndent(strings.Join(lines, "\n"), syntax.Indent{Width: 4}).Width, 4, 2, 8, 3}
		read = func(lead string, width int) string {
			n := len(strings.ReplaceAll(lead, "\t", strings.Repeat(" ", width)))
			return strings.Repeat("\t", n/width) + strings.Repeat(" ", n%width)
		}
	default:
		return [][]string{lines}
	}
	var all [][]string
	for i, width := range widths {
		if width <= 0 || slices.Contains(widths[:i], width) {
			continue
		}
		converted := make([]string, len(lines))
		for j, line := range lines {
			lead := syntax.Leading(line)
			converted[j] = read(lead, width) + line[len(lead):]
		}
		all = append(all, converted)
	}
	return all
}

// moved are the lines with shift more columns each, but for the first one on a
// line of its own, which is moved by other columns. The very first one stands
// behind the cursor, where the line's own blanks count; it cannot be moved to
// the left of the cursor.
func (p *place) moved(lines []string, first, rest int) []string {
	out := make([]string, len(lines))
	own := syntax.Leading(p.head)
	anchor := p.anchor(lines)
	for i, line := range lines {
		shift := rest
		if i <= anchor {
			shift = first
		}
		lead := syntax.Leading(line)
		body := line[len(lead):]
		switch {
		case i == 0 && !p.headBlank():
			out[i] = line
		case i == 0 && lead == "" && own != "":
			out[i] = body // the cursor's line is indented already
		case i == 0:
			out[i] = p.blanks(p.columns(lead)+shift, lead, "")
			if _, beyond, ok := cutColumns(p, out[i], p.columns(p.head)); ok {
				out[i] = beyond + body
			} else {
				out[i] = body
			}
		case body == "":
			out[i] = ""
		case body[0] == '#' && lead == "" && p.directives():
			out[i] = line
		case shift == p.columns(own) && shift > 0: // written as the cursor's own line is
			out[i] = own + line
		case shift == 0:
			out[i] = line
		default:
			out[i] = p.blanks(p.columns(lead)+shift, lead, own) + body
		}
	}
	return out
}

// blanks is indentation of so many columns in the file's manner. Where the
// columns are those of lead or of own, it is written as they are.
func (p *place) blanks(cols int, lead, own string) string {
	switch cols = max(cols, 0); {
	case cols == p.columns(lead):
		return lead
	case own != "" && cols == p.columns(own):
		return own
	case p.indent.Tabs && p.indent.Width > 0:
		return strings.Repeat("\t", cols/p.indent.Width) + strings.Repeat(" ", cols%p.indent.Width)
	}
	return strings.Repeat(" ", cols)
}

// cutColumns splits lead behind its first cols columns.
func cutColumns(p *place, lead string, cols int) (before, after string, ok bool) {
	for i := 0; i <= len(lead); i++ {
		if p.columns(lead[:i]) >= cols {
			return lead[:i], lead[i:], true
		}
	}
	return "", "", false
}

// rescaled are the lines of an answer whose levels have another width than the
// file's, in the file's width: one reading for each width that may be its own.
// A line that stands somewhere between two levels keeps its distance to the
// line that it belongs to.
func (p *place) rescaled(lines []string, facts []fact) [][]string {
	var all [][]string
	for _, converted := range p.conversions(lines) {
		for _, unit := range p.units(converted, facts) {
			all = append(all, p.scaled(converted, facts, unit))
		}
	}
	return all
}

// units are the widths that an answer's levels may have, other than the file's:
// the step behind lines that open a block, where it is the same each time, and
// what all its columns are multiples of.
func (p *place) units(lines []string, facts []fact) []int {
	var units []int
	add := func(n int) {
		if n > 1 && n <= 8 && n != p.indent.Width && !slices.Contains(units, n) {
			units = append(units, n)
		}
	}
	step, all := 0, 0
	opener, anchor := -1, p.anchor(lines)
	for i, line := range lines {
		if facts[i].text == "" || facts[i].text0 {
			continue
		}
		col := p.columns(line)
		if i >= anchor {
			all = divisor(all, col)
		}
		if opener >= 0 && col > opener {
			if step == 0 {
				step = col - opener
			} else if step != col-opener {
				step = -1
			}
		}
		if opener = -1; facts[i].opens {
			opener = col
		}
	}
	add(step)
	add(all)
	return units
}

// divisor is the greatest common divisor of two columns.
func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// scaled are the lines with levels of the file's width in the place of levels
// that are unit wide.
func (p *place) scaled(lines []string, facts []fact, unit int) []string {
	out := make([]string, len(lines))
	f := fitting{}
	from, to := 0, 0 // columns of the last line on a level, in both
	for i, line := range lines {
		lead := syntax.Leading(line)
		body := line[len(lead):]
		col := p.columns(lead)
		free := facts[i].text0 || len(f.open) > 0 && f.open[len(f.open)-1].free
		switch {
		case body == "":
			continue
		case free || col%unit != 0:
			out[i] = p.blanks(to+col-from, lead, "") + body
		default:
			from, to = col, col/unit*p.indent.Width
			out[i] = p.blanks(to, lead, "") + body
		}
		f.take(facts[i].brackets, col)
	}
	return out
}

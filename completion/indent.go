package completion

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// fitIndentation brings an answer's lines to the file's own indentation.
//
// Answers come in several frames: with the document's own columns, all lines
// as far to the left as possible, or the first line without and the others with
// their columns; and with tabs where the file has spaces, or the other way
// round. Which one it is does not stand anywhere, so each possible frame is
// tried, and the one is taken in which blocks are deeper than what opens them,
// lines end on columns that blocks have here, closing brackets stand under
// their openers and the line below the cursor still fits. Between equals the
// answer's own columns win.
func fitIndentation(p *place, d draft) (draft, bool) {
	lines := strings.Split(d.text, "\n")
	if !p.headBlank() && (len(lines) == 1 || p.lang.After(p.head+lines[0]+"\n", p.bal.state).In() != syntax.InCode) {
		return d, true
	}
	frames := p.frames(lines, d)
	best, least := 0, 0
	facts := p.facts(lines, d.cut)
	for i, f := range frames {
		cost := 2*p.misfit(f.lines, facts) + f.prior
		if d.placed && !f.given {
			cost += 100 // the echo says where the lines stand
		}
		if i == 0 || cost < least {
			best, least = i, cost
		}
	}
	d.text = strings.Join(frames[best].lines, "\n")
	return d, true
}

// A frame is one reading of an answer's columns, as lines for the document. The
// first line goes behind the cursor.
type frame struct {
	lines []string
	prior int  // how unlikely it is before one looks at the document
	given bool // by the shift that the draft knows
}

// frames are the possible readings, the answer's own columns first.
func (p *place) frames(lines []string, d draft) []frame {
	var all []frame
	add := func(ls []string, prior int, own, given bool) {
		for i := range all {
			if slices.Equal(all[i].lines, ls) {
				if own {
					all[i].prior = min(all[i].prior, prior)
				}
				all[i].given = all[i].given || given
				return
			}
		}
		all = append(all, frame{ls, prior, given})
	}
	own := p.columns(p.head)
	for i, converted := range p.conversions(lines) {
		first := p.columns(converted[0])
		add(p.moved(converted, 0), p.unlikely(converted, first, own)+i, true, d.placed && d.shift == 0)
		if d.placed {
			add(p.moved(converted, d.shift), 0, false, true)
		}
		other := 1
		if p.headBlank() && first > 0 && (own == 0 || first == own) {
			other = 5 // the answer's columns are there to be seen, and possible
		}
		if i > 0 {
			other++ // the likeliest conversion comes first
		}
		if slipped := p.slipped(converted, own); slipped != nil {
			add(slipped, 3, false, false)
		}
		switch {
		case !p.headBlank():
			add(p.moved(converted, own), other, false, false)
			if mark := p.itemMark(p.head + "x"); mark > 0 {
				add(p.moved(converted, own+mark), other, false, false)
			}
		case own > 0:
			add(p.moved(converted, own-first), other, false, false)
		default:
			for _, level := range p.expected() {
				add(p.moved(converted, level-first), other, false, false)
			}
		}
	}
	return all
}

// topLevel reports whether line begins with a word that lines without
// indentation begin with here.
func (p *place) topLevel(line string) bool {
	n := 0
	for n < len(line) && wordByte(line[n]) {
		n++
	}
	if n == 0 || n == len(line) {
		return false
	}
	start := "\n" + line[:n+1]
	return strings.HasPrefix(p.before, start[1:]) || strings.Contains(p.before, start) || strings.Contains(p.after, start)
}

// unlikely says what speaks against an answer's own columns: a first line that
// is indented, but not as the cursor is; and lines without any indentation
// while the cursor stands in a block.
func (p *place) unlikely(lines []string, first, own int) int {
	if own == 0 {
		return 0
	}
	n := 0
	if p.headBlank() && first > 0 && first != own {
		n += 3
	}
	for _, line := range lines[1:] {
		if line != "" && syntax.Leading(line) == "" && strings.IndexByte(")]}", line[0]) < 0 && line != strings.TrimSpace(p.next) && !p.topLevel(line) {
			return n + 2
		}
	}
	return n
}

// expected are the columns at which the next line is likely to begin.
func (p *place) expected() []int {
	var cols []int
	if p.nonblank != "" {
		c := p.columns(p.nonblank)
		cols = append(cols, c, c+max(p.indent.Width, 1))
	}
	if p.next != "" {
		c := p.columns(p.next)
		cols = append(cols, c, c+max(p.indent.Width, 1))
	}
	return append(cols, p.levels...)
}

// conversions are the readings of an answer that is indented with the character
// that the file does not use: how many columns a tab stands for, or how many
// spaces make a tab. An answer in the file's own manner has one reading.
func (p *place) conversions(lines []string) [][]string {
	tabs, spaces := indentChars(strings.Join(lines, "\n"))
	var widths []int
	var read func(lead string, width int) string
	unit := max(p.indent.Width, 1)
	switch {
	case tabs && p.spaces && !p.tabs:
		widths = []int{unit, 4, 8, 2}
		read = func(lead string, width int) string {
			return strings.ReplaceAll(lead, "\t", strings.Repeat(" ", width))
		}
	case spaces && p.tabs && !p.spaces:
		widths = []int{syntax.InferIndent(strings.Join(lines, "\n"), syntax.Indent{Width: 4}).Width, 4, 2, 8, 3}
		read = func(lead string, width int) string {
			n := len(strings.ReplaceAll(lead, "\t", strings.Repeat(" ", width)))
			return strings.Repeat("\t", n/width) + strings.Repeat(" ", n%width)
		}
	default:
		all := [][]string{lines}
		if scaled := p.scaled(lines); spaces && p.spaces && scaled != nil {
			all = append(all, scaled)
		}
		return all
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

// scaled are lines whose levels are of another width than the file's, with the
// file's; nil for lines that may be of the file's own.
func (p *place) scaled(lines []string) []string {
	width := syntax.InferIndent(strings.Join(lines, "\n"), p.indent).Width
	if width <= 0 || width == p.indent.Width || p.indent.Tabs {
		return nil
	}
	all := make([]string, len(lines))
	for i, line := range lines {
		lead := syntax.Leading(line)
		if len(lead)%width != 0 && len(lead) < len(line) {
			return nil
		}
		all[i] = strings.Repeat(" ", len(lead)/width*p.indent.Width) + line[len(lead):]
	}
	return all
}

// slipped are lines that stand one column off, all but the first, with that put
// right; nil if they do not.
func (p *place) slipped(lines []string, own int) []string {
	least := -1
	for _, line := range lines[1:] {
		if c := p.columns(line); strings.TrimSpace(line) != "" && (least < 0 || c < least) {
			least = c
		}
	}
	unit := p.indent.Width
	var by int
	switch {
	case least < 0 || unit < 2 || p.indent.Tabs:
		return nil
	case (least-own+unit)%unit == 1:
		by = -1
	case (least-own+unit)%unit == unit-1:
		by = 1
	default:
		return nil
	}
	all := p.moved(lines, 0)
	for i, line := range lines[1:] {
		if lead := syntax.Leading(line); len(lead) < len(line) {
			all[i+1] = p.blanks(p.columns(lead)+by, lead, "") + line[len(lead):]
		}
	}
	return all
}

// moved are the lines with shift more columns each. The first one stands behind
// the cursor, where the line's own blanks count; it cannot be moved to the left
// of the cursor.
func (p *place) moved(lines []string, shift int) []string {
	out := make([]string, len(lines))
	own := syntax.Leading(p.head)
	for i, line := range lines {
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

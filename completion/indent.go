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
	for i, line := range lines { // blanks in front of a tab are seen by nobody
		lead := syntax.Leading(line)
		for strings.Contains(lead, " \t") && p.in == syntax.InCode && p.tabs {
			lead = strings.ReplaceAll(lead, " \t", "\t")
		}
		lines[i] = lead + line[len(syntax.Leading(line)):]
	}
	if !p.headBlank() && (len(lines) == 1 || p.lang.After(p.head+lines[0]+"\n", p.bal.state).In() != syntax.InCode) {
		return d, true
	}
	known := p.facts(lines, d.cut)
	best, least := frame{}, -1
	try := func(all []frame, more int) {
		for _, f := range all {
			cost := 2*p.misfit(f.lines, known) + f.prior + more
			if d.placed && !f.given {
				cost += 100 // the echo says where the lines stand
			}
			if least < 0 || cost < least {
				best, least = f, cost
			}
		}
	}
	try(p.frames(p.conversions(lines), d), 0)
	if least > 0 && p.sure {
		try(p.frames(p.rescaled(lines, known.lines), d), p.settled(lines))
	}
	d.text = strings.Join(best.lines, "\n")
	return d, true
}

// A frame is one reading of an answer's columns, as lines for the document. The
// first line goes behind the cursor.
type frame struct {
	lines []string
	prior int  // how unlikely it is before one looks at the document
	given bool // by the shift that the draft knows
}

// frames are the possible readings of the conversions, each one's own columns
// first.
func (p *place) frames(conversions [][]string, d draft) []frame {
	var all readings
	own := p.own()
	for _, lines := range conversions {
		n := p.anchor(lines)
		all.add(p.moved(lines, 0, 0), p.unlikely(lines, p.columns(lines[n]), own), true, d.placed && d.shift == 0)
		if d.placed {
			all.add(p.moved(lines, d.shift, d.shift), 0, false, true)
		}
		switch {
		case !p.headBlank() && n == 0: // the first line's own columns are not known
			all.add(p.moved(lines, 0, own), 1, false, false)
			if item := p.itemWidth(p.head + "x"); item > 0 {
				all.add(p.moved(lines, 0, own+item), 1, false, false)
			}
			for c := p.indent.Width; c > 0 && c <= own && c <= 3*p.indent.Width; c += p.indent.Width {
				all.add(p.moved(lines, 0, own-c), 4, false, false)
			}
		case !p.running(): // a paragraph may stand anywhere
			p.moves(&all, lines, n)
		}
	}
	return all
}

// moves adds the readings in which the line n, the first one on a line of its
// own, comes to a column where a line is expected: with all other lines, or
// without those that an answer has brought there, or left behind, already.
func (p *place) moves(all *readings, lines []string, n int) {
	own, width := p.own(), p.indent.Width
	first := p.columns(lines[n])
	targets := p.expected(own)
	prior := 1
	if first > 0 && (slices.Contains(targets, first) || first > own+width && (first-own)%width != 0) {
		prior = 5 // the answer's columns are there to be seen, and possible, or of a layout of its own
	}
	least := p.leastColumn(lines[n+1:])
	shifted := func(shift, rest, prior int) {
		if least < 0 || least+rest >= 0 { // else lines would come together that are apart
			all.add(p.moved(lines, shift, rest), prior, false, false)
		}
	}
	end, opener := p.closing(lines), p.openerColumn()
	for _, target := range targets {
		shift := target - first
		shifted(shift, shift, prior)
		if end > n && p.columns(lines[end]) == first { // the block's end was brought to the columns of the block
			apart := slices.Concat(p.moved(lines, shift, shift)[:end], p.moved(lines, opener-first, opener-first)[end:])
			all.add(apart, prior+1, false, false)
		}
		switch {
		case p.in != syntax.InCode:
		case least > 0 && first == 0: // the first line alone has lost its indentation
			shifted(shift, 0, 3)
		case least == 0 && first > 0: // the first line alone has kept it
			shifted(shift, target, 3)
			shifted(shift, target-width, 4)
		}
	}
}

// readings are frames, no two of the same lines.
type readings []frame

// add takes in a frame. Of two with the same lines the first one counts, unless
// the second one has a conversion's own columns and is likelier.
func (r *readings) add(lines []string, prior int, own, given bool) {
	for i := range *r {
		f := &(*r)[i]
		if !slices.Equal(f.lines, lines) {
			continue
		}
		if own {
			f.prior = min(f.prior, prior)
		}
		f.given = f.given || given
		return
	}
	*r = append(*r, frame{lines, prior, given})
}

// openerColumn is how far the line is indented that opened the cursor's block.
func (p *place) openerColumn() int {
	if n := len(p.bal.cols); p.headBlank() && n > 0 {
		return p.bal.cols[n-1]
	}
	return p.own()
}

// running reports whether the cursor stands in running text, in which no columns
// follow from those of the lines around. What is indented in a document of text
// is most often code.
func (p *place) running() bool {
	return proseLanguages[p.lang.ID()] && p.lang.ID() != "html" && p.own() == 0
}

// settled says what speaks against other widths of a level than the answer's
// own: that its first line stands at a column where a line may be, or that it
// closes the cursor's block where that was opened.
func (p *place) settled(lines []string) int {
	if n := len(p.bal.cols); n > 0 && p.bal.cols[n-1] > 0 {
		if i := p.closing(lines); i > 0 && p.columns(lines[i]) == p.bal.cols[n-1] {
			return 3
		}
	}
	if first := p.columns(lines[p.anchor(lines)]); first > 0 && slices.Contains(p.expected(p.own()), first) {
		return 2
	}
	return 0
}

// anchor is the index of the first of lines that stands on a line of its own,
// and whose columns say where the answer stands: not a directive of a
// preprocessor, which stands where it likes. It is 0 where the first line goes
// on with the cursor's and there is no break behind it.
func (p *place) anchor(lines []string) int {
	if !p.headBlank() && strings.TrimSpace(lines[0]) != "" {
		return 0
	}
	for i, line := range lines {
		if s := strings.TrimSpace(line); s != "" && (s[0] != '#' || !p.directives()) {
			return i
		}
	}
	return 0
}

// directives reports whether a line that begins with # is no comment here.
func (p *place) directives() bool {
	return p.lang.Family() == "c" || p.lang.ID() == "csharp"
}

// leastColumn is the smallest indentation of lines, leaving blank ones and
// directives aside; -1 where there are none.
func (p *place) leastColumn(lines []string) int {
	least := -1
	for _, line := range lines {
		s := strings.TrimSpace(line)
		if s == "" || s[0] == '#' && p.directives() {
			continue
		}
		if c := p.columns(line); least < 0 || c < least {
			least = c
		}
	}
	return least
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
	for i, line := range lines[1:] {
		if line != "" && syntax.Leading(line) == "" && strings.IndexByte(")]}", line[0]) < 0 && line != strings.TrimSpace(p.next) && !p.topLevel(line) {
			if p.next != "" && p.columns(p.next) >= own && strings.TrimSpace(lines[i]) != "" {
				return n + 4 // the block goes on below, and nothing parts the line from those before
			}
			return n + 2
		}
	}
	return n
}

// expected are the columns at which an answer is likely to begin that has a
// line of its own, the likeliest first: where the cursor is, or in the block
// that is open there.
func (p *place) expected(own int) []int {
	var cols []int
	add := func(c int) {
		if !slices.Contains(cols, c) {
			cols = append(cols, c)
		}
	}
	width := max(p.indent.Width, 1)
	switch {
	case p.headBlank() && own > 0:
		return []int{own}
	case !p.headBlank() && p.lang.Opens(p.head):
		add(own + width)
		add(own)
	case !p.headBlank():
		add(own)
	case p.nonblank != "":
		c := p.columns(p.nonblank)
		if n := p.itemWidth(p.nonblank); n > 0 {
			add(c + n)
		}
		if p.lang.Opens(p.nonblank) || continues(strings.TrimSpace(p.nonblank), " ") {
			add(c + width)
		}
		add(c)
	}
	if p.next != "" {
		c := p.columns(p.next)
		add(c)
		if p.lang.Closes(p.next) {
			add(c + width)
		}
	}
	for _, c := range p.levels {
		add(c)
	}
	return cols
}

// itemWidth is how much deeper than a list item its further lines stand, or 0
// where line is none.
func (p *place) itemWidth(line string) int {
	s := strings.TrimLeft(line, " \t")
	if p.lang.ID() == "yaml" && strings.HasPrefix(s, "- ") {
		return len(s) - len(strings.TrimLeft(s[1:], " "))
	}
	return 0
}

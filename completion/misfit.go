package completion

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A fact is what is known of a line whatever its columns are. It is worked out
// once for all frames.
type fact struct {
	text     string // without the blanks round it
	opens    bool   // it opens a block
	ends     bool   // it begins with a word that ends one
	item     int    // how much deeper its further lines stand, as the item of a list
	text0    bool   // it begins inside a string or a comment
	brackets []byte // what it opens and closes, in order; '.' is other text
}

// facts are those of all lines, and which of them begins a copy of the text
// below the cursor; see nextAgain.
type facts struct {
	lines []fact
	again int
}

// facts are those of an answer's lines, the first one with the text before the
// cursor, and of the line below the cursor if that is to be judged too: not
// where the answer was cut off and more would have come before it, and not
// where text follows the cursor.
func (p *place) facts(lines []string, cut bool) facts {
	all := make([]fact, 0, len(lines)+1)
	st := p.bal.state
	add := func(line string) {
		f := fact{text: strings.TrimSpace(line), text0: st.In() != syntax.InCode}
		if f.text != "" {
			f.opens, f.item = p.lang.Opens(f.text), p.itemWidth(f.text)
			f.ends = p.endsBranch(f.text)
		}
		line += "\n"
		for t := range p.lang.Scan(line, st) {
			switch t.Kind {
			case syntax.Open, syntax.Close:
				f.brackets = append(f.brackets, line[t.From])
			case syntax.Space, syntax.Newline, syntax.Comment:
			default:
				f.brackets = append(f.brackets, '.')
			}
		}
		st = p.lang.After(line, st)
		all = append(all, f)
	}
	add(p.head + lines[0])
	for _, line := range lines[1:] {
		add(line)
	}
	again := -1
	if !cut {
		again = p.nextAgain(lines)
	}
	if p.restBlank() && p.next != "" && !cut && again < 0 {
		add(p.next)
	}
	return facts{all, again}
}

// nextAgain finds where lines end in a copy of the text below the cursor; -1 for
// nowhere. What comes before that text in the document is not known yet then, but
// the copy has to stand where it does.
func (p *place) nextAgain(lines []string) int {
	below := linesBelow(p.after[len(p.tail):], 4)
	if len(below) == 0 || letters(below[0]) < 2 {
		return -1
	}
	for i := range lines {
		if sameBut(lines[i]) != sameBut(below[0]) {
			continue
		}
		same, _, end := p.sameLines(lines[i:], below, false)
		if same == 1 && p.lang.Closes(below[0]) {
			return -1 // as likely the end of the answer's own block
		}
		if end || same == len(below) {
			return i
		}
	}
	return -1
}

// listed reports whether the innermost open bracket is one round a list.
func (f *fitting) listed() bool {
	n := len(f.open)
	return n > 0 && f.open[n-1].char != '{'
}

// endsBranch reports whether text begins with a word that ends a block or begins
// the next branch of one, so that it stands less deep than what is before it.
func (p *place) endsBranch(text string) bool {
	n := 0
	for n < len(text) && wordByte(text[n]) {
		n++
	}
	if n == 0 || n < len(text) && strings.IndexByte(" :;", text[n]) < 0 {
		return false
	}
	return branchWord[text[:n]] || p.lang.Closes(text)
}

var branchWord = wordSet(`else elif elsif elseif except finally rescue ensure catch`)

// misfit counts how badly the lines of a frame fit the columns of the document
// round the cursor. Where the document does not indent its blocks, anything
// fits.
func (p *place) misfit(lines []string, known facts) int {
	if p.flat || p.lang.ID() == "makefile" || p.running() {
		return 0
	}
	f := &fitting{width: p.indent.Width, sure: p.sure, levels: slices.Clone(p.levels)}
	for i, c := range p.bal.stack {
		f.open = append(f.open, bracket{c, p.bal.cols[i], false})
	}
	if p.headBlank() && p.nonblank != "" {
		f.opens, f.last = p.lang.Opens(p.nonblank), strings.TrimSpace(p.nonblank)
		if n := p.itemWidth(p.nonblank); n > 0 && !f.opens {
			f.levels = append(f.levels, p.columns(p.nonblank)+n)
		}
	}
	f.line(known.lines[0], p.columns(p.head+lines[0]), p.headBlank())
	for i, line := range lines[1:] {
		f.line(known.lines[i+1], p.columns(line), true)
	}
	if len(known.lines) > len(lines) {
		f.line(known.lines[len(lines)], p.columns(p.next), true)
	} else if i := known.again; i > 0 && p.columns(lines[i]) != p.columns(p.next) {
		f.cost += 4
	}
	return f.cost
}

// A fitting walks down the lines and keeps the columns of the open blocks.
type fitting struct {
	width  int   // of one level
	sure   bool  // the document shows it
	levels []int // columns of the blocks that are open, outermost first
	items  []int // columns of the list items that are open, at which only others may stand
	opens  bool  // the last line opened a block
	last   string
	open   []bracket
	cost   int
}

// A bracket is an open one: its character, the columns of its line, and whether
// text follows it there, so that the lines inside may stand anywhere.
type bracket struct {
	char byte
	cols int
	free bool
}

// line judges one line and takes it in.
func (f *fitting) line(line fact, col int, judged bool) {
	if line.text == "" {
		return
	}
	free := line.text0 || len(f.open) > 0 && f.open[len(f.open)-1].free
	if judged && !free {
		f.cost += f.judge(line, col)
	}
	if !free {
		f.items = slices.DeleteFunc(f.items, func(c int) bool { return c > col })
		if line.item > 0 && !slices.Contains(f.items, col) {
			f.items = append(f.items, col)
		}
		f.levels = append(slices.DeleteFunc(f.levels, func(c int) bool { return c >= col }), col)
		if line.item > 0 && !line.opens {
			f.levels = append(f.levels, col+line.item)
		}
		f.opens, f.last = line.opens, line.text
	}
	f.take(line.brackets, col)
}

// judge says how badly a line with these columns follows the ones before it.
func (f *fitting) judge(line fact, col int) int {
	top := 0
	if n := len(f.levels); n > 0 {
		top = f.levels[n-1]
	}
	directive := line.text[0] == '#' // of a preprocessor, which stands where it likes
	switch {
	case strings.IndexByte(")]}", line.text[0]) >= 0:
		if n := len(f.open); n > 0 && f.open[n-1].cols != col {
			return 2
		}
	case line.ends && f.opens && col == top:
		return 0 // of an empty block
	case line.ends && !f.opens && col >= top && f.last != "" && strings.IndexByte(")]}", f.last[0]) < 0:
		return 2
	case f.opens && col <= top:
		if directive || line.opens && col == top { // labels and cases stack up
			return 1
		}
		return 3
	case f.opens && f.sure && col-top != f.width:
		if last := f.last[len(f.last)-1]; (last == '(' || last == '[') && col-top == 2*f.width {
			return 0 // what goes on inside brackets is often twice as deep
		}
		return 1
	case f.opens:
	case col > top:
		if f.last != "" && f.last[len(f.last)-1] == ',' && f.listed() {
			return 2 // items of a list stand below one another
		}
		if !continues(f.last, line.text) || col-top > 2*f.width && !goesOnWith(line.text) {
			return 2
		}
	default:
		cost := 0
		if !slices.Contains(f.levels, col) || line.item == 0 && slices.Contains(f.items, col) {
			cost += 2
		}
		if n := len(f.open); n > 0 && f.open[n-1].cols >= col && !line.opens && !directive {
			cost += 2
			f.open[n-1].cols = col - 1 // say it once
		}
		return cost
	}
	return 0
}

// continues reports whether text may be deeper than the line last although
// that opens no block: it goes on with a statement that is not over.
func continues(last, text string) bool {
	switch {
	case last == "":
		return false
	case goesOnWith(text):
		return true
	}
	if last[len(last)-1] == ')' { // the head of a statement without braces
		word, _, _ := strings.Cut(strings.TrimLeft(last, "} "), "(")
		word, _, _ = strings.Cut(word, " ")
		return statementWord[word] || word == "foreach"
	}
	return strings.IndexByte("-*/=:<,)", text[0]) >= 0 || strings.IndexByte("=+-*/&|,(?.\\", last[len(last)-1]) >= 0 ||
		last == "else" || strings.HasPrefix(last, "@") || len(last) > 1 && last[0] == '#' && wordByte(last[1])
}

// goesOnWith reports whether text begins with what no statement begins with, so
// that it goes on with one, in whatever column.
func goesOnWith(text string) bool {
	return strings.IndexByte(".?&|+\\", text[0]) >= 0 || strings.HasPrefix(text, "->")
}

// take keeps the brackets that are open behind a line.
func (f *fitting) take(brackets []byte, col int) {
	first := len(f.open)
	for _, c := range brackets {
		switch c {
		case '(', '[', '{':
			f.open = append(f.open, bracket{c, col, false})
		case ')', ']', '}':
			if n := len(f.open); n > 0 && pairs(f.open[n-1].char, c) {
				f.open = f.open[:n-1]
				first = min(first, n-1)
			}
		default:
			for i := min(first, len(f.open)); i < len(f.open); i++ {
				f.open[i].free = f.open[i].char != '{'
			}
		}
	}
}

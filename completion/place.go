package completion

import (
	"slices"
	"strings"
	"unicode"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// reach is how many bytes to each side of the cursor an answer is compared
// with. It bounds the work of one answer, whatever the file's size; what a
// model repeats stands much nearer.
const reach = 32 << 10

// mostTries is how many variants of one answer a step looks at, because a look
// costs as much as the answer is long. More than a few have only texts of a
// single letter, or of brackets alone.
const mostTries = 32

// near is how much of that shows how the file is laid out.
const near = 8 << 10

// A place is the spot that an answer must fit into: the text round the cursor,
// with \n line ends alone, and what follows from it. It is made once for all
// answers to a request and does not change after prepare.
type place struct {
	lang    *syntax.Language
	indent  syntax.Indent // how the file indents
	editors syntax.Indent // how its editor does, where that is known
	mark    string        // the cursor's mark in the prompt
	path    string        // the document's

	// restore puts the document's secrets back into an answer, and is false if a
	// stand-in of another is left; nil restores none.
	restore func(answer string) (string, bool)

	before, after string // the text round the cursor
	nearAt        int    // the start of a line not far above the cursor
	nearState     syntax.State
	head, tail    string // the cursor's line on both sides of it
	headAt        int    // where the cursor's line begins in before
	nonblank      string // the nearest line above that is not blank; "" for none
	next          string // the nearest line below that is not blank; "" for none

	levels []int // the columns of the blocks round the cursor, outermost first

	tabs, spaces bool         // whether lines begin with tabs, with spaces
	flat         bool         // blocks are not indented here
	sure         bool         // the text near the cursor shows how wide a level is
	in           syntax.Place // what the cursor stands in
	bal          balance

	beforeCompact compacted // before without blanks
	sequel        []byte    // see sequelOf
	sequelEnd     string
	prepared      bool
}

// placeAt looks at doc round at.
func placeAt(doc *document.Document, at document.Offset) *place {
	from, to := max(0, at-reach), min(doc.Len(), at+reach)
	if n := doc.LineAt(from); from > 0 && n < doc.LineAt(at) { // begin at a line, unless the cursor's is longer than all that is looked at
		from = doc.LineStart(n + 1)
	}
	return newPlace(syntax.ByID(doc.Language()), doc.Slice(from, at), doc.Slice(at, to), "")
}

// newPlace makes a place from the text round a cursor. It works out what a
// prompt depends on; the rest waits for prepare.
func newPlace(lang *syntax.Language, before, after, mark string) *place {
	p := &place{lang: lang, before: unixBreaks(before), after: unixBreaks(after), mark: mark}
	if strings.HasPrefix(after, "\n") && strings.HasSuffix(before, "\r") { // a cursor inside a line break stands in front of it
		p.before = strings.TrimSuffix(p.before, "\n")
	}
	p.headAt = strings.LastIndexByte(p.before, '\n') + 1
	p.head = p.before[p.headAt:]
	p.tail, _, _ = strings.Cut(p.after, "\n")

	far := max(0, p.headAt-near)
	if far > 0 {
		far += strings.IndexByte(p.before[far:p.headAt], '\n') + 1
	}
	p.nearAt, p.nearState = far, p.lang.After(p.before[:far], syntax.State{})
	p.bal.state = p.lang.After(p.before[far:p.headAt], p.nearState)
	p.bal.known = p.bal.state.In() == syntax.InCode
	p.in = p.lang.After(p.head, p.bal.state).In()
	return p
}

// prepare works out what answers are compared with. It is called when the
// first text of an answer comes, so that it costs a request nothing on its way
// out. It is not safe for concurrent use; an answer is read by one goroutine.
func (p *place) prepare() {
	if p.prepared {
		return
	}
	p.prepared = true
	p.nonblank = lastLine(p.before[:p.headAt])
	p.next = firstLine(p.after[len(p.tail):])
	p.tabs, p.spaces = indentChars(p.before[:p.headAt], p.head+"x", p.after)
	p.indent, p.flat, p.sure = readIndent(p)
	if e := p.editors; e.Width > 0 && !p.tabs && !p.spaces { // no line is indented
		p.indent, p.sure = e, true
		p.tabs, p.spaces = e.Tabs, !e.Tabs
	}
	p.beforeCompact = compact(p.before)
	p.sequel, p.sequelEnd = sequelOf(p)
	p.levels = levelsOf(p)
	p.bal.read(p)
}

// unixBreaks makes one kind of line break of the three.
func unixBreaks(text string) string {
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return breaks.Replace(text)
}

var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// inText reports whether the cursor stands where sentences are right: in a
// string, in a comment, or in a document of prose.
func (p *place) inText() bool { return p.in != syntax.InCode || proseLanguages[p.lang.ID()] }

// restBlank reports whether nothing but blanks follows the cursor on its line.
func (p *place) restBlank() bool { return strings.TrimSpace(p.tail) == "" }

// code reports whether the cursor stands in code: not in a string or a comment.
func (p *place) code() bool { return p.in == syntax.InCode }

// headBlank reports whether nothing but blanks precedes the cursor on its
// line.
func (p *place) headBlank() bool { return strings.TrimSpace(p.head) == "" }

// columns is how far line is indented, with a tab as wide as one level.
func (p *place) columns(line string) int {
	return p.indent.Columns(syntax.Leading(line))
}

// own is how far the cursor's line is indented. A line inside a block comment
// that begins with a star stands one column deeper than the comment does.
func (p *place) own() int {
	col := p.columns(p.head)
	if col > 0 && p.bal.state.In() == syntax.InComment && strings.HasPrefix(strings.TrimSpace(p.head), "*") {
		return col - 1
	}
	return col
}

// levelsOf finds the columns of the blocks round the cursor: of the nearest
// line above, of the nearest less indented line above that, and so on.
func levelsOf(p *place) []int {
	var levels []int
	least := -1
	rest := p.before[:p.headAt]
	if !p.headBlank() {
		least = p.own()
		levels = append(levels, least)
	}
	for lines := 0; rest != "" && least != 0 && lines < 2000; lines++ {
		rest = strings.TrimSuffix(rest, "\n")
		i := strings.LastIndexByte(rest, '\n') + 1
		line := rest[i:]
		rest = rest[:i]
		if strings.TrimSpace(line) == "" {
			continue
		}
		if c := p.columns(line); least < 0 || c < least {
			least = c
			levels = append(levels, c)
		}
	}
	if least != 0 {
		levels = append(levels, 0)
	}
	slices.Reverse(levels)
	return levels
}

// lastLine is the last line of text that is not blank.
func lastLine(text string) string {
	for text != "" {
		text = strings.TrimSuffix(text, "\n")
		i := strings.LastIndexByte(text, '\n') + 1
		if line := text[i:]; strings.TrimSpace(line) != "" {
			return line
		}
		text = text[:i]
	}
	return ""
}

// firstLine is the first line of text that is not blank.
func firstLine(text string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) != "" {
			return line
		}
	}
	return ""
}

// indentChars reports which of the two characters the lines of the texts are
// indented with. A single blank is the inside of a block comment.
func indentChars(texts ...string) (tabs, spaces bool) {
	for _, text := range texts {
		for line := range strings.SplitSeq(text, "\n") {
			lead := syntax.Leading(line)
			if len(lead) == len(line) {
				continue
			}
			tabs = tabs || strings.Contains(lead, "\t")
			spaces = spaces || strings.Contains(lead, "  ")
		}
	}
	return tabs, spaces
}

// A compacted text is its bytes without blanks and line breaks. Comparing two
// of them ignores how they are indented and laid out.
type compacted struct {
	text string
	b    []byte
	at   []int // where each of b stands in text
}

func compact(text string) compacted {
	c := compacted{text: text, b: make([]byte, 0, len(text)), at: make([]int, 0, len(text))}
	for i := range len(text) {
		switch text[i] {
		case ' ', '\t', '\n', '\r':
		default:
			c.b, c.at = append(c.b, text[i]), append(c.at, i)
		}
	}
	return c
}

// begins reports whether the i-th byte is the first one of its line.
func (c compacted) begins(i int) bool {
	return strings.TrimSpace(c.text[strings.LastIndexByte(c.text[:c.at[i]], '\n')+1:c.at[i]]) == ""
}

// endsLine reports whether the i-th byte is the last one of its line.
func (c compacted) endsLine(i int) bool {
	rest, _, _ := strings.Cut(c.text[c.at[i]+1:], "\n")
	return strings.TrimSpace(rest) == ""
}

// endsStatement reports whether nothing but a comma or a semicolon follows the
// i-th byte on its line.
func (c compacted) endsStatement(i int) bool {
	rest, _, _ := strings.Cut(c.text[c.at[i]+1:], "\n")
	return strings.Trim(rest, ";, \t") == ""
}

// overlaps yields, longest first, each n > 0 for which text ends with the
// first n bytes of pattern. (The borders that the Knuth-Morris-Pratt search
// finds, in O(len(text)+len(pattern)).)
func overlaps(text, pattern []byte) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		if len(pattern) == 0 {
			return
		}
		text = text[max(0, len(text)-len(pattern)):]
		border := make([]int, len(pattern)+1) // border[i]: the longest proper border of pattern[:i]
		for i, k := 1, 0; i < len(pattern); i++ {
			for k > 0 && pattern[i] != pattern[k] {
				k = border[k]
			}
			if pattern[i] == pattern[k] {
				k++
			}
			border[i+1] = k
		}
		n := 0
		for _, c := range text {
			for n > 0 && (n == len(pattern) || pattern[n] != c) {
				n = border[n]
			}
			if pattern[n] == c {
				n++
			}
		}
		for ; n > 0; n = border[n] {
			if !yield(n) {
				return
			}
		}
	}
}

// letters counts the bytes of s that may stand in a name.
func letters(s string) int {
	n := 0
	for i := range len(s) {
		if wordByte(s[i]) {
			n++
		}
	}
	return n
}

// isWord reports whether r may stand in a name.
func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

package completion

import (
	"bytes"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// dropRegiven handles an answer that gives lines below the cursor again but not
// byte by byte (with another quote, a comma more), or that goes on differently
// behind them. The answer ends where it comes to them.
func (p *place) dropRegiven(d draft, tail int) (draft, bool) {
	if p.next == "" {
		return d, true
	}
	lines := strings.Split(d.text, "\n")
	if i, at := p.regiven(lines, d); i >= 0 {
		text := strings.Join(append(slices.Clone(lines[:i]), lines[i][:at]), "\n")
		whole, empty := p.defects(d.text, p.tail), p.defects("", p.tail)
		if n := p.defects(text, p.tail); n <= max(whole, empty) {
			return p.cutAt(d, text, tail)
		}
	}
	return d, true
}

// regiven finds where lines begin to give the text below the cursor: in which
// of them, and at which byte of it (where text follows the cursor on its line,
// it begins behind the answer's own). i is -1 where they do not.
func (p *place) regiven(lines []string, d draft) (i, at int) {
	below := linesBelow(p.after[len(p.tail):], 8)
	tail := strings.TrimSpace(p.tail)
	for i := range lines {
		at, n := 0, i
		if tail != "" {
			at = strings.LastIndex(lines[i], tail)
			if at < 0 || at == 0 && i == 0 || sameBut(lines[i][at:]) != sameBut(tail) {
				continue
			}
			n++
		}
		same, letters, end := p.sameLines(lines[n:], below, tail == "")
		switch {
		case same == 0 || p.standsAbove(below[:same]):
			continue
		case letters < 6 || same < 2 && letters < 12:
			continue
		case !end && d.cut && n+same >= len(lines):
			continue
		}
		return i, at
	}
	return -1, 0
}

// sameLines counts how many of below the lines begin with, blank ones left
// aside, and the letters of those. Where the lines have to stand in their
// columns, levels says so. end is true where nothing else comes behind them.
func (p *place) sameLines(lines, below []string, levels bool) (same, named int, end bool) {
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if same == len(below) || sameBut(line) != sameBut(below[same]) || levels && p.columns(line) != p.columns(below[same]) {
			return same, named, false
		}
		named += letters(line)
		same++
	}
	return same, named, true
}

// standsAbove reports whether the same lines stand above the cursor too: what
// occurs more than once may occur once more.
func (p *place) standsAbove(lines []string) bool {
	needle := compact(strings.Join(lines, "\n"))
	return len(lines) < 3 && bytes.Contains(p.beforeCompact.b, needle.b)
}

// linesBelow are the first lines of text that are not blank, at most n.
func linesBelow(text string, n int) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
		if len(lines) == n {
			break
		}
	}
	return lines
}

// sameBut is line without what two copies of it may differ in: blanks, the kind of
// quotes, and a mark at the end that parts it from the next.
func sameBut(line string) string {
	return strings.TrimRight(sameQuotes.Replace(line), ",;")
}

var sameQuotes = strings.NewReplacer(" ", "", "\t", "", "'", `"`, "`", `"`)

// behindBlock finds the line at which an answer goes on although it has closed
// the cursor's block, which the text below closes too: with the rest of the file
// as the model imagines it, a new function, an example. It is 0 for none. The
// lines that close the block are not looked at here; they overlap.
func (p *place) behindBlock(lines []string) int {
	if !p.bal.known || !p.restBlank() {
		return 0
	}
	i := p.closing(lines)
	if i < 0 {
		return 0
	}
	j := i + 1
	for j < len(lines) && (strings.TrimSpace(lines[j]) == "" || p.lang.Closes(lines[j]) && !p.lang.Opens(lines[j])) {
		j++
	}
	if j == len(lines) {
		return 0
	}
	text := strings.Join(lines[:i], "\n")
	if p.defects(text, p.tail) < p.defects(strings.Join(lines, "\n"), p.tail) || p.closedByWord(lines[i]) {
		return j
	}
	return 0
}

// closing finds the line that closes the cursor's block and opens nothing in its
// place: by its brackets, or by a word and its columns. It is -1 where there is
// none.
func (p *place) closing(lines []string) int {
	depth := 0
	st := p.bal.state
	for i, line := range lines {
		if i == 0 {
			line = p.head + line
		}
		line += "\n"
		lowest := depth
		for t := range p.lang.Scan(line, st) {
			if i == 0 && t.To <= len(p.head) {
				continue
			}
			switch t.Kind { //nolint:exhaustive // brackets alone are counted
			case syntax.Open:
				depth++
			case syntax.Close:
				depth--
				lowest = min(lowest, depth)
			}
		}
		st = p.lang.After(line, st)
		if i == 0 {
			depth = max(depth, 0)
			continue
		}
		if depth < 0 && p.lang.Closes(line) || p.closedByWord(line) {
			return i
		}
		if lowest < 0 && depth <= 0 {
			depth = 0 // one block for another
		}
	}
	return -1
}

// closedByWord reports whether line is a word that closes a block and stands
// below the cursor too, as the first line there that is less indented than the
// cursor's block.
func (p *place) closedByWord(line string) bool {
	s := strings.TrimSpace(line)
	if s == "" || !wordByte(s[0]) || !p.lang.Closes(s) {
		return false
	}
	level := p.own()
	if !p.headBlank() && p.lang.Opens(p.head) {
		level++
	}
	if p.headBlank() && p.nonblank != "" {
		level = max(level, p.columns(p.nonblank))
		if p.lang.Opens(p.nonblank) {
			level = p.columns(p.nonblank) + 1
		}
	}
	for _, below := range linesBelow(p.after[len(p.tail):], 40) {
		if c := p.columns(below); c < level {
			return c == p.columns(line) && strings.TrimSpace(below) == s
		}
	}
	return false
}

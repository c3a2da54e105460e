package completion

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// Limits of repetition. Tables of numbers repeat for good reasons, so a line
// counts only if it holds a name, and three copies in a row are needed.
const (
	copies      = 3  // this often in a row is repetition
	maxPeriod   = 64 // lines of one copy
	minRestart  = 3  // lines of the answer's beginning that make a restart of it
	unitCopies  = 6  // copies inside one line
	minUnitSize = 3
	maxUnitSize = 200
)

// dropRepetition keeps the first copy where an answer goes round in circles.
func dropRepetition(_ *place, d draft) (draft, bool) {
	lines := strings.Split(d.text, "\n")
	i := circle(append(lines, "")) // of blocks, the last copy lacks the blank line behind it
	if i == 0 && d.cut {
		i = restart(lines)
	}
	if i > 0 {
		d.text = strings.Join(lines[:i], "\n")
	}
	last := strings.LastIndexByte(d.text, '\n') + 1
	if i := stutter(d.text[last:]); i > 0 {
		d.text = d.text[:last+i]
	}
	return d, true
}

// circle finds where lines begin to repeat the ones before them, copies times
// in a row: the index behind the first copy, or 0.
func circle(lines []string) int {
	for period := 1; period <= maxPeriod && period*copies <= len(lines); period++ {
		same := 0
		for i := period; i < len(lines); i++ {
			if strings.TrimSpace(lines[i]) != strings.TrimSpace(lines[i-period]) { // the first line may lack its indentation
				same = 0
				continue
			}
			same++
			if same == period*(copies-1) {
				from := i + 1 - period*(copies-1)
				if letters(strings.Join(lines[from-period:from], "")) >= 4 {
					return from
				}
			}
		}
	}
	return 0
}

// circles is a quick look at lines that have just grown by one: whether their
// end has become a copy of what stands before it, copies times in a row.
func circles(lines []string) bool {
	n := len(lines)
	for period := 1; period <= maxPeriod && period*copies <= n; period++ {
		same := 0
		for i := n - 1; i >= period && same < period*(copies-1) && strings.TrimSpace(lines[i]) == strings.TrimSpace(lines[i-period]); i-- {
			same++
		}
		if same == period*(copies-1) {
			return true
		}
	}
	return false
}

// restart finds where an answer that ran on until it was cut off begins anew
// and has come to nothing else since: the index of that line, or 0. Numbers that
// have changed in a block of several lines make no difference.
func restart(lines []string) int {
	for i := 2; i+minRestart <= len(lines); i++ {
		same, exact := true, true
		for k, line := range lines[i:] {
			a, b := strings.TrimSpace(line), strings.TrimSpace(lines[k])
			exact = exact && a == b
			if a != b && withoutDigits(a) != withoutDigits(b) {
				same = false
				break
			}
		}
		if same && (exact || i*copies <= len(lines)) && letters(strings.Join(lines[i:], "")) >= 12 {
			return i
		}
	}
	return 0
}

// withoutDigits is line with one mark in the place of each number.
func withoutDigits(line string) string {
	var b strings.Builder
	for i := range len(line) {
		switch digit := '0' <= line[i] && line[i] <= '9'; {
		case !digit:
			b.WriteByte(line[i])
		case i == 0 || line[i-1] < '0' || line[i-1] > '9':
			b.WriteByte('0')
		}
	}
	return b.String()
}

// stutter finds where the end of a line repeats a unit over and over: the index
// behind the first copy, or 0.
func stutter(line string) int {
	for size := minUnitSize; size <= maxUnitSize && size*unitCopies <= len(line); size++ {
		unit := line[len(line)-size:]
		n := 1
		for (n+1)*size <= len(line) && line[len(line)-(n+1)*size:len(line)-n*size] == unit {
			n++
		}
		if n >= unitCopies && strings.IndexFunc(unit, isLetter) >= 0 {
			return len(line) - (n-1)*size
		}
	}
	return 0
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r >= 0x80 }

// endOfScope ends an answer where it leaves the block of the cursor for good:
// behind a blank line, at a line without indentation, while the cursor stands
// in something indented and the brackets are no worse for ending here.
func endOfScope(p *place, d draft) (draft, bool) {
	inside := p.columns(p.head) > 0 || p.lang.Opens(p.nonblank) || !p.headBlank() && p.lang.Opens(p.head)
	if !inside || p.in != syntax.InCode {
		return d, true
	}
	lines := strings.Split(d.text, "\n")
	if p.next != "" && p.columns(p.next) > 0 && (!p.lang.IndentBlocks() || p.lang.Opens(lines[len(lines)-1])) {
		return d, true // what follows belongs to something that the answer may open
	}
	for i, tries := 2, mostTries; i < len(lines) && tries > 0; i++ {
		line := lines[i]
		if strings.TrimSpace(lines[i-1]) != "" || line == "" || syntax.Leading(line) != "" || strings.IndexByte(")]}", line[0]) >= 0 {
			continue
		}
		tries--
		text := strings.Join(lines[:i-1], "\n")
		if strings.TrimSpace(text) != "" && p.defects(text, p.tail) <= p.defects(d.text, p.tail) {
			d.text = text
			return d, true
		}
	}
	return d, true
}

package completion

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// Limits of repetition. Tables of numbers repeat for good reasons, so a line
// counts only if it holds a name, and three copies in a row are needed.
const (
	copies      = 3 // this often in a row is repetition
	maxPeriod   = 8 // lines of one copy
	unitCopies  = 6 // copies inside one line
	minUnitSize = 3
)

// dropRepetition keeps the first copy where an answer goes round in circles.
func dropRepetition(_ *place, d draft) (draft, bool) {
	lines := strings.Split(d.text, "\n")
	if i := circle(lines); i > 0 {
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

// stutter finds where the end of a line repeats a unit over and over: the index
// behind the first copy, or 0.
func stutter(line string) int {
	for size := minUnitSize; size*unitCopies <= len(line); size++ {
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
	if p.next != "" && p.columns(p.next) > 0 {
		return d, true // what follows belongs to something that the answer may open
	}
	lines := strings.Split(d.text, "\n")
	for i := 2; i < len(lines); i++ {
		line := lines[i]
		if strings.TrimSpace(lines[i-1]) != "" || line == "" || syntax.Leading(line) != "" || strings.IndexByte(")]}", line[0]) >= 0 {
			continue
		}
		text := strings.Join(lines[:i-1], "\n")
		if strings.TrimSpace(text) != "" && p.defects(text, p.tail) <= p.defects(d.text, p.tail) {
			d.text = text
			return d, true
		}
	}
	return d, true
}

package completion

import "strings"

// dropRestated handles an answer that ends in the lines below the cursor, but
// not letter by letter: some of them are given whole, and in the others a few
// characters are missing or too many. A line that only resembles one below is
// another line, because code is full of sisters: "min.x" and "min.y" differ by
// a letter that was put in the place of one.
func (p *place) dropRestated(d draft) (draft, bool) {
	if d.growing || !p.code() {
		return d, true
	}
	if tail := strings.TrimSpace(p.tail); tail != "" {
		line := strings.TrimSpace(d.text)
		return d, len(tail) < 8 || !almost(line, tail)
	}
	text := strings.TrimRight(d.text, " \t\n")
	lines := strings.Split(text, "\n")
	lines[0] = p.head + lines[0]
	below := p.below(min(len(lines), mostRestated))
	given := make([]string, 0, len(below)) // the answer's lines from i on that are not blank, the last one first
	for i, from := len(lines)-1, len(text); i >= 0 && len(given) < len(below); i-- {
		from = max(0, from-len(lines[i])) // where the line begins in text
		start := from
		from--
		s := strings.TrimSpace(lines[i])
		if s == "" {
			continue
		}
		given = append(given, s)
		// Lines that are exactly those below, but for the first, are an overlap.
		if len(given) < 2 && (i > 0 || p.headBlank()) || p.columns(lines[i]) != p.columns(p.next) || !restates(given, below) {
			continue
		}
		if left := text[:start]; i == 0 || p.defects(left, p.tail) <= p.defects(text, p.tail) {
			d.text = strings.TrimRight(left, " \t\n")
		}
	}
	return d, strings.TrimSpace(d.text) != ""
}

// mostRestated is how many lines at an answer's end are compared with those
// below the cursor.
const mostRestated = 200

// restates reports whether the lines, the last one first, are the first of those
// below: one line letter by letter, if it is long enough not to be written
// twice, several with slips in less than half of them.
func restates(lines, below []string) bool {
	same, size, off := 0, 0, 0
	for i := range lines {
		a, b := strings.Trim(lines[len(lines)-1-i], ";, \t"), strings.Trim(below[i], ";, \t")
		size += len(b)
		switch {
		case a == b && letters(a) >= 4:
			same++
		case a == b:
		case almost(a, b):
			off += max(len(a)-len(b), len(b)-len(a))
		default:
			return false
		}
	}
	if len(lines) == 1 {
		return same == 1 && size >= 12
	}
	return 2*same >= len(lines) && 10*off <= size
}

// almost reports whether one of a and b is the other with a few characters left
// out. Numbers that differ are meant.
func almost(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return a != b && len(b)-len(a) <= max(1, len(b)/5) && subsequence(a, b) &&
		strings.Map(digit, a) == strings.Map(digit, b)
}

func digit(r rune) rune {
	if '0' <= r && r <= '9' {
		return r
	}
	return -1
}

// below are the first lines under the cursor's that are not blank, at most n.
func (p *place) below(n int) []string {
	var all []string
	for line := range strings.SplitSeq(p.after[len(p.tail):], "\n") {
		if len(all) == n {
			break
		}
		if strings.TrimSpace(line) != "" {
			all = append(all, strings.TrimSpace(line))
		}
	}
	return all
}

// nonblank are the lines that are not blank, without the blanks round them.
func nonblank(lines []string) []string {
	var all []string
	for _, line := range lines {
		if s := strings.TrimSpace(line); s != "" {
			all = append(all, s)
		}
	}
	return all
}

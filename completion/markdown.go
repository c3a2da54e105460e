package completion

import "strings"

// leading counts the blanks at the start of line.
func leading(line []byte) int {
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}

// run counts the fence characters that line begins with.
func run(line []byte) int {
	if len(line) == 0 || line[0] != '`' && line[0] != '~' {
		return 0
	}
	n := 1
	for n < len(line) && line[n] == line[0] {
		n++
	}
	return n
}

// blank reports whether line holds nothing but spaces and tabs.
func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}

// quoted takes the block-quote marks off line and counts them.
func quoted(line []byte) (rest []byte, marks int) {
	for {
		rest = unquote(line)
		if len(rest) == len(line) {
			return line, marks
		}
		line, marks = rest, marks+1
	}
}

// unquote takes one block-quote mark off line: up to three spaces, '>', and
// one space.
func unquote(line []byte) []byte {
	n := leading(line)
	if n > 3 || n == len(line) || line[n] != '>' {
		return line
	}
	rest := line[n+1:]
	if len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	return rest
}

// listMarker is the number of columns to the content of the list item that
// line begins, or 0.
func listMarker(line []byte) int {
	n := leading(line)
	i := n
	switch {
	case i < len(line) && strings.IndexByte("-+*", line[i]) >= 0:
		i++
	default:
		for i < len(line) && i-n < 9 && '0' <= line[i] && line[i] <= '9' {
			i++
		}
		if i == n || i == len(line) || line[i] != '.' && line[i] != ')' {
			return 0
		}
		i++
	}
	spaces := leading(line[i:])
	if spaces == 0 || i+spaces == len(line) {
		return 0
	}
	return i + min(spaces, 4)
}

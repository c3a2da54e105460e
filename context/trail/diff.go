package trail

import (
	"slices"
	"strings"
)

// diffContext is how many lines that stayed are shown on both sides of one that
// did not, within an edit.
const diffContext = 2

// A diffLine is a line of a diff: ' ' where it stayed, '-' where it went, '+'
// where it came, without its line break.
type diffLine struct {
	sign byte
	text string
}

// diff says how before became after, line by line, with as few changes as there
// can be. It takes the product of their numbers of lines, which are bounded.
func diff(before, after string) []diffLine {
	a, b := split(before), split(after)
	// common[i][j] is how many lines a[i:] and b[j:] have in common, in order.
	common := make([][]int, len(a)+1)
	row := make([]int, (len(a)+1)*(len(b)+1))
	for i := range common {
		common[i], row = row[:len(b)+1], row[len(b)+1:]
	}
	for i, left := range slices.Backward(a) {
		for j, right := range slices.Backward(b) {
			if left == right {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var all []diffLine
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			all = append(all, diffLine{' ', a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			all = append(all, diffLine{'-', a[i]})
			i++
		default:
			all = append(all, diffLine{'+', b[j]})
			j++
		}
	}
	return all
}

// split returns the lines of a text without their line breaks.
func split(text string) []string {
	var all []string
	for text != "" {
		n := lineBreak(text)
		all = append(all, strings.TrimRight(text[:n], "\r\n"))
		text = text[n:]
	}
	return all
}

// changes are the parts from..to of a diff that show what has changed, each with
// the lines near it that stayed.
func changes(all []diffLine) [][2]int {
	var parts [][2]int
	for i, l := range all {
		if l.sign == ' ' {
			continue
		}
		from, to := max(0, i-diffContext), min(len(all), i+1+diffContext)
		if n := len(parts); n > 0 && from <= parts[n-1][1] {
			parts[n-1][1] = to
		} else {
			parts = append(parts, [2]int{from, to})
		}
	}
	return parts
}

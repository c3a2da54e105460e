package config

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// nearest is the candidate that word was most likely meant to be, or "" where
// none is near. Case and the characters between words don't count, and a key
// without its group is near to the one with it.
func nearest(word string, candidates iter.Seq[string]) string {
	if len(word) > 2*maxName {
		return ""
	}
	whole, last := letters(word), letters(lastPart(word))
	best, bestAt := "", max(1, min(4, len(whole)/3))+1
	for c := range candidates {
		if d := within(whole, letters(c), bestAt); d < bestAt {
			best, bestAt = c, d
		}
		own := letters(lastPart(c))
		if d := 1 + within(last, own, bestAt); len(own) < len(c) && d <= len(own)/3 && d < bestAt {
			best, bestAt = c, d
		}
	}
	return best
}

// within is distance, or most where the lengths alone say that it is no less:
// a stranger's file can hold many long keys.
func within(a, b string, most int) int {
	if d := utf8.RuneCountInString(a) - utf8.RuneCountInString(b); max(d, -d) >= most {
		return most
	}
	return distance(a, b)
}

func lastPart(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// letters is key without case and without what stands between words, but with
// its dots.
func letters(key string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return -1
		}
		return r
	}, strings.ToLower(key))
}

// distance is how many letters have to be put in, taken out, replaced or
// swapped with their neighbour to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, above, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range above {
		above[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			d := min(above[j]+cost, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d = min(d, before[j-1]+1)
			}
			row[j+1] = d
		}
		before, above, row = above, row, before
	}
	return above[len(y)]
}

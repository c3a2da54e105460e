package completion

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// dropAlternative ends an answer where it gives a second one in the same
// breath: behind a comment that says so, if the two are alike, or behind a
// comment or a blank line, if the second is the first once more.
func dropAlternative(p *place, d draft) (draft, bool) {
	lines := strings.Split(d.text, "\n")
	if d.growing || len(lines) < 3 || p.lang.After(p.head+lines[0]+"\n", p.bal.state).In() != syntax.InCode {
		return d, true
	}
	for i := 1; i < len(lines)-1; i++ {
		said, comment := commentText(p.lang, lines[i])
		if !comment && strings.TrimSpace(lines[i]) != "" {
			continue
		}
		first, second := written(lines[:i]), written(lines[i+1:])
		if len(first) == 0 || len(second) == 0 {
			continue
		}
		again := slices.Equal(first, second) && (len(first) > 1 || comment) && letters(strings.Join(first, "")) >= 8
		if again || comment && offersAnother(said) && alike(first, second) {
			d.text = strings.TrimRight(strings.Join(lines[:i], "\n"), " \t\n")
			return d, true
		}
	}
	return d, true
}

// commentText is what a line that is nothing but a comment says.
func commentText(lang *syntax.Language, line string) (string, bool) {
	s := strings.TrimSpace(line)
	for _, mark := range append([]string{"/*", "<!--", "(*", "{-"}, lang.LineComments()...) {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			return strings.Trim(rest, "/*#;-!><(){}% =\t"), true
		}
	}
	return "", false
}

// written are the lines that are not blank, without the blanks round them.
func written(lines []string) []string {
	var out []string
	for _, line := range lines {
		if s := strings.TrimSpace(line); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// offersAnother reports whether a comment announces another answer.
func offersAnother(said string) bool {
	words := strings.FieldsFunc(strings.ToLower(said), func(r rune) bool { return !isWord(r) })
	if len(words) == 0 || len(words) > 8 || len(words) > 3 && !strings.HasSuffix(said, ":") {
		return false
	}
	return words[0] == "or" || slices.ContainsFunc(words, func(w string) bool { return another[w] })
}

var another = wordSet(`alternative alternatively alternate another option variant variation version instead approach`)

// alike reports whether most words of the second text stand in the first one,
// or both begin with the same.
func alike(first, second []string) bool {
	if a, b := strings.Fields(first[0]), strings.Fields(second[0]); a[0] == b[0] && letters(a[0]) > 1 {
		return true
	}
	known, seen, all := map[string]bool{}, 0, 0
	name := func(r rune) bool { return !isWord(r) }
	for _, line := range first {
		for _, w := range strings.FieldsFunc(line, name) {
			known[w] = true
		}
	}
	for _, line := range second {
		for _, w := range strings.FieldsFunc(line, name) {
			all++
			if known[w] {
				seen++
			}
		}
	}
	return seen*2 >= all
}

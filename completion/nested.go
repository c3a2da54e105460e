package completion

import "strings"

// innerFence takes the code out of a fence that stands in a fence: an answer as a
// Markdown document of its own. Where the cursor stands in code of a language
// that has no fences, a line that opens one can be nothing else.
func (p *place) innerFence(text string) string {
	if p.inText() || fencedLanguages[p.lang.ID()] || markup[p.lang.ID()] {
		return text
	}
	lines := strings.Split(strings.TrimLeft(text, "\n"), "\n")
	open := strings.TrimSpace(lines[0])
	n := run([]byte(open))
	if n < 3 || strings.ContainsAny(open[n:], "`~ ") {
		return text
	}
	for i, line := range lines[1:] {
		if s := strings.TrimSpace(line); run([]byte(s)) == len(s) && len(s) >= n && s[0] == open[0] {
			return strings.Join(lines[1:i+1], "\n")
		}
	}
	return strings.Join(lines[1:], "\n")
}

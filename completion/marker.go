package completion

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// Languages in which a line may begin with the mark of a list item. In others
// the same characters are operators, and "-" in front of "-x" is meant.
var listLanguages = map[string]bool{
	"yaml": true, "markdown": true, "mdx": true, "quarto": true, "plaintext": true, "restructuredtext": true,
	"asciidoc": true, "org": true, "git-commit": true, "gitcommit": true,
}

// dropMarker takes off an answer the mark that the cursor's line begins with
// and has nothing behind yet: of a comment, a list item or a heading. Such a
// mark holds no name that an echo could be known by, but an answer that gives
// it once more repeats it: nobody writes "// //" or "- - ". It reports whether
// that was so.
func dropMarker(p *place, d draft) (draft, bool) {
	mark := p.marker()
	if mark == "" {
		return d, false
	}
	text := strings.TrimLeft(d.text, "\n")
	lead := syntax.Leading(text)
	rest, ok := strings.CutPrefix(text[len(lead):], mark)
	if !ok || rest == "" || strings.IndexByte(" \t\n", rest[0]) < 0 {
		return d, false
	}
	if strings.TrimRight(p.head, " \t") != p.head {
		rest = strings.TrimLeft(rest, " \t")
	}
	d.text, d.echoed = rest, true
	if lead != "" || p.columns(p.head) == 0 {
		d.shift, d.placed = p.columns(p.head)-p.columns(lead), true
	}
	return d, true
}

// marker is the mark that the cursor's line consists of, or "".
func (p *place) marker() string {
	head := strings.TrimSpace(p.head)
	if head == "" || len(head) > 12 {
		return ""
	}
	for _, mark := range p.lang.LineComments() {
		if rest, ok := strings.CutPrefix(head, mark); ok && strings.Trim(rest, mark+"!") == "" {
			return head
		}
	}
	if p.in == syntax.InComment && head == "*" {
		return head
	}
	if !listLanguages[p.lang.ID()] {
		return ""
	}
	line := []byte(head + " x")
	if n := listMarker(line); n > 0 {
		switch strings.TrimSpace(string(line[n:])) {
		case "x", "[ ] x", "[x] x", "[X] x":
			return head
		}
	}
	if strings.Trim(head, "#") == "" {
		return head // of a heading
	}
	return ""
}

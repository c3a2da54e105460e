package completion

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// withoutBlank is text without the blanks in front, where the cursor's line ends
// in one. In a string each blank counts, and where columns go on, behind several
// blanks or below the same character, they are meant.
func (p *place) withoutBlank(text string) string {
	body := strings.TrimLeft(text, " \t")
	if said := strings.TrimSuffix(p.head, " "); !p.code() || body == "" || body == text || said == p.head || strings.TrimRight(said, " \t") != said {
		return text
	}
	if col := p.width(p.head + text[:len(text)-len(body)]); p.stacked(p.nonblank, col, body[0]) || p.stacked(p.next, col, body[0]) {
		return text
	}
	return body
}

// stacked reports whether c stands in line at column col, behind a blank.
func (p *place) stacked(line string, col int, c byte) bool {
	for i := 1; i < len(line); i++ {
		if line[i] == c && line[i-1] == ' ' && p.width(line[:i]) == col {
			return true
		}
	}
	return false
}

// width is how many columns text takes.
func (p *place) width(text string) int {
	lead := syntax.Leading(text)
	return p.indent.Columns(lead) + len(text) - len(lead)
}

package completion

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// dropStray takes out what can only be there by mistake, because no place of
// any document asks for it: the next file of a patch, bullets in front of
// statements, a wrapper that opens once more inside of itself.
func dropStray(p *place, d draft) (draft, bool) {
	if d.kind == partTagged && strings.Contains(strings.ToLower(d.text), "<"+d.info+">") {
		return d, false // no one can say which of the two is meant
	}
	if i := strings.Index("\n"+d.text, "\ndiff --git a/"); i >= 0 && !p.quotes(d.text, i, i) && p.lang.ID() != "diff" {
		d.text = strings.TrimRight(d.text[:i], "\n")
	}
	d.text = p.withoutBullets(d.text)
	return d, true
}

// quotes reports whether the bytes of text between the two places stand in a
// string, which goes on behind them.
func (p *place) quotes(text string, from, to int) bool {
	return strings.TrimSpace(text[to:]) != "" && p.lang.After(p.head+text[:from], p.bal.state).In() == syntax.InString
}

// withoutBullets takes off the marks that an answer puts in front of
// statements, as in a list or a patch: a picture, or a plus on each line. Where
// the line above is not over, a plus goes on with it; and in a language that is
// not known a picture may be code.
func (p *place) withoutBullets(text string) string {
	if !p.headBlank() || !p.code() || listLanguages[p.lang.ID()] {
		return text
	}
	s := strings.TrimLeft(text, " \t\n")
	if r, n := utf8.DecodeRuneInString(s); len(p.lang.LineComments()) > 0 && unicode.Is(unicode.So, r) && strings.HasPrefix(s[n:], " ") {
		return text[:len(text)-len(s)] + strings.TrimLeft(s[n:], " ")
	}
	if !strings.HasPrefix(s, "+ ") || p.unfinishedAbove() {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		body, ok := strings.CutPrefix(line, "+")
		if !ok && strings.TrimSpace(line) != "" {
			return text
		}
		lines[i] = strings.TrimPrefix(body, " ")
	}
	return strings.Join(lines, "\n")
}

// unfinishedAbove reports whether the line above the cursor's may be a
// statement that goes on.
func (p *place) unfinishedAbove() bool {
	last := strings.TrimSpace(p.nonblank)
	if last == "" {
		return false
	}
	return strings.IndexByte("=+-*/&|,(?.\\", last[len(last)-1]) >= 0 ||
		p.columns(p.head) > p.columns(p.nonblank) && !p.lang.Opens(p.nonblank)
}

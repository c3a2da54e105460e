package completion

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// refuseCharacters drops answers whose characters cannot be meant: bytes that
// are not UTF-8, control characters, characters that reorder or hide text (a
// reader would not see what they insert), and stand-ins of secrets that were
// kept from the model and do not belong to the document (see restoreSecrets).
// What has no width and stands where it can have no
// meaning is taken away instead, and blanks of other kinds become plain ones.
func refuseCharacters(p *place, d draft) (draft, bool) {
	if d.growing {
		d.text = d.text[:len(d.text)-halfRune(d.text)]
	}
	text, ok := redact.Visible(d.text)
	if !ok || redact.HasPlaceholder(text) {
		return d, false
	}
	d.text = plainBlanks(p, text)
	return d, true
}

// blankRune reports whether r is a blank within a line, of any kind.
func blankRune(r rune) bool { return r == ' ' || r == '\t' || oddBlank(r) }

// oddBlank reports whether r is a blank that looks like a space and is none.
func oddBlank(r rune) bool { return r >= 0x80 && unicode.Is(unicode.Zs, r) }

// plainBlanks writes a space for each blank of another kind in an answer's
// indentation and between the tokens of its code. In a string such a blank may
// be meant; in a comment, and in a language whose text is prose, it may be
// where the answer has spaces too and more of them.
func plainBlanks(p *place, text string) string {
	if !strings.ContainsFunc(text, oddBlank) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		body := strings.TrimLeftFunc(line, blankRune)
		lines[i] = spaced(line[:len(line)-len(body)]) + body
	}
	text = strings.Join(lines, "\n")
	odd := 0
	wide := []byte(text) // with an odd blank as so many spaces as it has bytes, so that tokens stand where they stand in text
	for i, r := range text {
		if oddBlank(r) {
			odd++
			copy(wide[i:], "   "[:utf8.RuneLen(r)])
		}
	}
	var out strings.Builder
	most := odd > strings.Count(text, " ")
	from := len(p.head)
	for t := range p.lang.Scan(p.head+string(wide), p.bal.state) {
		if t.To <= from {
			continue
		}
		part := text[max(t.From, from)-from : t.To-from]
		if t.Kind != syntax.String && (most || t.Kind != syntax.Comment && !proseLanguages[p.lang.ID()]) {
			part = spaced(part)
		}
		out.WriteString(part)
	}
	return out.String()
}

// spaced is text with a space in the place of each odd blank.
func spaced(text string) string {
	return strings.Map(func(r rune) rune {
		if oddBlank(r) {
			return ' '
		}
		return r
	}, text)
}

// halfRune is how many bytes at the end of text begin a rune that is not there
// yet.
func halfRune(text string) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if c := text[len(text)-n]; utf8.RuneStart(c) {
			if !utf8.FullRuneInString(text[len(text)-n:]) {
				return n
			}
			break
		}
	}
	return 0
}

package completion

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// refuseCharacters drops answers whose characters cannot be meant: bytes that
// are not UTF-8, control characters, characters that reorder or hide text (a
// reader would not see what they insert), and stand-ins of secrets that were
// kept from the model.
func refuseCharacters(_ *place, d draft) (draft, bool) {
	d.text = strings.TrimLeft(d.text, "\ufeff\u200b\u2060") // marks of encodings and of how text was split
	if d.growing {
		d.text = d.text[:len(d.text)-halfRune(d.text)]
	}
	if !utf8.ValidString(d.text) || redact.HasPlaceholder(d.text) {
		return d, false
	}
	return d, strings.IndexFunc(d.text, unseen) < 0
}

// unseen reports whether r has no place in code that a person is to judge by
// its looks. Joiners are left alone: some scripts and emoji need them.
func unseen(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\f':
		return false
	case r == '\u200c' || r == '\u200d':
		return false
	case r >= 0xE0000 && r <= 0xE007F: // tags
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
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

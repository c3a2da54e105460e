package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns text without characters that have no width and stand where
// they can have no meaning. It is false if what is left has a character that
// a reader does not see or that reorders what a reader sees: such text must not
// be inserted. Bytes that are not UTF-8 are not seen either.
func Visible(text string) (clean string, ok bool) {
	clean = bareEdges(text)
	if !utf8.ValidString(clean) {
		return clean, false
	}
	before := rune(0)
	for i, r := range clean {
		if r >= utf8.RuneSelf || r < ' ' || r == 0x7f {
			after, _ := utf8.DecodeRuneInString(clean[i+utf8.RuneLen(r):])
			if unseen(r) && !joins(before, r, after) {
				return clean, false
			}
		}
		before = r
	}
	return clean, true
}

// bareEdges takes characters without width off the ends of lines and out of
// their indentation: there they join and part nothing.
func bareEdges(text string) string {
	if !strings.ContainsFunc(text, widthless) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = strings.TrimRightFunc(line, widthless)
		n := strings.IndexFunc(line, func(r rune) bool { return !widthless(r) && r != ' ' && r != '\t' && !unicode.Is(unicode.Zs, r) })
		if n < 0 {
			n = len(line)
		}
		lines[i] = strings.Map(func(r rune) rune {
			if widthless(r) {
				return -1
			}
			return r
		}, line[:n]) + line[n:]
	}
	return strings.Join(lines, "\n")
}

// widthless reports whether r shows nothing by itself and does not change the
// direction of text either: zero-width space, word joiner, byte-order mark and
// soft hyphen.
func widthless(r rune) bool {
	return r == '\u200b' || r == '\u2060' || r == '\ufeff' || r == '\u00ad'
}

// unseen reports whether r has no place in text that a person is to judge by
// its looks: control and format characters, separators of lines, selectors of
// variants, and letters and signs that are drawn as nothing.
func unseen(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\f':
		return false
	case r >= 0xE0000 && r <= 0xE0FFF: // tags, and selectors of variants
		return true
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0x180B && r <= 0x180F: // selectors of variants
		return true
	case r == 0x034F, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r == 0x2800, r == 0x3164, r == 0xFFA0: // fillers
		return true
	case r == '\uFFFC', r >= 0x1D173 && r <= 0x1D17A: // stands for an object; musical marks
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}

// joins reports whether r, which is not seen, changes what is seen round it:
// joiners between letters of a script that needs them or between emoji, and
// the selectors of a sign's picture.
func joins(before, r, after rune) bool {
	switch r {
	case '\u200c', '\u200d':
		return joined(before) && joined(after)
	case '\ufe0e', '\ufe0f':
		return before >= 0x203C && (unicode.Is(unicode.So, before) || unicode.Is(unicode.Sm, before) || unicode.Is(unicode.Sk, before) || unicode.Is(unicode.Po, before)) ||
			after == 0x20E3 // the keys of a telephone
	}
	return false
}

// joined reports whether a joiner may stand beside r.
func joined(r rune) bool {
	switch {
	case r < 0x0600 || unicode.Is(unicode.Latin, r) || unicode.Is(unicode.Greek, r) || unicode.Is(unicode.Cyrillic, r):
		return false
	case r == '\ufe0f':
		return true
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r)
}

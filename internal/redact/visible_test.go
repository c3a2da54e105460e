package redact

import (
	"strings"
	"testing"
)

func TestVisible(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"code", "x := \"é 語 🙂\"\n\ty()\f", "x := \"é 語 🙂\"\n\ty()\f"},
		{"a mark at the start of the text", "\ufeffx := 1", "x := 1"},
		{"no width at an end of a line", "x\u200b\ny", "x\ny"},
		{"no width in the indentation", " \u2060 x", "  x"},
		{"a family", "s = \"👩\u200d👧\"", "s = \"👩\u200d👧\""},
		{"a heart", "s = \"❤\ufe0f\"", "s = \"❤\ufe0f\""},
		{"a key of a telephone", "s = \"1\ufe0f\u20e3\"", "s = \"1\ufe0f\u20e3\""},
		{"a flag and a joiner after a picture's selector", "\"🏳\ufe0f\u200d🌈\"", "\"🏳\ufe0f\u200d🌈\""},
		{"Persian", "\"می\u200cخواهم\"", "\"می\u200cخواهم\""},
		{"Hindi", "\"क्\u200dष\"", "\"क्\u200dष\""},
	} {
		if got, ok := Visible(tt.text); got != tt.want || !ok {
			t.Errorf("%s: %q, %v, want %q", tt.name, got, ok, tt.want)
		}
	}
}

func TestNotVisible(t *testing.T) {
	for name, char := range map[string]string{
		"right to left": "\u202e", "isolate": "\u2066", "end of isolate": "\u2069", "mark": "\u200f", "Arabic mark": "\u061c",
		"zero-width space": "\u200b", "zero-width joiner": "\u200d", "zero-width non-joiner": "\u200c", "word joiner": "\u2060", "byte-order mark": "\ufeff",
		"soft hyphen": "\u00ad", "invisible times": "\u2062", "tag": "\U000e0041", "selector": "\ufe01", "selector of a picture": "\ufe0f", "more selectors": "\U000e0101",
		"Hangul filler": "\u3164", "half filler": "\uffa0", "choseong filler": "\u115f", "Braille blank": "\u2800", "grapheme joiner": "\u034f",
		"Mongolian separator": "\u180e", "Mongolian selector": "\u180b", "inherent vowel": "\u17b4",
		"line separator": "\u2028", "paragraph separator": "\u2029", "annotation": "\ufff9", "object": "\ufffc", "musical mark": "\U0001d173",
		"escape": "\x1b", "backspace": "\b", "nul": "\x00", "delete": "\x7f", "carriage return": "\r", "next line": "\u0085", "half a rune": "\xe8\xaa",
	} {
		if got, ok := Visible("if admin" + char + "(x) {"); ok {
			t.Errorf("%s: %q can be seen", name, got)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("x\u200d\u202e\ufe0f")
	f.Fuzz(func(t *testing.T, text string) {
		clean, ok := Visible(text)
		if again, still := Visible(clean); ok && (!still || again != clean) {
			t.Fatalf("%q became %q", clean, again)
		}
		if ok && strings.ContainsAny(clean, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\x00\x1b") {
			t.Fatalf("%q can be seen", clean)
		}
		if strings.Count(clean, "\n") != strings.Count(text, "\n") {
			t.Fatalf("%q has other lines than %q", clean, text)
		}
	})
}

package redact

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestMask(t *testing.T) {
	// The marks « and » stand round what is masked.
	for _, tt := range []struct{ name, text, want string }{
		{"letters and digits", `key = "«Ab1+/9=»"`, `key = "xx0--0-"`},
		{"nothing", `key = ""`, `key = ""`},
		{"lines", "«ab\r\nc d\n»e", "xx\r\nx x\ne"},
		{"wide characters", "a«é語🙂»b", "aø一𐐀b"},
		{"a byte that is no character", "«\xff»", "x"},
		{"two", "«1»a«2»", "0a0"},
		{"masked before", "«xx0--»", "xx0--"},
	} {
		var (
			plain strings.Builder
			spans []Span
		)
		for rest := tt.text; ; {
			head, tail, ok := strings.Cut(rest, "«")
			plain.WriteString(head)
			if !ok {
				break
			}
			body, after, _ := strings.Cut(tail, "»")
			spans = append(spans, Span{plain.Len(), plain.Len() + len(body)})
			plain.WriteString(body)
			rest = after
		}
		if got := Mask(plain.String(), spans); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMerge(t *testing.T) {
	got := Merge([]Span{{8, 9}, {5, 5}, {3, 6}, {1, 3}, {8, 12}, {20, 21}})
	want := []Span{{1, 6}, {8, 12}, {20, 21}}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("merged %v, want %v", got, want)
	}
}

// What Text takes out is what Spans names, for every rule.
func TestSpansAreWhatTextReplaces(t *testing.T) {
	for i := range rules {
		text := "é := 1\n" + rules[i].fill(fake).Text + "\nend"
		spans := Spans(text)
		if len(spans) != 1 {
			t.Errorf("%s: %v in %q", rules[i].id, spans, text)
			continue
		}
		clean, _ := Text(text)
		head, tail, _ := strings.Cut(clean, placeholder(rules[i].id))
		// A placeholder is followed by the line breaks of what it stands for.
		if text[:spans[0].From] != head || strings.TrimLeft(text[spans[0].To:], "\n") != strings.TrimLeft(tail, "\n") {
			t.Errorf("%s: %q is masked, but the placeholder stands elsewhere in %q", rules[i].id, text[spans[0].From:spans[0].To], clean)
		}
	}
}

// Places stay what they are, in bytes and in UTF-16, and what was masked once
// stays as it is.
func FuzzMask(f *testing.F) {
	for i := range rules {
		f.Add(rules[i].fill(fake).Text, uint(0), uint(12))
	}
	f.Add("pässwörd: 語🙂\r\n", uint(1), uint(9))
	f.Fuzz(func(t *testing.T, text string, from, to uint) {
		for _, spans := range [][]Span{Spans(text), aligned(text, from, to)} {
			got := Mask(text, spans)
			if len(got) != len(text) || utf8.ValidString(text) && len(utf16.Encode([]rune(got))) != len(utf16.Encode([]rune(text))) {
				t.Fatalf("%q became %q", text, got)
			}
			if strings.Count(got, "\n") != strings.Count(text, "\n") {
				t.Fatalf("%q has other lines than %q", got, text)
			}
			if again := Mask(got, spans); again != got {
				t.Fatalf("%q became %q when masked again", got, again)
			}
		}
	})
}

// aligned is a span between two characters of text.
func aligned(text string, from, to uint) []Span {
	if !utf8.ValidString(text) || from >= to || to > uint(len(text)) {
		return nil
	}
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < uint(len(text)) && !utf8.RuneStart(text[to]) {
		to++
	}
	return []Span{{int(from), int(to)}}
}

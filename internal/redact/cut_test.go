package redact

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCut(t *testing.T) {
	long := strings.Repeat("word ", 40) // 200 bytes
	for _, tt := range []struct {
		name, text, want string
		line, file       int
	}{
		{"short", "a\nb\n", "a\nb\n", 80, 1000},
		{"a long line", "a\n" + long + "\nb", "a\n" + long[:60] + "[... 130 bytes ...]" + long[190:] + "\nb", 80, 1000},
		{"a long word", strings.Repeat("x", 900), strings.Repeat("x", 300) + "[... 600 bytes ...]", 400, 1000},
		{"a long file", "one\ntwo\nthree\n", "one\ntwo\n[... 6 more bytes]\n", 80, 9},
		{"a long file of one line", long, "[... 200 more bytes]\n", 80, 100},
	} {
		if got := Cut(tt.text, tt.line, tt.file); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A placeholder is there whole or not at all.
func TestCutKeepsWords(t *testing.T) {
	name := here.placeholder(config, &rule{id: "github-token"}, "x")
	for at := range 120 {
		got := Cut(strings.Repeat("x ", at/2)+strings.Repeat("é", at%2)+" "+name+" "+strings.Repeat(" y", 100), 100, 1000)
		if HasPlaceholder(got) != strings.Contains(got, name) {
			t.Errorf("%d: %q", at, got)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("a\n"+strings.Repeat("é", 100)+"\n", 20, 1000)
	f.Add(strings.Repeat("x", 300), 20, 100)
	f.Fuzz(func(t *testing.T, text string, line, file int) {
		line, file = 16+int(uint(line)%1000), int(uint(file)%5000)
		got := Cut(text, line, file)
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Fatalf("a rune of %q was cut: %q", text, got)
		}
		if len(text) <= file && strings.Count(text, "\n") != strings.Count(got, "\n") {
			t.Fatalf("%q has other lines than %q", got, text)
		}
		for part := range strings.Lines(got) {
			if len(part) > line+maxWord*2+40 {
				t.Fatalf("a line has %d bytes with a limit of %d", len(part), line)
			}
		}
	})
}

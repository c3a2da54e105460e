package lsp

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"go.lsp.dev/protocol"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

var encodings = []encoding{utf8Columns, utf16Columns, utf32Columns}

func TestNegotiate(t *testing.T) {
	tests := []struct {
		name    string
		offered []protocol.PositionEncodingKind
		want    encoding
	}{
		{"nothing", nil, "utf-16"},
		{"only what nobody knows", []protocol.PositionEncodingKind{"utf-7", "UTF-8", ""}, "utf-16"},
		{"VS Code", []protocol.PositionEncodingKind{"utf-16"}, "utf-16"},
		{"Helix", []protocol.PositionEncodingKind{"utf-8", "utf-32", "utf-16"}, "utf-8"},
		{"Neovim", []protocol.PositionEncodingKind{"utf-8", "utf-16", "utf-32"}, "utf-8"},
		{"eglot", []protocol.PositionEncodingKind{"utf-32", "utf-8", "utf-16"}, "utf-8"},
		{"the client's order", []protocol.PositionEncodingKind{"utf-32", "utf-16"}, "utf-32"},
		{"the client's order", []protocol.PositionEncodingKind{"utf-7", "utf-16", "utf-32"}, "utf-16"},
		{"without the mandatory one", []protocol.PositionEncodingKind{"utf-32"}, "utf-32"},
	}
	for _, tt := range tests {
		if got := negotiate(tt.offered); got != tt.want {
			t.Errorf("%s: %v: got %s, want %s", tt.name, tt.offered, got, tt.want)
		}
	}
}

// Each text has one cursor drawn, ‸; the columns are those of the cursor in
// utf-8, utf-16 and utf-32.
func TestPositions(t *testing.T) {
	tests := []struct {
		name, text string
		line       uint32
		columns    [3]uint32
	}{
		{"empty", "‸", 0, [3]uint32{}},
		{"ASCII", "ab‸c", 0, [3]uint32{2, 2, 2}},
		{"what Neovim was seen to send", "\t// héé😀 ‸", 0, [3]uint32{14, 10, 9}},
		{"end of a line", "é‸\nx", 0, [3]uint32{2, 1, 1}},
		{"begin of a line", "é\n‸x", 1, [3]uint32{}},
		{"before crlf", "é\r\n😀‸\r\n", 1, [3]uint32{4, 2, 1}},
		{"after crlf", "é\r\n😀\r\n‸", 2, [3]uint32{}},
		{"lone cr", "a\r😀b‸\r", 1, [3]uint32{5, 3, 2}},
		{"last line without a break", "a\nbé‸", 1, [3]uint32{3, 2, 2}},
		{"combining marks are characters", "e\u0301‸", 0, [3]uint32{3, 2, 2}},
		{"the last character of one unit", "\uffff‸", 0, [3]uint32{3, 1, 1}},
		{"the first character of two", "\U00010000‸", 0, [3]uint32{4, 2, 1}},
		{"invalid bytes count one each", "\xff\x80\xe2\x82‸x", 0, [3]uint32{4, 4, 4}},
		{"a replacement character is not invalid", "\ufffd‸", 0, [3]uint32{3, 1, 1}},
		{"separators of Unicode break no line", "a\u2028‸", 0, [3]uint32{4, 2, 2}},
		{"far along a line of €", strings.Repeat("€", 5000) + "‸", 0, [3]uint32{15000, 5000, 5000}},
		{"far along a line", strings.Repeat("é😀x", 5000) + "‸", 0, [3]uint32{35000, 20000, 15000}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after, drawn := strings.Cut(tt.text, "‸")
			if !drawn {
				t.Fatal("no cursor in the text")
			}
			d := document.New("file:///a", "go", 1, before+after)
			for i, e := range encodings {
				want := protocol.Position{Line: tt.line, Character: tt.columns[i]}
				if got := e.position(d, document.Offset(len(before))); got != want {
					t.Errorf("%s: position %v, want %v", e, got, want)
				}
				if at, exact := e.offset(d, want); int(at) != len(before) || !exact {
					t.Errorf("%s: offset %d, exact %t, want %d", e, at, exact, len(before))
				}
			}
		})
	}
}

// A position that is none of the text still means a place: ‸ is where.
func TestOffsetOfNoPlace(t *testing.T) {
	const far = 1<<32 - 1
	tests := []struct {
		name, text string
		encoding   encoding
		at         protocol.Position
	}{
		{"behind the line", "ab‸\ncd", utf16Columns, protocol.Position{Line: 0, Character: 3}},
		{"far behind the line", "ab‸\r\ncd", utf16Columns, protocol.Position{Line: 0, Character: far}},
		{"far behind the line, utf-8", "ab‸\r\ncd", utf8Columns, protocol.Position{Line: 0, Character: far}},
		{"far behind the line, utf-32", "ab‸\rcd", utf32Columns, protocol.Position{Line: 0, Character: far}},
		{"behind the last line", "ab\ncd‸", utf16Columns, protocol.Position{Line: 2, Character: 0}},
		{"far behind the last line", "ab\ncd‸", utf8Columns, protocol.Position{Line: far, Character: far}},
		{"in an empty text", "‸", utf16Columns, protocol.Position{Line: 0, Character: 1}},
		{"inside a surrogate pair", "a‸😀b", utf16Columns, protocol.Position{Line: 0, Character: 2}},
		{"inside é", "‸é", utf8Columns, protocol.Position{Line: 0, Character: 1}},
		{"inside €", "a‸€", utf8Columns, protocol.Position{Line: 0, Character: 3}},
		{"inside 😀", "a‸😀b", utf8Columns, protocol.Position{Line: 0, Character: 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after, _ := strings.Cut(tt.text, "‸")
			d := document.New("file:///a", "go", 1, before+after)
			if at, exact := tt.encoding.offset(d, tt.at); int(at) != len(before) || exact {
				t.Errorf("offset %d, exact %t, want %d and not exact", at, exact, len(before))
			}
		})
	}
}

// A place that has no name of its own is named by the nearest before it.
func TestPositionOfNoPlace(t *testing.T) {
	tests := []struct {
		name, text string
		at         document.Offset
		want       protocol.Position
	}{
		{"between \\r and \\n", "é\r\nb", 3, protocol.Position{Line: 0, Character: 1}},
		{"inside a character", "é😀b", 4, protocol.Position{Line: 0, Character: 1}},
		{"before the text", "ab", -1, protocol.Position{}},
		{"behind the text", "a\nb", 9, protocol.Position{Line: 1, Character: 1}},
	}
	for _, tt := range tests {
		d := document.New("file:///a", "go", 1, tt.text)
		if got := utf16Columns.position(d, tt.at); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// FuzzPosition compares both ways with the plainest conversion: at every border
// of characters there and back, and at an arbitrary position.
func FuzzPosition(f *testing.F) {
	f.Add("a\r\né\n😀\rx\xff\x80\xe2\x82", uint32(2), uint32(1))
	f.Add(strings.Repeat("long line of é and 😀 ", 200)+"\r\n\r", uint32(0), uint32(5000))
	f.Add(strings.Repeat("x", 4095)+"\r\n", uint32(1), uint32(0))
	f.Add("", uint32(0), uint32(9))
	f.Fuzz(func(t *testing.T, text string, line, column uint32) {
		d := document.New("file:///a", "go", 1, text)
		for _, e := range encodings {
			all := places(e, text)
			for i := 0; i < len(all); i += 1 + len(all)/50 { // samples: the fuzzer wants to get on
				p := all[i]
				if got := e.position(d, p.at); got != p.position {
					t.Fatalf("%s: position(%d) = %v, want %v", e, p.at, got, p.position)
				}
				if p.breaks {
					continue // between \r and \n: the same name as before \r
				}
				if got, exact := e.offset(d, p.position); got != p.at || !exact {
					t.Fatalf("%s: offset(%v) = %d, exact %t, want %d", e, p.position, got, exact, p.at)
				}
			}

			given := protocol.Position{Line: line, Character: column}
			want, exact := document.Offset(len(text)), false
			for _, p := range all { // the last place that is not behind the position, on its line
				if p.position.Line == line && p.position.Character <= column && !p.breaks {
					want, exact = p.at, p.position.Character == column
				}
			}
			if got, isExact := e.offset(d, given); got != want || isExact != exact {
				t.Fatalf("%s: offset(%v) = %d, exact %t, want %d, %t", e, given, got, isExact, want, exact)
			}
		}
	})
}

// A place is a border of two characters.
type place struct {
	at       document.Offset
	position protocol.Position
	breaks   bool // between \r and \n
}

// places lists all places of a text by going through it character by character.
func places(e encoding, text string) []place {
	var all []place
	var p protocol.Position
	for i := 0; ; {
		between := i > 0 && i < len(text) && text[i-1] == '\r' && text[i] == '\n'
		all = append(all, place{document.Offset(i), p, between})
		if i == len(text) {
			return all
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case text[i] == '\r' && strings.HasPrefix(text[i:], "\r\n"):
		case r == '\n', r == '\r':
			p = protocol.Position{Line: p.Line + 1}
		case e == utf8Columns:
			p.Character += uint32(n)
		case e == utf16Columns:
			p.Character += uint32(len(utf16.Encode([]rune{r})))
		default:
			p.Character++
		}
		i += n
	}
}

func TestLongLinesAreNotCopied(t *testing.T) {
	d := document.New("file:///a", "go", 1, strings.Repeat("é", 1<<19))
	middle := d.Len() / 2
	for _, e := range encodings {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 10 {
			if at, exact := e.offset(d, e.position(d, middle)); at != middle || !exact {
				t.Fatalf("%s: %d, want %d", e, at, middle)
			}
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d bytes allocated in ten round trips: the line was copied", e, n)
		}
	}
}

func BenchmarkOffset(b *testing.B) {
	texts := []struct{ name, text string }{
		{"usual line", strings.Repeat("\tif err := d.check(change); err != nil { // größer\n", 20_000)},
		{"1MB line", strings.Repeat("x", 1<<20)},
		{"1MB line of é", strings.Repeat("é", 1<<19)},
	}
	for _, tt := range texts {
		d := document.New("file:///a", "go", 1, tt.text)
		for _, e := range encodings {
			b.Run(fmt.Sprintf("%s/%s", tt.name, e), func(b *testing.B) {
				p := e.position(d, d.LineEnd(d.Lines()/2))
				for b.Loop() {
					e.offset(d, p)
				}
			})
		}
	}
}

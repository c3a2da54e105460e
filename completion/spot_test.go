package completion

import (
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// What is left of a suggestion, put where it belongs, makes the document that
// the whole suggestion would have made, whatever the editor has closed by
// itself.
func TestRestMakesTheSame(t *testing.T) {
	tests := []struct {
		name              string
		before, after     string
		text              string
		to                int    // of after, which the suggestion replaces
		typed, shut, pass string // pass is what of after the cursor has passed
		none              bool
	}{
		{name: "nothing typed", before: "x := ", after: "\n", text: "1"},
		{name: "a part", before: "x := ", after: "\n", text: "foo(1)", typed: "fo"},
		{name: "something else", before: "x := ", after: "\n", text: "foo(1)", typed: "fa", none: true},
		{name: "a closed bracket", before: "x := ", after: "\n", text: "foo(1)", typed: "foo(", shut: ")"},
		{name: "two closed brackets", before: "x := ", after: "\n", text: "foo([]int{1})", typed: "foo([", shut: "])"},
		{name: "a bracket that goes on", before: "x := ", after: "\n", text: "foo(1).bar()", typed: "foo(", shut: ")"},
		{name: "a quote", before: "x := ", after: "\n", text: "\"a b\" + c", typed: "\"", shut: "\""},
		{name: "a quote with an escape", before: "x := ", after: "\n", text: `"a\"b"`, typed: `"`, shut: `"`},
		{name: "a closer of another kind", before: "x := ", after: "\n", text: "foo]", typed: "foo", shut: ")", none: true},
		{name: "a replaced rest of the line", before: "func f(", after: ")\n", text: "a int) error {", to: 1, typed: "a i"},
		{name: "a replaced rest that was passed", before: "func f(", after: ")\n", text: "a int) error {", to: 1, typed: "a int", pass: ")"},
		{name: "a replaced rest and a closed bracket", before: "g(f(", after: ")\n", text: "a[0]), 1)", to: 1, typed: "a[", shut: "]"},
		{name: "lines with the document's breaks", before: "a\r\n", after: "\r\n", text: "b {\nc\n}", typed: "b {\r\n", shut: "\r\n}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			old := document.New("u", "go", 1, tt.before+tt.after)
			s := spotAt(old, document.Offset(len(tt.before)))
			now := document.New("u", "go", 2, tt.before+tt.typed+tt.shut+tt.after)
			at := document.Offset(len(tt.before + tt.typed + tt.pass))
			var rest fitted
			way, ok := s.reach(now, at, tt.to)
			if ok {
				rest, ok = way.rest(fitted{tt.text, tt.to})
			}
			if !ok || tt.none {
				if ok || !tt.none {
					t.Errorf("trail %+v, rest %+v, found %t", way, rest, ok)
				}
				return
			}
			text := rest.text
			if old.EOL() == "\r\n" {
				text = strings.ReplaceAll(text, "\n", "\r\n")
			}
			made, err := now.Apply(3, document.Change{From: at, To: at + document.Offset(rest.to), Text: text})
			if err != nil {
				t.Fatal(err)
			}
			if want := unixBreaks(tt.before + tt.text + tt.after[tt.to:]); unixBreaks(made.Text()) != want {
				t.Errorf("%+v makes %q, want %q", rest, made.Text(), want)
			}
		})
	}
}

// A spot is found where it is after edits above, and nowhere else.
func TestSpotMoves(t *testing.T) {
	text := lines(30)
	old := document.New("u", "go", 1, text)
	at := old.LineStart(20) + 4
	s := spotAt(old, at)
	next, err := old.Apply(2, document.Change{From: 10, To: 12, Text: "five\n"})
	if err != nil {
		t.Fatal(err)
	}
	moved := s.moved(12, 3)
	if _, ok := moved.reach(next, at+3, 0); !ok {
		t.Error("it is not found after an edit above")
	}
	if _, ok := s.reach(next, at, 0); ok {
		t.Error("it is found where it was")
	}
	if same := s.moved(at, 3); same.at != at {
		t.Error("an edit on its own line moved it")
	}
}

// Typing any beginning of any suggestion leaves its end, byte by byte.
func FuzzRest(f *testing.F) {
	f.Add("func f() {\n\t", "\n}\n", "for _, x := range xs {\n\t}", 4)
	f.Add("", "", "größer", 4)
	f.Fuzz(func(t *testing.T, before, after, text string, n int) {
		text = unixBreaks(text)
		if n < 0 || n > len(text) || strings.HasSuffix(before, "\r") || len(text) > farthest {
			t.Skip()
		}
		s := spotAt(document.New("u", "go", 1, before+after), document.Offset(len(before)))
		now := document.New("u", "go", 2, before+text[:n]+after)
		way, ok := s.reach(now, document.Offset(len(before)+n), 0)
		if !ok {
			t.Fatal("the place is not found")
		}
		if rest, ok := way.rest(fitted{text, 0}); !ok || rest.text != text[n:] || rest.to != 0 {
			t.Errorf("left is %+v, %t; want %q", rest, ok, text[n:])
		}
	})
}

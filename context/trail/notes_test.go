package trail

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

func TestNotes(t *testing.T) {
	refused := func(line int, lead, text string) Suggestion {
		return Suggestion{Path: "a.go", Line: line, Lead: lead, Text: text}
	}
	for _, tt := range []struct {
		name   string
		recent Recent
		want   string // for line 50 of a.go
	}{
		{"nothing", Recent{Seen: []Seen{{"a.go", 1, 50}}}, ""},
		{"edits, the newest last", Recent{Edits: []Edit{
			{Path: "b/c.go", Line: 11, Before: "func Open(path string) *Store {\n", After: "func Open(path string, o Options) *Store {\n"},
			{Path: "a.go", Line: 99, After: "\treturn nil\n"},
			{Path: "a.go", Line: 3, Before: "import \"os\"\n"},
		}}, `Edits made a moment ago, the newest last:

a.go, line 4:
-import "os"

a.go, line 100:
+	return nil

b/c.go, line 12:
-func Open(path string) *Store {
+func Open(path string, o Options) *Store {`},
		{"what the excerpt shows as it is", Recent{Edits: []Edit{
			{Path: "a.go", Line: 50, Before: "x\n", After: "y\n"},
			{Path: "a.go", Line: 45, After: "y\n"},
			{Path: "b.go", Line: 50, After: "z\n"},
		}}, `Edits made a moment ago, the newest last:

b.go, line 51:
+z`},
		{"what it does not", Recent{Edits: []Edit{{Path: "a.go", Line: 44, Before: "\tname := 1\n", After: "\tcount := 1\n"}}}, `Edits made a moment ago, the newest last:

a.go, line 45:
-	name := 1
+	count := 1`},
		{
			"only lines near a change",
			Recent{Edits: []Edit{{Path: "b.go", Line: 0, Before: "1\n2\n3\n4\n5\n6\n7\n8\n9\n", After: "A\n2\n3\n4\n5\n6\n7\n8\n8b\n9\n"}}},
			`Edits made a moment ago, the newest last:

b.go, line 1:
-1
+A
 2
 3
line 7:
 7
 8
+8b
 9`,
		},
		{
			"a large one",
			Recent{Edits: []Edit{{Path: "b.go", After: strings.Repeat("x\n", 40)}}},
			"Edits made a moment ago, the newest last:\n\nb.go, line 1:\n" + strings.Repeat("+x\n", maxDiffLines) + "...",
		},
		{
			"one that was cut",
			Recent{Edits: []Edit{{Path: "b.go", After: "x\n", Cut: true}}},
			"Edits made a moment ago, the newest last:\n\nb.go, line 1:\n+x\n...",
		},
		{
			"line breaks of other kinds",
			Recent{Edits: []Edit{{Path: "b.go", Before: "x\r\ny\r\n", After: "x\r\nz\r\n"}}},
			"Edits made a moment ago, the newest last:\n\nb.go, line 1:\n x\n-y\n+z",
		},
		{"what was refused, here at the end", Recent{Suggestions: []Suggestion{
			refused(50, "\treturn ", "nil, err\n}"),
			refused(20, "\t", "panic(err)"),
			{Path: "b.go", Line: 50, Text: "another file"},
			refused(50, "\treturn ", "nil"),
		}}, `Suggestions that were refused a moment ago; do not make them again:

line 21:
	panic(err)

here:
	return nil

here:
	return nil, err
}`},
		{"all there is", Recent{
			Edits:       []Edit{{Path: "b.go", Line: 50, After: "z\n"}},
			Suggestions: []Suggestion{refused(50, "", "no()"), {Path: "a.go", Line: 9, Lead: "\t", Text: "yes()", Accepted: true}, {Path: "a.go", Line: 49, Text: "seen()", Accepted: true}},
			Diagnostics: []Diagnostic{{49, 51, "undefined: x"}, {51, 51, "elsewhere"}},
		}, `Edits made a moment ago, the newest last:

b.go, line 51:
+z

Suggestions that were accepted in this file:

line 10:
	yes()

Reported for the line of the cursor:

undefined: x

Suggestions that were refused a moment ago; do not make them again:

here:
no()`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.recent.Notes("a.go", 50, NotesBytes)
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			for limit := range len(got) + 1 {
				if n := len(tt.recent.Notes("a.go", 50, limit)); n > limit {
					t.Errorf("%d bytes, and the limit is %d", n, limit)
				}
			}
		})
	}
}

// What weighs most is there while there is any room.
func TestNotesKeepWhatWeighsMost(t *testing.T) {
	var r Recent
	for i := range 30 {
		r.Edits = append(r.Edits, Edit{Path: "b.go", Line: 10 * i, After: fmt.Sprintf("edit %d\n", i)})
		r.Suggestions = append(r.Suggestions, Suggestion{Path: "a.go", Line: i, Text: fmt.Sprintf("refused %d", i)})
	}
	notes := r.Notes("a.go", 29, 400)
	order := []string{"edit 2\n", "edit 1\n", "edit 0\n", "here:\nrefused 29"}
	at := 0
	for _, word := range order {
		i := strings.Index(notes[at:], word)
		if i < 0 {
			t.Fatalf("%q is not there, or not in order:\n%s", word, notes)
		}
		at += i
	}
}

// Typing does not change what is told of other places.
func TestTypingDoesNotChangeTheNotes(t *testing.T) {
	d := newDesk(t, strings.Repeat("some line\n", 100))
	d.r.Decided(Suggestion{Path: "a.go", Line: 60, Lead: "some line", Text: "x"})
	at := d.doc.LineEnd(10)
	d.edit(document.Change{From: at - 4, To: at, Text: "other"})
	d.r.Edited(document.New("b.go", "", 1, "b\n"), document.New("b.go", "", 2, "c\n"))
	at = d.doc.LineEnd(60)
	var told []string
	for _, key := range "x := call(a, b)" {
		d.edit(document.Change{From: at, To: at, Text: string(key)})
		at++
		told = append(told, d.r.Recent("a.go", all).Notes("a.go", 60, NotesBytes))
	}
	if len(slices.Compact(told)) != 1 || strings.Count(told[0], "\n+") != 2 {
		t.Errorf("%q", told)
	}
}

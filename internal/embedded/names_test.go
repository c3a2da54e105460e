package embedded

import (
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

func TestDifference(t *testing.T) {
	tests := []struct{ a, b, theirs, ours string }{
		{"DidSaveTextDocumentParams", "DidCloseTextDocumentParams", "Save", "Close"},
		{"didSave", "didClose", "Save", "Close"},
		{"SaveParams", "CloseParams", "Save", "Close"},
		{"read_file", "read_line", "file", "line"},
		{"input", "output", "", ""}, // no word in common, only letters
		{"save", "close", "", ""},
		{"f", "g", "", ""},
		{"", "x", "", ""},
	}
	for _, tt := range tests {
		if theirs, ours := difference(tt.a, tt.b); theirs != tt.theirs || ours != tt.ours {
			t.Errorf("%s, %s: %q and %q, want %q and %q", tt.a, tt.b, theirs, ours, tt.theirs, tt.ours)
		}
	}
}

func TestApply(t *testing.T) {
	id := func(text string) uint32 {
		if text[0] == '"' {
			return identity(syntax.String, text)
		}
		return identity(syntax.Word, text)
	}
	var r renaming
	for _, pair := range [][2]string{{"didSave", "didClose"}, {"saved", "closed"}} {
		r.texts[r.n] = pair
		if known, ok := r.takes(id(pair[0]), id(pair[1])); known || !ok {
			t.Fatalf("%v is not taken", pair)
		}
	}
	for from, want := range map[string]string{
		"didSave":                "didClose",
		"saved":                  "closed",
		"onSave":                 "onClose",
		"saveAll":                "closeAll",
		`"textDocument/didSave"`: `"textDocument/didClose"`,
		"Savepoint":              "Savepoint", // a word of its own that begins alike
		"unsave":                 "unsave",
		"other":                  "other",
	} {
		if gotID, got := r.apply(id(from), from); got != want || gotID != id(want) {
			t.Errorf("%s becomes %s (same id: %t), want %s", from, got, gotID == id(want), want)
		}
	}
}

func TestTakes(t *testing.T) {
	word := func(text string) uint32 { return identity(syntax.Word, text) }
	tests := []struct {
		name, theirs, ours string
		known, ok          bool
	}{
		{"the first name", "a", "x", false, true},
		{"the same again", "a", "x", true, true},
		{"another one for it", "a", "y", true, false},
		{"the same one for another", "b", "x", false, false},
		{"a capital for a small letter", "b", "Y", false, false},
		{"a keyword", "if", "y", false, false},
		{"a second name", "b", "y", false, true},
	}
	var p pairs
	for _, tt := range tests {
		if known, ok := p.takes(word(tt.theirs), word(tt.ours)); known != tt.known || ok != tt.ok {
			t.Errorf("%s: known %t, ok %t, want %t and %t", tt.name, known, ok, tt.known, tt.ok)
		}
	}
}

// A level is one for each token that is the same, less one for each name in
// which the places differ, at the place where that is most.
func TestAlign(t *testing.T) {
	source := func(text string) *source {
		s := newSource("a", syntax.ByID("go"), text, syntax.State{})
		s.cutTo(len(s.ids) - 1) // the line's end
		return s
	}
	tests := []struct {
		name, theirs, ours string
		level, names       int
	}{
		{"equal", "x := f(a)", "x := f(a)", 6, 0},
		{"nothing in common", "x := f(a)", "y + 1;", 0, 0},
		{"a name far away", "x := f(a, b, c)", "y := f(a, b, c)", 9, 0},
		{"a name in the middle", "foo := g.h(a, b)", "foo := k.h(a, b)", 8, 1},
		{"the same name twice", "use(v); v.close(a)", "use(w); w.close(a)", 9, 1},
		{"not the same name twice, which ends it", "use(u); v.close(a)", "use(w); w.close(a)", 6, 1},
		{"a keyword is no name", "if a, b", "for a, b", 3, 0},
	}
	for _, tt := range tests {
		s := source(tt.ours)
		var tokens []token
		for i, id := range s.ids {
			tokens = append(tokens, token{id, s.token(i)})
		}
		var names pairs
		level := align(source(tt.theirs).ids, newPattern(tokens, nil, nil).back, &names)
		if level != tt.level || names.n != tt.names {
			t.Errorf("%s: level %d with %d names, want %d with %d", tt.name, level, names.n, tt.level, tt.names)
		}
	}
}

func TestMeeting(t *testing.T) {
	ids := func(text string) []uint32 { return newSource("a", syntax.ByID("go"), text, syntax.State{}).ids }
	tests := []struct {
		name, from, head string
		want             int
	}{
		{"two lines on", "a()\nb()\nreturn x\n", "return x\n}\n", 3},
		{"at once, which means that nothing belongs between", "return x\n", "return x\n", 0},
		{"never", "a()\nb()\n", "return x\n", 0},
		{"nothing follows", "a()\n", "", 0},
	}
	for _, tt := range tests {
		if got := meeting(ids(tt.from), ids(tt.head)); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

package lsp

import (
	"strings"
	"testing"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// at splits a text at the drawn cursor ‸.
func at(text string) (string, document.Offset) {
	before, after, _ := strings.Cut(text, "‸")
	return before + after, document.Offset(len(before))
}

func TestAcceptanceIsInferredFromEdits(t *testing.T) {
	type edit struct{ text, insert string } // text with ‹replaced› drawn, or ‸
	for _, tt := range []struct {
		name  string
		doc   string
		ghost string
		to    int // bytes after the cursor that the suggestion replaces
		edits []edit
		want  string
	}{
		{name: "the whole of it at once", doc: "x := ‸", ghost: "f(1)", edits: []edit{{"x := ‸", "f(1)"}}, want: "accepted"},
		{name: "several lines", doc: "‸", ghost: "a()\nb()\n", edits: []edit{{"‸", "a()\nb()\n"}}, want: "accepted"},
		{name: "one typed character never counts", doc: "f(a‸", ghost: ")", edits: []edit{{"f(a‸", ")"}}},
		{name: "its last character typed by hand", doc: "‸", ghost: "ok", edits: []edit{{"‸", "o"}, {"o‸", "k"}}},
		{name: "typed a little, then taken", doc: "‸", ghost: "return nil", edits: []edit{{"‸", "r"}, {"r‸", "e"}, {"re‸", "turn nil"}}, want: "accepted"},
		{name: "something else", doc: "‸", ghost: "return nil", edits: []edit{{"‸", "panic(1)"}}},
		{name: "something else after a little of it", doc: "‸", ghost: "return nil", edits: []edit{{"‸", "r"}, {"r‸", "x"}, {"rx‸", "eturn nil"}}},
		{name: "somewhere else", doc: "a‸\nb", ghost: "cd", edits: []edit{{"a\nb‸", "cd"}}},
		{name: "a menu replaces the typed word", doc: "ret‸", ghost: "urn a + b", edits: []edit{{"‹ret›", "return a + b"}}, want: "accepted"},
		{name: "text after the cursor replaced too", doc: "f(‸)", ghost: "1, 2)", to: 1, edits: []edit{{"f(‹)›", "1, 2)"}}, want: "accepted"},
		{name: "the same, sent as the least edit", doc: "f(‸)", ghost: "1, 2)", to: 1, edits: []edit{{"f(‸)", "1, 2"}}, want: "accepted"},
		{name: "words of it", doc: "‸", ghost: "return nil, err", edits: []edit{{"‸", "return nil"}}, want: "partly_accepted"},
		{name: "words, then the rest", doc: "‸", ghost: "return nil, err", edits: []edit{{"‸", "return nil"}, {"return nil‸", ", err"}}, want: "partly_accepted accepted"},
		{name: "deleted", doc: "ab‸", ghost: "cd", edits: []edit{{"‹ab›", ""}}},
		{name: "with the whole document", doc: "f {\n‸\n}\n", ghost: "}\n}", edits: []edit{{"‹f {\n\n}\n›", "f {\n}\n}\n}\n"}}, want: "accepted"},
		{name: "words of it, with the whole document", doc: "a\n‸\nb", ghost: "return nil, err", edits: []edit{{"‹a\n\nb›", "a\nreturn nil\nb"}}, want: "partly_accepted"},
		{name: "something else, with the whole document", doc: "a\n‸\nb", ghost: "return nil", edits: []edit{{"‹a\n\nb›", "a\nreturn nil\nc"}}},
		{name: "a character, with the whole document", doc: "f(a‸\n", ghost: ")", edits: []edit{{"‹f(a\n›", "f(a)\n"}}},
		{name: "wide characters", doc: "s := \"é😀‸", ghost: "日本\"", edits: []edit{{"s := \"é😀‸", "日本\""}}, want: "accepted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, cursor := at(tt.doc)
			u := uri.URI("file:///a.go")
			doc := document.New(string(u), "go", 1, text)
			var g ghosts
			g.offer(u, 1, []completion.Candidate{{ID: "1", Text: tt.ghost, From: cursor, To: cursor + document.Offset(tt.to)}})
			var got []string
			for i, e := range tt.edits {
				change := document.Change{Text: e.insert}
				if before, rest, ok := strings.Cut(e.text, "‹"); ok {
					replaced, _, _ := strings.Cut(rest, "›")
					change.From = document.Offset(len(before))
					change.To = change.From + document.Offset(len(replaced))
				} else {
					_, change.From = at(e.text)
					change.To = change.From
				}
				g.edited(u, doc, change, int32(i+2), func(id string, f completion.Feedback) { got = append(got, string(f)) })
				next, err := doc.Apply(int32(i+2), change)
				if err != nil {
					t.Fatal(err)
				}
				doc = next
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("reported %q, want %q", s, tt.want)
			}
		})
	}
}

func TestAcceptanceCountsOnce(t *testing.T) {
	u := uri.URI("file:///a.go")
	doc := document.New(string(u), "go", 1, "")
	var g ghosts
	g.offer(u, 1, []completion.Candidate{{ID: "1", Text: "abc"}})
	n := 0
	g.edited(u, doc, document.Change{Text: "abc"}, 2, func(string, completion.Feedback) { n++ })
	if g.accepted("1") {
		n++ // the command that follows the edit
	}
	if n != 1 {
		t.Errorf("one acceptance was counted %d times", n)
	}
	if !g.justAccepted(u, 2) || g.justAccepted(u, 3) {
		t.Error("only the version that the acceptance made is the one after it")
	}
}

package lsp

import (
	"context"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// Where an entry replaces text behind the cursor, Helix gets it as a snippet, so
// that its cursor comes to stand behind it. The text is the same in any case.
func TestHelixCursorStandsBehindTheText(t *testing.T) {
	for _, tt := range []struct {
		name, doc, text string // the cursor is drawn in doc
		replaces        int
		snippet         bool
		to              string
	}{
		{"nothing behind the cursor", "\tf(‸)", "a, b", 0, false, "\tf(a, b)"},
		{"a closed bracket", "\tf(‸)", "a, b) + 1", 1, true, "\tf(a, b) + 1"},
		{"what snippets give a meaning", "\tf(‸)", `"$x", "${y}", '\n', ` + "`\\\\`" + `) + 1`, 1, true, "\tf(" + `"$x", "${y}", '\n', ` + "`\\\\`" + `) + 1`},
		{"lines", "\tif f(‸)", "a) {\n\t\tb()\n\t}", 1, true, "\tif f(a) {\n\t\tb()\n\t}"},
		{"lines of CRLF", "  if f(‸)\r\n", "a) {\r\n    b()\r\n  }", 1, true, "  if f(a) {\r\n    b()\r\n  }\r\n"},
		{"a line that is indented less", "\tf(‸)", "a) + `\nb`", 1, false, "\tf(a) + `\nb`"},
	} {
		for _, name := range []string{"helix", "another editor"} {
			t.Run(tt.name+", "+name, func(t *testing.T) {
				text, cursor := at(tt.doc)
				s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
					return completion.Answer{Outcome: completion.Shown, Candidates: []completion.Candidate{
						{ID: "1", Text: tt.text, From: r.At, To: r.At + document.Offset(tt.replaces)},
					}}, nil
				}), editor.Options{Name: name, Snippets: true, NoCommands: true})
				s.Initialize()
				s.Open(uriA, "go", text)
				items := s.Completion(uriA, s.After(uriA, text[:cursor]), "").Items()
				if len(items) != 1 {
					t.Fatalf("%d items", len(items))
				}
				if got, want := strings.Contains(string(items[0].Raw), `"insertTextFormat":2`), tt.snippet && name == "helix"; got != want {
					t.Errorf("it is a snippet: %v, want %v", got, want)
				}
				if strings.Contains(items[0].Documentation, "$0") {
					t.Errorf("the preview is %q", items[0].Documentation)
				}
				s.Accept(items[0])
				if got := s.Text(uriA); got != tt.to {
					t.Errorf("after accepting the text is %q, want %q", got, tt.to)
				}
				if st := wantStatus(s); st.Accepted != 1 {
					t.Errorf("%d accepted, want 1, inferred from the edit", st.Accepted)
				}
				s.Shutdown()
			})
		}
	}
}

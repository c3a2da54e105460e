package completion

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// What is shown is what would be sent, and showing it asks nobody.
func TestTheWindowIsTheOneThatIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := engineOf(script.Says("```go\n1\n```"))
		r := at(t, "go", "x := ‸\n")
		r.Settings = Settings{Model: "m", MaxTokens: 77, WindowTokens: 4000}
		r.Others = []doccontext.Other{{Doc: document.New("file:///p/b.go", "go", 1, "package b"), Path: "b.go"}}
		r.Selected = &Selected{From: r.At, To: r.At, Text: "foo"}
		window, prompt := e.Window(r)
		if len(e.model.Prompts())+len(e.reports) != 0 {
			t.Fatalf("asked %d times, reported %d times", len(e.model.Prompts()), len(e.reports))
		}
		if window.Before != "x := foo" || len(window.Blocks) != 1 || window.Tokens == 0 {
			t.Errorf("window %+v", window)
		}
		if _, err := e.Complete(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e.model.Prompts(), []model.Prompt{prompt}); diff != "" {
			t.Errorf("sent and shown (-sent +shown):\n%s", diff)
		}
		r.Selected.To++ // beyond the text
		r.Selected.From = r.Selected.To + 9
		if window, prompt := e.Window(r); window.Tokens != 0 || prompt.Rules != "" {
			t.Errorf("an entry that cannot be: %+v %+v", window, prompt)
		}
	})
}

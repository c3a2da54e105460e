package completion

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// TestIndentationOfTheEditor: where a document shows how it is indented, that
// counts; where it does not, its editor is believed.
func TestIndentationOfTheEditor(t *testing.T) {
	tabs, two := syntax.Indent{Tabs: true, Width: 4}, syntax.Indent{Width: 2}
	for _, tt := range []struct {
		name, language, text string
		editors              syntax.Indent
		answer, want         string
	}{
		{"spaces for tabs", "javascript", "function f(n) {‸\n}\n", two, "\n\tif (n) {\n\t\treturn 1;\n\t}", "\n  if (n) {\n    return 1;\n  }"},
		{"narrower ones", "javascript", "function f(n) {‸\n}\n", two, "\n    if (n) {\n        return 1;\n    }", "\n  if (n) {\n    return 1;\n  }"},
		{"tabs for spaces", "javascript", "function f(n) {‸\n}\n", tabs, "\n  if (n) {\n    return 1;\n  }", "\n\tif (n) {\n\t\treturn 1;\n\t}"},
		{"on a line that is indented", "python", "def f(n):\n  ‸", two, "if n:\n        return 1\n    return 2", "if n:\n    return 1\n  return 2"},
		{"the document has tabs", "javascript", "function g() {\n\treturn 1;\n}\n\nfunction f(n) {‸\n}\n", two, "\n\tif (n) {\n\t\treturn 1;\n\t}", "\n\tif (n) {\n\t\treturn 1;\n\t}"},
		{"the document has four", "javascript", "function g() {\n    return 1;\n}\n\nfunction f(n) {‸\n}\n", tabs, "\n    if (n) {\n        return 1;\n    }", "\n    if (n) {\n        return 1;\n    }"},
		{"nobody says", "javascript", "function f(n) {‸\n}\n", syntax.Indent{}, "\n   if (n) {\n      return 1;\n   }", "\n   if (n) {\n      return 1;\n   }"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := engineOf(script.Answer{Chunks: []string{"```\n" + tt.answer + "\n```\n"}})
				defer e.Close()
				r := at(t, tt.language, tt.text)
				r.Invoked, r.Settings.Indent = true, tt.editors
				answer, err := e.Complete(t.Context(), r)
				if err != nil || len(answer.Candidates) == 0 {
					t.Fatalf("%+v, %v", answer, err)
				}
				if got := answer.Candidates[0].Text; got != tt.want {
					t.Errorf("inserted\n%q, want\n%q", got, tt.want)
				}
			})
		})
	}
}

// TestChoices: as many candidates are asked for as are wanted, in one answer; and
// who wants more than was asked for before is asked for anew.
func TestChoices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fences := func(n int) (all string) {
			for i := range n {
				all += fmt.Sprintf("```go\nf(%d)\n```\n", i)
			}
			return all
		}
		e := engineOf(script.Answer{Chunks: []string{fences(3)}}, script.Answer{Chunks: []string{fences(12)}})
		defer e.Close()
		r := at(t, "go", "x := ‸\n")
		r.Invoked = true
		for _, tt := range []struct{ choices, want, asked int }{{0, 3, 1}, {10, 10, 2}, {0, 10, 2}, {10, 10, 2}} {
			r.Choices = tt.choices
			answer, err := e.Complete(t.Context(), r)
			if err != nil || len(answer.Candidates) != tt.want {
				t.Errorf("%d wanted: %d came, %v", tt.choices, len(answer.Candidates), err)
			}
			if n := len(e.model.Prompts()); n != tt.asked {
				t.Errorf("%d wanted: asked %d times, want %d", tt.choices, n, tt.asked)
			}
		}
		if task := e.model.Prompts()[1].Task; !strings.Contains(task, "up to 10 answers") {
			t.Errorf("the task is %q", task)
		}
	})
}

// TestGivenReachesThePrompt, without its secrets being the engine's business.
func TestGivenReachesThePrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := engineOf(script.Answer{Chunks: []string{"```go\nf()\n```\n"}})
		defer e.Close()
		r := at(t, "go", "x := ‸\n")
		r.Given = []doccontext.Given{{Path: "lib/b.go", Text: "func f() int\n"}}
		if _, err := e.Complete(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		p := e.model.Prompts()[0]
		if len(p.Near) != 1 || p.Near[0].Path != "lib/b.go" || p.Near[0].Text != "func f() int\n" {
			t.Errorf("the prompt has %+v", p.Near)
		}
	})
}

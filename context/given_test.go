package doccontext

import (
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// TestGiven: what the editor hands in is shown without secrets, within its share,
// and not at all where it comes from a secret file.
func TestGiven(t *testing.T) {
	c := New(Options{Redact: func(_, text string) string { return strings.ReplaceAll(text, "hunter2", "SECRET") }})
	r := at(t, "x := ‸\n")
	r.Given = []Given{
		{Path: "lib/a.go", Text: "const password = \"hunter2\"\n"},
		{Path: ".env", Text: "KEY=1\n"},
		{Path: "lib/long.go", Text: strings.Repeat("a long line of text that is far too long\n", 4000)},
		{Path: "lib/b.go", Text: "func B()\n"},
	}
	for _, budget := range []tokens.Count{1000, 16_000, 95_000} {
		r.Budget = budget
		w := c.Window(r)
		var paths []string
		for _, p := range w.Near {
			paths = append(paths, p.Path)
			if strings.Contains(p.Text, "hunter2") || p.Reason != ReasonGiven || p.Tokens == 0 {
				t.Errorf("%d: %+v", budget, p)
			}
		}
		if got := strings.Join(paths, " "); got != "lib/a.go lib/b.go" {
			t.Errorf("%d: shown is %s", budget, got)
		}
		if w.Tokens > budget {
			t.Errorf("%d tokens of %d", w.Tokens, budget)
		}
		if before, _ := around(w); before != "x := " {
			t.Errorf("the text is %q", before)
		}
	}
}

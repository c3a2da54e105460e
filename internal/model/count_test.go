package model_test

import (
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// Every text of a prompt counts, and each in its language.
func TestCount(t *testing.T) {
	e := tokens.NewEstimator()
	const python = "def total(items):\n    return sum(item.price for item in items)\n"
	p := model.Prompt{
		Language: "python", Rules: "Answer with code.", Before: "x = ", Mark: "<HERE/>", After: "\n", Notes: "edited", Task: "Go on.",
		Blocks: []model.Block{{Parts: []model.Part{{Path: "a.py", Text: python}}}, {Side: model.Above, Parts: []model.Part{{Path: "b.py", Text: python}}}},
		Near:   []model.Part{{Path: "c.go", Text: "func f() {}\n"}},
	}
	rest := e.Count("", "edited") + e.Count("", "Go on.") + e.Count("python", "x = ") + e.Count("python", "<HERE/>") + e.Count("python", "\n") +
		e.Count("", "c.go") + e.Count("go", "func f() {}\n")
	if got := p.CountRest(e); got != rest {
		t.Errorf("the rest counts %d, want %d", got, rest)
	}
	want := rest + e.Count("markdown", "Answer with code.") + 2*(e.Count("", "a.py")+e.Count("python", python))
	if got := p.Count(e); got != want {
		t.Errorf("all counts %d, want %d", got, want)
	}
}

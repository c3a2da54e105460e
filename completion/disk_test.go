package completion

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// keeping is a model whose answer was kept.
type keeping struct{}

func (keeping) Stream(context.Context, model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		if yield(model.Chunk{Text: "```go\n1\n```\n", Markdown: true, Kept: true}, nil) {
			yield(model.Chunk{Kept: true, Stop: model.StopEnd}, nil)
		}
	}
}

// An answer that was kept on the disk costs nothing, and the report says where
// it comes from.
func TestAKeptAnswerCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []Report
		e := New(Options{
			Model: keeping{}, Window: doccontext.New(doccontext.Options{}).Window, Clock: wallClock{},
			Observe: func(r Report) { all = append(all, r) },
		})
		r := at(t, "go", "x := ‸\n")
		answer, err := e.Complete(t.Context(), r)
		e.Close()
		if err != nil || answer.Outcome != Shown || answer.Candidates[0].Text != "1" {
			t.Fatalf("%+v, %v", answer, err)
		}
		for _, r := range all {
			if r.Usage != (model.Usage{}) || r.Estimated || r.First != 0 || !r.Outlived && r.Source != FromDisk {
				t.Errorf("%+v", r)
			}
		}
		if len(all) == 0 {
			t.Error("nothing was reported")
		}
	})
}

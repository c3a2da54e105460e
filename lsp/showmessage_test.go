package lsp

import (
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A client that shows the trouble of our status needs no message beside it.
func TestTroubleIsLeftToClientsThatShowIt(t *testing.T) {
	s := begin(t, fails(model.ErrRateLimited), editor.Options{})
	raw, err := s.Request("initialize", map[string]any{
		"capabilities": map[string]any{
			"textDocument": map[string]any{"inlineCompletion": map[string]any{}},
			"experimental": map[string]any{"claudeLsp": map[string]any{"trouble": true}},
		},
	}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	s.Initialized(raw)
	s.Open(uriA, "go", "a")
	if items := s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items(); len(items) != 0 {
		t.Errorf("%d items in trouble", len(items))
	}
	if st := wantStatus(s); st.Trouble == nil || st.Trouble.Kind != "rate_limited" {
		t.Errorf("the status is %+v", st)
	}
	if shown := s.All("window/showMessage"); len(shown) != 0 {
		t.Errorf("shown beside the status: %+v", shown)
	}
	s.Shutdown()
}

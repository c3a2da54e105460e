package lsp

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

func TestTheClientIsAskedToWatchFiles(t *testing.T) {
	s := begin(t, says("x"), editor.Options{InlineCompletion: true, WatchesFiles: true, Folders: []string{"file:///w"}})
	s.Initialize()
	var asked struct {
		Registrations []struct {
			Method          string
			RegisterOptions struct {
				Watchers []struct{ GlobPattern string }
			}
		}
	}
	if err := json.Unmarshal(s.Next("client/registerCapability").Params, &asked); err != nil {
		t.Fatal(err)
	}
	if r := asked.Registrations; len(r) != 1 || r[0].Method != "workspace/didChangeWatchedFiles" ||
		len(r[0].RegisterOptions.Watchers) != 1 || r[0].RegisterOptions.Watchers[0].GlobPattern != "**/*" {
		t.Errorf("asked for %+v", asked)
	}
	s.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{
		map[string]any{"uri": "file:///w/new%20file.go", "type": 1},
		map[string]any{"uri": "untitled:none", "type": 2},
		map[string]any{"uri": "file:///w/gone.go", "type": 3},
	}})
	wantStatus(s) // which is answered in order
	s.Shutdown()
	if want := []string{"/w/new file.go", "/w/gone.go"}; !slices.Equal(s.space.touched, want) {
		t.Errorf("the workspace was told of %q, want %q", s.space.touched, want)
	}
}

// Who refuses, or cannot be asked, is served all the same.
func TestAClientThatDoesNotWatchFiles(t *testing.T) {
	for _, watches := range []bool{false, true} {
		s := begin(t, says("x"), editor.Options{InlineCompletion: true, WatchesFiles: watches, Folders: []string{"file:///w"}})
		s.Handle("client/registerCapability", func(json.RawMessage) (any, *editor.Error) {
			return nil, &editor.Error{Code: -32601, Message: "no"}
		})
		if watches {
			s.Allow("client/registerCapability")
		}
		s.Initialize()
		s.Open(uriA, "go", "x")
		if items := s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items(); len(items) != 1 {
			t.Errorf("watches %v: %d items", watches, len(items))
		}
		s.Shutdown()
	}
}

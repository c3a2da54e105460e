package lsp

import (
	"testing"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// Requests that never get to the engine are told with their reason, because
// these are the ones that people ask about.
func TestDeclinedRequestsAreTold(t *testing.T) {
	type told struct {
		reason, language string
		at               int
		invoked          bool
	}
	editors := map[string]editor.Options{
		"ghost": {InlineCompletion: true, Folders: []string{"file:///w"}},
		"menu":  {Folders: []string{"file:///w"}},
	}
	inline := func(invoked bool) func(*session) {
		return func(s *session) {
			s.Inline(uriA, pos(0, 3), editor.InlineOptions{Invoked: invoked}).Items()
		}
	}
	menu := func(s *session) { s.Completion(uriA, pos(0, 3), "").Items() }
	command := func(name string, args ...any) func(*session) {
		return func(s *session) {
			if _, err := s.Request("workspace/executeCommand", map[string]any{"command": name, "arguments": args}).Wait(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name     string
		editor   string
		settings map[string]any
		before   func(*session)
		ask      func(*session)
		want     []told
	}{
		{"nothing is declined", "ghost", nil, nil, inline(false), nil},
		{"switched off by a setting", "ghost", map[string]any{"enabled": false}, nil, inline(false), []told{{"disabled", "go", 3, false}}},
		{"switched off by a command", "ghost", nil, command(commandDisable), inline(false), []told{{"disabled", "go", 3, false}}},
		{"one language is switched off", "ghost", map[string]any{"languages": map[string]any{"go": map[string]any{"enabled": false}}}, nil, inline(true), []told{{"language", "go", 3, true}}},
		{"snoozed", "ghost", nil, command(commandSnooze, 5), inline(false), []told{{"snoozed", "go", 3, false}}},
		{"a secret file", "ghost", nil, func(s *session) { s.space.secret = "/w/a.go" }, inline(false), []told{{"secret_file", "go", 3, false}}},
		{"not open", "ghost", nil, func(s *session) { s.CloseDocument(uriA) }, func(s *session) {
			s.Request("textDocument/inlineCompletion", map[string]any{
				"textDocument": map[string]any{"uri": uriA}, "position": pos(0, 3), "context": map[string]any{"triggerKind": 1},
			}).Wait()
		}, []told{{"not_open", "", 0, true}}},
		{"the menu is switched off where there is nothing else", "menu", nil, func(s *session) {
			s.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"claude-lsp": map[string]any{"completion": map[string]any{"menu": "never"}}}})
		}, menu, []told{{"no_menu", "go", 3, false}}},
		{"a menu that is disabled", "menu", map[string]any{"enabled": false}, nil, menu, []told{{"disabled", "go", 3, false}}},
		{"the menu of an editor that shows ghosts is asked for in vain, and that is as it should be", "ghost", map[string]any{"enabled": false}, nil, func(s *session) {
			s.Request("textDocument/completion", map[string]any{"textDocument": map[string]any{"uri": uriA}, "position": pos(0, 3)}).Wait()
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []told
			o := editors[tt.editor]
			o.InitializationOptions = tt.settings
			s := begin(t, says("x"), o, func(o *Options) {
				o.Declined = func(r completion.Request, reason string) {
					d := told{reason: reason, at: int(r.At), invoked: r.Invoked}
					if r.Doc != nil {
						d.language = r.Doc.Language()
					}
					got = append(got, d)
				}
			})
			s.Initialize()
			s.Open(uriA, "go", "a :")
			if tt.before != nil {
				tt.before(s)
			}
			tt.ask(s)
			s.Shutdown()
			if len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] {
				t.Errorf("told %+v, want %+v", got, tt.want)
			}
		})
	}
}

package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// TestCyclingIsAWish unless it comes with the plain request, as LSP-copilot sends
// it for each key.
func TestCyclingIsAWish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := make(chan completion.Request, 1)
		s := asCopilot(t, sees(seen), "ab")
		ask := func(method string, character int) bool {
			s.answers(t, method, fmt.Sprintf(`{"doc":{"uri":"%s","position":{"line":0,"character":%d}}}`, uriA, character))
			return (<-seen).Invoked
		}
		if ask("getCompletions", 2) {
			t.Error("getCompletions counts as asked by hand")
		}
		if ask("getCompletionsCycling", 2) {
			t.Error("what comes with getCompletions counts as asked by hand")
		}
		time.Sleep(2 * atOnce)
		if !ask("getCompletionsCycling", 2) {
			t.Error("what comes later does not count as asked by hand")
		}
		ask("getCompletions", 2)
		if !ask("getCompletionsCycling", 1) {
			t.Error("what is asked for elsewhere does not count as asked by hand")
		}
		s.Shutdown()
	})
}

// TestMoreAtOnce: blink-copilot asks for more as soon as it has the first
// suggestion. A person sees it first, and other clients mean what they say.
func TestMoreAtOnce(t *testing.T) {
	const typed, byHand = false, true
	for _, tt := range []struct {
		name  string
		slow  time.Duration // until the first answer
		pause time.Duration // between it and the second question
		first bool          // by hand
		info  map[string]any
		want  bool
	}{
		{"at once behind a quick answer", 0, 0, typed, copilotInfo, false},
		{"at once behind a slow answer", time.Second, 0, typed, copilotInfo, false},
		{"as soon as a person can", 0, 2 * atOnce, typed, copilotInfo, true},
		{"behind what a person has asked", 0, 0, byHand, copilotInfo, true},
		{"by another client", 0, 0, typed, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked []bool
				e := engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
					asked = append(asked, r.Invoked)
					time.Sleep(tt.slow)
					return completion.Answer{Outcome: completion.Shown, Candidates: []completion.Candidate{{ID: "1", Text: "x", From: r.At, To: r.At}}}, nil
				})
				s := begin(t, e, editor.Options{InlineCompletion: true, InitializationOptions: tt.info})
				s.Initialize()
				s.Allow("didChangeStatus", "statusNotification", "didChangeStatus/v2")
				s.Open(uriA, "go", "ab")
				s.Inline(uriA, pos(0, 2), editor.InlineOptions{Invoked: tt.first}).Items()
				time.Sleep(tt.pause)
				s.Inline(uriA, pos(0, 2), editor.InlineOptions{Invoked: true}).Items()
				if len(asked) != 2 || asked[1] != tt.want {
					t.Errorf("asked by hand: %v, want the second to be %v", asked, tt.want)
				}
				s.Shutdown()
			})
		})
	}
}

// TestWholeLines: blink-copilot needs the line anew, and nobody else gets it.
func TestWholeLines(t *testing.T) {
	const options = `,"formattingOptions":{"insertSpaces":false,"tabSize":8}`
	for _, tt := range []struct{ name, editor, more, want string }{
		{"blink-copilot", "Neovim", options, `"\tf(\"😀\", 7)" 0-8`},
		{"Neovim's own ghost text", "Neovim", "", `", 7" 7-7`},
		{"options that say nothing", "Neovim", `,"formattingOptions":null`, `", 7" 7-7`},
		{"copilot.el", "Emacs", options, `", 7" 7-7`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := begin(t, says(", 7"), editor.Options{Name: tt.editor, InlineCompletion: true, InitializationOptions: copilotInfo})
			s.Initialize()
			s.Allow("didChangeStatus", "statusNotification", "didChangeStatus/v2")
			s.Open(uriA, "go", "a\n\tf(\"😀\")\n")
			got := s.answers(t, "textDocument/inlineCompletion",
				`{"textDocument":{"uri":"`+uriA+`"},"position":{"line":1,"character":7},"context":{"triggerKind":2}`+tt.more+`}`)
			var list struct {
				Items []struct {
					InsertText json.RawMessage
					Range      editor.Range
				}
			}
			if err := json.Unmarshal([]byte(got), &list); err != nil || len(list.Items) != 1 {
				t.Fatal(got)
			}
			i := list.Items[0]
			if got := fmt.Sprintf("%s %d-%d", i.InsertText, i.Range.Start.Character, i.Range.End.Character); got != tt.want || i.Range.Start.Line != 1 || i.Range.End.Line != 1 {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			s.Shutdown()
		})
	}
}

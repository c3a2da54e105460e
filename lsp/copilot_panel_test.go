package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

const panelParams = `{"textDocument":{"uri":"` + uriA + `","version":0},"position":{"line":1,"character":2}`

func TestPanel(t *testing.T) {
	asked := make(chan completion.Request, 1)
	s := asCopilot(t, engine(func(ctx context.Context, r completion.Request) (completion.Answer, error) {
		asked <- r
		return says("(1)", "(2)")(ctx, r)
	}), "\n\tf\n")
	item := func(n int) string {
		return fmt.Sprintf(`{"insertText":"(%d)","range":{"start":{"line":1,"character":2},"end":{"line":1,"character":2}},"command":{"title":"Accept completion %d","command":"claude-lsp.accept","arguments":["%d"]}}`, n, n, n-1)
	}
	got := s.answers(t, "textDocument/copilotPanelCompletion", panelParams+"}")
	if want := `{"items":[` + item(1) + `,` + item(2) + `]}`; got != want {
		t.Errorf("answered\n%s, want\n%s", got, want)
	}
	if r := <-asked; !r.Invoked || r.Choices != 10 || r.Settings.MaxTokens != 4*256 {
		t.Errorf("asked for %d candidates in %d tokens, by hand: %v", r.Choices, r.Settings.MaxTokens, r.Invoked)
	}

	got = s.answers(t, "textDocument/copilotPanelCompletion", panelParams+`,"partialResultToken":"p","workDoneToken":"w"}`)
	if got != `{"items":[]}` {
		t.Errorf("with partial results the answer is %s", got)
	}
	<-asked
	var progress []string
	for _, m := range s.All("$/progress") {
		progress = append(progress, string(m.Params))
	}
	want := []string{
		`{"token":"w","value":{"kind":"begin","title":"claude-lsp suggestions","cancellable":true,"message":"0/10","percentage":0}}`,
		`{"token":"p","value":{"items":[` + item(1) + `]}}`,
		`{"token":"w","value":{"kind":"report","message":"1/10","percentage":10}}`,
		`{"token":"p","value":{"items":[` + item(2) + `]}}`,
		`{"token":"w","value":{"kind":"report","message":"2/10","percentage":20}}`,
		`{"token":"w","value":{"kind":"end","message":"2 different suggestions"}}`,
	}
	if fmt.Sprint(progress) != fmt.Sprint(want) {
		t.Errorf("progress:\n%q\nwant\n%q", progress, want)
	}
	s.Shutdown()
}

// TestPanelGrows: each entry is on its way as soon as it is finished, while the
// model still writes the next one.
func TestPanelGrows(t *testing.T) {
	for _, tt := range []struct{ method, params, note string }{
		{"textDocument/copilotPanelCompletion", panelParams + `,"partialResultToken":"p"}`, "$/progress"},
		{"getPanelCompletions", `{"doc":{"uri":"` + uriA + `","position":{"line":1,"character":2}},"panelId":"7"}`, "PanelSolution"},
	} {
		goOn := make(chan struct{})
		s := asCopilot(t, engine(func(ctx context.Context, r completion.Request) (completion.Answer, error) {
			all := []completion.Candidate{{ID: "0", Text: "(1)", From: r.At, To: r.At}, {ID: "1", Text: "(2", From: r.At, To: r.At}}
			r.Progress(completion.Progress{Candidates: all, Whole: 1})
			<-goOn
			all[1].Text = "(2)"
			r.Progress(completion.Progress{Candidates: all, Whole: 2})
			return completion.Answer{Outcome: completion.Shown, Candidates: all}, nil
		}), "\n\tf\n")
		s.Allow("PanelSolutionsDone")
		var params any
		if err := json.Unmarshal([]byte(tt.params), &params); err != nil {
			t.Fatal(err)
		}
		c := s.Request(tt.method, params)
		if got := string(s.Next(tt.note).Params); !strings.Contains(got, `"(1)"`) || strings.Contains(got, "(2") {
			t.Errorf("%s: at first it tells %s", tt.method, got)
		}
		close(goOn)
		if got := string(s.Next(tt.note).Params); !strings.Contains(got, `"(2)"`) {
			t.Errorf("%s: then it tells %s", tt.method, got)
		}
		if _, err := c.Wait(); err != nil || len(s.All(tt.note)) != 0 {
			t.Errorf("%s: %v, and it tells more", tt.method, err)
		}
		s.Shutdown()
	}
}

// TestPanelIsRefused: whoever asks by hand is told why there is nothing.
func TestPanelIsRefused(t *testing.T) {
	s := asCopilot(t, says("x"), "\n\tf\n", func(o *Options) { o.Workspace.(*space).secret = "/w/.env" })
	s.Open("file:///w/.env", "plaintext", "\n\n")
	for _, tt := range [][2]string{
		{panelParams + "}", ``},
		{`{"textDocument":{"uri":"` + uriA + `","version":3},"position":{"line":1,"character":2}}`, "error -32801: the document changed"},
		{`{"textDocument":{"uri":"file:///w/.env"},"position":{"line":1,"character":0}}`, "error 1002: there are no suggestions for this file: secret_file"},
		{`{"textDocument":{"uri":"file:///w/z.go"},"position":{"line":1,"character":0}}`, "error -32602: file:///w/z.go is not open"},
	} {
		if got := s.answers(t, "textDocument/copilotPanelCompletion", tt[0]); tt[1] != "" && got != tt[1] {
			t.Errorf("%s was answered with %s, want %s", tt[0], got, tt[1])
		}
	}
	if got := s.answers(t, "getPanelCompletions", `{"doc":{"uri":"file:///w/.env","position":{"line":0,"character":0}},"panelId":"7"}`); got != "error 1002: there are no suggestions for this file: secret_file" {
		t.Errorf("the older panel: %s", got)
	}
	if got, want := string(s.Next("PanelSolutionsDone").Params), `{"panelId":"7","status":"Error","message":"there are no suggestions for this file: secret_file"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s.Shutdown()
}

// TestPanelIsCancelled by the progress that the client shows, or by the request.
func TestPanelIsCancelled(t *testing.T) {
	begun := make(chan completion.Request, 1)
	s := asCopilot(t, hangs(begun), "\n\tf\n")
	s.Allow("$/progress")
	var params map[string]any
	if err := json.Unmarshal([]byte(panelParams+`,"workDoneToken":"w"}`), &params); err != nil {
		t.Fatal(err)
	}
	c := s.Request("textDocument/copilotPanelCompletion", params)
	<-begun
	s.Notify("window/workDoneProgress/cancel", map[string]any{"token": "someone else's"})
	s.Notify("window/workDoneProgress/cancel", map[string]any{"token": "w"})
	wantCode(t, c, -32800)
	delete(params, "workDoneToken")
	c = s.Request("textDocument/copilotPanelCompletion", params)
	<-begun
	s.Cancel(c)
	wantCode(t, c, -32800)
	s.Shutdown()
}

func TestOlderPanel(t *testing.T) {
	s := asCopilot(t, says("(1)", "(2)"), "\n\tf\n")
	got := s.answers(t, "getPanelCompletions", `{"doc":{"uri":"`+uriA+`","version":0,"position":{"line":1,"character":2}},"panelId":"7"}`)
	if want := `{"solutionCountTarget":2}`; got != want {
		t.Errorf("answered %s, want %s", got, want)
	}
	for _, want := range []string{
		`{"panelId":"7","solutionId":"0","range":{"start":{"line":1,"character":2},"end":{"line":1,"character":2}},"completionText":"(1)","displayText":"(1)","score":1}`,
		`{"panelId":"7","solutionId":"1","range":{"start":{"line":1,"character":2},"end":{"line":1,"character":2}},"completionText":"(2)","displayText":"(2)","score":0.9}`,
	} {
		if got := string(s.Next("PanelSolution").Params); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got, want := string(s.Next("PanelSolutionsDone").Params), `{"panelId":"7","status":"OK"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s.Shutdown()
}

// TestLateAnswersAreQuiet: copilot.lua shows every error that it is sent.
func TestLateAnswersAreQuiet(t *testing.T) {
	begun := make(chan completion.Request, 1)
	s := asCopilot(t, hangs(begun), "ab")
	params := map[string]any{"doc": map[string]any{"uri": uriA, "position": pos(0, 2), "version": 0}}
	wantNothing := func(c *editor.Call) {
		t.Helper()
		if result, err := c.Wait(); err != nil || string(result) != `{"completions":[]}` {
			t.Errorf("%s: %s, %v", c, result, err)
		}
	}
	first := s.Request("getCompletions", params)
	<-begun
	second := s.Request("getCompletions", params)
	wantNothing(first)
	<-begun
	s.Type(uriA, pos(0, 2), "c")
	wantNothing(second)
	delete(params["doc"].(map[string]any), "version")
	third := s.Request("getCompletions", params)
	<-begun
	s.Cancel(third)
	wantCode(t, third, -32800)
	s.Shutdown()
}

// TestNeovimsFirstVersion: Neovim opens a document as version 0 and copilot.lua
// asks about another number, before anything was typed.
func TestNeovimsFirstVersion(t *testing.T) {
	s := begin(t, says("x"), editor.Options{Name: "Neovim", Folders: []string{"file:///w"}, InitializationOptions: copilotInfo})
	s.Initialize()
	s.Allow("didChangeStatus", "statusNotification", "didChangeStatus/v2")
	s.Open(uriA, "go", "ab")
	n := func(version int) (n int) {
		var list docCompletions
		_ = json.Unmarshal([]byte(s.answers(t, "getCompletions", fmt.Sprintf(`{"doc":{"uri":"%s","position":{"line":0,"character":2},"version":%d}}`, uriA, version))), &list)
		return len(list.Completions)
	}
	if n(3) != 1 {
		t.Error("nothing for the document as it was opened")
	}
	s.Type(uriA, pos(0, 2), "c")
	if n(3) != 0 || n(1) != 1 {
		t.Error("from the first edit on versions count")
	}
	s.Shutdown()
}

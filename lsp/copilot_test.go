package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// copilotInfo is how every client of Copilot's server introduces itself.
var copilotInfo = map[string]any{
	"editorInfo":       map[string]any{"name": "Emacs", "version": "30.2"},
	"editorPluginInfo": map[string]any{"name": "copilot.el", "version": "1.0"},
}

// asCopilot begins a session of a client of Copilot's server with one document.
func asCopilot(t *testing.T, e Engine, text string, more ...func(*Options)) *session {
	t.Helper()
	s := begin(t, e, editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}, InitializationOptions: copilotInfo}, more...)
	s.Initialize()
	s.Allow("didChangeStatus", "statusNotification", "didChangeStatus/v2")
	s.Open(uriA, "go", text)
	return s
}

// answers sends a request and returns its result, or its error, as one line.
func (s *session) answers(t *testing.T, method, params string) string {
	t.Helper()
	var p any
	if params != "" {
		if err := json.Unmarshal([]byte(params), &p); err != nil {
			t.Fatalf("%s: %v", params, err)
		}
	}
	result, err := s.Request(method, p).Wait()
	if err != nil {
		return fmt.Sprintf("error %d: %s", err.Code, err.Message)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, result); err != nil {
		t.Fatal(err)
	}
	return line.String()
}

func claudeAnswers(o *Options) {
	o.Provider = func(string) (string, string) { return "claude", "claude-haiku-5-5" }
	o.Models = func() []string { return []string{"claude-haiku-5-5", "claude-opus-5"} }
}

// TestCopilotMethods holds each method's answer against the form that the
// clients read.
func TestCopilotMethods(t *testing.T) {
	ask := `{"doc":{"uri":"` + uriA + `","position":{"line":1,"character":2},"version":0,"tabSize":4,"insertSpaces":false}}`
	for _, tt := range []struct{ name, method, params, want string }{
		{"checkStatus", "checkStatus", `{"options":{"localChecksOnly":true}}`, `{"status":"OK","user":"claude"}`},
		{"checkStatus without params", "checkStatus", ``, `{"status":"OK","user":"claude"}`},
		{"signIn", "signIn", `{}`, `{"status":"AlreadySignedIn","user":"claude"}`},
		{"signInInitiate", "signInInitiate", `{"_":true}`, `{"status":"AlreadySignedIn","user":"claude"}`},
		{"signInConfirm", "signInConfirm", `{"userCode":"x"}`, `{"status":"OK","user":"claude"}`},
		{"finishDeviceFlow", "workspace/executeCommand", `{"command":"github.copilot.finishDeviceFlow","arguments":[]}`, `{"status":"OK","user":"claude"}`},
		{"signOut", "signOut", `{}`, `{"status":"NotSignedIn"}`},
		{"getVersion", "getVersion", `{}`, ``},
		{"setEditorInfo", "setEditorInfo", `{"editorInfo":{"name":"vim"},"editorPluginInfo":{"name":"copilot.vim"}}`, `"OK"`},
		{"an open file", "checkFileStatus", `{"uri":"` + uriA + `"}`, `{"status":"included"}`},
		{"a file that is not open", "checkFileStatus", `{"uri":"file:///w/b.go"}`, `{"status":"included"}`},
		{"a secret file", "checkFileStatus", `{"uri":"file:///w/.env"}`, `{"status":"not included","reason":"secret_file"}`},
		{"models", "copilot/models", `{}`, `[{"id":"claude-haiku-5-5","modelName":"claude-haiku-5-5","modelFamily":"claude","vendor":"Anthropic","preview":false,"default":true,"scopes":["completion"]},` +
			`{"id":"claude-opus-5","modelName":"claude-opus-5","modelFamily":"claude","vendor":"Anthropic","preview":false,"default":false,"scopes":["completion"]}]`},
		{"edits elsewhere", "textDocument/copilotInlineEdit", `{"textDocument":{"uri":"` + uriA + `","version":0},"position":{"line":0,"character":0}}`, `{"edits":[]}`},
		{"an edit rejected", "notifyNextEditRejected", `{"uuid":"x","reason":"no"}`, `"OK"`},
		{"registerProviders", "context/registerProviders", `{"providers":[{"id":"a","selector":["*"]},{"id":"b","selector":[{"language":"go"}]}]}`, `{"registered":["a","b"],"unregistered":[]}`},
		{"unregisterProviders", "context/unregisterProviders", `{"providers":[{"id":"a"}]}`, `{"registered":[],"unregistered":["a"]}`},
		{"diagnostics", "debug/diagnostics", `{}`, `{"report":"# all is well"}`},
		{"a command about no item", "workspace/executeCommand", `{"command":"github.copilot.didAcceptCompletionItem","arguments":["nobody"]}`, `false`},
		{"a command without an item", "workspace/executeCommand", `{"command":"github.copilot.didAcceptCompletionItem"}`, `error -32603: github.copilot.didAcceptCompletionItem takes the name of an item`},
		{"an edit accepted", "workspace/executeCommand", `{"command":"github.copilot.didAcceptNextEditSuggestionItem","arguments":["x"]}`, `false`},
		{"getCompletions", "getCompletions", ask, `{"completions":[{"uuid":"0","text":"\tf(1)","displayText":"(1)","position":{"line":1,"character":2},"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":2}},"docVersion":0}]}`},
		{"getCompletions of another version", "getCompletions", strings.Replace(ask, `"version":0`, `"version":7`, 1), `{"completions":[]}`},
		{"getCompletions of no document", "getCompletions", strings.Replace(ask, "a.go", "b.go", 1), `{"completions":[]}`},
		{"inline completion of another version", "textDocument/inlineCompletion", `{"textDocument":{"uri":"` + uriA + `","version":7},"position":{"line":1,"character":2},"context":{"triggerKind":2}}`, `error -32801: the document changed`},
		{
			"inline completion of this version", "textDocument/inlineCompletion", `{"textDocument":{"uri":"` + uriA + `","version":0},"position":{"line":1,"character":2},"context":{"triggerKind":2}}`,
			`{"items":[{"insertText":"(1)","range":{"start":{"line":1,"character":2},"end":{"line":1,"character":2}},"command":{"title":"Accepted","command":"claude-lsp.accept","arguments":["0"]}}]}`,
		},
		{"shown", "notifyShown", `{"uuid":"x"}`, `"OK"`},
		{"accepted", "notifyAccepted", `{"uuid":"x","acceptedLength":3}`, `"OK"`},
		{"rejected", "notifyRejected", `{"uuids":["x","y"]}`, `"OK"`},
		{"chat", "conversation/create", `{}`, `error -32601: "conversation/create": JSON-RPC method not found`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := asCopilot(t, says("(1)"), "\n\tf\n", claudeAnswers, func(o *Options) {
				o.Diagnose = func(context.Context) string { return "# all is well" }
				o.Workspace.(*space).secret = "/w/.env"
			})
			got := s.answers(t, tt.method, tt.params)
			if tt.want == "" { // it has the version of Go
				if !strings.Contains(got, `"version":"1"`) || !strings.Contains(got, `"runtimeVersion":"go/1.`) {
					t.Errorf("%s", got)
				}
			} else if got != tt.want {
				t.Errorf("answered\n%s, want\n%s", got, tt.want)
			}
			s.Shutdown()
		})
	}
}

// TestCopilotClientsCountInUTF16: copilot.lua offers other encodings, by
// Neovim's habit, and counts in utf-16 whatever is chosen.
func TestCopilotClientsCountInUTF16(t *testing.T) {
	s := begin(t, says("x"), editor.Options{Name: "Neovim", Encodings: []string{"utf-8", "utf-16", "utf-32"}, InitializationOptions: copilotInfo})
	result := s.Initialize()
	s.Allow("didChangeStatus", "statusNotification", "didChangeStatus/v2")
	if !strings.Contains(string(result), `"positionEncoding":"utf-16"`) {
		t.Errorf("%s", result)
	}
	if strings.Contains(string(result), "github.copilot") {
		t.Errorf("a command that is not ours is announced: %s", result)
	}
	s.Shutdown()
}

// TestCopilotInitialization: nothing of what these clients send is called
// unknown, and what is meant for us is used.
func TestCopilotInitialization(t *testing.T) {
	settings := config.New(config.Options{})
	s := begin(t, says("x"), editor.Options{InitializationOptions: map[string]any{
		"editorInfo":           map[string]any{"name": "Sublime Text", "version": "4200"},
		"editorPluginInfo":     map[string]any{"name": "LSP-copilot", "version": ""},
		"relatedPluginInfo":    []any{map[string]any{"name": "a", "version": "1"}},
		"copilotIntegrationId": "x",
		"copilotCapabilities":  map[string]any{"fetch": true, "contentProvider": []string{"a"}},
		"networkProxy":         map[string]any{"host": "127.0.0.1", "port": 80},
		"githubAppId":          "y", "sessionId": "z", "whatever comes next": 1,
		"claude-lsp": map[string]any{"completion": map[string]any{"maxTokens": 77}},
	}}, func(o *Options) { o.Settings = settings })
	s.Initialize()
	s.Allow("didChangeStatus", "statusNotification", "didChangeStatus/v2")
	if m := s.Next("window/showMessage"); !strings.Contains(string(m.Params), "HTTPS_PROXY") {
		t.Errorf("the one message is %s, want what to do about the proxy", m.Params)
	}
	if w := settings.Warnings(); len(w) > 0 {
		t.Errorf("warned of %v", w)
	}
	if got := settings.For("").Completion.MaxTokens; got != 77 {
		t.Errorf("completion.maxTokens is %d; our own section was not read", got)
	}
	s.Shutdown()
}

// TestOthersAreNoCopilotClients: an editor that says nothing of Copilot gets none
// of its notifications, until it asks one of its requests.
func TestOthersAreNoCopilotClients(t *testing.T) {
	s := open(t, says("x"), "a")
	s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items()
	if len(s.All("didChangeStatus")) > 0 {
		t.Error("an editor was sent didChangeStatus that did not ask for it")
	}
	s.answers(t, "checkStatus", `{}`)
	if got, want := string(s.Next("didChangeStatus").Params), `{"busy":false,"kind":"Normal"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s.Allow("statusNotification", "didChangeStatus/v2")
	s.Shutdown()
}

func TestSigningOutAndIn(t *testing.T) {
	s := asCopilot(t, says("x"), "a", claudeAnswers)
	ask := func() int { return len(s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items()) }
	if ask() != 1 {
		t.Fatal("nothing was suggested at first")
	}
	s.answers(t, "signOut", `{}`)
	if got := s.answers(t, "checkStatus", `{}`); got != `{"status":"NotSignedIn"}` {
		t.Errorf("after signOut the status is %s", got)
	}
	if ask() != 0 {
		t.Error("something was suggested after signOut")
	}
	panel := `{"textDocument":{"uri":"` + uriA + `"},"position":{"line":0,"character":1}}`
	if got := s.answers(t, "textDocument/copilotPanelCompletion", panel); !strings.HasPrefix(got, "error 1000: Not authenticated") {
		t.Errorf("the panel after signOut: %s", got)
	}
	var kinds []string
	for _, m := range s.All("didChangeStatus") {
		var st copilotStatus
		_ = json.Unmarshal(m.Params, &st)
		kinds = append(kinds, string(st.Kind))
	}
	if got := strings.Join(kinds, " "); got != "Normal Error" {
		t.Errorf("the status was %s", got)
	}
	s.answers(t, "signIn", `{}`)
	if ask() != 1 {
		t.Error("nothing was suggested after signIn")
	}
	s.Shutdown()
}

// TestWithoutAKey: who has no key is told how to give one; where the embedded
// model answers, suggestions flow.
func TestWithoutAKey(t *testing.T) {
	t.Run("and nobody to answer", func(t *testing.T) {
		s := asCopilot(t, says("x"), "a", claudeAnswers, func(o *Options) { o.NoKey = func() string { return "set ANTHROPIC_API_KEY" } })
		for _, tt := range [][2]string{
			{"checkStatus", `{"status":"NotSignedIn"}`},
			{"signIn", `error 1001: set ANTHROPIC_API_KEY`},
			{"signInConfirm", `error 1001: set ANTHROPIC_API_KEY`},
		} {
			if got := s.answers(t, tt[0], `{}`); got != tt[1] {
				t.Errorf("%s was answered with %s, want %s", tt[0], got, tt[1])
			}
		}
		if got, want := string(s.Next("didChangeStatus").Params), `{"busy":false,"kind":"Error","message":"set ANTHROPIC_API_KEY"}`; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		s.Shutdown()
	})
	t.Run("and the embedded model", func(t *testing.T) {
		s := asCopilot(t, says("x"), "a", func(o *Options) { o.Provider = func(string) (string, string) { return "embedded", "embedded" } })
		if got := s.answers(t, "checkStatus", `{}`); got != `{"status":"OK","user":"embedded"}` {
			t.Errorf("%s", got)
		}
		if got := s.answers(t, "signIn", `{}`); got != `{"status":"AlreadySignedIn","user":"embedded"}` {
			t.Errorf("%s", got)
		}
		if m := s.Next("window/showMessage"); !strings.Contains(string(m.Params), "ANTHROPIC_API_KEY") {
			t.Errorf("%s", m.Params)
		}
		s.Shutdown()
	})
	t.Run("that the service takes", func(t *testing.T) {
		s := asCopilot(t, fails(model.ErrUnauthorized), "a", claudeAnswers)
		s.Allow("window/showMessage")
		s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items()
		if got := s.answers(t, "checkStatus", `{}`); got != `{"status":"NotAuthorized","user":"claude"}` {
			t.Errorf("%s", got)
		}
		s.answers(t, "signIn", `{}`) // there may be another one now
		if got := s.answers(t, "checkStatus", `{}`); got != `{"status":"OK","user":"claude"}` {
			t.Errorf("after signIn: %s", got)
		}
		s.Shutdown()
	})
}

// TestCopilotStatus: the three forms of the status, in the same breath.
func TestCopilotStatus(t *testing.T) {
	begun, let := make(chan completion.Request, 1), make(chan struct{})
	s := asCopilot(t, engine(func(ctx context.Context, r completion.Request) (completion.Answer, error) {
		begun <- r
		<-let
		return completion.Answer{Outcome: completion.Failed, Err: model.ErrRateLimited}, nil
	}), "a", claudeAnswers)
	s.Allow("window/showMessage")
	next := func(method, want string) {
		t.Helper()
		if got := string(s.Next(method).Params); got != want {
			t.Errorf("%s is\n%s, want\n%s", method, got, want)
		}
	}
	next("didChangeStatus", `{"busy":false,"kind":"Normal"}`)
	next("statusNotification", `{"busy":false,"kind":"Normal","status":"Normal","message":""}`)
	next("didChangeStatus/v2", `{"statuses":[{"category":"auth","kind":"Normal","result":{"status":"OK","user":"claude"}},{"category":"cls","kind":"Normal","inactive":false},{"category":"completion","busy":false}]}`)
	call := s.Inline(uriA, pos(0, 1), editor.InlineOptions{})
	<-begun
	next("didChangeStatus", `{"busy":true,"kind":"Normal"}`)
	next("statusNotification", `{"busy":true,"kind":"Normal","status":"InProgress","message":""}`)
	close(let)
	call.Items()
	next("didChangeStatus", `{"busy":true,"kind":"Warning","message":"rate limited; it goes on by itself"}`)
	next("didChangeStatus", `{"busy":false,"kind":"Warning","message":"rate limited; it goes on by itself"}`)
	s.answers(t, "workspace/executeCommand", `{"command":"claude-lsp.disable"}`)
	next("didChangeStatus", `{"busy":false,"kind":"Inactive","message":"suggestions are switched off","command":{"title":"Enable suggestions","command":"claude-lsp.enable"}}`)
	s.Shutdown()
}

// TestCopilotQuota: the budget of the day is the quota.
func TestCopilotQuota(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name   string
		budget *Budget
		want   string
	}{
		{"none", nil, `{"percentRemaining":100,"unlimited":true,"overagePermitted":false}`},
		{"a third is spent", &Budget{DailyUSD: 3, SpentUSD: new(1.0)}, `{"percentRemaining":66.7,"unlimited":false,"overagePermitted":false}`},
		{"too much is spent", &Budget{DailyUSD: 3, SpentUSD: new(4.0)}, `{"percentRemaining":0,"unlimited":false,"overagePermitted":false}`},
		{"not looked at yet", &Budget{DailyUSD: 3, Step: "whole"}, `{"percentRemaining":100,"unlimited":false,"overagePermitted":false}`},
		{"unknown", &Budget{DailyUSD: 3, Step: "used_up"}, `{"percentRemaining":0,"unlimited":false,"overagePermitted":false}`},
	} {
		q := quotasOf(tt.budget, now)
		if got, err := json.Marshal(q.Completions); err != nil || string(got) != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if q.ResetDate != "2026-11-27T00:00:00Z" {
			t.Errorf("%s: it is whole again on %s", tt.name, q.ResetDate)
		}
	}
	step, spent := "whole", 0.96
	s := asCopilot(t, says("x"), "a", claudeAnswers, func(o *Options) {
		o.Budget = func() *Budget { return &Budget{DailyUSD: 1, SpentUSD: &spent, Step: step} }
	})
	if got := s.answers(t, "checkQuota", `{}`); !strings.Contains(got, `"completions":{"percentRemaining":4,`) {
		t.Errorf("%s", got)
	}
	if m := s.Next("copilot/quotaChange"); !strings.Contains(string(m.Params), `"premiumInteractions":{"percentRemaining":0,`) || !strings.Contains(string(m.Params), `"premium_interactions":{"percentRemaining":0,`) {
		t.Errorf("%s lacks a name of what copilot.el or others read", m.Params)
	}
	spent = 0.962 // less than a percent is not worth a word
	s.server.StatusChanged()
	spent = 0.97
	s.server.StatusChanged()
	if m := s.Next("copilot/quotaChange"); !strings.Contains(string(m.Params), `"completions":{"percentRemaining":3,`) {
		t.Errorf("another percent is spent: %s", m.Params)
	}
	step = "invoked_only"
	s.server.StatusChanged()
	s.Next("copilot/quotaChange")
	if m := s.Next("copilot/quotaWarning"); !strings.Contains(string(m.Params), "95 %") {
		t.Errorf("%s", m.Params)
	}
	s.Shutdown()
}

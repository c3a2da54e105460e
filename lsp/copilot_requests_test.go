package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// sees is an engine that hands on what it is asked.
func sees(seen chan<- completion.Request) engine {
	return func(_ context.Context, r completion.Request) (completion.Answer, error) {
		seen <- r
		return completion.Answer{Outcome: completion.Empty}, nil
	}
}

func TestFormattingOptions(t *testing.T) {
	for _, tt := range []struct {
		options string
		want    syntax.Indent
	}{
		{`{"tabSize":2,"insertSpaces":true}`, syntax.Indent{Width: 2}},
		{`{"tabSize":8,"insertSpaces":false}`, syntax.Indent{Tabs: true, Width: 8}},
		{`{"tabSize":"3","insertSpaces":"true"}`, syntax.Indent{Width: 3}},
		{`{"tabSize":"auto","insertSpaces":"false"}`, syntax.Indent{Tabs: true, Width: 4}},
		{`{"tabSize":"auto","insertSpaces":"auto"}`, syntax.Indent{}},
		{`{"tabSize":-1,"insertSpaces":true}`, syntax.Indent{Width: 4}},
		{`{"tabSize":1e300,"insertSpaces":true}`, syntax.Indent{Width: 4}},
		{`{"tabSize":2}`, syntax.Indent{}},
		{`[]`, syntax.Indent{}},
		{`null`, syntax.Indent{}},
		{``, syntax.Indent{}},
	} {
		if got := indentOf(json.RawMessage(tt.options)); got != tt.want {
			t.Errorf("%s is %+v, want %+v", tt.options, got, tt.want)
		}
	}
}

// TestWhatGoesAlong: formatting options and the items of context providers reach
// the engine, whatever else is odd about them.
func TestWhatGoesAlong(t *testing.T) {
	seen := make(chan completion.Request, 1)
	s := asCopilot(t, sees(seen), "a", func(o *Options) { o.Workspace.(*space).secret = "/w/.env" })
	items := `"contextItems":{"providers":[{"id":"p","contextItems":[
		{"uri":"file:///w/lib/b.go","value":"func B()"},
		{"name":"framework","value":"gin 1.9","importance":80},
		{"uri":"file:///w/.env","value":"PASSWORD=1"},
		{"uri":"file:///w/c.go","value":7},
		5,
		{"uri":"file:///w/d.go","value":"` + strings.Repeat("x", maxItemBytes+1) + `"}]}],"updating":["q"]}`
	for method, params := range map[string]string{
		"textDocument/inlineCompletion": `{"textDocument":{"uri":"` + uriA + `"},"position":{"line":0,"character":1},"context":{"triggerKind":2},"formattingOptions":{"tabSize":2,"insertSpaces":true},` + items + `}`,
		"getCompletions":                `{"doc":{"uri":"` + uriA + `","position":{"line":0,"character":1},"tabSize":2,"insertSpaces":true},` + items + `}`,
	} {
		s.answers(t, method, params)
		r := <-seen
		if r.Settings.Indent != (syntax.Indent{Width: 2}) {
			t.Errorf("%s: the indentation is %+v", method, r.Settings.Indent)
		}
		got := fmt.Sprint(r.Given)
		if want := "[{" + traitsPath + " framework: gin 1.9\n} {lib/b.go func B()}]"; got != want {
			t.Errorf("%s: given %q, want %q", method, got, want)
		}
	}
	for _, odd := range []string{`7`, `[]`, `{"providers":{}}`, `{"providers":[{"contextItems":"x"}]}`} {
		s.answers(t, "textDocument/inlineCompletion", `{"textDocument":{"uri":"`+uriA+`"},"position":{"line":0,"character":1},"context":{"triggerKind":2},"formattingOptions":[],"contextItems":`+odd+`}`)
		if r := <-seen; len(r.Given) > 0 {
			t.Errorf("%s gave %v", odd, r.Given)
		}
	}
	s.Shutdown()
}

// TestFocusOrdersContext: the document that was looked at last is the nearest.
func TestFocusOrdersContext(t *testing.T) {
	seen := make(chan completion.Request, 1)
	s := open(t, sees(seen), "a")
	for _, name := range []string{"b", "c", "d"} {
		s.Open("file:///w/"+name+".go", "go", name)
	}
	others := func() string {
		s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items()
		var names []string
		for _, o := range (<-seen).Others {
			names = append(names, strings.TrimSuffix(o.Path, ".go"))
		}
		return strings.Join(names, " ")
	}
	if got := others(); got != "d c b" {
		t.Errorf("the others are %s at first", got)
	}
	focus := func(params any) { s.Notify("textDocument/didFocus", params) }
	focus(map[string]any{"textDocument": map[string]any{"uri": "file:///w/b.go"}})
	focus(map[string]any{"textDocument": map[string]any{"uri": uriA}})
	focus(map[string]any{"textDocument": map[string]any{"uri": "file:///w/never-opened.go"}})
	focus(map[string]any{})
	focus(nil)
	if got := others(); got != "b d c" {
		t.Errorf("the others are %s after b was looked at", got)
	}
	s.Shutdown()
}

func TestCopilotSettings(t *testing.T) {
	for _, tt := range []struct {
		name, settings string
		on, off        string // languages
		model          string
	}{
		{"by language", `{"github":{"copilot":{"enable":{"go":false,"*":true}}}}`, "python", "go", ""},
		{"all but one", `{"github.copilot":{"enable":{"*":false,"go":true}}}`, "go", "python", ""},
		{"with dots", `{"github.copilot.enable":{"go":false}}`, "python", "go", ""},
		{"copilot.lua's", `{"github":{"copilot":{"selectedCompletionModel":""}},"enableAutoCompletions":false,"disabledLanguages":[{"languageId":"go"},{"languageId":"."},"yaml"]}`, "python", "go", ""},
		{"odd ones", `{"github":{"copilot":{"enable":{"go":"no"}}},"disabledLanguages":[7,{}]}`, "go", "", ""},
		{"a model", `{"github":{"copilot":{"selectedCompletionModel":"claude-opus-5"}}}`, "go", "", "claude-opus-5"},
		{"a model of others", `{"github":{"copilot":{"selectedCompletionModel":"gpt-41-copilot"}}}`, "go", "", ""},
		{"nothing", `[]`, "go", "", ""},
		{"others alone", `{"telemetry":{"telemetryLevel":"all"},"http":{"proxyStrictSSL":true},"github-enterprise":{"uri":"https://ghe.example"}}`, "go", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seen := make(chan completion.Request, 1)
			settings := config.New(config.Options{})
			s := asCopilot(t, sees(seen), "a", claudeAnswers, func(o *Options) { o.Settings = settings })
			s.Open("file:///w/b.py", "python", "b")
			s.Notify("workspace/didChangeConfiguration", map[string]any{"settings": json.RawMessage(tt.settings)})
			uris := map[string]string{"go": uriA, "python": "file:///w/b.py"}
			for id := range strings.FieldsSeq(tt.on) {
				s.Inline(uris[id], pos(0, 1), editor.InlineOptions{}).Items()
				r := <-seen
				if got := r.Settings.Model; tt.model != "" && got != tt.model || tt.model == "" && got != config.New(config.Options{}).For("").Model {
					t.Errorf("%s is asked of %q, want %q", id, got, tt.model)
				}
				if off := uris[tt.off]; off != "" && len(r.Others) > 0 {
					t.Errorf("%s is switched off and shown beside %s", tt.off, id)
				}
			}
			for id := range strings.FieldsSeq(tt.off) {
				s.Inline(uris[id], pos(0, 1), editor.InlineOptions{}).Items()
				if len(seen) > 0 {
					t.Errorf("%s is asked although it is switched off", id)
				}
			}
			if w := settings.Warnings(); len(w) > 0 {
				t.Errorf("warned of %v", w)
			}
			s.Shutdown()
		})
	}
}

// TestCopilotSettingsArePulled: a client that answers workspace/configuration is
// asked for the sections that are used, and for no more.
func TestCopilotSettingsArePulled(t *testing.T) {
	s := begin(t, says("x"), editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}, InitializationOptions: copilotInfo, Configuration: map[string]any{
		"github.copilot": map[string]any{"enable": map[string]any{"go": false}},
		"http":           map[string]any{"proxy": "http://proxy:3128"},
		"claude-lsp":     map[string]any{"log": map[string]any{"level": "debug"}},
	}})
	s.Initialize()
	s.Allow("didChangeStatus", "statusNotification", "didChangeStatus/v2")
	var asked struct{ Items []struct{ Section string } }
	if err := json.Unmarshal(s.Next("workspace/configuration").Params, &asked); err != nil {
		t.Fatal(err)
	}
	var sections []string
	for _, i := range asked.Items {
		sections = append(sections, i.Section)
	}
	if want := []string{"claude-lsp", "claude-lsp", "github.copilot", "http"}; !slices.Equal(sections, want) {
		t.Errorf("asked for %q, want %q", sections, want)
	}
	if m := s.Next("window/showMessage"); !strings.Contains(string(m.Params), "HTTPS_PROXY") {
		t.Errorf("%s", m.Params)
	}
	s.Open(uriA, "go", "a")
	if items := s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items(); len(items) > 0 {
		t.Error("a language was suggested for that is switched off")
	}
	s.Shutdown()
}

func TestVisualStudiosFolders(t *testing.T) {
	s := asCopilot(t, says("x"), "a")
	s.Notify("vs/didAddWorkspaceFolder", map[string]any{"uri": "file:///v", "name": "v"})
	s.Notify("vs/didRemoveWorkspaceFolder", map[string]any{"uri": "file:///w/", "name": "w"})
	s.answers(t, "getVersion", `{}`) // they were handled
	s.space.mu.Lock()
	got := fmt.Sprint(s.space.folders)
	s.space.mu.Unlock()
	if want := "[[/w] [/w /v] [/v]]"; got != want {
		t.Errorf("the folders were %s, want %s", got, want)
	}
	s.Shutdown()
}

// FuzzCopilotParams reads what a client may send along, whatever it is.
func FuzzCopilotParams(f *testing.F) {
	f.Add(`{"providers":[{"id":"p","contextItems":[{"uri":"file:///w/b.go","value":"x"},{"name":"a","value":"b"}]}]}`)
	f.Add(`{"tabSize":"2","insertSpaces":"true"}`)
	f.Add(`{"github":{"copilot":{"enable":{"*":false}}},"disabledLanguages":[{"languageId":"go"}],"http":{"proxy":"x"}}`)
	f.Add(`{"github.copilot":{"enable":null},"github":[]}`)
	f.Fuzz(func(t *testing.T, sent string) {
		s := New(Options{Settings: config.New(config.Options{}), Workspace: &space{}})
		s.copilot.client.Store(true)
		raw := json.RawMessage(sent)
		if i := indentOf(raw); i.Width < 0 || i.Width > 16 {
			t.Errorf("an indentation of %d", i.Width)
		}
		bytes := 0
		given := s.given(raw)
		for _, g := range given {
			bytes += len(g.Text)
		}
		if len(given) > maxItems || bytes > maxItems*maxItemBytes {
			t.Errorf("%d items of %d bytes", len(given), bytes)
		}
		s.copilotConfigured(raw)
		if n := len(s.copilot.settings.languages); n > maxLanguages {
			t.Errorf("%d languages", n)
		}
		if own := s.ownSettings(raw); json.Valid(raw) && !json.Valid(own) {
			t.Errorf("%s became %s", raw, own)
		}
	})
}

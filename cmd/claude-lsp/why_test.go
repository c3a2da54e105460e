package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// A decided is a line of claude-lsp why --json.
type decided struct {
	Time, Session, Language, Verdict, Missed, Source, Outcome, Reason, Trouble, Provider, Model, DroppedBy, EarlyEnd, Says string
	Request                                                                                                                uint64
	Line, Column, Candidates, WindowTokens                                                                                 int
	Invoked                                                                                                                bool
	Usage                                                                                                                  *struct{ Input, Output int }
	Steps                                                                                                                  []string
	FirstTokenMs, TotalMs                                                                                                  float64
}

// why runs claude-lsp why --json in a process of its own.
func why(t *testing.T, env []string, args ...string) []decided {
	t.Helper()
	out, errs, code := run(t, command(t, env, append([]string{"why", "--json"}, args...)...))
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var all []decided
	for line := range strings.Lines(out) {
		var d decided
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, d)
	}
	return all
}

// forgetAnswers takes the kept answers out of a store. They are all that stands
// there of what a model said.
func forgetAnswers(t *testing.T, state string) {
	t.Helper()
	st := store.Open(store.Options{Path: filepath.Join(state, "claude-lsp", "store.db")})
	if err := st.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	st.LimitAnswers(0)
	if err := st.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A person asks why nothing was shown: while the server runs, and after.
func TestWhy(t *testing.T) {
	const typed, said, key = "xylophoneKiwi", "zebraQuagga", "sk-hunted-key"
	state := t.TempDir()
	own := []string{"XDG_STATE_HOME=" + state}
	api := messages.Start(t, messages.Options{Keys: []string{key}})
	answers := []messages.Answer{
		{Chunks: []string{"```go\nif " + said + "\n", "```\n", "That was it."}, PerChunk: 20 * time.Millisecond},
		{Chunks: []string{"```go\n" + said}, Break: &messages.Break{How: messages.Refuse, After: 1}},
		{Chunks: []string{"I cannot say what " + said + " should be."}},
		{Fault: &messages.Fault{Status: 529}},
	}
	api.Answer(func(messages.Request) messages.Answer {
		a := answers[0]
		if len(answers) > 1 { // the last one is given to whoever asks again
			answers = answers[1:]
		}
		return a
	})
	e := startServer(t, append(own, "ANTHROPIC_API_KEY="+key, "ANTHROPIC_BASE_URL="+api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms",
		"CLAUDE_LSP_LANGUAGES_MARKDOWN_ENABLED=false"), editor.Options{InlineCompletion: true})
	e.Allow("window/showMessage")
	e.Initialize()
	const doc = "file:///w/" + typed + "/a.go"
	e.Open(doc, "go", "package a\n\nfunc f() {\n\tvar "+typed+" = 1\n\t\n}\n")
	ask := func(uri string, line, character int) int {
		t.Helper()
		return len(e.Inline(uri, editor.Position{Line: line, Character: character}, editor.InlineOptions{}).Items())
	}
	if n := ask(doc, 4, 1); n != 1 {
		t.Fatalf("%d items", n)
	}
	e.Type(doc, editor.Position{Line: 4, Character: 1}, "i")
	ask(doc, 4, 2) // typed what was suggested
	ask(doc, 3, 8) // inside of the word
	e.Open("file:///w/notes.md", "markdown", "# Notes\n")
	ask("file:///w/notes.md", 0, 3)
	e.Open("file:///w/.env", "dotenv", "A="+typed+"\n")
	ask("file:///w/.env", 0, 2)
	for _, name := range []string{"refused", "prose", "overloaded"} {
		uri := "file:///w/" + name + ".go"
		e.Open(uri, "go", "package a\n\nvar x = \n")
		ask(uri, 2, 8)
	}

	var all []decided
	for end := time.Now().Add(20 * time.Second); len(all) < 8; time.Sleep(50 * time.Millisecond) {
		if all = why(t, own); time.Now().After(end) {
			t.Fatalf("the running server has written %+v", all)
		}
	}
	hunt(t, state, typed, key)
	e.Shutdown()
	e.WaitEnd()
	hunt(t, state, typed, key)
	forgetAnswers(t, state)
	hunt(t, state, typed, said, key)

	all = why(t, own)
	want := []struct{ place, outcome, reason, trouble, source, dropped string }{
		{"go 5:2", "shown", "", "", "upstream", ""},
		{"go 5:3", "shown", "", "", "kept", ""},
		{"go 4:9", "not_asked", "mid_word", "", "", ""},
		{"markdown 1:4", "not_asked", "language", "", "", ""},
		{"dotenv 1:3", "not_asked", "secret_file", "", "", ""},
		{"go 3:9", "empty", "refused", "refused", "upstream", ""},
		{"go 3:9", "empty", "unfit", "", "upstream", "prose"},
		{"go 3:9", "failed", "unavailable", "unavailable", "upstream", ""},
	}
	if len(all) != len(want) {
		t.Fatalf("%d decisions, want %d: %+v", len(all), len(want), all)
	}
	for i, w := range want {
		d := all[i]
		got := w
		got.place = d.Language + " " + editorPlace(d)
		got.outcome, got.reason, got.trouble, got.source, got.dropped = d.Outcome, d.Reason, d.Trouble, d.Source, d.DroppedBy
		if got != w {
			t.Errorf("decision %d is %+v, want %+v", i+1, got, w)
		}
		if d.Says == "" || d.Session != all[0].Session || d.Request != uint64(i+1) || d.Provider != "claude" {
			t.Errorf("decision %d: %+v", i+1, d)
		}
	}
	first := all[0]
	if first.Usage == nil || first.Usage.Input == 0 || first.Usage.Output == 0 || first.WindowTokens == 0 || first.FirstTokenMs == 0 || first.TotalMs == 0 ||
		first.Verdict != "ask" || first.Missed != "nothing_known" || first.EarlyEnd != "closed" || first.Model != "claude-haiku-5-5" {
		t.Errorf("what was asked first is %+v", first)
	}

	out, _, code := run(t, command(t, own, "why"))
	for _, want := range []string{
		"Of the last 8 requests: 2 shown (1 of them reused), 3 not asked, 2 with nothing to show, 1 failed.",
		"nothing shown: a word goes on behind the cursor (mid_word)",
		"nothing shown: suggestions are switched off for this language",
		"shown, asked the model; first text ",
		"shown, from memory",
		"nothing shown: the model refused to answer (refused)",
		"the filter prose takes away what is talk and not code",
		"failed: the service is overloaded or down (unavailable)",
		"\nfilters:\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if code != 0 || t.Failed() {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	for _, tt := range []struct {
		args []string
		want int
	}{
		{[]string{"-n", "3"}, 3},
		{[]string{"--language", "markdown"}, 1},
		{[]string{"--language", "cobol"}, 0},
		{[]string{"--since", "1ns"}, 0},
		{[]string{"--since", "1h", "--all"}, 8},
	} {
		if got := why(t, own, tt.args...); len(got) != tt.want {
			t.Errorf("%v: %d decisions, want %d", tt.args, len(got), tt.want)
		}
	}
	if last := why(t, own, "-n", "1"); len(last) != 1 || last[0].Outcome != "failed" {
		t.Errorf("the last one is %+v", last)
	}
}

func editorPlace(d decided) string {
	return fmt.Sprintf("%d:%d", d.Line, d.Column)
}

// hunt looks into every byte of the store for what must not be there.
func hunt(t *testing.T, state string, words ...string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(state, "claude-lsp", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no store: %v", err)
	}
	known := false
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		known = known || bytes.Contains(data, []byte("mid_word"))
		for _, w := range words {
			if bytes.Contains(data, []byte(w)) {
				t.Errorf("%s holds %q", filepath.Base(f), w)
			}
		}
	}
	if !known {
		t.Errorf("the decisions are in none of %v", files)
	}
}

// Requests that the next key overtakes are folded into a count.
func TestWhyFoldsWhatWasOvertaken(t *testing.T) {
	own := []string{"XDG_STATE_HOME=" + t.TempDir()}
	api := messages.Start(t, messages.Options{})
	api.Answer(func(messages.Request) messages.Answer {
		return messages.Answer{Chunks: []string{"```go\nabcdef\n```"}, FirstByte: 300 * time.Millisecond}
	})
	e := startServer(t, append(own, "ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL="+api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms"), editor.Options{InlineCompletion: true})
	e.Initialize()
	const uri = "file:///w/a.go"
	e.Open(uri, "go", "package a\n\nvar x = \n")
	at := editor.Position{Line: 2, Character: 8}
	var calls []*editor.Call
	for _, key := range "abc" {
		calls = append(calls, e.Inline(uri, at, editor.InlineOptions{}))
		at = e.Type(uri, at, string(key))
	}
	calls = append(calls, e.Inline(uri, at, editor.InlineOptions{}))
	for _, c := range calls {
		_, _ = c.Wait() // the first three end with an error, as they must
	}
	e.Shutdown()
	e.WaitEnd()
	if got := why(t, own); len(got) != 1 || got[0].Outcome != "shown" {
		t.Errorf("told %+v, want what was shown alone", got)
	}
	all := why(t, own, "--all")
	if len(all) != 4 || all[0].Outcome != "stale" {
		t.Errorf("--all tells %+v", all)
	}
	paid := 0
	for _, d := range all {
		if d.Usage != nil {
			paid++
		}
	}
	if n := len(api.Requests()); paid != n {
		t.Errorf("%d decisions tell of a cost, and %d requests were paid: %+v", paid, n, all)
	}
	out, _, _ := run(t, command(t, own, "why"))
	if !strings.Contains(out, "3 more were overtaken by the next key") {
		t.Errorf("it says\n%s", out)
	}
}

// Without a store there is nothing to tell, and completions come all the same.
func TestWhyHasNothingToTell(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Say("```go\n1\n```")
	blocked := filepath.Join(t.TempDir(), "state")
	write(t, blocked, "a file where a folder should be")
	for _, tt := range []struct {
		name, state string
		env         []string
		session     bool
		want        string
		code        int
	}{
		{"no server yet", t.TempDir(), nil, false, "no server has answered a request yet", 0},
		{"cache.maxMB is 0", t.TempDir(), []string{"CLAUDE_LSP_CACHE_MAX_MB=0"}, true, "cache.maxMB is 0", 0},
		{"the store cannot be made", blocked, nil, true, "claude-lsp doctor", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := append([]string{"XDG_STATE_HOME=" + tt.state}, tt.env...)
			if tt.session {
				e := startServer(t, append(env, "ANTHROPIC_API_KEY=sk-x", "ANTHROPIC_BASE_URL="+api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms"), editor.Options{InlineCompletion: true})
				e.Initialize()
				e.Open("file:///w/a.go", "go", "var x = ")
				if n := len(e.Inline("file:///w/a.go", editor.Position{Line: 0, Character: 8}, editor.InlineOptions{}).Items()); n != 1 {
					t.Errorf("%d items", n)
				}
				e.Shutdown()
				e.WaitEnd()
			}
			out, errs, code := run(t, command(t, env, "why"))
			if out != "" || code != tt.code || !strings.Contains(errs, tt.want) {
				t.Errorf("exit code %d, stdout %q, stderr %q; want %d and %q", code, out, errs, tt.code, tt.want)
			}
		})
	}
}

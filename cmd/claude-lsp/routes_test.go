package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// upstreams are a first endpoint and a standby, each with a key of its own.
type upstreams struct {
	first, standby *messages.API
	e              *editor.Editor
	documents      int
}

func startUpstreams(t *testing.T, env ...string) *upstreams {
	t.Helper()
	u := &upstreams{
		first:   messages.Start(t, messages.Options{Keys: []string{"sk-first"}}),
		standby: messages.Start(t, messages.Options{Keys: []string{"sk-standby"}}),
	}
	u.first.Say("```go\nfirst()\n```")
	u.standby.Say("```go\nstandby()\n```")
	u.e = startServer(t, append([]string{
		"ANTHROPIC_API_KEY=sk-first", "ANTHROPIC_BASE_URL=" + u.first.URL(), "STANDBY_KEY=sk-standby",
		fmt.Sprintf(`CLAUDE_LSP_CLAUDE_STANDBY=[{"baseURL":%q,"model":"claude-haiku-4-5","credentials":{"variable":"STANDBY_KEY"}}]`, u.standby.URL()),
		"CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_COMPLETION_AHEAD=false", "CLAUDE_LSP_CONTEXT_PREWARM=false",
	}, env...), editor.Options{InlineCompletion: true})
	u.e.Allow("window/showMessage")
	u.e.Initialize()
	return u
}

// ask asks in a document of its own, and returns the first suggestion.
func (u *upstreams) ask() string {
	u.documents++
	uri := fmt.Sprintf("file:///w/f%d.go", u.documents)
	u.e.Open(uri, "go", "package a\n\nfunc f() {\n\t\n}\n")
	items := u.e.Inline(uri, editor.Position{Line: 3, Character: 1}, editor.InlineOptions{}).Items()
	if len(items) == 0 {
		return ""
	}
	return items[0].Text
}

// TestStandby: when the first endpoint is down, somebody who types gets the
// suggestion from the standby, with its key and its model, and what it cost is
// written down by its model's price.
func TestStandby(t *testing.T) {
	state := t.TempDir()
	u := startUpstreams(t, "XDG_STATE_HOME="+state)
	if got := u.ask(); got != "first()" {
		t.Errorf("got %q", got)
	}
	u.first.Answer(func(messages.Request) messages.Answer { return messages.Fail(529) })
	for range 4 {
		if got := u.ask(); got != "standby()" {
			t.Errorf("got %q", got)
		}
	}
	if n := len(u.first.Requests()); n != 4 {
		t.Errorf("the first was asked %d times: after three failures it is left alone", n)
	}
	for _, r := range u.standby.Requests() {
		if r.Body.Model != "claude-haiku-4-5" {
			t.Errorf("the standby was asked for %s", r.Body.Model)
		}
	}
	u.e.Shutdown()
	cmd := command(t, []string{"XDG_STATE_HOME=" + state}, "stats", "--json")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "claude-haiku-4-5") || !json.Valid(out) {
		t.Errorf("the standby's model is not among what was spent:\n%s", out)
	}
}

// TestStandbyIsNotForEverything: what another endpoint cannot mend does not go
// there.
func TestStandbyIsNotForEverything(t *testing.T) {
	u := startUpstreams(t)
	for _, a := range []messages.Answer{messages.Fail(400), messages.Fail(401), messages.SpendCap(), {Break: &messages.Break{How: messages.Refuse}}} {
		u.first.Queue(a)
		if got := u.ask(); got != "" {
			t.Errorf("got %q", got)
		}
	}
	if n := len(u.standby.Requests()); n != 0 {
		t.Errorf("%d requests went to the standby", n)
	}
}

// TestFallbackIsTheLast: the embedded model answers behind all standbys, after
// any trouble.
func TestFallbackIsTheLast(t *testing.T) {
	u := startUpstreams(t, "CLAUDE_LSP_FALLBACK=embedded")
	down := func(messages.Request) messages.Answer { return messages.Fail(529) }
	u.first.Answer(down)
	u.e.Open("file:///w/known.go", "go", "package a\n\nfunc known() {\n\tcounter := newCounter()\n\tcounter.add(1)\n}\n")
	if got := u.ask(); got != "standby()" {
		t.Errorf("got %q", got)
	}
	u.standby.Answer(down)
	u.e.Open("file:///w/here.go", "go", "package a\n\nfunc here() {\n\tcounter := new\n}\n")
	items := u.e.Inline("file:///w/here.go", editor.Position{Line: 3, Character: 15}, editor.InlineOptions{}).Items()
	if len(items) == 0 || !strings.HasPrefix(items[0].Text, "Counter") {
		t.Errorf("got %+v", items)
	}
}

// TestRetryAfterIsKept: after a 429 that asks for half a minute nobody is asked
// again, the next request is answered at once, and the status says why.
func TestRetryAfterIsKept(t *testing.T) {
	u := startUpstreams(t)
	u.first.Queue(messages.RateLimited(30 * time.Second))
	for range 3 {
		if got := u.ask(); got != "" {
			t.Errorf("got %q", got)
		}
	}
	if n := len(u.first.Requests()) + len(u.standby.Requests()); n != 1 {
		t.Errorf("%d requests were sent", n)
	}
	raw, err := u.e.Request("claude-lsp/status", nil).Wait()
	if err != nil || !strings.Contains(string(raw), "rate_limited") {
		t.Errorf("%v: %s", err, raw)
	}
}

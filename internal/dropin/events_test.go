package dropin

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/fake/built"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// eventRows are about what happens round a suggestion.
func eventRows() []row {
	return []row{
		{n: 7, capability: "acceptance command", check: acceptCommand, how: "the item's command is announced, is run, and is counted in the status; so is Copilot's name of it"},
		{n: 8, capability: "shown / partially accepted events", check: shownAndPartly, how: "the figures that `claude-lsp stats` prints after them"},
		{n: 9, capability: "supersede, $/cancelRequest, version mismatch", check: supersede, how: "the codes -32802, -32800, -32801, and the request upstream is aborted"},
		{n: 10, capability: "typing-as-suggested reuse, result cache, speculative next request", check: reuse, how: "0 upstream calls while the suggestion is typed, taken back and asked for again; the next one is there before it is asked for"},
		{n: 11, capability: "server debounce / delay settings", check: debounce, how: "with a pause of 10 s nothing goes upstream for typing, and a request by hand at once"},
	}
}

const half = "package a\n\nfunc add(a, b int) int {\n\treturn ‸\n}\n"

// status is what claude-lsp/status answers.
type status struct {
	State, Provider, Model string
	Shown, Accepted        int
	Trouble                *struct{ Kind, Message string }
}

func (c *client) status() status { return result[status](c, c.Request("claude-lsp/status", nil)) }

func acceptCommand(t *probe) {
	c := connect(t, setup{})
	var announced struct {
		Capabilities struct {
			ExecuteCommandProvider struct{ Commands []string }
		}
	}
	if err := json.Unmarshal(c.init, &announced); err != nil {
		t.Fatal(err)
	}
	run := func(command string, arguments ...any) int {
		return code(c.Request("workspace/executeCommand", map[string]any{"command": command, "arguments": arguments}))
	}
	c.says("a + b")
	accepted := 0
	for i, name := range []string{"", "github.copilot.didAcceptCompletionItem"} {
		p := c.draw(strings.Repeat("x", i+1)+".go", half)
		got := c.items(c.ask(p, nil))
		if len(got) != 1 {
			t.Fatalf("%d items", len(got))
		}
		if own := got[0].Command.Command; name == "" {
			name = own
			if !slices.Contains(announced.Capabilities.ExecuteCommandProvider.Commands, own) {
				t.Errorf("%s is not announced: Neovim does not send it then", own)
			}
		}
		c.Change(p.uri, editor.Edit{Range: &got[0].Range, Text: got[0].InsertText})
		if n := run(name, got[0].id()); n != 0 {
			t.Errorf("%s fails with %d", name, n)
		}
		accepted++
		if now := c.status(); now.Accepted != accepted {
			t.Errorf("after %s %d are accepted, want %d", name, now.Accepted, accepted)
		}
	}
	// What is not known is no reason for a popup, and a missing id is an error.
	if n := run("claude-lsp.accept", "00000000-0000-4000-8000-000000000000"); n != 0 {
		t.Errorf("an unknown id fails with %d", n)
	}
	if n := run("github.copilot.didAcceptCompletionItem"); n == 0 {
		t.Errorf("a command without its id is taken")
	}
	if now := c.status(); now.Accepted != accepted {
		t.Errorf("%d are accepted by now, want %d", now.Accepted, accepted)
	}
	c.Shutdown()
}

// figures are what `claude-lsp stats --json` prints of today.
type figures struct {
	Today struct {
		All struct {
			Shown, Accepted, PartlyByWords, PartlyByLines, Rejected int
		}
	}
}

// stats runs `claude-lsp stats` beside the state folder of a server.
func stats(t *probe, state string) figures {
	t.Helper()
	out, err := built.Command(t, []string{"XDG_STATE_HOME=" + state}, "stats", "--json").Output()
	var f figures
	if err == nil {
		err = json.Unmarshal(out, &f)
	}
	if err != nil {
		t.Fatalf("stats: %v: %s", err, out)
	}
	return f
}

func shownAndPartly(t *probe) {
	state := t.TempDir()
	c := connect(t, setup{env: []string{"XDG_STATE_HOME=" + state}})
	c.says("first(a) + second(b) + third(a, b)")
	item := func(i item) map[string]any {
		return map[string]any{"insertText": i.InsertText, "range": i.Range, "command": i.Command}
	}
	// One is shown and taken by words, as copilot.el tells it: the length is that of all that was taken.
	p := c.draw("words.go", half)
	got := c.items(c.ask(p, nil))
	if len(got) != 1 {
		t.Fatalf("%d items", len(got))
	}
	c.Notify("textDocument/didShowCompletion", map[string]any{"item": item(got[0])})
	at, taken := p.at, 0
	for _, word := range []string{"first(a) ", "+ second(b)"} {
		c.Change(p.uri, editor.Insert(at, word))
		at.Character += len(word)
		taken += len(word)
		c.Notify("textDocument/didPartiallyAcceptCompletion", map[string]any{"item": item(got[0]), "acceptedLength": taken})
	}
	// One is shown and taken by its command, and one is shown alone.
	p = c.draw("whole.go", half)
	got = c.items(c.ask(p, nil))
	c.Notify("textDocument/didShowCompletion", map[string]any{"item": item(got[0])})
	c.Change(p.uri, editor.Edit{Range: &got[0].Range, Text: got[0].InsertText})
	result[any](c, c.Request("workspace/executeCommand", map[string]any{"command": got[0].Command.Command, "arguments": got[0].Command.Arguments}))
	p = c.draw("left.go", half)
	c.Notify("textDocument/didShowCompletion", map[string]any{"item": item(c.items(c.ask(p, nil))[0])})
	c.Shutdown()
	c.run.Exit()
	if got := stats(t, state).Today.All; got.Shown != 3 || got.PartlyByWords+got.PartlyByLines != 1 || got.Accepted != 1 {
		t.Errorf("stats say %+v; want 3 shown, 1 partly and 1 whole", got)
	}
}

func supersede(t *probe) {
	hold := messages.Answer{Break: &messages.Break{How: messages.Stall, After: messages.Headers}}
	aborted := func(c *client, n int) {
		t.Helper()
		c.upstream("the request to be aborted", func(all []messages.Request) bool { return len(all) > n && !all[n].Cancelled.IsZero() })
	}
	asked := func(c *client, n int) {
		t.Helper()
		// One that has its status has its place in the queue of answers, too.
		c.upstream("the request", func(all []messages.Request) bool { return len(all) >= n && all[n-1].Status != 0 })
	}
	for _, tt := range []struct {
		name string
		end  func(c *client, p place, pending *editor.Call)
		code int
	}{
		{"a newer request", func(c *client, p place, _ *editor.Call) {
			p.at = editor.Position{} // elsewhere, where the older stream is of no use
			c.ask(p, invoked).Forget()
		}, editor.ServerCancelled},
		{"$/cancelRequest", func(c *client, _ place, pending *editor.Call) { c.Cancel(pending) }, editor.RequestCancelled},
		{"didChange", func(c *client, p place, _ *editor.Call) {
			c.Change(p.uri, editor.Edit{Text: "another text"})
		}, editor.ContentModified},
	} {
		c := connect(t, setup{})
		c.api.Queue(hold)
		p := c.draw("a.go", half)
		pending := c.ask(p, nil)
		asked(c, 1)
		tt.end(c, p, pending)
		if got := code(pending); got != tt.code {
			t.Errorf("after %s the request ends with %d, want %d", tt.name, got, tt.code)
		}
		aborted(c, 0)
		c.Shutdown()
	}
	c := connect(t, setup{})
	c.says("a + b")
	p := c.draw("a.go", half)
	for _, version := range []int{c.Version(p.uri) + 1, c.Version(p.uri) + 1000, -1} {
		call := c.ask(p, map[string]any{"textDocument": map[string]any{"uri": p.uri, "version": version}})
		if got := code(call); got != editor.ContentModified {
			t.Errorf("a request for version %d of %d ends with %d, want %d", version, c.Version(p.uri), got, editor.ContentModified)
		}
	}
	if n := len(c.paid()); n != 0 {
		t.Errorf("%d requests went upstream for a text that is not there", n)
	}
	for _, version := range []any{nil, c.Version(p.uri)} { // null is no version
		call := c.ask(p, map[string]any{"textDocument": map[string]any{"uri": p.uri, "version": version}})
		if len(c.items(call)) != 1 {
			t.Errorf("version %v brings nothing", version)
		}
	}
	c.Shutdown()
}

func reuse(t *probe) {
	c := connect(t, setup{})
	const whole = "first(a) + second(b)"
	c.says(whole)
	p := c.draw("a.go", half)
	if got := c.items(c.ask(p, nil)); len(got) != 1 || got[0].InsertText != whole {
		t.Fatalf("got %+v", got)
	}
	rest := func(what string, typed int) {
		t.Helper()
		if got := c.items(c.ask(p, nil)); len(got) != 1 || got[0].InsertText != whole[typed:] {
			t.Errorf("%s: got %+v, want %q", what, got, whole[typed:])
		}
	}
	for i := range len(whole) - 1 {
		p.at = c.Type(p.uri, p.at, whole[i:i+1])
		rest("typing", i+1)
	}
	for i := len(whole) - 1; i > 10; i-- { // taken back, letter by letter
		before := editor.Position{Line: p.at.Line, Character: p.at.Character - 1}
		c.Change(p.uri, editor.Edit{Range: &editor.Range{Start: before, End: p.at}})
		p.at = before
		rest("taking back", i-1)
	}
	rest("asking again", 10)
	if n := len(c.paid()); n != 1 {
		t.Errorf("%d upstream calls, want the first alone", n)
	}
	c.Shutdown()

	// What comes next is asked for before it is wanted, and is there then.
	c = connect(t, setup{env: []string{"CLAUDE_LSP_COMPLETION_AHEAD=true"}})
	c.api.Answer(func(q messages.Request) messages.Answer {
		if strings.Contains(q.Body.Prompt(), "sum := a + b") {
			return messages.Answer{Text: "```go\nreturn sum\n```"}
		}
		return messages.Answer{Text: "```go\nsum := a + b\n```"}
	})
	p = c.draw("ahead.go", "package a\n\nfunc add(a, b int) int {\n\t‸\n}\n")
	if got := c.items(c.ask(p, nil)); len(got) != 1 || got[0].InsertText != "sum := a + b" {
		t.Fatalf("got %+v", got)
	}
	for _, r := range "sum := a + b" {
		p.at = c.Type(p.uri, p.at, string(r))
		c.items(c.ask(p, nil))
	}
	c.upstream("the speculative request", func(all []messages.Request) bool { return len(all) == 2 && !all[1].Ended.IsZero() })
	p.at = c.Type(p.uri, p.at, "\n\t")
	if next := c.items(c.ask(p, nil)); len(next) != 1 || next[0].InsertText != "return sum" || len(c.paid()) != 2 {
		t.Errorf("the next suggestion is %+v after %d upstream calls, want %q after 2", next, len(c.paid()), "return sum")
	}
	c.Shutdown()
}

func debounce(t *probe) {
	c := connect(t, setup{env: []string{"CLAUDE_LSP_COMPLETION_DEBOUNCE=10s"}})
	c.says("a + b")
	p := c.draw("a.go", half)
	first := c.ask(p, nil)
	second := c.ask(p, nil)
	if got := code(first); got != editor.ServerCancelled {
		t.Errorf("the first of two requests ends with %d, want %d", got, editor.ServerCancelled)
	}
	if got := c.items(c.ask(p, invoked)); len(got) != 1 || len(c.paid()) != 1 {
		t.Errorf("by hand %d items came after %d upstream calls, want 1 after 1", len(got), len(c.paid()))
	}
	if got := code(second); got != editor.ServerCancelled && got != 0 {
		t.Errorf("the second of two requests ends with %d", got)
	}
	c.Shutdown()

	// The editor may set it too, and none is none.
	c = connect(t, setup{env: []string{"CLAUDE_LSP_COMPLETION_DEBOUNCE="}, options: map[string]any{"completion": map[string]any{"debounce": "10s"}}})
	c.says("a + b")
	p = c.draw("a.go", half)
	waiting := c.ask(p, nil)
	if c.status(); waiting.Answered() || len(c.paid()) != 0 {
		t.Errorf("the pause of the editor's settings is not kept")
	}
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"claude-lsp": map[string]any{"completion": map[string]any{"debounce": "0ms"}}}})
	c.Change(p.uri, editor.Insert(editor.Position{}, "// \n"))
	p.at.Line++
	if got := c.items(c.ask(p, nil)); len(got) != 1 {
		t.Errorf("without a pause %d items came", len(got))
	}
	if got := code(waiting); got != editor.ContentModified {
		t.Errorf("the request that waited ends with %d", got)
	}
	c.Shutdown()
}

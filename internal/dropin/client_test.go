package dropin

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/fake/built"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A client is what a plugin for copilot-language-server is to it, with the
// Messages API behind the server.
type client struct {
	*editor.Editor
	t    *probe
	api  *messages.API
	run  *built.Process
	dir  string // the workspace folder
	init json.RawMessage
}

// A setup is how the server is started. The zero value has a key, an empty
// folder, no pause before asking and nothing that is asked ahead, so that
// requests can be counted.
type setup struct {
	files   map[string]string // of the workspace folder, by name
	env     []string          // wins over what the tests set
	options map[string]any    // initializationOptions beside editorInfo and editorPluginInfo
	pull    map[string]any    // answers to workspace/configuration by section; nil: the client has none
	menu    bool              // the client knows no inline completion
	args    []string          // of the server beside --stdio
	noKey   bool
}

// connect starts the server and opens a session as Copilot's plugins do.
func connect(t *probe, s setup) *client {
	t.Helper()
	c := start(t, s)
	c.init = c.Initialize()
	return c
}

// start is connect without initialize.
func start(t *probe, s setup) *client {
	t.Helper()
	c := &client{t: t, dir: t.TempDir(), api: messages.Start(t, messages.Options{})}
	for name, text := range s.files {
		c.write(name, text)
	}
	env := []string{
		"ANTHROPIC_BASE_URL=" + c.api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms",
		"CLAUDE_LSP_CONTEXT_PREWARM=false", "CLAUDE_LSP_COMPLETION_AHEAD=false",
	}
	if !s.noKey {
		env = append(env, "ANTHROPIC_API_KEY=sk-row")
	}
	c.Editor, c.run = built.Start(t, append(env, s.env...), editor.Options{
		Name: "a client of Copilot", InlineCompletion: !s.menu, Folders: []string{c.uri("")},
		InitializationOptions: copilotOptions(s.options), Configuration: s.pull,
	}, s.args...)
	c.Allow("didChangeStatus", "didChangeStatus/v2", "statusNotification", "copilot/quotaChange", "copilot/quotaWarning")
	return c
}

// copilotOptions are the initializationOptions that every client of Copilot's
// server sends, with more.
func copilotOptions(more map[string]any) map[string]any {
	all := map[string]any{
		"editorInfo":       map[string]any{"name": "Neovim", "version": "0.12.4"},
		"editorPluginInfo": map[string]any{"name": "nvim-lspconfig", "version": "2.0"},
	}
	maps.Copy(all, more)
	return all
}

// write puts a file into the workspace folder.
func (c *client) write(name, text string) {
	c.t.Helper()
	writeFile(c.t, c.dir, name, text)
}

func writeFile(t *probe, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (c *client) uri(name string) string { return fileURI(filepath.Join(c.dir, name)) }

func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // a drive of Windows
		path = "/" + path
	}
	return "file://" + path
}

// A place is a cursor in a document.
type place struct {
	uri string
	at  editor.Position
}

// draw opens a document in which ‸ is the cursor.
func (c *client) draw(name, drawn string) place {
	c.t.Helper()
	before, after, ok := strings.Cut(drawn, "‸")
	if !ok {
		c.t.Fatalf("no cursor in %q", drawn)
	}
	c.Open(c.uri(name), syntax.IDForPath(name), before+after)
	return place{c.uri(name), endOf(before)}
}

// endOf is the place behind a text of ASCII.
func endOf(text string) editor.Position {
	return editor.Position{Line: strings.Count(text, "\n"), Character: len(text) - strings.LastIndex(text, "\n") - 1}
}

// says lets the model answer with code, each part in a fence of its own.
func (c *client) says(code ...string) {
	c.api.Say("```\n" + strings.Join(code, "\n```\n\n```\n") + "\n```")
}

// An item of inline completion, or of the panel.
type item struct {
	InsertText string         `json:"insertText"`
	Range      editor.Range   `json:"range"`
	Command    editor.Command `json:"command"`
}

// id is what the notifications about an item name it by.
func (i item) id() string {
	var id string
	if len(i.Command.Arguments) > 0 {
		_ = json.Unmarshal(i.Command.Arguments[0], &id) // "" fails where it is used
	}
	return id
}

// params are those of a request at a place; more wins over what is usual.
func (c *client) params(p place, more map[string]any) map[string]any {
	all := map[string]any{
		"textDocument":      map[string]any{"uri": p.uri, "version": c.Version(p.uri)},
		"position":          p.at,
		"context":           map[string]any{"triggerKind": 2},
		"formattingOptions": map[string]any{"tabSize": 4, "insertSpaces": false},
	}
	maps.Copy(all, more)
	return all
}

// invoked is the context of a request by hand.
var invoked = map[string]any{"context": map[string]any{"triggerKind": 1}}

// ask asks for inline completion and does not wait.
func (c *client) ask(p place, more map[string]any) *editor.Call {
	c.t.Helper()
	return c.Request("textDocument/inlineCompletion", c.params(p, more))
}

// items waits for the items of a request that must be answered with some list.
func (c *client) items(call *editor.Call) []item {
	c.t.Helper()
	list := result[struct {
		Items []item `json:"items"`
	}](c, call)
	if list.Items == nil {
		c.t.Errorf("%s is answered with no list", call)
	}
	for _, i := range list.Items {
		if i.id() == "" {
			c.t.Errorf("an item without a command that names it: %+v", i)
		}
	}
	return list.Items
}

// completed is the document with the first suggestion at the cursor in it, and
// as it is where there is none.
func (c *client) completed(p place, more map[string]any) string {
	c.t.Helper()
	text := c.Text(p.uri)
	if items := c.items(c.ask(p, more)); len(items) > 0 {
		return put(text, items[0].Range, items[0].InsertText)
	}
	return text
}

// put replaces a range of a text of ASCII.
func put(text string, r editor.Range, by string) string {
	return text[:offset(text, r.Start)] + by + text[offset(text, r.End):]
}

// offset is the place of a position in a text of ASCII; one behind the text is its
// end.
func offset(text string, p editor.Position) int {
	at := 0
	for range p.Line {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		at += i + 1
	}
	return min(at+p.Character, len(text))
}

// result waits for an answer that is no error.
func result[T any](c *client, call *editor.Call) (v T) {
	c.t.Helper()
	raw, err := call.Wait()
	if err != nil {
		c.t.Fatalf("%s failed: %v", call, err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		c.t.Fatalf("%s is answered with %s: %v", call, raw, err)
	}
	return v
}

// code waits for an answer that is an error, and returns its code; 0 is none.
func code(call *editor.Call) int {
	if _, err := call.Wait(); err != nil {
		return err.Code
	}
	return 0
}

// paid are the questions that went upstream.
func (c *client) paid() []messages.Request {
	var all []messages.Request
	for _, q := range c.api.Requests() {
		if q.Path == "/v1/messages" && q.Body.MaxTokens > 0 {
			all = append(all, q)
		}
	}
	return all
}

// prompt is what the last question showed to the model.
func (c *client) prompt() string {
	c.t.Helper()
	all := c.paid()
	if len(all) == 0 {
		c.t.Fatalf("nothing was asked upstream")
	}
	return all[len(all)-1].Body.Prompt()
}

// upstream waits until the API has seen what ok wants.
func (c *client) upstream(what string, ok func([]messages.Request) bool) {
	c.t.Helper()
	if err := c.api.Wait(within(c.t), ok); err != nil {
		c.t.Fatalf("upstream: waiting for %s: %v", what, err)
	}
}

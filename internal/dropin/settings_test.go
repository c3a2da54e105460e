package dropin

import (
	"fmt"
	"slices"
	"strings"
)

// settingRows are about what the person chose.
func settingRows() []row {
	return []row{
		{n: 25, capability: "completion model choice and listing", check: models, how: "the list has the model that is asked, and what is chosen is what goes upstream"},
		{n: 26, capability: "per-language enable", check: languages, how: "0 upstream calls for a language that is off, by our setting, by Copilot's map and by copilot.lua's list"},
		{n: 27, capability: "file exclusion (Inactive, 1002)", check: excluded, how: "files of an ignore file and secret ones: 0 upstream calls, not in other prompts, and checkFileStatus says so"},
	}
}

// asks asks for a completion, and sees which model is asked for it.
func (c *client) asks(what, model string) {
	c.t.Helper()
	c.says("a + b")
	before := len(c.paid())
	got := c.items(c.ask(c.draw(fmt.Sprintf("model%d.go", before), half), nil))
	if all := c.paid(); len(got) != 1 || len(all) != before+1 {
		c.t.Errorf("%s: %d items after %d calls", what, len(got), len(all)-before)
	} else if all[before].Body.Model != model {
		c.t.Errorf("%s: %s was asked, want %s", what, all[before].Body.Model, model)
	}
}

// modelBecomes waits until the status tells a model, and sees that it is asked.
// The answer to a pull comes by itself.
func (c *client) modelBecomes(what, model string) {
	c.t.Helper()
	for ctx := within(c.t); c.status().Model != model; {
		if ctx.Err() != nil {
			c.t.Fatalf("%s: the model is %s, want %s", what, c.status().Model, model)
		}
	}
	c.asks(what, model)
}

// configuration is row 19: pushed and pulled settings.
func configuration(t *probe) {
	const section = "claude-lsp"
	c := connect(t, setup{pull: map[string]any{section: map[string]any{"model": "claude-haiku-4-5"}}})
	c.modelBecomes("pulled", "claude-haiku-4-5")
	c.Configure("", section, map[string]any{"model": "claude-sonnet-5"})
	c.modelBecomes("pulled again after a push without values", "claude-sonnet-5")
	c.Configure(c.uri(""), section, map[string]any{"model": "claude-haiku-5-5"})
	c.modelBecomes("pulled for one folder", "claude-haiku-5-5")
	c.Shutdown()

	c = connect(t, setup{})
	push := func(settings any) { c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": settings}) }
	push(map[string]any{section: map[string]any{"model": "claude-haiku-4-5"}})
	c.modelBecomes("pushed", "claude-haiku-4-5")
	push(map[string]any{section + ".model": "claude-haiku-5-5"})
	c.modelBecomes("pushed with dots", "claude-haiku-5-5")

	// What clients of Copilot push says nothing to us, or something that we know too,
	// and is never a reason for a popup or an end.
	copilot := map[string]any{
		"http":              map[string]any{"proxy": nil, "proxyStrictSSL": true, "noProxy": []string{"localhost"}},
		"telemetry":         map[string]any{"telemetryLevel": "off"},
		"github-enterprise": map[string]any{"uri": "https://ghe.example.com"},
		"github.copilot":    map[string]any{"editor": map[string]any{"enableAutoCompletions": true}},
		"github":            map[string]any{"copilot": map[string]any{"enable": map[string]any{"*": true}}},
	}
	for _, settings := range []any{
		copilot,
		[]any{},
		map[string]any{},
		nil, "text", 7,
		map[string]any{"showEditorCompletions": true, "enableAutoCompletions": true, "delayCompletions": false, "filterCompletions": true},
		map[string]any{"github.copilot": "not an object", "http": 7, "telemetry": []any{}},
		map[string]any{"github.copilot": map[string]any{"enable": []any{"go"}, "selectedCompletionModel": 5}},
	} {
		push(settings)
		c.asks(fmt.Sprintf("%v", settings), "claude-haiku-5-5")
	}
	c.Shutdown()
}

func models(t *probe) {
	c := connect(t, setup{})
	list := result[[]struct {
		ID, ModelName, ModelFamily, Vendor string
		Scopes                             []string
	}](c, c.Request("copilot/models", map[string]any{}))
	now := c.status().Model
	ids := map[string]bool{}
	for _, m := range list {
		ids[m.ID] = true
		if m.ID == "" || m.ModelName == "" || !slices.Contains(m.Scopes, "completion") {
			t.Errorf("a model is %+v", m)
		}
	}
	if len(list) < 2 || !ids[now] {
		t.Errorf("%d models, of which %s must be one: %+v", len(list), now, list)
	}
	c.asks("as it comes", now)
	for id := range ids {
		if !strings.Contains(id, "haiku") && !strings.Contains(id, "sonnet") {
			continue
		}
		result[any](c, c.Request("workspace/executeCommand", map[string]any{"command": "claude-lsp.chooseModel", "arguments": []string{id}}))
		c.asks("chosen by command", id)
	}
	result[any](c, c.Request("workspace/executeCommand", map[string]any{"command": "claude-lsp.chooseModel", "arguments": []string{""}}))
	// copilot.lua and LSP-copilot say it by a setting.
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{
		"github": map[string]any{"copilot": map[string]any{"selectedCompletionModel": "claude-haiku-4-5"}},
	}})
	c.asks("selectedCompletionModel", "claude-haiku-4-5")
	c.Shutdown()
}

func languages(t *probe) {
	const python = "def f(a, b):\n    return ‸\n"
	for name, tt := range map[string]struct {
		options map[string]any
		push    any
	}{
		"our own setting":         {options: map[string]any{"languages": map[string]any{"python": map[string]any{"enabled": false}}}},
		"our own setting, pushed": {push: map[string]any{"claude-lsp": map[string]any{"languages.python.enabled": false}}},
		"Copilot's map":           {push: map[string]any{"github": map[string]any{"copilot": map[string]any{"enable": map[string]any{"*": true, "python": false}}}}},
		"Copilot's map, for one":  {push: map[string]any{"github.copilot": map[string]any{"enable": map[string]any{"*": false, "go": true}}}},
		"copilot.lua's list":      {push: map[string]any{"disabledLanguages": []any{map[string]any{"languageId": "python"}}}},
	} {
		c := connect(t, setup{options: tt.options})
		c.says("a + b")
		if tt.push != nil {
			c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": tt.push})
		}
		if got := c.items(c.ask(c.draw("a.py", python), nil)); len(got) != 0 || len(c.paid()) != 0 {
			t.Errorf("%s: %d items and %d upstream calls in Python, which is off", name, len(got), len(c.paid()))
		}
		if got := c.items(c.ask(c.draw("a.go", half), nil)); len(got) != 1 {
			t.Errorf("%s: %d items in Go, which is on", name, len(got))
		}
		c.Shutdown()
	}
}

func excluded(t *probe) {
	c := connect(t, setup{files: map[string]string{
		".claude-lsp-ignore":  "private/\n*.gen.go\n",
		"private/secret.go":   "package private\n\nfunc hiddenOkapi(kilos int) {}\n",
		"open.go":             "package zoo\n\nfunc visibleTapir(kilos int) {}\n",
		".env":                "TOKEN=abc\n",
		"private/more/far.go": "package more\n\nfunc hiddenZebra(kilos int) {}\n",
	}})
	c.says("a + b")
	for name, drawn := range map[string]string{
		"private/open.go": strings.ReplaceAll(half, "add", "hiddenQuagga"), "made.gen.go": half, ".env": "A=‸\n", "tls/server.key": "‸\n",
	} {
		p := c.draw(name, drawn)
		for _, more := range []map[string]any{nil, invoked} {
			if got := c.items(c.ask(p, more)); len(got) != 0 {
				t.Errorf("%s: %d items", name, len(got))
			}
		}
		if raw, err := c.Request("getCompletions", map[string]any{"doc": c.legacyDoc(p)}).Wait(); err != nil && err.Code != 1002 || err == nil && !strings.Contains(string(raw), `"completions":[]`) {
			t.Errorf("%s: getCompletions answers %s, %v; want an empty list or 1002", name, raw, err)
		}
		got := result[struct{ Status, Reason string }](c, c.Request("checkFileStatus", map[string]any{"uri": p.uri}))
		if got.Status == "included" || got.Status == "" {
			t.Errorf("%s: checkFileStatus says %+v", name, got)
		}
	}
	if n := len(c.paid()); n != 0 {
		t.Errorf("%d upstream calls for excluded files", n)
	}
	if got := result[struct{ Status string }](c, c.Request("checkFileStatus", map[string]any{"uri": c.uri("open.go")})); got.Status != "included" {
		t.Errorf("checkFileStatus says %+v of an ordinary file", got)
	}
	c.promptsUntil("the neighbour that is not excluded", func(i int) place {
		return c.draw(fmt.Sprintf("main%d.go", i), "package zoo\n\nfunc main() {\n\tx := ‸\n}\n")
	}, lacks("visibleTapir(kilos int)"))
	for _, q := range c.paid() {
		for _, name := range []string{"hiddenOkapi", "hiddenZebra", "hiddenQuagga"} {
			if strings.Contains(q.Body.Prompt(), name) {
				t.Fatalf("%s of an excluded file is in the prompt of another", name)
			}
		}
	}
	c.Notify("textDocument/didFocus", map[string]any{"textDocument": map[string]any{"uri": c.uri("private/open.go")}})
	c.CloseDocument(c.uri("private/open.go"))
	c.Shutdown()
}

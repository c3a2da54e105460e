package dropin

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// contextRows are about what the model gets to see beside the document.
func contextRows() []row {
	return []row{
		{n: 14, capability: "neighbour files, recent edits, related files", check: neighbours, how: "a look into the prompt for a file of the folder, an imported file, an open one, and an edit"},
		{n: 15, capability: "third-party context providers", check: providers, how: "traits and snippets of a request are in its prompt, without the secrets in them, and in no other"},
		{n: 16, capability: "didFocus ordering of context", check: focus, how: "of eight open files, of which four have room in the prompt, those that were looked at last are there"},
		{n: 17, capability: "notebooks", check: notebook, how: "cells are documents, and the other cells are in the prompt, also after edits"},
		{n: 18, capability: "workspace folders, dynamic", check: folders, how: "a file of a folder is in the prompt once that was added, and not any more when it was removed"},
	}
}

// promptsUntil asks in documents that are new each time, because what a document
// was shown of the workspace is kept for a while, until the prompt is as wanted:
// files are read in the background, and only while nothing is asked.
func (c *client) promptsUntil(what string, open func(i int) place, wrong func(prompt string) string) {
	c.t.Helper()
	ctx := within(c.t)
	pause := time.NewTicker(50 * time.Millisecond)
	defer pause.Stop()
	for i := 0; ; i++ {
		c.items(c.ask(open(i), invoked))
		why := wrong(c.prompt())
		if why == "" {
			return
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			c.t.Fatalf("%s: after %d requests the prompt still %s", what, i+1, why)
		}
	}
}

// lacks says which parts a prompt does not have, and "" when it has all.
func lacks(parts ...string) func(string) string {
	return func(prompt string) string {
		missing := slices.DeleteFunc(slices.Clone(parts), func(part string) bool { return strings.Contains(prompt, part) })
		if len(missing) == 0 {
			return ""
		}
		return fmt.Sprintf("lacks %q", missing)
	}
}

func neighbours(t *probe) {
	c := connect(t, setup{files: map[string]string{
		"go.mod":           "module example.com/zoo\n\ngo 1.26\n",
		"neighbour.go":     "package zoo\n\n// feedOkapi is in a file beside.\nfunc feedOkapi(kilos int) (leftover int) { return 0 }\n",
		"stable/stable.go": "package stable\n\n// OpenStable is in an imported package.\nfunc OpenStable(name string) error { return nil }\n",
		"open.go":          "package zoo\n\n// On the disk there is nothing of it yet.\n",
	}})
	c.says("1")
	open := c.draw("open.go", "package zoo\n\n// watchTapir is in an open file that was never saved.\nfunc watchTapir(hours int) {}\n‸\n")
	c.Change(open.uri, editor.Insert(open.at, "// recentlyTyped by the person\n"))
	c.promptsUntil("neighbours", func(i int) place {
		return c.draw(fmt.Sprintf("main%d.go", i), fmt.Sprintf("package zoo\n\nimport \"example.com/zoo/stable\"\n\nfunc main%d() {\n\t_ = stable.OpenStable\n\tx := ‸\n}\n", i))
	}, lacks("feedOkapi(kilos int) (leftover int)", "OpenStable(name string) error", "watchTapir(hours int)", "recentlyTyped"))
	c.Shutdown()
}

func providers(t *probe) {
	c := connect(t, setup{})
	c.says("1")
	register := func(providers ...any) (registered, unregistered []string) {
		t.Helper()
		got := result[struct{ Registered, Unregistered []string }](c, c.Request("context/registerProviders", map[string]any{"providers": providers}))
		return got.Registered, got.Unregistered
	}
	on, off := register(
		map[string]any{"id": "zoo-provider", "selector": []any{"go", map[string]any{"language": "python", "scheme": "file"}}},
		map[string]any{"id": "other-provider", "selector": []any{map[string]any{"language": "rust"}}},
	)
	if fmt.Sprint(on) != "[zoo-provider other-provider]" || len(off) != 0 {
		t.Errorf("registered are %v, and not %v", on, off)
	}
	const secret = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
	items := func(id string) map[string]any {
		return map[string]any{"id": id, "contextItems": []any{
			map[string]any{"name": "okapiTrait", "value": "okapis eat " + id, "importance": 90},
			map[string]any{"uri": c.uri("gen/snippet.go"), "value": "func snippetOf_" + strings.ReplaceAll(id, "-", "_") + "(kilos int) string\nvar token = \"" + secret + "\"\n", "importance": 50},
		}}
	}
	p := c.draw("a.go", half)
	more := map[string]any{"contextItems": map[string]any{"providers": []any{items("zoo-provider"), items("other-provider")}, "updating": []string{"late-provider"}}}
	c.items(c.ask(p, more))
	for _, part := range []string{"okapiTrait", "okapis eat zoo-provider", "snippetOf_zoo_provider"} {
		if !strings.Contains(c.prompt(), part) {
			t.Errorf("the prompt lacks %q of a provider", part)
		}
	}
	if strings.Contains(c.prompt(), secret) {
		t.Errorf("a provider's secret is in the prompt")
	}
	// The old method takes them too.
	p = c.draw("b.go", half)
	result[any](c, c.Request("getCompletions", map[string]any{"doc": c.legacyDoc(p), "contextItems": more["contextItems"]}))
	if !strings.Contains(c.prompt(), "okapis eat zoo-provider") {
		t.Errorf("getCompletions leaves the context items out")
	}
	result[any](c, c.Request("context/unregisterProviders", map[string]any{"providers": []any{map[string]any{"id": "zoo-provider"}}}))
	p = c.draw("c.go", half)
	c.items(c.ask(p, nil))
	if strings.Contains(c.prompt(), "okapis eat zoo-provider") {
		t.Errorf("the prompt has what a provider said of another request")
	}
	c.Shutdown()
}

func focus(t *probe) {
	const open = 8
	// shown are the files whose text is in the prompt after some were looked at.
	shown := func(focused ...int) (in [open]bool) {
		c := connect(t, setup{env: []string{"CLAUDE_LSP_CONTEXT_WINDOW_TOKENS=2500"}})
		c.says("1")
		var places [open]place
		for i := range places {
			var text strings.Builder
			fmt.Fprintf(&text, "package zoo\n\n// the beginning of zoo%d\n", i)
			for j := range 60 {
				fmt.Fprintf(&text, "func feed%dx%d(a, b int) int { return a*%d + b }\n", i, j, j)
			}
			places[i] = c.draw(fmt.Sprintf("zoo%d.go", i), text.String()+"‸")
		}
		p := c.draw("main.go", "package zoo\n\nfunc main() {\n\tx := ‸\n}\n")
		look := func(p place) {
			c.Notify("textDocument/didFocus", map[string]any{"textDocument": map[string]any{"uri": p.uri}})
		}
		for _, i := range focused {
			look(places[i])
		}
		look(p)
		c.items(c.ask(p, nil))
		for i := range in {
			in[i] = strings.Contains(c.prompt(), fmt.Sprintf("the beginning of zoo%d", i))
		}
		c.Notify("textDocument/didFocus", map[string]any{}) // nothing is looked at
		c.Notify("textDocument/didFocus", map[string]any{"textDocument": map[string]any{"uri": "file:///nowhere.go"}})
		c.Shutdown()
		return in
	}
	none, two := shown(), shown(0, 1)
	if none[0] || none[1] || !none[open-1] {
		t.Errorf("without a look at them the prompt has %v of the files, which were opened one after the other", none)
	}
	if !two[0] || !two[1] {
		t.Errorf("after a look at the first two the prompt has %v of the files", two)
	}
}

func notebook(t *probe) {
	c := connect(t, setup{})
	var announced struct {
		Capabilities struct {
			NotebookDocumentSync *struct{ NotebookSelector []json.RawMessage }
		}
	}
	if err := json.Unmarshal(c.init, &announced); err != nil || announced.Capabilities.NotebookDocumentSync == nil || len(announced.Capabilities.NotebookDocumentSync.NotebookSelector) == 0 {
		t.Fatalf("no notebooks are announced: %s", c.init)
	}
	c.says("1")
	book := c.uri("zoo.ipynb")
	cell := func(id string) string {
		return strings.Replace(book, "file:", "vscode-notebook-cell:", 1) + "#" + id
	}
	text := func(id, text string) map[string]any {
		return map[string]any{"uri": cell(id), "languageId": "python", "version": 1, "text": text}
	}
	c.Notify("notebookDocument/didOpen", map[string]any{
		"notebookDocument": map[string]any{"uri": book, "notebookType": "jupyter-notebook", "version": 1, "cells": []any{
			map[string]any{"kind": 2, "document": cell("A")}, map[string]any{"kind": 2, "document": cell("B")},
		}},
		"cellTextDocuments": []any{text("A", "okapiFrame = load(\"okapi.csv\")\n"), text("B", "x = \n")},
	})
	ask := func(version int, at editor.Position) string {
		t.Helper()
		if got := c.items(c.Request("textDocument/inlineCompletion", map[string]any{
			"textDocument": map[string]any{"uri": cell("B"), "version": version}, "position": at, "context": map[string]any{"triggerKind": 2},
		})); len(got) != 1 {
			t.Errorf("%d items in a cell", len(got))
		}
		return c.prompt()
	}
	if !strings.Contains(ask(1, editor.Position{Character: 4}), "okapiFrame") {
		t.Errorf("the prompt of a cell lacks the cell above")
	}
	change := func(version int, cells map[string]any) {
		c.Notify("notebookDocument/didChange", map[string]any{
			"notebookDocument": map[string]any{"uri": book, "version": version}, "change": map[string]any{"cells": cells},
		})
	}
	change(2, map[string]any{"textContent": []any{
		map[string]any{"document": map[string]any{"uri": cell("A"), "version": 2}, "changes": []any{editor.Edit{Text: "tapirFrame = load(\"tapir.csv\")\n"}}},
		map[string]any{"document": map[string]any{"uri": cell("B"), "version": 2}, "changes": []any{
			editor.Edit{Text: "second = tapirFrame\n"}, editor.Insert(editor.Position{Line: 1}, "other = \n"),
		}},
	}})
	if prompt := ask(2, editor.Position{Line: 1, Character: 8}); !strings.Contains(prompt, "tapirFrame = load") || !strings.Contains(prompt, "second = tapirFrame\nother = ") {
		t.Errorf("the prompt does not have the edits of both cells")
	}
	change(3, map[string]any{"structure": map[string]any{
		"array":   map[string]any{"start": 1, "deleteCount": 0, "cells": []any{map[string]any{"kind": 2, "document": cell("C")}}},
		"didOpen": []any{text("C", "")},
	}})
	c.Notify("notebookDocument/didChange", map[string]any{
		"notebookDocument": map[string]any{"uri": book, "version": 4},
		"change": map[string]any{"cells": map[string]any{"textContent": []any{
			map[string]any{"document": map[string]any{"uri": cell("C"), "version": 2}, "changes": []any{editor.Insert(editor.Position{}, "zebraFrame = merge()\n")}},
			map[string]any{"document": map[string]any{"uri": cell("B"), "version": 3}, "changes": []any{editor.Edit{Text: "third = "}}},
		}}},
	})
	if prompt := ask(3, editor.Position{Character: 8}); !strings.Contains(prompt, "tapirFrame = load") || !strings.Contains(prompt, "zebraFrame = merge") {
		t.Errorf("the prompt lacks a cell above, or one that was added and written in")
	}
	c.Notify("notebookDocument/didClose", map[string]any{
		"notebookDocument": map[string]any{"uri": book}, "cellTextDocuments": []any{map[string]any{"uri": cell("A")}, map[string]any{"uri": cell("B")}, map[string]any{"uri": cell("C")}},
	})
	before := len(c.paid())
	call := c.Request("textDocument/inlineCompletion", map[string]any{
		"textDocument": map[string]any{"uri": cell("B")}, "position": editor.Position{Character: 8}, "context": invoked["context"],
	})
	if raw, err := call.Wait(); err == nil && !strings.Contains(string(raw), `"items":[]`) || len(c.paid()) != before {
		t.Errorf("a cell of a closed notebook is answered with %s", raw)
	}
	c.Shutdown()
}

func folders(t *probe) {
	c := connect(t, setup{files: map[string]string{"here.go": "package zoo\n\nfunc inTheFirst(kilos int) {}\n"}})
	var announced struct {
		Capabilities struct {
			Workspace struct {
				WorkspaceFolders struct {
					Supported           bool
					ChangeNotifications any
				}
			}
		}
	}
	if err := json.Unmarshal(c.init, &announced); err != nil || !announced.Capabilities.Workspace.WorkspaceFolders.Supported || announced.Capabilities.Workspace.WorkspaceFolders.ChangeNotifications == nil {
		t.Errorf("workspace folders are not announced: %s", c.init)
	}
	c.says("1")
	for _, tt := range []struct{ add, remove string }{
		{"workspace/didChangeWorkspaceFolders", "workspace/didChangeWorkspaceFolders"},
		{"vs/didAddWorkspaceFolder", "vs/didRemoveWorkspaceFolder"}, // Visual Studio
	} {
		second := t.TempDir()
		writeFile(t, second, "there.go", "package zoo\n\nfunc inTheSecond(kilos int) {}\n")
		folder := map[string]any{"uri": fileURI(second), "name": "second"}
		change := func(method, kind string) {
			if strings.HasPrefix(method, "vs/") {
				c.Notify(method, folder)
				return
			}
			event := map[string]any{"added": []any{}, "removed": []any{}}
			event[kind] = []any{folder}
			c.Notify(method, map[string]any{"event": event})
		}
		change(tt.add, "added")
		const text = "package zoo\n\nfunc main() {\n\tx := \n}\n"
		c.promptsUntil(tt.add, func(i int) place {
			uri := fmt.Sprintf("%s/main%d.go", fileURI(second), i)
			c.Open(uri, "go", text)
			return place{uri, editor.Position{Line: 3, Character: 6}}
		}, lacks("inTheSecond(kilos int)"))
		change(tt.remove, "removed")
		name := strings.ReplaceAll(tt.remove, "/", "_")
		c.promptsUntil(tt.remove, func(i int) place {
			return c.draw(fmt.Sprintf("%s%d.go", name, i), "package zoo\n\nfunc main() {\n\tx := ‸\n}\n")
		}, func(prompt string) string {
			if strings.Contains(prompt, "inTheSecond") {
				return "has the folder that was removed"
			}
			return lacks("inTheFirst")(prompt)
		})
	}
	c.Shutdown()
}

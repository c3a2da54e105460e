package lsp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

const uriBook = "file:///w/nb.ipynb"

func cellURI(n int) string { return fmt.Sprintf("vscode-notebook-cell:/w/nb.ipynb#W%d", n) }

func cellOf(n, kind int) map[string]any { return map[string]any{"kind": kind, "document": cellURI(n)} }

func cellText(n int, language, text string) map[string]any {
	return map[string]any{"uri": cellURI(n), "languageId": language, "version": 1, "text": text}
}

func id(u string) map[string]any { return map[string]any{"uri": u} }

func versioned(u string, version int) map[string]any {
	return map[string]any{"uri": u, "version": version}
}

// book begins a session with a notebook of four cells, and returns what the
// engine is asked.
func book(t *testing.T) (*session, *completion.Request) {
	t.Helper()
	asked := new(completion.Request)
	s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		*asked = r
		return completion.Answer{Outcome: completion.Empty}, nil
	}), editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}})
	s.Initialize()
	s.Notify("notebookDocument/didOpen", map[string]any{
		"notebookDocument": map[string]any{"uri": uriBook, "notebookType": "jupyter-notebook", "version": 1, "cells": []any{cellOf(9, 1), cellOf(1, 2), cellOf(3, 2), cellOf(2, 2)}},
		"cellTextDocuments": []any{
			cellText(9, "markdown", "# Title\n\nText."), cellText(1, "python", "import os\n"), cellText(3, "python", "x = os."), cellText(2, "sql", "select 1"),
		},
	})
	return s, asked
}

// askCell asks for a completion in a cell, which the strict editor does not
// know as a document.
func (s *session) askCell(n int) {
	_, _ = s.Request("textDocument/inlineCompletion", map[string]any{"textDocument": id(cellURI(n)), "position": pos(0, 7), "context": map[string]any{"triggerKind": 2}}).Wait()
}

func othersOf(r *completion.Request) string {
	var all strings.Builder
	for _, o := range r.Others {
		fmt.Fprintf(&all, "%s %s:\n%s", o.Path, o.Doc.Language(), o.Doc.Text())
	}
	return all.String()
}

func TestNotebook(t *testing.T) {
	s, asked := book(t)
	s.askCell(3)
	want := "nb.ipynb#cells-above python:\n# %% [markdown]\n# # Title\n#\n# Text.\n\n# %%\nimport os\n\nnb.ipynb#cells-below sql:\n-- %%\nselect 1\n\n"
	if got := othersOf(asked); got != want || asked.Path != "nb.ipynb#W3" || asked.Doc.Language() != "python" || asked.Folder != "/w" {
		t.Errorf("%s %s:\n%s", asked.Path, asked.Folder, got)
	}
	above := asked.Others[0].Doc
	change := func(change map[string]any) {
		s.Notify("notebookDocument/didChange", map[string]any{"notebookDocument": versioned(uriBook, 2), "change": change})
	}
	// Typing in the cell leaves the others what they are.
	change(map[string]any{"cells": map[string]any{"textContent": []any{map[string]any{"document": versioned(cellURI(3), 2), "changes": []any{map[string]any{"text": "x = os.p"}}}}}})
	s.askCell(3)
	if asked.Doc.Text() != "x = os.p" || asked.Others[0].Doc != above {
		t.Errorf("%q, and the cells above were made anew: %v", asked.Doc.Text(), asked.Others[0].Doc != above)
	}
	// A cell is moved, one is put in, one becomes text.
	change(map[string]any{"cells": map[string]any{
		"structure": map[string]any{"array": map[string]any{"start": 0, "deleteCount": 2, "cells": []any{cellOf(1, 2), cellOf(4, 2)}}, "didOpen": []any{cellText(4, "python", "y = 1")}, "didClose": []any{id(cellURI(9))}},
		"data":      []any{cellOf(2, 1)},
	}})
	s.askCell(3)
	if got, want := othersOf(asked), "nb.ipynb#cells-above python:\n# %%\nimport os\n\n# %%\ny = 1\n\nnb.ipynb#cells-below markdown:\nselect 1\n\n"; got != want {
		t.Errorf("%s\n--- want\n%s", got, want)
	}
	if len(s.space.texts) != 0 {
		t.Errorf("the workspace was told of cells: %v", s.space.texts)
	}
	// The notebook's file is what the rules are about.
	s.space.mu.Lock()
	s.space.secret = "/w/nb.ipynb"
	s.space.mu.Unlock()
	asked.Path = ""
	s.askCell(3)
	if asked.Path != "" {
		t.Error("a cell of a secret notebook was completed")
	}
	s.Notify("notebookDocument/didSave", map[string]any{"notebookDocument": id(uriBook)})
	s.Notify("notebookDocument/didClose", map[string]any{"notebookDocument": id(uriBook), "cellTextDocuments": []any{id(cellURI(1))}})
	s.Open(uriA, "go", "x")
	s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items()
	if len(asked.Others) != 0 || len(s.server.books.of) != 0 || len(s.server.books.open) != 0 {
		t.Errorf("the notebook was closed, and there are %s", othersOf(asked))
	}
	s.Shutdown()
}

// Whatever a client says of notebooks, the session goes on and the texts are
// right.
func TestNotebookNonsense(t *testing.T) {
	s, asked := book(t)
	for _, params := range []map[string]any{
		{"notebookDocument": versioned("file:///w/other.ipynb", 2), "change": map[string]any{}},
		{"notebookDocument": versioned(uriBook, 2), "change": map[string]any{"metadata": map[string]any{"a": 1}}},
		{"notebookDocument": versioned(uriBook, 3), "change": map[string]any{"cells": map[string]any{"structure": map[string]any{"array": map[string]any{"start": 90, "deleteCount": 4294967295}}}}},
		{"notebookDocument": versioned(uriBook, 3), "change": map[string]any{"cells": map[string]any{"structure": map[string]any{"array": map[string]any{"start": 4, "deleteCount": 0, "cells": []any{cellOf(1, 2)}}, "didOpen": []any{cellText(1, "python", "import os\n")}}}}},
		{"notebookDocument": versioned(uriBook, 4), "change": map[string]any{"cells": map[string]any{"structure": map[string]any{"array": map[string]any{"start": 0, "deleteCount": 0}, "didClose": []any{id(cellURI(77))}}}}},
		{"notebookDocument": versioned(uriBook, 5), "change": map[string]any{"cells": map[string]any{"textContent": []any{map[string]any{"document": versioned(cellURI(77), 2), "changes": []any{map[string]any{"text": "no"}}}}, "data": []any{cellOf(78, 1)}}}},
	} {
		s.Notify("notebookDocument/didChange", params)
	}
	s.Notify("notebookDocument/didClose", map[string]any{"notebookDocument": id("file:///w/other.ipynb"), "cellTextDocuments": []any{}})
	s.Notify("notebookDocument/didSave", map[string]any{"notebookDocument": id("file:///w/other.ipynb")})
	s.askCell(3)
	if got, want := othersOf(asked), "nb.ipynb#cells-above markdown:\n# Title\n\nText.\n\nnb.ipynb#cells-below sql:\n-- %%\nselect 1\n\n-- %% [python]\n-- import os\n\n"; got != want {
		t.Errorf("%s\n--- want\n%s", got, want)
	}
	s.Shutdown()
}

// Random changes of a notebook leave the server with the cells and the texts
// that a naive copy has.
func TestNotebookModel(t *testing.T) {
	s, _ := book(t)
	random := rand.New(rand.NewPCG(3, 4))
	order, text, next := []int{9, 1, 3, 2}, map[int]string{9: "# Title\n\nText.", 1: "import os\n", 3: "x = os.", 2: "select 1"}, 10
	for step := range 300 {
		from := random.IntN(len(order) + 1)
		n := random.IntN(min(3, len(order)-from+1))
		var cells, opened, closed, edits []any
		var added []int
		for range random.IntN(3) {
			text[next] = fmt.Sprintf("cell %d\n", next)
			cells, opened, added = append(cells, cellOf(next, 2)), append(opened, cellText(next, "python", text[next])), append(added, next)
			next++
		}
		for _, old := range order[from : from+n] {
			if random.IntN(2) == 0 { // it is moved behind what was put in
				cells, added = append(cells, cellOf(old, 2)), append(added, old)
			} else {
				closed = append(closed, id(cellURI(old)))
				delete(text, old)
			}
		}
		order = slices.Replace(order, from, from+n, added...)
		if len(order) > 0 {
			i := order[random.IntN(len(order))]
			text[i] = fmt.Sprintf("%d ", step) + text[i]
			edits = append(edits, map[string]any{"document": versioned(cellURI(i), step+2), "changes": []any{map[string]any{"range": editor.Range{}, "text": fmt.Sprintf("%d ", step)}}})
		}
		s.Notify("notebookDocument/didChange", map[string]any{"notebookDocument": versioned(uriBook, step+2), "change": map[string]any{"cells": map[string]any{
			"structure":   map[string]any{"array": map[string]any{"start": from, "deleteCount": n, "cells": cells}, "didOpen": opened, "didClose": closed},
			"textContent": edits,
		}}})
		_, _ = s.Request(methodStatus, nil).Wait() // all before it is applied
		var got, want []string
		s.server.mu.Lock()
		for _, c := range s.server.books.open[uri.URI(uriBook)].cells {
			got = append(got, string(c.uri)+" "+s.server.docs[c.uri].doc.Text())
		}
		docs, of := len(s.server.docs), len(s.server.books.of)
		s.server.mu.Unlock()
		for _, i := range order {
			want = append(want, cellURI(i)+" "+text[i])
		}
		if !slices.Equal(got, want) || docs != len(order) || of != len(order) {
			t.Fatalf("step %d: %q, want %q; %d documents, %d known cells", step, got, want, docs, of)
		}
	}
	s.Shutdown()
}

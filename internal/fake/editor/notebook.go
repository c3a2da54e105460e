package editor

// A Cell is one cell of a notebook, as it is opened.
type Cell struct {
	URI, Language, Content string
}

// OpenNotebook opens a notebook with its cells, which then are documents like
// any other. Cells of Markdown are text, and all others code.
func (e *Editor) OpenNotebook(uri string, cells ...Cell) {
	e.t.Helper()
	if !has(e.server.Notebooks) {
		e.t.Fatalf("the server announced no notebookDocumentSync")
	}
	order, texts := []any{}, []any{}
	for _, c := range cells {
		kind := 2
		if c.Language == "markdown" {
			kind = 1
		}
		e.documents[c.URI] = &text{language: c.Language, content: c.Content}
		order = append(order, map[string]any{"kind": kind, "document": c.URI})
		texts = append(texts, map[string]any{"uri": c.URI, "languageId": c.Language, "version": 0, "text": c.Content})
	}
	e.Notify("notebookDocument/didOpen", map[string]any{
		"notebookDocument":  map[string]any{"uri": uri, "notebookType": "jupyter-notebook", "version": 0, "cells": order},
		"cellTextDocuments": texts,
	})
}

package editor

// Open opens a document. Its first version is 0, as in Neovim.
func (e *Editor) Open(uri, language, content string) {
	e.t.Helper()
	if e.documents[uri] != nil {
		e.t.Fatalf("%s is open already", uri)
	}
	e.documents[uri] = &text{language: language, content: content}
	if _, openClose := e.server.sync(); openClose {
		e.Notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
			"uri": uri, "languageId": language, "version": 0, "text": content,
		}})
	}
}

// CloseDocument closes a document.
func (e *Editor) CloseDocument(uri string) {
	e.t.Helper()
	e.document(uri)
	delete(e.documents, uri)
	if _, openClose := e.server.sync(); openClose {
		e.Notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
	}
}

// Change edits a document and sends the edits in one message: each refers to the
// text after the ones before it. A server that wants whole texts gets the whole
// text.
func (e *Editor) Change(uri string, edits ...Edit) {
	e.t.Helper()
	e.ChangeTo(uri, e.document(uri).version+1, edits...)
}

// ChangeTo is Change with the version that the document gets, which may go
// backwards as no editor's should.
func (e *Editor) ChangeTo(uri string, version int, edits ...Edit) {
	e.t.Helper()
	d := e.document(uri)
	content := d.content
	for _, edit := range edits {
		next, err := e.encoding.apply(content, edit)
		if err != nil {
			e.t.Fatalf("%s cannot be edited: %v", uri, err)
		}
		content = next
	}
	d.version, d.content = version, content
	kind, _ := e.server.sync()
	switch kind {
	case syncNone:
		return
	case syncFull:
		edits = []Edit{{Text: content}}
	}
	e.Notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": uri, "version": version},
		"contentChanges": edits,
	})
}

// Type types text character by character at a place, with one change for each,
// and returns the place behind it.
func (e *Editor) Type(uri string, at Position, typed string) Position {
	e.t.Helper()
	for _, r := range typed {
		e.Change(uri, Insert(at, string(r)))
		if r == '\n' {
			at = Position{Line: at.Line + 1}
		} else {
			at.Character += e.encoding.width(string(r))
		}
	}
	return at
}

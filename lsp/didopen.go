package lsp

import (
	"time"
	"unicode/utf8"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// didOpen takes over a document's text. A document that is open already is
// replaced: the client knows best what its text is.
func (s *Server) didOpen(c *call) (any, error) {
	var p protocol.DidOpenTextDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s.take(p.TextDocument)
	return nil, nil
}

// take opens a document with the text that the client sent.
func (s *Server) take(t protocol.TextDocumentItem) {
	if s.get(t.URI) != nil {
		s.log.Warn("a document was opened twice; the newer text counts", zap.String("uri", string(t.URI)))
	}
	s.replace(t.URI, document.New(string(t.URI), language(string(t.LanguageID), filePath(t.URI)), t.Version, t.Text))
}

// language is the client's id of a document's language; where that says nothing
// to us (eglot names a mode that it does not know "prog"), what the file's name
// says.
func language(id, path string) string {
	if syntax.ByID(id).ID() == "plaintext" {
		if own := syntax.IDForPath(path); own != "plaintext" {
			return own
		}
	}
	return id
}

// replace makes doc the newest version of u and ends what was asked for older
// ones.
func (s *Server) replace(u uri.URI, doc *document.Document) {
	s.gate.moved(u)
	s.outcome(func(o *outcomes, now time.Time) { o.open(u, doc, now) })
	s.trailOpened(u)
	d := s.put(u, doc)
	if !utf8.ValidString(doc.Text()) {
		s.log.Warn("the document is not valid UTF-8; bytes that are none are shown to the model as U+FFFD", zap.String("uri", string(u)))
	}
	s.tellChanged(d, doc)
	s.prepare(u)
}

package lsp

import (
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// notebookDidOpen takes over a notebook: the order of its cells, and the text of
// each.
func (s *Server) notebookDidOpen(c *call) (any, error) {
	var p protocol.DidOpenNotebookDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	book := p.NotebookDocument.URI
	s.mu.Lock()
	twice := s.books.open[book] != nil
	s.books.set(book, cellsOf(p.NotebookDocument.Cells))
	s.mu.Unlock()
	if twice {
		s.log.Warn("a notebook was opened twice; the newer cells count", zap.String("uri", string(book)))
	}
	for _, t := range p.CellTextDocuments {
		s.take(t)
	}
	return nil, nil
}

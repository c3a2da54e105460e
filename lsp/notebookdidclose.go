package lsp

import (
	"errors"
	"fmt"

	"go.lsp.dev/protocol"
)

// notebookDidClose forgets a notebook and all cells of it that are open, also
// those that the client forgot to name.
func (s *Server) notebookDidClose(c *call) (any, error) {
	var p protocol.DidCloseNotebookDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	book := p.NotebookDocument.URI
	s.mu.Lock()
	b := s.books.open[book]
	s.mu.Unlock()
	if b == nil {
		return nil, fmt.Errorf("the notebook %s is not open", book)
	}
	var errs []error
	for _, cell := range b.cells {
		if open := s.get(cell.uri); open != nil && open.notebook == book {
			errs = append(errs, s.close(cell.uri))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books.set(book, nil)
	delete(s.books.open, book)
	return nil, errors.Join(errs...)
}

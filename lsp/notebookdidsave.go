package lsp

import (
	"fmt"

	"go.lsp.dev/protocol"
)

// notebookDidSave says nothing that the cells' own changes would not have said:
// they are the text, and the file is another form of it.
func (s *Server) notebookDidSave(c *call) (any, error) {
	var p protocol.DidSaveNotebookDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.books.open[p.NotebookDocument.URI] == nil {
		return nil, fmt.Errorf("the notebook %s is not open", p.NotebookDocument.URI)
	}
	return nil, nil
}

package lsp

import (
	"fmt"

	"go.lsp.dev/protocol"
)

// didSave tells the workspace that what it knows of the file from the disk is
// old, and makes ready what the next requests need: a save ends a piece of work.
func (s *Server) didSave(c *call) (any, error) {
	var p protocol.DidSaveTextDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	open := s.get(p.TextDocument.URI)
	if open == nil {
		return nil, fmt.Errorf("%s is not open", p.TextDocument.URI)
	}
	s.tellChanged(open, open.doc)
	s.prepare(p.TextDocument.URI)
	return nil, nil
}

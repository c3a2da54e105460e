package lsp

import (
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// didSave tells the workspace that what it knows of the file from the disk is
// old, and makes ready what the next requests need: a save ends a piece of work.
func (s *Server) didSave(c *call) (any, error) {
	var p protocol.DidSaveTextDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	open := s.get(p.TextDocument.URI)
	if open == nil { // VS Code saves its own settings so; who watches the disk tells of files
		s.log.Debug("a document was saved that is not open", zap.String("uri", string(p.TextDocument.URI)))
		return nil, nil
	}
	s.tellChanged(open, open.doc)
	s.prepare(p.TextDocument.URI)
	return nil, nil
}

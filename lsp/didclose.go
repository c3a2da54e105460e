package lsp

import (
	"fmt"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// didClose forgets a document. Nothing that was asked for it is answered with
// items any more.
func (s *Server) didClose(c *call) (any, error) {
	var p protocol.DidCloseTextDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	return nil, s.close(p.TextDocument.URI)
}

// close forgets an open document.
func (s *Server) close(u uri.URI) error {
	open := s.get(u)
	if open == nil {
		return fmt.Errorf("%s is not open", u)
	}
	s.gate.moved(u)
	s.outcome(func(o *outcomes, now time.Time) { o.close(u, now) })
	s.trailClosed(u, open)
	s.mu.Lock()
	delete(s.docs, u)
	s.mu.Unlock()
	if open.notebook == "" {
		s.opts.Workspace.Closed(open.path)
	}
	return nil
}

package lsp

import "go.lsp.dev/uri"

// didFocus: the user looks at another document, or with none named at none of
// ours. The one that was looked at last comes first among those that are shown
// beside another.
func (s *Server) didFocus(c *call) (any, error) {
	var p struct {
		TextDocument *struct {
			URI uri.URI `json:"uri"`
		} `json:"textDocument"`
	}
	if err := c.decode(&p); err != nil || p.TextDocument == nil {
		return nil, err
	}
	u := p.TextDocument.URI
	if s.looked(u) && s.attention.focus(u) {
		s.prepare(u)
	}
	return nil, nil
}

// looked notes that an open document was looked at; it is false for any other.
func (s *Server) looked(u uri.URI) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.docs[u]
	if d == nil {
		return false
	}
	s.clock++
	next := *d
	next.seen = s.clock
	s.docs[u] = &next
	return true
}

package lsp

import (
	"encoding/json"

	"go.lsp.dev/jsonrpc2"
)

// cancelRequest ends a running request at once. An id that is not running
// names a request that was answered already: nothing is to do.
//
// The id is read by hand because the protocol's type for it holds 32 bits, and
// clients may count further.
func (s *Server) cancelRequest(c *call) (any, error) {
	var p struct {
		ID json.RawMessage `json:"id"`
	}
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	var number int64
	var text string
	switch {
	case json.Unmarshal(p.ID, &number) == nil:
		s.cancels.cancel(jsonrpc2.NewNumberID(number), errCancelled)
	case json.Unmarshal(p.ID, &text) == nil:
		s.cancels.cancel(jsonrpc2.NewStringID(text), errCancelled)
	}
	return nil, nil
}

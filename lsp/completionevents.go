package lsp

import (
	"encoding/json"
	"time"
)

// methodDidReject is a notification of the client: a person sent a suggestion
// away. Ours; see docs/protocol.md.
const methodDidReject = "claude-lsp/didRejectCompletion"

// An itemEvent is what a client reports of an item that it was given. Of the item
// only the name in its command is read.
type itemEvent struct {
	Item struct {
		Command struct {
			Arguments []json.RawMessage `json:"arguments"`
		} `json:"command"`
	} `json:"item"`
	AcceptedLength int `json:"acceptedLength"` // from the start of insertText, in UTF-16
}

// event reads one, with the name of its item.
func (c *call) event() (e itemEvent, id string, err error) {
	if err := c.decode(&e); err != nil {
		return e, "", err
	}
	id, err = argument[string](e.Item.Command.Arguments)
	return e, id, err
}

// didShowCompletion: the item is on the screen.
func (s *Server) didShowCompletion(c *call) (any, error) {
	_, id, err := c.event()
	if err == nil {
		s.outcome(func(o *outcomes, _ time.Time) { o.wasShown(id) })
	}
	return nil, err
}

// didPartiallyAcceptCompletion: a part of the item was inserted, or is about to
// be.
func (s *Server) didPartiallyAcceptCompletion(c *call) (any, error) {
	e, id, err := c.event()
	if err == nil {
		s.outcome(func(o *outcomes, _ time.Time) { o.partly(id, e.AcceptedLength) })
	}
	return nil, err
}

// didRejectCompletion: the item was sent away.
func (s *Server) didRejectCompletion(c *call) (any, error) {
	_, id, err := c.event()
	if err == nil {
		s.outcome(func(o *outcomes, now time.Time) { o.dismissed(id, now) })
	}
	return nil, err
}

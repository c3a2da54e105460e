package lsp

import (
	"context"
	"encoding/json"

	"go.lsp.dev/protocol"

	"github.com/claude-lsp/claude-lsp/completion"
)

// methodInlineProgress is a notification of the server: how the first item of an
// inline completion that is still pending grows. It goes to clients alone that
// said in initialize that they show it. See docs/protocol.md.
const methodInlineProgress = "claude-lsp/inlineCompletionProgress"

// inlineProgress is what such a notification says. The document and the place
// are the request's own.
type inlineProgress struct {
	TextDocument struct {
		URI     string `json:"uri"`
		Version int32  `json:"version"`
	} `json:"textDocument"`
	Position protocol.Position `json:"position"`
	Item     json.RawMessage   `json:"item"`
}

// growing is a listener that shows the client how an inline item grows. u is the
// document as the client names it.
func (s *Server) growing(q *question, u string, at protocol.Position) func(completion.Progress) {
	if !s.client.grows {
		return nil
	}
	shown := ""
	return func(now completion.Progress) {
		first := now.Candidates[0]
		if first.Text == shown {
			return // another candidate has grown
		}
		shown = first.Text
		item, err := protocol.Marshal(s.inlineItem(q.open.doc, first))
		if err != nil {
			return
		}
		p := inlineProgress{Position: at, Item: json.RawMessage(item)}
		p.TextDocument.URI, p.TextDocument.Version = u, q.open.doc.Version()
		s.notify(methodInlineProgress, &p)
	}
}

// listen has the listeners told how the answer to a question grows, as long as
// it may be given. What they show counts as offered: it can be accepted.
func (s *Server) listen(ctx context.Context, q *question, listeners ...func(completion.Progress)) {
	var all []func(completion.Progress)
	for _, f := range listeners {
		if f != nil {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return
	}
	q.req.Progress = func(now completion.Progress) {
		if ctx.Err() != nil || !s.answered(q, q.open.doc, q.req.At, now.Candidates) {
			return
		}
		for _, f := range all {
			f(now)
		}
	}
}

package lsp

import (
	"slices"

	"go.lsp.dev/protocol"

	"github.com/claude-lsp/claude-lsp/completion"
)

// A partial reports the items of a request one by one, as they are finished,
// under the token that the client sent with it. The answer itself is empty then,
// as the specification asks. Without a token it does nothing.
type partial[T any] struct {
	server *Server
	token  protocol.ProgressToken // nil: the client wants them all at once
	item   func(i int, c completion.Candidate) T
	sent   []string // the names of the candidates that were reported
}

// listener is what tells p how the answer grows; nil without a token.
func (p *partial[T]) listener() func(completion.Progress) {
	if p.token == nil {
		return nil
	}
	return func(now completion.Progress) { p.report(now.Candidates[:now.Whole]) }
}

// report sends those of the candidates that were not sent before.
func (p *partial[T]) report(all []completion.Candidate) {
	var items []T
	for _, c := range all {
		if !slices.Contains(p.sent, c.ID) {
			items = append(items, p.item(len(p.sent), c))
			p.sent = append(p.sent, c.ID)
		}
	}
	if len(items) > 0 {
		progress{server: p.server, token: p.token}.send(items)
	}
}

// items are what the answer holds: all of them, or none where they are reported.
func (p *partial[T]) items(all []completion.Candidate) []T {
	items := []T{}
	if p.token != nil {
		p.report(all)
		return items
	}
	for i, c := range all {
		items = append(items, p.item(i, c))
	}
	return items
}

// token is a progress token of any form that the protocol allows, or nil.
func (l lenient) token() protocol.ProgressToken {
	if n, ok := l.number(); ok {
		return protocol.Integer(n)
	}
	if s := l.text(); s != "" {
		return protocol.String(s)
	}
	return nil
}

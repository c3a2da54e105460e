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
	sent   told
}

// told are the names of the candidates of an answer that the client was told of.
type told []string

// fresh are those of the candidates that it was not told of before, and is now.
// The first of them is the n-th of all.
func (t *told) fresh(all []completion.Candidate) (n int, fresh []completion.Candidate) {
	n = len(*t)
	for _, c := range all {
		if !slices.Contains(*t, c.ID) {
			*t = append(*t, c.ID)
			fresh = append(fresh, c)
		}
	}
	return n, fresh
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
	n, fresh := p.sent.fresh(all)
	for i, c := range fresh {
		items = append(items, p.item(n+i, c))
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

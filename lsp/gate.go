package lsp

import (
	"context"
	"sync"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
)

// A gate knows the completion requests that run for each document, so that
// what became worthless can be ended: the client may neither cancel nor notice
// that an answer is stale (Neovim draws late answers at their old place).
type gate struct {
	mu      sync.Mutex
	running map[uri.URI]map[*ticket]struct{}
}

// A ticket is one running request.
type ticket struct {
	uri    uri.URI
	method string
	cancel context.CancelCauseFunc
}

// enter notes a request and ends the older ones of the same method and
// document. A client that asks for inline items and for menu items at the same
// place asks for one suggestion in two forms; neither ends the other.
func (g *gate) enter(u uri.URI, method string, cancel context.CancelCauseFunc) *ticket {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := &ticket{uri: u, method: method, cancel: cancel}
	if g.running == nil {
		g.running = map[uri.URI]map[*ticket]struct{}{}
	}
	for old := range g.running[u] {
		if old.method == method {
			old.cancel(completion.ErrSuperseded)
		}
	}
	if g.running[u] == nil {
		g.running[u] = map[*ticket]struct{}{}
	}
	g.running[u][t] = struct{}{}
	return t
}

// leave notes that the request was answered.
func (g *gate) leave(t *ticket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.running[t.uri], t)
	if len(g.running[t.uri]) == 0 {
		delete(g.running, t.uri)
	}
}

// moved ends all requests of a document, whose text is another now.
func (g *gate) moved(u uri.URI) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for t := range g.running[u] {
		t.cancel(completion.ErrStale)
	}
}

package lsp

import (
	"context"
	"strings"
	"sync"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
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

	// A menu outlives the typing that narrows it: Helix asks once for a word and
	// not again for its next letters, and what was typed since only filters what
	// comes. So a request for a menu is not ended by typing on from its place.
	menu  bool
	at    document.Offset // the place, in the text of the request
	typed string          // what was typed there since; guarded by the gate
}

// enter notes a request and ends the older ones of the same method and
// document. A client that asks for inline items and for menu items at the same
// place asks for one suggestion in two forms; neither ends the other.
func (g *gate) enter(t *ticket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := t.uri
	if g.running == nil {
		g.running = map[uri.URI]map[*ticket]struct{}{}
	}
	for old := range g.running[u] {
		if old.method == t.method {
			old.cancel(completion.ErrSuperseded)
		}
	}
	if g.running[u] == nil {
		g.running[u] = map[*ticket]struct{}{}
	}
	g.running[u][t] = struct{}{}
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

// edited ends the requests of a document that its edits have made worthless.
// Each edit is in the text after the ones before it.
func (g *gate) edited(u uri.URI, edits []document.Change) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for t := range g.running[u] {
		for _, e := range edits {
			if !t.menu || e.From != e.To || e.From != t.at+document.Offset(len(t.typed)) || strings.ContainsAny(e.Text, "\r\n") {
				t.cancel(completion.ErrStale)
				break
			}
			t.typed += e.Text
		}
	}
}

// typedOn is what was typed at the place of a request since it came.
func (g *gate) typedOn(t *ticket) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return t.typed
}

// moved ends all requests of a document, whose text is another now.
func (g *gate) moved(u uri.URI) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for t := range g.running[u] {
		t.cancel(completion.ErrStale)
	}
}

package main

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/lsp"
)

// turns lets the worker in the background sleep while a request is active:
// keystrokes come first.
type turns struct {
	mu      sync.Mutex
	active  int           // requests
	waiting int           // of these, those that wait for the worker
	changed chan struct{} // closed when the worker may be free to go on; nil when nobody waits
}

// patience bounds how long the worker waits for one request. An upstream that
// hangs must not keep the workspace from being read.
const patience = time.Second

// take notes an active request; the function that it returns ends it.
func (t *turns) take() (end func()) { return t.count(&t.active) }

// yield notes that an active request waits for the worker.
func (t *turns) yield() (end func()) { return t.count(&t.waiting) }

func (t *turns) count(n *int) (end func()) {
	t.add(n, 1)
	return sync.OnceFunc(func() { t.add(n, -1) })
}

func (t *turns) add(n *int, by int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*n += by
	if t.active <= t.waiting && t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// wait returns when no request is active that does not wait itself, when it has
// had enough patience, or when ctx ends.
func (t *turns) wait(ctx context.Context) {
	t.mu.Lock()
	if t.active <= t.waiting {
		t.mu.Unlock()
		runtime.Gosched() // with few processors, what came meanwhile waits for this one
		return
	}
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	changed := t.changed
	t.mu.Unlock()
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case <-changed:
	case <-enough.C:
	case <-ctx.Done():
	}
}

// counted is an engine whose requests take turns with the worker.
type counted struct {
	lsp.Engine
	turns *turns
}

// Complete implements lsp.Engine.
func (c counted) Complete(ctx context.Context, r completion.Request) (completion.Answer, error) {
	defer c.turns.take()()
	return c.Engine.Complete(ctx, r)
}

package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/store"
)

// A lazyStore is the one store of the house. It is opened when the first
// request was made, the first person asked or the files of a workspace were
// listed, and never before: a server that only starts stays small. Opening returns at once; the file follows in the
// background.
type lazyStore struct {
	log *zap.Logger

	mu      sync.Mutex
	store   *store.Store // nil until it is needed
	trouble error        // why there is none
	closed  bool
}

// open returns the store, or nil where there is none.
func (l *lazyStore) open() *store.Store {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store != nil || l.trouble != nil || l.closed {
		return l.store
	}
	path, err := store.Path(os.Getenv)
	if err != nil {
		l.trouble = err
		l.log.Warn("nothing is kept between runs", zap.Error(err))
		return nil
	}
	l.store = store.Open(store.Options{Path: path, Log: l.log})
	return l.store
}

// why says why open returned none.
func (l *lazyStore) why() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return cmp.Or(l.trouble, errors.New("the server is ending"))
}

// close writes what waits.
func (l *lazyStore) close() {
	l.mu.Lock()
	l.closed = true
	st := l.store
	l.mu.Unlock()
	if st == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := st.Close(ctx); err != nil {
		l.log.Warn("not all could be written down that was to be kept", zap.Error(err))
	}
}

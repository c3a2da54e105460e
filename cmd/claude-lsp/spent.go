package main

import (
	"context"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// refresh is how old the sum of today may get: other editors spend too.
const refresh = 30 * time.Second

// spent keeps the sum of what was spent today ready in memory, because the
// status must not wait for a file.
type spent struct {
	store   *lazyStore
	observe func(model string, x store.Spent, warming bool) // told of what is settled; nil: nobody is

	mu      sync.Mutex
	usd     float64
	known   bool
	asked   time.Time
	running bool
	work    sync.WaitGroup
	closed  bool
}

func newSpent(st *lazyStore) *spent { return &spent{store: st} }

// Settle implements budget.Ledger.
func (s *spent) Settle(day, name string, x store.Spent, warming bool) {
	if s.observe != nil {
		s.observe(name, x, warming)
	}
	st := s.store.open()
	if st == nil {
		return
	}
	st.Settle(day, name, x, warming)
	s.mu.Lock()
	s.usd += x.Cost.USD()
	s.mu.Unlock()
}

// Lease implements budget.Ledger.
func (s *spent) Lease(ctx context.Context, c store.Claim) (store.Lease, error) {
	st := s.store.open()
	if st == nil {
		return store.Lease{}, s.store.why()
	}
	return st.Lease(ctx, c)
}

// today is the sum, as far as it is known by now; it never waits. Asking has
// it looked up again when it is old.
func (s *spent) today() (usd float64, known bool) {
	st := s.store.open()
	s.mu.Lock()
	defer s.mu.Unlock()
	if st != nil && !s.running && !s.closed && time.Since(s.asked) > refresh {
		s.running, s.asked = true, time.Now()
		s.work.Go(func() { s.lookUp(st) })
	}
	return s.usd, s.known
}

func (s *spent) lookUp(st *store.Store) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	sum, err := st.SpentToday(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = false
	if err == nil {
		s.usd, s.known = sum.Cost.USD(), true
	}
}

// close ends the looking up.
func (s *spent) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.work.Wait()
}

// priced is a usage in the terms of the price table.
func priced(u model.Usage) price.Tokens {
	return price.Tokens{Input: u.Input, CacheRead: u.CacheRead, CacheWrite5m: u.CacheWrite5m, CacheWrite1h: u.CacheWrite1h, Output: u.Output}
}

// promptPrice is what a prompt of so many tokens costs at a model.
func promptPrice(name string, tokens int) (usd float64, known bool) {
	p, known := price.Lookup(name)
	return p.USD(price.Tokens{Input: tokens}), known
}

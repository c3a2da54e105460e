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
	store *lazyStore

	mu      sync.Mutex
	usd     float64
	known   bool
	asked   time.Time
	running bool
	work    sync.WaitGroup
	closed  bool
}

func newSpent(st *lazyStore) *spent { return &spent{store: st} }

// add writes down what a request has cost. budgeted says that a budget depends
// on it.
func (s *spent) add(name string, u model.Usage, budgeted bool) {
	s.book(name, u, budgeted, (*store.Store).AddSpend)
}

// addWarming is add for a prompt that was cached ahead.
func (s *spent) addWarming(name string, u model.Usage, budgeted bool) {
	s.book(name, u, budgeted, (*store.Store).AddWarming)
}

func (s *spent) book(name string, u model.Usage, budgeted bool, add func(*store.Store, string, store.Spent)) {
	st := s.store.open()
	if st == nil {
		return
	}
	used := priced(u)
	p, known := price.Lookup(name)
	if !known && budgeted {
		p = price.Dearest() // a budget must hold for what nobody knows the price of, too
	}
	usd := p.USD(used)
	add(st, name, store.Spent{Requests: 1, Tokens: used, Cost: store.MicroUSDOf(usd)})
	s.mu.Lock()
	s.usd += usd
	s.mu.Unlock()
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

// ledger is the sum as the store tells it now; an error means that it cannot be
// relied on.
func (s *spent) ledger(ctx context.Context) (usd float64, err error) {
	st := s.store.open()
	if st == nil {
		return 0, s.store.why()
	}
	if err := st.Ready(ctx); err != nil {
		return 0, err
	}
	sum, err := st.SpentToday(ctx)
	return sum.Cost.USD(), err
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

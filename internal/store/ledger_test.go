package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// borrowed claims a part of the budget and checks what comes of it.
func borrowed(t *testing.T, s *Store, c Claim, left MicroUSD) Lease {
	t.Helper()
	l, err := s.Lease(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if l.Left != left {
		t.Errorf("a claim of %+v got %d, want %d; spent %d", c, l.Left, left, l.Spent)
	}
	return l
}

// costs is a request of a price.
func costs(m MicroUSD) Spent { return Spent{Requests: 1, Cost: m} }

// hand is a clock that a test sets.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hand) Now() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now }

func (h *hand) move(d time.Duration) { h.mu.Lock(); defer h.mu.Unlock(); h.now = h.now.Add(d) }

func TestABudgetIsLentOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	a, _ := opened(t, Options{Path: path})
	b, _ := opened(t, Options{Path: path})
	claim := Claim{Limit: 1000, Want: 300, Need: 10}
	borrowed(t, a, claim, 300)
	borrowed(t, a, claim, 300) // replaces the first
	borrowed(t, b, claim, 300)
	borrowed(t, b, Claim{Limit: 1000, Hold: 300, Want: 900}, 400)
	borrowed(t, a, claim, 300)                                              // of 1000, b has 700
	borrowed(t, b, Claim{Limit: 1000, Hold: 300, Want: 900, Least: 401}, 0) // of no use to b, and free for others
	borrowed(t, a, Claim{Limit: 1000, Want: 900, Least: 700}, 700)
	borrowed(t, b, Claim{Limit: 1000, Hold: 300, Want: 900}, 0)
	borrowed(t, a, claim, 300)
	borrowed(t, b, Claim{Limit: 1000, Hold: 300, Want: 900}, 400)
	a.AddSpend("m", costs(250))
	if l := borrowed(t, a, Claim{Limit: 1000, Want: 300}, 50); l.Spent != 250 {
		t.Errorf("%d spent, want what was added a moment ago", l.Spent)
	}
	closed(t, b) // gives back
	borrowed(t, a, Claim{Limit: 1000, Want: 900}, 750)
	borrowed(t, a, Claim{Limit: 200, Want: 900}, 0) // the budget was lowered
}

// A file that was taken away does not take along what was spent.
func TestAFreshLedgerLearnsWhatWasSpent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path})
	s.AddSpend("m", costs(700))
	l := borrowed(t, s, Claim{Limit: 1000, Want: 100}, 100)
	closed(t, s)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s, _ = opened(t, Options{Path: path})
	borrowed(t, s, Claim{Limit: 1000, Want: 900, Day: l.Day, Known: l.Spent}, 300)
	borrowed(t, s, Claim{Limit: 1000, Want: 900, Day: "2026-11-22", Known: 900}, 300) // yesterday's
	other, _ := opened(t, Options{Path: path})
	closed(t, s)
	borrowed(t, other, Claim{Limit: 1000, Want: 900}, 300)
}

func TestALeaseLapses(t *testing.T) {
	clock := &hand{now: noon()}
	path := filepath.Join(t.TempDir(), "store.db")
	a, _ := opened(t, Options{Path: path, Now: clock.Now})
	b, _ := opened(t, Options{Path: path, Now: clock.Now})
	all := Claim{Limit: 1000, Want: 1000}
	if l := borrowed(t, a, all, 1000); !l.Until.Equal(noon().Add(LeaseLife)) {
		t.Errorf("until %v", l.Until)
	}
	clock.move(LeaseLife - time.Second)
	borrowed(t, b, all, 0)
	clock.move(time.Second)
	borrowed(t, b, all, 1000)
	borrowed(t, a, all, 0)
	clock.move(-LeaseLife - time.Second) // what b has seems to last more than twice as long
	borrowed(t, a, all, 1000)
}

func TestTheBudgetOfADayIsThereOnce(t *testing.T) {
	clock := &hand{now: time.Date(2026, 11, 23, 23, 59, 0, 0, time.Local)}
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path, Now: clock.Now})
	all := Claim{Limit: 1000, Want: 1000, Need: 10}
	// A lease of 900 is taken, and settled with what the request has cost.
	spend := func(m MicroUSD) {
		t.Helper()
		l, err := s.Lease(t.Context(), all)
		if err != nil || l.Left < m {
			t.Fatalf("%+v, %v; want %d", l, err, m)
		}
		s.Settle(l.Day, "m", costs(m), false)
	}
	spend(900)
	borrowed(t, s, all, 100)
	clock.move(2 * time.Minute) // midnight
	if l := borrowed(t, s, all, 1000); l.Day != "2026-11-24" || l.Spent != 0 {
		t.Errorf("after midnight: %+v", l)
	}
	// A request that was paid for the day before counts there.
	s.Settle("2026-11-23", "m", costs(50), false)
	borrowed(t, s, all, 1000)
	spend(800)
	clock.move(-2 * time.Minute) // back before midnight, where 50 were left
	borrowed(t, s, all, 50)
	clock.move(-72 * time.Hour) // to a day that nothing was spent on
	borrowed(t, s, all, 50)
	spend(20)
	borrowed(t, s, all, 30)
	clock.move(24 * time.Hour) // the next midnight there
	borrowed(t, s, all, 1000)
	clock.move(48*time.Hour + 2*time.Minute) // put right
	borrowed(t, s, all, 200)
	clock.move(365 * 24 * time.Hour) // a wrong year, and back
	spend(1000)
	clock.move(-365 * 24 * time.Hour)
	borrowed(t, s, all, 0)
	clock.move(24 * time.Hour)
	borrowed(t, s, all, 1000)
}

func TestEachAlertIsGivenOnce(t *testing.T) {
	clock := &hand{now: noon()}
	path := filepath.Join(t.TempDir(), "store.db")
	a, _ := opened(t, Options{Path: path, Now: clock.Now})
	b, _ := opened(t, Options{Path: path, Now: clock.Now})
	claim := Claim{Limit: 1000, Want: 10, Need: 10}
	for _, tt := range []struct {
		spend MicroUSD
		want  int
	}{{490, 0}, {10, 50}, {10, 0}, {300, 80}, {100, 0}, {81, 100}, {9, 0}} {
		a.AddSpend("m", costs(tt.spend))
		l, err := a.Lease(t.Context(), claim)
		if err != nil || l.Alert != tt.want {
			t.Errorf("at %d: alert %d, %v; want %d", l.Spent, l.Alert, err, tt.want)
		}
		if l, err := b.Lease(t.Context(), claim); err != nil || l.Alert != 0 {
			t.Errorf("at %d another editor tells it again: %d, %v", l.Spent, l.Alert, err)
		}
	}
	clock.move(24 * time.Hour)
	b.AddSpend("m", costs(600))
	if l, err := b.Lease(t.Context(), claim); err != nil || l.Alert != 50 {
		t.Errorf("the next day: %+v, %v", l, err)
	}
}

func TestWithoutALedgerNothingIsLent(t *testing.T) {
	claim := Claim{Limit: 1000, Want: 10}
	t.Run("no folder", func(t *testing.T) {
		blocker := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(blocker, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s, _ := opened(t, Options{Path: filepath.Join(blocker, "store.db")})
		if _, err := s.Lease(t.Context(), claim); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%v", err)
		}
	})
	t.Run("newer", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store.db")
		s, _ := opened(t, Options{Path: path})
		closed(t, s)
		if _, err := s.Lease(t.Context(), claim); !errors.Is(err, ErrClosed) {
			t.Errorf("closed: %v", err)
		}
		sqliteFile(t, path, "PRAGMA user_version = 1000")
		s, _ = opened(t, Options{Path: path})
		if _, err := s.Lease(t.Context(), claim); !errors.Is(err, ErrNewer) {
			t.Errorf("%v", err)
		}
	})
	t.Run("held by another process", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store.db")
		s, _ := opened(t, Options{Path: path})
		if err := s.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", location{path: path}.dsn("rw"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		tx, err := db.BeginTx(t.Context(), nil) // immediate
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := s.Lease(ctx, claim); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		borrowed(t, s, claim, 10)
	})
	t.Run("whoever does not wait", func(t *testing.T) {
		s := Open(Options{Path: filepath.Join(t.TempDir(), "store.db")})
		defer closed(t, s)
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		cancel(why)
		if _, err := s.Lease(ctx, claim); err != nil && !errors.Is(err, why) {
			t.Errorf("%v", err)
		}
	})
}

package store

import (
	"context"
	"path/filepath"
	"testing"
)

// BenchmarkOpen is from Open to Ready, for a new file and for one that is
// there.
func BenchmarkOpen(b *testing.B) {
	open := func(b *testing.B, path string) {
		s := Open(Options{Path: path})
		if err := s.Ready(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			open(b, filepath.Join(b.TempDir(), "store.db"))
		}
	})
	b.Run("again", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "store.db")
		for b.Loop() {
			open(b, path)
		}
	})
}

// BenchmarkSpend is what one request costs the store: the call on the path of
// the request, the batch behind it, and the sum.
func BenchmarkSpend(b *testing.B) {
	s := Open(Options{Path: filepath.Join(b.TempDir(), "store.db")})
	if err := s.Ready(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close(context.Background()) })
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			s.AddSpend("m", one)
		}
	})
	b.Run("batch", func(b *testing.B) {
		for b.Loop() {
			s.spending.begin()
			s.spending.add(spentOn{"2026-11-23", "m", false}, one, 0, nil)
			s.spending.taken, s.spending.waiting = s.spending.waiting, nil
			if err := s.batch(s.db, s.tables); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sum", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.SpentToday(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDecision is what one decision costs: the call on the path of the
// request, the batch of a second's typing behind it, and what a person waits
// for a full ring.
func BenchmarkDecision(b *testing.B) {
	s := Open(Options{Path: filepath.Join(b.TempDir(), "store.db")})
	if err := s.Ready(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close(context.Background()) })
	next := whole
	b.Run("add", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			next.Request++
			s.AddDecision(next)
		}
	})
	b.Run("batch of 8", func(b *testing.B) {
		for b.Loop() {
			for range 8 {
				next.Request++
				s.decisions.add(new(next))
			}
			s.decisions.begin()
			if err := s.batch(s.db, []table{s.decisions}); err != nil {
				b.Fatal(err)
			}
		}
	})
	for range keptDecisions/waitingDecisions + 1 {
		for range waitingDecisions {
			next.Request++
			s.decisions.add(new(next))
		}
		s.decisions.begin()
		if err := s.batch(s.db, []table{s.decisions}); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("read all", func(b *testing.B) {
		for b.Loop() {
			if all, err := s.Decisions(context.Background(), 0); err != nil || len(all) != keptDecisions {
				b.Fatal(len(all), err)
			}
		}
	})
}

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
			s.spending.put(dayModel{"2026-11-23", "m"}, one)
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

package store

import (
	"iter"
	"maps"
	"sync"
)

// sums is the part in memory of a table that adds up: what waits is one sum for
// each key, so it stays small however long the file is unusable. The zero value
// is ready.
type sums[K comparable, V interface{ Plus(V) V }] struct {
	mu      sync.Mutex
	waiting map[K]V // added since the last batch
	taken   map[K]V // in the batch that is being written
}

// add adds x to what waits under a key. Where keys can be many, instead names the
// key that takes the place of a new one when limit of them wait; nil is none.
func (s *sums[K, V]) add(k K, x V, limit int, instead func(K) K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == nil {
		s.waiting = map[K]V{}
	}
	if _, known := s.waiting[k]; !known && instead != nil && len(s.waiting) >= limit {
		k = instead(k)
	}
	s.waiting[k] = s.waiting[k].Plus(x)
}

// unwritten yields what is not in the file yet; a key may come twice.
func (s *sums[K, V]) unwritten() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, rows := range []map[K]V{s.taken, s.waiting} {
			for k, x := range rows {
				if !yield(k, x) {
					return
				}
			}
		}
	}
}

func (s *sums[K, V]) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken, s.waiting = s.waiting, nil
	return len(s.taken) > 0
}

// batch is what is being written.
func (s *sums[K, V]) batch() map[K]V {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.taken)
}

func (s *sums[K, V]) end(written bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !written && s.waiting == nil {
		s.waiting = map[K]V{}
	}
	if !written {
		for k, x := range s.taken {
			s.waiting[k] = s.waiting[k].Plus(x)
		}
	}
	s.taken = nil
}

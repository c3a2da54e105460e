package doccontext

import "sync"

// recent is a cache bounded by bytes. It has two generations: when the young
// one has half of the bytes it becomes the old one, and the old one goes. What
// is used moves back to the young one. That forgets almost as well as a list
// in order of use, in a third of the code. It is safe for concurrent use.
type recent[K comparable, V any] struct {
	mu         sync.Mutex
	limit      int // bytes of both generations
	bytes      int // of the young one
	young, old map[K]sized[V]
}

type sized[V any] struct {
	value V
	bytes int
}

func newRecent[K comparable, V any](limit int) *recent[K, V] {
	return &recent[K, V]{limit: limit, young: map[K]sized[V]{}}
}

func (r *recent[K, V]) get(key K) (value V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.young[key]; ok {
		return v.value, true
	}
	if v, ok := r.old[key]; ok {
		r.add(key, v)
		return v.value, true
	}
	return value, false
}

// put keeps value under key; bytes is what it holds alive. A value above half
// of the limit is not kept.
func (r *recent[K, V]) put(key K, value V, bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(key, sized[V]{value, bytes})
}

func (r *recent[K, V]) add(key K, v sized[V]) {
	if v.bytes > r.limit/2 {
		return
	}
	if r.bytes+v.bytes > r.limit/2 {
		r.old, r.young, r.bytes = r.young, map[K]sized[V]{}, 0
	}
	if before, ok := r.young[key]; ok {
		r.bytes -= before.bytes
	}
	r.young[key] = v
	r.bytes += v.bytes
}

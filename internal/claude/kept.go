package claude

import (
	"container/list"
	"sync"
)

// A kept holds what was made before by what it was made from, up to a number
// of bytes. What was used least recently goes first once the bound is reached.
type kept[K comparable, V any] struct {
	weigh func(K, V) int // what an entry counts as, in bytes

	mu    sync.Mutex
	max   int
	size  int
	order *list.List // of keeping[K, V], the most recently used in front
	byKey map[K]*list.Element
}

type keeping[K comparable, V any] struct {
	key   K
	value V
}

func newKept[K comparable, V any](limit int, weigh func(K, V) int) *kept[K, V] {
	return &kept[K, V]{weigh: weigh, max: limit, order: list.New(), byKey: map[K]*list.Element{}}
}

// get returns the value of key, made by build where it is not kept. The lock is
// not held while building; two requests may do the same work at once.
func (k *kept[K, V]) get(key K, build func() V) V {
	k.mu.Lock()
	if el, ok := k.byKey[key]; ok {
		k.order.MoveToFront(el)
		k.mu.Unlock()
		return el.Value.(keeping[K, V]).value
	}
	k.mu.Unlock()

	value := build()
	cost := k.weigh(key, value)
	if cost > k.max {
		return value
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if el, ok := k.byKey[key]; ok {
		return el.Value.(keeping[K, V]).value
	}
	k.byKey[key] = k.order.PushFront(keeping[K, V]{key, value})
	for k.size += cost; k.size > k.max; {
		old := k.order.Remove(k.order.Back()).(keeping[K, V])
		delete(k.byKey, old.key)
		k.size -= k.weigh(old.key, old.value)
	}
	return value
}

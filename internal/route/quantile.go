package route

import (
	"slices"
	"sync"
	"time"
)

// window is how many of the last times a quantile is of: at a request every few
// seconds, some minutes of typing.
const window = 200

// A quantile is one of the last durations. The zero value knows none.
type quantile struct {
	mu   sync.Mutex
	last []time.Duration // a ring
	next int
}

func (q *quantile) add(d time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.last) < window {
		q.last = append(q.last, d)
		return
	}
	q.last[q.next] = d
	q.next = (q.next + 1) % window
}

// at is the duration that the part p of all does not exceed. It is false while
// fewer than enough are known.
func (q *quantile) at(p float64, enough int) (time.Duration, bool) {
	q.mu.Lock()
	sorted := slices.Clone(q.last)
	q.mu.Unlock()
	if len(sorted) == 0 || len(sorted) < enough {
		return 0, false
	}
	slices.Sort(sorted)
	return sorted[min(int(p*float64(len(sorted))), len(sorted)-1)], true
}

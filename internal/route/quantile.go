package route

import (
	"slices"
	"sync"
	"time"
)

// window is how many of the last times a quantile is of: at a request every few
// seconds, some minutes of typing.
const window = 200

// A quantile is that of the last durations. The zero value knows none.
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

// p95 is the duration that 95 of 100 do not exceed. It is false while fewer than
// enough are known.
func (q *quantile) p95(enough int) (time.Duration, bool) {
	q.mu.Lock()
	sorted := slices.Clone(q.last)
	q.mu.Unlock()
	if len(sorted) == 0 || len(sorted) < enough {
		return 0, false
	}
	slices.Sort(sorted)
	return sorted[min(len(sorted)*95/100, len(sorted)-1)], true
}

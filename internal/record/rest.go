package record

import (
	"runtime"
	"runtime/metrics"
	"time"
)

const (
	// calm is how often in a row nothing may be at work for it to count as rest.
	calm = 2
	// blindPause is what stands for rest where the counts are not to be had.
	blindPause = 5 * time.Millisecond
	// restless bounds the wait: something else is at work in the process then.
	restless = 10 * time.Second
)

// A rest finds out when everything in the process waits for something that only
// its caller can bring about. So what was handed to the engine has had all its
// effects, however many goroutines they went through.
//
// While there is one, goroutines run on one processor, one after the other: a
// second one that looks for work counts as one that works.
type rest struct {
	samples    []metrics.Sample // running and runnable goroutines
	blind      bool
	processors int // before
}

// newRest begins to run goroutines one after the other; end is the end of that.
func newRest() *rest {
	r := &rest{
		samples:    []metrics.Sample{{Name: "/sched/goroutines/running:goroutines"}, {Name: "/sched/goroutines/runnable:goroutines"}},
		processors: runtime.GOMAXPROCS(1),
	}
	metrics.Read(r.samples)
	for _, s := range r.samples {
		r.blind = r.blind || s.Value.Kind() != metrics.KindUint64
	}
	return r
}

func (r *rest) end() { runtime.GOMAXPROCS(r.processors) }

// wait returns when nothing but its caller is at work.
func (r *rest) wait() {
	if r.blind {
		time.Sleep(blindPause)
		return
	}
	var since time.Time
	for quiet, turn := 0, 1; quiet < calm; turn++ {
		runtime.Gosched() // all others have their turn first
		metrics.Read(r.samples)
		if r.samples[0].Value.Uint64() <= 1 && r.samples[1].Value.Uint64() == 0 {
			quiet++
			continue
		}
		quiet = 0
		if turn%1000 > 0 {
			continue
		}
		if since.IsZero() {
			since = time.Now()
		}
		if time.Since(since) > restless {
			return
		}
	}
}

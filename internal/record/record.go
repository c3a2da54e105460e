// Package record writes down a sitting so that it can be played again, decision
// by decision: for bug reports.
//
// It stands between the engine and all that the engine is handed: requests,
// the model's answers and the clock. What it writes is enough to hand the same
// to another engine in the same order (see Play), and there is nothing else in
// it. No secret that redact can tell is in the file; see keeper.
package record

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// Options are what a Recorder needs. Clock must be set.
type Options struct {
	Program  string // version of claude-lsp
	Platform string
	Clock    completion.Clock // of the engine that is recorded
	MaxBytes int64            // of the file; 0 is 64 MB
	Log      *zap.Logger      // told why a recording ended early; nil: none

	maxQueued int // bytes; 0 is the constant
}

const (
	defaultMaxBytes = 64 << 20
	// maxQueued bounds what waits for the disk, in bytes of text that events
	// may hold alive.
	maxQueued = 64 << 20
	// flushEach is how old what was written may get before the file has it.
	flushEach = time.Second
	// maxNames is how many candidates are remembered, to tell which one was
	// accepted.
	maxNames = 1024
)

// Create makes the file of a recording, which its owner alone may read. A file
// that is there already is replaced only where overwrite says so.
func Create(path string, overwrite bool) (*os.File, error) {
	if overwrite {
		// The old file may be open to others, or a link to another one.
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s is there already; name another file, or say --overwrite to lose it", path)
	}
	return f, err
}

// A Recorder writes what it is told of. Telling it never waits for the disk:
// events go through a queue to a goroutine, which masks and writes them. It is
// safe for concurrent use.
type Recorder struct {
	o      Options
	start  time.Time
	wake   chan struct{} // holds one when the queue is not empty
	done   chan struct{}
	close  sync.Once
	failed sync.Once // it was logged

	mu        sync.Mutex
	queue     []entry
	queued    int    // bytes
	stopped   string // one of End; "" while it records
	last      int64  // of the newest event
	now       int64  // of the newest in-event: what the engine's clock says
	requests  int
	pauses    int
	questions int
	reports   map[uint64]completion.Report
	names     map[string]int // of candidates
	named     [maxNames]string
	nameCount int
}

// An entry is an event on its way to the file, with what it is made of.
type entry struct {
	Event
	request *completion.Request // of Event.Request
	size    int                 // as counted by queued
}

// New begins a recording.
func New(w io.Writer, o Options) *Recorder {
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.maxQueued <= 0 {
		o.maxQueued = maxQueued
	}
	r := &Recorder{
		o: o, start: o.Clock.Now(),
		wake: make(chan struct{}, 1), done: make(chan struct{}),
		reports: map[uint64]completion.Report{}, names: map[string]int{},
	}
	go r.run(w)
	return r
}

// Close writes what is still to be written and ends the recording. It must come
// after the engine was closed. The writer given to New is not closed.
func (r *Recorder) Close() {
	r.close.Do(func() {
		r.mu.Lock()
		r.stop(EndClosed)
		r.mu.Unlock()
		<-r.done
	})
}

// stop ends the recording. What is in the queue is still written. The lock must
// be held.
func (r *Recorder) stop(why string) {
	if r.stopped == "" {
		r.stopped = why
		r.poke()
	}
}

func (r *Recorder) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// note takes an event that happens now.
func (r *Recorder) note(e entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(e)
}

// add is note with the lock held.
func (r *Recorder) add(e entry) {
	r.last = max(r.last, r.o.Clock.Now().Sub(r.start).Microseconds())
	e.At = r.last
	if e.input() {
		r.now = e.At
	}
	switch {
	case r.stopped != "":
	case r.queued+e.size > r.o.maxQueued && r.queued > 0:
		r.stop(EndSlow)
	default:
		r.queue = append(r.queue, e)
		r.queued += e.size
		r.poke()
	}
}

// run writes until the recording ends. A mistake in here ends the recording, and
// not the session.
func (r *Recorder) run(w io.Writer) {
	defer close(r.done)
	defer func() {
		if p := recover(); p != nil {
			r.o.Log.Error("the recording panicked, and ends", zap.Any("panic", p), zap.Stack("stack"))
			r.mu.Lock()
			r.stop(EndLost)
			r.mu.Unlock()
		}
	}()
	f := newFile(w, r.o)
	k := newKeeper(f.write)
	tick := time.NewTicker(flushEach)
	defer tick.Stop()
	for {
		select {
		case <-r.wake:
		case <-tick.C:
			r.fail(f.flush())
			continue
		}
		r.mu.Lock()
		batch, stopped, last := r.queue, r.stopped, r.last
		r.queue = nil
		r.mu.Unlock()
		for _, e := range batch {
			k.take(e)
			r.mu.Lock()
			r.queued -= e.size
			r.mu.Unlock()
		}
		if r.fail(f.err); stopped == "" && !f.full && !k.lost {
			continue
		}
		k.finish()
		switch {
		case k.lost:
			stopped = EndLost
		case f.full:
			stopped = EndSize
		}
		r.end(f, stopped, last)
		return
	}
}

// end writes the last line.
func (r *Recorder) end(f *file, why string, at int64) {
	r.mu.Lock()
	r.stop(why)
	r.queue, r.queued = nil, 0
	r.mu.Unlock()
	if why != EndClosed {
		r.o.Log.Warn("the recording ended before the session", zap.String("why", why))
	}
	f.last(Event{At: at, End: &End{Why: why}})
	r.fail(f.flush())
}

// fail ends a recording that cannot be written.
func (r *Recorder) fail(err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	r.stop(EndClosed)
	r.mu.Unlock()
	r.failed.Do(func() { r.o.Log.Warn("the recording cannot be written, and ends", zap.Error(err)) })
}

// name is the number of a candidate. The lock must be held.
func (r *Recorder) name(id string) int {
	if n, known := r.names[id]; known {
		return n
	}
	slot := &r.named[r.nameCount%maxNames]
	delete(r.names, *slot)
	r.nameCount++
	*slot, r.names[id] = id, r.nameCount
	return r.nameCount
}

// Parts are what an engine is made with.
type Parts struct {
	Model   model.Streamer
	Clock   completion.Clock
	Observe func(completion.Report)
}

// Around is what an engine must be made with to be recorded. Of the parts, the
// clock is that of Options.
func (r *Recorder) Around(p Parts) Parts {
	return Parts{Model: recordedModel{r, p.Model}, Clock: recordedClock{r}, Observe: func(report completion.Report) {
		r.observe(report)
		p.Observe(report)
	}}
}

// Feedback notes what became of a candidate.
func (r *Recorder) Feedback(f completion.Feedback) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(entry{Event: Event{Feedback: &Feedback{Candidate: r.names[f.ID], What: f.Kind}}})
}

// Declined notes a request that did not reach the engine.
func (r *Recorder) Declined(reason string) {
	r.note(entry{Event: Event{Declined: &Declined{Reason: reason}}})
}

// observe keeps the report of a request until it is decided.
func (r *Recorder) observe(report completion.Report) {
	if report.Serial == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reports[report.Serial] = report
}

// decisionOf puts together what the engine said of a request.
func decisionOf(n int, answer completion.Answer, report completion.Report, name func(id string) int) *Decision {
	d := &Decision{
		Request: n, Outcome: string(answer.Outcome), Reason: answer.Reason, Partial: answer.Partial,
		Trouble: string(model.TroubleOf(answer.Err)), Source: string(report.Source), OneLine: report.OneLine,
		Window: int(report.Window), Steps: report.Steps,
	}
	for _, c := range answer.Candidates {
		d.Candidates = append(d.Candidates, Candidate{N: name(c.ID), From: int(c.From), To: int(c.To), Text: Text(c.Text)})
	}
	return d
}

package route

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// HedgeOptions of a Hedge. A zero field means its default.
type HedgeOptions struct {
	Name       string      // of the endpoint that may be slow, for events
	Standby    string      // of the other one
	If         func() bool // whether a slow answer is the first endpoint's, and the standby not asked already; nil is always
	MinSamples int         // times to first text that must be known before anything is hedged; 20
	Observe    Observer
}

// A Hedge asks a standby as well when the first has not said anything after 95 %
// of its usual times to first text. Who speaks first answers, and the other is
// aborted; both are paid for. It asks so for those alone that wait: keystrokes,
// and who asked by hand.
type Hedge struct {
	first, standby model.Streamer
	o              HedgeOptions
	times          quantile
}

// NewHedge wraps first, and standby beside it.
func NewHedge(first, standby model.Streamer, o HedgeOptions) *Hedge {
	if o.MinSamples <= 0 {
		o.MinSamples = 20
	}
	if o.If == nil {
		o.If = func() bool { return true }
	}
	return &Hedge{first: first, standby: standby, o: o}
}

// errBeaten ends the answer that came second.
var errBeaten = errors.New("another endpoint was faster")

// A pair is what a stream yields.
type pair struct {
	chunk model.Chunk
	err   error
}

// A runner is one of the two that were asked.
type runner struct {
	attempt
	pairs  chan pair // what it yields, closed at its end; nil when it has nothing more to say
	cancel context.CancelCauseFunc
}

// run streams s in a goroutine of its own.
func run(ctx context.Context, work *sync.WaitGroup, s model.Streamer, p model.Prompt) *runner {
	ctx, cancel := context.WithCancelCause(ctx)
	pairs := make(chan pair)
	work.Go(func() {
		defer close(pairs)
		for chunk, err := range s.Stream(ctx, p) {
			select {
			case pairs <- pair{chunk, err}:
			case <-ctx.Done():
				return
			}
		}
	})
	return &runner{pairs: pairs, cancel: cancel}
}

// hear takes in the next of what r yields. It is true if r has spoken: then it
// has won, and the pair is still to be passed on.
func (r *runner) hear(ctx context.Context, got pair, more bool) (won bool) {
	switch {
	case !more:
		r.pairs = nil
		if r.err = ended(ctx); ctx.Err() == nil {
			r.err = model.ErrIncomplete
		}
	case got.err != nil:
		r.pairs, r.err = nil, got.err
	case got.chunk.Text != "" || got.chunk.Stop != "":
		return true
	default:
		r.take(got.chunk, nil) // holds it
	}
	return false
}

// Stream implements model.Streamer.
func (h *Hedge) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		after, known := h.times.p95(h.o.MinSamples)
		if own := h.o.If(); p.Priority > model.Keystroke || !known || !own {
			h.plain(ctx, p, own, yield)
			return
		}
		h.race(ctx, p, after, yield)
	}
}

// plain asks the first alone, and learns how long it takes where own says that
// the answer will be its own.
func (h *Hedge) plain(ctx context.Context, p model.Prompt, own bool, yield func(model.Chunk, error) bool) {
	begun := time.Now()
	for chunk, err := range h.first.Stream(ctx, p) {
		if chunk.Text != "" && own {
			h.times.add(time.Since(begun))
			own = false
		}
		if !yield(chunk, err) {
			return
		}
	}
}

// race asks the first, and after a while the standby too. Trouble of one is left
// to the other while there is one.
func (h *Hedge) race(ctx context.Context, p model.Prompt, after time.Duration, yield func(model.Chunk, error) bool) {
	var work sync.WaitGroup
	defer work.Wait() // nothing goes on when the stream is over
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	begun := time.Now()
	first, second := run(ctx, &work, h.first, p), &runner{}
	slow := time.NewTimer(after)
	defer slow.Stop()
	for first.pairs != nil || second.pairs != nil {
		var got pair
		var more bool
		r, loser, kind := first, second, HedgeLost
		select {
		case <-slow.C:
			h.o.Observe.tell(Event{Kind: HedgeAsked, Endpoint: h.o.Name, Priority: p.Priority})
			second = run(ctx, &work, h.standby, p)
			continue
		case got, more = <-first.pairs:
		case got, more = <-second.pairs:
			r, loser, kind = second, first, HedgeWon
		}
		if r.hear(ctx, got, more) {
			h.times.add(time.Since(begun)) // the first takes so long, or at least so long
			h.beat(p, loser, r, kind)
			r.finish(ctx, got, yield)
			return
		}
	}
	h.o.Observe.abandoned(p, second.usage())
	first.fail(yield)
}

// beat ends the loser, and tells what it has cost. Where it has not said so, its
// prompt is taken to have cost what the winner's did, without a cache.
func (h *Hedge) beat(p model.Prompt, loser, winner *runner, kind Kind) {
	if loser.cancel == nil {
		return // nobody else was asked
	}
	loser.cancel(errBeaten)
	h.o.Observe.tell(Event{Kind: kind, Endpoint: h.o.Standby, Priority: p.Priority, Trouble: model.TroubleOf(loser.err)})
	spent := loser.usage()
	if w := winner.usage(); spent == nil && loser.err == nil && w != nil {
		spent = &model.Usage{Input: w.Input + w.CacheRead + w.CacheWrite5m + w.CacheWrite1h}
	}
	h.o.Observe.abandoned(p, spent)
}

// finish passes on the winner's answer, from the pair that made it win.
func (r *runner) finish(ctx context.Context, got pair, yield func(model.Chunk, error) bool) {
	if !r.take(got.chunk, yield) {
		return
	}
	whole := got.chunk.Stop != ""
	for got := range r.pairs {
		whole = whole || got.chunk.Stop != "" || got.err != nil
		if !yield(got.chunk, got.err) {
			return
		}
	}
	switch {
	case whole:
	case ctx.Err() != nil:
		yield(model.Chunk{}, ended(ctx))
	default:
		yield(model.Chunk{}, model.ErrIncomplete)
	}
}

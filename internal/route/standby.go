package route

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// An Endpoint is somebody who can be asked.
type Endpoint struct {
	Name  string // for events
	Model model.Streamer
	// Takes says after which troubles of those before it this one is asked. nil is
	// Down, while the answer is of use; an answerer that costs nothing may take
	// more.
	Takes func(error) bool
}

// StandbyOptions of a Standby. A zero field means its default.
type StandbyOptions struct {
	Trip    int           // failures in a row after which an endpoint is left alone; 3
	Alone   time.Duration // for how long, until a request finds out whether it is well again; 15s
	Probe   time.Duration // how long that one request waits for a sign of life while another could answer; 2s
	Silence time.Duration // a request that was given up counts as a failure if nothing came for so long; 3s
	Observe Observer
}

// A Standby asks the first of its endpoints, and where that is down the next
// one. A breaker for each keeps requests from waiting for one that has been down
// a moment ago; a real request finds out when it is well again, and those
// behind it follow. Breakers send requests elsewhere and never nowhere: where
// all endpoints are left alone, the first is asked all the same.
type Standby struct {
	o         StandbyOptions
	endpoints []guarded
}

// guarded is an endpoint behind its breaker.
type guarded struct {
	Endpoint
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
}

// NewStandby makes a Standby of endpoints in the order in which they are asked.
// There must be one.
func NewStandby(endpoints []Endpoint, o StandbyOptions) *Standby {
	def := func(d *time.Duration, to time.Duration) {
		if *d <= 0 {
			*d = to
		}
	}
	def(&o.Alone, 15*time.Second)
	def(&o.Probe, 2*time.Second)
	def(&o.Silence, 3*time.Second)
	if o.Trip <= 0 {
		o.Trip = 3
	}
	s := &Standby{o: o}
	for _, e := range endpoints {
		s.endpoints = append(s.endpoints, guarded{e, newBreaker(e.Name, o.Trip, o.Alone, o.Observe)})
	}
	return s
}

// FirstWell reports whether the first endpoint is the one that is asked.
func (s *Standby) FirstWell() bool { return s.endpoints[0].breaker.State() == gobreaker.StateClosed }

// Stream implements model.Streamer. Its error is that of the endpoint that was
// asked last.
func (s *Standby) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		useful := usefulUntil(ctx)
		var last attempt // err is nil until one was asked or passed over
		asked, skipped := false, Closed
		for i, e := range s.endpoints {
			if i > 0 && !e.takes(last.err, useful) {
				continue
			}
			probe := e.breaker.State() == gobreaker.StateHalfOpen && i+1 < len(s.endpoints)
			done, err := e.breaker.Allow()
			if err != nil {
				if last.err == nil {
					last.err, skipped = errOpen, Open
				}
				continue
			}
			if i > 0 {
				s.o.Observe.abandoned(p, last.usage())
				s.o.Observe.tell(Event{Kind: Switched, Endpoint: e.Name, Trouble: model.TroubleOf(last.err), Priority: p.Priority, State: skipped})
			}
			asked = true
			skipped = Closed
			if last = s.ask(ctx, e, p, probe, done, yield); last.left || last.err == nil {
				return
			}
			if last.spoke || ctx.Err() != nil {
				break
			}
		}
		if !asked {
			if last = try(ctx, s.endpoints[0].Model, p, yield); last.left || last.err == nil {
				return
			}
		}
		last.fail(yield)
	}
}

// takes reports whether the endpoint is asked after err.
func (e guarded) takes(err error, useful time.Time) bool {
	if e.Takes != nil {
		return e.Takes(err)
	}
	return Down(err) && time.Now().Before(useful)
}

// errProbe ends a probe that shows no sign of life.
var errProbe = errors.New("no sign of life")

// ask streams one endpoint's answer and lets its breaker know.
func (s *Standby) ask(ctx context.Context, e guarded, p model.Prompt, probe bool, done func(error), yield func(model.Chunk, error) bool) (a attempt) {
	verdict := errUnknown // also if something panics
	defer func() { done(verdict) }()
	begun := time.Now()
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	alive := func() bool { return true }
	if probe {
		alive = time.AfterFunc(s.o.Probe, func() { cancel(errProbe) }).Stop
		defer alive()
	}
	for chunk, err := range e.Model.Stream(inner, p) {
		if err != nil {
			a.err = err
			break
		}
		alive()
		if !a.take(chunk, yield) {
			a.left = true
			break
		}
	}
	switch {
	case a.alive && (a.left || a.err == nil || ctx.Err() != nil):
		verdict = nil
	case ctx.Err() != nil && time.Since(begun) < s.o.Silence && !errors.Is(context.Cause(ctx), errBeaten):
	case ctx.Err() != nil:
		verdict = model.ErrTimeout // nobody waited for its own
	case a.err != nil && errors.Is(context.Cause(inner), errProbe):
		a.err = fmt.Errorf("%w: %w for %v", model.ErrTimeout, errProbe, s.o.Probe)
		verdict = a.err
	default:
		verdict = a.err
	}
	return a
}

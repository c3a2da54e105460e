// Package route keeps answers coming when upstream is not well: it asks again,
// asks somebody else, asks two at once, and asks less often.
//
// Each policy is a model.Streamer wrapped round another, and knows nothing of
// the others. They are stacked, from the outside in:
//
//	Useful   how long an answer is worth waiting for
//	Retry    asks again, while that is so
//	Hedge    asks the standby too, when the first is slow
//	Standby  asks the next endpoint, when one is down
//	Pace     one for each endpoint: keeps within its limits
//
// Retry stands outside Standby: a service that is down is not asked again while
// there is another that may be well. What all of them hold to: once text has
// come, nothing is asked again, because it may be on a screen already.
package route

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A Kind says what a policy did.
type Kind string

// The kinds of events.
const (
	Retried    Kind = "retried"     // a request was put again, after Event.Wait
	Switched   Kind = "switched"    // a request goes on to Endpoint, because the one before it is down
	Breaker    Kind = "breaker"     // the breaker of Endpoint went to State
	HedgeAsked Kind = "hedge_asked" // Endpoint was slow, and the standby was asked as well
	HedgeWon   Kind = "hedge_won"   // the standby was the faster one
	HedgeLost  Kind = "hedge_lost"  // the standby was asked in vain
	Shed       Kind = "shed"        // a request of Priority was not sent, to keep within the limits
	Abandoned  Kind = "abandoned"   // Usage was spent on an answer that another took the place of
)

// An Event is what a policy did, as numbers and names: for counters, and for
// the ledger where it cost something.
type Event struct {
	Kind     Kind
	Endpoint string // its name; "" where none is meant
	Trouble  model.Trouble
	Priority model.Priority
	State    State         // of Breaker; of Switched, Open where the one before it was not even asked
	Wait     time.Duration // of Retried
	Model    string        // of Abandoned: as asked for; Usage.Model wins
	Usage    model.Usage   // of Abandoned
}

// An Observer is told of events, from several goroutines at once, and must not
// block. nil is nobody.
type Observer func(Event)

func (o Observer) tell(e Event) {
	if o != nil {
		o(e)
	}
}

// abandoned tells of what was spent on an attempt that is given up.
func (o Observer) abandoned(p model.Prompt, u *model.Usage) {
	if u != nil && *u != (model.Usage{}) {
		o.tell(Event{Kind: Abandoned, Model: p.Model, Usage: *u})
	}
}

// An attempt is one try at an answer. What it has cost is held back until it
// speaks: where another attempt takes its place, the reader must not take the
// one's costs for the other's.
type attempt struct {
	held  *model.Chunk // what it has said of costs so far, until it speaks
	alive bool         // something came, be it no text
	spoke bool         // text came, or a whole answer without any: it cannot be taken back
	left  bool         // the reader wants no more
	err   error
}

// try streams one attempt into yield, but for its error.
func try(ctx context.Context, s model.Streamer, p model.Prompt, yield func(model.Chunk, error) bool) (a attempt) {
	for chunk, err := range s.Stream(ctx, p) {
		if err != nil {
			a.err = err
			return a
		}
		if !a.take(chunk, yield) {
			a.left = true
			return a
		}
	}
	return a
}

// take passes a chunk on, or holds it. It is false if the reader wants no more.
func (a *attempt) take(c model.Chunk, yield func(model.Chunk, error) bool) bool {
	a.alive = true
	if !a.spoke {
		if c.Text == "" && c.Stop == "" {
			if c.Usage != nil {
				a.held = &c
			}
			return true
		}
		a.spoke = true
		if !a.release(yield) {
			return false
		}
	}
	return yield(c, nil)
}

// release passes on what was held back.
func (a *attempt) release(yield func(model.Chunk, error) bool) bool {
	held := a.held
	a.held = nil
	return held == nil || yield(*held, nil)
}

// usage is what was held back of costs.
func (a *attempt) usage() *model.Usage {
	if a.held == nil {
		return nil
	}
	return a.held.Usage
}

// fail ends a stream with the attempt's error, because no other follows it.
func (a *attempt) fail(yield func(model.Chunk, error) bool) {
	if a.release(yield) {
		yield(model.Chunk{}, a.err)
	}
}

// ended is the error of a context that its owner ended.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() { //nolint:errorlint // a cause that wraps Canceled says more than Canceled, and is kept
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}

// sleep waits for d. It is false if ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Down reports whether err says that an endpoint is not well, so that another
// may be: any 5xx and 529, no connection, and an answer that stayed away or
// broke off before it had said anything. Refusals that are about the request,
// the key or the limits are none.
func Down(err error) bool {
	if errors.Is(err, errOpen) {
		return true
	}
	if r, ok := model.RefusalOf(err); ok {
		return r.Status >= 500
	}
	return errors.Is(err, model.ErrOffline) || errors.Is(err, model.ErrTimeout) || errors.Is(err, model.ErrIncomplete)
}

package route

import (
	"errors"
	"fmt"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A State is that of an endpoint's circuit breaker.
type State string

// The states.
const (
	Closed   State = "closed"    // it is asked
	Open     State = "open"      // it was down, and is left alone for a while
	HalfOpen State = "half-open" // the next request finds out whether it is well again
)

func stateOf(s gobreaker.State) State {
	switch s {
	case gobreaker.StateOpen:
		return Open
	case gobreaker.StateHalfOpen:
		return HalfOpen
	default:
		return Closed
	}
}

var (
	// errOpen stands for an endpoint that is left alone.
	errOpen = fmt.Errorf("%w: it did not answer the last requests, and is left alone for a moment", model.ErrUnavailable)
	// errUnknown is the end of a request that says nothing of its endpoint.
	errUnknown = errors.New("given up too early to tell")
)

// newBreaker makes the breaker of one endpoint.
func newBreaker(name string, trip int, alone time.Duration, observe Observer) *gobreaker.TwoStepCircuitBreaker[struct{}] {
	return gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name:        name,
		MaxRequests: 1, // of a probe
		Timeout:     alone,
		ReadyToTrip: func(c gobreaker.Counts) bool { return int(c.ConsecutiveFailures) >= trip },
		// A service that answers with a refusal is there.
		IsSuccessful: func(err error) bool { return err == nil || !Down(err) },
		IsExcluded:   func(err error) bool { return errors.Is(err, errUnknown) || unsent(err) },
		OnStateChange: func(name string, _, to gobreaker.State) {
			observe.tell(Event{Kind: Breaker, Endpoint: name, State: stateOf(to)})
		},
	})
}

// unsent reports whether err is of a request that never reached the service.
func unsent(err error) bool {
	if _, ok := errors.AsType[*limited](err); ok {
		return true
	}
	for _, own := range []error{model.ErrShed, model.ErrBudget, model.ErrNoKey} {
		if errors.Is(err, own) {
			return true
		}
	}
	return false
}

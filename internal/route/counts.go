package route

import (
	"maps"
	"sync"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// Counts are what policies did, since the process began. The zero value is
// ready, and safe for concurrent use. It is bounded by the names of endpoints,
// troubles and priorities.
type Counts struct {
	mu     sync.Mutex
	n      map[Count]int
	states map[string]State
}

// A Count is what events are counted by.
type Count struct {
	Kind     Kind
	Endpoint string
	Trouble  model.Trouble
	Priority model.Priority
}

// Observe is an Observer.
func (c *Counts) Observe(e Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n, c.states = map[Count]int{}, map[string]State{}
	}
	c.n[Count{e.Kind, e.Endpoint, e.Trouble, e.Priority}]++
	if e.Kind == Breaker {
		c.states[e.Endpoint] = e.State
	}
}

// All are the counts so far.
func (c *Counts) All() map[Count]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.n)
}

// States are those of the breakers that have ever changed theirs, by endpoint.
func (c *Counts) States() map[string]State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.states)
}

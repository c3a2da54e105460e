package route

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// refusal is an error as a provider gives it for a status.
type refusal struct {
	status int
	after  time.Duration
	retry  *bool
	kind   error
}

func (r *refusal) Error() string { return fmt.Sprintf("status %d", r.status) }

func (r *refusal) Refusal() model.Refusal {
	return model.Refusal{Status: r.status, RetryAfter: r.after, ShouldRetry: r.retry}
}

func (r *refusal) Is(target error) bool {
	switch {
	case r.kind != nil:
		return target == r.kind
	case r.status == 429:
		return target == model.ErrRateLimited
	case r.status >= 500:
		return target == model.ErrUnavailable
	}
	return target == model.ErrInvalidRequest
}

func status(n int) error { return &refusal{status: n} }

// says is an answer of one chunk of text.
func says(text string) script.Answer { return script.Says(text) }

// told is what a stream came to.
type told struct {
	Text  string
	Usage *model.Usage
	Err   error
	Took  time.Duration
}

func read(ctx context.Context, s model.Streamer, p model.Prompt) (t told) {
	begun := time.Now()
	for chunk, err := range s.Stream(ctx, p) {
		t.Text += chunk.Text
		if chunk.Usage != nil {
			t.Usage = chunk.Usage
		}
		t.Err = err
	}
	t.Took = time.Since(begun)
	return t
}

// events notes what policies do.
type events struct {
	mu  sync.Mutex
	all []Event
}

func (e *events) observe(ev Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, ev)
}

// String lists the kinds, in order.
func (e *events) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var names []string
	for _, ev := range e.all {
		name := string(ev.Kind)
		if ev.Kind == Breaker {
			name = string(ev.State)
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// spent sums up what was abandoned.
func (e *events) spent() (u model.Usage) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range e.all {
		u.Input += ev.Usage.Input
		u.Output += ev.Usage.Output
	}
	return u
}

// A billed is a model that says what the prompt has cost before anything else,
// as the Messages API does.
type billed struct {
	model.Streamer
	input int
}

func (b billed) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		if !yield(model.Chunk{Usage: &model.Usage{Input: b.input}}, nil) {
			return
		}
		b.Streamer.Stream(ctx, p)(yield)
	}
}

func TestDown(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{status(500), true},
		{status(503), true},
		{status(504), true},
		{status(529), true},
		{status(400), false},
		{status(401), false},
		{status(409), false},
		{status(429), false},
		{model.ErrOffline, true},
		{fmt.Errorf("x: %w", model.ErrTimeout), true},
		{model.ErrIncomplete, true},
		{model.ErrRefused, false},
		{model.ErrBudget, false},
		{model.ErrNoKey, false},
		{context.Canceled, false},
		{errOpen, true},
		{nil, false},
	} {
		if got := Down(tt.err); got != tt.want {
			t.Errorf("Down(%v) is %v", tt.err, got)
		}
	}
}

var errGone = errors.New("gone")

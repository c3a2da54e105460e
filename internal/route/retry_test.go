package route

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

func TestPasses(t *testing.T) {
	yes, no := true, false
	for _, tt := range []struct {
		name string
		err  error
		want bool
	}{
		{"408", status(408), true},
		{"409", status(409), true},
		{"429", status(429), true},
		{"500", status(500), true},
		{"504", status(504), true},
		{"529", status(529), true},
		{"400", status(400), false},
		{"401", status(401), false},
		{"402", status(402), false},
		{"403", status(403), false},
		{"404", status(404), false},
		{"413", status(413), false},
		{"a spend cap", &refusal{status: 429, kind: model.ErrBilling}, false},
		{"a spend cap, though asked to", &refusal{status: 429, kind: model.ErrBilling, retry: &yes}, false},
		{"400 and asked to", &refusal{status: 400, retry: &yes}, true},
		{"500 and asked not to", &refusal{status: 500, retry: &no}, false},
		{"no connection", model.ErrOffline, true},
		{"a bad certificate", fmt.Errorf("%w: %w", model.ErrOffline, &tls.CertificateVerificationError{Err: errGone}), false},
		{"broke off", model.ErrIncomplete, true},
		{"no key", model.ErrNoKey, false},
		{"the budget", model.ErrBudget, false},
		{"refused", model.ErrRefused, false},
		{"the client was closed", model.ErrUnavailable, false},
	} {
		if got := passes(tt.err); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestPause(t *testing.T) {
	after := &refusal{status: 429, after: 2 * time.Second}
	for _, tt := range []struct {
		n      int
		err    error
		random float64
		want   time.Duration
	}{
		{0, status(529), 0, 125 * time.Millisecond},
		{0, status(529), 1, 250 * time.Millisecond},
		{1, status(529), 0, 250 * time.Millisecond},
		{2, status(529), 1, time.Second},
		{0, model.ErrOffline, 0.5, 187500 * time.Microsecond},
		{0, after, 0, 2 * time.Second},
		{2, after, 1, 2200 * time.Millisecond},
	} {
		if got := pause(tt.n, tt.err, tt.random); got != tt.want {
			t.Errorf("pause(%d, %v, %v) is %v, want %v", tt.n, tt.err, tt.random, got, tt.want)
		}
	}
}

func TestRetry(t *testing.T) {
	overloaded := script.Fails(status(529))
	for _, tt := range []struct {
		name    string
		answers []script.Answer
		prompt  model.Prompt
		text    string
		err     error
		asked   int
		took    time.Duration
	}{
		{name: "well", answers: []script.Answer{says("a")}, text: "a", asked: 1},
		{name: "once", answers: []script.Answer{overloaded, says("a")}, text: "a", asked: 2, took: 250 * time.Millisecond},
		{name: "three times", answers: []script.Answer{overloaded, overloaded, overloaded, says("a")}, text: "a", asked: 4, took: 1750 * time.Millisecond},
		{name: "for ever", answers: []script.Answer{overloaded, overloaded, overloaded, overloaded, says("a")}, err: model.ErrUnavailable, asked: 4, took: 1750 * time.Millisecond},
		{name: "text has come", answers: []script.Answer{{Chunks: []string{"a"}, Err: status(529)}}, text: "a", err: model.ErrUnavailable, asked: 1},
		{name: "nothing that passes", answers: []script.Answer{script.Fails(status(400))}, err: model.ErrInvalidRequest, asked: 1},
		{name: "a wait that is of use", answers: []script.Answer{script.Fails(&refusal{status: 429, after: 2 * time.Second}), says("a")}, text: "a", asked: 2, took: 2200 * time.Millisecond},
		{name: "a wait that is not", answers: []script.Answer{script.Fails(&refusal{status: 429, after: 3 * time.Second})}, err: model.ErrRateLimited, asked: 1},
		{
			name: "of use for who asked by hand", answers: []script.Answer{script.Fails(&refusal{status: 429, after: 3 * time.Second}), says("a")},
			prompt: model.Prompt{Invoked: true}, text: "a", asked: 2, took: 3300 * time.Millisecond,
		},
		{name: "slow to fail", answers: []script.Answer{{First: 2900 * time.Millisecond, Err: status(500)}}, err: model.ErrUnavailable, asked: 1, took: 2900 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := script.New(tt.answers...)
				r := NewUseful(NewRetry(m, RetryOptions{random: func() float64 { return 1 }}), UsefulOptions{})
				got := read(t.Context(), r, tt.prompt)
				if got.Text != tt.text || !errors.Is(got.Err, tt.err) || len(m.Prompts()) != tt.asked || got.Took != tt.took {
					t.Errorf("got %+v after %d requests", got, len(m.Prompts()))
				}
			})
		})
	}
}

// TestRetryEnds: nobody waits for a pause when the request is taken back.
func TestRetryEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		m := script.Always(script.Fails(&refusal{status: 429, after: time.Second}))
		time.AfterFunc(300*time.Millisecond, func() { cancel(errGone) })
		got := read(ctx, NewRetry(m, RetryOptions{}), model.Prompt{})
		if got.Took != 300*time.Millisecond || !errors.Is(got.Err, context.Canceled) || !errors.Is(got.Err, errGone) || len(m.Prompts()) != 1 {
			t.Errorf("got %+v", got)
		}
	})
}

// TestRetryCosts: what an attempt has cost that another took the place of is
// told apart, and told once.
func TestRetryCosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		m := script.New(script.Fails(model.ErrIncomplete), script.Fails(status(529)), says("a"))
		got := read(t.Context(), NewRetry(billed{m, 100}, RetryOptions{Observe: seen.observe}), model.Prompt{Model: "m"})
		if got.Text != "a" || got.Usage == nil || got.Usage.Input != 100 || seen.spent().Input != 200 {
			t.Errorf("got %+v and %d beside it", got, seen.spent().Input)
		}
		if s := seen.String(); s != "abandoned retried abandoned retried" {
			t.Error(s)
		}
	})
}

// TestRetryCostsOfFailure: the last attempt's costs are the answer's own.
func TestRetryCostsOfFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		m := script.Always(script.Fails(model.ErrIncomplete))
		got := read(t.Context(), NewRetry(billed{m, 100}, RetryOptions{Times: 1, Observe: seen.observe}), model.Prompt{})
		if got.Usage == nil || got.Usage.Input != 100 || seen.spent().Input != 100 || !errors.Is(got.Err, model.ErrIncomplete) {
			t.Errorf("got %+v and %d beside it", got, seen.spent().Input)
		}
	})
}

// TestRetryLeft: a reader that leaves ends the stream below, and nothing is
// asked again.
func TestRetryLeft(t *testing.T) {
	m := script.Always(script.Says("a", "b"))
	for chunk := range NewRetry(m, RetryOptions{}).Stream(t.Context(), model.Prompt{}) {
		if chunk.Text == "a" {
			break
		}
	}
	if c := m.Counts(); c.Aborted != 1 || c.Live != 0 {
		t.Errorf("%+v", c)
	}
}

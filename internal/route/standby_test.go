package route

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// pairOf is a Standby of two scripted endpoints.
func pairOf(first, second *script.Model, seen *events) *Standby {
	return NewStandby([]Endpoint{{Name: "first", Model: first}, {Name: "second", Model: second}}, StandbyOptions{Observe: seen.observe})
}

func TestStandby(t *testing.T) {
	for _, tt := range []struct {
		name   string
		first  script.Answer
		text   string
		err    error
		second int // how often it was asked
	}{
		{name: "well", first: says("a"), text: "a"},
		{name: "overloaded", first: script.Fails(status(529)), text: "b", second: 1},
		{name: "500", first: script.Fails(status(500)), text: "b", second: 1},
		{name: "503 of a gateway", first: script.Fails(status(503)), text: "b", second: 1},
		{name: "no connection", first: script.Fails(model.ErrOffline), text: "b", second: 1},
		{name: "broke off before any text", first: script.Fails(model.ErrIncomplete), text: "b", second: 1},
		{name: "broke off after some", first: script.Answer{Chunks: []string{"a"}, Err: model.ErrIncomplete}, text: "a", err: model.ErrIncomplete},
		{name: "rate limited", first: script.Fails(status(429)), err: model.ErrRateLimited},
		{name: "invalid", first: script.Fails(status(400)), err: model.ErrInvalidRequest},
		{name: "refused", first: script.Fails(model.ErrRefused), err: model.ErrRefused},
		{name: "too late", first: script.Answer{First: 10 * time.Second, Err: model.ErrTimeout}, err: model.ErrTimeout},
		{name: "an empty answer", first: script.Answer{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				second := script.Always(says("b"))
				got := read(t.Context(), pairOf(script.New(tt.first), second, &events{}), model.Prompt{})
				if got.Text != tt.text || !errors.Is(got.Err, tt.err) || len(second.Prompts()) != tt.second {
					t.Errorf("got %+v, the standby was asked %d times", got, len(second.Prompts()))
				}
			})
		})
	}
}

// TestBreaker: an endpoint that is down is left alone after three failures, a
// real request finds out when it is well again, and the others follow.
func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := true
		first := script.Func(func(model.Prompt) script.Answer {
			if down {
				return script.Fails(status(529))
			}
			return says("a")
		})
		second := script.Always(says("b"))
		var seen events
		s := pairOf(first, second, &seen)
		ask := func(want string, asked int) {
			t.Helper()
			if got := read(t.Context(), s, model.Prompt{}); got.Text != want || got.Err != nil || len(first.Prompts()) != asked {
				t.Fatalf("got %+v, the first was asked %d times", got, len(first.Prompts()))
			}
		}
		for n := range 3 {
			ask("b", n+1)
		}
		if s.FirstWell() {
			t.Error("three failures in a row")
		}
		ask("b", 3)
		time.Sleep(16 * time.Second)
		ask("b", 4) // the probe finds that it is down still
		ask("b", 4)
		time.Sleep(16 * time.Second)
		down = false
		ask("a", 5)
		ask("a", 6)
		if want := "switched switched open switched switched half-open open switched switched half-open closed"; seen.String() != want {
			t.Errorf("events: %s", seen.String())
		}
		if !s.FirstWell() {
			t.Error("it is well again")
		}
	})
}

// TestProbeIsShort: who finds out that a silent endpoint is down still does not
// wait for its whole time limit.
func TestProbeIsShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := script.New(script.Fails(status(500)), script.Fails(status(500)), script.Fails(status(500)), script.Answer{Hang: true})
		s := pairOf(first, script.Always(says("b")), &events{})
		for range 3 {
			read(t.Context(), s, model.Prompt{})
		}
		time.Sleep(16 * time.Second)
		got := read(t.Context(), s, model.Prompt{})
		if got.Text != "b" || got.Took != 2*time.Second || len(first.Prompts()) != 4 {
			t.Errorf("got %+v", got)
		}
	})
}

// TestProbeTakesItsTime: a probe that shows a sign of life is not cut.
func TestProbeTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := script.Fails(status(500))
		first := script.New(fails, fails, fails, script.Answer{First: time.Second, Each: 3 * time.Second, Chunks: []string{"a", "a"}})
		s := pairOf(first, script.Always(says("b")), &events{})
		for range 3 {
			read(t.Context(), s, model.Prompt{})
		}
		time.Sleep(16 * time.Second)
		if got := read(t.Context(), s, model.Prompt{}); got.Text != "aa" || got.Err != nil || !s.FirstWell() {
			t.Errorf("got %+v", got)
		}
	})
}

// TestSilence: somebody who types takes requests back before they fail; those
// that were silent for long tell all the same that the endpoint is down.
func TestSilence(t *testing.T) {
	for _, tt := range []struct {
		name string
		each time.Duration
		well bool
	}{
		{"given up at once", time.Second, true},
		{"given up after a while", 4 * time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := pairOf(script.Always(script.Answer{Hang: true}), script.Always(says("b")), &events{})
				for range 3 {
					ctx, cancel := context.WithTimeout(t.Context(), tt.each)
					read(ctx, s, model.Prompt{})
					cancel()
				}
				if s.FirstWell() != tt.well {
					t.Errorf("well: %v", s.FirstWell())
				}
			})
		})
	}
}

// TestNowhereElse: the breaker of an endpoint without a standby stops nothing.
func TestNowhereElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := script.Fails(model.ErrOffline)
		only := script.New(fails, fails, fails, fails, says("a"))
		s := NewStandby([]Endpoint{{Name: "only", Model: only}}, StandbyOptions{})
		for range 4 {
			if got := read(t.Context(), s, model.Prompt{}); !errors.Is(got.Err, model.ErrOffline) {
				t.Errorf("got %+v", got)
			}
		}
		if got := read(t.Context(), s, model.Prompt{}); got.Text != "a" || got.Err != nil {
			t.Errorf("got %+v", got)
		}
	})
}

// TestTakes: an answerer that costs nothing may take what a paid one does not.
func TestTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for err, want := range map[error]string{model.ErrNoKey: "c", model.ErrBudget: "c", status(429): "c", status(529): "b", model.ErrRefused: ""} {
			s := NewStandby([]Endpoint{
				{Name: "first", Model: script.Always(script.Fails(err))},
				{Name: "second", Model: script.Always(says("b"))},
				{Name: "free", Model: script.Always(says("c")), Takes: func(err error) bool { return !errors.Is(err, model.ErrRefused) }},
			}, StandbyOptions{})
			if got := read(t.Context(), s, model.Prompt{}); got.Text != want {
				t.Errorf("after %v: %+v", err, got)
			}
		}
	})
}

// TestStandbyCosts: what the first endpoint took for nothing is told apart.
func TestStandbyCosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		s := NewStandby([]Endpoint{
			{Name: "first", Model: billed{script.Always(script.Fails(model.ErrIncomplete)), 100}},
			{Name: "second", Model: billed{script.Always(says("b")), 30}},
		}, StandbyOptions{Observe: seen.observe})
		got := read(t.Context(), NewRetry(s, RetryOptions{Observe: seen.observe}), model.Prompt{})
		if got.Text != "b" || got.Usage == nil || got.Usage.Input != 30 || seen.spent().Input != 100 {
			t.Errorf("got %+v, and %+v beside it", got, seen.spent())
		}
	})
}

// TestOwnTroubles: what never reached an endpoint says nothing of it.
func TestOwnTroubles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := script.Fails(status(500))
		first := script.New(fails, fails, fails, script.Fails(model.ErrBudget), says("a"))
		s := pairOf(first, script.Always(says("b")), &events{})
		for range 3 {
			read(t.Context(), s, model.Prompt{})
		}
		time.Sleep(16 * time.Second)
		if got := read(t.Context(), s, model.Prompt{}); !errors.Is(got.Err, model.ErrBudget) || s.FirstWell() {
			t.Errorf("got %+v; the breaker must not close for that", got)
		}
		if got := read(t.Context(), s, model.Prompt{}); got.Text != "a" || !s.FirstWell() {
			t.Errorf("got %+v", got)
		}
	})
}

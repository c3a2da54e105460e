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

func TestQuantile(t *testing.T) {
	var q quantile
	if _, ok := q.p95(1); ok {
		t.Error("nothing is known yet")
	}
	for n := 1; n <= 100; n++ {
		q.add(time.Duration(n))
	}
	if d, ok := q.p95(20); !ok || d != 96 {
		t.Errorf("p95 of 1 to 100 is %d", d)
	}
	if _, ok := q.p95(101); ok {
		t.Error("too few")
	}
	for range window {
		q.add(7)
	}
	if d, _ := q.p95(20); d != 7 || len(q.last) != window {
		t.Errorf("the old ones count still: %d of %d", d, len(q.last))
	}
}

// usual is an answer after the usual time.
func usual(text string) script.Answer {
	return script.Answer{First: 400 * time.Millisecond, Chunks: []string{text}}
}

func TestHedge(t *testing.T) {
	const p95 = 400 * time.Millisecond
	for _, tt := range []struct {
		name           string
		first, standby script.Answer
		prompt         model.Prompt
		text           string
		err            error
		took           time.Duration
		events         string
	}{
		{name: "in time", first: script.Answer{First: 300 * time.Millisecond, Chunks: []string{"a"}}, text: "a", took: 300 * time.Millisecond},
		{
			name: "silent", first: script.Answer{Hang: true}, standby: usual("b"), text: "b", took: p95 + 400*time.Millisecond,
			events: "hedge_asked hedge_won abandoned",
		},
		{
			name: "slow, and still the faster one", first: script.Answer{First: 500 * time.Millisecond, Chunks: []string{"a"}}, standby: usual("b"),
			text: "a", took: 500 * time.Millisecond, events: "hedge_asked hedge_lost abandoned",
		},
		{name: "down before it is slow", first: script.Fails(status(529)), standby: usual("b"), err: model.ErrUnavailable},
		{
			name: "down when the standby is asked", first: script.Answer{First: time.Second, Err: status(529)}, standby: script.Answer{First: time.Second, Chunks: []string{"b"}},
			text: "b", took: p95 + time.Second, events: "hedge_asked hedge_won abandoned",
		},
		{
			name: "the standby is down", first: script.Answer{First: time.Second, Chunks: []string{"a"}}, standby: script.Fails(model.ErrOffline),
			text: "a", took: time.Second, events: "hedge_asked hedge_lost abandoned",
		},
		{
			name: "both are down", first: script.Answer{First: time.Second, Err: status(529)}, standby: script.Fails(model.ErrOffline),
			err: model.ErrUnavailable, took: time.Second, events: "hedge_asked abandoned",
		},
		{name: "nobody waits", first: script.Answer{First: time.Second, Chunks: []string{"a"}}, prompt: model.Prompt{Priority: model.Ahead}, text: "a", took: time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first, standby := script.Always(usual("x")), script.New(tt.standby)
				var seen events
				h := NewHedge(billed{first, 100}, billed{standby, 100}, HedgeOptions{Observe: seen.observe})
				for range 20 {
					read(t.Context(), h, model.Prompt{})
				}
				first.Queue(tt.first)
				got := read(t.Context(), h, tt.prompt)
				if got.Text != tt.text || !errors.Is(got.Err, tt.err) || got.Took != tt.took {
					t.Errorf("got %+v", got)
				}
				if seen.String() != tt.events {
					t.Errorf("events: %s", seen.String())
				}
				if c := first.Counts().Live + standby.Counts().Live; c != 0 {
					t.Errorf("%d streams go on", c)
				}
			})
		})
	}
}

// TestHedgeCosts: a loser that has not said what it cost is taken to have cost
// what the winner's prompt would have without a cache.
func TestHedgeCosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		first := script.Always(usual("x"))
		h := NewHedge(first, billed{script.Always(says("b")), 70}, HedgeOptions{Observe: seen.observe})
		for range 20 {
			read(t.Context(), h, model.Prompt{})
		}
		first.Queue(script.Answer{Hang: true})
		got := read(t.Context(), h, model.Prompt{})
		if got.Text != "b" || got.Usage == nil || seen.spent().Input != 70 {
			t.Errorf("got %+v, and %+v for the loser", got, seen.spent())
		}
	})
}

// TestHedgeEnds: both streams end with the request, and with a reader that
// leaves.
func TestHedgeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, standby := script.Always(usual("x")), script.Always(script.Answer{Hang: true})
		h := NewHedge(first, standby, HedgeOptions{})
		for range 20 {
			read(t.Context(), h, model.Prompt{})
		}
		first.Queue(script.Answer{Hang: true})
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errGone)
		defer cancel()
		if got := read(ctx, h, model.Prompt{}); !errors.Is(got.Err, context.DeadlineExceeded) && !errors.Is(got.Err, errGone) || got.Took != time.Second {
			t.Errorf("got %+v", got)
		}
		first.Queue(script.Answer{Chunks: []string{"a", "b", "c"}, Each: time.Second})
		for chunk := range h.Stream(t.Context(), model.Prompt{}) {
			if chunk.Text == "b" {
				break
			}
		}
		if c := first.Counts().Live + standby.Counts().Live; c != 0 {
			t.Errorf("%d streams go on", c)
		}
	})
}

// TestHedgeTripsTheBreaker: an endpoint that stays silent while the standby
// answers is down, though each of its requests was ended by the race.
func TestHedgeTripsTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := script.Always(usual("x")), script.Always(says("b"))
		s := NewStandby([]Endpoint{{Name: "first", Model: first}, {Name: "second", Model: second}}, StandbyOptions{})
		h := NewHedge(s, second, HedgeOptions{If: s.FirstWell})
		for range 20 {
			read(t.Context(), h, model.Prompt{})
		}
		for range 3 {
			first.Queue(script.Answer{Hang: true})
			if got := read(t.Context(), h, model.Prompt{}); got.Text != "b" || got.Took == 0 {
				t.Errorf("got %+v", got)
			}
		}
		if got := read(t.Context(), h, model.Prompt{}); got.Text != "b" || got.Took != 0 || s.FirstWell() {
			t.Errorf("got %+v: it must not wait for the first any more", got)
		}
	})
}

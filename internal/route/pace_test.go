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

func requests(limit, left int) model.Limits {
	return model.Limits{Requests: model.Limit{Max: limit, Left: left}}
}

// TestReserves: what is left of a limit is for those that are more urgent.
func TestReserves(t *testing.T) {
	for _, tt := range []struct {
		left int // of 100 requests a minute
		pass [model.Priorities]bool
	}{
		{100, [...]bool{true, true, true, true}},
		{50, [...]bool{true, true, true, false}},
		{51, [...]bool{true, true, true, true}},
		{25, [...]bool{true, true, false, false}},
		{10, [...]bool{true, false, false, false}},
		{1, [...]bool{true, false, false, false}},
	} {
		for priority, want := range tt.pass {
			synctest.Test(t, func(t *testing.T) {
				p := NewPace(script.Always(says("a")), PaceOptions{})
				p.Limits(requests(100, tt.left))
				err := p.Admit(t.Context(), model.Priority(priority))
				if (err == nil) != want || err != nil && !errors.Is(err, model.ErrShed) {
					t.Errorf("%s with %d of 100 left: %v", model.Priority(priority), tt.left, err)
				}
			})
		}
	}
}

// TestKeystrokesWait: a keystroke waits for its turn while the answer would be
// of use, and is told how long it would have to wait otherwise.
func TestKeystrokesWait(t *testing.T) {
	for _, tt := range []struct {
		limit   int // requests a minute, of which none is left
		invoked bool
		took    time.Duration
		err     error
	}{
		{limit: 60, took: time.Second},
		{limit: 30, took: 2 * time.Second},
		{limit: 10, err: model.ErrRateLimited},
		{limit: 10, invoked: true, took: 6 * time.Second},
		{limit: 5, invoked: true, err: model.ErrRateLimited},
	} {
		synctest.Test(t, func(t *testing.T) {
			var seen events
			m := script.Always(says("a"))
			p := NewPace(m, PaceOptions{Observe: seen.observe})
			p.Limits(requests(tt.limit, 0))
			got := read(t.Context(), NewUseful(p, UsefulOptions{}), model.Prompt{Invoked: tt.invoked})
			if !errors.Is(got.Err, tt.err) || got.Took != tt.took || (got.Err == nil) != (len(m.Prompts()) == 1) {
				t.Errorf("%+v: got %+v, %d requests", tt, got, len(m.Prompts()))
			}
			if r, ok := model.RefusalOf(got.Err); tt.err != nil && (!ok || r.RetryAfter != time.Minute/time.Duration(tt.limit) || seen.String() != "shed") {
				t.Errorf("%+v: %+v, events %s", tt, r, seen.String())
			}
		})
	}
}

// TestRefill: a limit fills up again with time, without another word from the
// service.
func TestRefill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPace(script.Always(says("a")), PaceOptions{})
		p.Limits(requests(60, 10))
		if err := p.Admit(t.Context(), model.Background); !errors.Is(err, model.ErrShed) {
			t.Error(err)
		}
		time.Sleep(25 * time.Second)
		if err := p.Admit(t.Context(), model.Background); err != nil {
			t.Error(err)
		}
	})
}

// TestHeld: after a 429 nothing is sent for as long as the service asked.
func TestHeld(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		held time.Duration
	}{
		{"as long as it says", &refusal{status: 429, after: 20 * time.Second}, 20 * time.Second},
		{"but not for hours", &refusal{status: 429, after: 5 * time.Hour}, time.Minute},
		{"where it does not say", status(429), time.Second},
		{"a spend cap does not pass by waiting", &refusal{status: 429, kind: model.ErrBilling}, 0},
		{"an overload is another matter", &refusal{status: 529, after: 20 * time.Second}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := script.New(script.Fails(tt.err))
				p := NewPace(m, PaceOptions{})
				read(t.Context(), p, model.Prompt{})
				begun := time.Now()
				for errors.Is(p.Admit(t.Context(), model.Ahead), model.ErrShed) {
					time.Sleep(time.Second / 2)
				}
				if held := time.Since(begun); held != tt.held {
					t.Errorf("held for %v, want %v", held, tt.held)
				}
				if len(m.Prompts()) != 1 {
					t.Errorf("%d requests", len(m.Prompts()))
				}
			})
		})
	}
}

// TestTokens: the tokens of prompts and answers are limits too, reckoned by what
// requests usually take.
func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := script.Always(script.Answer{Chunks: []string{"a"}, Usage: &model.Usage{Input: 1000, CacheRead: 90_000, Output: 10}})
		p := NewPace(m, PaceOptions{})
		for range 100 {
			read(t.Context(), p, model.Prompt{})
		}
		p.Limits(model.Limits{Input: model.Limit{Max: 60_000, Left: 6_900}})
		if err := p.Admit(t.Context(), model.Ahead); !errors.Is(err, model.ErrShed) {
			t.Errorf("%v: 1,000 of 6,900 leave less than a tenth of the limit", err)
		}
		if got := read(t.Context(), p, model.Prompt{}); got.Err != nil || got.Took != 0 {
			t.Errorf("got %+v", got)
		}
		p.Limits(model.Limits{Output: model.Limit{Max: 6_000, Left: 0}})
		if got := read(t.Context(), p, model.Prompt{}); got.Err != nil || got.Took < 90*time.Millisecond || got.Took > 110*time.Millisecond {
			t.Errorf("got %+v: 10 tokens at 100 a second", got)
		}
	})
}

// TestPending: what is on its way is not counted by the service yet.
func TestPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := script.Always(script.Answer{First: time.Second, Chunks: []string{"a"}})
		p := NewPace(m, PaceOptions{})
		for range 5 {
			go read(t.Context(), p, model.Prompt{})
		}
		synctest.Wait()
		p.Limits(requests(10, 6)) // one of the five was counted
		if err := p.Admit(t.Context(), model.Ahead); err != nil {
			t.Error(err)
		}
		if err := p.Admit(t.Context(), model.Ahead); !errors.Is(err, model.ErrShed) {
			t.Errorf("%v: 6 less the 4 on their way less 1 leave nothing but the reserve", err)
		}
		time.Sleep(2 * time.Second)
	})
}

// TestPaceEnds: a wait ends with the request, and nothing is sent.
func TestPaceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := script.Always(says("a"))
		p := NewPace(m, PaceOptions{})
		p.Limits(requests(60, 0))
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(errGone) })
		if got := read(ctx, p, model.Prompt{}); !errors.Is(got.Err, errGone) || got.Took != 100*time.Millisecond || len(m.Prompts()) != 0 {
			t.Errorf("got %+v", got)
		}
	})
}

// TestUnlimited: a server that tells no limits has none.
func TestUnlimited(t *testing.T) {
	p := NewPace(script.Always(says("a")), PaceOptions{})
	p.Limits(model.Limits{})
	for range 1000 {
		if err := p.Admit(t.Context(), model.Background); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCounts(t *testing.T) {
	var c Counts
	c.Observe(Event{Kind: Shed, Priority: model.Ahead, Trouble: "shed"})
	c.Observe(Event{Kind: Shed, Priority: model.Ahead, Trouble: "shed", Wait: 5})
	c.Observe(Event{Kind: Breaker, Endpoint: "first", State: Open})
	if n := c.All()[Count{Kind: Shed, Priority: model.Ahead, Trouble: "shed"}]; n != 2 {
		t.Errorf("%d", n)
	}
	if s := c.States()["first"]; s != Open {
		t.Errorf("%q", s)
	}
}

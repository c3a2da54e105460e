package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/route"
)

// TestLimitsAreLeftToKeystrokes: while a limit is nearly used up, nothing is
// cached or counted ahead, and typing gets its answers. What was left out is
// counted.
func TestLimitsAreLeftToKeystrokes(t *testing.T) {
	h, api := claudeHouse(t, messages.Options{})
	api.Say("ok")
	api.Queue(messages.Answer{Fault: &messages.Fault{Status: 400, Header: http.Header{
		"Anthropic-Ratelimit-Requests-Limit": {"60"}, "Anthropic-Ratelimit-Requests-Remaining": {"5"},
	}}})
	for range h.provider.Stream(t.Context(), model.Prompt{Before: "x"}) {
	}
	before := len(api.Requests())
	if _, err := h.provider.Warm(t.Context(), epoch(1)); !errors.Is(err, model.ErrShed) {
		t.Errorf("got %v", err)
	}
	for _, err := range h.provider.Stream(t.Context(), model.Prompt{Before: "x", Priority: model.Ahead}) {
		if !errors.Is(err, model.ErrShed) {
			t.Errorf("got %v", err)
		}
	}
	if n := len(api.Requests()); n != before {
		t.Errorf("%d requests were sent", n-before)
	}
	ended(t, h, model.Prompt{Before: "x"})
	counts := h.provider.ways.counts.All()
	for _, p := range []model.Priority{model.Prewarm, model.Ahead} {
		if n := counts[route.Count{Kind: route.Shed, Endpoint: firstEndpoint, Trouble: "shed", Priority: p}]; n != 1 {
			t.Errorf("%s was shed %d times", p, n)
		}
	}
}

// TestAbandonedIsPaidFor: an answer that broke off before its text was billed
// all the same, though another took its place.
func TestAbandonedIsPaidFor(t *testing.T) {
	h, api := claudeHouse(t, messages.Options{})
	api.Say("ok")
	api.Queue(messages.Answer{Text: "never", Break: &messages.Break{How: messages.EOF, After: 0}})
	var usage model.Usage
	for chunk, err := range h.provider.Stream(t.Context(), epoch(1)) {
		if err != nil {
			t.Fatal(err)
		}
		if chunk.Usage != nil {
			usage = *chunk.Usage
		}
	}
	h.provider.counter.work.Wait()
	all := slices.DeleteFunc(api.Requests(), func(r messages.Request) bool { return r.Path != "/v1/messages" }) // some count tokens
	if len(all) != 2 || usage.Input+usage.CacheRead+usage.CacheWrite1h+usage.CacheWrite5m == 0 {
		t.Fatalf("%d requests, %+v", len(all), usage)
	}
	// The first one was left with its output unknown, and no text.
	first := all[0].Usage
	want, _ := cost("claude-haiku-5-5", model.Usage{Input: first.Input, CacheRead: first.CacheRead, CacheWrite5m: first.CacheWrite5m, CacheWrite1h: first.CacheWrite1h, Output: 1})
	second, _ := cost("claude-haiku-5-5", usage)
	sum, err := h.store.open().SpentToday(t.Context())
	if usd := sum.Cost.USD(); err != nil || sum.Requests != 2 || usd < 0.99*(want+second) || usd > 1.01*(want+second) {
		t.Errorf("the books say $%f for %d requests, want $%f (%v)", usd, sum.Requests, want+second, err)
	}
}

// TestHedge: with claude.hedge a request that the first endpoint keeps waiting
// is answered by the standby, and the first one's stream is aborted.
func TestHedge(t *testing.T) {
	standby := messages.Start(t, messages.Options{})
	standby.Say("standby")
	h, api := claudeHouse(t, messages.Options{}, "CLAUDE_LSP_CLAUDE_HEDGE=true",
		fmt.Sprintf(`CLAUDE_LSP_CLAUDE_STANDBY=[{"baseURL":%q}]`, standby.URL()))
	api.Say("first")
	text := func() (s string) {
		for chunk, err := range h.provider.Stream(t.Context(), model.Prompt{Before: "x"}) {
			if err != nil {
				t.Fatal(err)
			}
			s += chunk.Text
		}
		return s
	}
	for range 20 {
		if got := text(); got != "first" {
			t.Fatalf("got %q", got)
		}
	}
	api.Queue(messages.Answer{Break: &messages.Break{How: messages.Stall, After: messages.Headers}})
	if got := text(); got != "standby" {
		t.Errorf("got %q", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for all := api.Requests(); all[len(all)-1].Cancelled.IsZero(); all = api.Requests() {
		select {
		case <-ctx.Done():
			t.Fatal("the first endpoint's stream goes on")
		case <-time.After(time.Millisecond):
		}
	}
}

// TestWayIsKept: what policies have learnt outlives changes of settings that do
// not concern them, and no others.
func TestWayIsKept(t *testing.T) {
	h, _ := claudeHouse(t, messages.Options{})
	before := h.provider.way()
	h.settings.SetEditor([]byte(`{"completion":{"maxTokens":100}}`))
	if h.provider.way() != before {
		t.Error("another way, though nothing of it has changed")
	}
	h.settings.SetEditor([]byte(`{"model":"claude-haiku-4-5"}`))
	if h.provider.way() == before {
		t.Error("the same way, with another model's limits")
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/link"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// claudeHouse is a house in a home of its own, with a fake Claude and what the
// environment sets beside.
func claudeHouse(t *testing.T, o messages.Options, env ...string) (*house, *messages.API) {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME"} {
		t.Setenv(name, home)
	}
	api := messages.Start(t, o)
	t.Setenv("ANTHROPIC_BASE_URL", api.URL())
	t.Setenv("ANTHROPIC_API_KEY", "sk-test")
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	h := openHouse(houseOptions{quiet: true})
	t.Cleanup(h.close)
	return h, api
}

// epoch is a prompt with a frozen part of some 8,000 tokens.
func epoch(n int) model.Prompt {
	return model.Prompt{
		Rules: "Answer with the code alone.", Language: "go", Before: "x := ", Task: "Go on.",
		Blocks: []model.Block{{
			ID: fmt.Sprint("epoch", n), Breakpoint: true,
			Parts: []model.Part{{Path: "a.go", Text: fmt.Sprintf("package a // %d\n", n) + strings.Repeat("func f(first, second int) int { return compute(first, second) }\n", 400)}},
		}},
	}
}

func ended(t *testing.T, h *house, p model.Prompt) {
	t.Helper()
	for _, err := range h.provider.Stream(t.Context(), p) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWarmIsPaidFor(t *testing.T) {
	h, api := claudeHouse(t, messages.Options{})
	used, err := h.provider.Warm(t.Context(), epoch(1))
	if err != nil {
		t.Fatal(err)
	}
	if used.CacheWrite5m+used.CacheWrite1h < 5000 || used.Output != 0 {
		t.Errorf("used %+v", used)
	}
	sum, err := h.store.open().SpentToday(t.Context())
	usd := sum.Cost.USD()
	if want, _ := cost("claude-haiku-5-5", used); err != nil || usd == 0 || usd < 0.99*want || usd > 1.01*want {
		t.Errorf("the books say $%f, want $%f (%v)", usd, want, err)
	}
	ended(t, h, epoch(1))
	all := api.Requests()
	if r := all[1]; r.Usage.CacheRead != used.CacheWrite5m+used.CacheWrite1h {
		t.Errorf("the stream used %+v after %+v", r.Usage, used)
	}
}

func TestWarmIsLeftOut(t *testing.T) {
	for _, tt := range []struct {
		name, env string
		want      error
	}{
		{"without Claude", "CLAUDE_LSP_PROVIDER=embedded", model.ErrConfig},
		{"past the budget", "CLAUDE_LSP_BUDGET_DAILY_USD=0.00000001", model.ErrBudget},
		{"with a model that only thinks", "CLAUDE_LSP_MODEL=claude-opus-5-5", model.ErrConfig},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, api := claudeHouse(t, messages.Options{}, tt.env)
			_, err := h.provider.Warm(t.Context(), epoch(1))
			if n := len(api.Requests()); n != 0 {
				t.Errorf("%d requests", n)
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// TestPromptsAreCounted: once for each frozen part, at most once a minute, and
// small ones never.
func TestPromptsAreCounted(t *testing.T) {
	h, api := claudeHouse(t, messages.Options{})
	api.Say("ok")
	counts := func() (n int) {
		h.provider.counter.work.Wait()
		for _, r := range api.Requests() {
			if r.Path == "/v1/messages/count_tokens" {
				n++
			}
		}
		return n
	}
	before := h.tokens.Count("go", strings.Repeat("x := f(a, b)\n", 1000))
	ended(t, h, model.Prompt{Before: "x"})
	if n := counts(); n != 0 {
		t.Errorf("a small prompt was counted %d times", n)
	}
	ended(t, h, epoch(1))
	ended(t, h, epoch(1))
	ended(t, h, epoch(2))
	if n := counts(); n != 1 {
		t.Errorf("%d counts within a minute, want 1", n)
	}
	if after := h.tokens.Count("go", strings.Repeat("x := f(a, b)\n", 1000)); after == before {
		t.Errorf("the estimate is %d as before", after)
	}
}

func TestWhenACountIsDue(t *testing.T) {
	c := newCounter(tokens.NewEstimator())
	now := time.Unix(1_800_000_000, 0)
	for _, tt := range []struct {
		what string
		p    model.Prompt
		at   time.Duration
		want bool
	}{
		{"a small one", model.Prompt{Before: "x"}, 0, false},
		{"the first one", epoch(1), time.Second, true},
		{"another within the minute", epoch(2), 59 * time.Second, false},
		{"the same after it", epoch(1), 2 * time.Minute, false},
		{"another after it", epoch(2), 2 * time.Minute, true},
	} {
		if got := c.due(tt.p, now.Add(tt.at)); got != tt.want {
			t.Errorf("%s: %v", tt.what, got)
		}
	}
	c.close()
	if c.due(epoch(3), now.Add(time.Hour)) {
		t.Error("due after the end")
	}
}

// TestAutoWindow: the number counts as it is, and auto is what the link has
// shown.
func TestAutoWindow(t *testing.T) {
	h, _ := claudeHouse(t, messages.Options{})
	if _, err := h.provider.claude(); err != nil {
		t.Fatal(err)
	}
	if n := h.provider.window(config.WindowTokens{Max: 95_000}); n != 95_000 {
		t.Errorf("a number became %d", n)
	}
	auto := config.WindowTokens{Auto: true, Max: 95_000}
	if n := h.provider.window(auto); n != 32_000 {
		t.Errorf("%d before anything is known", n)
	}
	for range 20 {
		h.provider.link.Observe(link.Sample{Tokens: 31_000, Upload: 2 * time.Second, FirstByte: 3 * time.Second})
	}
	if n := h.provider.window(auto); n != 8_000 {
		t.Errorf("%d on a link that takes two seconds", n)
	}
	if s := h.provider.link.State(); s.Tokens != 8_000 || s.Changes != 1 {
		t.Errorf("got %+v", s)
	}
	t.Setenv("CLAUDE_LSP_PROVIDER", "embedded")
	local := openHouse(houseOptions{quiet: true})
	defer local.close()
	if n := local.provider.window(auto); n != 95_000 {
		t.Errorf("%d where nothing is sent", n)
	}
}

func TestSample(t *testing.T) {
	x := claude.Transfer{Upload: time.Second, FirstByte: 2 * time.Second, Usage: model.Usage{Input: 10, CacheRead: 90, CacheWrite5m: 5}}
	if s, ok := sample(x); !ok || s != (link.Sample{Tokens: 105, Upload: time.Second, FirstByte: 2 * time.Second}) {
		t.Errorf("got %+v, %v", s, ok)
	}
	x.Usage = model.Usage{Input: 10, CacheWrite1h: 20, CacheWrite5m: 90}
	if _, ok := sample(x); ok {
		t.Error("a prompt that was written to the cache says nothing about the link")
	}
}

// TestRefusedGzipOutlivesSettings: what an endpoint cannot read is remembered
// when the settings make a new client of it.
func TestRefusedGzipOutlivesSettings(t *testing.T) {
	h, api := claudeHouse(t, messages.Options{RefuseGzip: true})
	api.Say("ok")
	api.ExpectRefusal(400, "invalid_request_error")
	ended(t, h, epoch(1))
	h.provider.mu.Lock()
	h.provider.made.timeouts.Total++ // as another setting does
	h.provider.mu.Unlock()
	ended(t, h, epoch(1))
	h.provider.counter.work.Wait()
	compressed := 0
	for _, r := range api.Requests() {
		if r.Encoding == "gzip" {
			compressed++
		}
	}
	if compressed != 1 {
		t.Errorf("%d compressed requests, want the first one alone", compressed)
	}
}

// TestCountEndsWithTheHouse: nothing is waited for that nobody needs any more.
func TestCountEndsWithTheHouse(t *testing.T) {
	c := newCounter(tokens.NewEstimator())
	began := make(chan struct{})
	c.count(epoch(1), func(ctx context.Context, _ model.Prompt) (int, error) {
		close(began)
		<-ctx.Done()
		return 0, errors.New("ended")
	}, nil)
	<-began
	c.close()
}

package price_test

import (
	"math"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/price"
)

func TestLookup(t *testing.T) {
	for _, tt := range []struct {
		id    string
		input float64 // 0: not known
	}{
		{"claude-haiku-5-5", .10},
		{"claude-haiku-5-5-20261007", .10},
		{"claude-haiku-4-5", 1},
		{"claude-haiku-4-5-20251001", 1},
		{"claude-haiku-4-5@20251001", 1},
		{"claude-haiku-5-5-latest", .10},
		{" Claude-Haiku-5-5\n", .10},
		{"claude-sonnet-5-5", 2},
		{"claude-sonnet-5", 2},
		{"claude-opus-5-5", 4},
		{"claude-opus-5", 5},
		{"claude-opus-4-7", 5},
		{"claude-fable-5-1", 10},
		{"claude-opus-5-7", 0},
		{"claude-fable-5-2", 0},
		{"claude-haiku-5", 0},
		{"claude-haiku-5-5-2026", 0},
		{"claude-haiku-5-5-preview1", 0},
		{"us.anthropic.claude-haiku-5-5", 0},
		{"qwen3-coder", 0},
		{"latest", 0},
		{"", 0},
	} {
		p, ok := price.Lookup(tt.id)
		if ok != (tt.input != 0) || p.Input != tt.input {
			t.Errorf("Lookup(%q) = input %v, %v; want %v", tt.id, p.Input, ok, tt.input)
		}
	}
}

func TestUSD(t *testing.T) {
	for _, tt := range []struct {
		name, model string
		t           price.Tokens
		want        float64
	}{
		{"nothing", "claude-haiku-5-5", price.Tokens{}, 0},
		{"a keystroke", "claude-haiku-5-5", price.Tokens{CacheRead: 20_000, Input: 800, Output: 60}, .00031},
		{"the same on Haiku 4.5", "claude-haiku-4-5", price.Tokens{CacheRead: 20_000, Input: 800, Output: 60}, .0031},
		{"99.9K cached", "claude-haiku-5-5", price.Tokens{CacheRead: 99_900}, .000999},
		{"exactly at the step", "claude-haiku-5-5", price.Tokens{CacheRead: 90_000, Input: 10_000}, .0019},
		{"one above: everything costs five times as much", "claude-haiku-5-5", price.Tokens{CacheRead: 90_000, Input: 10_001, Output: 100}, (90_000*.05 + 10_001*.50 + 100*2.50) / 1e6},
		{"100.1K cached", "claude-haiku-5-5", price.Tokens{CacheRead: 100_100}, .005005},
		{"writes count towards the step", "claude-haiku-5-5", price.Tokens{CacheWrite5m: 60_000, CacheWrite1h: 50_000}, .0875},
		{"writes", "claude-haiku-5-5", price.Tokens{CacheWrite5m: 10_000, CacheWrite1h: 10_000}, .00325},
		{"output does not count towards the step", "claude-haiku-5-5", price.Tokens{Input: 100_000, Output: 50_000}, .035},
		{"no step", "claude-sonnet-5-5", price.Tokens{Input: 500_000, Output: 1000}, 1.01},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, ok := price.Lookup(tt.model)
			if !ok {
				t.Fatalf("%s has no price", tt.model)
			}
			if got := p.USD(tt.t); math.Abs(got-tt.want) > 1e-12 {
				t.Errorf("got $%.7f, want $%.7f", got, tt.want)
			}
		})
	}
}

// TestMultipliers holds the table against the published rule: a cache write
// costs 1.25 times the input for five minutes, and twice for an hour.
func TestMultipliers(t *testing.T) {
	for _, id := range []string{
		"claude-haiku-5-5", "claude-haiku-4-5", "claude-sonnet-5-5", "claude-sonnet-5",
		"claude-opus-5-5", "claude-opus-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-fable-5-1",
	} {
		p, ok := price.Lookup(id)
		if !ok {
			t.Errorf("%s has no price", id)
			continue
		}
		for _, q := range []*price.Price{&p, p.Above} {
			if q == nil {
				continue
			}
			if math.Abs(q.CacheWrite5m-1.25*q.Input) > 1e-9 || math.Abs(q.CacheWrite1h-2*q.Input) > 1e-9 || q.Output != 5*q.Input || q.CacheRead >= q.Input {
				t.Errorf("%s: %+v breaks the rule", id, *q)
			}
		}
	}
}

func TestABatchCostsHalf(t *testing.T) {
	for _, tokens := range []price.Tokens{
		{Input: 1000, CacheRead: 2000, CacheWrite5m: 300, CacheWrite1h: 400, Output: 50},
		{CacheRead: 150_000, Output: 50}, // above the step
	} {
		p, _ := price.Lookup("claude-haiku-5-5")
		if got, want := p.Batch().USD(tokens), p.USD(tokens)/2; math.Abs(got-want) > 1e-12 {
			t.Errorf("%+v: $%f, want $%f", tokens, got, want)
		}
	}
}

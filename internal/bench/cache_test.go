package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// madeWorkspace is a ranker over a made workspace: a bulk that fills any window, of which
// a part changes with every hundredth place, and for each line another
// definition.
func madeWorkspace(_ context.Context, q rank.Query) (r rank.Ranking) {
	line := fmt.Sprintf("def%d", q.At)
	r.Line = []rank.Passage{{Path: "line.go", FirstLine: 1, LastLine: 20, Text: goFile(line, 1_500), Reason: rank.ReasonDefinition}}
	for i := 0; q.Bulk > 0 && i < 100; i++ {
		name := fmt.Sprintf("imported%d", i)
		p := rank.Passage{Path: name + ".go", FirstLine: 1, LastLine: 100, Text: goFile(name, 4_000), Reason: rank.ReasonImported}
		if i%4 == 0 {
			p.Reason, p.Text = rank.ReasonSimilar, goFile(fmt.Sprintf("similar%d_%d", i, q.At/100), 4_000)
		}
		r.Bulk = append(r.Bulk, p)
	}
	return r
}

// collectorOf is a collector with the made workspace.
func collectorOf(tb testing.TB, est *tokens.Estimator) *doccontext.Collector {
	c := doccontext.New(doccontext.Options{
		Redact: func(_, text string) string { clean, _ := redact.Text(text); return clean },
		Tokens: est, Rank: madeWorkspace,
	})
	tb.Cleanup(c.Close)
	return c
}

// Typing in a long file of a workspace that fills the window reads nearly all of
// it from the provider's cache, by the strict fake's rules.
func TestTypingReadsFromTheCache(t *testing.T) {
	api := messages.Start(t, messages.Options{Forget: true})
	api.Say("```go\ncompute(first, second)\n```")
	client, err := claude.New(claude.Options{BaseURL: api.URL(), Key: func(context.Context) (credentials.Key, error) {
		key, _ := credentials.FromEnvironment(func(name string) string {
			return map[string]string{credentials.EnvAPIKey: "sk-ant-made-up"}[name]
		})
		return key, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	est := tokens.NewEstimator()
	window := collectorOf(t, est)
	engine := completion.New(completion.Options{Model: client, Window: window.Window, Prepare: window.Prepare, Tokens: est})
	defer engine.Close()

	text := goFile("Here", 40_000)
	half := strings.Index(text[len(text)/2:], "\n\n") + len(text)/2 + 2
	doc := document.New("file:///made/here.go", "go", 1, text[:half]+"func g(first, second int) {\n\t\n}\n\n"+text[half:])
	at := document.Offset(half + len("func g(first, second int) {\n\t"))
	const keys = 200
	typed := "total := compute(first, second)\n\t"
	for i := range keys {
		next, err := doc.Apply(int32(i+2), document.Change{From: at, To: at, Text: typed[i%len(typed) : i%len(typed)+1]})
		if err != nil {
			t.Fatal(err)
		}
		doc, at = next, at+1
		// Another setting each time, so that nothing known fits and the model is asked.
		r := completion.Request{Doc: doc, At: at, Path: "here.go", Invoked: i == 0, Settings: completion.Settings{MaxTokens: 64 + i}}
		if a, err := engine.Complete(t.Context(), r); err != nil || a.Outcome == completion.Failed {
			t.Fatal(a, err)
		}
	}
	p, _ := price.Lookup(claude.DefaultModel)
	var sum messages.Usage
	requests, largest, usd := 0, 0, 0.0
	for _, q := range api.Requests() {
		if q.Refused != nil {
			t.Fatalf("refused: %v", q.Refused)
		}
		sum.Input += q.Usage.Input
		sum.CacheRead += q.Usage.CacheRead
		sum.CacheWrite5m += q.Usage.CacheWrite5m
		sum.CacheWrite1h += q.Usage.CacheWrite1h
		usd += p.USD(price.Tokens{
			Input: q.Usage.Input, CacheRead: q.Usage.CacheRead, CacheWrite5m: q.Usage.CacheWrite5m, CacheWrite1h: q.Usage.CacheWrite1h, Output: q.Usage.Output,
		})
		requests++
		largest = max(largest, q.Usage.Prompt())
	}
	share := float64(sum.CacheRead) / float64(sum.Prompt())
	t.Logf("%d requests of up to %d tokens: %.2f%% read from the cache, %d uncached and %d written a request, $%.5f a request",
		requests, largest, 100*share, sum.Input/requests, (sum.CacheWrite5m+sum.CacheWrite1h)/requests, usd/float64(requests))
	if share < 0.95 {
		t.Errorf("%.1f%% of the tokens were read from the cache", 100*share)
	}
	if mean := sum.Prompt() / requests; mean < 75_000 || largest > 95_000 {
		t.Errorf("prompts of %d tokens on average, %d at most", mean, largest)
	}
	if requests < keys*3/4 {
		t.Errorf("%d requests for %d keys", requests, keys)
	}
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/metrics"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/claude-lsp/claude-lsp/internal/route"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

func nothingSeen() sight {
	zero := func() int { return 0 }
	return sight{window: zero, files: zero, bytes: zero}
}

// docs/metrics.md lists what the server shows.
func TestPageOfFigures(t *testing.T) {
	series := section{heading: "Series", words: map[string]string{}}
	labels := section{heading: "Labels", words: map[string]string{}}
	for _, f := range newFigures(nothingSeen()).registry.Families() {
		by := ""
		for i, l := range f.Labels {
			by += []string{", by ", " and "}[min(i, 1)] + "`" + l.Name + "`"
			values := "`" + strings.Join(l.Values, "` `") + "`"
			switch l.Name {
			case "model":
				values = "the models of Claude that can be chosen, without their dates"
			case "version":
				values = "the server's own version"
			}
			name := l.Name
			if name == "kind" {
				name += "` of `" + f.Name
			}
			labels.words[name] = values
			if !slices.Contains(labels.names, name) {
				labels.names = append(labels.names, name)
			}
		}
		series.names = append(series.names, f.Name)
		series.words[f.Name] = string(f.Kind) + by + ". " + f.Help
	}
	page := openPage(t, "../../docs/metrics.md")
	page.tables([]section{series, labels})
	page.renew()
}

// shown are the lines of the figures that are not 0, without comments.
func shown(t *testing.T, f *figures) map[string]string {
	t.Helper()
	var text strings.Builder
	if err := f.registry.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for line := range strings.Lines(text.String()) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name != "#" && value != "0" {
			lines[name] = value
		}
	}
	return lines
}

func TestFigures(t *testing.T) {
	const planted = "/home/ada/plan.go sk-ant-secret"
	of := nothingSeen()
	of.window, of.files = func() int { return 9000 }, func() int { return 12 }
	of.states = map[string]route.State{"standby1": route.HalfOpen}
	f := newFigures(of)

	for _, r := range []completion.Report{
		{Outcome: completion.Shown, Source: completion.FromUpstream, Total: 350 * time.Millisecond, Cost: completion.Cost{First: 250 * time.Millisecond}},
		{Outcome: completion.Shown, Source: completion.FromKept, Total: 80 * time.Microsecond},
		{Outcome: completion.Superseded, Total: time.Second}, // nobody waited for it: no latency
		{Outcome: completion.Failed, Trouble: "rate_limited", Total: time.Second},
		{Outlived: true, Cost: completion.Cost{First: 450 * time.Millisecond}},
		{Outcome: planted, Trouble: planted, Source: planted, Language: planted, Model: planted},
	} {
		f.reported(r)
	}
	for _, kind := range []completion.FeedbackKind{completion.FeedbackShown, completion.FeedbackAccepted, completion.FeedbackKept} {
		f.fedBack(completion.Feedback{Kind: kind, Characters: 7, ID: planted, Language: planted, Model: planted})
	}
	f.routed(route.Event{Kind: route.Retried, Endpoint: "first", Model: planted})
	f.routed(route.Event{Kind: route.Breaker, Endpoint: "first", State: route.Open})
	f.routed(route.Event{Kind: route.Shed, Endpoint: planted})
	f.paid("claude-haiku-5-5-20260901", store.Spent{Requests: 1, Cost: 1500, Tokens: price.Tokens{Input: 10, CacheRead: 20, CacheWrite5m: 3, CacheWrite1h: 4, Output: 5}}, false)
	f.paid(planted, store.Spent{Requests: 1, Cost: 500, Tokens: price.Tokens{CacheWrite5m: 6}}, true)
	f.transferred(claude.Transfer{Wire: 100, Plain: 400, Model: planted})

	got := shown(t, f)
	for _, name := range []string{"claude_lsp_memory_bytes", "claude_lsp_goroutines", "claude_lsp_start_time_seconds"} {
		if cmp.Or(got[name], "0") == "0" {
			t.Errorf("%s is %q", name, got[name])
		}
		delete(got, name)
	}
	maps.DeleteFunc(got, func(name, _ string) bool { return strings.Contains(name, "_bucket") })
	want := map[string]string{
		`claude_lsp_requests_total{outcome="shown"}`:                                             "2",
		`claude_lsp_requests_total{outcome="superseded"}`:                                        "1",
		`claude_lsp_requests_total{outcome="failed"}`:                                            "1",
		`claude_lsp_requests_total{outcome="other"}`:                                             "1",
		`claude_lsp_failures_total{trouble="rate_limited"}`:                                      "1",
		`claude_lsp_failures_total{trouble="other"}`:                                             "1",
		`claude_lsp_answers_total{source="upstream"}`:                                            "1",
		`claude_lsp_answers_total{source="kept"}`:                                                "1",
		`claude_lsp_first_text_seconds_sum`:                                                      "0.7",
		`claude_lsp_first_text_seconds_count`:                                                    "2",
		`claude_lsp_asked_seconds_sum`:                                                           "0.35",
		`claude_lsp_asked_seconds_count`:                                                         "1",
		`claude_lsp_reused_seconds_sum`:                                                          "8e-05",
		`claude_lsp_reused_seconds_count`:                                                        "1",
		`claude_lsp_suggestions_total{event="shown"}`:                                            "1",
		`claude_lsp_suggestions_total{event="accepted"}`:                                         "1",
		`claude_lsp_accepted_characters_total`:                                                   "7",
		`claude_lsp_policies_total{kind="retried",endpoint="first"}`:                             "1",
		`claude_lsp_policies_total{kind="breaker",endpoint="first"}`:                             "1",
		`claude_lsp_policies_total{kind="shed",endpoint="other"}`:                                "1",
		`claude_lsp_breaker_state{endpoint="first",state="open"}`:                                "1",
		`claude_lsp_breaker_state{endpoint="standby1",state="half-open"}`:                        "1",
		`claude_lsp_tokens_total{model="claude-haiku-5-5",kind="input",for="suggestions"}`:       "10",
		`claude_lsp_tokens_total{model="claude-haiku-5-5",kind="cache_read",for="suggestions"}`:  "20",
		`claude_lsp_tokens_total{model="claude-haiku-5-5",kind="cache_write",for="suggestions"}`: "7",
		`claude_lsp_tokens_total{model="claude-haiku-5-5",kind="output",for="suggestions"}`:      "5",
		`claude_lsp_tokens_total{model="other",kind="cache_write",for="warming"}`:                "6",
		`claude_lsp_dollars_total{model="claude-haiku-5-5"}`:                                     "0.0015",
		`claude_lsp_dollars_total{model="other"}`:                                                "0.0005",
		`claude_lsp_sent_bytes_total{form="wire"}`:                                               "100",
		`claude_lsp_sent_bytes_total{form="plain"}`:                                              "400",
		`claude_lsp_window_tokens`:                                                               "9000",
		`claude_lsp_indexed_files`:                                                               "12",
		`claude_lsp_info{version="` + version + `"}`:                                             "1",
	}
	if !reflect.DeepEqual(got, want) {
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s is %q, want %s", name, got[name], want[name])
			}
		}
		for name := range got {
			if want[name] == "" {
				t.Errorf("%s is %s, and nobody counted it", name, got[name])
			}
		}
	}
}

// What nobody can read is not counted, and hurts nobody.
func TestNoFigures(*testing.T) {
	var f *figures
	f.reported(completion.Report{Outcome: completion.Shown})
	f.fedBack(completion.Feedback{Kind: completion.FeedbackShown})
	f.routed(route.Event{Kind: route.Breaker})
	f.paid("claude-haiku-5-5", store.Spent{}, false)
	f.transferred(claude.Transfer{})
}

// refusal is an error that a service has answered with.
type refusal int

func (r refusal) Error() string          { return fmt.Sprint(int(r)) }
func (r refusal) Refusal() model.Refusal { return model.Refusal{Status: int(r)} }

type scripted []error

func (a scripted) Stream(context.Context, model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		for _, err := range a {
			if !yield(model.Chunk{}, err) {
				return
			}
		}
	}
}

// Each attempt at an endpoint is counted, and its error by class.
func TestMetered(t *testing.T) {
	f := newFigures(nothingSeen())
	left, leave := context.WithCancel(t.Context())
	leave()
	for _, tt := range []struct {
		ctx  context.Context
		err  error
		want string
	}{
		{t.Context(), nil, ""},
		{t.Context(), fmt.Errorf("%w: %w", model.ErrRateLimited, refusal(429)), class4xx},
		{t.Context(), refusal(401), class4xx},
		{t.Context(), refusal(529), class5xx},
		{t.Context(), model.ErrOffline, classConnect},
		{t.Context(), model.ErrTimeout, classTimeout},
		{t.Context(), model.ErrIncomplete, classBroken},
		{t.Context(), errors.New("?"), classBroken},
		{t.Context(), model.ErrRefused, classRefused},
		{t.Context(), model.ErrNoKey, ""}, // nothing was sent
		{left, model.ErrOffline, ""},      // it was left
	} {
		before := shown(t, f)
		m := metered{func() *figures { return f }, "standby2", scripted{nil, tt.err}}
		seen := 0
		for range m.Stream(tt.ctx, model.Prompt{}) {
			seen++
		}
		if seen != 2 {
			t.Errorf("%v: %d chunks came through, want 2", tt.err, seen)
		}
		after := shown(t, f)
		if after[`claude_lsp_upstream_requests_total{endpoint="standby2"}`] == before[`claude_lsp_upstream_requests_total{endpoint="standby2"}`] {
			t.Errorf("%v: the attempt is not counted", tt.err)
		}
		for _, class := range []string{class4xx, class5xx, classConnect, classTimeout, classBroken, classRefused, metrics.Other} {
			name := `claude_lsp_upstream_errors_total{endpoint="standby2",class="` + class + `"}`
			if counted := after[name] != before[name]; counted != (class == tt.want) {
				t.Errorf("%v: counted as %s: %v", tt.err, class, counted)
			}
		}
	}
}

func TestKnownModel(t *testing.T) {
	for name, want := range map[string]string{
		"claude-haiku-5-5": "claude-haiku-5-5", "claude-haiku-5-5-20260901": "claude-haiku-5-5", "claude-haiku-5-5-mine": metrics.Other,
		"claude-haiku-5-55": metrics.Other, "claude-haiku-5-5-": metrics.Other, "": metrics.Other, "/home/ada": metrics.Other,
	} {
		if got := knownModel(name); got != want {
			t.Errorf("%q counts as %q, want %q", name, got, want)
		}
	}
}

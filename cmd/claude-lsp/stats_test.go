package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

func TestStats(t *testing.T) {
	haiku := func(language string) store.Subject {
		return store.Subject{Language: language, Provider: "claude", Model: "claude-haiku-5-5"}
	}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.Local)
	s := newStats("store.db", now, rows{[]store.OutcomesRow{
		{Day: "2026-10-24", Subject: haiku("go"), Outcomes: store.Outcomes{Shown: 1000}}, // the day before the first
		{Day: "2026-10-25", Subject: haiku("go"), Outcomes: store.Outcomes{Shown: 90, Accepted: 31, PartlyWords: 5, PartlyLines: 4, TypedThrough: 10, Rejected: 30, Undone: 1, Characters: 500, UndoneCharacters: 20, After30s: store.Standing{Kept: 20, Changed: 10}}},
		{Day: "2026-11-23", Subject: haiku("c"), Outcomes: store.Outcomes{Shown: 10, Rejected: 10}},
		{Day: "2026-11-23", Subject: store.Subject{Language: "c", Provider: "embedded", Model: "embedded"}, Outcomes: store.Outcomes{Shown: 100, Accepted: 30, Characters: 100}},
	}, []store.SpentRow{
		{
			Day: "2026-11-22", Model: "claude-haiku-5-5", Spent: store.Spent{Requests: 300, Cost: 90_000, Tokens: price.Tokens{Input: 3_000, CacheRead: 95_000, CacheWrite5m: 6_000, CacheWrite1h: 1_000, Output: 700}},
			Warming: store.Spent{Requests: 2, Cost: 20_000, Tokens: price.Tokens{CacheRead: 1_000, CacheWrite5m: 4_000}},
		},
		{Day: "2026-11-23", Model: "claude-sonnet-5-5", Spent: store.Spent{Requests: 1, Cost: 10_000}},
	}, []store.LatencyRow{
		{Day: "2026-10-24", Model: "claude-haiku-5-5", Kind: store.LatencyFirst, Took: store.Histogram{0: 100}}, // the day before the first
		{Day: "2026-11-22", Model: "claude-haiku-5-5", Kind: store.LatencyFirst, Took: store.Histogram{148: 80, 152: 15}},
		{Day: "2026-11-23", Model: "claude-haiku-5-5", Kind: store.LatencyFirst, Took: store.Histogram{160: 5}},
		{Day: "2026-11-23", Model: "claude-haiku-5-5", Kind: store.LatencyAsked, Took: store.Histogram{160: 2}},
		{Day: "2026-11-23", Model: "embedded", Kind: store.LatencyReused, Took: store.Histogram{48: 10}},
		{Day: "2026-11-23", Model: "embedded", Kind: "of a newer program", Took: store.Histogram{1: 1}},
	}})

	all := s.Days.All
	if all.Shown != 200 || all.Accepted != 60 || *all.AcceptedPercent != 30 || all.Rejected != 41 || all.Undone != 1 || all.AcceptedCharacters != 580 ||
		all.Requests != 301 || all.USD != 0.1 || all.Kept[0].Kept != 20 || *all.Kept[0].Percent != 66.7 || all.Kept[1].Percent != nil {
		t.Errorf("30 days: %+v", all)
	}
	if s.Days.From != "2026-10-25" || s.Days.To != "2026-11-23" || s.Today.All.Shown != 110 || s.Today.All.Requests != 1 {
		t.Errorf("from %s to %s; today %+v", s.Days.From, s.Days.To, s.Today.All)
	}
	names := func(groups []group) string {
		var all []string
		for _, g := range groups {
			all = append(all, g.Name)
		}
		return strings.Join(all, " ")
	}
	if got := names(s.Days.ByLanguage) + ", " + names(s.Days.ByModel) + ", " + names(s.Days.ByProvider); got !=
		"c go, claude-haiku-5-5 embedded claude-sonnet-5-5, claude embedded" {
		t.Errorf("groups %s", got)
	}
	if m := s.Days.ByModel; m[0].Requests != 300 || m[1].paid != nil || m[2].USD != 0.01 || s.Days.ByLanguage[0].paid != nil {
		t.Errorf("what was paid: %+v", m)
	}

	if got, want := all.Tokens, (&billed{Requests: 299, Input: 3_000, CacheRead: 94_000, CacheWrite: 3_000, Output: 700, CacheReadPercent: new(94.0), USD: .08}); !cmp.Equal(got, want) {
		t.Errorf("for suggestions %+v, want %+v", got, want)
	}
	if got, want := all.Warming, (&billed{Requests: 2, CacheRead: 1_000, CacheWrite: 4_000, CacheReadPercent: new(20.0), USD: .02}); !cmp.Equal(got, want) {
		t.Errorf("to cache ahead %+v, want %+v", got, want)
	}

	if got, want := all.took, (&took{&quantiles{100, 387.141, 547.5, 1095}, &quantiles{2, 1095, 1095, 1095}, &quantiles{10, .066, .066, .066}}); !cmp.Equal(got, want) {
		t.Errorf("times %+v %+v %+v", got.First, got.Asked, got.Reused)
	}
	// What nothing was paid for is left out of what a character costs.
	if m := s.Days.ByModel; *all.PerCharacter != .00020833 || *m[0].PerCharacter != .0001875 || m[2].PerCharacter != nil || s.Today.All.PerCharacter != nil {
		t.Errorf("a character costs %v, of the first model %v", *all.PerCharacter, *m[0].PerCharacter)
	}
	if m := s.Days.ByModel; m[1].took.First != nil || m[1].Reused.Count != 10 || m[2].took != nil || s.Days.ByLanguage[0].took != nil || s.Today.All.First.Count != 5 {
		t.Errorf("times by model: %+v", m)
	}

	var out strings.Builder
	if err := s.print(&out); err != nil {
		t.Fatal(err)
	}
	printed := squeezed(out.String())
	for _, line := range []string{
		"today last 30 days",
		"accepted 30 (27 %) 60 (30 %)",
		"still there after 30 s - 20 (67 %)",
		"still there after 2 min - -",
		"of a prompt, read from the cache - 94.0 %",
		"tokens read from the cache 0 94 000",
		"tokens written to it 0 3 000",
		"other tokens in 0 3 000",
		"tokens out 0 700",
		"cached ahead, requests 0 2",
		"cached ahead, tokens written 0 4 000",
		"cached ahead, cost $0.0000 $0.0200",
		"cost, with that $0.0100 $0.1000",
		"language, 30 days shown accepted words lines typed rejected 30 s characters",
		"go 90 30 (33 %) 5 4 10 31 20 (67 %) 480",
		"cost of an accepted character - $0.000208",
		"first text, p50 / p90 / p99 1095 / 1095 / 1095 ms 387 / 548 / 1095 ms",
		"answer, asking the model 1095 / 1095 / 1095 ms 1095 / 1095 / 1095 ms",
		"answer from memory 66 / 66 / 66 µs 66 / 66 / 66 µs",
		"model, 30 days shown accepted words lines typed rejected 30 s characters requests cached cost per character first text",
		"claude-sonnet-5-5 0 - 0 0 0 0 - 0 1 - $0.0100 - -",
		"embedded 100 30 (30 %) 0 0 0 0 - 100 - - - - -",
	} {
		if !strings.Contains(printed, "\n"+line+"\n") {
			t.Errorf("%q is not printed:\n%s", line, out.String())
		}
	}
}

// squeezed is a table with its columns one space apart.
func squeezed(table string) string {
	all := "\n"
	for line := range strings.Lines(table) {
		all += strings.Join(strings.Fields(line), " ") + "\n"
	}
	return all
}

// Each kind is counted in a place of its own, with what was measured.
func TestCount(t *testing.T) {
	marks := completion.KeptAfter()
	for _, tt := range []struct {
		said completion.Feedback
		want store.Outcomes
	}{
		{completion.Feedback{Kind: completion.FeedbackShown, Characters: 7}, store.Outcomes{Shown: 1}},
		{completion.Feedback{Kind: completion.FeedbackAccepted, Characters: 7}, store.Outcomes{Accepted: 1, Characters: 7}},
		{completion.Feedback{Kind: completion.FeedbackAcceptedWords, Characters: 7}, store.Outcomes{PartlyWords: 1, Characters: 7}},
		{completion.Feedback{Kind: completion.FeedbackAcceptedLines, Characters: 7}, store.Outcomes{PartlyLines: 1, Characters: 7}},
		{completion.Feedback{Kind: completion.FeedbackTypedThrough}, store.Outcomes{TypedThrough: 1}},
		{completion.Feedback{Kind: completion.FeedbackRejected}, store.Outcomes{Rejected: 1}},
		{completion.Feedback{Kind: completion.FeedbackUndone, Characters: 7}, store.Outcomes{Undone: 1, UndoneCharacters: 7}},
		{completion.Feedback{Kind: completion.FeedbackKept, After: marks[0], Share: 1}, store.Outcomes{After30s: store.Standing{Kept: 1}}},
		{completion.Feedback{Kind: completion.FeedbackKept, After: marks[1], Share: 0.5}, store.Outcomes{After2m: store.Standing{Changed: 1}}},
		{completion.Feedback{Kind: completion.FeedbackKept, After: marks[2], Share: 0.7}, store.Outcomes{After10m: store.Standing{Kept: 1}}},
	} {
		if got := count(tt.said); got != tt.want {
			t.Errorf("%+v is counted as %+v, want %+v", tt.said, got, tt.want)
		}
	}
}

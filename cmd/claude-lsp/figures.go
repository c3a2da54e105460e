package main

import (
	"context"
	"errors"
	"iter"
	"maps"
	runtimemetrics "runtime/metrics"
	"slices"
	"strconv"
	"strings"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/metrics"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/route"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// figures are what Prometheus can read of one server. They are counted from
// the moment at which somebody can read them: nil counts nothing.
//
// Every label has a closed set of values, so none can hold what somebody has
// typed or chosen; docs/metrics.md lists them.
type figures struct {
	registry metrics.Registry

	requests, answers, failures metrics.Counter
	first, asked, reused        metrics.Histogram
	upstream, errors            metrics.Counter
	policies                    metrics.Counter
	breakers                    metrics.Gauge
	tokens, dollars             metrics.Counter
	suggestions, characters     metrics.Counter
	sent                        metrics.Counter
}

// A sight is what is looked up when somebody reads the figures.
type sight struct {
	window, files, bytes func() int
	states               map[string]route.State // of the breakers that are not new
}

// Where the buckets end, in seconds. What a person notices lies between 0.1 and
// a few seconds; an answer from memory takes less than a frame on a screen.
var (
	askedBounds  = []float64{.1, .2, .3, .4, .5, .6, .8, 1, 1.25, 1.5, 2, 3, 5, 10, 20}
	reusedBounds = []float64{.000_05, .000_1, .000_2, .000_5, .001, .002, .005, .01, .02, .05, .1, .5}
)

// The classes of ends of requests upstream that were errors.
const (
	class4xx     = "4xx"
	class5xx     = "5xx"
	classConnect = "connect" // no connection, or it was lost
	classTimeout = "timeout" // one of claude.timeouts
	classBroken  = "broken"  // the answer broke off, or made no sense
	classRefused = "refused" // the model would not answer
)

func newFigures(of sight) *figures {
	endpoint := metrics.Label{Name: "endpoint", Values: endpointNames()}
	names := metrics.Label{Name: "model", Values: modelNames()}
	f := &figures{}
	r := &f.registry
	f.requests = r.Counter("claude_lsp_requests_total", "Requests of editors, by how they ended.", label("outcome", outcomeWords))
	f.failures = r.Counter("claude_lsp_failures_total", "Requests that failed, or were answered in part, by trouble.", label("trouble", troubleWords))
	f.answers = r.Counter("claude_lsp_answers_total", "Requests that were answered, by where the answer came from; all but upstream cost nothing.", label("source", sourceWords))
	f.first = r.Histogram("claude_lsp_first_text_seconds", "From asking upstream to the first text of the answer.", askedBounds)
	f.asked = r.Histogram("claude_lsp_asked_seconds", "From the request of an editor to its answer, where upstream was asked; the pause in front is in it.", askedBounds)
	f.reused = r.Histogram("claude_lsp_reused_seconds", "From the request of an editor to its answer, where it came from what is known.", reusedBounds)
	f.upstream = r.Counter("claude_lsp_upstream_requests_total", "Requests to endpoints, each attempt for itself.", endpoint)
	f.errors = r.Counter("claude_lsp_upstream_errors_total", "Requests to endpoints that ended in an error, by its class. What was left before its end is none.", endpoint,
		metrics.Label{Name: "class", Values: []string{class4xx, class5xx, classConnect, classTimeout, classBroken, classRefused}})
	f.policies = r.Counter("claude_lsp_policies_total", "What was done because upstream is not well or slow: retries, switches to a standby, changes of breakers, hedges, requests shed.",
		metrics.Label{Name: "kind", Values: policyKinds}, endpoint)
	f.breakers = r.Gauge("claude_lsp_breaker_state", "1 for the state of the breaker of an endpoint. One that never left closed has no series.", endpoint,
		metrics.Label{Name: "state", Values: breakerStates})
	f.tokens = r.Counter("claude_lsp_tokens_total", "Tokens as billed, by model, kind and what for.", names,
		metrics.Label{Name: "kind", Values: []string{"input", "cache_read", "cache_write", "output"}},
		metrics.Label{Name: "for", Values: []string{forSuggestions, forWarming}})
	f.dollars = r.Counter("claude_lsp_dollars_total", "US dollars spent, by model.", names)
	f.suggestions = r.Counter("claude_lsp_suggestions_total", "Suggestions, by what became of them: docs/decisions/007-feedback.md.",
		metrics.Label{Name: "event", Values: feedbackKinds})
	f.characters = r.Counter("claude_lsp_accepted_characters_total", "Characters that were inserted by accepting, also those that were undone.")
	f.sent = r.Counter("claude_lsp_sent_bytes_total", "Bytes of the bodies of requests: as they went over the wire, and before they were compressed.",
		metrics.Label{Name: "form", Values: []string{"wire", "plain"}})
	r.GaugeFunc("claude_lsp_window_tokens", "How many tokens a prompt may have at the moment.", func() float64 { return float64(of.window()) })
	r.GaugeFunc("claude_lsp_indexed_files", "Files of the workspace that are in the index.", func() float64 { return float64(of.files()) })
	r.GaugeFunc("claude_lsp_indexed_bytes", "How long the texts of these files are together.", func() float64 { return float64(of.bytes()) })
	r.GaugeFunc("claude_lsp_memory_bytes", "Memory that the Go runtime has from the system.", runtimeFigure("/memory/classes/total:bytes"))
	r.GaugeFunc("claude_lsp_goroutines", "Goroutines.", runtimeFigure("/sched/goroutines:goroutines"))
	r.GaugeFunc("claude_lsp_start_time_seconds", "When the server began, in seconds since 1970.", func() float64 { return float64(born.UnixMilli()) / 1e3 })
	r.Gauge("claude_lsp_info", "1, with the version of the server.", metrics.Label{Name: "version", Values: []string{version}}).Set(1, version)
	for name, state := range of.states {
		f.breaker(name, state)
	}
	return f
}

// label is one whose values are the keys of a table of words.
func label[K ~string](name string, words map[K]string) metrics.Label {
	var values []string
	for _, v := range slices.Sorted(maps.Keys(words)) {
		values = append(values, string(v))
	}
	return metrics.Label{Name: name, Values: values}
}

// The values of labels that have no table of words.
var (
	policyKinds = []string{
		string(route.Retried), string(route.Switched), string(route.Breaker),
		string(route.HedgeAsked), string(route.HedgeWon), string(route.HedgeLost), string(route.Shed), string(route.Abandoned),
	}
	breakerStates = []string{string(route.Closed), string(route.Open), string(route.HalfOpen)}
	feedbackKinds = []string{
		string(completion.FeedbackShown), string(completion.FeedbackAccepted), string(completion.FeedbackAcceptedWords), string(completion.FeedbackAcceptedLines),
		string(completion.FeedbackTypedThrough), string(completion.FeedbackRejected), string(completion.FeedbackUndone),
	}
)

// What tokens were spent for.
const (
	forSuggestions = "suggestions"
	forWarming     = "warming"
)

// shownStandbys is how many standbys have a name in the figures; those behind
// them are counted together.
const shownStandbys = 4

// endpointNames are the names that newWay gives, as far as they are told apart.
func endpointNames() []string {
	names := []string{firstEndpoint}
	for i := range shownStandbys {
		names = append(names, standbyName(i))
	}
	return append(names, allOfClaude, embeddedEndpoint)
}

func standbyName(i int) string { return "standby" + strconv.Itoa(i+1) }

// knownModel is the model of the price table that a name is about, be it with a
// date, and metrics.Other for names that somebody made up.
func knownModel(name string) string {
	for _, known := range modelNames() {
		rest, begins := strings.CutPrefix(name, known)
		if _, err := strconv.ParseUint(strings.TrimPrefix(rest, "-"), 10, 64); begins && (rest == "" || rest[0] == '-' && err == nil) {
			return known
		}
	}
	return metrics.Other
}

// reported counts a request, or a stream that outlived it.
func (f *figures) reported(r completion.Report) {
	if f == nil {
		return
	}
	if r.First > 0 {
		f.first.Observe(r.First.Seconds())
	}
	if r.Outlived {
		return // the request has a report of its own
	}
	f.requests.Add(1, string(r.Outcome))
	if r.Trouble != "" {
		f.failures.Add(1, string(r.Trouble))
	}
	if r.Source == "" || r.Outcome != completion.Shown && r.Outcome != completion.Empty {
		return
	}
	f.answers.Add(1, string(r.Source))
	if r.Source == completion.FromUpstream {
		f.asked.Observe(r.Total.Seconds())
	} else {
		f.reused.Observe(r.Total.Seconds())
	}
}

// fedBack counts what became of a suggestion.
func (f *figures) fedBack(x completion.Feedback) {
	if f == nil || x.Kind == completion.FeedbackKept {
		return
	}
	f.suggestions.Add(1, string(x.Kind))
	switch x.Kind {
	case completion.FeedbackAccepted, completion.FeedbackAcceptedWords, completion.FeedbackAcceptedLines:
		f.characters.Add(float64(x.Characters))
	}
}

// routed counts what a policy did.
func (f *figures) routed(e route.Event) {
	if f == nil {
		return
	}
	f.policies.Add(1, string(e.Kind), e.Endpoint)
	if e.Kind == route.Breaker {
		f.breaker(e.Endpoint, e.State)
	}
}

func (f *figures) breaker(endpoint string, now route.State) {
	for _, state := range breakerStates {
		var is float64
		if state == string(now) {
			is = 1
		}
		f.breakers.Set(is, endpoint, state)
	}
}

// paid counts what a request has cost.
func (f *figures) paid(name string, x store.Spent, warming bool) {
	if f == nil {
		return
	}
	name, what := knownModel(name), forSuggestions
	if warming {
		what = forWarming
	}
	t := x.Tokens
	for kind, n := range map[string]int{"input": t.Input, "cache_read": t.CacheRead, "cache_write": t.CacheWrite5m + t.CacheWrite1h, "output": t.Output} {
		if n > 0 {
			f.tokens.Add(float64(n), name, kind, what)
		}
	}
	f.dollars.Add(x.Cost.USD(), name)
}

// transferred counts what went over the wire.
func (f *figures) transferred(t claude.Transfer) {
	if f == nil {
		return
	}
	f.sent.Add(float64(t.Wire), "wire")
	f.sent.Add(float64(t.Plain), "plain")
}

// A metered is an endpoint whose requests are counted.
type metered struct {
	figures  func() *figures
	endpoint string
	next     model.Streamer
}

// Stream implements model.Streamer.
func (m metered) Stream(ctx context.Context, prompt model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		f := m.figures()
		if f == nil {
			m.next.Stream(ctx, prompt)(yield)
			return
		}
		f.upstream.Add(1, m.endpoint)
		for chunk, err := range m.next.Stream(ctx, prompt) {
			if class := classOf(ctx, err); class != "" {
				f.errors.Add(1, m.endpoint, class)
			}
			if !yield(chunk, err) {
				return
			}
		}
	}
}

// classOf is the class of an error; "" where there is none, or where the request
// was never sent, or was left.
func classOf(ctx context.Context, err error) string {
	if err == nil || ctx.Err() != nil {
		return ""
	}
	if r, answered := model.RefusalOf(err); answered {
		switch {
		case r.Status >= 500:
			return class5xx
		case r.Status >= 400:
			return class4xx
		}
	}
	switch {
	case errors.Is(err, model.ErrNoKey), errors.Is(err, model.ErrBudget), errors.Is(err, model.ErrConfig), errors.Is(err, model.ErrShed):
		return ""
	case errors.Is(err, model.ErrOffline):
		return classConnect
	case errors.Is(err, model.ErrTimeout):
		return classTimeout
	case errors.Is(err, model.ErrRefused):
		return classRefused
	default:
		return classBroken
	}
}

// runtimeFigure reads a figure of the Go runtime. It does not stop the program,
// as runtime.ReadMemStats does.
func runtimeFigure(name string) func() float64 {
	return func() float64 {
		sample := []runtimemetrics.Sample{{Name: name}}
		runtimemetrics.Read(sample)
		if sample[0].Value.Kind() != runtimemetrics.KindUint64 {
			return 0
		}
		return float64(sample[0].Value.Uint64())
	}
}

package main

import (
	"crypto/rand"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// decisions writes down how the requests of a session went, for claude-lsp why.
// It is called while a request is answered, and waits for nothing.
type decisions struct {
	store   *lazyStore
	session string // at random, because a process id comes again
}

func newDecisions(st *lazyStore) *decisions {
	return &decisions{store: st, session: rand.Text()[:8]}
}

// What stands in the store as the verdict.
const (
	verdictAsk = "ask"
	verdictNot = "no"
)

// add writes down what a report says. kind is who answers at the moment.
func (d *decisions) add(r completion.Report, kind config.Provider) {
	st := d.store.open()
	if st == nil {
		return
	}
	x := store.Decision{
		Session: d.session, Request: r.Request,
		Input: r.Usage.Input, CacheRead: r.Usage.CacheRead, CacheWrite: r.Usage.CacheWrite5m + r.Usage.CacheWrite1h,
		Output: r.Usage.Output, Estimated: r.Estimated,
		Steps: r.Steps, EarlyEnd: r.EarlyEnd, Stop: string(r.Stop), First: r.First,
	}
	if r.First > 0 {
		st.AddLatency(modelOf(r, kind), store.LatencyFirst, r.First)
	}
	if r.Ahead { // its costs are the request's, and the rest is about another line
		x.Steps, x.EarlyEnd, x.Stop, x.First = nil, "", "", 0
	}
	if r.Outlived { // the rest stands in the request's own report
		st.AddDecision(x)
		return
	}
	x.At = time.Now()
	x.Language, x.Line, x.Column, x.Invoked = r.Language, r.Line, r.Column, r.Invoked
	x.Outcome, x.Reason, x.Trouble = string(r.Outcome), r.Reason, string(r.Trouble)
	x.Missed, x.Source, x.Provider = string(r.Missed), string(r.Source), string(kind)
	if kind != config.ProviderEmbedded {
		x.Model = r.Model
	}
	x.OneLine, x.Candidates, x.Window, x.Blocks = r.OneLine, r.Candidates, int(r.Window), r.Blocks
	x.Waited, x.Total = r.Waited, r.Total
	switch {
	case r.Outcome == completion.NotAsked:
		x.Verdict = verdictNot
	case r.Verdict.Ask:
		x.Verdict = verdictAsk
	}
	st.AddDecision(x)
	switch {
	case r.Source == "" || r.Outcome != completion.Shown && r.Outcome != completion.Empty: // nobody was answered
	case r.Source == completion.FromUpstream:
		st.AddLatency(modelOf(r, kind), store.LatencyAsked, r.Total)
	default:
		st.AddLatency(modelOf(r, kind), store.LatencyReused, r.Total)
	}
}

// modelOf is the model of a request, as what becomes of suggestions is counted by it.
func modelOf(r completion.Report, kind config.Provider) string {
	if kind == config.ProviderEmbedded {
		return "embedded"
	}
	return r.Model
}

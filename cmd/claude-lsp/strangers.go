package main

import (
	"slices"

	"github.com/claude-lsp/claude-lsp/internal/metrics"
	"github.com/claude-lsp/claude-lsp/internal/store"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// What strangers may see of what the store holds. It is names and numbers, but a
// model, a language or a whole row may be of anybody's making: a name is shown
// if it is one of the program's own.

// named is a name of a table, and metrics.Other for every other.
func named[K ~string](words map[K]string, name string) string {
	if _, known := words[K(name)]; known || name == "" {
		return name
	}
	return metrics.Other
}

func oneOf(name string, names ...string) string {
	if name == "" || slices.Contains(names, name) {
		return name
	}
	return metrics.Other
}

func namedLanguage(id string) string {
	if known := syntax.ByID(id).ID(); known == id || known != syntax.ByID("").ID() {
		return known
	}
	return metrics.Other
}

func namedProvider(name string) string { return oneOf(name, "claude", "embedded", "fim") }

func namedModel(name string) string {
	if name == "" || name == "embedded" {
		return name
	}
	return knownModel(name)
}

// forStrangers is a decision of which nothing can be of the user's making.
func forStrangers(d store.Decision, sessions map[string]string) store.Decision {
	d.Session = sessions[d.Session]
	d.Language, d.Provider, d.Model = namedLanguage(d.Language), namedProvider(d.Provider), namedModel(d.Model)
	d.Verdict = oneOf(d.Verdict, verdictAsk, verdictNot)
	d.Missed, d.Source = named(missWords, d.Missed), named(sourceWords, d.Source)
	d.Outcome, d.Reason, d.Trouble = named(outcomeWords, d.Outcome), named(reasonWords, d.Reason), named(troubleWords, d.Trouble)
	d.EarlyEnd, d.Stop = named(endWords, d.EarlyEnd), named(stopWords, d.Stop)
	steps := slices.Clone(d.Steps)
	for i, s := range steps {
		steps[i] = named(stepWords, s)
	}
	d.Steps = steps
	return d
}

// forStrangers are figures with names of the program's own alone. Those that
// have no name then are one.
func (r rows) forStrangers() rows {
	r = rows{slices.Clone(r.outcomes), slices.Clone(r.spent), slices.Clone(r.latencies)}
	for i := range r.outcomes {
		of := &r.outcomes[i].Subject
		of.Language, of.Provider, of.Model = namedLanguage(of.Language), namedProvider(of.Provider), namedModel(of.Model)
	}
	for i := range r.spent {
		r.spent[i].Model = namedModel(r.spent[i].Model)
	}
	for i := range r.latencies {
		r.latencies[i].Model = namedModel(r.latencies[i].Model)
	}
	return r
}

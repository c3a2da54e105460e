package model

import (
	"github.com/claude-lsp/claude-lsp/internal/syntax"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// Count estimates what a prompt costs: its rules, its blocks and the rest.
func (p Prompt) Count(e *tokens.Estimator) tokens.Count {
	n := e.Count("markdown", p.Rules) + p.CountRest(e)
	for _, b := range p.Blocks {
		n += b.Count(e)
	}
	return n
}

// CountRest estimates what a prompt costs beside its rules and blocks: what
// changes from one request to the next.
func (p Prompt) CountRest(e *tokens.Estimator) tokens.Count {
	n := e.Count("", p.Notes) + e.Count("", p.Task)
	for _, text := range []string{p.Before, p.Mark, p.After} {
		n += e.Count(p.Language, text)
	}
	return n + countParts(e, p.Near)
}

// Count estimates what a block costs.
func (b Block) Count(e *tokens.Estimator) tokens.Count { return countParts(e, b.Parts) }

func countParts(e *tokens.Estimator, parts []Part) (n tokens.Count) {
	for _, p := range parts {
		n += e.Count("", p.Path) + e.Count(syntax.IDForPath(p.Path), p.Text)
	}
	return n
}

package main

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// An insertCase is one answer of a model, and what must stand in the document
// because of it.
type insertCase struct {
	ID     string `json:"id"`
	Lang   string `json:"lang"`
	Path   string `json:"path"`
	Style  string `json:"style"`
	Prefix string `json:"prefix"` // the document before the cursor
	Suffix string `json:"suffix"` // and after it

	Raw    string `json:"raw_model_text"`
	Stop   string `json:"stop_reason"`
	Chunks []int  `json:"chunks"` // bytes of Raw at which the stream is cut

	Expected string `json:"expected_insert"`
	Accept   string `json:"accept"` // one of the accept constants

	Also []string `json:"also,omitempty"` // insertions that are right too
}

// What a case accepts.
const (
	acceptExact  = "exact"  // the expected text
	acceptNone   = "none"   // nothing: the answer holds nothing to insert
	acceptPrefix = "prefix" // the beginning of the expected text, whose whole lines must stand: the answer was cut
	acceptBegins = "begins" // the beginning of the expected text, or nothing: only what is wrong counts
)

// The ways to cut the stream of an answer.
const (
	chunksGiven = "given" // where the case says
	chunksBytes = "bytes" // as often as possible
	chunksWhole = "whole" // not at all
	chunksLines = "lines" // behind each line
)

// cut is the answer as deltas. A delta is a JSON string, so a character of
// several bytes always stays whole, also where a case wants a cut inside it.
func (c insertCase) cut(how string) ([]string, error) {
	var at []int
	switch how {
	case chunksGiven:
		at = c.Chunks
	case chunksBytes:
		for i := range c.Raw {
			at = append(at, i)
		}
	case chunksLines:
		for i := range c.Raw {
			if i > 0 && c.Raw[i-1] == '\n' {
				at = append(at, i)
			}
		}
	case chunksWhole:
	default:
		return nil, fmt.Errorf("-chunking %s: it is %s, %s, %s or %s", how, chunksGiven, chunksBytes, chunksLines, chunksWhole)
	}
	var deltas []string
	from := 0
	for _, to := range append(slices.Clip(at), len(c.Raw)) {
		for to < len(c.Raw) && !utf8.RuneStart(c.Raw[to]) {
			to++
		}
		if to > len(c.Raw) || to < from {
			return nil, fmt.Errorf("%s is cut at byte %d of %d, after %d", c.ID, to, len(c.Raw), from)
		}
		if to > from {
			deltas = append(deltas, c.Raw[from:to])
		}
		from = to
	}
	return deltas, nil
}

// answer is the case as an upstream plays it.
func (c insertCase) answer(how string) (messages.Answer, error) {
	deltas, err := c.cut(how)
	a := messages.Answer{Chunks: deltas, Stop: c.Stop}
	if c.Stop == "refusal" { // it has details of its own
		a.Break = &messages.Break{How: messages.Refuse, After: messages.AllButStop}
	}
	return a, err
}

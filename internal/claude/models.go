package claude

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// thinking is how a model is asked to answer at once. A completion that thinks
// first comes too late, and the thoughts use up its max_tokens.
type thinking uint8

const (
	omit         thinking = iota // thinking is off unless asked for; naming it may even be refused
	disabled                     // it is on by default and can be switched off
	betweenTools                 // "disabled" is refused; this form thinks between tool calls alone, and we have none
	always                       // it cannot be switched off
)

// traits is what a request must know of a model. Sampling fields are no part of
// it: they are refused by every model under API version 2026-10-21 and by the
// newer ones under any, so they are never sent.
type traits struct {
	thinking thinking

	// effort is sent as it stands in every request of the model, or not at all:
	// a change of it would start the prompt cache over. "low" is documented as
	// allowed together with thinking off; models without it refuse the field.
	effort string
}

// known holds the models of Anthropic's pages of October 2026, by id without
// date. Sampling, effort and thinking rules are per generation, not per tier.
var known = map[string]traits{
	"claude-haiku-5-5":      {disabled, "low"},
	"claude-haiku-4-5":      {omit, ""},
	"claude-sonnet-5-5":     {betweenTools, "low"},
	"claude-sonnet-5":       {disabled, ""},
	"claude-sonnet-4-6":     {omit, ""},
	"claude-sonnet-4-5":     {omit, ""},
	"claude-opus-5-5":       {always, ""},
	"claude-opus-5":         {disabled, ""},
	"claude-opus-4-8":       {omit, ""},
	"claude-opus-4-7":       {omit, ""},
	"claude-opus-4-6":       {omit, ""},
	"claude-opus-4-5":       {omit, ""},
	"claude-fable-5-2":      {always, ""},
	"claude-fable-5-1":      {always, ""},
	"claude-fable-5":        {always, ""},
	"claude-mythos-5-2":     {always, ""},
	"claude-mythos-5-1":     {always, ""},
	"claude-mythos-5":       {always, ""},
	"claude-mythos-preview": {always, ""},
}

// families says what to assume of a model that came after the table: what the
// newest one of its family wants. Opus and everything that is not Claude (local
// servers, deployment names) get the request without the field, which no model
// refuses.
var families = []struct {
	prefix string
	traits traits
}{
	{"claude-haiku-4", traits{omit, ""}},
	{"claude-haiku-", traits{disabled, ""}},
	{"claude-sonnet-4", traits{omit, ""}},
	{"claude-sonnet-", traits{betweenTools, ""}},
	{"claude-fable-", traits{always, ""}},
	{"claude-mythos-", traits{always, ""}},
}

// traitsOf returns what is known or assumed of a model. Ids are understood as
// the first-party API, its clouds and gateways write them: with a date, with
// "anthropic." or "anthropic/" and more before it, with dots for the dashes.
func traitsOf(id string) traits {
	id = strings.ToLower(id)
	i := strings.Index(id, "claude-")
	if i < 0 {
		return traits{}
	}
	id = strings.ReplaceAll(id[i:], ".", "-")
	if t, ok := known[id]; ok {
		return t
	}
	// The longest known id that is followed by something other than a further
	// version number: claude-opus-5-7 is not claude-opus-5 with a date.
	for cut := id; ; {
		i := strings.LastIndexAny(cut, "-@:[")
		if i < 0 {
			break
		}
		rest := id[i+1:]
		cut = id[:i]
		if t, ok := known[cut]; ok && !version(rest) {
			return t
		}
	}
	for _, f := range families {
		if strings.HasPrefix(id, f.prefix) {
			return f.traits
		}
	}
	return traits{}
}

// claudes reports whether id names one of Claude's models, wherever it runs.
func claudes(id string) bool { return strings.Contains(strings.ToLower(id), "claude-") }

// version reports whether s begins with a number of one or two digits, as a
// point release does and a date does not.
func version(s string) bool {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n == 1 || n == 2
}

// check returns model.ErrConfig for a model that cannot serve completion.
func (t traits) check(id string) error {
	if t.thinking != always {
		return nil
	}
	return fmt.Errorf("%w: %s always thinks before it answers, which is too slow for completion: choose %s, claude-sonnet-5-5 or claude-haiku-4-5",
		model.ErrConfig, printable(id, 100), DefaultModel)
}

// appendSending appends the fields of the request that follow from t and from
// what the request is for, each with a comma before it. maxTokens is of an
// answer; 0 or less means the default.
func (t traits) appendSending(b []byte, why purpose, maxTokens int) []byte {
	if why == toCount {
		return b // what is counted is the prompt, and depends on none of them
	}
	switch t.thinking {
	case disabled:
		b = append(b, `,"thinking":{"type":"disabled"}`...)
	case betweenTools:
		b = append(b, `,"thinking":{"type":"between_tools"}`...)
	}
	if t.effort != "" {
		b = append(b, `,"output_config":{"effort":"`+t.effort+`"}`...)
	}
	if why == toWarm {
		return append(b, `,"max_tokens":0`...)
	}
	if maxTokens <= 0 {
		maxTokens = defaultMaxTokens
	}
	b = strconv.AppendInt(append(b, `,"max_tokens":`...), int64(maxTokens), 10)
	return append(b, `,"stream":true`...)
}

package messages

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// The two versions of the API.
const (
	version2023 = "2023-06-01"
	version2026 = "2026-10-21"
)

const (
	maxBody     = 32 << 20 // bytes, before and after decoding
	maxMessages = 100_000
	maxMarks    = 4 // cache breakpoints
)

// betas are the values of anthropic-beta that a request for an answer may
// carry. A value that the real API does not know is refused.
var betas = []string{
	"cache-diagnosis-2026-04-07", "context-1m-2025-08-07", "extended-cache-ttl-2025-04-11", "fast-mode-2026-02-01",
	"interleaved-thinking-2025-05-14", "message-threads-2026-08-12", "mid-conversation-output-config-2026-07-01",
	"output-300k-2026-03-24", "prompt-caching-2024-07-31", "structured-outputs-2025-11-13", "token-counting-2024-11-01",
}

const (
	betaThreads = "message-threads-2026-08-12"
	betaFast    = "fast-mode-2026-02-01"
)

// checkHeaders looks at what every request must carry beside its key.
func checkHeaders(h http.Header) *Fault {
	switch v := h.Get("Anthropic-Version"); v {
	case version2023, version2026:
	case "":
		return invalid("anthropic-version: header is required")
	default:
		return invalid("anthropic-version: %s is not a valid version", quote(v))
	}
	for _, b := range betaList(h) {
		if !slices.Contains(betas, b) {
			return invalid("Unexpected value(s) `%s` for the `anthropic-beta` header.", b)
		}
	}
	return nil
}

// betaList splits the anthropic-beta headers of a request.
func betaList(h http.Header) []string {
	var list []string
	for _, v := range h.Values("Anthropic-Beta") {
		for b := range strings.SplitSeq(v, ",") {
			if b = strings.TrimSpace(b); b != "" {
				list = append(list, b)
			}
		}
	}
	return list
}

// A call is what the rules see of a request.
type call struct {
	body    Body
	version string
	betas   []string
	count   bool // count_tokens
}

// check holds a parsed request against the rules of its model.
func check(c call) (spec, *Fault) {
	m, ok := lookup(c.body.Model)
	if !ok {
		return m, &Fault{Status: http.StatusNotFound, Type: "not_found_error", Message: "model: " + c.body.Model}
	}
	rules := []func(call, spec) *Fault{checkTurns, checkText, checkMarks, checkThinking, checkSpeed}
	if !c.count {
		rules = append(rules, checkSampling, checkStops, checkLength)
	}
	for _, rule := range rules {
		if f := rule(c, m); f != nil {
			return m, f
		}
	}
	return m, nil
}

// checkTurns is about the order of turns, prefill above all.
func checkTurns(c call, m spec) *Fault {
	turns := c.body.Messages
	switch {
	case len(turns) == 0:
		return invalid("messages: at least one message is required")
	case len(turns) > maxMessages:
		return invalid("messages: at most %d messages are allowed", maxMessages)
	case turns[0].Role != "user":
		return invalid(`messages: first message must use the "user" role`)
	}
	last := turns[len(turns)-1]
	if last.Role == "user" {
		return nil
	}
	if !m.prefill {
		return invalid("This model does not support assistant message prefill. The conversation must end with a user message.")
	}
	if !m.off(c.body.Thinking.Type) {
		return invalid("messages: prefill is not supported with thinking")
	}
	if n := len(last.Content); n > 0 && strings.TrimRight(last.Content[n-1].Text, " \t\r\n") != last.Content[n-1].Text {
		return invalid("messages: final assistant content cannot end with trailing whitespace")
	}
	return nil
}

// checkText refuses blocks without a visible character.
func checkText(c call, _ spec) *Fault {
	blank := func(place, path string, b Block) *Fault {
		if b.Type != "text" || strings.TrimSpace(b.Text) != "" {
			return nil
		}
		if b.Cache != nil && b.Text == "" {
			return invalid("%s: cache_control cannot be set for empty text blocks", path)
		}
		return invalid("%s: text content blocks must contain non-whitespace text", place)
	}
	for i, b := range c.body.System {
		if f := blank("system", at("system", i), b); f != nil {
			return f
		}
	}
	for i, msg := range c.body.Messages {
		if len(msg.Content) == 0 {
			return invalid("messages.%d: all messages must have non-empty content", i)
		}
		for j, b := range msg.Content {
			if f := blank("messages", fmt.Sprintf("messages.%d.content.%d.text", i, j), b); f != nil {
				return f
			}
			if b.Type == "document" && msg.Role == "assistant" && c.version == version2026 {
				return invalid("messages.%d.content.%d: document blocks are not permitted in assistant turns", i, j)
			}
		}
	}
	return nil
}

// checkMarks is about cache breakpoints: how many, and the longer-lived first.
func checkMarks(c call, _ spec) *Fault {
	var marks []*Cache
	for _, b := range c.body.blocks() {
		if b.Cache != nil {
			marks = append(marks, b.Cache)
		}
	}
	if c.body.Auto != nil {
		marks = append(marks, c.body.Auto)
	}
	if len(marks) > maxMarks {
		return invalid("A maximum of %d blocks with cache_control may be provided. Found %d.", maxMarks, len(marks))
	}
	short := false
	for _, m := range marks {
		if m.TTL == "1h" && short {
			return invalid("cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. " +
				"Note that blocks are processed in the following order: `tools`, `system`, `messages`.")
		}
		short = short || m.TTL == "5m"
	}
	return nil
}

func checkThinking(c call, m spec) *Fault {
	t, effort := c.body.Thinking, c.body.Effort
	if effort != "" && !slices.Contains(effort5, effort) {
		return invalid("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
	}
	if effort != "" && !slices.Contains(m.efforts, effort) {
		if m.efforts == nil {
			return invalid("This model does not support the effort parameter.")
		}
		return invalid("output_config.effort: %s is not supported by this model", quote(effort))
	}
	if t.Type != "" && !slices.Contains(m.types, t.Type) {
		return invalid("thinking.type: %s is not supported by this model. Supported values: %s.", quote(t.Type), strings.Join(m.types, ", "))
	}
	if effort == "" {
		effort = m.effort
	}
	if m.off(t.Type) && m.offMaxEffort != "" && slices.Index(effort5, effort) > slices.Index(effort5, m.offMaxEffort) {
		return invalid("thinking.type: %s is not supported with effort %s on this model", quote(t.Type), quote(effort))
	}
	if t.Type != "enabled" {
		return nil
	}
	if t.Budget < 1024 {
		return invalid("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
	}
	if !c.count && c.body.MaxTokens > 0 && t.Budget >= c.body.MaxTokens {
		return invalid("`max_tokens` must be greater than `thinking.budget_tokens`.")
	}
	return nil
}

func checkSpeed(c call, m spec) *Fault {
	if c.body.Speed == "fast" && !(m.fast && slices.Contains(c.betas, betaFast)) {
		return invalid("speed: 'fast' is not supported for this request")
	}
	return nil
}

// checkSampling: the newer version of the API takes no sampling parameter at
// all, even at its default; the older one takes what the model takes.
func checkSampling(c call, m spec) *Fault {
	b := c.body
	set := []string{}
	for _, p := range []struct {
		name  string
		there bool
		sane  bool
		plain bool // the only value a model with fixed sampling takes
	}{
		{"temperature", b.Temperature != nil, b.Temperature == nil || *b.Temperature >= 0 && *b.Temperature <= 1, b.Temperature != nil && *b.Temperature == 1},
		{"top_p", b.TopP != nil, b.TopP == nil || *b.TopP >= 0 && *b.TopP <= 1, b.TopP != nil && *b.TopP == .99},
		{"top_k", b.TopK != nil, b.TopK == nil || *b.TopK >= 0, false},
	} {
		switch {
		case !p.there:
			continue
		case c.version == version2026:
			return invalid("`%s` is not supported with anthropic-version %s.", p.name, version2026)
		case !p.sane:
			return invalid("%s: Input is out of range", p.name)
		case m.sampling == samplingNone, m.sampling == samplingDefaults && !p.plain:
			return invalid("`%s` is not supported by this model.", p.name)
		}
		set = append(set, p.name)
	}
	if slices.Contains(set, "temperature") && slices.Contains(set, "top_p") {
		return invalid("`temperature` and `top_p` cannot both be specified for this model. Please use only one.")
	}
	return nil
}

func checkStops(c call, _ spec) *Fault {
	for _, s := range c.body.StopSequences {
		if s == "" {
			return invalid("stop_sequences: each stop sequence must be non-empty")
		}
		if strings.TrimSpace(s) == "" {
			return invalid("stop_sequences: each stop sequence must contain non-whitespace")
		}
	}
	return nil
}

// checkLength is about max_tokens, where 0 asks for the prompt cache to be
// filled and for nothing else, and about the window.
func checkLength(c call, m spec) *Fault {
	b := c.body
	switch {
	case b.MaxTokens < 0:
		return invalid("max_tokens: Input should be greater than or equal to 0")
	case b.MaxTokens > m.output:
		return invalid("max_tokens: %d > %d, which is the maximum allowed number of output tokens for %s", b.MaxTokens, m.output, m.id)
	case b.MaxTokens == 0 && b.Stream:
		return invalid("max_tokens: 0 is not supported with stream")
	case b.MaxTokens == 0 && b.Thinking.Type == "enabled":
		return invalid("max_tokens: 0 is not supported with thinking enabled")
	case b.MaxTokens == 0 && b.format:
		return invalid("max_tokens: 0 is not supported with output_config.format")
	case b.MaxTokens == 0 && b.forced:
		return invalid("max_tokens: 0 is not supported with this tool_choice")
	}
	if n := promptTokens(b, m); n > m.window {
		return invalid("prompt is too long: %d tokens > %d maximum", n, m.window)
	}
	return nil
}

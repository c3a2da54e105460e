package messages

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// thought is what the fake thinks when a request lets the model think and the
// script gave it nothing to think. Clients that want speed must switch thinking
// off, so it is long enough to be missed in a short max_tokens.
const thought = "The cursor stands at the end of an unfinished line. I look at what is declared above it and at what follows, " +
	"and I work out what belongs here, in which form the answer is wanted, and where it has to end."

// A reply is an answer worked out for one request: what is said in the end, to
// be sent at once or as a stream.
type reply struct {
	id, requestID, model string
	thinking             string
	thinks               bool
	showThinking         bool
	deltas               []string // of the text; none means no text block
	stop, stopSequence   string
	category             string // of a refusal
	usage                Usage
}

// compose works an answer out under the rules that hold for every answer:
// stop sequences end the text, max_tokens ends whatever is being said, and
// thinking counts.
func compose(a Answer, b Body, m spec, usage Usage) reply {
	r := reply{model: m.id, stop: "end_turn", usage: usage, showThinking: b.Thinking.Display == "summarized"}
	if b.MaxTokens == 0 {
		r.stop = "max_tokens"
		return r
	}
	if a.Stop != "" {
		r.stop = a.Stop
	}
	left, full := b.MaxTokens, false // full: max_tokens ended it
	if !m.off(b.Thinking.Type) || a.Thinking != "" {
		r.thinks, r.thinking = true, a.Thinking
		if r.thinking == "" {
			r.thinking = thought
		}
		r.thinking, left, full = m.fit(r.thinking, left)
		r.usage.Thinking = b.MaxTokens - left
	}
	if !full {
		chunks := a.Chunks
		if chunks == nil {
			chunks = words(a.Text)
		}
		text := strings.Join(chunks, "")
		if i, seq := firstOf(text, b.StopSequences); i >= 0 {
			text, r.stop, r.stopSequence = text[:i], "stop_sequence", seq
		}
		text, left, full = m.fit(text, left)
		r.deltas = upTo(chunks, len(text))
	}
	if full {
		r.stop, r.stopSequence = "max_tokens", ""
	}
	if br := a.Break; br != nil && br.How == Refuse {
		r.deltas = r.deltas[:min(max(br.After, 0), len(r.deltas))]
		r.stop, r.stopSequence, r.category = "refusal", "", br.Category
		left = b.MaxTokens - r.usage.Thinking - m.tokens(strings.Join(r.deltas, ""))
	}
	r.usage.Output = max(1, b.MaxTokens-left) // an empty answer costs a token too
	return r
}

// upTo keeps the first n bytes of chunks, and no chunk that is empty.
func upTo(chunks []string, n int) []string {
	var kept []string
	for _, c := range chunks {
		c = c[:min(len(c), n)]
		n -= len(c)
		if c != "" {
			kept = append(kept, c)
		}
	}
	return kept
}

// fit cuts text to at most limit tokens, never inside a character. It returns
// what is left of the limit, and whether anything was cut off.
func (m spec) fit(text string, limit int) (kept string, left int, cut bool) {
	n := m.tokens(text)
	if n <= limit {
		return text, limit - n, false
	}
	end := limit * 5 / 2
	if m.oldTokens {
		end = limit * 13 / 4
	}
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end], 0, true
}

// firstOf finds the stop sequence that comes first in text.
func firstOf(text string, stops []string) (at int, which string) {
	at = -1
	for _, s := range stops {
		if i := strings.Index(text, s); i >= 0 && (at < 0 || i < at) {
			at, which = i, s
		}
	}
	return at, which
}

// words cuts text into deltas as they come from the API: about a word each,
// with the white space before it.
func words(text string) []string {
	var all []string
	for text != "" {
		i := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
		if j := strings.IndexAny(text[i:], " \t\r\n"); j >= 0 {
			i += j
		} else {
			i = len(text)
		}
		if i == 0 {
			i = len(text)
		}
		all = append(all, text[:i])
		text = text[i:]
	}
	return all
}

// stopDetails is the JSON of stop_details.
func (r reply) stopDetails() string {
	if r.stop != "refusal" {
		return "null"
	}
	return fmt.Sprintf(`{"type":"refusal","category":%s,"explanation":null}`, orNull(r.category))
}

// orNull is s as a JSON string, or null.
func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return quote(s)
}

// usageJSON is the usage of a message; output differs between the start of a
// stream and its end.
func usageJSON(u Usage, output int) string {
	return fmt.Sprintf(`{"input_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,`+
		`"cache_creation":{"ephemeral_5m_input_tokens":%d,"ephemeral_1h_input_tokens":%d},"output_tokens":%d,`+
		`"service_tier":"standard","inference_geo":"global","speed":"standard","server_tool_use":null,"output_tokens_details":%s}`,
		u.Input, u.CacheWrite5m+u.CacheWrite1h, u.CacheRead, u.CacheWrite5m, u.CacheWrite1h, output, detailsJSON(u))
}

func detailsJSON(u Usage) string {
	if u.Thinking == 0 {
		return "null"
	}
	return fmt.Sprintf(`{"thinking_tokens":%d}`, u.Thinking)
}

// message is the reply in one piece.
func (r reply) message() string {
	var content []string
	if r.thinks {
		content = append(content, r.thinkingBlock())
	}
	if len(r.deltas) > 0 {
		content = append(content, fmt.Sprintf(`{"type":"text","text":%s,"citations":null}`, quote(strings.Join(r.deltas, ""))))
	}
	return fmt.Sprintf(`{"id":%q,"type":"message","role":"assistant","model":%q,"content":[%s],"stop_reason":%q,`+
		`"stop_sequence":%s,"stop_details":%s,"container":null,"diagnostics":null,"usage":%s}`,
		r.id, r.model, strings.Join(content, ","), r.stop, orNull(r.stopSequence), r.stopDetails(), usageJSON(r.usage, r.usage.Output))
}

// signature stands for the opaque proof that a thinking block is the model's.
const signature = "ZmFrZS1zaWduYXR1cmU="

func (r reply) thinkingBlock() string {
	shown := ""
	if r.showThinking {
		shown = r.thinking
	}
	return fmt.Sprintf(`{"type":"thinking","thinking":%s,"signature":%q}`, quote(shown), signature)
}

package messages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Body is a parsed request.
type Body struct {
	Model         string
	MaxTokens     int
	Stream        bool
	System        []Block
	Messages      []Message
	StopSequences []string
	Thinking      Thinking
	Effort        string // output_config.effort; "" when absent
	Auto          *Cache // top-level cache_control
	Speed         string
	Temperature   *float64
	TopP          *float64
	TopK          *int
	Tools         []Block // each with its JSON in Raw

	format     bool   // output_config.format is set
	toolChoice string // its JSON
	forced     bool   // tool_choice demands a tool
}

// A Message is one turn. Neighbours of one role are one turn to the model.
type Message struct {
	Role    string
	Content []Block
}

// A Block is a content block. Content that came as a plain string is one text
// block, as the API documents.
type Block struct {
	Type  string
	Text  string          // of a text block
	Raw   json.RawMessage // of any other: its JSON without cache_control
	Cache *Cache          // its cache breakpoint, or nil
}

// A Cache is a cache_control.
type Cache struct{ TTL string } // "5m" or "1h"

// Thinking is the field "thinking".
type Thinking struct {
	Type    string // "" when absent
	Budget  int    // budget_tokens
	Display string // "summarized", "omitted" or ""
}

// Prompt is all text of the request in the order in which the model reads it,
// the blocks one after the other: for scripts that answer by what they see.
func (b Body) Prompt() string {
	var all strings.Builder
	for _, s := range b.System {
		all.WriteString(s.Text)
	}
	for _, m := range b.Messages {
		for _, c := range m.Content {
			all.WriteString(c.Text)
		}
	}
	return all.String()
}

// parse reads the body of /v1/messages, or with count that of count_tokens.
// It knows nothing of models: rules.go does.
func parse(raw []byte, count, threads bool) (Body, *Fault) {
	var b Body
	if !json.Valid(raw) || !utf8.Valid(raw) || loneSurrogate(raw) {
		return b, invalid("The request body is not valid JSON.")
	}
	o, bad := openObject("", raw)
	if bad != nil {
		return b, invalid("The request body is not a JSON object.")
	}
	var list []json.RawMessage
	o.need("model", &b.Model)
	o.need("messages", &list)
	if !count {
		parseSending(o, &b)
		// Server-side threads exist, but only behind their beta header; this
		// fake plays an organization that does not have them.
		if _, ok := o.fields["thread"]; ok && threads {
			f := invalid("thread: not supported for this request")
			f.Code = "thread_unsupported_request"
			return b, f
		}
	}
	for i, m := range list {
		if o.err == nil {
			msg, err := parseMessage(at("messages", i), m)
			b.Messages = append(b.Messages, msg)
			o.also(err)
		}
	}
	var system json.RawMessage
	if o.take("system", &system) {
		var err *Fault
		b.System, err = parseContent("system", system, "system")
		o.also(err)
	}
	parseModes(o, &b)
	return b, o.close()
}

// loneSurrogate says whether a string of valid JSON holds half a character,
// such as "\ud83d" with no second half. Go's decoder mends that; the real API
// refuses the whole body.
func loneSurrogate(raw []byte) bool {
	high := false // the escape just before was a first half
	for {
		i := bytes.IndexByte(raw, '\\')
		if high && i != 0 {
			return true
		}
		if i < 0 {
			return false
		}
		raw = raw[i+1:]
		if raw[0] != 'u' {
			if high {
				return true
			}
			raw = raw[1:]
			continue
		}
		n, _ := strconv.ParseUint(string(raw[1:5]), 16, 16) // valid JSON has four digits here
		low := n >= 0xdc00 && n < 0xe000
		if high != low {
			return true
		}
		high = n >= 0xd800 && n < 0xdc00
		raw = raw[5:]
	}
}

// parseSending takes the fields that only a request for an answer has.
func parseSending(o *object, b *Body) {
	o.need("max_tokens", &b.MaxTokens)
	o.take("stream", &b.Stream)
	o.take("stop_sequences", &b.StopSequences)
	o.take("temperature", &b.Temperature)
	o.take("top_p", &b.TopP)
	o.take("top_k", &b.TopK)
	var tier, speed, geo, container string
	if o.take("service_tier", &tier) && tier != "auto" && tier != "standard_only" {
		o.fail("service_tier", "Input should be 'auto' or 'standard_only'")
	}
	if o.take("speed", &speed) && speed != "standard" && speed != "fast" {
		o.fail("speed", "Input should be 'standard' or 'fast'")
	}
	b.Speed = speed
	o.take("inference_geo", &geo)
	o.take("container", &container)
	var part json.RawMessage
	if o.take("metadata", &part) {
		in(o, "metadata", part, func(m *object) { m.take("user_id", new(string)) })
	}
	if o.take("diagnostics", &part) {
		in(o, "diagnostics", part, func(d *object) { d.take("previous_message_id", new(string)) })
	}
}

// parseModes takes the fields that change how the model works.
func parseModes(o *object, b *Body) {
	var part json.RawMessage
	if o.take("thinking", &part) {
		in(o, "thinking", part, func(t *object) {
			t.need("type", &b.Thinking.Type)
			switch b.Thinking.Type {
			case "enabled":
				t.need("budget_tokens", &b.Thinking.Budget)
				fallthrough
			case "adaptive":
				if t.take("display", &b.Thinking.Display) && b.Thinking.Display != "summarized" && b.Thinking.Display != "omitted" {
					t.fail("display", "Input should be 'summarized' or 'omitted'")
				}
			}
		})
	}
	if o.take("output_config", &part) {
		in(o, "output_config", part, func(c *object) {
			c.take("effort", &b.Effort)
			b.format = c.take("format", &json.RawMessage{})
		})
	}
	if o.take("cache_control", &part) {
		var err *Fault
		b.Auto, err = parseCache(at(o.path, "cache_control"), part)
		o.also(err)
	}
	var tools []json.RawMessage
	o.take("tools", &tools)
	for i, t := range tools {
		in(o, at("tools", i), t, func(tool *object) {
			blk := Block{Type: "tool", Raw: without(t, "cache_control")}
			var cache json.RawMessage
			if tool.take("cache_control", &cache) {
				c, err := parseCache(at(tool.path, "cache_control"), cache)
				blk.Cache = c
				tool.also(err)
			}
			clear(tool.fields)
			b.Tools = append(b.Tools, blk)
		})
	}
	if o.take("tool_choice", &part) {
		b.toolChoice = string(part)
		in(o, "tool_choice", part, func(c *object) {
			var kind string
			c.need("type", &kind)
			b.forced = kind == "any" || kind == "tool"
			c.skip("name", "disable_parallel_tool_use")
		})
	}
}

// in opens the object at path, lets read take its fields and passes what was
// wrong on to o.
func in(o *object, path string, raw json.RawMessage, read func(*object)) {
	sub, err := openObject(path, raw)
	if err == nil {
		read(sub)
		err = sub.close()
	}
	o.also(err)
}

func parseMessage(path string, raw json.RawMessage) (Message, *Fault) {
	var m Message
	o, err := openObject(path, raw)
	if err != nil {
		return m, err
	}
	var content json.RawMessage
	o.need("role", &m.Role)
	o.need("content", &content)
	if o.err == nil {
		// A system turn amid the conversation exists for some models; which, we
		// do not know, so none has it here.
		if m.Role != "user" && m.Role != "assistant" {
			o.fail("role", "Input should be 'user' or 'assistant'")
		}
		var err *Fault
		m.Content, err = parseContent(at(path, "content"), content, m.Role)
		o.also(err)
	}
	return m, o.close()
}

// parseContent reads a string or a list of blocks.
func parseContent(path string, raw json.RawMessage, role string) ([]Block, *Fault) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []Block{{Type: "text", Text: text}}, nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil, invalid("%s: Input should be a valid string or list", path)
	}
	var blocks []Block
	for i, r := range list {
		b, err := parseBlock(at(path, i), r, role)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

// otherBlocks are the types that a turn of each role may hold beside text.
var otherBlocks = map[string]string{
	"user":      " image document search_result tool_result container_upload ",
	"assistant": " thinking redacted_thinking tool_use server_tool_use web_search_tool_result document ",
}

func parseBlock(path string, raw json.RawMessage, role string) (Block, *Fault) {
	var b Block
	o, err := openObject(path, raw)
	if err != nil {
		return b, err
	}
	o.need("type", &b.Type)
	var cache json.RawMessage
	if o.err == nil && o.take("cache_control", &cache) {
		if strings.HasSuffix(b.Type, "thinking") {
			o.fail("cache_control", "Extra inputs are not permitted")
		}
		var err *Fault
		b.Cache, err = parseCache(at(path, "cache_control"), cache)
		o.also(err)
	}
	switch {
	case o.err != nil:
	case b.Type == "text":
		o.need("text", &b.Text)
		var citations []json.RawMessage
		o.take("citations", &citations)
		if len(citations) > 0 && role == "user" {
			o.fail("citations", "citations are not permitted on user text blocks") // refused under 2026-10-21; here under both
		}
	case strings.Contains(otherBlocks[role], " "+b.Type+" "):
		b.Raw = without(raw, "cache_control")
		clear(o.fields)
	default:
		o.err = invalid("%s: Input tag %s found using 'type' does not match any of the expected tags", path, quote(b.Type))
	}
	return b, o.close()
}

func parseCache(path string, raw json.RawMessage) (*Cache, *Fault) {
	o, err := openObject(path, raw)
	if err != nil {
		return nil, err
	}
	c, kind := &Cache{TTL: "5m"}, ""
	o.need("type", &kind)
	o.take("ttl", &c.TTL)
	if o.err == nil && kind != "ephemeral" {
		o.fail("type", "Input should be 'ephemeral'")
	}
	if o.err == nil && c.TTL != "5m" && c.TTL != "1h" {
		o.fail("ttl", "Input should be '5m' or '1h'")
	}
	return c, o.close()
}

// without is a JSON object less one field, in a fixed order of fields.
func without(raw json.RawMessage, field string) json.RawMessage {
	var m map[string]json.RawMessage
	_ = json.Unmarshal(raw, &m) // the callers have opened it as an object
	delete(m, field)
	out, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("messages: encoding a decoded object: %v", err))
	}
	return out
}

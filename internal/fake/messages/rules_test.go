package messages_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// TestAdmission is about everything outside the body.
func TestAdmission(t *testing.T) {
	zip := func(s string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	tests := []struct {
		name    string
		method  string // POST
		path    string // /v1/messages
		header  []string
		body    []byte // plain
		options messages.Options
		status  int
		kind    string // error type; "" is success
		message string // part of the error message
		code    string
	}{
		{name: "good", status: 200},
		{name: "the older version", header: []string{"anthropic-version: " + v2023}, status: 200},
		{name: "bearer", header: []string{"x-api-key:", "authorization: Bearer sk"}, status: 200},
		{name: "a key on the list", options: messages.Options{Keys: []string{"sk-good"}}, status: 200},
		{name: "no key", header: []string{"x-api-key:"}, status: 401, kind: "authentication_error", message: "x-api-key header is required"},
		{name: "not a bearer", header: []string{"x-api-key:", "authorization: Basic c2s="}, status: 401, kind: "authentication_error"},
		{name: "a key not on the list", options: messages.Options{Keys: []string{"sk-other"}}, status: 401, kind: "authentication_error", message: "invalid x-api-key"},
		{
			name: "a bearer not on the list", header: []string{"x-api-key:", "authorization: Bearer sk"}, options: messages.Options{Keys: []string{"sk-other"}},
			status: 401, kind: "authentication_error", message: "Invalid bearer token",
		},
		{name: "no version", header: []string{"anthropic-version:"}, status: 400, kind: "invalid_request_error", message: "anthropic-version: header is required"},
		{name: "a version there is not", header: []string{"anthropic-version: 2024-01-01"}, status: 400, kind: "invalid_request_error", message: "not a valid version"},
		{name: "a known beta", header: []string{"anthropic-beta: context-1m-2025-08-07"}, status: 200},
		{name: "a beta there is not", header: []string{"anthropic-beta: nice-2026-01-01"}, status: 400, kind: "invalid_request_error", message: "`nice-2026-01-01`"},
		{name: "not JSON by its type", header: []string{"content-type: text/plain"}, status: 400, kind: "invalid_request_error", message: "content-type"},
		{name: "JSON with a charset", header: []string{"content-type: application/json; charset=utf-8"}, status: 200},
		{name: "gzip", header: []string{"content-encoding: gzip"}, body: zip(plain), status: 200},
		{name: "gzip that is none", header: []string{"content-encoding: gzip"}, status: 400, kind: "invalid_request_error", code: "request_body_encoding_invalid"},
		{name: "gzip cut off", header: []string{"content-encoding: gzip"}, body: zip(plain)[:40], status: 400, kind: "invalid_request_error", code: "request_body_encoding_invalid"},
		{
			name: "gzip where it is not taken", header: []string{"content-encoding: gzip"}, body: zip(plain), options: messages.Options{RefuseGzip: true},
			status: 400, kind: "invalid_request_error", code: "request_body_encoding_unsupported",
		},
		{name: "another encoding", header: []string{"content-encoding: br"}, status: 400, kind: "invalid_request_error", code: "request_body_encoding_unsupported"},
		{name: "too large", body: bytes.Repeat([]byte(" "), 32<<20+1), status: 413, kind: "request_too_large"},
		{
			name: "too large once decoded", header: []string{"content-encoding: gzip"}, body: zip(strings.Repeat(" ", 32<<20+1)),
			status: 413, kind: "request_too_large", code: "request_body_too_large_after_decoding",
		},
		{name: "not JSON", body: []byte("{"), status: 400, kind: "invalid_request_error", message: "not valid JSON"},
		{name: "not UTF-8", body: bytes.Replace([]byte(plain), []byte("Go on."), []byte("\xff"), 1), status: 400, kind: "invalid_request_error", message: "not valid JSON"},
		{name: "half a character", body: []byte(strings.Replace(plain, "Go on.", `\\u \ud83d x`, 1)), status: 400, kind: "invalid_request_error", message: "not valid JSON"},
		{name: "both halves, and a backslash before a u", body: []byte(strings.Replace(plain, "Go on.", `\\ud83d \ud83d\ude00`, 1)), status: 200},
		{name: "the second half alone", body: []byte(strings.Replace(plain, "Go on.", `\ude00`, 1)), status: 400, kind: "invalid_request_error", message: "not valid JSON"},
		{name: "not an object", body: []byte("[]"), status: 400, kind: "invalid_request_error"},
		{
			name: "the old completions", path: "/v1/complete", body: []byte(`{"model":"claude-2","prompt":"\n\nHuman: hi\n\nAssistant:","max_tokens_to_sample":9}`),
			status: 404, kind: "not_found_error",
		},
		{name: "no such path", path: "/v1/stream", status: 404, kind: "not_found_error"},
		{name: "a base URL with /v1 twice", path: "/v1/v1/messages", status: 404, kind: "not_found_error"},
		{name: "GET", method: http.MethodGet, status: 405, kind: "invalid_request_error"},
		{name: "models", method: http.MethodGet, path: "/v1/models", status: 200},
		{name: "one model", method: http.MethodGet, path: "/v1/models/claude-haiku-5-5", status: 200},
		{name: "no such model", method: http.MethodGet, path: "/v1/models/claude-2", status: 404, kind: "not_found_error"},
		{name: "models without a key", method: http.MethodGet, path: "/v1/models", header: []string{"x-api-key:"}, status: 401, kind: "authentication_error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.method == "" {
				tt.method = http.MethodPost
			}
			if tt.path == "" {
				tt.path = "/v1/messages"
			}
			if tt.body == nil && tt.method == http.MethodPost {
				tt.body = []byte(plain)
			}
			api := messages.Start(t, tt.options)
			if tt.kind != "" {
				api.ExpectRefusal(tt.status, tt.kind)
			}
			res, text := call(t, api, tt.method, tt.path, headers(tt.header...), tt.body)
			if res.StatusCode != tt.status {
				t.Fatalf("status %d, want %d: %s", res.StatusCode, tt.status, text)
			}
			for _, h := range []string{"Request-Id", "Anthropic-Organization-Id", "Anthropic-Ratelimit-Requests-Limit", "Anthropic-Ratelimit-Input-Tokens-Reset"} {
				if res.Header.Get(h) == "" {
					t.Errorf("no header %s", h)
				}
			}
			if tt.kind == "" {
				return
			}
			kind, message, code, id := errorOf(t, text)
			if kind != tt.kind || !strings.Contains(message, tt.message) || code != tt.code || id != res.Header.Get("Request-Id") {
				t.Errorf("%s %q code %q id %q, want %s with %q, code %q and the header's id", kind, message, code, id, tt.kind, tt.message, tt.code)
			}
		})
	}
}

// good is a request for model as a JSON value that the tests change.
func good(model string) map[string]any {
	return map[string]any{"model": model, "max_tokens": 256, "messages": []any{user("Go on.")}}
}

func user(content any) map[string]any { return map[string]any{"role": "user", "content": content} }
func assistant(content any) map[string]any {
	return map[string]any{"role": "assistant", "content": content}
}

// text is a block, with a cache breakpoint when ttl is not "".
func text(s, ttl string) map[string]any {
	b := map[string]any{"type": "text", "text": s}
	if ttl != "" {
		b["cache_control"] = map[string]any{"type": "ephemeral", "ttl": ttl}
	}
	return b
}

func thinking(kind string) map[string]any { return map[string]any{"type": kind} }
func effort(level string) map[string]any  { return map[string]any{"effort": level} }

const prefilled = "This model does not support assistant message prefill. The conversation must end with a user message."

// TestRules is the table of what a body may say, model by model.
func TestRules(t *testing.T) {
	type set = map[string]any
	tests := []struct {
		name    string
		model   string // claude-haiku-5-5
		version string // 2026-10-21
		beta    string
		set     set    // fields to set; nil removes one
		refused string // part of the message of a 400; "" is accepted
	}{
		{name: "as it is"},

		// Fields.
		{name: "no model", set: set{"model": nil}, refused: "model: Field required"},
		{name: "no max_tokens", set: set{"max_tokens": nil}, refused: "max_tokens: Field required"},
		{name: "no messages", set: set{"messages": nil}, refused: "messages: Field required"},
		{name: "no message", set: set{"messages": []any{}}, refused: "messages: at least one message is required"},
		{name: "a field there is not", set: set{"prompt": "x"}, refused: "prompt: Extra inputs are not permitted"},
		{name: "a wrong type", set: set{"max_tokens": "256"}, refused: "max_tokens: Input should be a valid integer"},
		{name: "half a token", set: set{"max_tokens": 2.5}, refused: "max_tokens: Input should be a valid integer"},
		{name: "null where it is not documented", set: set{"system": json.RawMessage("null")}, refused: "system: Input should be a valid"},
		{name: "null where it is", set: set{"cache_control": json.RawMessage("null")}},
		{name: "a field there is not, in a message", set: set{"messages": []any{set{"role": "user", "content": "x", "name": "y"}}}, refused: "messages.0.name: Extra inputs are not permitted"},
		{name: "a field there is not, in a block", set: set{"messages": []any{user([]any{set{"type": "text", "text": "x", "id": 1}})}}, refused: "messages.0.content.0.id: Extra inputs are not permitted"},
		{name: "a field there is not, in thinking", set: set{"thinking": set{"type": "disabled", "budget_tokens": 9}}, refused: "thinking.budget_tokens: Extra inputs are not permitted"},
		{name: "a role there is not", set: set{"messages": []any{set{"role": "system", "content": "x"}}}, refused: "messages.0.role"},
		{name: "a block there is not", set: set{"messages": []any{user([]any{set{"type": "smell"}})}}, refused: `Input tag "smell"`},
		{name: "content that is a number", set: set{"messages": []any{user(7)}}, refused: "messages.0.content"},
		{name: "all that completion may send", set: set{
			"system": []any{text("Rules.", "1h")}, "stop_sequences": []any{"</fill>"}, "stream": true,
			"metadata": set{"user_id": "u"}, "service_tier": "auto", "speed": "standard", "thinking": thinking("disabled"), "output_config": effort("low"),
			"messages": []any{user([]any{text("a", "5m"), text("b", ""), set{"type": "image", "source": set{}}}), assistant("c"), user("d")},
		}},
		{name: "a tool", set: set{"tools": []any{set{"name": "n", "input_schema": set{"type": "object"}, "cache_control": set{"type": "ephemeral"}}}, "tool_choice": set{"type": "auto"}}},
		{name: "a tier there is not", set: set{"service_tier": "gold"}, refused: "service_tier"},
		{name: "threads without their header", set: set{"thread": set{"type": "create"}}, refused: "thread: Extra inputs are not permitted"},
		{name: "threads", beta: "message-threads-2026-08-12", set: set{"thread": set{"type": "create"}}, refused: "thread: not supported"},

		// Text.
		{name: "an empty text", set: set{"messages": []any{user("")}}, refused: "messages: text content blocks must contain non-whitespace text"},
		{name: "a blank block", set: set{"messages": []any{user([]any{text("x", ""), text(" \n\t", "")})}}, refused: "messages: text content blocks must contain non-whitespace text"},
		{name: "a blank system text", set: set{"system": " "}, refused: "system: text content blocks must contain non-whitespace text"},
		{name: "a breakpoint on nothing", set: set{"messages": []any{user([]any{text("", "5m")})}}, refused: "cache_control cannot be set for empty text blocks"},
		{name: "no blocks", set: set{"messages": []any{user([]any{})}}, refused: "non-empty content"},
		{name: "citations on a user text", set: set{"messages": []any{user([]any{set{"type": "text", "text": "x", "citations": []any{set{}}}})}}, refused: "citations"},
		{name: "a document in an assistant turn", set: set{"messages": []any{user("x"), assistant([]any{set{"type": "document"}}), user("y")}}, refused: "document blocks"},
		{name: "a document in an assistant turn, before", version: v2023, set: set{"messages": []any{user("x"), assistant([]any{set{"type": "document"}}), user("y")}}},

		// Turns and prefill.
		{name: "the assistant first", set: set{"messages": []any{assistant("x"), user("y")}}, refused: `first message must use the "user" role`},
		{name: "two user turns", set: set{"messages": []any{user("x"), user("y")}}},
		{name: "prefill, Haiku 5.5", set: set{"messages": []any{user("x"), assistant("```")}}, refused: prefilled},
		{name: "prefill, Opus 4.6", model: "claude-opus-4-6", set: set{"messages": []any{user("x"), assistant("```")}}, refused: prefilled},
		{name: "prefill, Sonnet 4.6", model: "claude-sonnet-4-6", set: set{"messages": []any{user("x"), assistant("```")}}, refused: prefilled},
		{name: "prefill, Haiku 4.5", model: "claude-haiku-4-5", set: set{"messages": []any{user("x"), assistant("```")}}},
		{name: "prefill that ends in a space", model: "claude-haiku-4-5", set: set{"messages": []any{user("x"), assistant("``` ")}}, refused: "trailing whitespace"},

		// Stop sequences.
		{name: "an empty stop", set: set{"stop_sequences": []any{""}}, refused: "stop_sequences: each stop sequence must be non-empty"},
		{name: "a newline as a stop", set: set{"stop_sequences": []any{"x", "\n\n"}}, refused: "stop_sequences: each stop sequence must contain non-whitespace"},

		// Breakpoints.
		{name: "four breakpoints", set: set{"system": []any{text("s", "1h")}, "messages": []any{user([]any{text("a", "1h"), text("b", "5m"), text("c", "5m")})}}},
		{
			name: "five", set: set{"system": []any{text("s", "5m")}, "messages": []any{user([]any{text("a", "5m"), text("b", "5m"), text("c", "5m"), text("d", "5m")})}},
			refused: "A maximum of 4 blocks with cache_control may be provided. Found 5.",
		},
		{
			name: "four and the automatic one", set: set{"cache_control": set{"type": "ephemeral"}, "messages": []any{user([]any{text("a", "5m"), text("b", "5m"), text("c", "5m"), text("d", "5m")})}},
			refused: "Found 5.",
		},
		{name: "1h after 5m", set: set{"system": []any{text("s", "5m")}, "messages": []any{user([]any{text("a", "1h")})}}, refused: "must not come after a ttl='5m'"},
		{name: "a ttl there is not", set: set{"system": []any{text("s", "2h")}}, refused: "system.0.cache_control.ttl"},
		{name: "a kind of cache there is not", set: set{"cache_control": set{"type": "eternal"}}, refused: "cache_control.type"},
		{name: "a breakpoint on a thinking block", set: set{"messages": []any{user("x"), assistant([]any{set{
			"type": "thinking", "thinking": "", "signature": "s",
			"cache_control": set{"type": "ephemeral"},
		}}), user("y")}}, refused: "messages.1.content.0.cache_control"},

		// Sampling.
		{name: "temperature, new version", set: set{"temperature": 1}, refused: "`temperature` is not supported with anthropic-version"},
		{name: "top_p, new version, old model", model: "claude-haiku-4-5", set: set{"top_p": 0.99}, refused: "`top_p` is not supported with anthropic-version"},
		{name: "top_k, new version", set: set{"top_k": 1}, refused: "`top_k` is not supported with anthropic-version"},
		{name: "temperature 1, Haiku 5.5", version: v2023, set: set{"temperature": 1}},
		{name: "temperature 0, Haiku 5.5", version: v2023, set: set{"temperature": 0}, refused: "`temperature` is not supported by this model"},
		{name: "top_p .99, Haiku 5.5", version: v2023, set: set{"top_p": 0.99}},
		{name: "both defaults, Haiku 5.5", version: v2023, set: set{"temperature": 1, "top_p": 0.99}, refused: "cannot both be specified"},
		{name: "top_k, Haiku 5.5", version: v2023, set: set{"top_k": 5}, refused: "`top_k` is not supported by this model"},
		{name: "temperature 0, Haiku 4.5", model: "claude-haiku-4-5", version: v2023, set: set{"temperature": 0}},
		{name: "temperature and top_p, Haiku 4.5", model: "claude-haiku-4-5", version: v2023, set: set{"temperature": 0, "top_p": 0.5}, refused: "cannot both be specified"},
		{name: "temperature 2", model: "claude-haiku-4-5", version: v2023, set: set{"temperature": 2}, refused: "temperature: Input is out of range"},
		{name: "temperature, Opus 4.7", model: "claude-opus-4-7", version: v2023, set: set{"temperature": 1}, refused: "`temperature` is not supported by this model"},
		{name: "temperature, Opus 4.6", model: "claude-opus-4-6", version: v2023, set: set{"temperature": 0.2}},
		{name: "temperature, Sonnet 5", model: "claude-sonnet-5", version: v2023, set: set{"temperature": 1}, refused: "`temperature` is not supported by this model"},

		// Thinking and effort.
		{name: "off, Haiku 5.5", set: set{"thinking": thinking("disabled")}},
		{name: "off at effort high", set: set{"thinking": thinking("disabled"), "output_config": effort("high")}},
		{name: "off at effort xhigh", set: set{"thinking": thinking("disabled"), "output_config": effort("xhigh")}, refused: `is not supported with effort "xhigh"`},
		{name: "between tools, Haiku 5.5", set: set{"thinking": thinking("between_tools")}, refused: "thinking.type"},
		{name: "enabled, Haiku 5.5", set: set{"max_tokens": 4096, "thinking": set{"type": "enabled", "budget_tokens": 1024}}, refused: "thinking.type"},
		{name: "off, Sonnet 5.5", model: "claude-sonnet-5-5", set: set{"thinking": thinking("disabled")}, refused: "thinking.type"},
		{name: "between tools, Sonnet 5.5", model: "claude-sonnet-5-5", set: set{"thinking": thinking("between_tools")}},
		{name: "between tools at effort max, Sonnet 5.5", model: "claude-sonnet-5-5", set: set{"thinking": thinking("between_tools"), "output_config": effort("max")}, refused: "is not supported with effort"},
		{name: "off, Opus 5.5", model: "claude-opus-5-5", set: set{"thinking": thinking("disabled")}, refused: "thinking.type"},
		{name: "off, Fable 5.1", model: "claude-fable-5-1", set: set{"thinking": thinking("disabled")}, refused: "thinking.type"},
		{name: "off, Haiku 4.5", model: "claude-haiku-4-5", set: set{"thinking": thinking("disabled")}},
		{name: "adaptive, Haiku 4.5", model: "claude-haiku-4-5", set: set{"thinking": thinking("adaptive")}, refused: "thinking.type"},
		{name: "enabled, Haiku 4.5", model: "claude-haiku-4-5", set: set{"max_tokens": 4096, "thinking": set{"type": "enabled", "budget_tokens": 1024}}},
		{name: "too small a budget", model: "claude-haiku-4-5", set: set{"max_tokens": 4096, "thinking": set{"type": "enabled", "budget_tokens": 100}}, refused: "budget_tokens"},
		{name: "too large a budget", model: "claude-haiku-4-5", set: set{"max_tokens": 1024, "thinking": set{"type": "enabled", "budget_tokens": 1024}}, refused: "`max_tokens` must be greater"},
		{name: "effort, Haiku 4.5", model: "claude-haiku-4-5", set: set{"output_config": effort("low")}, refused: "does not support the effort parameter"},
		{name: "an effort there is not", set: set{"output_config": effort("some")}, refused: "output_config.effort"},
		{name: "a display there is not", set: set{"thinking": set{"type": "adaptive", "display": "all"}}, refused: "thinking.display"},

		// Speed and length.
		{name: "fast, Haiku 5.5", beta: "fast-mode-2026-02-01", set: set{"speed": "fast"}, refused: "speed"},
		{name: "fast, Opus 5", model: "claude-opus-5", beta: "fast-mode-2026-02-01", set: set{"speed": "fast"}},
		{name: "fast without its header", model: "claude-opus-5", set: set{"speed": "fast"}, refused: "speed"},
		{name: "too long an answer", set: set{"max_tokens": 128001}, refused: "max_tokens: 128001 > 128000"},
		{name: "less than nothing", set: set{"max_tokens": -1}, refused: "max_tokens"},
		{name: "too long a prompt", model: "claude-haiku-4-5", set: set{"messages": []any{user(strings.Repeat("x", 660_000))}}, refused: "prompt is too long: 203077 tokens > 200000 maximum"},

		// max_tokens 0.
		{name: "0", set: set{"max_tokens": 0, "thinking": thinking("disabled")}},
		{name: "0 with thinking left alone", set: set{"max_tokens": 0}},
		{name: "0 and stream", set: set{"max_tokens": 0, "stream": true}, refused: "max_tokens: 0 is not supported with stream"},
		{name: "0 and thinking enabled", model: "claude-haiku-4-5", set: set{"max_tokens": 0, "thinking": set{"type": "enabled", "budget_tokens": 1024}}, refused: "max_tokens: 0 is not supported with thinking"},
		{name: "0 and a format", set: set{"max_tokens": 0, "output_config": set{"format": set{"type": "json_schema"}}}, refused: "max_tokens: 0 is not supported with output_config.format"},
		{name: "0 and a forced tool", set: set{"max_tokens": 0, "tool_choice": set{"type": "any"}}, refused: "max_tokens: 0 is not supported with this tool_choice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.model == "" {
				tt.model = haiku
			}
			if tt.version == "" {
				tt.version = v2026
			}
			body := good(tt.model)
			for k, v := range tt.set {
				if body[k] = v; v == nil {
					delete(body, k)
				}
			}
			api := messages.Start(t, messages.Options{})
			want := http.StatusOK
			if tt.refused != "" {
				want = http.StatusBadRequest
				api.ExpectRefusal(want, "invalid_request_error")
			}
			res, answer := call(t, api, http.MethodPost, "/v1/messages", headers("anthropic-version: "+tt.version, "anthropic-beta: "+tt.beta), encode(t, body))
			if res.StatusCode != want {
				t.Fatalf("status %d, want %d: %s", res.StatusCode, want, answer)
			}
			if tt.refused == "" {
				return
			}
			if _, message, _, _ := errorOf(t, answer); !strings.Contains(message, tt.refused) {
				t.Errorf("message %q, want one with %q", message, tt.refused)
			}
		})
	}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A model that is not in the catalogue is a 404 that names it.
func TestUnknownModels(t *testing.T) {
	for _, id := range []string{"claude-2", "claude-instant-1", "claude-haiku-9", "gpt-4", "", "claude-2.1"} {
		t.Run(id, func(t *testing.T) {
			api := messages.Start(t, messages.Options{})
			api.ExpectRefusal(404, "not_found_error")
			_, text := ask(t, api, string(encode(t, good(id))))
			if _, message, _, _ := errorOf(t, text); message != "model: "+id {
				t.Errorf("message %q", message)
			}
		})
	}
}

// The short name of a dated model answers under the dated one.
func TestAlias(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Say("x")
	_, text := ask(t, api, string(encode(t, good("claude-haiku-4-5"))))
	if !strings.Contains(text, `"model":"claude-haiku-4-5-20251001"`) {
		t.Errorf("answer %s", text)
	}
}

func TestCountTokens(t *testing.T) {
	content := strings.Repeat("x", 1000)
	tests := []struct {
		name    string
		model   string
		set     string // a field that is set to true
		want    int
		refused string
	}{
		{name: "current tokenizer", model: haiku, want: 400},
		{name: "older tokenizer", model: "claude-haiku-4-5", want: 308},
		{name: "max_tokens does not belong here", model: haiku, set: "max_tokens", refused: "max_tokens: Extra inputs are not permitted"},
		{name: "nor does stream", model: haiku, set: "stream", refused: "stream: Extra inputs are not permitted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := good(tt.model)
			delete(body, "max_tokens")
			body["messages"] = []any{user(content)}
			if tt.set != "" {
				body[tt.set] = true
			}
			api := messages.Start(t, messages.Options{})
			if tt.refused != "" {
				api.ExpectRefusal(400, "invalid_request_error")
			}
			_, text := call(t, api, http.MethodPost, "/v1/messages/count_tokens", headers(), encode(t, body))
			want := fmt.Sprintf(`{"input_tokens":%d}`, tt.want)
			if tt.refused == "" && text != want || !strings.Contains(text, tt.refused) {
				t.Errorf("answer %s, want %s%s", text, want, tt.refused)
			}
		})
	}
}

// /v1/models says of each model what the rules do with it.
func TestModelsAgreeWithRules(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	_, text := call(t, api, http.MethodGet, "/v1/models", headers(), nil)
	type supported struct{ Supported bool }
	var list struct {
		Data []struct {
			ID             string
			MaxTokens      int `json:"max_tokens"`
			MaxInputTokens int `json:"max_input_tokens"`
			Capabilities   struct {
				Effort   map[string]any
				Thinking struct{ Types map[string]supported }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Data) < 15 {
		t.Fatalf("%d models", len(list.Data))
	}
	for _, m := range list.Data {
		for kind, s := range m.Capabilities.Thinking.Types {
			body := good(m.ID)
			body["max_tokens"], body["thinking"] = m.MaxTokens, thinking(kind)
			if kind == "enabled" {
				body["thinking"] = map[string]any{"type": kind, "budget_tokens": 1024}
			}
			if !s.Supported {
				api.ExpectRefusal(400, "invalid_request_error")
			}
			if res, text := ask(t, api, string(encode(t, body))); (res.StatusCode == http.StatusOK) != s.Supported {
				t.Errorf("%s with thinking %s: status %d, but /v1/models says %t: %s", m.ID, kind, res.StatusCode, s.Supported, text)
			}
		}
	}
}

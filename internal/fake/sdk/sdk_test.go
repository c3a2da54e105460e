package sdk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	anthropic "github.com/anthropics/anthropic-sdk-go/v2"
	"github.com/anthropics/anthropic-sdk-go/v2/option"
	"github.com/anthropics/anthropic-sdk-go/v2/packages/respjson"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// client is the official SDK at the fake: no environment, no retries.
func client(api *messages.API, more ...option.RequestOption) anthropic.Client {
	return anthropic.NewClient(append([]option.RequestOption{
		option.WithoutEnvironmentDefaults(), option.WithAPIKey("sk-test"), option.WithBaseURL(api.URL()),
		option.WithHTTPClient(api.Client()), option.WithMaxRetries(0),
	}, more...)...)
}

// params is a request as a completion server would send it.
func params(text string) anthropic.MessageNewParams {
	off := anthropic.NewThinkingConfigDisabledParam()
	return anthropic.MessageNewParams{
		Model:     anthropic.ModelClaudeHaiku5_5,
		MaxTokens: 256,
		Thinking:  anthropic.ThinkingConfigParamUnion{OfDisabled: &off},
		Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
	}
}

// stream reads a whole stream into a message and notes the types of events.
func stream(t *testing.T, c anthropic.Client, p anthropic.MessageNewParams) (anthropic.Message, []string, error) {
	t.Helper()
	var m anthropic.Message
	var kinds []string
	s := c.Messages.NewStreaming(t.Context(), p)
	defer func() { _ = s.Close() }()
	for s.Next() {
		e := s.Current()
		kinds = append(kinds, e.Type)
		if err := m.Accumulate(e); err != nil {
			t.Fatalf("after %v: %v", kinds, err)
		}
	}
	return m, kinds, s.Err()
}

// text is what a message says.
func text(m anthropic.Message) string {
	var b strings.Builder
	for _, c := range m.Content {
		if block, ok := c.AsAny().(anthropic.TextBlock); ok {
			b.WriteString(block.Text)
		}
	}
	return b.String()
}

// shape checks that v, as the SDK decoded it, came with each field that the
// SDK's type has, and with no other. Unions are left out: a member of one has
// only some of their fields.
func shape(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			shape(t, path+"[]", v.Index(i))
		}
		return
	case reflect.Struct:
	default:
		return
	}
	meta := v.FieldByName("JSON")
	if !meta.IsValid() || strings.HasSuffix(v.Type().Name(), "Union") {
		return
	}
	for i := range meta.NumField() {
		name := meta.Type().Field(i).Name
		switch field := meta.Field(i); name {
		case "raw":
		case "ExtraFields":
			for _, key := range field.MapKeys() {
				t.Errorf("%s.%s is a field that the SDK does not know", path, key)
			}
		default:
			f, ok := reflect.TypeAssert[respjson.Field](field)
			if !ok {
				t.Fatalf("%s.%s: the SDK's metadata changed", path, name)
			}
			if f.Raw() == "" {
				t.Errorf("%s.%s is missing", path, name)
			}
			if f.Raw() != "null" { // what is null has no parts
				shape(t, path+"."+name, v.FieldByName(name))
			}
		}
	}
}

func TestWhole(t *testing.T) {
	api := messages.Start(t, messages.Options{Keys: []string{"sk-test"}})
	api.Say("func <é> 𝒳")
	c := client(api)
	m, err := c.Messages.New(t.Context(), params("Go on."))
	if err != nil {
		t.Fatal(err)
	}
	shape(t, "message", reflect.ValueOf(*m))
	q := api.Requests()[0]
	if text(*m) != "func <é> 𝒳" || m.StopReason != anthropic.StopReasonEndTurn || m.Model != anthropic.ModelClaudeHaiku5_5 {
		t.Errorf("message %s", m.RawJSON())
	}
	if m.Usage.InputTokens != int64(q.Usage.Input) || m.Usage.OutputTokens != int64(q.Usage.Output) || q.Usage.Input != 3 {
		t.Errorf("usage %s, the fake meant %+v", m.Usage.RawJSON(), q.Usage)
	}
	if q.Version != "2026-10-21" || q.KeyHeader != "Authorization" || q.KeyDigest != messages.KeyDigest("sk-test") {
		t.Errorf("version %s, key in %s", q.Version, q.KeyHeader)
	}
}

// TestStream: what the SDK makes of a stream is what the fake meant, however it
// is cut and whatever stands between.
func TestStream(t *testing.T) {
	const said = "length länge 𝒳 日本\n\tend"
	tests := []struct {
		name   string
		answer messages.Answer
		h2     bool
	}{
		{name: "plain"},
		{name: "HTTP/2", h2: true},
		{name: "thinking first", answer: messages.Answer{Thinking: "hm"}},
		{name: "pings", answer: messages.Answer{Pings: 3}},
		{name: "unknown things", answer: messages.Answer{Unknown: true}},
		{name: "bytes", answer: messages.Answer{Split: messages.SplitBytes}},
		{name: "runes", answer: messages.Answer{Split: messages.SplitRunes}},
		{name: "lines", answer: messages.Answer{Split: messages.SplitLines}},
		{name: "coalesced", answer: messages.Answer{Split: messages.SplitCoalesced}},
		{name: "CRLF", answer: messages.Answer{CRLF: true}},
		{name: "all at once", answer: messages.Answer{Thinking: "hm", Pings: 1, Unknown: true, Split: messages.SplitBytes, CRLF: true}, h2: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := messages.Start(t, messages.Options{HTTP2: tt.h2})
			tt.answer.Text = said
			api.Queue(tt.answer)
			m, kinds, err := stream(t, client(api), params("Go on."))
			if err != nil {
				t.Fatal(err)
			}
			if got := text(m); got != said {
				t.Errorf("text %q, want %q", got, said)
			}
			if kinds[0] != "message_start" || kinds[len(kinds)-1] != "message_stop" {
				t.Errorf("events %q", kinds)
			}
			use := api.Requests()[0].Usage
			if m.StopReason != anthropic.StopReasonEndTurn || m.Usage.OutputTokens != int64(use.Output) || m.Usage.OutputTokensDetails.ThinkingTokens != int64(use.Thinking) {
				t.Errorf("stop %s, usage %s; the fake meant %+v", m.StopReason, m.Usage.RawJSON(), use)
			}
			if thought, ok := m.Content[0].AsAny().(anthropic.ThinkingBlock); ok != (tt.answer.Thinking != "") || ok && (thought.Signature == "" || thought.Thinking != "") {
				t.Errorf("first block %s", m.Content[0].RawJSON())
			}
		})
	}
}

// The events have the fields of the SDK's types, no more and no less.
func TestEventShapes(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Queue(messages.Answer{Text: "a b", Break: &messages.Break{How: messages.Refuse, After: 1, Category: "cyber"}})
	c := client(api)
	p := params("Go on.")
	adaptive := anthropic.ThinkingConfigAdaptiveParam{Display: anthropic.ThinkingConfigAdaptiveDisplaySummarized}
	p.Thinking = anthropic.ThinkingConfigParamUnion{OfAdaptive: &adaptive}
	s := c.Messages.NewStreaming(t.Context(), p)
	seen := map[string]int{}
	for s.Next() {
		e := s.Current()
		switch v := e.AsAny().(type) {
		case anthropic.MessageStartEvent:
			shape(t, "message_start", reflect.ValueOf(v))
		case anthropic.ContentBlockStartEvent:
			shape(t, "content_block_start", reflect.ValueOf(v))
		case anthropic.ContentBlockDeltaEvent:
			shape(t, "content_block_delta", reflect.ValueOf(v))
			switch d := v.Delta.AsAny().(type) {
			case anthropic.TextDelta:
				shape(t, "text_delta", reflect.ValueOf(d))
			case anthropic.ThinkingDelta:
				seen["thinking_delta"]++
				shape(t, "thinking_delta", reflect.ValueOf(d))
			case anthropic.SignatureDelta:
				seen["signature_delta"]++
				shape(t, "signature_delta", reflect.ValueOf(d))
			}
		case anthropic.ContentBlockStopEvent:
			shape(t, "content_block_stop", reflect.ValueOf(v))
		case anthropic.MessageDeltaEvent:
			shape(t, "message_delta", reflect.ValueOf(v))
			if v.Delta.StopDetails.Category != anthropic.RefusalStopDetailsCategoryCyber || v.Delta.StopReason != anthropic.StopReasonRefusal {
				t.Errorf("refusal %s", v.RawJSON())
			}
		case anthropic.MessageStopEvent:
			shape(t, "message_stop", reflect.ValueOf(v))
		default:
			t.Errorf("event %s", e.RawJSON())
		}
		seen[e.Type]++
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop", "thinking_delta", "signature_delta"} {
		if seen[kind] == 0 {
			t.Errorf("no %s", kind)
		}
	}
}

// TestErrors: the SDK types each error and finds its request id.
func TestErrors(t *testing.T) {
	tests := []struct {
		name   string
		answer messages.Answer // of the script, or
		change func(*anthropic.MessageNewParams)
		option []option.RequestOption
		status int
		kind   anthropic.ErrorType
		code   anthropic.ErrorCode
		words  string // part of the message
		header map[string]string
	}{
		{
			name: "prefill", status: 400, kind: anthropic.ErrorTypeInvalidRequestError,
			change: func(p *anthropic.MessageNewParams) {
				p.Messages = append(p.Messages, anthropic.NewAssistantMessage(anthropic.NewTextBlock("```")))
			},
			words: "This model does not support assistant message prefill. The conversation must end with a user message.",
		},
		{name: "sampling", status: 400, kind: anthropic.ErrorTypeInvalidRequestError, option: []option.RequestOption{option.WithJSONSet("temperature", 0)}, words: "temperature"},
		{name: "a field there is not", status: 400, kind: anthropic.ErrorTypeInvalidRequestError, option: []option.RequestOption{option.WithJSONSet("prompt", "x")}, words: "prompt: Extra inputs are not permitted"},
		{name: "a model there is not", status: 404, kind: anthropic.ErrorTypeNotFoundError, change: func(p *anthropic.MessageNewParams) { p.Model = "claude-2" }, words: "model: claude-2"},
		{name: "a wrong key", status: 401, kind: anthropic.ErrorTypeAuthenticationError, option: []option.RequestOption{option.WithAPIKey("sk-else")}},
		{name: "no version", status: 400, kind: anthropic.ErrorTypeInvalidRequestError, option: []option.RequestOption{option.WithHeaderDel("anthropic-version")}, words: "anthropic-version"},
		{name: "a blank text", status: 400, kind: anthropic.ErrorTypeInvalidRequestError, change: func(p *anthropic.MessageNewParams) {
			p.Messages = []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(" "))}
		}, words: "non-whitespace"},
		{name: "a blank stop", status: 400, kind: anthropic.ErrorTypeInvalidRequestError, change: func(p *anthropic.MessageNewParams) { p.StopSequences = []string{"\n"} }, words: "stop_sequences"},
		{name: "billing", answer: messages.Fail(402), status: 402, kind: anthropic.ErrorTypeBillingError},
		{name: "permission", answer: messages.Fail(403), status: 403, kind: anthropic.ErrorTypePermissionError},
		{name: "conflict", answer: messages.Fail(409), status: 409, kind: anthropic.ErrorTypeConflictError},
		{name: "too large", answer: messages.Fail(413), status: 413, kind: "request_too_large"},
		{name: "rate limit", answer: messages.RateLimited(2 * time.Second), status: 429, kind: anthropic.ErrorTypeRateLimitError, header: map[string]string{"Retry-After": "2"}},
		{name: "spend cap", answer: messages.SpendCap(), status: 429, kind: anthropic.ErrorTypeRateLimitError, code: anthropic.ErrorCodeEnforcedSpendLimitReached, header: map[string]string{"Retry-After": ""}},
		{name: "internal", answer: messages.Fail(500), status: 500, kind: anthropic.ErrorTypeAPIError},
		{name: "timeout", answer: messages.Fail(504), status: 504, kind: anthropic.ErrorTypeTimeoutError},
		{name: "overloaded", answer: messages.Fail(529), status: 529, kind: anthropic.ErrorTypeOverloadedError},
		{name: "overloaded in the middle", answer: messages.Answer{Text: "a b", Break: messages.Overloaded(1)}, status: 200, kind: anthropic.ErrorTypeOverloadedError},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := messages.Start(t, messages.Options{Keys: []string{"sk-test"}})
			api.Queue(tt.answer)
			if scripted := tt.answer.Fault != nil || tt.answer.Break != nil; !scripted {
				api.ExpectRefusal(tt.status, string(tt.kind))
			}
			p := params("Go on.")
			if tt.change != nil {
				tt.change(&p)
			}
			_, _, err := stream(t, client(api, tt.option...), p)
			var e *anthropic.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.StatusCode != tt.status || e.Type() != tt.kind || e.ErrorCode() != tt.code || !strings.Contains(e.Message, tt.words) || e.Message == "" {
				t.Errorf("%d %s %q %q", e.StatusCode, e.Type(), e.ErrorCode(), e.Message)
			}
			if id := api.Requests()[0].ID; e.RequestID != id || !strings.Contains(e.RawJSON(), id) {
				t.Errorf("request id %q, want %q", e.RequestID, id)
			}
			for name, want := range tt.header {
				if got := e.Response.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

// The SDK retries what it should, and finds the delay that the fake names.
func TestRetry(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Queue(messages.RateLimited(10*time.Millisecond), messages.Fail(529), messages.Answer{Text: "at last"})
	c := client(api, option.WithMaxRetries(2))
	m, err := c.Messages.New(t.Context(), params("Go on."))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(api.Requests()); n != 3 || text(*m) != "at last" {
		t.Errorf("%d requests, answer %q", n, text(*m))
	}
}

func TestPromptCache(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	api := messages.Start(t, messages.Options{Now: func() time.Time { return now }})
	c := client(api)
	ask := func(tail string, maxTokens int64) anthropic.Usage {
		t.Helper()
		p := params(tail)
		p.MaxTokens = maxTokens
		p.System = []anthropic.TextBlockParam{{Text: strings.Repeat("r", 2500), CacheControl: anthropic.CacheControlEphemeralParam{TTL: anthropic.CacheControlEphemeralTTLTTL1h}}}
		context := anthropic.NewTextBlock(strings.Repeat("c", 500))
		context.OfText.CacheControl = anthropic.NewCacheControlEphemeralParam()
		p.Messages = []anthropic.MessageParam{anthropic.NewUserMessage(context, anthropic.NewTextBlock(tail))}
		m, err := c.Messages.New(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		return m.Usage
	}
	for _, step := range []struct {
		name                       string
		wait                       time.Duration
		maxTokens                  int64
		read, write5m, write1h, in int64
	}{
		{name: "warmed by max_tokens 0", write5m: 200, write1h: 1000, in: 2},
		{name: "read", maxTokens: 64, read: 1200, in: 2},
		{name: "after ten minutes", wait: 10 * time.Minute, maxTokens: 64, read: 1000, write5m: 200, in: 2},
		{name: "after two hours", wait: 2 * time.Hour, maxTokens: 64, write5m: 200, write1h: 1000, in: 2},
	} {
		now = now.Add(step.wait)
		u := ask("tail", step.maxTokens)
		if u.CacheReadInputTokens != step.read || u.CacheCreation.Ephemeral5mInputTokens != step.write5m || u.CacheCreation.Ephemeral1hInputTokens != step.write1h ||
			u.CacheCreationInputTokens != step.write5m+step.write1h || u.InputTokens != step.in {
			t.Errorf("%s: usage %s", step.name, u.RawJSON())
		}
	}
}

// Filling the cache is an empty message that stopped at its length.
func TestMaxTokensZero(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Say("never said")
	c := client(api)
	p := params("Go on.")
	p.MaxTokens = 0
	m, err := c.Messages.New(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Content) != 0 || m.StopReason != anthropic.StopReasonMaxTokens || m.Usage.OutputTokens != 0 {
		t.Errorf("message %s", m.RawJSON())
	}
	api.ExpectRefusal(http.StatusBadRequest, "invalid_request_error")
	if _, _, err := stream(t, c, p); err == nil {
		t.Error("max_tokens 0 was streamed")
	}
}

func TestCountTokens(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	c := client(api)
	off := anthropic.NewThinkingConfigDisabledParam()
	n, err := c.Messages.CountTokens(t.Context(), anthropic.MessageCountTokensParams{
		Model:    anthropic.ModelClaudeHaiku5_5,
		Thinking: anthropic.ThinkingConfigParamUnion{OfDisabled: &off},
		System:   anthropic.MessageCountTokensParamsSystemUnion{OfString: anthropic.String("12345")},
		Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("1234567890"))},
	})
	if err != nil {
		t.Fatal(err)
	}
	shape(t, "count", reflect.ValueOf(*n))
	if n.InputTokens != 6 {
		t.Errorf("%d tokens, want 6", n.InputTokens)
	}
}

func TestModels(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	c := client(api)
	page, err := c.Models.List(t.Context(), anthropic.ModelListParams{})
	if err != nil {
		t.Fatal(err)
	}
	shape(t, "models", reflect.ValueOf(*page))
	if len(page.Data) == 0 {
		t.Fatal("no models")
	}
	m, err := c.Models.Get(t.Context(), "claude-haiku-5-5", anthropic.ModelGetParams{})
	if err != nil {
		t.Fatal(err)
	}
	caps := m.Capabilities
	if m.MaxInputTokens != 1_000_000 || !caps.Thinking.Types.Disabled.Supported || caps.Thinking.Types.Enabled.Supported || !caps.Effort.Low.Supported {
		t.Errorf("model %s", m.RawJSON())
	}
}

// A client that leaves ends the request on the fake's side, as the SDK does it.
func TestCancel(t *testing.T) {
	api := messages.Start(t, messages.Options{HTTP2: true})
	api.Queue(messages.Answer{Text: "a b", Break: &messages.Break{How: messages.Stall, After: 1}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := client(api)
	s := c.Messages.NewStreaming(ctx, params("Go on."))
	for s.Next() {
		if s.Current().Type == "content_block_delta" {
			cancel()
		}
	}
	if err := s.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := api.Wait(t.Context(), func(all []messages.Request) bool { return !all[0].Ended.IsZero() }); err != nil {
		t.Fatal(err)
	}
	if q := api.Requests()[0]; q.Cancelled.IsZero() || q.Deltas != 1 {
		t.Errorf("cancelled at %v after %d deltas", q.Cancelled, q.Deltas)
	}
}

// What the SDK does not tell a caller: a stream that ends early between two
// events looks complete to it. A client must look for message_stop.
func TestEarlyEndIsSilent(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Queue(messages.Answer{Text: "a b", Break: &messages.Break{How: messages.EOF, After: 1}},
		messages.Answer{Text: "a b", Break: &messages.Break{How: messages.Drop, After: 1}})
	m, kinds, err := stream(t, client(api), params("Go on."))
	if err != nil || len(m.Content) != 1 || m.Content[0].Text != "a" || kinds[len(kinds)-1] == "message_stop" {
		t.Errorf("content %v, events %q, error %v", m.Content, kinds, err)
	}
	if _, _, err = stream(t, client(api), params("Go on.")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("dropped: error %v", err)
	}
}

package messages_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// TestFaults is the documented table of errors, and what else may stand where
// an answer should.
func TestFaults(t *testing.T) {
	tests := []struct {
		name   string
		answer messages.Answer
		status int
		kind   string // error type; "" is a response that is not of this API
		code   string
		header map[string]string
		body   string // part of it
	}{
		{name: "400", answer: messages.Fail(400), status: 400, kind: "invalid_request_error"},
		{name: "401", answer: messages.Fail(401), status: 401, kind: "authentication_error"},
		{name: "402", answer: messages.Fail(402), status: 402, kind: "billing_error"},
		{name: "403", answer: messages.Fail(403), status: 403, kind: "permission_error"},
		{name: "404", answer: messages.Fail(404), status: 404, kind: "not_found_error"},
		{name: "409", answer: messages.Fail(409), status: 409, kind: "conflict_error"},
		{name: "413", answer: messages.Fail(413), status: 413, kind: "request_too_large"},
		{name: "500", answer: messages.Fail(500), status: 500, kind: "api_error"},
		{name: "504", answer: messages.Fail(504), status: 504, kind: "timeout_error"},
		{name: "529", answer: messages.Fail(529), status: 529, kind: "overloaded_error"},
		{name: "a status the API does not document", answer: messages.Fail(503), status: 503, kind: "api_error"},
		{name: "429 with retry-after", answer: messages.RateLimited(1500 * time.Millisecond), status: 429, kind: "rate_limit_error", header: map[string]string{"Retry-After": "1.5"}},
		{name: "429 of the spend cap", answer: messages.SpendCap(), status: 429, kind: "rate_limit_error", code: "enforced_spend_limit_reached", header: map[string]string{"Retry-After": ""}},
		{
			name: "own words and headers", answer: messages.Answer{Fault: &messages.Fault{Status: 400, Message: "on hold", Code: "organization_on_hold", Header: http.Header{"x-should-retry": {"false"}}}},
			status: 400, kind: "invalid_request_error", code: "organization_on_hold", header: map[string]string{"X-Should-Retry": "false"}, body: "on hold",
		},
		{name: "a redirect", answer: messages.Answer{Redirect: "https://elsewhere.example/v1/messages"}, status: 307, header: map[string]string{"Location": "https://elsewhere.example/v1/messages"}},
		{name: "a page", answer: messages.HTML(), status: 200, header: map[string]string{"Content-Type": "text/html; charset=utf-8"}, body: "<title>Sign in</title>"},
		{name: "garbage", answer: messages.Garbage(), status: 200, header: map[string]string{"Content-Type": "text/event-stream; charset=utf-8"}, body: "{not json"},
		{name: "an error event, not streamed", answer: messages.Answer{Break: messages.Overloaded(1)}, status: 529, kind: "overloaded_error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := messages.Start(t, messages.Options{})
			api.Queue(tt.answer)
			res, text := ask(t, api, plain)
			if res.StatusCode != tt.status || !strings.Contains(text, tt.body) {
				t.Errorf("%d %s", res.StatusCode, text)
			}
			for name, want := range tt.header {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if tt.kind == "" {
				return
			}
			kind, message, code, id := errorOf(t, text)
			if kind != tt.kind || code != tt.code || message == "" || id != res.Header.Get("Request-Id") {
				t.Errorf("%s", text)
			}
			if q := api.Requests()[0]; q.Refused != nil || q.Status != tt.status {
				t.Errorf("the record says refused %v, status %d", q.Refused, q.Status)
			}
		})
	}
}

// HTTP/2 is really spoken, and one connection serves several requests.
func TestHTTP2(t *testing.T) {
	api := messages.Start(t, messages.Options{HTTP2: true})
	if api.Certificate() == nil || !strings.HasPrefix(api.URL(), "https://") {
		t.Fatalf("%s is not TLS", api.URL())
	}
	ask(t, api, plain)
	ask(t, api, streamed)
	all := api.Requests()
	for _, q := range all {
		if q.Proto != "HTTP/2.0" {
			t.Errorf("%s over %s", q.ID, q.Proto)
		}
	}
	if all[0].Remote != all[1].Remote {
		t.Errorf("connections %s and %s, want one", all[0].Remote, all[1].Remote)
	}
}

// Nothing is queued up for a request that only fills the cache.
func TestWarmingLeavesTheQueueAlone(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Queue(messages.Answer{Text: "for later"})
	_, text := ask(t, api, strings.Replace(plain, "256", "0", 1))
	if !strings.Contains(text, `"content":[],"stop_reason":"max_tokens"`) || !strings.Contains(text, `"output_tokens":0,`) {
		t.Errorf("answer %s", text)
	}
	if _, text = ask(t, api, plain); !strings.Contains(text, "for later") {
		t.Errorf("answer %s", text)
	}
}

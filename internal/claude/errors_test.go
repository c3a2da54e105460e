package claude

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func response(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// apiBody is an error as the API sends it.
func apiBody(kind, message, code string) string {
	detail := map[string]any{"type": kind, "message": message}
	if code != "" {
		detail["details"] = map[string]string{"error_code": code}
	}
	b, err := json.Marshal(map[string]any{"type": "error", "error": detail, "request_id": "req_body"})
	if err != nil {
		panic(err) // strings cannot fail
	}
	return string(b)
}

func TestStatusErrorKinds(t *testing.T) {
	for _, tt := range []struct {
		status              int
		kind, message, code string
		want                error
	}{
		{400, "invalid_request_error", "messages: too long", "", model.ErrInvalidRequest},
		{413, "request_too_large", "too large", "", model.ErrInvalidRequest},
		{422, "", "", "", model.ErrInvalidRequest},
		{401, "authentication_error", "invalid x-api-key", "", model.ErrUnauthorized},
		{403, "permission_error", "not allowed", "", model.ErrUnauthorized},
		{402, "billing_error", "pay", "", model.ErrBilling},
		{402, "billing_error", "pay", "linked_organization_billing_unavailable", model.ErrBilling},
		{400, "invalid_request_error", "Your credit balance is too low to access the API.", "", model.ErrBilling},
		{400, "invalid_request_error", "You have reached your specified API usage limits.", "", model.ErrBilling},
		{400, "invalid_request_error", "on hold", "organization_on_hold", model.ErrBilling},
		{403, "permission_error", "x", "user_profile_not_billable", model.ErrBilling},
		{404, "not_found_error", "model: claude-2", "", model.ErrUnknownModel},
		{409, "conflict_error", "x", "", model.ErrUnavailable},
		{429, "rate_limit_error", "slow down", "", model.ErrRateLimited},
		{429, "rate_limit_error", "x", "ramp_limit_exceeded", model.ErrRateLimited},
		{429, "rate_limit_error", "x", "enforced_spend_limit_reached", model.ErrBilling},
		{429, "rate_limit_error", "x", "contract_spend_limit_reached", model.ErrBilling},
		{429, "rate_limit_error", "Your monthly spend limit is reached", "", model.ErrBilling},
		{408, "", "", "", model.ErrTimeout},
		{504, "timeout_error", "x", "", model.ErrTimeout},
		{500, "api_error", "x", "", model.ErrUnavailable},
		{503, "", "", "", model.ErrUnavailable},
		{529, "overloaded_error", "Overloaded", "", model.ErrUnavailable},
		{301, "", "", "", model.ErrConfig},
	} {
		t.Run(fmt.Sprint(tt.status, tt.kind, tt.code), func(t *testing.T) {
			e := readError(response(tt.status, apiBody(tt.kind, tt.message, tt.code)), "", now)
			if !errors.Is(e, tt.want) {
				t.Errorf("%v is not %v", e, tt.want)
			}
			if e.Kind() != tt.want || e.Status != tt.status || e.Type != tt.kind || e.Code != tt.code {
				t.Errorf("got %#v", e)
			}
			if !strings.HasPrefix(e.Error(), tt.want.Error()) || !strings.Contains(e.Error(), fmt.Sprint(tt.status)) {
				t.Errorf("text %q", e)
			}
		})
	}
}

func TestStatusErrorText(t *testing.T) {
	for _, tt := range []struct {
		resp *http.Response
		want string
	}{
		{
			response(401, apiBody("authentication_error", "invalid x-api-key", ""), "Request-Id", "req_1"),
			"the API key was refused (401 authentication_error): invalid x-api-key; check the key, whose place claude-lsp doctor tells, and what it may be used for [req_1]",
		},
		{
			response(429, apiBody("rate_limit_error", "slow", ""), "Retry-After", "12"),
			"rate limited (429 rate_limit_error): slow; asked to wait 12s [req_body]",
		},
		{
			response(404, "<h1>nothing here</h1>"),
			"the model is not known (404); check claude.baseURL: it does not look like the Messages API",
		},
		{response(502, ""), "the service is unavailable (502)"},
	} {
		if got := readError(tt.resp, "", now).Error(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

// TestReadErrorIsCareful: what a server says is shown to people, so it may hold
// neither the key nor anything that a terminal obeys, and may not be endless.
func TestReadErrorIsCareful(t *testing.T) {
	const secret = "sk-ant-abc"
	e := readError(response(400, apiBody("t\u001b[2J", "key sk-ant-abc \u001b]0;x\u0007 \u202eevil\r\nline", "c\u0000"), "Request-Id", "req_sk-ant-abc\u009b"), secret, now)
	want := &StatusError{Status: 400, Type: "t[2J", Message: "key [key] ]0;x evil  line", Code: "c", RequestID: "req_[key]"}
	if d := cmp.Diff(want, e); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if strings.Contains(e.Error(), secret) {
		t.Error("the text holds the key")
	}

	long := readError(response(400, apiBody("invalid_request_error", strings.Repeat("ü", 5000), "")), "", now)
	if n := len([]rune(long.Message)); n != 501 {
		t.Errorf("a message of %d runes", n)
	}
	endless := &http.Response{StatusCode: 500, Header: http.Header{}, Body: io.NopCloser(zeros{})}
	if e := readError(endless, "", now); e.Status != 500 || e.Message != "" {
		t.Errorf("got %#v", e)
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestReadErrorWithin200(t *testing.T) {
	if e := readError(response(200, apiBody("overloaded_error", "x", "")), "", now); e == nil || e.Status != 529 || !errors.Is(e, model.ErrUnavailable) {
		t.Errorf("got %#v", e)
	}
	for _, body := range []string{"", "<html>", `{"type":"message"}`, `{"type":"error"}`} {
		if e := readError(response(200, body), "", now); e != nil {
			t.Errorf("%q: got %#v, want nil", body, e)
		}
	}
}

func TestRetryHeaders(t *testing.T) {
	yes, no := true, false
	for _, tt := range []struct {
		name   string
		header []string
		after  time.Duration
		should *bool
	}{
		{name: "none"},
		{name: "seconds", header: []string{"Retry-After", "7"}, after: 7 * time.Second},
		{name: "parts of seconds", header: []string{"Retry-After", " 0.5 "}, after: 500 * time.Millisecond},
		{name: "milliseconds win", header: []string{"Retry-After", "7", "Retry-After-Ms", "250.5"}, after: 250500 * time.Microsecond},
		{name: "a date", header: []string{"Retry-After", now.Add(90 * time.Second).Format(http.TimeFormat)}, after: 90 * time.Second},
		{name: "a date gone by", header: []string{"Retry-After", now.Add(-time.Hour).Format(http.TimeFormat)}},
		{name: "nonsense", header: []string{"Retry-After", "soon"}},
		{name: "negative", header: []string{"Retry-After", "-3"}},
		{name: "not a number", header: []string{"Retry-After", "NaN"}},
		{name: "more than a duration holds", header: []string{"Retry-After", "1e300"}},
		{name: "bad milliseconds, good seconds", header: []string{"Retry-After-Ms", "x", "Retry-After", "2"}, after: 2 * time.Second},
		{name: "should", header: []string{"X-Should-Retry", "true"}, should: &yes},
		{name: "should not", header: []string{"X-Should-Retry", "false"}, should: &no},
		{name: "perhaps", header: []string{"X-Should-Retry", "perhaps"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := readError(response(529, "", tt.header...), "", now)
			if d := cmp.Diff(&StatusError{Status: 529, RetryAfter: tt.after, ShouldRetry: tt.should}, e); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

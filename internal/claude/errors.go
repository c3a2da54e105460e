package claude

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A StatusError is what the API said instead of an answer. errors.Is matches it
// with the error of package model that it amounts to; its text tells a person
// what to do and never holds the key.
type StatusError struct {
	// Status is the HTTP status. For an error that came within a stream that had
	// begun well (and so with 200) it is the status its Type is sent with.
	Status    int
	Type      string // error.type, such as "overloaded_error"; "" when the body was not the API's
	Message   string // error.message, without control characters
	Code      string // error.details.error_code, such as "enforced_spend_limit_reached"
	RequestID string // what support asks for

	RetryAfter  time.Duration // how long the server asked to wait; 0: it did not say
	ShouldRetry *bool         // x-should-retry, which overrides what the status suggests; nil: not sent
}

// Kind returns the error of package model that e amounts to.
func (e *StatusError) Kind() error {
	switch {
	case e.Status == http.StatusPaymentRequired, e.aboutMoney():
		return model.ErrBilling
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden:
		return model.ErrUnauthorized
	case e.Status == http.StatusNotFound:
		return model.ErrUnknownModel
	case e.Status == http.StatusTooManyRequests:
		return model.ErrRateLimited
	case e.Status == http.StatusRequestTimeout, e.Status == http.StatusGatewayTimeout:
		return model.ErrTimeout
	case e.Status == http.StatusConflict, e.Status >= 500:
		return model.ErrUnavailable
	case e.Status >= 300 && e.Status < 400:
		return model.ErrConfig
	}
	return model.ErrInvalidRequest
}

// aboutMoney reports whether the refusal will last until somebody pays or
// raises a limit. The API says so in several ways: by codes (all of them name a
// spend limit or billing), and, for an empty balance and for a limit that the
// organisation set itself, as a 400 or 429 of the ordinary type whose message
// alone tells.
func (e *StatusError) aboutMoney() bool {
	if strings.Contains(e.Code, "spend_limit") || strings.Contains(e.Code, "bill") || e.Code == "organization_on_hold" || e.Type == "billing_error" {
		return true
	}
	if e.Code != "" || e.Status != http.StatusBadRequest && e.Status != http.StatusTooManyRequests {
		return false
	}
	m := strings.ToLower(e.Message)
	for _, words := range []string{"credit balance", "usage limits", "spend limit", "spend cap", "spending limit"} {
		if strings.Contains(m, words) {
			return true
		}
	}
	return false
}

// Is lets errors.Is(err, model.ErrRateLimited) and its like decide.
func (e *StatusError) Is(target error) bool { return e.Kind() == target }

// Refusal lets model.RefusalOf tell what e says about asking again.
func (e *StatusError) Refusal() model.Refusal {
	return model.Refusal{Status: e.Status, RetryAfter: e.RetryAfter, ShouldRetry: e.ShouldRetry}
}

// Error says what happened, what the API called it, and what to do.
func (e *StatusError) Error() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%v (%d", e.Kind(), e.Status)
	if e.Type != "" {
		s.WriteString(" " + e.Type)
	}
	if e.Code != "" {
		s.WriteString(", " + e.Code)
	}
	s.WriteString(")")
	if e.Message != "" {
		s.WriteString(": " + e.Message)
	}
	if a := e.advice(); a != "" {
		s.WriteString("; " + a)
	}
	if e.RequestID != "" {
		s.WriteString(" [" + e.RequestID + "]")
	}
	return s.String()
}

// Discreet is Error without the API's own words, which may quote the prompt: the
// form for a log.
func (e *StatusError) Discreet() string {
	silent := *e
	silent.Message = ""
	if e.aboutMoney() { // which the words alone may have told
		silent.Status = http.StatusPaymentRequired
	}
	return silent.Error()
}

func (e *StatusError) advice() string {
	switch kind := e.Kind(); {
	case errors.Is(kind, model.ErrUnauthorized):
		return "check the key, whose place claude-lsp doctor tells, and what it may be used for"
	case errors.Is(kind, model.ErrBilling):
		return "look at Billing and Limits in the Claude Console"
	case errors.Is(kind, model.ErrUnknownModel):
		if e.Type == "" {
			return "check claude.baseURL: it does not look like the Messages API"
		}
		return "check the setting model, and claude.baseURL"
	case errors.Is(kind, model.ErrRateLimited):
		if e.RetryAfter > 0 {
			return "asked to wait " + e.RetryAfter.Round(time.Second).String()
		}
	case errors.Is(kind, model.ErrConfig):
		return "redirects are not followed, so that the key stays with the host it was meant for: set claude.baseURL to the final address"
	}
	return ""
}

// maxErrorBody bounds what is read of an error's body, and so its message.
const maxErrorBody = 64 << 10

// apiError is the error object of an error's body and of an error event.
type apiError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Details struct {
		Code string `json:"error_code"`
	} `json:"details"`
}

// readError makes a StatusError of a response that is no stream. secret is
// taken out of everything that is kept, in case a server repeats it. An answer
// that is well by status but is no error object either yields nil.
func readError(resp *http.Response, secret string, now time.Time) *StatusError {
	var body struct {
		Type      string   `json:"type"`
		Error     apiError `json:"error"`
		RequestID string   `json:"request_id"`
	}
	// A body that cannot be read or is no JSON (a proxy's page) leaves the status
	// alone to speak; fields of a wrong type count as missing.
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	_ = json.Unmarshal(raw, &body)
	if resp.StatusCode < 300 && (body.Type != "error" || body.Error.Type == "") {
		return nil
	}
	id := resp.Header.Get("Request-Id")
	if id == "" {
		id = body.RequestID
	}
	e := newStatusError(resp.StatusCode, body.Error, id, secret)
	if resp.StatusCode < 300 { // a gateway that wraps an error into a 200
		e.Status = statusOf(e.Type)
	}
	e.RetryAfter = retryAfter(resp.Header, now)
	if b, err := strconv.ParseBool(resp.Header.Get("X-Should-Retry")); err == nil {
		e.ShouldRetry = &b
	}
	return e
}

func newStatusError(status int, e apiError, requestID, secret string) *StatusError {
	clean := func(s string, limit int) string {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "[key]")
		}
		return printable(s, limit)
	}
	return &StatusError{
		Status:    status,
		Type:      clean(e.Type, 100),
		Message:   clean(e.Message, 500),
		Code:      clean(e.Details.Code, 100),
		RequestID: clean(requestID, 100),
	}
}

// statusOf is the status that the API sends an error type with.
func statusOf(errorType string) int {
	switch errorType {
	case "invalid_request_error":
		return http.StatusBadRequest
	case "authentication_error":
		return http.StatusUnauthorized
	case "billing_error":
		return http.StatusPaymentRequired
	case "permission_error":
		return http.StatusForbidden
	case "not_found_error":
		return http.StatusNotFound
	case "conflict_error":
		return http.StatusConflict
	case "request_too_large":
		return http.StatusRequestEntityTooLarge
	case "rate_limit_error":
		return http.StatusTooManyRequests
	case "timeout_error":
		return http.StatusGatewayTimeout
	case "overloaded_error":
		return 529
	}
	return http.StatusInternalServerError // api_error, and types yet to come
}

// retryAfter reads how long the server asks to wait: retry-after-ms, else
// retry-after in seconds or as a date, in the order of the official SDKs. What
// makes no sense counts as not sent; the caller caps it.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if d, ok := parseWait(h.Get("Retry-After-Ms"), time.Millisecond); ok {
		return d
	}
	v := h.Get("Retry-After")
	if d, ok := parseWait(v, time.Second); ok {
		return d
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

func parseWait(s string, unit time.Duration) (time.Duration, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(f) || f < 0 || f*float64(unit) > math.MaxInt64/2 {
		return 0, false
	}
	return time.Duration(f * float64(unit)), true
}

// printable makes text of a server fit for a terminal and a status line: one
// line, at most limit runes, and nothing in it that moves the cursor or turns
// the direction of writing.
func printable(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > limit {
			b.WriteString("…")
			break
		}
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

package messages

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// A Fault is an error of the API: what a refused request gets, and what a
// script may play.
type Fault struct {
	Status  int
	Type    string      // error.type, such as "rate_limit_error"; "" means the usual one of Status
	Message string      // error.message; "" means the usual one of Type
	Code    string      // error.details.error_code; "" leaves details out
	Header  http.Header // further headers of the response, such as retry-after
}

// String is how a failed test names the fault.
func (f *Fault) String() string { return fmt.Sprintf("%d %s: %s", f.Status, f.Type, f.Message) }

// usual is the documented table of errors: what a status is called, and words
// for it.
var usual = map[int]struct{ kind, message string }{
	http.StatusBadRequest:            {"invalid_request_error", "The request is invalid."},
	http.StatusUnauthorized:          {"authentication_error", "invalid x-api-key"},
	http.StatusPaymentRequired:       {"billing_error", "There is an issue with your billing or payment information."},
	http.StatusForbidden:             {"permission_error", "Your API key does not have permission to use the specified resource."},
	http.StatusNotFound:              {"not_found_error", "Not Found"},
	http.StatusMethodNotAllowed:      {"invalid_request_error", "Method Not Allowed"},
	http.StatusConflict:              {"conflict_error", "The request conflicts with the state of the resource."},
	http.StatusRequestEntityTooLarge: {"request_too_large", "Request exceeds the maximum allowed number of bytes."},
	http.StatusTooManyRequests:       {"rate_limit_error", "This request would exceed your organization's rate limit."},
	http.StatusInternalServerError:   {"api_error", "Internal server error"},
	http.StatusGatewayTimeout:        {"timeout_error", "The request timed out."},
	529:                              {"overloaded_error", "Overloaded"},
}

// whole returns f with the usual type and words where it has none of its own.
func (f *Fault) whole() *Fault {
	g := *f
	if u, ok := usual[g.Status]; ok {
		if g.Type == "" {
			g.Type = u.kind
		}
		if g.Message == "" {
			g.Message = u.message
		}
	}
	if g.Type == "" {
		g.Type = "api_error"
	}
	if g.Message == "" {
		g.Message = http.StatusText(g.Status)
	}
	return &g
}

// invalid is the refusal of a body: 400 invalid_request_error.
func invalid(format string, args ...any) *Fault {
	return &Fault{Status: http.StatusBadRequest, Type: "invalid_request_error", Message: fmt.Sprintf(format, args...)}
}

// body is the JSON of f.
func (f *Fault) body(requestID string) string {
	details := ""
	if f.Code != "" {
		details = `,"details":{"error_code":` + quote(f.Code) + `}`
	}
	return fmt.Sprintf(`{"type":"error","error":{"type":%s,"message":%s%s},"request_id":%s}`,
		quote(f.Type), quote(f.Message), details, quote(requestID))
}

// Fail is the answer of a server that turns the request down with status and
// with the type and words that belong to it.
func Fail(status int) Answer { return Answer{Fault: &Fault{Status: status}} }

// RateLimited is a 429 that says when to come back.
func RateLimited(after time.Duration) Answer {
	seconds := strconv.FormatFloat(after.Seconds(), 'f', -1, 64)
	return Answer{Fault: &Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {seconds}}}}
}

// SpendCap is a 429 without retry-after: the account's spending limit is
// reached, and asking again does not help.
func SpendCap() Answer {
	return Answer{Fault: &Fault{
		Status:  http.StatusTooManyRequests,
		Message: "This organization has reached its spend limit.",
		Code:    "enforced_spend_limit_reached",
	}}
}

// HTML is a page where an answer should be, with status 200: what a captive
// portal or a wrong base URL serves.
func HTML() Answer {
	return Answer{Raw: &Raw{
		Status: http.StatusOK, ContentType: "text/html; charset=utf-8",
		Body: "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in to the network.</body></html>\n",
	}}
}

// Garbage claims to be an event stream and holds bytes that are none.
func Garbage() Answer {
	return Answer{Raw: &Raw{
		Status: http.StatusOK, ContentType: streamType,
		Body: "\x00\xff\xfe{not json\n\ndata: {\"type\":\n\nevent: message_start\ndata: [1,2\n\n",
	}}
}

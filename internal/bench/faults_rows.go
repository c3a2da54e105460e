package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// faultRows are all that can go wrong.
func faultRows() []faultRow {
	return slices.Concat(statusRows(), connectionRows(), redirectRows(), streamRows(), bodyRows(), machineRows())
}

// statuses are those that the API documents, and those of gateways. again says
// which pass by themselves.
var statuses = []struct {
	code  int
	kind  string
	again bool
}{
	{400, "invalid_request_error", false},
	{401, "authentication_error", false},
	{402, "billing_error", false},
	{403, "permission_error", false},
	{404, "not_found_error", false},
	{408, "timeout_error", true},
	{409, "conflict_error", true},
	{413, "request_too_large", false},
	{422, "invalid_request_error", false},
	{429, "rate_limit_error", true},
	{500, "api_error", true},
	{502, "", true},
	{503, "", true},
	{504, "timeout_error", true},
	{529, "overloaded_error", true},
}

// statusRows are the refusals, with and without retry-after.
func statusRows() []faultRow {
	var rows []faultRow
	add := func(name string, once string, held bool, code int, kind, details string, header ...string) {
		rows = append(rows, faultRow{name: name, once: once, held: held, play: func(_ *brokenUpstream, w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			if kind == "" {
				w.WriteHeader(code)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"type":"error","error":{"type":%q,"message":"no"%s},"request_id":"req_1"}`, kind, details)
		}})
	}
	for _, s := range statuses {
		once := empty
		if s.again {
			once = items
		}
		code := strconv.Itoa(s.code)
		add(code, once, false, s.code, s.kind, "")
		add(code+", retry-after 1", once, false, s.code, s.kind, "", "Retry-After", "1")
	}
	add("429, retry-after-ms 100", items, false, 429, "rate_limit_error", "", "Retry-After-Ms", "100")
	add("429, retry-after 30", empty, true, 429, "rate_limit_error", "", "Retry-After", "30")
	add("429, retry-after by a clock an hour ahead", empty, true, 429, "rate_limit_error", "", "Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
	add("429, retry-after by a clock an hour behind", items, false, 429, "rate_limit_error", "", "Retry-After", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
	add("429, retry-after is no number", items, false, 429, "rate_limit_error", "", "Retry-After", "soon")
	add("429 for a spend cap", empty, false, 429, "rate_limit_error", `,"details":{"error_code":"enforced_spend_limit_reached"}`)
	add("529, x-should-retry false", empty, false, 529, "overloaded_error", "", "X-Should-Retry", "false")
	add("400, x-should-retry true", items, false, 400, "invalid_request_error", "", "X-Should-Retry", "true")
	add("500 with an HTML page", items, false, 500, "", "", "Content-Type", "text/html")
	return rows
}

// redirectRows are those to another host, which must get nothing.
func redirectRows() []faultRow {
	var rows []faultRow
	for _, code := range []int{301, 302, 303, 307, 308} {
		rows = append(rows, faultRow{name: fmt.Sprintf("%d to another host", code), once: empty, play: func(u *brokenUpstream, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", u.other.URL+"/v1/messages")
			w.WriteHeader(code)
		}})
	}
	return rows
}

// connectionRows are those below HTTP.
func connectionRows() []faultRow {
	return []faultRow{
		{name: "connection refused", once: items, layout: refusing},
		{name: "connection reset at once", once: items, layout: frontDoor(resetAtOnce)},
		{name: "connection reset after the request", once: items, layout: frontDoor(resetAfterRequest)},
		{name: "connection closed after the request", once: items, layout: frontDoor(closeAfterRequest)},
		{name: "a connection that says nothing", once: items, layout: frontDoor(mute)},
		{name: "TLS: a handshake that hangs", once: items, by: overTLS, layout: frontDoor(mute)},
		{name: "TLS: no TLS at all", once: items, by: overTLS, layout: frontDoor(notTLS)},
		{name: "TLS: signed by nobody known", once: empty, by: overTLS, layout: frontDoor(certified("127.0.0.1", -time.Hour, time.Hour))},
		{name: "TLS: expired", once: empty, by: overTLS, layout: frontDoor(certified("127.0.0.1", -2*time.Hour, -time.Hour))},
		{name: "TLS: of another host", once: empty, by: overTLS, layout: frontDoor(certified("example.com", -time.Hour, time.Hour))},
		{name: "HTTP/2: the stream is reset", once: items, by: overHTTP2, play: aborted},
		{name: "HTTP/2: hangs", once: items, by: overHTTP2, play: hang},
	}
}

// bodyRows are answers that are none.
func bodyRows() []faultRow {
	bomb := gzipped(64 << 20)
	page := "<!DOCTYPE html><html><body>Sign in to the network.</body></html>"
	whole := `{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","text":"return value"}],"stop_reason":"end_turn"}`
	body := func(kind, encoding, text string) fault {
		return func(_ *brokenUpstream, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			if encoding != "" {
				w.Header().Set("Content-Encoding", encoding)
			}
			_, _ = w.Write([]byte(text)) // a client that leaves is what is played
		}
	}
	return []faultRow{
		{name: "200 with an HTML page", once: empty, play: body("text/html", "", page)},
		{name: "200 with an HTML page as a stream", once: items, play: body(eventStream, "", page)},
		{name: "200 with a whole message as JSON", once: empty, play: body("application/json", "", whole)},
		{name: "200 with a whole message as a stream", once: items, play: body(eventStream, "", whole)},
		{name: "200 without a content type", once: empty, play: body("", "", whole)},
		{name: "200 with nothing", once: items, play: body(eventStream, "", "")},
		{name: "an error object with status 200", once: items, play: body("application/json", "", `{"type":"error","error":{"type":"overloaded_error","message":"x"}}`)},
		{name: "a gzip bomb as a stream", once: items, play: body(eventStream, "gzip", bomb)},
		{name: "a gzip bomb as an error", once: items, play: func(_ *brokenUpstream, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = w.Write([]byte(bomb))
		}},
		{name: "an error of 100 MB", once: items, play: func(_ *brokenUpstream, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			flood(w, strings.Repeat("x", 1<<20), 100)
		}},
		{name: "a header of 1 MB", once: items, play: func(_ *brokenUpstream, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Padding", strings.Repeat("x", 1<<20))
			w.WriteHeader(http.StatusOK)
		}},
		{name: "a body shorter than its length", once: items, play: func(_ *brokenUpstream, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", eventStream)
			w.Header().Set("Content-Length", "5000")
			_, _ = w.Write([]byte(messageStart))
			panic(http.ErrAbortHandler)
		}},
	}
}

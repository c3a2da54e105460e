package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	eventStream = "text/event-stream"

	messageStart = "event: message_start\ndata: " + `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-5-5","content":[],"stop_reason":null,"usage":{"input_tokens":10,"output_tokens":1}}}` + "\n\n" +
		"event: content_block_start\ndata: " + `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}` + "\n\n"
	ping        = "event: ping\ndata: {\"type\": \"ping\"}\n\n"
	messageStop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
)

// delta is an event with text.
func delta(text string) string {
	return fmt.Sprintf("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":%q}}\n\n", text)
}

func errorEvent(kind string) string {
	return fmt.Sprintf("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":%q,\"message\":\"x\"}}\n\n", kind)
}

// startStream begins an event stream and writes to it.
func startStream(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", eventStream)
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, text) // a client that leaves is what is played
	_ = http.NewResponseController(w).Flush()
}

// ends plays a stream that is over after some text.
func ends(text string) fault {
	return func(_ *brokenUpstream, w http.ResponseWriter, _ *http.Request) { startStream(w, text) }
}

// stalls plays a stream that comes to no end after it.
func stalls(text string) fault {
	return func(u *brokenUpstream, w http.ResponseWriter, r *http.Request) {
		startStream(w, text)
		u.wait(r, time.Minute)
	}
}

// drops plays one whose connection is cut.
func drops(text string) fault {
	return func(_ *brokenUpstream, w http.ResponseWriter, _ *http.Request) {
		startStream(w, text)
		panic(http.ErrAbortHandler)
	}
}

// drips plays one that comes byte by byte.
func drips(text string, each time.Duration) fault {
	return func(u *brokenUpstream, w http.ResponseWriter, r *http.Request) {
		startStream(w, "")
		flush := http.NewResponseController(w)
		for i := range len(text) {
			if _, err := io.WriteString(w, text[i:i+1]); err != nil || flush.Flush() != nil || !u.wait(r, each) {
				return
			}
		}
	}
}

func hang(u *brokenUpstream, _ http.ResponseWriter, r *http.Request) { u.wait(r, time.Minute) }

func aborted(*brokenUpstream, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// slowHeader sends the bytes of a header so slowly that they never become one.
func slowHeader(u *brokenUpstream, w http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	for _, c := range []byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Slow: " + strings.Repeat("x", 1000)) {
		if _, err := conn.Write([]byte{c}); err != nil || !u.wait(r, 50*time.Millisecond) {
			return
		}
	}
}

// flood writes a text n times.
func flood(w io.Writer, text string, n int) {
	for range n {
		if _, err := io.WriteString(w, text); err != nil {
			return
		}
	}
}

// floods plays a stream that begins well and then goes on with a text n times.
func floods(begin, text string, n int) fault {
	return func(_ *brokenUpstream, w http.ResponseWriter, _ *http.Request) {
		startStream(w, begin)
		flood(w, text, n)
	}
}

// gzipped is so many zeros, compressed.
func gzipped(n int) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for range n >> 20 {
		_, _ = z.Write(zeros) // into memory
	}
	_ = z.Close()
	return b.String()
}

// streamRows are streams that go wrong on their way.
func streamRows() []faultRow {
	const code = "```go\nreturn va"
	begun := messageStart + delta(code)
	cut := delta("é")
	rune2 := strings.Index(cut, "é") + 1 // behind the first of its two bytes
	return []faultRow{
		{name: "hangs before the header", once: items, play: hang},
		{name: "a header byte by byte", once: items, play: slowHeader},
		{name: "hangs behind the header", once: items, play: stalls("")},
		{name: "hangs behind message_start", once: either, ever: either, play: stalls(messageStart)},
		{name: "hangs amid the text", once: either, ever: either, play: stalls(begun)},
		{name: "hangs behind the text", once: items, ever: items, play: stalls(messageStart + delta("```go\nreturn value\n```"))},
		{name: "is not closed behind message_stop", once: items, ever: items, play: stalls(messageStart + delta("```go\nreturn value\n```") + messageStop)},
		{name: "drips", once: either, ever: either, play: drips(begun+begun+begun, 20*time.Millisecond)},
		{name: "pings without end", once: either, ever: either, play: func(u *brokenUpstream, w http.ResponseWriter, r *http.Request) {
			for startStream(w, ""); u.wait(r, 50*time.Millisecond); {
				_, _ = io.WriteString(w, ping)
				_ = http.NewResponseController(w).Flush()
			}
		}},
		{name: "a flood of pings", once: items, play: floods(messageStart, ping, 1<<20)},
		{name: "a flood of text", once: either, ever: either, play: floods(messageStart, delta(strings.Repeat("x", 4<<10)), 1<<14)},
		{name: "a flood of blank lines", once: items, play: floods("", "\n", 64<<20)},
		{name: "an event of 100 MB", once: items, play: floods(messageStart+"event: content_block_delta\ndata: ", strings.Repeat("x", 1<<20), 100)},
		{name: "ends behind the header", once: items, play: ends("")},
		{name: "ends behind message_start", once: items, play: ends(messageStart)},
		{name: "ends amid the text", once: either, ever: either, play: ends(begun)},
		{name: "ends amid an event", once: items, play: ends(messageStart[:len(messageStart)/2])},
		{name: "ends amid an event behind text", once: either, ever: either, play: ends(begun + cut[:len(cut)/2])},
		{name: "ends amid a character", once: items, play: ends(messageStart + cut[:rune2])},
		{name: "cut behind message_start", once: items, play: drops(messageStart)},
		{name: "cut amid the text", once: either, ever: either, play: drops(begun)},
		{name: "cut amid a character", once: items, play: drops(messageStart + cut[:rune2])},
		{name: "cut amid a character behind text", once: either, ever: either, play: drops(begun + cut[:rune2])},
		{name: "error event: overloaded, at once", once: items, play: ends(errorEvent("overloaded_error"))},
		{name: "error event: overloaded, behind message_start", once: items, play: ends(messageStart + errorEvent("overloaded_error"))},
		{name: "error event: overloaded, behind text", once: either, ever: either, play: ends(begun + errorEvent("overloaded_error"))},
		{name: "error event: api_error", once: items, play: ends(messageStart + errorEvent("api_error"))},
		{name: "error event: rate_limit_error", once: items, play: ends(messageStart + errorEvent("rate_limit_error"))},
		{name: "error event: invalid_request_error", once: empty, play: ends(messageStart + errorEvent("invalid_request_error"))},
		{name: "garbage", once: items, play: ends("\x00\xff\xfe{not json\n\ndata: {\"type\":\n\nevent: message_start\ndata: [1,2\n\n")},
		{name: "JSON of wrong types", once: items, play: ends("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":7}}\n\n")},
		{name: "invalid UTF-8", once: either, ever: either, play: ends(messageStart + strings.Replace(delta("``X`go\nx\n"), "X", "\xff\xfe", 1) + messageStop)},
	}
}

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// An upstream answers like the Messages API and notes when things happened. It
// is lenient on purpose: what it does between two bytes would be measured too.
type upstream struct {
	server *httptest.Server
	line   string // what it answers: one line, and another behind it

	mu       sync.Mutex
	received time.Time // the last byte of the newest request
	bytes    int       // of its body
	decided  time.Time // just before the delta that completes the line was written
	streams  int       // answers that were begun
}

func newUpstream() *upstream {
	u := &upstream{line: "compute(first, second)"}
	u.server = httptest.NewServer(u)
	return u
}

// ServeHTTP answers with one line in a fence; the delta with the newline after
// it is the one that decides.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, _ := io.Copy(io.Discard, r.Body)
	if r.Header.Get("Accept") == "application/json" { // no keystroke: the cache is filled ahead, or tokens are counted
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"type":"message","content":[],"stop_reason":"max_tokens","usage":{"input_tokens":10,"output_tokens":0},"input_tokens":10}`)
		return
	}
	u.mu.Lock()
	u.received, u.bytes = time.Now(), int(n)
	u.mu.Unlock()
	if r.Method != http.MethodPost {
		return
	}
	u.mu.Lock()
	u.streams++
	u.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	write := func(event, data string) {
		fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, data)
		_ = flush.Flush()
	}
	write("message_start", `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-5-5","content":[],"stop_reason":null,"usage":{"input_tokens":10,"output_tokens":1}}}`)
	write("content_block_start", `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`)
	delta := func(text string) {
		write("content_block_delta", fmt.Sprintf(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":%q}}`, text))
	}
	delta("````go\n")
	delta(u.line[:len(u.line)/2])
	time.Sleep(2 * time.Millisecond) // so that what came before is handled
	u.mu.Lock()
	u.decided = time.Now()
	u.mu.Unlock()
	delta(u.line[len(u.line)/2:] + "\nnext()\n")
	select { // the client leaves: the shown part is decided
	case <-r.Context().Done():
		return
	case <-time.After(200 * time.Millisecond):
	}
	delta("````")
	write("content_block_stop", `{"type":"content_block_stop","index":0}`)
	write("message_delta", `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":20}}`)
	write("message_stop", `{"type":"message_stop"}`)
}

func (u *upstream) times() (received, decided time.Time, bytes int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.received, u.decided, u.bytes
}

// answered is how many answers were begun.
func (u *upstream) answered() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.streams
}

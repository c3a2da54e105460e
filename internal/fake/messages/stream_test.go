package messages_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// A frame is what a careful reader makes of one event.
type frame struct {
	name string // of the "event:" line
	kind string // of the data's type
	text string // of a text delta
	data map[string]any
}

// frames reads a stream as the specification of server-sent events has it, as
// far as this API needs it, and reports what did not end in a blank line.
func frames(t *testing.T, body string) (all []frame, rest string) {
	t.Helper()
	body = strings.ReplaceAll(body, "\r\n", "\n")
	for {
		chunk, tail, ok := strings.Cut(body, "\n\n")
		if !ok {
			return all, body
		}
		body = tail
		var f frame
		for line := range strings.SplitSeq(chunk, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			switch name {
			case "event":
				f.name = value
			case "data":
				if err := json.Unmarshal([]byte(value), &f.data); err != nil {
					t.Fatalf("data of %q: %v", chunk, err)
				}
			default:
				t.Fatalf("line %q in a frame", line)
			}
		}
		f.kind, _ = f.data["type"].(string)
		if d, ok := f.data["delta"].(map[string]any); ok && d["type"] == "text_delta" {
			f.text, _ = d["text"].(string)
		}
		all = append(all, f)
	}
}

// said is the text of a stream.
func said(all []frame) string {
	var b strings.Builder
	for _, f := range all {
		b.WriteString(f.text)
	}
	return b.String()
}

// kinds is the order of events in one line, text deltas as their text.
func kinds(all []frame) string {
	var b []string
	for _, f := range all {
		if f.text != "" {
			b = append(b, "'"+f.text+"'")
		} else {
			b = append(b, strings.TrimPrefix(f.kind, "content_block_"))
		}
	}
	return strings.Join(b, " ")
}

// TestOrder is the order of events of each kind of answer.
func TestOrder(t *testing.T) {
	tests := []struct {
		name   string
		answer messages.Answer
		set    map[string]any
		want   string
		stop   string
		output int
	}{
		{name: "text", answer: messages.Answer{Text: "a bc"}, want: "message_start start ping 'a' ' bc' stop message_delta message_stop", stop: "end_turn", output: 2},
		{name: "chunks", answer: messages.Answer{Chunks: []string{"a b", "", "c"}}, want: "message_start start ping 'a b' 'c' stop message_delta message_stop", stop: "end_turn", output: 2},
		{name: "nothing", want: "message_start message_delta message_stop", stop: "end_turn", output: 1},
		{name: "pings", answer: messages.Answer{Text: "a b", Pings: 2}, want: "message_start start ping ping ping 'a' ping ping ' b' stop message_delta message_stop", stop: "end_turn", output: 2}, //nolint:dupword // events do repeat
		{name: "thinking first, not shown", answer: messages.Answer{Text: "a", Thinking: "hm"}, want: "message_start start delta stop start ping 'a' stop message_delta message_stop", stop: "end_turn", output: 2},
		{
			name: "thinking left on", answer: messages.Answer{Text: "a"}, set: map[string]any{"thinking": nil},
			want: "message_start start delta stop start ping 'a' stop message_delta message_stop", stop: "end_turn", output: 83,
		},
		{
			name: "thinking shown", answer: messages.Answer{Text: "a", Thinking: "h m"}, set: map[string]any{"thinking": map[string]any{"type": "adaptive", "display": "summarized"}},
			want: "message_start start delta delta delta stop start ping 'a' stop message_delta message_stop", stop: "end_turn", output: 3, //nolint:dupword // events do repeat
		},
		{
			name: "nothing but thought before max_tokens", answer: messages.Answer{Text: "a"}, set: map[string]any{"thinking": nil, "max_tokens": 20},
			want: "message_start start delta stop message_delta message_stop", stop: "max_tokens", output: 20,
		},
		{name: "max_tokens", answer: messages.Answer{Text: "one two three"}, set: map[string]any{"max_tokens": 2}, want: "message_start start ping 'one' ' t' stop message_delta message_stop", stop: "max_tokens", output: 2},
		{name: "max_tokens does not cut a character", answer: messages.Answer{Text: "xéé"}, set: map[string]any{"max_tokens": 1}, want: "message_start start ping 'x' stop message_delta message_stop", stop: "max_tokens", output: 1},
		{
			name: "a stop sequence", answer: messages.Answer{Text: "one </fill> two END"}, set: map[string]any{"stop_sequences": []any{"END", "</fill>"}},
			want: "message_start start ping 'one' ' ' stop message_delta message_stop", stop: "stop_sequence", output: 2,
		},
		{name: "a stop of the script", answer: messages.Answer{Text: "a", Stop: "pause_turn"}, want: "message_start start ping 'a' stop message_delta message_stop", stop: "pause_turn", output: 1},
		{
			name: "unknown things", answer: messages.Answer{Text: "a", Unknown: true},
			want: "message_start aurora start delta stop start ping 'a' delta stop message_delta message_delta message_stop", stop: "end_turn", output: 1, //nolint:dupword // events do repeat
		},
		{name: "refused before text", answer: messages.Answer{Text: "a b", Break: &messages.Break{How: messages.Refuse}}, want: "message_start message_delta message_stop", stop: "refusal", output: 1},
		{
			name: "refused after text", answer: messages.Answer{Text: "a b", Break: &messages.Break{How: messages.Refuse, After: 1, Category: "cyber"}},
			want: "message_start start ping 'a' stop message_delta message_stop", stop: "refusal", output: 1,
		},
		{name: "cut before message_start", answer: messages.Answer{Text: "a b", Break: &messages.Break{How: messages.EOF, After: messages.Headers}}, want: ""},
		{name: "cut before text", answer: messages.Answer{Text: "a b", Break: &messages.Break{How: messages.EOF}}, want: "message_start start ping"},
		{name: "cut in the text", answer: messages.Answer{Text: "a b", Break: &messages.Break{How: messages.EOF, After: 1}}, want: "message_start start ping 'a'"},
		{name: "cut after the text", answer: messages.Answer{Text: "a b", Break: &messages.Break{How: messages.EOF, After: 9}}, want: "message_start start ping 'a' ' b'"},
		{name: "cut before message_stop", answer: messages.Answer{Text: "a", Break: &messages.Break{How: messages.EOF, After: messages.AllButStop}}, want: "message_start start ping 'a' stop message_delta", stop: "end_turn", output: 1},
		{name: "overloaded in the middle", answer: messages.Answer{Text: "a b", Break: messages.Overloaded(1)}, want: "message_start start ping 'a' error"},
		{name: "an error at once", answer: messages.Answer{Text: "a b", Break: &messages.Break{How: messages.ErrorEvent, After: messages.Headers}}, want: "error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := good(haiku)
			body["thinking"] = thinking("disabled")
			for k, v := range tt.set {
				if body[k] = v; v == nil {
					delete(body, k)
				}
			}
			api := messages.Start(t, messages.Options{})
			api.Queue(tt.answer)
			body["stream"] = true
			res, stream := call(t, api, http.MethodPost, "/v1/messages", headers(), encode(t, body))
			if ct := res.Header.Get("Content-Type"); ct != "text/event-stream; charset=utf-8" {
				t.Errorf("content type %q", ct)
			}
			all, rest := frames(t, stream)
			if got := kinds(all); got != tt.want || rest != "" {
				t.Errorf("events\n%s (then %q), want\n%s", got, rest, tt.want)
			}
			for _, f := range all {
				if f.name != f.kind {
					t.Errorf("event %q holds data of type %q", f.name, f.kind)
				}
			}
			stop, output := ending(all)
			if stop != tt.stop || output != tt.output {
				t.Errorf("ended as %q after %d tokens, want %q after %d", stop, output, tt.stop, tt.output)
			}
			if q := api.Requests()[0]; tt.stop != "" && q.Usage.Output != tt.output {
				t.Errorf("the record says %d tokens, want %d", q.Usage.Output, tt.output)
			}
			// In one piece it says the same.
			if tt.answer.Break != nil && tt.answer.Break.How != messages.Refuse {
				return
			}
			delete(body, "stream")
			api.Queue(tt.answer)
			_, whole := call(t, api, http.MethodPost, "/v1/messages", headers(), encode(t, body))
			var m struct {
				Content    []struct{ Type, Text string }
				StopReason string `json:"stop_reason"`
				Usage      struct {
					Output int `json:"output_tokens"`
				}
			}
			if err := json.Unmarshal([]byte(whole), &m); err != nil {
				t.Fatal(err)
			}
			var text string
			for _, c := range m.Content {
				text += c.Text
			}
			if text != said(all) || m.StopReason != tt.stop || m.Usage.Output != tt.output {
				t.Errorf("in one piece: %s", whole)
			}
		})
	}
}

// ending is what the last message_delta of a stream says.
func ending(all []frame) (stop string, output int) {
	for _, f := range all {
		if f.kind == "message_delta" {
			stop, _ = f.data["delta"].(map[string]any)["stop_reason"].(string)
			n, _ := f.data["usage"].(map[string]any)["output_tokens"].(float64)
			output = int(n)
		}
	}
	return stop, output
}

// The data of the events that a client must read, as they are documented.
func TestFrames(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Queue(messages.Answer{Chunks: []string{"<é>"}}, messages.Answer{Text: "x", Break: &messages.Break{How: messages.Refuse, Category: "bio"}},
		messages.Answer{Text: "x", Break: messages.Overloaded(0)})
	_, stream := ask(t, api, streamed)
	for _, want := range []string{
		"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_000000000000000000000001\",\"type\":\"message\",\"role\":\"assistant\"," +
			"\"model\":\"claude-haiku-5-5\",\"content\":[],\"stop_reason\":null,",
		"event: ping\ndata: {\"type\": \"ping\"}\n\n",
		"data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
		"data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"<é>\"}}\n\n",
		"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
	} {
		if !strings.Contains(stream, want) {
			t.Errorf("no %q in\n%s", want, stream)
		}
	}
	if _, stream = ask(t, api, streamed); !strings.Contains(stream, `"stop_details":{"type":"refusal","category":"bio","explanation":null}`) {
		t.Errorf("no stop_details in\n%s", stream)
	}
	want := `data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_000000000000000000000003"}`
	if _, stream = ask(t, api, streamed); !strings.Contains(stream, want) {
		t.Errorf("no error event in\n%s", stream)
	}
}

// groups is a response writer that keeps what was flushed together.
type groups struct {
	http.ResponseWriter
	all  []string
	held strings.Builder
}

func (g *groups) Write(p []byte) (int, error) { return g.held.Write(p) }
func (g *groups) FlushError() error {
	if g.held.Len() > 0 {
		g.all = append(g.all, g.held.String())
		g.held.Reset()
	}
	return nil
}

// However a stream is grouped on the wire, it says the same; and it is grouped
// as the script wants it.
func TestSplits(t *testing.T) {
	const text = "länge 𝒳 日本\n"
	whole := func(g string) bool { return strings.HasSuffix(strings.ReplaceAll(g, "\r", ""), "\n\n") }
	for _, tt := range []struct {
		name     string
		split    messages.Split
		crlf     bool
		nameless bool
		all      func(group string) bool // holds for every group
		some     func(group string) bool // holds for one at least
	}{
		{name: "events", all: whole},
		{name: "CRLF", crlf: true, all: whole},
		{name: "nameless", nameless: true, all: whole},
		{name: "bytes", split: messages.SplitBytes, all: func(g string) bool { return len(g) == 1 }},
		{name: "CRLF by bytes", split: messages.SplitBytes, crlf: true, all: func(g string) bool { return len(g) == 1 }},
		{name: "runes", split: messages.SplitRunes, some: func(g string) bool { return !utf8.ValidString(g) }},
		{name: "lines", split: messages.SplitLines, some: func(g string) bool { return !strings.HasSuffix(g, "\n") }},
		{name: "coalesced", split: messages.SplitCoalesced, all: func(g string) bool { return strings.Contains(g, "message_stop") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			api := messages.New(messages.Options{})
			defer api.Close()
			api.Queue(messages.Answer{Text: text, Split: tt.split, CRLF: tt.crlf, Nameless: tt.nameless})
			req := httptest.NewRequest(http.MethodPost, "/v1/messages", strings.NewReader(streamed))
			req.Header = headers()
			w := &groups{ResponseWriter: httptest.NewRecorder()}
			api.ServeHTTP(w, req)
			if len(w.all) == 0 || w.held.Len() > 0 {
				t.Fatalf("%d groups, %d bytes not flushed", len(w.all), w.held.Len())
			}
			some := tt.some == nil
			for _, g := range w.all {
				if tt.all != nil && !tt.all(g) {
					t.Errorf("group %q", g)
				}
				some = some || tt.some(g)
			}
			if !some {
				t.Errorf("no group is split: %q", w.all)
			}
			body := strings.Join(w.all, "")
			all, rest := frames(t, body)
			if got := said(all); got != text || rest != "" {
				t.Errorf("said %q (then %q), want %q", got, rest, text)
			}
			if crlf := strings.Count(body, "\r\n"); tt.crlf && crlf != strings.Count(body, "\n") || !tt.crlf && crlf > 0 {
				t.Errorf("%d CRLF in\n%s", crlf, body)
			}
			if (all[0].name == "") != tt.nameless {
				t.Errorf("the first event is called %q", all[0].name)
			}
		})
	}
}

// TestBreaks is what a client sees of an answer that ends badly, streamed and
// whole, over both versions of HTTP.
func TestBreaks(t *testing.T) {
	reset := func(err error) bool {
		return errors.Is(err, syscall.ECONNRESET) || strings.Contains(err.Error(), "INTERNAL_ERROR")
	}
	cut := func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) || reset(err) }
	none := func(err error) bool { return err == nil }
	dropped := func(err error) bool { return errors.Is(err, io.EOF) || reset(err) }
	tests := []struct {
		name  string
		br    messages.Break
		whole bool
		fails func(error) bool
		text  string // that arrived
		rest  bool   // half a frame arrived
	}{
		{name: "an early end", br: messages.Break{How: messages.EOF, After: 1}, fails: none, text: "a"},
		{name: "amid an event", br: messages.Break{How: messages.HalfEvent, After: 1}, fails: none, text: "a", rest: true},
		{name: "amid the first event", br: messages.Break{How: messages.HalfEvent, After: messages.Headers}, fails: none, rest: true},
		{name: "dropped", br: messages.Break{How: messages.Drop, After: 1}, fails: cut, text: "a"},
		{name: "reset", br: messages.Break{How: messages.Reset, After: 1}, fails: reset, text: "a"},
		{name: "dropped before the status", br: messages.Break{How: messages.Drop, After: messages.Nothing}, fails: dropped},
		{name: "reset before the status", br: messages.Break{How: messages.Reset, After: messages.Nothing}, fails: reset},
		{name: "whole, an early end", whole: true, br: messages.Break{How: messages.EOF, After: 1}, fails: cut, rest: true},
		{name: "whole, reset", whole: true, br: messages.Break{How: messages.Reset, After: 1}, fails: reset},
		{name: "whole, dropped before the status", whole: true, br: messages.Break{How: messages.Drop, After: messages.Nothing}, fails: dropped},
	}
	for _, h2 := range []bool{false, true} {
		for _, tt := range tests {
			t.Run(tt.name+map[bool]string{true: ", HTTP/2"}[h2], func(t *testing.T) {
				api := messages.Start(t, messages.Options{HTTP2: h2})
				api.Queue(messages.Answer{Text: "a b", Break: &tt.br})
				body := streamed
				if tt.whole {
					body = plain
				}
				_, stream, err := try(t.Context(), api, http.MethodPost, "/v1/messages", headers(), []byte(body))
				if !tt.fails(err) {
					t.Errorf("error %v", err)
				}
				if tt.whole {
					if tt.rest && (stream == "" || json.Valid([]byte(stream))) {
						t.Errorf("body %q, want half of one", stream)
					}
					return
				}
				all, rest := frames(t, stream)
				if got := said(all); got != tt.text && !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("text %q, want %q", got, tt.text)
				}
				if (rest != "") != tt.rest && err == nil {
					t.Errorf("rest %q", rest)
				}
				if slices.ContainsFunc(all, func(f frame) bool { return f.kind == "message_stop" }) {
					t.Error("message_stop came")
				}
			})
		}
	}
}

// A client that leaves is noticed at once, whatever the answer is doing, and
// billed for what was said until then.
func TestCancel(t *testing.T) {
	tests := []struct {
		name   string
		answer messages.Answer
		deltas int // sent before the client leaves
	}{
		{name: "before the headers", answer: messages.Answer{Delay: time.Hour}},
		{name: "before the first event", answer: messages.Answer{FirstByte: time.Hour}},
		{name: "between deltas", answer: messages.Answer{Chunks: []string{"a", "b"}, PerChunk: time.Hour}},
		{name: "by tokens a second", answer: messages.Answer{Text: "a", TokensPerSecond: 0.0001}},
		{name: "held behind the first delta", answer: messages.Answer{Chunks: []string{"a", "b"}, Hold: make(chan struct{})}, deltas: 1},
		{name: "in a stall before the headers", answer: messages.Answer{Break: &messages.Break{How: messages.Stall, After: messages.Nothing}}},
		{name: "in a stall after a delta", answer: messages.Answer{Text: "a b", Break: &messages.Break{How: messages.Stall, After: 1}}, deltas: 1},
	}
	for _, h2 := range []bool{false, true} {
		for _, tt := range tests {
			t.Run(tt.name+map[bool]string{true: ", HTTP/2"}[h2], func(t *testing.T) {
				api := messages.Start(t, messages.Options{HTTP2: h2})
				api.Queue(tt.answer)
				ctx, cancel := context.WithCancel(t.Context())
				left := make(chan error, 1)
				go func() {
					_, _, err := try(ctx, api, http.MethodPost, "/v1/messages", headers(), []byte(streamed))
					left <- err
				}()
				if err := api.Wait(t.Context(), func(all []messages.Request) bool {
					return len(all) == 1 && all[0].Usage.Input > 0 && all[0].Deltas == tt.deltas
				}); err != nil {
					t.Fatal(err)
				}
				if !api.Requests()[0].Cancelled.IsZero() {
					t.Error("cancelled before the client left")
				}
				before := time.Now()
				cancel()
				if err := <-left; !errors.Is(err, context.Canceled) {
					t.Errorf("error %v", err)
				}
				if err := api.Wait(t.Context(), func(all []messages.Request) bool { return !all[0].Ended.IsZero() }); err != nil {
					t.Fatal(err)
				}
				q := api.Requests()[0]
				if q.Cancelled.Before(before) {
					t.Errorf("cancelled at %v, but the client left at %v", q.Cancelled, before)
				}
				if q.Usage.Output != tt.deltas {
					t.Errorf("%d tokens billed, want %d", q.Usage.Output, tt.deltas)
				}
			})
		}
	}
}

// What is held behind the first delta comes when it is let go.
func TestHold(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	hold := make(chan struct{})
	api.Queue(messages.Answer{Chunks: []string{"a", "b", "c"}, Hold: hold, Split: messages.SplitCoalesced})
	go func() {
		_ = api.Wait(t.Context(), func(all []messages.Request) bool { return len(all) == 1 && all[0].Deltas == 1 })
		close(hold)
	}()
	_, body := ask(t, api, streamed)
	var text string
	all, _ := frames(t, body)
	for _, f := range all {
		text += f.text
	}
	if text != "abc" {
		t.Errorf("said %q", text)
	}
}

// Ending the test frees what a script holds back: nothing leaks, nothing hangs.
// goleak looks at the rest.
func TestStartEndsStalledAnswers(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Answer(func(messages.Request) messages.Answer {
		return messages.Answer{Break: &messages.Break{How: messages.Stall, After: messages.Headers}}
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _, _ = try(context.Background(), api, http.MethodPost, "/v1/messages", headers(), []byte(streamed))
	}()
	if err := api.Wait(t.Context(), func(all []messages.Request) bool { return len(all) == 1 && all[0].Status == 200 }); err != nil {
		t.Fatal(err)
	}
	api.Close()
	<-done
}

// Pauses are kept: the answer takes at least the time that the script asks for.
func TestPace(t *testing.T) {
	for _, body := range []string{streamed, plain} {
		api := messages.Start(t, messages.Options{})
		api.Queue(messages.Answer{
			Chunks: []string{"a", "b"}, Delay: 10 * time.Millisecond, FirstByte: 10 * time.Millisecond,
			PerChunk: 5 * time.Millisecond, TokensPerSecond: 200,
		})
		start := time.Now()
		ask(t, api, body)
		if took := time.Since(start); took < 40*time.Millisecond {
			t.Errorf("took %v, want 40ms at least", took)
		}
	}
}

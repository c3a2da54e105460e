package claude

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// Events as the API sends them. sse joins them into a stream.
const (
	evStart = `message_start {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-5-5","content":[],"stop_reason":null,"stop_details":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":7,"cache_read_input_tokens":41200,"cache_creation":{"ephemeral_5m_input_tokens":4,"ephemeral_1h_input_tokens":3},"output_tokens":1,"service_tier":"standard","server_tool_use":null}}}`
	evText  = `content_block_start {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`
	evPing  = `ping {"type": "ping"}`
	evHello = `content_block_delta {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello, "}}`
	evWorld = `content_block_delta {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"wörld 🌍\n"}}`
	evClose = `content_block_stop {"type":"content_block_stop","index":0}`
	evEnd   = `message_delta {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":null},"usage":{"output_tokens":15}}`
	evStop  = `message_stop {"type":"message_stop"}`
)

// frames writes events, each "name data", as a stream; a name of "-" leaves the
// event field out.
func frames(lineEnd string, events ...string) string {
	var b strings.Builder
	for _, e := range events {
		name, data, _ := strings.Cut(e, " ")
		if name != "-" {
			b.WriteString("event: " + name + lineEnd)
		}
		b.WriteString("data: " + data + lineEnd + lineEnd)
	}
	return b.String()
}

func stream(events ...string) string { return frames("\n", events...) }

// said is what a stream came to.
type said struct {
	Text  string
	Stop  model.Stop
	Usage model.Usage
	Err   error // compared by errors.Is with the table's
}

func listen(t testing.TB, body io.Reader) (got said) {
	t.Helper()
	ended := false
	for c, err := range chunks(body, "sk-secret") {
		if ended {
			t.Fatalf("something came after the end: %+v, %v", c, err)
		}
		if err != nil {
			got.Err, ended = err, true
			if c != (model.Chunk{}) {
				t.Fatalf("a chunk came with the error: %+v", c)
			}
			continue
		}
		if !c.Markdown {
			t.Fatalf("chunk %+v is not marked as Markdown", c)
		}
		if c.Text == "" && c.Usage == nil && c.Stop == "" {
			t.Fatal("an empty chunk")
		}
		got.Text += c.Text
		if c.Usage != nil {
			got.Usage = *c.Usage
		}
		if c.Stop != "" {
			got.Stop, ended = c.Stop, true
		}
	}
	if !ended {
		t.Fatal("the sequence ended with neither a Stop nor an error")
	}
	return got
}

func TestChunks(t *testing.T) {
	started := model.Usage{Input: 25, CacheRead: 41200, CacheWrite5m: 4, CacheWrite1h: 3, Output: 1}
	whole := started
	whole.Output = 15
	const hello = "Hello, wörld 🌍\n"
	for _, tt := range []struct {
		name   string
		stream string
		want   said
	}{
		{"a whole answer", stream(evStart, evText, evPing, evHello, evWorld, evClose, evEnd, evStop), said{hello, model.StopEnd, whole, nil}},
		{"CRLF", frames("\r\n", evStart, evText, evHello, evWorld, evEnd, evStop), said{hello, model.StopEnd, whole, nil}},
		{"lone CR", frames("\r", evStart, evText, evHello, evWorld, evEnd, evStop), said{hello, model.StopEnd, whole, nil}},
		{
			"no event field, the data's type alone",
			stream("- "+after(evStart), "- "+after(evText), "- "+after(evHello), "- "+after(evEnd), "- "+after(evStop)),
			said{"Hello, ", model.StopEnd, whole, nil},
		},
		{
			"no type in the data, the event field alone",
			stream(evText, `content_block_delta {"index":0,"delta":{"type":"text_delta","text":"a"}}`, `message_stop {}`),
			said{Text: "a", Stop: model.StopEnd},
		},
		{
			"the data's type decides over the event field",
			stream(evText, `ping `+after(evHello), `message_stop `+after(evPing), evStop),
			said{Text: "Hello, ", Stop: model.StopEnd},
		},
		{"max_tokens", stream(evText, evHello, reason("max_tokens"), evStop), said{Text: "Hello, ", Stop: model.StopLength, Usage: model.Usage{Output: 9}}},
		{"stop sequence", stream(evText, evHello, reason("stop_sequence"), evStop), said{Text: "Hello, ", Stop: model.StopSequence, Usage: model.Usage{Output: 9}}},
		{"context window full", stream(evText, evHello, reason("model_context_window_exceeded"), evStop), said{Text: "Hello, ", Stop: model.StopLength, Usage: model.Usage{Output: 9}}},
		{"a reason of the future may have cut it", stream(evText, evHello, reason("solar_flare"), evStop), said{Text: "Hello, ", Stop: model.StopLength, Usage: model.Usage{Output: 9}}},
		{"no reason at all, as some local servers", stream(evText, evHello, evStop), said{Text: "Hello, ", Stop: model.StopEnd}},
		{
			"several message_deltas, the reason in the first",
			stream(evText, evHello, reason("max_tokens"), `message_delta {"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":12}}`, evStop),
			said{Text: "Hello, ", Stop: model.StopLength, Usage: model.Usage{Output: 12}},
		},
		{
			"thinking first, text at index 1",
			stream(evStart,
				`content_block_start {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
				`content_block_delta {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}`,
				`content_block_delta {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}`,
				evClose,
				strings.ReplaceAll(evText, `"index":0`, `"index":1`), strings.ReplaceAll(evHello, `"index":0`, `"index":1`), evEnd, evStop),
			said{"Hello, ", model.StopEnd, whole, nil},
		},
		{
			"text deltas of a block that is no text",
			stream(`content_block_start {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"n","input":{}}}`, evHello,
				`content_block_start {"type":"content_block_start","index":1,"content_block":{"type":"hologram","text":{"x":1}}}`, strings.ReplaceAll(evWorld, `"index":0`, `"index":1`), evStop),
			said{Stop: model.StopEnd},
		},
		{
			"a block that begins with text",
			stream(`content_block_start {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Oh. "}}`, evHello, evStop),
			said{Text: "Oh. Hello, ", Stop: model.StopEnd},
		},
		{"text without a block start", stream(evHello, evStop), said{Text: "Hello, ", Stop: model.StopEnd}},
		{
			"events, deltas and fields of the future",
			stream(evStart, `weather {"type":"weather","index":"north","delta":"cold"}`, `weather not json`, evText,
				`content_block_delta {"type":"content_block_delta","index":0,"delta":{"type":"smell_delta","text":{"a":1}}}`, evHello, "- [DONE]", evEnd, evStop),
			said{"Hello, ", model.StopEnd, whole, nil},
		},
		{"comments and empty events", ": hi\n\nevent: x\n\n" + stream(evText, evHello, evStop), said{Text: "Hello, ", Stop: model.StopEnd}},
		{"what comes after message_stop is not read", stream(evText, evHello, evStop, evWorld, `error {"type":"error"}`), said{Text: "Hello, ", Stop: model.StopEnd}},
		{
			"usage without lengths counts as five minutes",
			stream(`message_start {"type":"message_start","message":{"usage":{"input_tokens":5,"cache_creation_input_tokens":100}}}`, evStop),
			said{Stop: model.StopEnd, Usage: model.Usage{Input: 5, CacheWrite5m: 100}},
		},
		{
			"usage that makes no sense does not stop the answer",
			stream(`message_start {"type":"message_start","message":{"usage":{"input_tokens":"many","output_tokens":-4}}}`, evText, evHello, evStop),
			said{Text: "Hello, ", Stop: model.StopEnd},
		},
		{
			"invalid UTF-8 is replaced",
			stream(evText, "content_block_delta {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\xffb\"}}", evStop),
			said{Text: "a\ufffdb", Stop: model.StopEnd},
		},

		{"nothing", "", said{Err: model.ErrIncomplete}},
		{"the end is missing", stream(evStart, evText, evHello, evWorld, evClose, evEnd), said{hello, "", whole, model.ErrIncomplete}},
		{"cut inside message_stop", strings.TrimSuffix(stream(evText, evHello, evStop), "\n"), said{Text: "Hello, ", Err: model.ErrIncomplete}},
		{"cut inside a line", stream(evText, evHello) + "event: content_bl", said{Text: "Hello, ", Err: model.ErrIncomplete}},
		{"an HTML page", "<html>\n<body>busy</body>\n\n", said{Err: model.ErrIncomplete}},
		{
			"a refusal takes no Stop",
			stream(evStart, evText, evHello, `message_delta {"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","category":"cyber","explanation":null}},"usage":{"output_tokens":15}}`, evStop),
			said{"Hello, ", "", whole, model.ErrRefused},
		},
		{"overloaded midway", stream(evStart, evText, evHello, `error {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`), said{"Hello, ", "", started, model.ErrUnavailable}},
		{"rate limited midway", stream(`error {"type":"error","error":{"type":"rate_limit_error","message":"slow"}}`), said{Err: model.ErrRateLimited}},
		{"an error in another form", stream(`error {"type":"error","error":"boom"}`), said{Err: model.ErrUnavailable}},
		{"broken JSON", stream(evText, evHello, `content_block_delta {"type":"content_block_delta","delta":{"type":"text_delta","text":"x"`, evStop), said{Text: "Hello, ", Err: model.ErrIncomplete}},
		{"text that is no string is not dropped silently", stream(evText, `content_block_delta {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":7}}`, evStop), said{Err: model.ErrIncomplete}},
		{"an event without end", "data: " + strings.Repeat("x", maxEvent+100), said{Err: model.ErrIncomplete}},
		{"an endless answer", strings.Repeat(stream(`noise {"type":"`+strings.Repeat("x", 16<<10)+`"}`), maxAnswer>>14), said{Err: model.ErrIncomplete}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"whole": strings.NewReader(tt.stream), "data with EOF": iotest.DataErrReader(strings.NewReader(tt.stream)),
				"byte by byte": iotest.OneByteReader(strings.NewReader(tt.stream)),
			} {
				if len(tt.stream) > 1<<16 && how == "byte by byte" {
					continue
				}
				got := listen(t, r)
				if !errors.Is(got.Err, tt.want.Err) {
					t.Errorf("%s: ended in %v, want %v", how, got.Err, tt.want.Err)
				}
				got.Err = tt.want.Err
				if d := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b error) bool { return a == b })); d != "" {
					t.Errorf("%s (-want +got):\n%s", how, d)
				}
			}
		})
	}
}

func after(event string) string {
	_, data, _ := strings.Cut(event, " ")
	return data
}

func reason(r string) string {
	return `message_delta {"type":"message_delta","delta":{"stop_reason":"` + r + `"},"usage":{"output_tokens":9}}`
}

func TestChunksEndedByReadError(t *testing.T) {
	boom := errors.New("boom")
	got := listen(t, io.MultiReader(strings.NewReader(stream(evText, evHello)), iotest.ErrReader(boom)))
	if !errors.Is(got.Err, model.ErrIncomplete) || !errors.Is(got.Err, boom) || got.Text != "Hello, " {
		t.Errorf("got %+v, want ErrIncomplete that wraps the reader's error", got)
	}
}

// TestStreamErrorText: what an error event says reaches people without the key
// and without control characters, and with the id that support asks for.
func TestStreamErrorText(t *testing.T) {
	got := listen(t, strings.NewReader(stream(`error {"type":"error","error":{"type":"api_error","message":"bad\u001b[31m key sk-secret\nnow"},"request_id":"req_9"}`)))
	var e *StatusError
	if !errors.As(got.Err, &e) {
		t.Fatalf("got %v, want a *StatusError", got.Err)
	}
	if e.Status != 500 || e.Type != "api_error" || e.RequestID != "req_9" || e.Message != "bad[31m key [key] now" {
		t.Errorf("got %#v", e)
	}
}

// TestEveryCut cuts an answer at every byte: no cut but the last may look
// complete, and the text so far is always a beginning of the whole.
func TestEveryCut(t *testing.T) {
	full := stream(evStart, evText, evPing, evHello, evWorld, evClose, evEnd, evStop)
	want := listen(t, strings.NewReader(full)).Text
	for i := range full {
		got := listen(t, strings.NewReader(full[:i]))
		if got.Stop != "" || !errors.Is(got.Err, model.ErrIncomplete) || !strings.HasPrefix(want, got.Text) {
			t.Fatalf("cut after %d bytes: %+v", i, got)
		}
	}
}

// FuzzStream feeds whatever an upstream may send. However the bytes are cut
// into reads, the answer is the same; and without message_stop there is no
// Stop.
func FuzzStream(f *testing.F) {
	f.Add([]byte(stream(evStart, evText, evPing, evHello, evWorld, evClose, evEnd, evStop)), uint8(3))
	f.Add([]byte(frames("\r\n", evStart, evText, evHello, evEnd)), uint8(1))
	f.Add([]byte(frames("\r", evText, evHello, reason("refusal"), evStop)), uint8(7))
	f.Add([]byte(stream(`error {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`)), uint8(2))
	f.Add([]byte("\xef\xbb\xbfdata: {\"type\":\"message_stop\"}\n\n"), uint8(1))
	f.Add([]byte("event: message_stop\ndata: {\n data: }\n\ndata\n\n"), uint8(1))
	f.Fuzz(func(t *testing.T, raw []byte, step uint8) {
		if len(raw) > 1<<16 {
			return
		}
		whole := listen(t, bytes.NewReader(raw))
		parts := listen(t, &steps{raw, int(step) + 1})
		if errText(whole.Err) != errText(parts.Err) {
			t.Errorf("whole ends in %v, in parts in %v", whole.Err, parts.Err)
		}
		whole.Err, parts.Err = nil, nil
		if d := cmp.Diff(whole, parts); d != "" {
			t.Errorf("the cutting changed the answer (-whole +parts):\n%s", d)
		}
		// encoding/json matches names without case and knows escapes, so the test
		// for the word has to be that lenient too.
		lower := strings.ToLower(string(raw))
		if whole.Stop != "" && !strings.Contains(lower, "message_stop") && !strings.Contains(lower, `\u`) {
			t.Errorf("a Stop without message_stop in %q", raw)
		}
	})
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// steps is a reader that returns at most step bytes a read.
type steps struct {
	left []byte
	step int
}

func (s *steps) Read(p []byte) (int, error) {
	if len(s.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), s.step)], s.left)
	s.left = s.left[n:]
	return n, nil
}

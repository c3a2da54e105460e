package messages_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// sized is a text of n tokens by the fake's rule, different for each letter.
func sized(letter string, n int) string { return strings.Repeat(letter, n*5/2) }

// blocks is a user turn of blocks: "a:600" is 600 tokens of a, "a:600 5m" has a
// breakpoint.
func blocks(specs ...string) []any {
	var list []any
	for _, s := range specs {
		s, ttl, _ := strings.Cut(s, " ")
		letter, n, _ := strings.Cut(s, ":")
		tokens := 0
		for _, digit := range n {
			tokens = tokens*10 + int(digit-'0')
		}
		list = append(list, text(sized(letter, tokens), ttl))
	}
	return list
}

// many is n blocks of one token each, distinct by place.
func many(n int) []string {
	var list []string
	for i := range n {
		list = append(list, string(rune('A'+i))+":2")
	}
	return list
}

type usage = messages.Usage

// TestCache plays a row of requests and looks at the usage of the last.
func TestCache(t *testing.T) {
	type set = map[string]any
	type step struct {
		model string // claude-haiku-5-5
		wait  time.Duration
		user  []string
		set   set
		key   string
	}
	tests := []struct {
		name  string
		steps []step
		want  usage // of the last step, but for its output
	}{
		{name: "no breakpoint, no cache", steps: []step{{user: []string{"a:600"}}, {user: []string{"a:600"}}}, want: usage{Input: 600}},
		{name: "a first request writes", steps: []step{{user: []string{"a:600 5m", "b:40"}}}, want: usage{CacheWrite5m: 600, Input: 40}},
		{name: "for an hour", steps: []step{{user: []string{"a:600 1h", "b:40"}}}, want: usage{CacheWrite1h: 600, Input: 40}},
		{name: "both", steps: []step{{user: []string{"a:600 1h", "b:100 5m", "c:40"}}}, want: usage{CacheWrite1h: 600, CacheWrite5m: 100, Input: 40}},
		{
			name: "a second one reads", steps: []step{{user: []string{"a:600 5m", "b:40"}}, {user: []string{"a:600 5m", "c:50"}}},
			want: usage{CacheRead: 600, Input: 50},
		},
		{
			name: "and writes what is new", steps: []step{{user: []string{"a:600 1h", "b:100 5m", "c:40"}}, {user: []string{"a:600 1h", "d:200 5m", "c:40"}}},
			want: usage{CacheRead: 600, CacheWrite5m: 200, Input: 40},
		},
		{name: "one byte is enough to miss", steps: []step{{user: []string{"a:600 5m"}}, {user: []string{"b:600 5m"}}}, want: usage{CacheWrite5m: 600}},
		{name: "another border is another prefix", steps: []step{{user: []string{"a:600", "a:400 5m"}}, {user: []string{"a:500", "a:500 5m"}}}, want: usage{CacheWrite5m: 1000}},
		{name: "a change before the breakpoint", steps: []step{{user: []string{"a:600", "b:100 5m"}}, {user: []string{"c:600", "b:100 5m"}}}, want: usage{CacheWrite5m: 700}},
		{
			name: "only breakpoints are written", steps: []step{{user: []string{"a:600", "b:100 5m"}}, {user: []string{"a:600 5m", "c:100"}}},
			want: usage{CacheWrite5m: 600, Input: 100},
		},
		{name: "the minimum, Haiku 5.5", steps: []step{{user: []string{"a:511 5m"}}, {user: []string{"a:511 5m"}}}, want: usage{Input: 511}},
		{name: "just enough", steps: []step{{user: []string{"a:512 5m"}}, {user: []string{"a:512 5m"}}}, want: usage{CacheRead: 512}},
		{
			name: "the minimum, Haiku 4.5", steps: []step{{model: "claude-haiku-4-5", user: []string{"a:5000 5m"}}, {model: "claude-haiku-4-5", user: []string{"a:5000 5m"}}},
			want: usage{Input: 3847},
		},
		{name: "a breakpoint below the minimum does not count", steps: []step{{user: []string{"a:100 5m", "b:600"}}}, want: usage{Input: 700}},
		{
			name: "twenty blocks back", steps: []step{{user: []string{"a:600 5m"}}, {user: append(append([]string{"a:600"}, many(18)...), "z:2 5m")}},
			want: usage{CacheRead: 600, CacheWrite5m: 38},
		},
		{
			name: "twenty-one", steps: []step{{user: []string{"a:600 5m"}}, {user: append(append([]string{"a:600"}, many(19)...), "z:2 5m")}},
			want: usage{CacheWrite5m: 640},
		},
		{
			name: "a breakpoint between helps", steps: []step{{user: []string{"a:600 5m"}}, {user: append(append([]string{"a:600 5m"}, many(19)...), "z:2 5m")}},
			want: usage{CacheRead: 600, CacheWrite5m: 40},
		},
		{name: "alive after 4 minutes", steps: []step{{user: []string{"a:600 5m"}}, {wait: 4 * time.Minute, user: []string{"a:600 5m"}}}, want: usage{CacheRead: 600}},
		{
			name: "kept alive by use", steps: []step{{user: []string{"a:600 5m"}}, {wait: 4 * time.Minute, user: []string{"a:600 5m"}}, {wait: 4 * time.Minute, user: []string{"a:600 5m"}}},
			want: usage{CacheRead: 600},
		},
		{name: "gone after 5 minutes", steps: []step{{user: []string{"a:600 5m"}}, {wait: 5 * time.Minute, user: []string{"a:600 5m"}}}, want: usage{CacheWrite5m: 600}},
		{
			name: "the hour outlives the 5 minutes", steps: []step{{user: []string{"a:600 1h", "b:100 5m"}}, {wait: 59 * time.Minute, user: []string{"a:600 1h", "b:100 5m"}}},
			want: usage{CacheRead: 600, CacheWrite5m: 100},
		},
		{name: "gone after an hour", steps: []step{{user: []string{"a:600 1h"}}, {wait: time.Hour, user: []string{"a:600 1h"}}}, want: usage{CacheWrite1h: 600}},
		{name: "a read keeps what lies before it", steps: []step{
			{user: []string{"a:600 1h", "b:100 1h"}},
			{wait: 40 * time.Minute, user: []string{"a:600 1h", "b:100 1h"}},
			{wait: 40 * time.Minute, user: []string{"a:600 1h", "c:100 1h"}},
		}, want: usage{CacheRead: 600, CacheWrite1h: 100}},
		{name: "another effort", steps: []step{{user: []string{"a:600 5m"}, set: set{"output_config": effort("low")}}, {user: []string{"a:600 5m"}}}, want: usage{CacheWrite5m: 600}},
		{name: "the default effort, said aloud", steps: []step{{user: []string{"a:600 5m"}, set: set{"output_config": effort("medium")}}, {user: []string{"a:600 5m"}}}, want: usage{CacheRead: 600}},
		{name: "thinking left on", steps: []step{{user: []string{"a:600 5m"}}, {user: []string{"a:600 5m"}, set: set{"thinking": nil}}}, want: usage{CacheWrite5m: 600}},
		{
			name: "thinking on, said aloud", steps: []step{{user: []string{"a:600 5m"}, set: set{"thinking": nil}}, {user: []string{"a:600 5m"}, set: set{"thinking": thinking("adaptive")}}},
			want: usage{CacheRead: 600},
		},
		{name: "another tool choice", steps: []step{{user: []string{"a:600 5m"}}, {user: []string{"a:600 5m"}, set: set{"tool_choice": set{"type": "none"}}}}, want: usage{CacheWrite5m: 600}},
		{name: "another system text", steps: []step{{user: []string{"a:600 5m"}, set: set{"system": "x"}}, {user: []string{"a:600 5m"}, set: set{"system": "y"}}}, want: usage{CacheWrite5m: 601}},
		{name: "another model", steps: []step{{user: []string{"a:600 5m"}}, {model: "claude-opus-5", user: []string{"a:600 5m"}}}, want: usage{CacheWrite5m: 600}},
		{name: "another account", steps: []step{{user: []string{"a:600 5m"}}, {user: []string{"a:600 5m"}, key: "sk-else"}}, want: usage{CacheWrite5m: 600}},
		{
			name: "other settings of the answer do not matter", steps: []step{{user: []string{"a:600 5m"}}, {user: []string{"a:600 5m"}, set: set{"max_tokens": 64, "stop_sequences": []any{"x"}, "stream": true}}},
			want: usage{CacheRead: 600},
		},
		{
			name: "automatic", steps: []step{{user: []string{"a:600"}, set: set{"cache_control": set{"type": "ephemeral"}}}, {user: []string{"a:600", "b:10"}, set: set{"cache_control": set{"type": "ephemeral"}}}},
			want: usage{CacheRead: 600, CacheWrite5m: 10},
		},
		{name: "warmed with max_tokens 0", steps: []step{{user: []string{"a:600 5m", "b:1"}, set: set{"max_tokens": 0}}, {user: []string{"a:600 5m", "c:9"}}}, want: usage{CacheRead: 600, Input: 9}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
			api := messages.Start(t, messages.Options{Now: func() time.Time { return now }})
			for _, s := range tt.steps {
				now = now.Add(s.wait)
				body := good(haiku)
				body["thinking"] = thinking("disabled")
				if s.model != "" {
					body["model"] = s.model
				}
				body["messages"] = []any{user(blocks(s.user...))}
				for k, v := range s.set {
					if body[k] = v; v == nil {
						delete(body, k)
					}
				}
				if s.key == "" {
					s.key = "sk-good"
				}
				if res, text := call(t, api, http.MethodPost, "/v1/messages", headers("x-api-key: "+s.key), encode(t, body)); res.StatusCode != http.StatusOK {
					t.Fatal(text)
				}
			}
			all := api.Requests()
			got := all[len(all)-1].Usage
			got.Output, got.Thinking = 0, 0
			if got != tt.want {
				t.Errorf("usage %+v, want %+v", got, tt.want)
			}
		})
	}
}

// String content and one text block are the same prompt, and so are two turns
// of one role and one turn of two blocks.
func TestCacheKnowsEqualForms(t *testing.T) {
	long := sized("a", 600)
	marked := map[string]any{"type": "ephemeral"}
	ask := func(api *messages.API, turns []any) usage {
		t.Helper()
		body := good(haiku)
		body["cache_control"], body["messages"] = marked, turns
		call(t, api, http.MethodPost, "/v1/messages", headers(), encode(t, body))
		all := api.Requests()
		return all[len(all)-1].Usage
	}
	api := messages.Start(t, messages.Options{})
	if u := ask(api, []any{user(long)}); u.CacheWrite5m != 600 {
		t.Fatalf("usage %+v, want 600 written", u)
	}
	if u := ask(api, []any{user([]any{text(long, "")})}); u.CacheRead != 600 {
		t.Errorf("as a block: usage %+v, want 600 read", u)
	}
	if u := ask(api, []any{user(long), user("x")}); u.CacheRead != 600 {
		t.Errorf("as a turn of two: usage %+v, want 600 read", u)
	}
}

// What a client reads in the answer is what the record says.
func TestUsageInTheAnswer(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Say("twelve bytes")
	body := good(haiku)
	body["thinking"] = thinking("disabled")
	body["messages"] = []any{user(blocks("a:600 1h", "b:100 5m", "c:40"))}
	_, whole := call(t, api, http.MethodPost, "/v1/messages", headers(), encode(t, body))
	var m struct{ Usage json.RawMessage }
	if err := json.Unmarshal([]byte(whole), &m); err != nil {
		t.Fatal(err)
	}
	want := `{"input_tokens":40,"cache_creation_input_tokens":700,"cache_read_input_tokens":0,` +
		`"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":600},"output_tokens":5,` +
		`"service_tier":"standard","inference_geo":"global","speed":"standard","server_tool_use":null,"output_tokens_details":null}`
	if string(m.Usage) != want {
		t.Errorf("usage\n%s, want\n%s", m.Usage, want)
	}
}

// An entry can be read once the answer of its writer has begun, and not before:
// of two first requests at once both pay for the write.
func TestCacheIsReadableAfterTheFirstByte(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	release := make(chan struct{})
	api.Answer(func(q messages.Request) messages.Answer {
		if q.Body.MaxTokens == 255 {
			<-release
		}
		return messages.Answer{Text: "x"}
	})
	body := func(maxTokens int) []byte {
		b := good(haiku)
		b["max_tokens"], b["messages"] = maxTokens, []any{user(blocks("a:600 5m"))}
		return encode(t, b)
	}
	var group sync.WaitGroup
	group.Go(func() {
		if _, _, err := try(t.Context(), api, http.MethodPost, "/v1/messages", headers(), body(255)); err != nil {
			t.Error(err)
		}
	})
	if err := api.Wait(t.Context(), func(all []messages.Request) bool { return len(all) == 1 && all[0].Usage.CacheWrite5m > 0 }); err != nil {
		t.Fatal(err)
	}
	call(t, api, http.MethodPost, "/v1/messages", headers(), body(254)) // while the first has not begun
	close(release)
	group.Wait()
	call(t, api, http.MethodPost, "/v1/messages", headers(), body(253))
	all := api.Requests()
	for i, want := range []usage{{CacheWrite5m: 600}, {CacheWrite5m: 600}, {CacheRead: 600}} {
		got := all[i].Usage
		if got.CacheRead != want.CacheRead || got.CacheWrite5m != want.CacheWrite5m {
			t.Errorf("request %d: usage %+v, want %+v", i, got, want)
		}
	}
}

// A request that is given up before its answer begins leaves nothing behind.
func TestCancelledBeforeTheFirstByteWritesNothing(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Queue(messages.Answer{Break: &messages.Break{How: messages.Stall, After: messages.Nothing}}, messages.Answer{})
	b := good(haiku)
	b["messages"], b["stream"] = []any{user(blocks("a:600 5m"))}, true
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if _, _, err := try(ctx, api, http.MethodPost, "/v1/messages", headers(), encode(t, b)); err == nil {
			t.Error("a stalled answer came")
		}
	})
	if err := api.Wait(t.Context(), func(all []messages.Request) bool { return len(all) == 1 && all[0].Usage.CacheWrite5m > 0 }); err != nil {
		t.Fatal(err)
	}
	cancel()
	group.Wait()
	if err := api.Wait(t.Context(), func(all []messages.Request) bool { return !all[0].Ended.IsZero() }); err != nil {
		t.Fatal(err)
	}
	call(t, api, http.MethodPost, "/v1/messages", headers(), encode(t, b))
	if u := api.Requests()[1].Usage; u.CacheRead != 0 || u.CacheWrite5m != 600 {
		t.Errorf("usage %+v, want 600 written", u)
	}
}

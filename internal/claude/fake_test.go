package claude

import (
	"context"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// strict starts the strict fake, which fails the test for every request that
// the real API would refuse, and a client of it.
func strict(t *testing.T, http2 bool, o Options) (*messages.API, *Client) {
	t.Helper()
	api := messages.Start(t, messages.Options{HTTP2: http2, Keys: []string{secret}})
	trust(t, api)
	o.BaseURL = api.URL()
	if o.Key == nil {
		o.Key = withKey(credentials.APIKey)
	}
	return api, newClient(t, o)
}

// trust has the clients of the test trust the fake's certificate, if it has one.
func trust(t *testing.T, api *messages.API) {
	t.Helper()
	if api.Certificate() == nil {
		return
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", file)
}

// TestStrictModels asks every model that can serve completion for one: the
// strict fake takes each request as it is.
func TestStrictModels(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		api, c := strict(t, http2, Options{})
		api.Say("```go\nreturn nil\n```")
		asked := 0
		for id, traits := range known {
			if traits.thinking == always {
				continue
			}
			p := window(0)
			p.Model = id
			text := ""
			for chunk, err := range c.Stream(t.Context(), p) {
				if err != nil {
					t.Fatalf("%s: %v", id, err)
				}
				text += chunk.Text
			}
			if text != "```go\nreturn nil\n```" {
				t.Errorf("%s: got %q", id, text)
			}
			asked++
		}
		if got := len(api.Requests()); got != asked || asked < 8 {
			t.Errorf("%d requests for %d models", got, asked)
		}
	}
}

// TestStrictAnswers plays what the API may answer, over both protocols.
func TestStrictAnswers(t *testing.T) {
	const text = "```go\nwörld := \"🌍\"\n```\n"
	for _, tt := range []struct {
		name   string
		answer messages.Answer
		want   error
		stop   model.Stop
	}{
		{"plain", messages.Answer{Text: text}, nil, model.StopEnd},
		{"everything unknown, thinking first, pings", messages.Answer{Text: text, Thinking: "hm", Unknown: true, Pings: 2}, nil, model.StopEnd},
		{"no event names, CRLF", messages.Answer{Text: text, Nameless: true, CRLF: true}, nil, model.StopEnd},
		{"cut short by max_tokens", messages.Answer{Text: text, Stop: "max_tokens"}, nil, model.StopLength},
		{"refused at once", messages.Answer{Text: text, Break: &messages.Break{How: messages.Refuse, After: 0, Category: "cyber"}}, model.ErrRefused, ""},
		{"refused midway", messages.Answer{Text: text, Break: &messages.Break{How: messages.Refuse, After: 2}}, model.ErrRefused, ""},
		{"overloaded midway", messages.Answer{Text: text, Break: messages.Overloaded(2)}, model.ErrUnavailable, ""},
		{"a clean end without message_stop", messages.Answer{Text: text, Break: &messages.Break{How: messages.EOF, After: messages.AllButStop}}, model.ErrIncomplete, ""},
		{"half an event", messages.Answer{Text: text, Break: &messages.Break{How: messages.HalfEvent, After: 2}}, model.ErrIncomplete, ""},
		{"dropped", messages.Answer{Text: text, Break: &messages.Break{How: messages.Drop, After: 2}}, model.ErrIncomplete, ""},
		{"reset", messages.Answer{Text: text, Break: &messages.Break{How: messages.Reset, After: 2}}, model.ErrIncomplete, ""},
		{"dropped before any word", messages.Answer{Text: text, Break: &messages.Break{How: messages.Drop, After: messages.Nothing}}, model.ErrOffline, ""},
		{"rate limited", messages.RateLimited(3 * time.Second), model.ErrRateLimited, ""},
		{"spend cap", messages.SpendCap(), model.ErrBilling, ""},
		{"overloaded", messages.Fail(529), model.ErrUnavailable, ""},
		{"timed out over there", messages.Fail(504), model.ErrTimeout, ""},
		{"too large", messages.Fail(413), model.ErrInvalidRequest, ""},
		{"redirected", messages.Answer{Redirect: "https://elsewhere.example/v1/messages"}, model.ErrConfig, ""},
		{"a page", messages.HTML(), model.ErrConfig, ""},
		{"garbage", messages.Garbage(), model.ErrIncomplete, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, http2 := range []bool{false, true} {
				api, c := strict(t, http2, Options{})
				api.Queue(tt.answer)
				got := ask(t.Context(), c)
				if !errors.Is(got.Err, tt.want) || got.Stop != tt.stop {
					t.Errorf("http2 %v: %+v, want %v, %q", http2, got, tt.want, tt.stop)
				}
				if tt.want == nil && got.Text != text || !strings.HasPrefix(text, got.Text) {
					t.Errorf("http2 %v: got %q", http2, got.Text)
				}
				if n := len(api.Requests()); n != 1 {
					t.Errorf("http2 %v: %d requests", http2, n)
				}
				var e *StatusError
				if errors.As(got.Err, &e) && e.Status != 200 && e.RequestID == "" {
					t.Errorf("no request id in %#v", e)
				}
				if tt.name == "rate limited" && e.RetryAfter != 3*time.Second {
					t.Errorf("retry after %v", e.RetryAfter)
				}
			}
		})
	}
}

// TestStrictCache: what is laid out for the prompt cache is found there by the
// next keystroke, and what the cache cost arrives in the usage.
func TestStrictCache(t *testing.T) {
	api, c := strict(t, true, Options{})
	api.Say("ok")
	var usage [2]model.Usage
	for i := range usage {
		for chunk, err := range c.Stream(t.Context(), window(i)) {
			if err != nil {
				t.Fatal(err)
			}
			if chunk.Usage != nil {
				usage[i] = *chunk.Usage
			}
		}
	}
	first, second := usage[0], usage[1]
	if first.CacheRead != 0 || first.CacheWrite1h == 0 || first.CacheWrite5m < 50_000 {
		t.Errorf("the first keystroke cost %+v, want it to write the rules for an hour and the window for five minutes", first)
	}
	if second.CacheRead != first.CacheWrite1h+first.CacheWrite5m || second.CacheWrite1h+second.CacheWrite5m != 0 || second.Input > 5_000 {
		t.Errorf("the second keystroke cost %+v after %+v, want all but the tail from the cache", second, first)
	}
}

// TestStrictAbort: the fake notices the end of an answer that nobody wants any
// more, and the connection serves the next.
func TestStrictAbort(t *testing.T) {
	api, c := strict(t, true, Options{})
	api.Queue(messages.Answer{Text: "one two three", Break: &messages.Break{How: messages.Stall, After: 1}}, messages.Answer{Text: "next"})
	for chunk, err := range c.Stream(t.Context(), model.Prompt{Before: "x"}) {
		if err != nil {
			t.Fatal(err)
		}
		if chunk.Text != "" {
			break
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := api.Wait(ctx, func(r []messages.Request) bool { return len(r) == 1 && !r[0].Cancelled.IsZero() }); err != nil {
		t.Fatalf("the API never saw the end: %v", err)
	}
	if got := ask(t.Context(), c); got.Err != nil || got.Text != "next" {
		t.Fatalf("got %+v", got)
	}
	r := api.Requests()
	if r[0].Remote != r[1].Remote || r[1].Proto != "HTTP/2.0" {
		t.Errorf("the second request came by another connection: %s, %s over %s", r[0].Remote, r[1].Remote, r[1].Proto)
	}
}

// TestStrictKeys: a key in the wrong place or an unknown one is refused, and
// told.
func TestStrictKeys(t *testing.T) {
	for _, kind := range []credentials.Kind{credentials.APIKey, credentials.Bearer} {
		api, c := strict(t, false, Options{Key: withKey(kind)})
		api.Say("ok")
		if got := ask(t.Context(), c); got.Err != nil {
			t.Errorf("kind %d: %v", kind, got.Err)
		}
	}
	api, c := strict(t, false, Options{Key: func(context.Context) (credentials.Key, error) {
		return credentials.NewKey("sk-other", credentials.APIKey)
	}})
	api.ExpectRefusal(401, "authentication_error")
	if err := ask(t.Context(), c).Err; !errors.Is(err, model.ErrUnauthorized) || strings.Contains(err.Error(), "sk-other") {
		t.Errorf("got %v", err)
	}
}

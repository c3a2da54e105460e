package claude

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// TestStrictWarm: what was warmed is read by the first keystroke, and costs no
// output. The models differ in how they are kept from thinking, which is part of
// what the cache goes by.
func TestStrictWarm(t *testing.T) {
	for _, id := range []string{"claude-haiku-5-5", "claude-sonnet-5-5", "claude-haiku-4-5"} {
		api, c := strict(t, true, Options{})
		api.Say("ok")
		p := window(0)
		p.Model = id
		paid, err := c.Warm(t.Context(), p)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if paid.CacheWrite5m+paid.CacheWrite1h < 50_000 || paid.CacheRead != 0 || paid.Output != 0 || paid.Input > 20 {
			t.Errorf("%s: warming cost %+v, want the window written and nothing else", id, paid)
		}
		p = window(1)
		p.Model = id
		for chunk, err := range c.Stream(t.Context(), p) {
			if err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			if u := chunk.Usage; u != nil && (u.CacheRead != paid.CacheWrite5m+paid.CacheWrite1h || u.CacheWrite5m+u.CacheWrite1h != 0) {
				t.Errorf("%s: the first keystroke cost %+v, want all but the tail read of %+v", id, *u, paid)
			}
		}
		again, err := c.Warm(t.Context(), p)
		if err != nil || again.CacheRead != paid.CacheWrite5m+paid.CacheWrite1h {
			t.Errorf("%s: warming once more cost %+v, %v", id, again, err)
		}
		for _, r := range api.Requests() {
			if r.Encoding != "gzip" || r.Body.Stream != (r.Body.MaxTokens > 0) {
				t.Errorf("%s: encoding %q, stream %v with max_tokens %d", id, r.Encoding, r.Body.Stream, r.Body.MaxTokens)
			}
		}
	}
}

// TestWarmIsInVain: what nobody would cache is not sent.
func TestWarmIsInVain(t *testing.T) {
	u := serve(t, plain, func(http.ResponseWriter, *http.Request) { t.Error("a request in vain") })
	c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
	local := window(0)
	local.Model = "qwen2.5-coder:7b"
	unmarked := model.Prompt{Before: "x", Blocks: []model.Block{{ID: "a", Parts: []model.Part{{Text: "t"}}}}}
	for name, p := range map[string]model.Prompt{"no Claude": local, "no breakpoint": unmarked} {
		if paid, err := c.Warm(t.Context(), p); err != nil || paid != (model.Usage{}) {
			t.Errorf("%s: %+v, %v", name, paid, err)
		}
	}
}

func TestWarmErrors(t *testing.T) {
	for _, tt := range []struct {
		name     string
		answer   func(w http.ResponseWriter)
		want     error
		requests int32 // of two calls
	}{
		{"overloaded", func(w http.ResponseWriter) { w.WriteHeader(529) }, model.ErrUnavailable, 2},
		{"an endpoint that does not know max_tokens 0", func(w http.ResponseWriter) {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, apiBody("invalid_request_error", "max_tokens: must be positive", "bad"))
		}, model.ErrInvalidRequest, 1},
		{"no object", func(w http.ResponseWriter) { events(w, wholeAnswer...) }, model.ErrConfig, 2},
		{"an error in a 200", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, apiBody("rate_limit_error", "slow", ""))
		}, model.ErrRateLimited, 2},
		{"half an object", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"type":"message","usage":{"inp`)
		}, model.ErrIncomplete, 2},
		{"no usage", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"type":"message","content":[]}`)
		}, model.ErrIncomplete, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := serve(t, plain, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				tt.answer(w)
			})
			c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey), Gzip: GzipNever})
			if _, err := c.Warm(t.Context(), window(0)); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			_, _ = c.Warm(t.Context(), window(0))
			if n := u.requests.Load(); n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
		})
	}
	t.Run("no key", func(t *testing.T) {
		if _, err := newClient(t, Options{}).Warm(t.Context(), window(0)); !errors.Is(err, model.ErrNoKey) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a closed client", func(t *testing.T) {
		c := newClient(t, Options{})
		c.Close()
		if _, err := c.Warm(t.Context(), window(0)); !errors.Is(err, model.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	})
}

// TestWarmTimeout: the limits are those of a stream.
func TestWarmTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, func(http.ResponseWriter, *http.Request) { time.Sleep(time.Minute) })
		began := time.Now()
		_, err := c.Warm(t.Context(), window(0))
		if took := time.Since(began); !errors.Is(err, model.ErrTimeout) || took != 10*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		time.Sleep(time.Minute) // until the handler has ended, too
	})
}

// TestStrictCount: the count is that of the request which it stands for.
func TestStrictCount(t *testing.T) {
	api, c := strict(t, false, Options{})
	api.Say("ok")
	for _, p := range []model.Prompt{window(0), {Before: "x", Task: "Go on."}} {
		n, err := c.CountTokens(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for chunk, err := range c.Stream(t.Context(), p) {
			if err != nil {
				t.Fatal(err)
			}
			if u := chunk.Usage; u != nil && n != u.Input+u.CacheRead+u.CacheWrite5m+u.CacheWrite1h {
				t.Errorf("counted %d, billed %+v", n, *u)
			}
		}
	}
}

// TestCountIsMissing: whoever does not count is asked once.
func TestCountIsMissing(t *testing.T) {
	for status, want := range map[int]int32{404: 1, 405: 1, 500: 2, 429: 2} {
		u := serve(t, plain, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v1/messages/count_tokens" {
				t.Errorf("asked at %s", r.URL)
			}
			w.WriteHeader(status)
		})
		c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
		for range 2 {
			_, err := c.CountTokens(t.Context(), model.Prompt{Before: "x"})
			if missing := errors.Is(err, errors.ErrUnsupported); err == nil || missing != (want == 1) {
				t.Errorf("%d: %v", status, err)
			}
		}
		if n := u.requests.Load(); n != want {
			t.Errorf("%d: %d requests, want %d", status, n, want)
		}
	}
}

// TestTransfers: each stream is told of once, with its sizes and its prompt.
func TestTransfers(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		var seen []Transfer
		api, c := strict(t, http2, Options{Observe: func(x Transfer) { seen = append(seen, x) }})
		api.Queue(messages.Answer{Text: "ok"}, messages.Fail(529), messages.Answer{Text: "one two", Break: messages.Overloaded(1)})
		if _, err := c.Warm(t.Context(), window(0)); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			askFor(t, c, window(i))
		}
		if len(seen) != 2 {
			t.Fatalf("told of %d transfers, want those of the two answers that began", len(seen))
		}
		requests := api.Requests()
		for i, r := range []messages.Request{requests[1], requests[3]} {
			x := seen[i]
			if x.Model != DefaultModel || x.Wire != int64(r.Wire) || x.Plain != int64(len(r.Raw)) || x.Usage.CacheRead != r.Usage.CacheRead || x.Usage.CacheRead == 0 {
				t.Errorf("http2 %v: %+v of a request of %d as %d bytes with %+v", http2, x, len(r.Raw), r.Wire, r.Usage)
			}
			if x.Upload <= 0 || x.FirstByte < x.Upload {
				t.Errorf("http2 %v: uploaded after %v, first byte after %v", http2, x.Upload, x.FirstByte)
			}
		}
	}
}

// TestTransferTimes: the clock starts when there is a connection, so that
// neither the key nor the connection counts.
func TestTransferTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []Transfer
		c := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(200 * time.Millisecond) // on the way
			_, _ = io.Copy(io.Discard, r.Body)
			time.Sleep(300 * time.Millisecond) // the model
			events(w, wholeAnswer...)
		})
		c.opts.Observe = func(x Transfer) { seen = append(seen, x) }
		dial := c.dial
		c.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			time.Sleep(time.Second)
			return dial(ctx, network, addr)
		}
		askFor(t, c, window(0))
		if len(seen) != 1 || seen[0].Upload != 200*time.Millisecond || seen[0].FirstByte != 500*time.Millisecond {
			t.Errorf("got %+v, want 200 ms of upload and the first byte after 500 ms", seen)
		}
	})
}

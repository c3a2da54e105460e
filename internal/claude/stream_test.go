package claude

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// TestStream asks over each transport and looks at both ends: what the server
// was sent, and what came of what it answered.
func TestStream(t *testing.T) {
	for _, how := range transports {
		t.Run(how, func(t *testing.T) {
			var header http.Header
			var body, where, proto string
			u := serve(t, how, func(w http.ResponseWriter, r *http.Request) {
				raw, err := io.ReadAll(r.Body)
				if err != nil || r.ContentLength != int64(len(raw)) {
					t.Errorf("body of %d bytes, announced %d, %v", len(raw), r.ContentLength, err)
				}
				header, body, where, proto = r.Header.Clone(), string(raw), r.Method+" "+r.URL.String(), r.Proto
				events(w, wholeAnswer...)
			})
			for kind, want := range map[credentials.Kind]http.Header{
				credentials.APIKey: {"X-Api-Key": {secret}},
				credentials.Bearer: {"Authorization": {"Bearer " + secret}},
			} {
				c := newClient(t, Options{BaseURL: u.URL + "/gw/v1/", Key: withKey(kind), UserAgent: "claude-lsp/1.2"})
				got := ask(t.Context(), c)
				wantSaid := said{helloWorld, model.StopEnd, model.Usage{Input: 25, CacheRead: 41200, CacheWrite5m: 4, CacheWrite1h: 3, Output: 15}, nil}
				if d := cmp.Diff(wantSaid, got); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
				want.Set("Anthropic-Version", "2023-06-01")
				want.Set("Content-Type", "application/json")
				want.Set("Accept", "text/event-stream")
				want.Set("User-Agent", "claude-lsp/1.2")
				want.Set("Content-Length", fmt.Sprint(len(body)))
				if d := cmp.Diff(want, header); d != "" {
					t.Errorf("header (-want +got):\n%s", d)
				}
				if where != "POST /gw/v1/messages" || body != rendered(t, c, model.Prompt{Before: "x"}) {
					t.Errorf("%s with %s", where, body)
				}
				if want := map[bool]string{true: "HTTP/2.0", false: "HTTP/1.1"}[how == tls2]; proto != want {
					t.Errorf("over %s, want %s", proto, want)
				}
			}
		})
	}
}

// TestConnectionIsKept: complete answers leave the connection for the next
// request, over HTTP/1 as well.
func TestConnectionIsKept(t *testing.T) {
	for _, how := range transports {
		u := serve(t, how, func(w http.ResponseWriter, _ *http.Request) { events(w, wholeAnswer...) })
		c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
		for range 5 {
			if got := ask(t.Context(), c); got.Err != nil {
				t.Fatal(got.Err)
			}
		}
		// The caller usually has enough when it was told that this was all.
		for chunk := range c.Stream(t.Context(), model.Prompt{Before: "x"}) {
			if chunk.Stop != "" {
				break
			}
		}
		if got := ask(t.Context(), c); got.Err != nil || u.conns.Load() != 1 || u.requests.Load() != 7 {
			t.Errorf("%s: %d connections for %d requests, %v", how, u.conns.Load(), u.requests.Load(), got.Err)
		}
	}
}

// hanging answers with a beginning, and then waits until the request is
// aborted, which it reports.
func hanging(aborted chan<- struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		events(w, evStart, evText, evHello)
		<-r.Context().Done()
		aborted <- struct{}{}
	}
}

// TestBreakAborts: the server learns at once that nobody listens any more, and
// with HTTP/2 the connection outlives it.
func TestBreakAborts(t *testing.T) {
	for _, how := range transports {
		t.Run(how, func(t *testing.T) {
			aborted := make(chan struct{}, 1)
			u := serve(t, how, hanging(aborted))
			c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
			for range 3 {
				for chunk, err := range c.Stream(t.Context(), model.Prompt{Before: "x"}) {
					if err != nil {
						t.Fatal(err)
					}
					if chunk.Text != "" {
						break
					}
				}
				select {
				case <-aborted:
				case <-time.After(10 * time.Second):
					t.Fatal("the server never saw the end")
				}
			}
			if how == tls2 && u.conns.Load() != 1 {
				t.Errorf("%d connections, want 1 that was kept", u.conns.Load())
			}
		})
	}
}

// TestContextEndAborts: the same when the caller's context ends, whether text
// came before or nothing yet. The error names the context's own and the cause.
func TestContextEndAborts(t *testing.T) {
	superseded := errors.New("superseded by a newer keystroke")
	for _, how := range transports {
		for _, silent := range []bool{false, true} {
			t.Run(fmt.Sprint(how, " silent ", silent), func(t *testing.T) {
				aborted, arrived := make(chan struct{}, 1), make(chan struct{}, 1)
				u := serve(t, how, func(w http.ResponseWriter, r *http.Request) {
					// HTTP/1 servers notice the end of a connection once the body was read.
					_, _ = io.Copy(io.Discard, r.Body)
					arrived <- struct{}{}
					if silent {
						<-r.Context().Done()
						aborted <- struct{}{}
						return
					}
					hanging(aborted)(w, r)
				})
				c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
				ctx, cancel := context.WithCancelCause(t.Context())
				go func() { <-arrived; cancel(superseded) }()
				err := ask(ctx, c).Err
				if !errors.Is(err, context.Canceled) || !errors.Is(err, superseded) || model.TroubleOf(err) != "" {
					t.Errorf("got %v, which is trouble %q", err, model.TroubleOf(err))
				}
				<-aborted
			})
		}
	}
	t.Run("before the start", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := ask(ctx, newClient(t, Options{})).Err; err != context.Canceled {
			t.Errorf("got %v", err)
		}
	})
}

// TestCutConnections: a server that goes away is never taken for one that has
// finished.
func TestCutConnections(t *testing.T) {
	for _, how := range transports {
		for n := range wholeAnswer {
			u := serve(t, how, func(w http.ResponseWriter, _ *http.Request) {
				events(w, wholeAnswer[:n]...)
				w.(http.Flusher).Flush()
				if n%2 == 0 {
					panic(http.ErrAbortHandler) // RST or a cut body; without it, a clean end
				}
			})
			got := ask(t.Context(), newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)}))
			if !errors.Is(got.Err, model.ErrIncomplete) || got.Stop != "" || !strings.HasPrefix(helloWorld, got.Text) {
				t.Errorf("%s after %d events: %+v", how, n, got)
			}
		}
	}
}

// TestTinyPieces sends an answer byte by byte, each in a packet of its own.
func TestTinyPieces(t *testing.T) {
	u := serve(t, tls2, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, b := range []byte(stream(evText, evWorld, evStop)) {
			_, _ = w.Write([]byte{b})
			w.(http.Flusher).Flush()
		}
	})
	got := ask(t.Context(), newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)}))
	if got.Text != "wörld 🌍\n" || got.Stop != model.StopEnd {
		t.Errorf("got %+v", got)
	}
}

func TestRefusedRequests(t *testing.T) {
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		want    error
		text    string
	}{
		{"a status", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Request-Id", "req_7")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(529)
			_, _ = io.WriteString(w, apiBody("overloaded_error", "Overloaded", ""))
		}, model.ErrUnavailable, "Overloaded [req_7]"},
		{"the key repeated", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(401)
			_, _ = io.WriteString(w, apiBody("authentication_error", "unknown key "+r.Header.Get("X-Api-Key"), ""))
		}, model.ErrUnauthorized, "unknown key [key]"},
		{"a page instead of a stream", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "<html>Please log in</html>")
		}, model.ErrConfig, "claude.baseURL"},
		{"no content type", func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, stream(wholeAnswer...))
		}, model.ErrConfig, "not with a stream"},
		{"no content", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, model.ErrConfig, "not with a stream"},
		{"an error in a 200", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, apiBody("rate_limit_error", "slow", ""))
		}, model.ErrRateLimited, "429"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := serve(t, plain, tt.handler)
			err := ask(t.Context(), newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})).Err
			if !errors.Is(err, tt.want) || !strings.Contains(fmt.Sprint(err), tt.text) || strings.Contains(fmt.Sprint(err), secret) {
				t.Errorf("got %v, want %v with %q", err, tt.want, tt.text)
			}
		})
	}
}

// TestRedirectsAreNotFollowed: whatever the server says, nobody else is asked.
func TestRedirectsAreNotFollowed(t *testing.T) {
	thief := serve(t, plain, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the thief was asked: %v", r.Header) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		u := serve(t, plain, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, thief.URL+"/v1/messages", status) })
		err := ask(t.Context(), newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})).Err
		if !errors.Is(err, model.ErrConfig) || !strings.Contains(err.Error(), "redirects are not followed") || u.requests.Load() != 1 {
			t.Errorf("%d: got %v after %d requests", status, err, u.requests.Load())
		}
	}
	if thief.conns.Load() != 0 {
		t.Error("the thief was connected to")
	}
}

func TestKeys(t *testing.T) {
	u := serve(t, plain, func(http.ResponseWriter, *http.Request) { t.Error("a request without a usable key") })
	vault := errors.New("vault is sealed")
	for _, tt := range []struct {
		name string
		key  func(context.Context) (credentials.Key, error)
		want error
		text string
	}{
		{"no source", nil, model.ErrNoKey, "set ANTHROPIC_API_KEY"},
		{"no key", func(context.Context) (credentials.Key, error) { return credentials.Key{}, nil }, model.ErrNoKey, "set ANTHROPIC_API_KEY"},
		{"an error of the source", func(context.Context) (credentials.Key, error) { return credentials.Key{}, vault }, vault, "no API key: vault is sealed"},
		{"an error with a name", func(context.Context) (credentials.Key, error) {
			return credentials.Key{}, fmt.Errorf("%w: vault", model.ErrOffline)
		}, model.ErrOffline, "vault"},
		{"an unusable key", func(context.Context) (credentials.Key, error) {
			k, _ := credentials.FromEnvironment(func(string) string { return "sk a" })
			return k, nil
		}, model.ErrNoKey, "ANTHROPIC_API_KEY: the key cannot be used"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := ask(t.Context(), newClient(t, Options{BaseURL: u.URL, Key: tt.key})).Err
			if !errors.Is(err, tt.want) || !strings.Contains(fmt.Sprint(err), tt.text) {
				t.Errorf("got %v, want %v with %q", err, tt.want, tt.text)
			}
		})
	}
}

// TestKeyIsAskedEachTime: a new key needs no restart.
func TestKeyIsAskedEachTime(t *testing.T) {
	var sent []string
	u := serve(t, plain, func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Header.Get("X-Api-Key"))
		events(w, wholeAnswer...)
	})
	n := 0
	c := newClient(t, Options{BaseURL: u.URL, Key: func(context.Context) (credentials.Key, error) {
		n++
		return credentials.NewKey(fmt.Sprint("key", n), credentials.APIKey)
	}})
	ask(t.Context(), c)
	ask(t.Context(), c)
	if d := cmp.Diff([]string{"key1", "key2"}, sent); d != "" {
		t.Error(d)
	}
}

func TestClose(t *testing.T) {
	aborted := make(chan struct{}, 1)
	u := serve(t, tls2, hanging(aborted))
	c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
	var end error
	for chunk, err := range c.Stream(t.Context(), model.Prompt{Before: "x"}) {
		if chunk.Text != "" {
			c.Close()
		}
		end = err
	}
	<-aborted
	if !errors.Is(end, model.ErrUnavailable) {
		t.Errorf("the stream under way ended in %v", end)
	}
	if err := ask(t.Context(), c).Err; !errors.Is(err, model.ErrUnavailable) || u.requests.Load() != 1 {
		t.Errorf("a later stream ended in %v, %d requests", err, u.requests.Load())
	}
	c.Close()
}

// TestLogsTellNothing: a log may be shown to anybody.
func TestLogsTellNothing(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	u := serve(t, tls2, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Request-Id", "req_log")
		switch r.Header.Get("User-Agent") {
		case "whole":
			events(w, wholeAnswer...)
		case "cut":
			events(w, evStart, evText, evHello)
		default:
			w.WriteHeader(400)
			_, _ = io.WriteString(w, apiBody("invalid_request_error", "bad prompt PROMPT_TEXT", ""))
		}
	})
	for _, agent := range []string{"whole", "cut", "refused"} {
		c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.Bearer), Log: zap.New(core), UserAgent: agent})
		for chunk := range c.Stream(t.Context(), model.Prompt{Rules: "RULES_TEXT", Path: "PATH.go", Before: "PROMPT_TEXT", Task: "TASK_TEXT", Blocks: []model.Block{{Parts: []model.Part{{Path: "BLOCK.go", Text: "BLOCK_TEXT"}}}}}) {
			if agent == "whole" && chunk.Text != "" {
				break
			}
		}
		ask(t.Context(), c)
	}
	if logs.Len() < 6 {
		t.Errorf("%d lines for 6 requests", logs.Len())
	}
	for _, e := range logs.All() {
		line := fmt.Sprint(e.Level, e.Message, e.ContextMap())
		for _, no := range []string{secret, "_TEXT", "PATH", "BLOCK", "Hello", "Bearer", "anthropic-version"} {
			if strings.Contains(line, no) {
				t.Errorf("a log line tells %s: %s", no, line)
			}
		}
		if !strings.Contains(line, "req_log") {
			t.Errorf("no request id: %s", line)
		}
	}
}

package claude

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// pipes is a listener in memory, for tests in a bubble of their own time.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inMemory returns a client of handler that both live in the test's bubble.
func inMemory(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	p := &pipes{make(chan net.Conn), make(chan struct{})}
	srv := &http.Server{Handler: handler}
	go func() { _ = srv.Serve(p) }()
	t.Cleanup(func() { _ = srv.Close() })
	c := newClient(t, Options{BaseURL: "http://localhost", Key: withKey(credentials.APIKey)})
	c.dial = p.dial
	return c
}

// TestTimeouts checks the default limits, to the nanosecond and without waiting.
func TestTimeouts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		delay func(w http.ResponseWriter, r *http.Request)
		after time.Duration
		text  string
	}{
		{"no header", func(http.ResponseWriter, *http.Request) { time.Sleep(time.Minute) }, 10 * time.Second, "firstByte"},
		{"a header and no event", func(w http.ResponseWriter, _ *http.Request) {
			events(w)
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			time.Sleep(time.Minute)
		}, 10 * time.Second, "firstByte"},
		{"a first event late, then none", func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(9 * time.Second)
			events(w, evStart)
			time.Sleep(time.Minute)
		}, 20 * time.Second, "total"},
		{"a trickle without end", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				events(w, evPing)
				time.Sleep(time.Second)
			}
		}, 20 * time.Second, "total"},
		{"an error whose body never comes", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(500)
			w.(http.Flusher).Flush()
			time.Sleep(time.Minute)
		}, 10 * time.Second, "500"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := inMemory(t, tt.delay)
				begun := time.Now()
				err := ask(t.Context(), c).Err
				want := model.ErrTimeout
				if tt.text == "500" {
					want = model.ErrUnavailable
				}
				if !errors.Is(err, want) || time.Since(begun) != tt.after || !strings.Contains(err.Error(), tt.text) {
					t.Errorf("after %v: %v; want %v after %v with %q", time.Since(begun), err, want, tt.after, tt.text)
				}
				time.Sleep(2 * time.Minute) // the handlers end
			})
		})
	}
}

// TestSlowReaderIsNotCutShort: the wait for the first byte is over when it came,
// however long the caller then thinks about it.
func TestSlowReaderIsNotCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, func(w http.ResponseWriter, _ *http.Request) { events(w, wholeAnswer...) })
		text := ""
		for chunk, err := range c.Stream(t.Context(), model.Prompt{Before: "x"}) {
			if err != nil {
				t.Fatal(err)
			}
			text += chunk.Text
			time.Sleep(3 * time.Second)
		}
		if text != helloWorld {
			t.Errorf("got %q", text)
		}
	})
}

// TestServerThatDoesNotHangUp: the sequence ends soon after message_stop even
// where the server keeps the stream open.
func TestServerThatDoesNotHangUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			events(w, wholeAnswer...)
			<-r.Context().Done()
		})
		begun := time.Now()
		if got := ask(t.Context(), c); got.Err != nil || got.Text != helloWorld || time.Since(begun) != drainTime {
			t.Errorf("after %v: %+v", time.Since(begun), got)
		}
	})
}

// TestSlowKeyIsNotANetworkThatIsDown: a vault may take longer than a connection
// is allowed to.
func TestSlowKeyIsNotANetworkThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, func(w http.ResponseWriter, _ *http.Request) { events(w, wholeAnswer...) })
		c.opts.Key = func(context.Context) (credentials.Key, error) {
			time.Sleep(15 * time.Second)
			return credentials.NewKey(secret, credentials.APIKey)
		}
		if got := ask(t.Context(), c); got.Err != nil || got.Text != helloWorld {
			t.Errorf("got %+v", got)
		}
	})
}

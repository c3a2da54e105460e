package claude

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// TestConnect: the connection that Connect opened is the one that the first
// Stream uses, and no request was made to get it.
func TestConnect(t *testing.T) {
	u := serve(t, tls2, func(w http.ResponseWriter, _ *http.Request) { events(w, wholeAnswer...) })
	c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
	for range 3 { // again and again changes nothing
		if err := c.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		if conns, requests := u.conns.Load(), u.requests.Load(); conns != 1 || requests != 0 {
			t.Fatalf("%d connections and %d requests, want 1 and 0", conns, requests)
		}
	}
	dialled := false
	var used net.Conn
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		ConnectStart: func(string, string) { dialled = true },
		GotConn:      func(i httptrace.GotConnInfo) { used = i.Conn },
	})
	if got := ask(ctx, c); got.Err != nil || got.Text != helloWorld {
		t.Fatalf("got %+v", got)
	}
	if dialled || used == nil || u.conns.Load() != 1 || u.requests.Load() != 1 {
		t.Errorf("dialled %v, connection %v, %d connections, %d requests", dialled, used, u.conns.Load(), u.requests.Load())
	}
}

// TestConnectHTTP1 is the same for a gateway without HTTP/2. Between the moment
// when Connect returns and the one when the connection lies in the pool there
// are a few instructions of another goroutine, so one of several tries has to
// find it there; each waits a little longer than the one before, as a person does
// anyhow.
func TestConnectHTTP1(t *testing.T) {
	u := serve(t, tls1, func(w http.ResponseWriter, _ *http.Request) { events(w, wholeAnswer...) })
	for i := range 50 {
		u.conns.Store(0)
		u.requests.Store(0)
		c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
		if err := c.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		if u.requests.Load() != 0 {
			t.Fatal("Connect sent a request")
		}
		time.Sleep(time.Duration(i) * 200 * time.Microsecond)
		idle := false
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { idle = i.WasIdle }})
		if got := ask(ctx, c); got.Err != nil || got.Text != helloWorld {
			t.Fatalf("got %+v", got)
		}
		// With an idle HTTP/1 connection there, Connect must not send on it either.
		if err := c.Connect(t.Context()); err != nil || u.requests.Load() != 1 {
			t.Fatalf("second Connect: %v, %d requests", err, u.requests.Load())
		}
		if idle {
			return
		}
	}
	t.Error("no Stream ever found the connection that Connect opened")
}

func TestConnectPlain(t *testing.T) {
	u := serve(t, plain, func(w http.ResponseWriter, _ *http.Request) { events(w, wholeAnswer...) })
	c := newClient(t, Options{BaseURL: u.URL})
	if err := c.Connect(t.Context()); err != nil || u.requests.Load() != 0 {
		t.Errorf("got %v, %d requests", err, u.requests.Load())
	}
}

func TestConnectFails(t *testing.T) {
	for _, how := range transports {
		u := serve(t, how, nil)
		c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
		u.Close()
		if err := c.Connect(t.Context()); !errors.Is(err, model.ErrOffline) {
			t.Errorf("%s: got %v, want ErrOffline", how, err)
		}
		if err := ask(t.Context(), c).Err; !errors.Is(err, model.ErrOffline) {
			t.Errorf("%s: Stream: got %v, want ErrOffline", how, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newClient(t, Options{BaseURL: "https://127.0.0.1:1"}).Connect(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// TestConnectTakesTooLong: a network that swallows packets is reported after
// the time for connecting, to the nanosecond.
func TestConnectTakesTooLong(t *testing.T) {
	for _, base := range []string{"http://localhost", "https://api.example.com"} {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, Options{BaseURL: base, Key: withKey(credentials.APIKey)})
			c.dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
				select { // the dialler's own limit comes later than the request's
				case <-ctx.Done():
				case <-time.After(3 * time.Second):
				}
				return nil, context.DeadlineExceeded
			}
			begun := time.Now()
			if err := c.Connect(t.Context()); !errors.Is(err, model.ErrOffline) || time.Since(begun) != 2*time.Second {
				t.Errorf("%s: Connect: %v after %v", base, err, time.Since(begun))
			}
			begun = time.Now()
			if err := ask(t.Context(), c).Err; !errors.Is(err, model.ErrOffline) || time.Since(begun) != 2*time.Second {
				t.Errorf("%s: Stream: %v after %v", base, err, time.Since(begun))
			}
			time.Sleep(5 * time.Second) // the diallers end
		})
	}
}

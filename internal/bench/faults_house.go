package main

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// A fault is what an upstream does in the place of an answer.
type fault func(u *brokenUpstream, w http.ResponseWriter, r *http.Request)

// A brokenUpstream is a strict Messages API which breaks for some requests. Its
// front door is a listener of its own, so that connections can be broken too.
type brokenUpstream struct {
	api   *messages.API
	inner *httptest.Server
	other *httptest.Server // the host of redirects
	fault fault

	left      atomic.Int64 // requests, or connections, that break yet
	share     float64      // of the other requests, how many break at random
	broken    atomic.Int64 // requests that broke
	tries     atomic.Int64 // requests for a stream that came
	live      atomic.Int64 // requests being answered
	elsewhere atomic.Int64 // requests at the host of redirects
	done      chan struct{}
	shut      func(n int) // told of breakFor; nil: nobody
}

// A scheme is how the upstream is spoken to.
type scheme uint8

const (
	plain scheme = iota
	overTLS
	overHTTP2
)

func newBrokenUpstream(play fault, by scheme) *brokenUpstream {
	u := &brokenUpstream{api: messages.New(messages.Options{Forget: true}), fault: play, done: make(chan struct{})}
	u.api.Say("```go\nreturn value\n```")
	u.inner = httptest.NewUnstartedServer(u)
	u.inner.Config.ErrorLog = log.New(io.Discard, "", 0) // it would tell of each fault
	u.inner.EnableHTTP2 = by == overHTTP2
	if by == plain {
		u.inner.Start()
	} else {
		u.inner.StartTLS()
	}
	u.other = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { u.elsewhere.Add(1) }))
	return u
}

// breakFor has the next n requests break.
func (u *brokenUpstream) breakFor(n int) {
	u.left.Store(int64(n))
	if u.shut != nil {
		u.shut(n)
	}
}

// breaks takes one of them.
func (u *brokenUpstream) breaks() bool {
	for {
		n := u.left.Load()
		if n <= 0 {
			return false
		}
		if u.left.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// ServeHTTP breaks for requests for a stream alone: what goes on beside them
// must not use the faults up.
func (u *brokenUpstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.live.Add(1)
	defer u.live.Add(-1)
	if r.Header.Get("Accept") == "text/event-stream" {
		u.tries.Add(1)
		if u.fault != nil && (u.breaks() || u.share > 0 && rand.Float64() < u.share) {
			u.broken.Add(1)
			_, _ = io.Copy(io.Discard, r.Body) // only then does net/http see that a client has left
			u.fault(u, w, r)
			return
		}
	}
	u.api.ServeHTTP(w, r)
}

// wait pauses. It is false when the client has left.
func (u *brokenUpstream) wait(r *http.Request, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-r.Context().Done():
	case <-u.done:
	}
	return false
}

func (u *brokenUpstream) close() {
	close(u.done)
	u.api.Close()
	for _, s := range []*httptest.Server{u.inner, u.other} {
		s.CloseClientConnections()
		s.Close()
	}
}

// A faultHouse is a server, its upstream and its machine.
type faultHouse struct {
	up        *brokenUpstream
	home      string
	base      string // where the server finds its upstream
	client    *client
	stderr    lockedBuffer
	env       []string
	clean     []func()
	documents int
	ended     bool
}

func newFaultHouse(row faultRow) (*faultHouse, error) {
	home, err := os.MkdirTemp("", "claude-lsp-bench")
	if err != nil {
		return nil, err
	}
	h := &faultHouse{up: newBrokenUpstream(row.play, row.by), home: home}
	h.base = h.up.inner.URL
	h.clean = append(h.clean, func() { _ = os.RemoveAll(home) }, h.up.close)
	if row.by != plain {
		ca := filepath.Join(home, "ca.pem")
		cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.up.inner.Certificate().Raw})
		if err := os.WriteFile(ca, cert, 0o600); err != nil {
			h.close()
			return nil, err
		}
		h.env = append(h.env, "SSL_CERT_FILE="+ca)
	}
	if row.layout != nil {
		if err := row.layout(h); err != nil {
			h.close()
			return nil, err
		}
	}
	return h, nil
}

// begin starts the server.
func (h *faultHouse) begin(ctx context.Context, binary string) (err error) {
	env := append([]string{
		"ANTHROPIC_API_KEY=sk-bench", "ANTHROPIC_BASE_URL=" + h.base, "GOTRACEBACK=all",
		"CLAUDE_LSP_CLAUDE_TIMEOUTS_CONNECT=" + faultConnect.String(),
		"CLAUDE_LSP_CLAUDE_TIMEOUTS_FIRST_BYTE=" + faultFirstByte.String(),
		"CLAUDE_LSP_CLAUDE_TIMEOUTS_TOTAL=" + faultTotal.String(),
		"CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_COMPLETION_AHEAD=false", "CLAUDE_LSP_CONTEXT_PREWARM=false",
	}, h.env...)
	if h.client, err = startTo(ctx, &h.stderr, binary, h.home, nil, env...); err != nil {
		return err
	}
	return h.client.initialize()
}

// settle lets pass what an endpoint was asked to be left alone for.
func (h *faultHouse) settle() { time.Sleep(1200 * time.Millisecond) }

func (h *faultHouse) close() {
	if h.client != nil && !h.ended {
		_ = h.client.cmd.Process.Kill()
		_ = h.client.cmd.Wait()
	}
	for _, clean := range slices.Backward(h.clean) {
		clean()
	}
}

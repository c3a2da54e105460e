package claude

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

func TestMain(m *testing.M) {
	if os.Getenv(helperVariable) != "" {
		printProxy()
		return
	}
	// On Linux Go reads SSL_CERT_FILE once, with the system's certificates. Read
	// now, they hold nothing of what a test sets later.
	if err := os.Unsetenv("SSL_CERT_FILE"); err != nil {
		panic(err)
	}
	_, _ = x509.SystemCertPool() // a system without certificates is fine
	goleak.VerifyTestMain(m)
}

const secret = "sk-ant-test-S3cret"

// withKey returns a key function for secret.
func withKey(kind credentials.Kind) func(context.Context) (credentials.Key, error) {
	return func(context.Context) (credentials.Key, error) { return credentials.NewKey(secret, kind) }
}

// An upstream is a server that counts its connections and requests.
type upstream struct {
	*httptest.Server
	conns, requests atomic.Int32
}

// The transports by which an upstream is reached.
const (
	plain = "http/1.1"
	tls1  = "http/1.1 over TLS"
	tls2  = "http/2"
)

var transports = []string{plain, tls1, tls2}

// serve starts an upstream. For TLS its certificate becomes trusted by way of
// SSL_CERT_FILE, as a company's would.
func serve(t testing.TB, how string, handler http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{}
	u.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.requests.Add(1)
		handler(w, r)
	}))
	u.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			u.conns.Add(1)
		}
	}
	u.EnableHTTP2 = how == tls2
	if how == plain {
		u.Start()
	} else {
		u.StartTLS()
		file := filepath.Join(t.TempDir(), "ca.pem")
		var b bytes.Buffer
		if err := pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: u.Certificate().Raw}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("SSL_CERT_FILE", file)
	}
	t.Cleanup(u.Close)
	return u
}

// events writes events as a stream, flushed one by one.
func events(w http.ResponseWriter, list ...string) {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	for _, e := range list {
		_, _ = w.Write([]byte(stream(e)))
		w.(http.Flusher).Flush()
	}
}

var wholeAnswer = []string{evStart, evText, evPing, evHello, evWorld, evClose, evEnd, evStop}

const helloWorld = "Hello, wörld 🌍\n"

// ask streams one small prompt to its end.
func ask(ctx context.Context, c *Client) (got said) {
	for chunk, err := range c.Stream(ctx, model.Prompt{Before: "x"}) {
		got.Text += chunk.Text
		if chunk.Usage != nil {
			got.Usage = *chunk.Usage
		}
		got.Stop = chunk.Stop
		got.Err = err
	}
	return got
}

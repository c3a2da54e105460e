package dropin

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// networkRows are about the way to the model, and who may go it.
func networkRows() []row {
	return []row{
		{n: 19, capability: "push and pull configuration", check: configuration, how: "a pull, a push without values and one with them, each seen upstream; what Copilot's clients push does no harm"},
		{
			n: 20, capability: "proxy, strict SSL, Kerberos, noProxy, extra CA", check: proxies, but: "Kerberos",
			how: "a real CONNECT proxy with a password, NO_PROXY, and a CA of its own by SSL_CERT_FILE, without which nothing goes out",
		},
		{n: 21, capability: "enterprise endpoint URI", check: enterprise, how: "a base URL with a path, from the environment and from the user's file; not from an editor or a repository"},
		{n: 22, capability: "sign-in flow, sign-out, env token", check: signIn, how: "AlreadySignedIn with a key from environment, file and command; NotSignedIn without one and after signOut"},
	}
}

// An authority signs certificates for one fake.
type authority struct {
	file string // its own certificate, as SSL_CERT_FILE wants it
	cert tls.Certificate
}

// newAuthority makes a CA and a certificate of it for the given name and
// address.
func newAuthority(t *probe, name string, ip net.IP) authority {
	t.Helper()
	sign := func(template, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if signer == nil {
			parent, signer = template, key
		}
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		return cert, key
	}
	ca, caKey := sign(&x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a company's CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	leaf, key := sign(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IPAddresses: []net.IP{ip}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, ca, caKey)
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return authority{file: file, cert: tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}}
}

// A tunnel is a CONNECT proxy that leads every request to one address.
type tunnel struct {
	url string
	mu  sync.Mutex
	to  []string // whom it was asked to connect to
}

func (p *tunnel) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.to...)
}

// startTunnel serves a proxy that wants a name and a password.
func startTunnel(t *probe, target string) *tunnel {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &tunnel{url: "http://ann:s3same@" + listener.Addr().String()}
	var open sync.WaitGroup
	serve := func(conn net.Conn) {
		defer conn.Close()
		in := bufio.NewReader(conn)
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.to = append(p.to, r.Method+" "+r.Host)
		p.mu.Unlock()
		if user, password, ok := (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth(); !ok || user != "ann" || password != "s3same" {
			fmt.Fprint(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
			return
		}
		there, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		defer there.Close()
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			_, _ = io.Copy(there, in)
			there.Close()
		}()
		_, _ = io.Copy(conn, there)
	}
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { serve(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		open.Wait()
	})
	return p
}

// proxies reaches a Messages API behind TLS on four ways. Go uses no proxy for
// loopback, so the API is reached by a name that only the proxy knows, and by
// 0.0.0.0, which is this machine and yet no loopback address.
func proxies(t *probe) {
	const name = "api.company.test"
	ca := newAuthority(t, name, net.IPv4zero)
	api := messages.New(messages.Options{Keys: []string{"sk-row"}})
	up := httptest.NewUnstartedServer(api)
	up.TLS = &tls.Config{Certificates: []tls.Certificate{ca.cert}, MinVersion: tls.VersionTLS12}
	up.Config.ErrorLog = nil
	up.StartTLS()
	t.Cleanup(func() {
		api.Close()
		up.CloseClientConnections()
		up.Close()
	})
	api.Say("```\na + b\n```")
	address := up.Listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	direct := "https://0.0.0.0:" + port
	for _, tt := range []struct {
		what string
		base string
		env  []string
		want int    // items
		host string // that the proxy is asked for; "" is none
	}{
		{"through the proxy, by name", "https://" + name, []string{"SSL_CERT_FILE=" + ca.file}, 1, name + ":443"},
		{"through the proxy, by address", direct, []string{"SSL_CERT_FILE=" + ca.file}, 1, "0.0.0.0:" + port},
		{"past the proxy", direct, []string{"SSL_CERT_FILE=" + ca.file, "NO_PROXY=0.0.0.0"}, 1, ""},
		{"past the proxy, in a list", direct, []string{"SSL_CERT_FILE=" + ca.file, "no_proxy=example.com,0.0.0.0"}, 1, ""},
		{"without the company's CA", "https://" + name, nil, 0, name + ":443"},
	} {
		if runtime.GOOS == "windows" && tt.base == direct {
			continue // 0.0.0.0 is not this machine there
		}
		p := startTunnel(t, address)
		c := connect(t, setup{env: append(tt.env, "ANTHROPIC_BASE_URL="+tt.base, "HTTPS_PROXY="+p.url)})
		c.Allow("window/showMessage")
		if got := c.items(c.ask(c.draw("a.go", half), nil)); len(got) != tt.want {
			t.Errorf("%s: %d items, want %d", tt.what, len(got), tt.want)
		}
		asked := strings.Join(p.asked(), ", ")
		if tt.host == "" && asked != "" || !strings.HasPrefix(asked, strings.TrimSuffix("CONNECT "+tt.host, "CONNECT ")) {
			t.Errorf("%s: the proxy was asked for %q, want %q", tt.what, asked, tt.host)
		}
		if trouble := c.status().Trouble; tt.want == 0 && (trouble == nil || !strings.Contains(trouble.Message, "SSL_CERT_FILE")) {
			t.Errorf("%s: the trouble is %+v; want what to do about it", tt.what, trouble)
		}
		c.Shutdown()
	}
}

func enterprise(t *probe) {
	api := messages.New(messages.Options{})
	api.Say("```\na + b\n```")
	gateway := httptest.NewServer(http.StripPrefix("/team/claude", api))
	t.Cleanup(func() {
		api.Close()
		gateway.CloseClientConnections()
		gateway.Close()
	})
	base := gateway.URL + "/team/claude"
	count := func() int { return len(api.Requests()) }

	config := t.TempDir()
	writeFile(t, config, "claude-lsp/config.toml", fmt.Sprintf("[claude]\nbaseURL = %q\n", base))
	for what, env := range map[string][]string{
		"environment": {"ANTHROPIC_BASE_URL=" + base}, "with a slash": {"ANTHROPIC_BASE_URL=" + base + "/"},
		"the user's file": {"ANTHROPIC_BASE_URL=", "XDG_CONFIG_HOME=" + config},
	} {
		before := count()
		c := connect(t, setup{env: env})
		if got := c.items(c.ask(c.draw("a.go", half), nil)); len(got) != 1 || count() != before+1 {
			t.Errorf("%s: %d items after %d requests", what, len(got), count()-before)
		}
		c.Shutdown()
	}
	// Nobody else may say where the code goes.
	before := count()
	c := connect(t, setup{
		files:   map[string]string{".claude-lsp.toml": fmt.Sprintf("[claude]\nbaseURL = %q\n", base)},
		options: map[string]any{"claude": map[string]any{"baseURL": base}, "github-enterprise": map[string]any{"uri": base}},
	})
	c.Allow("window/showMessage") // that it was not taken
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{
		"claude-lsp": map[string]any{"claude.baseURL": base}, "github-enterprise": map[string]any{"uri": base},
	}})
	c.says("a + b")
	if got := c.items(c.ask(c.draw("a.go", half), nil)); len(got) != 1 || count() != before || len(c.paid()) != 1 {
		t.Errorf("a repository: %d items, %d requests went elsewhere", len(got), count()-before)
	}
	c.Shutdown()
}

// A signed is the answer to the methods about signing in.
type signed struct {
	Status, User     string
	UserCode, Reason string
	VerificationURI  string
}

func signIn(t *probe) {
	dir := t.TempDir()
	writeFile(t, dir, "key", "sk-row\n")
	command := `["cat", "` + filepath.Join(dir, "key") + `"]`
	for what, env := range map[string][]string{
		"environment": {"ANTHROPIC_API_KEY=sk-row"},
		"file":        {"CLAUDE_LSP_CREDENTIALS_SOURCE=file", "CLAUDE_LSP_CREDENTIALS_FILE=" + filepath.Join(dir, "key")},
		"command":     {"CLAUDE_LSP_CREDENTIALS_SOURCE=command", "CLAUDE_LSP_CREDENTIALS_COMMAND=" + command},
	} {
		if what == "command" && runtime.GOOS == "windows" {
			continue // there is no cat
		}
		c := connect(t, setup{noKey: true, env: env})
		ask := func(method string, params any) signed { return result[signed](c, c.Request(method, params)) }
		// Some clients ask before anything else, with and without what Zed sends.
		for _, params := range []any{nil, map[string]any{}, map[string]any{"options": map[string]any{"localChecksOnly": true}}} {
			if got := ask("checkStatus", params); got.Status != "OK" || got.User == "" {
				t.Errorf("%s: checkStatus says %+v", what, got)
			}
		}
		for _, method := range []string{"signIn", "signInInitiate"} {
			if got := ask(method, map[string]any{}); got.Status != "AlreadySignedIn" || got.User == "" {
				t.Errorf("%s: %s says %+v", what, method, got)
			}
		}
		c.says("a + b")
		if got := c.items(c.ask(c.draw("in.go", half), nil)); len(got) != 1 {
			t.Errorf("%s: %d items", what, len(got))
		}
		if got := ask("signOut", map[string]any{}); got.Status != "NotSignedIn" {
			t.Errorf("%s: signOut says %+v", what, got)
		}
		if got := ask("checkStatus", map[string]any{}); got.Status == "OK" {
			t.Errorf("%s: after signOut checkStatus says %+v", what, got)
		}
		before := len(c.paid())
		c.ask(c.draw("out.go", half), nil).Forget()
		c.status()
		if n := len(c.paid()) - before; n != 0 {
			t.Errorf("%s: %d upstream calls after signOut", what, n)
		}
		if got := ask("signIn", map[string]any{}); got.Status != "AlreadySignedIn" {
			t.Errorf("%s: signIn after signOut says %+v", what, got)
		}
		if got := c.items(c.ask(c.draw("again.go", half), nil)); len(got) != 1 {
			t.Errorf("%s: %d items after signing in again", what, len(got))
		}
		c.Shutdown()
	}
	c := connect(t, setup{noKey: true, env: []string{"CLAUDE_LSP_PROVIDER=claude"}})
	c.Allow("window/showMessage", "window/showMessageRequest", "window/showDocument")
	if got := result[signed](c, c.Request("checkStatus", map[string]any{})); got.Status != "NotSignedIn" {
		t.Errorf("without a key checkStatus says %+v", got)
	}
	if raw, err := c.Request("signIn", map[string]any{}).Wait(); err == nil && strings.Contains(string(raw), "AlreadySignedIn") {
		t.Errorf("without a key signIn says %s", raw)
	} else if err != nil && (err.Code != 1001 || !strings.Contains(err.Message, "ANTHROPIC_API_KEY")) {
		t.Errorf("without a key signIn fails with %v: it does not say what to do", err)
	}
	c.Shutdown()
}

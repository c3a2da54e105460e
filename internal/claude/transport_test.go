package claude

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

func TestBaseURL(t *testing.T) {
	for _, tt := range []struct {
		in, endpoint, err string
	}{
		{in: "", endpoint: "https://api.anthropic.com/v1/messages"},
		{in: "https://api.anthropic.com/", endpoint: "https://api.anthropic.com/v1/messages"},
		{in: "https://api.anthropic.com/v1", endpoint: "https://api.anthropic.com/v1/messages"},
		{in: " https://api.anthropic.com/v1/\n", endpoint: "https://api.anthropic.com/v1/messages"},
		{in: "https://api.anthropic.com/v1/messages", endpoint: "https://api.anthropic.com/v1/messages"},
		{in: "https://gw.example:8443/anthropic//", endpoint: "https://gw.example:8443/anthropic/v1/messages"},
		{in: "https://gw.example/v1/anthropic", endpoint: "https://gw.example/v1/anthropic/v1/messages"},
		{in: "http://127.0.0.1:11434", endpoint: "http://127.0.0.1:11434/v1/messages"},
		{in: "http://127.8.9.10:1", endpoint: "http://127.8.9.10:1/v1/messages"},
		{in: "http://[::1]:80/", endpoint: "http://[::1]:80/v1/messages"},
		{in: "http://[::ffff:127.0.0.1]:80/", endpoint: "http://[::ffff:127.0.0.1]:80/v1/messages"},
		{in: "http://LocalHost:8080/v1", endpoint: "http://LocalHost:8080/v1/messages"},

		{in: "http://api.anthropic.com", err: "use https://api.anthropic.com"},
		{in: "http://localhost.evil.example", err: "use https"},
		{in: "http://evil.example/localhost", err: "use https"},
		{in: "http://127.0.0.1.evil.example", err: "use https"},
		{in: "http://0.0.0.0:80", err: "use https"},
		{in: "http://10.0.0.1", err: "use https"},
		{in: "http://[::]:80", err: "use https"},
		{in: "http://localhost@evil.example", err: "must not hold a user name"},
		{in: "https://user:hunter2@gw.example", err: "must not hold a user name"},
		{in: "https://gw.example/?key=hunter2", err: "must end with the path"},
		{in: "https://gw.example/#x", err: "must end with the path"},
		{in: "ftp://gw.example", err: "must look like"},
		{in: "gw.example", err: "must look like"},
		{in: "https://", err: "must look like"},
		{in: "https://hunter2:%zz@x", err: "is not a URL"},
		{in: "https://a b", err: "is not a URL"},
	} {
		t.Run(tt.in, func(t *testing.T) {
			c, err := New(Options{BaseURL: tt.in})
			if tt.err != "" {
				if !errors.Is(err, model.ErrConfig) || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("got %v, want ErrConfig with %q", err, tt.err)
				}
				if strings.Contains(err.Error(), "hunter2") {
					t.Fatalf("the error repeats a secret: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if c.endpoint != tt.endpoint {
				t.Errorf("got %s, want %s", c.endpoint, tt.endpoint)
			}
		})
	}
}

// TestLocalhostThatIsElsewhere: the name localhost allows http, its address
// has to be loopback all the same.
func TestLocalhostThatIsElsewhere(t *testing.T) {
	c := newClient(t, Options{BaseURL: "http://localhost:1"})
	guard := c.guard()
	for address, ok := range map[string]bool{
		"127.0.0.1:80": true, "127.1.2.3:80": true, "[::1]:80": true,
		"93.184.216.34:80": false, "[2001:db8::1]:80": false, "0.0.0.0:80": false, "[fe80::1%eth0]:80": false,
	} {
		err := guard("tcp", address, nil)
		if ok && err != nil || !ok && !errors.Is(err, model.ErrConfig) {
			t.Errorf("%s: got %v, allowed should be %v", address, err, ok)
		}
	}
	if newClient(t, Options{}).guard() != nil {
		t.Error("https has no use for the guard")
	}
	// The dialler asks it: what Go dials for this name is checked, whatever it is.
	c.dial = (&net.Dialer{Control: newClient(t, Options{BaseURL: "http://127.0.0.1"}).guard()}).DialContext
	if _, err := c.dial(t.Context(), "tcp", "192.0.2.1:80"); !errors.Is(err, model.ErrConfig) {
		t.Errorf("dialling another machine over http: got %v, want ErrConfig", err)
	}
}

// proxy is a CONNECT proxy that leads to one server, whatever host is asked
// for, and wants a password when auth is set.
type proxy struct {
	*httptest.Server
	asked atomic.Int32
	hosts chan string
}

func startProxy(t *testing.T, to *upstream, auth string) *proxy {
	t.Helper()
	p := &proxy{hosts: make(chan string, 10)}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		for name, values := range r.Header {
			if strings.Contains(fmt.Sprint(values), secret) {
				t.Errorf("the proxy was sent the key in %s", name)
			}
		}
		if user, password, _ := (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth(); auth != "" && user+":"+password != auth {
			w.Header().Set("Proxy-Authenticate", "Basic")
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		if r.Method != http.MethodConnect {
			t.Errorf("the proxy was asked for %s", r.Method)
			return
		}
		p.hosts <- r.Host
		there, err := net.Dial("tcp", to.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		here, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(there, buffered.Reader); _ = there.Close() }()
		go func() { _, _ = io.Copy(here, bufio.NewReader(there)); _ = here.Close() }()
	}))
	t.Cleanup(p.Close)
	return p
}

func TestProxy(t *testing.T) {
	u := serve(t, tls2, func(w http.ResponseWriter, _ *http.Request) { events(w, wholeAnswer...) })
	// The upstream's certificate is good for example.com, which nobody resolves here.
	client := func(t *testing.T, p *proxy, user *url.Userinfo) *Client {
		c := newClient(t, Options{BaseURL: "https://example.com", Key: withKey(credentials.APIKey)})
		c.proxyFor = func(*http.Request) (*url.URL, error) {
			return &url.URL{Scheme: "http", Host: p.Listener.Addr().String(), User: user}, nil
		}
		return c
	}
	t.Run("with a password", func(t *testing.T) {
		p := startProxy(t, u, "ann:s3same")
		c := client(t, p, url.UserPassword("ann", "s3same"))
		if err := c.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := ask(t.Context(), c); got.Err != nil || got.Text != helloWorld {
			t.Fatalf("got %+v", got)
		}
		if host := <-p.hosts; host != "example.com:443" || p.asked.Load() != 1 {
			t.Errorf("the proxy was asked %d times, for %s", p.asked.Load(), host)
		}
	})
	t.Run("without the password", func(t *testing.T) {
		p := startProxy(t, u, "ann:s3same")
		c := client(t, p, url.UserPassword("ann", "s3cond"))
		err := ask(t.Context(), c).Err
		if !errors.Is(err, model.ErrConfig) || !strings.Contains(err.Error(), "HTTPS_PROXY=http://user:password@") || strings.Contains(err.Error(), "s3cond") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("that is not there", func(t *testing.T) {
		p := startProxy(t, u, "")
		p.Close()
		if err := ask(t.Context(), client(t, p, nil)).Err; !errors.Is(err, model.ErrOffline) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("that is no URL", func(t *testing.T) {
		c := client(t, nil, nil)
		c.proxyFor = func(*http.Request) (*url.URL, error) {
			return nil, errors.New(`invalid proxy address "http://ann:s3same@"`)
		}
		if err := ask(t.Context(), c).Err; !errors.Is(err, model.ErrConfig) || strings.Contains(err.Error(), "s3same") {
			t.Errorf("got %v", err)
		}
	})
}

// helperVariable makes the test binary print which proxy a base URL, its value,
// gets; net/http reads the environment once, so each case needs a process.
const helperVariable = "CLAUDE_TEST_PROXY_OF"

func printProxy() {
	c, err := New(Options{BaseURL: os.Getenv(helperVariable)})
	if err != nil {
		fmt.Println(err)
		return
	}
	proxy, err := c.proxyURL()
	fmt.Println(proxy, err)
}

func TestProxyFromEnvironment(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, base string
		env        []string
		want       string
	}{
		{"none", "https://api.anthropic.com", nil, "<nil> <nil>"},
		{"with a password", "https://api.anthropic.com", []string{"HTTPS_PROXY=http://a:b@p.example:3128"}, "http://a:b@p.example:3128 <nil>"},
		{"small letters", "https://api.anthropic.com", []string{"https_proxy=p.example:3128"}, "http://p.example:3128 <nil>"},
		{"excepted", "https://gw.corp.example", []string{"HTTPS_PROXY=http://p.example:3128", "NO_PROXY=.corp.example"}, "<nil> <nil>"},
		{"loopback", "http://127.0.0.1:1", []string{"HTTP_PROXY=http://p.example:3128"}, "<nil> <nil>"},
		{"localhost", "https://localhost:1", []string{"HTTPS_PROXY=http://p.example:3128"}, "<nil> <nil>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.Command(self)
			cmd.Env = append(tt.env, helperVariable+"="+tt.base, "SYSTEMROOT="+os.Getenv("SYSTEMROOT"), "GORACE=atexit_sleep_ms=0")
			out, err := cmd.Output()
			if got := strings.TrimSpace(string(out)); err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestCertificates(t *testing.T) {
	u := serve(t, tls2, func(w http.ResponseWriter, _ *http.Request) { events(w, wholeAnswer...) })
	good := os.Getenv("SSL_CERT_FILE")
	junk := filepath.Join(t.TempDir(), "junk.pem")
	if err := os.WriteFile(junk, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		file string
		err  error
	}{
		"the CA is named": {good, nil},
		"not named":       {"", model.ErrOffline},
		"missing file":    {junk + ".not", model.ErrOffline},
		"no certificate":  {junk, model.ErrOffline},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("SSL_CERT_FILE", tt.file)
			c := newClient(t, Options{BaseURL: u.URL, Key: withKey(credentials.APIKey)})
			for what, err := range map[string]error{"Stream": ask(t.Context(), c).Err, "Connect": c.Connect(context.Background())} {
				if !errors.Is(err, tt.err) {
					t.Errorf("%s: got %v, want %v", what, err, tt.err)
				}
				if err != nil && !strings.Contains(err.Error(), "SSL_CERT_FILE") {
					t.Errorf("%s: %q does not say what to do", what, err)
				}
			}
		})
	}
	pool, err := trusted(good)
	if err != nil {
		t.Fatal(err)
	}
	system, err := trusted("")
	if system != nil || err != nil {
		t.Errorf("without a file: %v, %v", system, err)
	}
	if pool == nil {
		t.Error("no pool for a good file")
	}
}

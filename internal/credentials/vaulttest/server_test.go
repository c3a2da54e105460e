// Package vaulttest runs the sources of keys, and the built server with them,
// against a real Vault in dev mode. `make test-vault` builds Vault and says
// where it is; without that the tests are skipped.
package vaulttest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// binaryEnv names the program in the environment.
const binaryEnv = "CLAUDE_LSP_TEST_VAULT"

// rootToken is the token that may do everything.
const rootToken = "root-of-the-tests"

// A server is Vault in dev mode, over TLS with a CA of its own. All is in
// memory and gone with it.
type server struct {
	url, ca string
	roots   *x509.CertPool
	admin   *http.Client
	command *exec.Cmd
	dir     string
}

// running is the one server of all tests: each makes mounts of its own. nil:
// there is no Vault here, and the tests that need it are skipped.
var running *server

func TestMain(m *testing.M) {
	program := os.Getenv(binaryEnv)
	if program != "" {
		var err error
		if running, err = start(program); err != nil {
			fmt.Fprintln(os.Stderr, "Vault does not start:", err)
			os.Exit(1)
		}
	}
	code := m.Run()
	if running != nil {
		running.stop()
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// need is Vault. A test is skipped where there is none.
func need(t *testing.T) *server {
	t.Helper()
	if running == nil {
		t.Skip("needs a real Vault; make test-vault has one")
	}
	return running
}

func start(program string) (_ *server, err error) {
	s := &server{}
	if s.dir, err = os.MkdirTemp("", "claude-lsp-vault"); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	_ = l.Close()
	s.url = "https://" + address
	s.command = exec.Command(program, "server", "-dev", "-dev-no-store-token", "-dev-root-token-id="+rootToken,
		"-dev-listen-address="+address, "-dev-tls", "-dev-tls-cert-dir="+s.dir)
	// A driver that Vault 1.13.0 links has a certificate which newer Go refuses.
	s.command.Env = append(os.Environ(), "GODEBUG=x509negativeserial=1", "HOME="+s.dir)
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	s.command.Stdout, s.command.Stderr = log, log
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	if err := s.ready(); err != nil {
		text, _ := os.ReadFile(log.Name())
		s.stop()
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	return s, nil
}

// ready waits until Vault answers.
func (s *server) ready() error {
	s.ca = filepath.Join(s.dir, "vault-ca.pem")
	var last error
	for range 600 {
		time.Sleep(100 * time.Millisecond)
		if s.admin == nil {
			pem, err := os.ReadFile(s.ca)
			if err != nil {
				last = err
				continue
			}
			s.roots = x509.NewCertPool()
			if !s.roots.AppendCertsFromPEM(pem) {
				continue // half written
			}
			s.admin = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true}}
		}
		resp, err := s.admin.Get(s.url + "/v1/sys/health")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			err = errors.New(resp.Status)
		}
		last = err
	}
	return fmt.Errorf("not ready after a minute: %w", last)
}

func (s *server) stop() {
	_ = s.command.Process.Signal(os.Interrupt)
	ended := make(chan struct{})
	go func() {
		_ = s.command.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = s.command.Process.Kill()
		<-ended
	}
	_ = os.RemoveAll(s.dir)
}

// do is a request of the administrator; body may be nil.
func (s *server) do(t *testing.T, method, path string, body any) map[string]any {
	t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, s.url+"/v1/"+path, bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Vault-Token", rootToken)
	resp, err := s.admin.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(resp.Body)
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s: %s", method, path, resp.Status, raw)
	}
	var answer map[string]any
	_ = json.Unmarshal(raw, &answer)
	return answer
}

// put writes a new version of a secret into the KV store.
func (s *server) put(t *testing.T, name, key string) {
	t.Helper()
	s.do(t, http.MethodPost, "secret/data/"+name, map[string]any{"data": map[string]any{"key": key}})
}

// policy writes the policy of docs/vault.md, for another secret than its own.
func (s *server) policy(t *testing.T, name, path string) {
	t.Helper()
	page, err := os.ReadFile("../../../docs/vault.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "```hcl\n")
	text, _, ends := strings.Cut(rest, "```")
	if !found || !ends || !strings.Contains(text, "secret/data/anthropic") {
		t.Fatal("docs/vault.md has no policy")
	}
	s.do(t, http.MethodPut, "sys/policies/acl/"+name, map[string]any{"policy": strings.Replace(text, "secret/data/anthropic", path, 1)})
}

// approle makes a role whose tokens have the policy, and the files to log in.
func (s *server) approle(t *testing.T, name, term, longest string) (roleIDFile, secretIDFile string) {
	t.Helper()
	s.mount(t, "auth/approle", "approle")
	s.do(t, http.MethodPost, "auth/approle/role/"+name, map[string]any{"token_policies": name, "token_ttl": term, "token_max_ttl": longest})
	id := s.do(t, http.MethodGet, "auth/approle/role/"+name+"/role-id", nil)["data"].(map[string]any)["role_id"].(string)
	secret := s.do(t, http.MethodPost, "auth/approle/role/"+name+"/secret-id", nil)["data"].(map[string]any)["secret_id"].(string)
	return file(t, id), file(t, secret)
}

var mounted sync.Map

// mount mounts a method or an engine, once.
func (s *server) mount(t *testing.T, path, kind string) {
	t.Helper()
	if _, there := mounted.LoadOrStore(path, true); there {
		return
	}
	if !strings.HasPrefix(path, "auth/") {
		path = "mounts/" + path
	}
	s.do(t, http.MethodPost, "sys/"+path, map[string]any{"type": kind})
}

// file is one that only its owner can read.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A door stands in front of Vault: it counts what is asked, and can be shut.
type door struct {
	url  string
	shut atomic.Bool

	mu    sync.Mutex
	asked map[string]int // by the end of the path
}

func (s *server) door(t *testing.T) *door {
	t.Helper()
	d := &door{asked: map[string]int{}}
	target, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	through := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12}}
	proxy := &httputil.ReverseProxy{Transport: through, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		d.asked[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]]++
		d.mu.Unlock()
		if d.shut.Load() {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		front.Close()
		through.CloseIdleConnections()
	})
	d.url = front.URL
	return d
}

func (d *door) count(end string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked[end]
}

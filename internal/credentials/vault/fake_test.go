package vault

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fake plays as much of Vault as a client sees. It is a http.RoundTripper, so
// that its leases can last for hours in a test that takes no time. What only
// the real one can show is in ../vaulttest.
type fake struct {
	t *testing.T

	mu       sync.Mutex
	tokens   map[string]loan // that are good
	leases   map[string]loan
	made     int // tokens and leases made
	renewals []string
	revoked  []string
	headers  []http.Header
	asked    []string // method and path

	tokenTerm, tokenMax time.Duration
	leaseTerm, leaseMax time.Duration // 0: the secret is of a KV store
	born                map[string]time.Time
	kv                  string         // what the KV store holds; "": nothing
	data                map[string]any // what is answered instead
	down                bool
	refuse              map[string]int // a status for a path
}

func newFake(t *testing.T) *fake {
	return &fake{t: t, tokens: map[string]loan{"root": {}}, leases: map[string]loan{}, born: map[string]time.Time{}, refuse: map[string]int{}, kv: "k-1", tokenTerm: time.Hour, tokenMax: 4 * time.Hour}
}

// source is a source that asks the fake.
func (f *fake) source(o Options, env ...string) *Source {
	if o.Address == "" {
		o.Address = "https://vault.test:8200"
	}
	if o.Path == "" {
		o.Path = "secret/data/anthropic"
	}
	s := New(o)
	s.through = f
	s.getenv = func(name string) string {
		for _, e := range env {
			if n, v, _ := strings.Cut(e, "="); n == name {
				return v
			}
		}
		return ""
	}
	return s
}

func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/v1/")
	f.asked = append(f.asked, r.Method+" "+path)
	f.headers = append(f.headers, r.Header.Clone())
	if f.down {
		return nil, fmt.Errorf("dial tcp: connection refused")
	}
	var body map[string]any
	if r.Body != nil {
		raw, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(raw, &body)
	}
	w := httptest.NewRecorder()
	status, answer := f.answer(r.Header.Get("X-Vault-Token"), r.Method, path, body)
	w.WriteHeader(status)
	if answer != nil {
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			f.t.Error(err)
		}
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

func refused(text string) map[string]any { return map[string]any{"errors": []string{text}} }

func (f *fake) answer(token, method, path string, body map[string]any) (int, map[string]any) {
	now := time.Now()
	if status := f.refuse[path]; status != 0 {
		return status, refused("as the test wants it; " + fmt.Sprint(body))
	}
	if strings.HasPrefix(path, "auth/") && strings.HasSuffix(path, "/login") {
		if token != "" {
			f.t.Errorf("the login sends a token")
		}
		f.made++
		id := fmt.Sprintf("token-%d", f.made)
		f.tokens[id], f.born[id] = loan{until: now.Add(f.tokenTerm)}, now
		return 200, map[string]any{"auth": map[string]any{"client_token": id, "lease_duration": f.tokenTerm.Seconds(), "renewable": true}}
	}
	if held, ok := f.tokens[token]; !ok || !held.until.IsZero() && !now.Before(held.until) {
		return 403, refused("permission denied")
	}
	switch path {
	case "auth/token/lookup-self":
		ttl := 0
		if until := f.tokens[token].until; !until.IsZero() {
			ttl = int(until.Sub(now).Seconds())
		}
		return 200, map[string]any{"data": map[string]any{"ttl": ttl, "renewable": ttl > 0}}
	case "auth/token/renew-self":
		f.renewals = append(f.renewals, token)
		left := min(f.tokenTerm, f.born[token].Add(f.tokenMax).Sub(now))
		f.tokens[token] = loan{until: now.Add(left)}
		return 200, map[string]any{"auth": map[string]any{"client_token": token, "lease_duration": int(left.Seconds()), "renewable": true}}
	case "auth/token/revoke-self":
		f.revoked = append(f.revoked, token)
		delete(f.tokens, token)
		return 204, nil
	case "sys/leases/renew":
		id, _ := body["lease_id"].(string)
		held, ok := f.leases[id]
		if !ok || !now.Before(held.until) {
			return 400, refused("lease not found")
		}
		f.renewals = append(f.renewals, id)
		left := min(f.leaseTerm, f.born[id].Add(f.leaseMax).Sub(now))
		f.leases[id] = loan{until: now.Add(left)}
		return 200, map[string]any{"lease_id": id, "lease_duration": int(left.Seconds()), "renewable": true}
	}
	return f.secret(now)
}

func (f *fake) secret(now time.Time) (int, map[string]any) {
	switch {
	case f.data != nil:
		return 200, map[string]any{"data": f.data}
	case f.leaseTerm > 0:
		f.made++
		id := fmt.Sprintf("lease-%d", f.made)
		f.leases[id], f.born[id] = loan{until: now.Add(f.leaseTerm)}, now
		return 200, map[string]any{
			"lease_id": id, "lease_duration": int(f.leaseTerm.Seconds()), "renewable": f.leaseMax > 0,
			"data": map[string]any{"key": "k-of-" + id},
		}
	case f.kv == "":
		return 404, map[string]any{"errors": []string{}}
	}
	return 200, map[string]any{"data": map[string]any{
		"data":     map[string]any{"key": f.kv},
		"metadata": map[string]any{"created_time": "2026-01-02T03:04:05.678Z", "version": 3},
	}}
}

// turn changes the fake.
func (f *fake) turn(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// secretFile is a file that only its owner can read.
func secretFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wantKey asks the source itself.
func wantKey(t *testing.T, s *Source, want string) credentials.Found {
	t.Helper()
	found, err := s.Get(t.Context(), false)
	if err != nil || found.Key.Reveal() != want {
		t.Fatalf("Get = %q, %v; want %q", found.Key.Reveal(), err, want)
	}
	return found
}

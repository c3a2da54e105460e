package vaulttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// A consul plays the two requests by which Vault's engine for Consul makes
// tokens and takes them back. The engine, its leases and their ends are Vault's
// own: it is the lightest that lends something when a path is read.
type consul struct {
	mu      sync.Mutex
	secrets map[string]string // of the tokens that are good, by accessor
	made    int
}

func startConsul(t *testing.T) (*consul, string) {
	t.Helper()
	c := &consul{secrets: map[string]string{}}
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	return c, strings.TrimPrefix(s.URL, "http://")
}

func (c *consul) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	accessor, one := strings.CutPrefix(r.URL.Path, "/v1/acl/token/")
	switch {
	case r.Method == http.MethodPut && r.URL.Path == "/v1/acl/token":
		c.made++
		accessor := fmt.Sprintf("accessor-%d", c.made)
		c.secrets[accessor] = fmt.Sprintf("k-consul-%d", c.made)
		_, _ = fmt.Fprintf(w, `{"AccessorID": %q, "SecretID": %q}`, accessor, c.secrets[accessor])
	case r.Method == http.MethodDelete && one:
		delete(c.secrets, accessor)
		_, _ = w.Write([]byte("true"))
	default:
		http.NotFound(w, r)
	}
}

// good reports whether a key is one that was not taken back.
func (c *consul) good(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.secrets {
		if s == key {
			return true
		}
	}
	return false
}

func (c *consul) count() (made, good int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made, len(c.secrets)
}

// startKubernetes plays the TokenReview API of a cluster, which knows one
// token: that of the service account "workspace" in the namespace "dev".
func startKubernetes(t *testing.T) (url, ca, jwt string) {
	t.Helper()
	jwt = serviceToken(t)
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var review struct {
			Spec struct{ Token string }
		}
		if r.URL.Path != "/apis/authentication.k8s.io/v1/tokenreviews" || json.NewDecoder(r.Body).Decode(&review) != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
			"status": map[string]any{
				"authenticated": review.Spec.Token == jwt,
				"user":          map[string]any{"username": "system:serviceaccount:dev:workspace", "uid": "uid-1"},
			},
		})
	}))
	t.Cleanup(s.Close)
	return s.URL, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})), jwt
}

// serviceToken is a token as a cluster projects it into a pod.
func serviceToken(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	signed := part(map[string]any{"alg": "ES256", "typ": "JWT"}) + "." + part(map[string]any{
		"iss": "https://kubernetes.default.svc", "sub": "system:serviceaccount:dev:workspace",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
		"kubernetes.io": map[string]any{
			"namespace": "dev", "serviceaccount": map[string]any{"name": "workspace", "uid": "uid-1"},
		},
	})
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

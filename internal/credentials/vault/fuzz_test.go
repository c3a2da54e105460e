package vault

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

// whatever answers every request with the same.
type whatever struct {
	status int
	body   string
}

func (w whatever) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: w.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(w.body)), Request: r}, nil
}

// Whatever stands where Vault should answer: a key that can be sent, or an
// error of one line that has a kind and does not repeat the token.
func FuzzAnswers(f *testing.F) {
	f.Add(200, `{"data":{"data":{"key":"k-1"},"metadata":{"created_time":"2026-01-02T03:04:05Z"}}}`)
	f.Add(200, `{"lease_id":"a","lease_duration":60,"renewable":true,"data":{"key":"k-1"}}`)
	f.Add(200, `{"lease_id":"without an end","data":{"key":"k-1"}}`)
	f.Add(200, `{"lease_id":"a","lease_duration":9000000000000000000,"data":{"key":"k-1"}}`)
	f.Add(200, `{"auth":{"client_token":"t","lease_duration":-1}}`)
	f.Add(404, `{"errors":[]}`)
	f.Add(403, `{"errors":["permission denied for token-of-the-user\n\u001b[2J"]}`)
	f.Add(502, "<html>")
	f.Add(307, "")
	f.Add(204, "")
	f.Fuzz(func(t *testing.T, status int, body string) {
		s := New(Options{Address: "https://vault.test", Path: "secret/data/anthropic"})
		s.through = whatever{status, body}
		s.getenv = func(name string) string {
			return map[string]string{"VAULT_TOKEN": "token-of-the-user"}[name]
		}
		defer s.Close()
		for _, fresh := range []bool{false, false, true} {
			found, err := s.Get(t.Context(), fresh)
			if err == nil {
				if found.Key.Reveal() == "" || found.Hold <= 0 {
					t.Fatalf("Get = %+v without an error", found)
				}
				continue
			}
			if !errors.Is(err, credentials.ErrMissing) && !errors.Is(err, credentials.ErrUnusable) {
				t.Errorf("an error without a kind: %v", err)
			}
			if text := err.Error(); strings.Contains(text, "token-of-the-user") || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("an error that cannot be shown: %q", text)
			}
		}
	})
}

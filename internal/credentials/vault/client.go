package vault

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
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

// A client speaks Vault's HTTP API, as much of it as reading a key needs.
// docs/decisions/016-keys.md says why it is our own.
type client struct {
	base      *url.URL
	namespace string
	token     string // "": not logged in
	transport http.RoundTripper
}

// A reply is what Vault answers: the part of it that we read.
type reply struct {
	loaned
	LeaseID string         `json:"lease_id"`
	Data    map[string]any `json:"data"`
	Auth    *struct {
		loaned
		Token string `json:"client_token"`
	} `json:"auth"`
	Errors []string `json:"errors"`
}

// loaned is how Vault says how long something lasts.
type loaned struct {
	Seconds   int  `json:"lease_duration"`
	Renewable bool `json:"renewable"`
}

// term is how long that is; 34 years are as good as any longer time.
func (l loaned) term() time.Duration { return time.Duration(min(l.Seconds, 1<<30)) * time.Second }

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

// do asks for a path. An answer without a body is an empty reply. Redirections
// are not followed: a token goes to the address that it was meant for, and the
// servers of a cluster pass requests on by themselves.
func (c *client) do(ctx context.Context, method, path string, body any) (reply, error) {
	var said reply
	var send io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return said, err
		}
		send = bytes.NewReader(encoded)
	}
	u := *c.base
	u.Path = strings.TrimSuffix(u.Path, "/") + "/v1/" + strings.Trim(path, "/")
	req, err := http.NewRequestWithContext(ctx, method, u.String(), send)
	if err != nil {
		return said, err
	}
	req.Header.Set("X-Vault-Request", "true") // agents want it, so that no web page can ask them
	if c.token != "" {
		req.Header.Set("X-Vault-Token", c.token)
	}
	if c.namespace != "" {
		req.Header.Set("X-Vault-Namespace", c.namespace)
	}
	// RoundTrip and not http.Client: it follows no redirection.
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return said, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return said, err
	}
	switch unread := json.Unmarshal(raw, &said); {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return said, fmt.Errorf("it sends elsewhere (%d), which is not followed: set credentials.vault.address to the final address", resp.StatusCode)
	case resp.StatusCode >= 400:
		return said, &refusal{resp.StatusCode, said.Errors} // of what is no JSON, the status alone
	case unread != nil && len(raw) > 0:
		return said, errors.New("what answers there is not Vault")
	}
	return said, nil
}

// A refusal is what Vault said instead.
type refusal struct {
	status int
	said   []string
}

func (r *refusal) Error() string { return fmt.Sprintf("status %d", r.status) }

// statusOf is the HTTP status that Vault refused with, or 0.
func statusOf(err error) int {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.status
	}
	return 0
}

// transport is the way to Vault. There is no switch that leaves out to look who
// answers.
func (s *Source) transport() (*http.Transport, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.getenv("VAULT_TLS_SERVER_NAME")}
	name, file := "credentials.vault.caFile", s.options.CAFile
	if file == "" {
		name, file = "VAULT_CACERT", s.getenv("VAULT_CACERT")
	}
	if file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, credentials.Missing("%s: %w", name, err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, credentials.Missing("%s: %s holds no certificate in PEM", name, file)
		}
	}
	if cert, key := s.getenv("VAULT_CLIENT_CERT"), s.getenv("VAULT_CLIENT_KEY"); cert != "" && key != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, credentials.Missing("VAULT_CLIENT_CERT and VAULT_CLIENT_KEY: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return &http.Transport{
		Proxy:             http.ProxyFromEnvironment,
		DialContext:       (&net.Dialer{Timeout: limit / 2}).DialContext,
		TLSClientConfig:   config,
		ForceAttemptHTTP2: true,
		MaxIdleConns:      1,
		IdleConnTimeout:   10 * time.Second, // Vault is asked once in a while
	}, nil
}

// plain makes what a server said fit for a line of a log.
func plain(text, secret string) string {
	if secret != "" {
		text = strings.ReplaceAll(text, secret, "[key]")
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	return text
}

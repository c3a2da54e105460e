package vault

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/hashicorp/vault/api"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

// open makes the client, the first time. A mistake in the settings is told
// each time.
func (s *Source) open() error {
	if s.client != nil {
		return nil
	}
	address := s.address()
	if err := allowed(address); err != nil {
		return err
	}
	config := api.DefaultConfig()
	if config.Error != nil {
		return credentials.Missing("Vault's variables in the environment: %w", config.Error)
	}
	config.Address, config.AgentAddress = address, ""
	config.Timeout = limit
	config.MaxRetries = 0 // the Keeper asks again, and nobody waits meanwhile
	config.DisableRedirects = true
	if s.options.CAFile != "" {
		// CAPath and CACertBytes of the environment would win otherwise.
		if err := config.ConfigureTLS(&api.TLSConfig{CACert: s.options.CAFile, TLSServerName: s.getenv(api.EnvVaultTLSServerName)}); err != nil {
			return credentials.Missing("credentials.vault.caFile: %w", err)
		}
	}
	client, err := api.NewClient(config)
	if err != nil {
		return credentials.Missing("Vault: %w", err)
	}
	config.HttpClient.Transport = straight{config.HttpClient.Transport}
	if s.through != nil {
		config.HttpClient.Transport = straight{s.through(config.HttpClient.Transport)}
	}
	client.ClearToken() // which token is used is said by enter alone
	if ns := cmp.Or(s.options.Namespace, s.getenv(api.EnvVaultNamespace)); ns != "" {
		client.SetNamespace(ns)
	}
	s.client, s.config = client, config
	return nil
}

// address is where Vault answers, "" where nobody has said that.
func (s *Source) address() string {
	return cmp.Or(s.options.Address, s.getenv(api.EnvVaultAgentAddr), s.getenv(api.EnvVaultAddress))
}

// allowed says why no secret may be sent to or read from an address, or nil:
// it is https, or this machine.
func allowed(address string) error {
	if address == "" {
		return credentials.Missing("set credentials.vault.address or VAULT_ADDR to where Vault answers")
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" && u.Path == "" {
		return credentials.Missing("the address of Vault cannot be understood; write it as https://vault.example.com:8200")
	}
	host := u.Hostname()
	local := host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
	if u.Scheme == "https" || u.Scheme == "unix" || u.Scheme == "http" && local {
		return nil
	}
	return credentials.Missing("Vault at %s is not asked: tokens and keys go over https, or http to this machine", u.Redacted())
}

// straight turns a redirection into an error. A token goes to the address that
// it was meant for, and servers of a cluster pass requests on by themselves.
type straight struct{ http.RoundTripper }

func (t straight) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	if err == nil && resp.StatusCode >= 300 && resp.StatusCode < 400 {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("it sends elsewhere (%d), which is not followed: set credentials.vault.address to the final address", resp.StatusCode)
	}
	return resp, err
}

// CloseIdleConnections lets http.Client reach the transport below.
func (t straight) CloseIdleConnections() {
	if c, ok := t.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// An explained error says what failed and what to do, and keeps the status.
type explained struct {
	text  string
	cause error
}

func (e *explained) Error() string { return e.text }

func (e *explained) Unwrap() []error { return []error{credentials.ErrMissing, e.cause} }

// explain words what came of doing something for the one who has to mend it.
// secret is what of a request must not be repeated.
func (s *Source) explain(err error, doing, secret string) error {
	if errors.Is(err, credentials.ErrMissing) {
		return err
	}
	var answer *api.ResponseError
	if !errors.As(err, &answer) {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the address is in the text already
		}
		return &explained{fmt.Sprintf("Vault at %s cannot be reached: %s", s.address(), plain(err.Error(), secret)), err}
	}
	what := ""
	switch answer.StatusCode {
	case http.StatusForbidden:
		what = "; the token has ended, or its policy does not allow it: docs/vault.md has the one that is needed"
	case http.StatusBadRequest:
		what = "; check what the login shows: role, ids and mount"
	case http.StatusNotFound:
		what = "; check credentials.vault.authMount and path"
	case http.StatusServiceUnavailable:
		what = "; Vault is sealed or starting"
	}
	said := strings.Join(answer.Errors, ", ")
	if answer.RawError {
		said = "" // a page of something that stands in between
	}
	text := fmt.Sprintf("Vault refused %s (%d", doing, answer.StatusCode)
	if said = plain(said, secret); said != "" {
		text += ", " + said
	}
	return &explained{text + ")" + what, err}
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

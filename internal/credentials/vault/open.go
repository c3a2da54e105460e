package vault

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

// open makes the client, the first time. A mistake in the settings is told
// each time.
func (s *Source) open() error {
	if s.client != nil {
		return nil
	}
	base, err := parse(s.address())
	if err != nil {
		return err
	}
	c := &client{base: base, namespace: strings.Trim(cmp.Or(s.options.Namespace, s.getenv("VAULT_NAMESPACE")), "/")}
	if c.transport = s.through; c.transport == nil {
		if c.transport, err = s.transport(); err != nil {
			return err
		}
	}
	s.client = c
	return nil
}

// address is where Vault answers, "" where nobody has said that.
func (s *Source) address() string { return cmp.Or(s.options.Address, s.getenv("VAULT_ADDR")) }

// parse reads an address, and says why no secret may be sent to it or read from
// it: it has to be https, or this machine.
func parse(address string) (*url.URL, error) {
	if address == "" {
		return nil, credentials.Missing("set credentials.vault.address or VAULT_ADDR to where Vault answers")
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, credentials.Missing("the address of Vault cannot be understood; write it as https://vault.example.com:8200")
	}
	host := u.Hostname()
	if u.Scheme == "http" && host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return nil, credentials.Missing("Vault at %s is not asked: tokens and keys go over https, or http to this machine", u.Redacted())
	}
	return u, nil
}

// An explained error says what failed and what to do, and keeps the cause.
type explained struct {
	text  string
	cause error
}

func (e *explained) Error() string { return e.text }

func (e *explained) Unwrap() []error { return []error{credentials.ErrMissing, e.cause} }

// explain words what came of doing something for the one who has to mend it.
// secret is what of a request must not be repeated.
func (s *Source) explain(err error, doing, secret string) error {
	refused, ok := errors.AsType[*refusal](err)
	switch {
	case errors.Is(err, credentials.ErrMissing):
		return err
	case !ok:
		return &explained{fmt.Sprintf("Vault at %s cannot be reached: %s", s.client.base.Redacted(), plain(err.Error(), secret)), err}
	}
	todo := ""
	switch {
	case refused.status == http.StatusServiceUnavailable:
		todo = "; Vault is sealed or starting"
	case strings.HasPrefix(doing, "the login by"):
		todo = "; check what the login shows and where: its files, credentials.vault.role and authMount"
	case refused.status == http.StatusForbidden:
		todo = "; the token has ended, or its policy does not allow it: docs/vault.md has the one that is needed"
	case refused.status == http.StatusNotFound:
		todo = "; check credentials.vault.path"
	}
	text := fmt.Sprintf("Vault refused %s (%d", doing, refused.status)
	if said := plain(strings.Join(refused.said, ", "), secret); said != "" {
		text += ", " + said
	}
	return &explained{text + ")" + todo, err}
}

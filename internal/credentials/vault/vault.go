// Package vault takes the API key from HashiCorp Vault: from a KV store, of
// either version, or from an engine that makes a key for each who asks and
// takes it back when its lease ends.
//
// What Vault lends ends by itself: the token of a login, the lease of a key.
// Both are renewed when a third of their time is left, and replaced by new ones
// where Vault does not renew them. Nothing here has a goroutine or a timer:
// credentials.Keeper asks when Found.Tend says so.
package vault

import (
	"context"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

// An Auth is a way to log in.
type Auth string

// The ways.
const (
	Token      Auth = "token"      // somebody else has logged in
	AppRole    Auth = "approle"    // for machines: a role id and a secret id
	Kubernetes Auth = "kubernetes" // for pods: the token of their service account
)

// Options say which secret of which Vault. What is "" is left to Vault's own
// VAULT_* variables, which also tell of client certificates and server names.
type Options struct {
	Address   string // "": VAULT_ADDR
	Namespace string // "": VAULT_NAMESPACE
	CAFile    string // "": VAULT_CACERT, else the system's

	Auth         Auth   // "": Token
	AuthMount    string // where the method is mounted; "": under its own name
	Role         string // for Kubernetes
	TokenFile    string // "": VAULT_TOKEN, else ~/.vault-token; for Kubernetes the pod's own
	RoleIDFile   string // for AppRole
	SecretIDFile string // for AppRole

	Path  string           // with its mount: secret/data/anthropic for KV version 2, database/creds/role
	Field string           // "": key
	Kind  credentials.Kind // in which header the key travels
}

// hold is how long a key of a KV store is taken for the newest. One that was
// replaced earlier is noticed when the service refuses the old one.
const hold = time.Minute

// limit bounds one ask, in which Vault may be asked four times.
const limit = 10 * time.Second

// A Source is a secret in Vault, with what it was lent by now.
type Source struct {
	options Options
	getenv  func(string) string
	through http.RoundTripper // tests put memory in the place of the network; nil: the network

	mu     sync.Mutex
	client *client // nil: Vault was not asked yet
	token  token
	lease  lease
}

// New returns a source that asks Vault when it is needed first. It reads
// nothing and opens nothing.
func New(o Options) *Source {
	if o.Auth == "" {
		o.Auth = Token
	}
	if o.AuthMount == "" {
		o.AuthMount = string(o.Auth)
	}
	if o.Field == "" {
		o.Field = "key"
	}
	return &Source{options: o, getenv: os.Getenv}
}

// Get logs in where that is needed, renews what would end, and reads the key.
func (s *Source) Get(ctx context.Context, fresh bool) (credentials.Found, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if s.options.Path == "" {
		return credentials.Found{}, credentials.Missing("credentials.source is vault, and credentials.vault.path names no secret")
	}
	if err := s.open(); err != nil {
		return credentials.Found{}, err
	}
	if err := s.enter(ctx); err != nil {
		return credentials.Found{}, err
	}
	found, err := s.read(ctx, fresh)
	if statusOf(err) == http.StatusForbidden && s.token.own {
		// The token may have been taken back, or the role given another policy.
		s.token, s.lease = token{}, lease{}
		if err := s.enter(ctx); err != nil {
			return credentials.Found{}, err
		}
		found, err = s.read(ctx, true)
	}
	if err != nil {
		return credentials.Found{}, err
	}
	return s.dated(found), nil
}

// dated says when to ask again, so that neither token nor lease ends.
func (s *Source) dated(found credentials.Found) credentials.Found {
	lent := s.lease.id != ""
	if lent {
		found.Ends = s.lease.until
		if s.token.own {
			found.Ends = earlier(found.Ends, s.token.until) // what a token was lent is taken back with it
		}
	}
	found.Hold = hold
	found.Tend = earlier(s.token.renewAt(), s.lease.renewAt())
	if found.Tend.IsZero() {
		return found
	}
	// Where a renewal has failed that time is over already.
	left := max(found.Tend.Sub(wall()), time.Second)
	found.Tend = wall().Add(left)
	if lent || left < hold {
		found.Hold = left
	}
	return found
}

// earlier is the earlier one of two times, of which zero is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Name implements credentials.Source.
func (s *Source) Name() string {
	where := s.address()
	if where == "" {
		where = "an address that is not set"
	}
	return "Vault at " + where + ", " + s.options.Path
}

// Close gives back the token of a login of our own, and with it every key that
// was lent by it. Tokens that somebody else gave us stay as they are.
func (s *Source) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		return
	}
	if s.token.own {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, _ = s.client.do(ctx, http.MethodPost, "auth/token/revoke-self", nil) // it would end by itself
	}
	s.client.token, s.token, s.lease = "", token{}, lease{}
	if t, ok := s.client.transport.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}

// A loan is what Vault lends for a time.
type loan struct {
	until     time.Time     // zero: without an end
	term      time.Duration // how long it was lent for at first
	renewable bool
}

func lent(l loaned) loan {
	if l.Seconds <= 0 {
		return loan{}
	}
	term := l.term()
	return loan{until: wall().Add(term), term: term, renewable: l.Renewable}
}

// renewAt is when a third of the time is left; zero where it has no end.
func (l loan) renewAt() time.Time {
	if l.until.IsZero() {
		return time.Time{}
	}
	return l.until.Add(-l.term / 3)
}

// due reports whether it is time to renew.
func (l loan) due() bool { return !l.until.IsZero() && !wall().Before(l.renewAt()) }

// over reports whether it has ended.
func (l loan) over() bool { return !l.until.IsZero() && !wall().Before(l.until) }

// extended is l after a renewal, which may give less than was asked for: Vault
// lends nothing beyond a last day, and what is left of that may be little.
func (l loan) extended(by loaned) loan {
	if by.Seconds <= 0 {
		return l
	}
	l.until, l.renewable = wall().Add(by.term()), by.Renewable
	return l
}

// wall is the time of the wall clock: the other one stands still while a
// machine sleeps, and leases do not.
func wall() time.Time { return time.Now().Round(0) }

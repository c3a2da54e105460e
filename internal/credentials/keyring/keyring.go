// Package keyring takes the API key from the keyring of the operating system:
// the Secret Service on Linux and the BSDs, the keychain on macOS, the
// Credential Manager on Windows.
package keyring

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"
	"unicode/utf16"

	"github.com/zalando/go-keyring"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

// Under these names the key is kept. docs/keys.md says how to put it there.
const (
	Service = "claude-lsp"
	User    = "anthropic"
)

// hold is how long the keyring need not be asked again.
const hold = 5 * time.Minute

type source struct {
	kind credentials.Kind

	mu    sync.Mutex
	under chan answer // a question that has no answer yet; nil: none
}

type answer struct {
	secret string
	err    error
}

// New is the keyring of the user who runs the program.
func New(kind credentials.Kind) credentials.Source { return &source{kind: kind} }

// Get asks the keyring, which may ask the user to unlock it.
func (s *source) Get(ctx context.Context, _ bool) (credentials.Found, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The library cannot be interrupted. A question that got no answer in time
	// is therefore gone on with, and never a second one asked beside it.
	if s.under == nil {
		s.under = make(chan answer, 1)
		go func(to chan<- answer) {
			secret, err := keyring.Get(Service, User)
			to <- answer{secret, err}
		}(s.under)
	}
	select {
	case a := <-s.under:
		s.under = nil
		return s.found(a)
	case <-ctx.Done():
		return credentials.Found{}, credentials.Missing("the keyring does not answer; unlock it")
	}
}

func (s *source) found(a answer) (credentials.Found, error) {
	switch {
	case errors.Is(a.err, keyring.ErrNotFound):
		return credentials.Found{}, credentials.Missing("the keyring holds none for service %q and user %q; docs/keys.md says how to put it there", Service, User)
	case errors.Is(a.err, keyring.ErrUnsupportedPlatform):
		return credentials.Found{}, credentials.Missing("this system has no keyring that is known; take another credentials.source")
	case a.err != nil:
		return credentials.Found{}, credentials.Missing("the keyring cannot be asked: %w", a.err)
	}
	key, err := credentials.NewKey(narrow(a.secret), s.kind)
	if err != nil {
		return credentials.Found{}, credentials.Unusable("of the keyring: %w", err)
	}
	return credentials.Found{Key: key, Hold: hold}, nil
}

// narrow turns UTF-16, as Windows' own tools write it, into text: each second
// byte of it is 0 then, which no key may hold.
func narrow(secret string) string {
	b := []byte(secret)
	if len(b) < 2 || len(b)%2 != 0 || b[1] != 0 {
		return secret
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

func (*source) Name() string { return "the keyring of the system" }

func (*source) Close() {}

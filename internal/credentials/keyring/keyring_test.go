package keyring

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
	"go.uber.org/goleak"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	s := New(credentials.Bearer)
	defer s.Close()
	if _, err := s.Get(t.Context(), false); !errors.Is(err, credentials.ErrMissing) || !strings.Contains(err.Error(), "docs/keys.md") {
		t.Errorf("Get of an empty keyring = %v", err)
	}
	for _, secret := range []string{"k-1", "k-2"} {
		if err := keyring.Set(Service, User, secret); err != nil {
			t.Fatal(err)
		}
		found, err := s.Get(t.Context(), false)
		if err != nil || found.Key.Reveal() != secret || found.Key.Kind() != credentials.Bearer || found.Hold <= 0 {
			t.Errorf("Get = %q, %v; want %q", found.Key.Reveal(), err, secret)
		}
	}
	if err := keyring.Set(Service, User, "the key is k-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), false); !errors.Is(err, credentials.ErrUnusable) || strings.Contains(err.Error(), "k-1") {
		t.Errorf("Get of what is no key = %v", err)
	}
	keyring.MockInitWithError(errors.New("locked"))
	if _, err := s.Get(t.Context(), false); !errors.Is(err, credentials.ErrMissing) || !strings.Contains(err.Error(), "locked") {
		t.Errorf("Get of a locked keyring = %v", err)
	}
}

// A keyring that asks its owner something, and gets no answer, is asked once.
func TestKeyringThatDoesNotAnswer(t *testing.T) {
	s := &source{under: make(chan answer, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if _, err := s.Get(ctx, false); err == nil || !strings.Contains(err.Error(), "unlock it") {
			t.Fatalf("Get = %v", err)
		}
	}
	s.under <- answer{secret: "k-1"}
	if found, err := s.Get(t.Context(), false); err != nil || found.Key.Reveal() != "k-1" {
		t.Errorf("Get = %q, %v once it answers", found.Key.Reveal(), err)
	}
}

func TestNarrow(t *testing.T) {
	for in, want := range map[string]string{"k\x00-\x001\x00": "k-1", "k-1": "k-1", "": "", "k": "k", "k\x00-": "k\x00-"} {
		if got := narrow(in); got != want {
			t.Errorf("narrow(%q) = %q; want %q", in, got, want)
		}
	}
}

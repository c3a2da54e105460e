package credentials_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

func TestCommand(t *testing.T) {
	t.Setenv("CREDENTIALS_TEST_COMMAND", "1")
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		argv []string
		key  string
		kind error  // of the error
		says string // part of it
	}{
		{name: "prints the key", argv: []string{self, "k-1"}, key: "k-1"},
		{name: "no shell reads its arguments", argv: []string{self, "$(id)`id`;id"}, key: "$(id)`id`;id"},
		{name: "it has nothing to read", argv: []string{self, "read"}, key: "k-0-EOF"},
		{name: "it runs in the home folder", argv: []string{self, "where"}, key: home},
		{name: "none is named", kind: credentials.ErrMissing, says: "credentials.command names none"},
		{name: "prints talk", argv: []string{self, "the key is k-1"}, kind: credentials.ErrUnusable, says: "a space"},
		{name: "prints nothing", argv: []string{self, ""}, kind: credentials.ErrUnusable, says: "empty"},
		{name: "prints without an end", argv: []string{self, "flood"}, kind: credentials.ErrUnusable, says: "more than any key is long"},
		{name: "fails", argv: []string{self, "fail"}, kind: credentials.ErrMissing, says: "run it in a terminal"},
		{name: "is not there", argv: []string{"claude-lsp-no-such-program"}, kind: credentials.ErrMissing, says: "cannot be run"},
		{name: "of the workspace", argv: []string{"./key.sh"}, kind: credentials.ErrMissing, says: "whole path"},
		{name: "of the workspace, further down", argv: []string{filepath.Join("bin", "key")}, kind: credentials.ErrMissing, says: "whole path"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := credentials.Command(tt.argv, credentials.Bearer)
			found, err := s.Get(t.Context(), false)
			if found.Key.Reveal() != tt.key || tt.kind == nil && (err != nil || found.Key.Kind() != credentials.Bearer) {
				t.Fatalf("Get = %q, %v; want %q", found.Key.Reveal(), err, tt.key)
			}
			if tt.kind == nil {
				return
			}
			if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Get = %v; want %q with %q", err, tt.kind, tt.says)
			}
			if strings.Contains(err.Error(), "k-") {
				t.Errorf("the error repeats what was printed: %v", err)
			}
		})
	}
}

func TestCommandThatHangs(t *testing.T) {
	t.Setenv("CREDENTIALS_TEST_COMMAND", "1")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := credentials.Command([]string{self, "hang"}, credentials.APIKey).Get(ctx, false); err == nil || !strings.Contains(err.Error(), "did not end in time") {
		t.Errorf("Get = %v", err)
	}
}

// An argument of a command may be a secret.
func TestCommandNameShowsNoArguments(t *testing.T) {
	if name := credentials.Command([]string{"/usr/bin/pass", "--token=k-secret"}, credentials.APIKey).Name(); name != "the command pass" {
		t.Errorf("Name = %q", name)
	}
}

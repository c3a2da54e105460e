package credentials_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

func TestFile(t *testing.T) {
	unix := runtime.GOOS != "windows"
	for _, tt := range []struct {
		name string
		text string
		mode os.FileMode // 0: there is no file
		key  string
		kind error
		says string
	}{
		{name: "its owner's alone", text: "k-1\n", mode: 0o600, key: "k-1"},
		{name: "nobody can change it", text: "k-1", mode: 0o400, key: "k-1"},
		{name: "all can read it", text: "k-1", mode: 0o644, kind: credentials.ErrUnusable, says: "chmod 600 "},
		{name: "the group can read it", text: "k-1", mode: 0o640, kind: credentials.ErrUnusable, says: "mode 0640"},
		{name: "others can change it", text: "k-1", mode: 0o602, kind: credentials.ErrUnusable, says: "chmod 600 "},
		{name: "is not there", kind: credentials.ErrMissing, says: "there is no file"},
		{name: "is empty", mode: 0o600, kind: credentials.ErrUnusable, says: "empty"},
		{name: "holds more than the key", text: "key: k-1", mode: 0o600, kind: credentials.ErrUnusable, says: "a space"},
		{name: "is a book", text: strings.Repeat("k", 1<<20), mode: 0o600, kind: credentials.ErrUnusable, says: "longer than any key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !unix && tt.mode&0o077 != 0 {
				t.Skip("modes say nothing of readers here")
			}
			path := filepath.Join(t.TempDir(), "key")
			if tt.mode != 0 {
				if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(path, tt.mode); err != nil {
					t.Fatal(err)
				}
			}
			found, err := credentials.File(path, credentials.APIKey).Get(t.Context(), false)
			if found.Key.Reveal() != tt.key || tt.kind == nil && err != nil {
				t.Fatalf("Get = %q, %v; want %q", found.Key.Reveal(), err, tt.key)
			}
			if tt.kind != nil && (!errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "k-1")) {
				t.Errorf("Get = %v; want %q with %q", err, tt.kind, tt.says)
			}
		})
	}
}

func TestFileIsReadAnewAndTellsItsAge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	s := credentials.File(path, credentials.APIKey)
	written := time.Now().Add(-40 * 24 * time.Hour).Truncate(time.Second)
	for _, secret := range []string{"k-1", "k-2"} {
		if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, written, written); err != nil {
			t.Fatal(err)
		}
		found, err := s.Get(t.Context(), false)
		if err != nil || found.Key.Reveal() != secret || !found.Made.Equal(written) || !found.Old(time.Now()) {
			t.Errorf("Get = %q made %v, %v; want %q made %v", found.Key.Reveal(), found.Made, err, secret, written)
		}
	}
}

// A folder and a pipe are no keys, and opening a pipe would wait for ever.
func TestFileThatIsNone(t *testing.T) {
	for _, path := range []string{t.TempDir(), os.DevNull, ""} {
		if _, err := credentials.File(path, credentials.APIKey).Get(t.Context(), false); !errors.Is(err, credentials.ErrMissing) {
			t.Errorf("Get of %q = %v", path, err)
		}
	}
}

func TestEnvironment(t *testing.T) {
	env := map[string]string{"ANTHROPIC_AUTH_TOKEN": "token", "WORK_KEY": "work", "BROKEN": "a b"}
	getenv := func(n string) string { return env[n] }
	for _, tt := range []struct {
		variable, key string
		kind          credentials.Kind
		err           error
	}{
		{"", "token", credentials.Bearer, nil},
		{"WORK_KEY", "work", credentials.APIKey, nil},
		{"ANTHROPIC_AUTH_TOKEN", "token", credentials.Bearer, nil},
		{"BROKEN", "", 0, credentials.ErrUnusable},
		{"NOT_SET", "", 0, credentials.ErrMissing},
	} {
		found, err := credentials.Environment(getenv, tt.variable, credentials.APIKey).Get(t.Context(), false)
		if found.Key.Reveal() != tt.key || found.Key.Kind() != tt.kind || !errors.Is(err, tt.err) || !found.Made.IsZero() {
			t.Errorf("Get of %q = %q of kind %v made %v, %v", tt.variable, found.Key.Reveal(), found.Key.Kind(), found.Made, err)
		}
	}
}

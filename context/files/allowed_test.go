package files

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/claude-lsp/claude-lsp/internal/redact"
)

func TestAllowed(t *testing.T) {
	dir := files(t, t.TempDir(), project)
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	outside := files(t, t.TempDir(), map[string]string{"o.go": "x", ".env": "x"})
	w := NewWorkspace(WorkspaceOptions{Folders: []string{filepath.Join(dir, "docs"), dir}, Exclude: []string{"internal.md"}})
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	tests := []struct {
		path   string
		ok     bool
		reason string
		share  bool
	}{
		{in("main.go"), true, "", true},
		{in("not/there/yet.go"), true, "", true},
		{in(".env"), false, ReasonSecret, false},
		{in("tls/server.key"), false, ReasonSecret, false},
		{in("private/notes.md"), false, ReasonIgnored, false},
		{in("docs/internal.md"), false, ReasonExcluded, false},
		{in("docs/public.md"), true, "", true},
		{in("out/made.go"), true, ReasonGitIgnored, false},
		{in("a/x.tmp"), true, ReasonGitIgnored, false},
		{in("a/keep.tmp"), true, "", true},
		{filepath.Join(outside, "o.go"), true, ReasonOutside, true},
		{filepath.Join(outside, ".env"), false, ReasonSecret, false},
		{"", true, "", true},
		{"Untitled-1", true, "", true},
	}
	if runtime.GOOS != "windows" {
		for link, to := range map[string]string{
			in("harmless.txt"): in(".env"), filepath.Join(outside, "harmless.md"): in("private/notes.md"), filepath.Join(outside, "dir"): dir,
		} {
			if err := os.Symlink(to, link); err != nil {
				t.Fatal(err)
			}
		}
		tests = append(tests, []struct {
			path   string
			ok     bool
			reason string
			share  bool
		}{
			{in("harmless.txt"), false, ReasonSecret, false},
			{filepath.Join(outside, "harmless.md"), false, ReasonIgnored, false},
			{filepath.Join(outside, "dir", "private", "notes.md"), false, ReasonIgnored, false},
		}...)
	}
	for _, tt := range tests {
		ok, reason := w.Allowed(tt.path)
		if ok != tt.ok || reason != tt.reason {
			t.Errorf("Allowed(%s) = %v, %q; want %v, %q", tt.path, ok, reason, tt.ok, tt.reason)
		}
		if share := w.Shareable(tt.path); share != tt.share {
			t.Errorf("Shareable(%s) = %v", tt.path, share)
		}
	}
}

// The folder may be named through a link and the document without it.
func TestAllowedInAFolderBehindALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	dir := files(t, t.TempDir(), map[string]string{".claude-lsp-ignore": "no.go\n", "no.go": "x"})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	w := scanned(t, WorkspaceOptions{Folders: []string{link}})
	for _, path := range []string{filepath.Join(dir, "no.go"), filepath.Join(link, "no.go")} {
		if ok, reason := w.Allowed(path); ok || reason != ReasonIgnored {
			t.Errorf("Allowed(%s) = %v, %q", path, ok, reason)
		}
	}
	if diff := cmp.Diff([]string{".claude-lsp-ignore"}, paths(w)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// An ignore file of ours that cannot be read keeps all back.
func TestOwnIgnoreFileFailsClosed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	dir := files(t, t.TempDir(), map[string]string{"a/x.go": "x", "b/x.go": "x", "c/x.go": "x", "c/y.go": "x", "rules": "y.go\n"})
	for link, to := range map[string]string{"a": "nowhere", "c": filepath.Join(dir, "rules")} {
		if err := os.Symlink(to, filepath.Join(dir, link, ".claude-lsp-ignore")); err != nil {
			t.Fatal(err)
		}
	}
	w := scanned(t, WorkspaceOptions{Folders: []string{dir}, Git: "none"})
	if diff := cmp.Diff([]string{"b/x.go", "c/x.go", "rules"}, paths(w)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if ok, reason := w.Allowed(filepath.Join(dir, "a", "x.go")); ok || reason != ReasonIgnored {
		t.Errorf("Allowed = %v, %q", ok, reason)
	}
}

// A changed ignore file is seen, if not at once.
func TestAllowedSeesChangedRules(t *testing.T) {
	dir := files(t, t.TempDir(), map[string]string{"a.go": "x"})
	synctest.Test(t, func(t *testing.T) {
		w := NewWorkspace(WorkspaceOptions{Folders: []string{dir}})
		path := filepath.Join(dir, "a.go")
		if ok, _ := w.Allowed(path); !ok {
			t.Fatal("refused without a rule")
		}
		mustWrite(t, filepath.Join(dir, ".claude-lsp-ignore"), "a.go\n")
		time.Sleep(rulesAge + 1)
		if ok, reason := w.Allowed(path); ok || reason != ReasonIgnored {
			t.Errorf("Allowed = %v, %q after the rule was written", ok, reason)
		}
	})
}

// What the user lets through is listed, read and completed; what a link leads
// to must be let through as well.
func TestSecretsLetThrough(t *testing.T) {
	dir := files(t, t.TempDir(), map[string]string{"fixtures/a.pem": "a", "b.pem": "b"})
	secrets := redact.New(redact.Options{Allow: []string{"fixtures/*.pem"}})
	w := scanned(t, WorkspaceOptions{Folders: []string{dir}, Git: "none", Secret: secrets.SecretFile})
	if diff := cmp.Diff([]string{"fixtures/a.pem"}, paths(w)); diff != "" {
		t.Fatalf("files (-want +got):\n%s", diff)
	}
	if text, err := w.Read(w.Files()[0]); err != nil || text != "a" {
		t.Errorf("read %q, %v", text, err)
	}
	if _, err := w.Read(File{Folder: dir, Path: "b.pem"}); !errors.Is(err, ErrSecret) {
		t.Errorf("a file that was not let through: %v", err)
	}
	for name, want := range map[string]bool{"fixtures/a.pem": true, "b.pem": false} {
		if ok, _ := w.Allowed(filepath.Join(dir, filepath.FromSlash(name))); ok != want {
			t.Errorf("%s: %v", name, ok)
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	link := filepath.Join(dir, "fixtures", "link.pem")
	if err := os.Symlink(filepath.Join(dir, "b.pem"), link); err != nil {
		t.Fatal(err)
	}
	if ok, reason := w.Allowed(link); ok || reason != ReasonSecret {
		t.Errorf("a link to a secret file: %v, %q", ok, reason)
	}
}

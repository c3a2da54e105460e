package main_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// A lock lets one key through to the API, and counts the others.
type lock struct {
	api http.Handler

	mu      sync.Mutex
	key     string
	refused int
}

func (l *lock) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("X-Api-Key") + strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	l.mu.Lock()
	ok := key == l.key || key == ""
	if !ok {
		l.refused++
	}
	l.mu.Unlock()
	if ok {
		l.api.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = w.Write([]byte(`{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`))
}

func (l *lock) turn(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.key = key
}

func (l *lock) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}

// startLocked serves an API that takes the one key.
func startLocked(t *testing.T, key string) (*lock, string) {
	t.Helper()
	api := messages.Start(t, messages.Options{})
	api.Say("```go\nfirst + second\n```\n")
	l := &lock{api: api, key: key}
	s := httptest.NewServer(l)
	t.Cleanup(s.Close)
	return l, s.URL
}

// secretFile is a file with a key, as old as it says.
func secretFile(t *testing.T, path, key string, age time.Duration) {
	t.Helper()
	if err := os.WriteFile(path, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	made := time.Now().Add(-age)
	if err := os.Chtimes(path, made, made); err != nil {
		t.Fatal(err)
	}
}

// A key that is rotated in its file is used in the very keystroke in which the
// service refuses the old one.
func TestRotatedKeyNeedsNoRestart(t *testing.T) {
	l, url := startLocked(t, "k-1")
	file := filepath.Join(t.TempDir(), "key")
	secretFile(t, file, "k-1", 0)
	env := []string{
		"ANTHROPIC_BASE_URL=" + url, "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_CONTEXT_PREWARM=false", "CLAUDE_LSP_COMPLETION_AHEAD=false",
		"CLAUDE_LSP_CREDENTIALS_SOURCE=file", "CLAUDE_LSP_CREDENTIALS_FILE=" + file, "CLAUDE_LSP_CREDENTIALS_KIND=bearer",
	}
	e, p := startProcess(t, env, editor.Options{InlineCompletion: true, Encodings: []string{"utf-8"}})
	e.Allow("window/showMessage")
	e.Initialize()
	const uri, text = "file:///rotated/a.go", "package a\n\nfunc sum(first, second int) int {\n\tone := "
	e.Open(uri, "go", text)
	at := position(text, []string{"utf-8"})
	ask := func(typed string) int {
		at = e.Type(uri, at, typed)
		return len(e.Inline(uri, at, editor.InlineOptions{Invoked: true}).Items())
	}
	if ask("1 + ") == 0 {
		t.Fatal("the key of the file brings no suggestion")
	}
	secretFile(t, file, "k-2", 0)
	l.turn("k-2")
	if ask("3\n\ttwo := ") == 0 || l.count() != 1 {
		t.Errorf("the key was rotated: no suggestion, or not refused once but %d times", l.count())
	}
	// With none that is good, the refusal is the answer: it is not asked on and on.
	l.turn("k-3")
	if ask("4\n\tthree := ") != 0 || l.count() != 2 {
		t.Errorf("a key that nobody takes was sent %d times; want once", l.count()-1)
	}
	e.Close()
	p.Exit()
	if log := p.Stderr.String(); strings.Contains(log, "k-1") || strings.Contains(log, "k-2") {
		t.Errorf("the log tells the key:\n%s", log)
	}
}

// What a project or an editor says of keys is not listened to: it would run a
// command, or read a file, of a repository's choice.
func TestKeysAreTheUsersOwnBusiness(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	_, url := startLocked(t, "k-own")
	workspace := t.TempDir()
	trace := filepath.Join(workspace, "ran")
	program := filepath.Join(workspace, "key.sh")
	write(t, program, "#!/bin/sh\ntouch "+trace+"\necho k-foreign\n")
	if err := os.Chmod(program, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(workspace, ".claude-lsp.toml"), "[credentials]\nsource = 'command'\ncommand = ['"+program+"']\n")
	settings := map[string]any{"credentials": map[string]any{"source": "command", "command": []string{program}}}
	e := startServer(t, []string{"ANTHROPIC_BASE_URL=" + url, "ANTHROPIC_API_KEY=k-own", "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms"}, editor.Options{
		InlineCompletion: true, Encodings: []string{"utf-8"}, Folders: []string{"file://" + workspace}, InitializationOptions: settings,
	})
	e.Allow("window/showMessage") // which tells of the odd settings
	e.Initialize()
	text := "package a\n\nfunc sum(first, second int) int {\n\treturn "
	uri := "file://" + filepath.Join(workspace, "a.go")
	e.Open(uri, "go", text)
	if len(e.Inline(uri, position(text, []string{"utf-8"}), editor.InlineOptions{Invoked: true}).Items()) == 0 {
		t.Error("the user's own key brings no suggestion")
	}
	if _, err := os.Stat(trace); !errors.Is(err, os.ErrNotExist) {
		t.Error("the command of the project was run")
	}
}

// doctor shows where the key comes from and how old it is, never the key.
func TestDoctorTellsOfTheKey(t *testing.T) {
	dir := t.TempDir()
	young, old, open := filepath.Join(dir, "young"), filepath.Join(dir, "old"), filepath.Join(dir, "open")
	secretFile(t, young, "k-secret", 36*time.Hour)
	secretFile(t, old, "k-secret", 31*24*time.Hour)
	secretFile(t, open, "k-secret", 0)
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	source := func(kind, name, value string) []string {
		return []string{"CLAUDE_LSP_CREDENTIALS_SOURCE=" + kind, "CLAUDE_LSP_CREDENTIALS_" + name + "=" + value}
	}
	for _, tt := range []struct {
		name string
		env  []string
		want []string
		bad  bool
	}{
		{name: "none", want: []string{"ok  key       none found; the embedded model answers", "docs/keys.md"}},
		{name: "environment", env: []string{"ANTHROPIC_API_KEY=k-secret"}, want: []string{"ok  key       from the environment, of unknown age\n"}},
		{name: "of another name", env: append(source("env", "VARIABLE", "WORK_KEY"), "WORK_KEY=k-secret"), want: []string{"from the environment variable WORK_KEY, "}},
		{name: "young file", env: source("file", "FILE", young), want: []string{"ok  key       from the file " + young + ", 1 day old\n"}},
		{name: "old file", env: source("file", "FILE", old), want: []string{"ok  key       from the file " + old + ", 31 days old\n", "replaced every 30 days"}},
		{name: "open file", env: source("file", "FILE", open), want: []string{"!!  key       from the file " + open + ": ", "chmod 600"}, bad: true},
		{name: "missing file", env: source("file", "FILE", filepath.Join(dir, "none")), want: []string{"there is no file", "docs/keys.md"}, bad: true},
		{name: "no address", env: source("vault", "VAULT_PATH", "secret/data/anthropic"), want: []string{"Vault at an address that is not set", "VAULT_ADDR"}, bad: true},
		{name: "broken", env: []string{"ANTHROPIC_API_KEY=k-secret with more"}, want: []string{"!!  key       from the environment: ", "a space"}, bad: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && tt.name == "open file" {
				t.Skip("modes say nothing of readers here")
			}
			out, err := command(t, tt.env, "doctor", "--offline").CombinedOutput()
			var failed *exec.ExitError
			if errors.As(err, &failed) != tt.bad {
				t.Errorf("doctor ended with %v", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("doctor does not say %q", want)
				}
			}
			if strings.Contains(string(out), "k-secret") {
				t.Error("doctor shows the key")
			}
			if t.Failed() {
				t.Logf("%s", out)
			}
		})
	}
}

// A standby has a key of its own, from any place, and it is replaced as the
// first one's is.
func TestKeyOfAStandby(t *testing.T) {
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(529)
		_, _ = w.Write([]byte(`{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`))
	}))
	defer down.Close()
	l, url := startLocked(t, "k-standby")
	file := filepath.Join(t.TempDir(), "key")
	secretFile(t, file, "k-standby", 0)
	standby, err := json.Marshal([]any{map[string]any{"baseURL": url, "credentials": map[string]any{"source": "file", "file": file}}})
	if err != nil {
		t.Fatal(err)
	}
	e := startServer(t, []string{
		"ANTHROPIC_BASE_URL=" + down.URL, "ANTHROPIC_API_KEY=k-first", "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_CONTEXT_PREWARM=false",
		"CLAUDE_LSP_CLAUDE_STANDBY=" + string(standby),
	}, editor.Options{InlineCompletion: true, Encodings: []string{"utf-8"}})
	e.Allow("window/showMessage")
	e.Initialize()
	const uri, text = "file:///standby/a.go", "package a\n\nfunc sum(first, second int) int {\n\tone := "
	e.Open(uri, "go", text)
	at := position(text, []string{"utf-8"})
	for i, key := range []string{"k-standby", "k-rotated"} {
		secretFile(t, file, key, 0)
		l.turn(key)
		at = e.Type(uri, at, strings.Repeat("1 +\n\t\t", i)+"2 + ")
		if len(e.Inline(uri, at, editor.InlineOptions{Invoked: true}).Items()) == 0 || l.count() != i {
			t.Errorf("with %s there is no suggestion, or %d keys were refused", key, l.count())
		}
	}
}

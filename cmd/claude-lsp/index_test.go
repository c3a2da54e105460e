package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// aged makes all files of a folder older than the moment in which they could
// change unseen.
func aged(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.Chtimes(filepath.Join(dir, name), time.Time{}, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
}

// readings are the lines of a server's log about the workspace: how many files
// there were, how many were read and how many were known from before.
func readings(t *testing.T, log string) (all []string) {
	t.Helper()
	for line := range strings.Lines(log) {
		_, fields, ok := strings.Cut(line, "the workspace was read")
		if !ok {
			continue
		}
		var r struct{ Files, Read, Kept int }
		if err := json.Unmarshal([]byte(strings.TrimSpace(fields)), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, fmt.Sprintf("%d files, %d read, %d kept", r.Files, r.Read, r.Kept))
	}
	return all
}

// What a server has found out the next one knows, and doctor tells of it.
func TestTheIndexOutlivesTheServer(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	dir := project(t, map[string]string{"a.go": "package a\n\nfunc A() {}\n", "b.go": "package a\n\nfunc B() {}\n", "c.py": "def c(): pass\n"})
	aged(t, dir, "a.go", "b.go", "c.py")
	env := []string{"ANTHROPIC_API_KEY=sk-index", "ANTHROPIC_BASE_URL=" + api.URL(), "XDG_STATE_HOME=" + t.TempDir()}
	session := func(more ...string) []string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "log")
		e, p := startProcess(t, append(append(env, "CLAUDE_LSP_LOG_FILE="+file), more...),
			editor.Options{InlineCompletion: true, Folders: []string{"file://" + filepath.ToSlash(dir)}})
		e.Initialize()
		var found []string
		for end := time.Now().Add(20 * time.Second); len(found) == 0; time.Sleep(10 * time.Millisecond) {
			log, err := os.ReadFile(file)
			if found = readings(t, string(log)); len(found) == 0 && time.Now().After(end) {
				t.Fatalf("the workspace was not read: %s, %v", log, err)
			}
		}
		e.Shutdown()
		p.Exit() // with it the store is written
		return found
	}
	want := func(got []string, want string) {
		t.Helper()
		if len(got) != 1 || got[0] != want {
			t.Errorf("read %q, want %q", got, want)
		}
	}
	want(session(), "3 files, 3 read, 0 kept")
	write(t, filepath.Join(dir, "b.go"), "package a\n\nfunc Other() {}\n")
	aged(t, dir, "b.go")
	want(session(), "3 files, 1 read, 2 kept")
	out, _, _ := run(t, command(t, env, "doctor"))
	if !strings.Contains(out, "3 files") {
		t.Errorf("doctor says nothing of 3 files:\n%s", out)
	}
	want(session("CLAUDE_LSP_CACHE_MAX_MB=0"), "3 files, 3 read, 0 kept")
	want(session(), "3 files, 3 read, 0 kept") // for nothing was kept
}

// A folder with all that can be wrong with one costs no completion, and is
// allowed to go away.
func TestAnOddFolderIsServed(t *testing.T) {
	api := messages.Start(t, messages.Options{})
	api.Say("```go\n1\n```")
	outside := project(t, map[string]string{"stranger.go": "package stranger\n\nvar Stranger = 1\n"})
	dir := project(t, map[string]string{
		"a.go": "package a\n\nvar x = \n", ".gitignore": "[\n\\\n!!\n", "shut/b.go": "package b\n",
		".git/config": "[core]\n\tfsmonitor = touch " + filepath.ToSlash(filepath.Join(outside, "ran")) + "\n", ".git/HEAD": "ref: refs/heads/main\n",
	})
	huge, err := os.Create(filepath.Join(dir, "huge.go"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(huge.Truncate(1<<30), huge.Close()); err != nil { // a hole: it takes no room
		t.Fatal(err)
	}
	for _, err := range []error{ // systems that cannot have them have less to fear
		os.Symlink(dir, filepath.Join(dir, "loop")),
		os.Symlink(outside, filepath.Join(dir, "away")),
		os.Symlink(filepath.Join(outside, "stranger.go"), filepath.Join(dir, "link.go")),
		os.WriteFile(filepath.Join(dir, "na\xffme.go"), []byte("package a\n"), 0o644),
		os.Chmod(filepath.Join(dir, "shut"), 0),
	} {
		if err != nil {
			t.Log(err)
		}
	}
	defer func() { _ = os.Chmod(filepath.Join(dir, "shut"), 0o755) }()

	uri := func(name string) string { return "file://" + filepath.ToSlash(filepath.Join(dir, name)) }
	env := []string{"ANTHROPIC_API_KEY=sk-odd", "ANTHROPIC_BASE_URL=" + api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms"}
	e, p := startProcess(t, env, editor.Options{InlineCompletion: true, WatchesFiles: true, Folders: []string{uri("")}})
	e.Allow("client/registerCapability")
	e.Initialize()
	e.Open(uri("a.go"), "go", "package a\n\nvar x = \n")
	at := editor.Position{Line: 2, Character: 8}
	if n := len(e.Inline(uri("a.go"), at, editor.InlineOptions{}).Items()); n != 1 {
		t.Errorf("%d items in the odd folder", n)
	}
	if err := errors.Join(os.Chmod(filepath.Join(dir, "shut"), 0o755), os.RemoveAll(dir)); err != nil {
		t.Fatal(err)
	}
	e.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{
		map[string]any{"uri": uri("a.go"), "type": 3},
		map[string]any{"uri": uri(".gitignore"), "type": 3},
		map[string]any{"uri": uri("link.go"), "type": 1},
		map[string]any{"uri": uri(""), "type": 3},
	}})
	at = e.Type(uri("a.go"), at, "2")
	if n := len(e.Inline(uri("a.go"), at, editor.InlineOptions{Invoked: true}).Items()); n != 1 {
		t.Errorf("%d items in a folder that is gone", n)
	}
	e.Shutdown()
	p.Exit()
	if strings.Contains(p.Stderr.String(), "Stranger") {
		t.Error("the log has text of a file outside")
	}
	if _, err := os.Stat(filepath.Join(outside, "ran")); err == nil {
		t.Error("a command of the repository was run")
	}
	for _, r := range api.Requests() {
		if strings.Contains(string(r.Raw), "Stranger") {
			t.Error("a file outside was sent")
		}
	}
}

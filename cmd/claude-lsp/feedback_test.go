package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/store"
	"github.com/claude-lsp/claude-lsp/lsp"
)

// A whole sitting in twenty minutes of a clock that does not wait: what came of
// each suggestion stands in the store afterwards, as numbers and names.
func TestASittingIsCounted(t *testing.T) {
	state := t.TempDir()
	for _, name := range []string{"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME"} {
		t.Setenv(name, state)
	}
	t.Setenv("CLAUDE_LSP_PROVIDER", "embedded")
	t.Setenv("CLAUDE_LSP_COMPLETION_DEBOUNCE", "0ms")
	const secret = "bravoRegistry"
	var functions strings.Builder
	for i := range 12 {
		fmt.Fprintf(&functions, "func do%d(ctx context.Context, name string) error {\n\treturn %s.Do(ctx, name)\n}\n\n", i, secret)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bravo.go"), []byte("package a\n\n"+functions.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		ended := make(chan error, 1)
		go func() { ended <- serve(context.Background(), there, houseOptions{}, lsp.Options{}) }()
		e := editor.Start(t, here, editor.Options{InlineCompletion: true, Folders: []string{"file://" + filepath.ToSlash(dir)}})
		e.Allow("window/logMessage", "claude-lsp/status", "$/progress", "window/workDoneProgress/create", "workspace/configuration")
		e.Initialize()
		uri := "file://" + filepath.ToSlash(dir) + "/new.go"
		e.Open(uri, "go", "package a\n\nfunc do(ctx context.Context, name string) error {\n\treturn bravo\n}\n")
		time.Sleep(5 * time.Second) // the embedded model reads
		at := editor.Position{Line: 3, Character: 13}
		items := e.Inline(uri, at, editor.InlineOptions{Invoked: true}).Items()
		if len(items) == 0 {
			t.Fatal("nothing is suggested")
		}
		e.Accept(items[0]).Wait()
		time.Sleep(time.Minute)
		e.Change(uri, editor.Edit{Text: "package a\n"})
		time.Sleep(20 * time.Minute)
		e.Shutdown()
		e.Close()
		<-ended

		path := filepath.Join(state, "claude-lsp", "store.db")
		got, err := readStats(t.Context(), path, "", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		want := groupOf("go", store.Outcomes{
			Shown: 1, Accepted: 1, Characters: len([]rune(items[0].Text)),
			After30s: store.Standing{Kept: 1}, After2m: store.Standing{Changed: 1}, After10m: store.Standing{Changed: 1},
		})
		if diff := cmp.Diff([]group{want}, got.Days.ByLanguage, cmp.AllowUnexported(group{})); diff != "" {
			t.Errorf("by language (-want +got):\n%s", diff)
		}
		for _, by := range [][]group{got.Today.ByModel, got.Today.ByProvider} {
			if len(by) != 1 || by[0].Name != "embedded" || by[0].Accepted != 1 {
				t.Errorf("by model or provider: %+v", by)
			}
		}
	})
	holdsNothingOf(t, state, secret, "context.Context", "new.go", filepath.Base(dir))
}

// holdsNothingOf looks for words in all files of a folder.
func holdsNothingOf(t *testing.T, dir string, words ...string) {
	t.Helper()
	looked := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		looked += len(data)
		for _, w := range words {
			if strings.Contains(string(data), w) {
				t.Errorf("%s holds %q", path, w)
			}
		}
		return err
	})
	if err != nil || looked == 0 {
		t.Errorf("looked at %d bytes, %v", looked, err)
	}
}

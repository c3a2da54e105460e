package index

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/context/files"
)

// All that can be wrong with a folder, through the real list of files.
func TestOddFilesOfARealFolder(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outside, "stranger.go"), "package stranger\n\nfunc Stranger() {}\n")
	write(filepath.Join(dir, "good.go"), "package good\n\nfunc Good() {}\n")
	write(filepath.Join(dir, "late.go"), "package late\n"+strings.Repeat("// text\n", 1000)+"\xff\xfe not UTF-8\n")
	write(filepath.Join(dir, "nul.go"), "package nul\n"+strings.Repeat("// text\n", 1000)+"\x00\n")
	write(filepath.Join(dir, ".gitignore"), "[\n\\\n***/[z-a]\x00\n!!!!\n"+strings.Repeat("?", 5000)+"\n")
	write(filepath.Join(dir, "shut", "x.go"), "package shut\n\nfunc Shut() {}\n")
	huge, err := os.Create(filepath.Join(dir, "huge.go"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(huge.Truncate(1<<30), huge.Close()); err != nil { // a hole: it takes no room
		t.Fatal(err)
	}
	odd := []error{ // systems that cannot have them have less to fear
		os.WriteFile(filepath.Join(dir, "na\xffme.go"), []byte("package name\n\nfunc Name() {}\n"), 0o644),
		os.Symlink(dir, filepath.Join(dir, "loop")),
		os.Symlink(filepath.Join(outside, "stranger.go"), filepath.Join(dir, "link.go")),
		os.Symlink(outside, filepath.Join(dir, "away")),
		os.Chmod(filepath.Join(dir, "shut"), 0),
	}
	t.Logf("made, or not: %v", odd)
	defer func() { _ = os.Chmod(filepath.Join(dir, "shut"), 0o755) }()

	w := files.NewWorkspace(files.WorkspaceOptions{Folders: []string{dir}, Git: "none"})
	x := &Index{}
	b := NewBuilder(BuilderOptions{Index: x})
	again := func() {
		t.Helper()
		if err := w.Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		build(t, b, w)
	}
	again()
	x.Remove("shut/x.go") // who may read everything, such as root, may read this too
	x.Remove(".gitignore")
	check(t, "index", symbols(x), "good.go: Good")

	// A file becomes a link to one outside between the list and the reading.
	if err := errors.Join(os.Remove(filepath.Join(dir, "good.go")), os.Symlink(filepath.Join(outside, "stranger.go"), filepath.Join(dir, "good.go"))); err == nil {
		old, _ := w.Find(dir, "good.go")
		old.Size++ // as if it had changed
		b.Refresh(t.Context(), w, old)
		check(t, "index", symbols(x), "")
	}
	if err := errors.Join(os.Chmod(filepath.Join(dir, "shut"), 0o755), os.RemoveAll(dir)); err != nil {
		t.Fatal(err)
	}
	again()
	if x.Len() != 0 {
		t.Errorf("the folder is gone, and the index has %s", symbols(x))
	}
}

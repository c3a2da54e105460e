package files

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// What Look says of a file is what a new list would say.
func TestLookAgreesWithTheList(t *testing.T) {
	dir := files(t, t.TempDir(), project)
	outside := files(t, t.TempDir(), map[string]string{"stranger.go": "package stranger\n"})
	if runtime.GOOS != "windows" {
		for link, target := range map[string]string{"loop": dir, "away": outside, "link.go": filepath.Join(dir, "main.go")} {
			if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, before := range []string{"without a list", "with one"} {
		w := NewWorkspace(WorkspaceOptions{Folders: []string{dir}, Git: "none"})
		if before == "with one" {
			w = scanned(t, WorkspaceOptions{Folders: []string{dir}, Git: "none"})
		}
		want := map[string]bool{}
		for _, name := range paths(scanned(t, WorkspaceOptions{Folders: []string{dir}, Git: "none"})) {
			want[name] = true
		}
		if len(want) == 0 {
			t.Fatal("the list is empty")
		}
		for name := range project {
			f, ok := w.Look(filepath.Join(dir, filepath.FromSlash(name)))
			if ok != want[name] || ok && (f.Path != name || f.Folder != dir || f.Size != int64(len(project[name]))) {
				t.Errorf("%s: Look(%q) = %+v, %v; the list has it: %v", before, name, f, ok, want[name])
			}
		}
		for _, name := range []string{"missing.go", "a", ".", "../x.go", "loop/main.go", "away/stranger.go", "link.go"} {
			if f, ok := w.Look(filepath.Join(dir, filepath.FromSlash(name))); ok {
				t.Errorf("%s: Look(%q) = %+v", before, name, f)
			}
		}
		if f, ok := w.Look(filepath.Join(outside, "stranger.go")); ok {
			t.Errorf("%s: a file outside: %+v", before, f)
		}
	}
}

// A list that is made again and again says what it leaves out once.
func TestScanSaysThingsOnce(t *testing.T) {
	dir := files(t, t.TempDir(), project)
	core, logs := observer.New(zap.InfoLevel)
	w := scanned(t, WorkspaceOptions{Folders: []string{dir}, Git: "none", Log: zap.New(core)})
	if logs.Len() == 0 {
		t.Fatal("nothing was said of what is left out")
	}
	logs.TakeAll()
	mustWrite(t, filepath.Join(dir, "main.go"), "package main // changed\n")
	mustWrite(t, filepath.Join(dir, "a", "b", "deep.go"), "\x00\x01")
	for range 2 {
		if err := w.Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if f, ok := w.Find(dir, "main.go"); !ok || f.Size != int64(len("package main // changed\n")) {
		t.Errorf("the changed file is %+v, %v", f, ok)
	}
	if f, ok := w.Find(dir, "a/b/deep.go"); ok {
		t.Errorf("a file that became binary is %+v", f)
	}
	if n := logs.FilterField(zap.String("because", leftBinary)).Len(); n != 1 || logs.Len() != 1 {
		t.Errorf("logged %v, want one line about one more binary file", logs.All())
	}
}

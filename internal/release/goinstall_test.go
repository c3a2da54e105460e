package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

const modulePath = "github.com/claude-lsp/claude-lsp"

// go install gets the module as a proxy has it, without the modules inside it
// and without this work tree: it must build from that alone, know its version
// and serve an editor.
func TestGoInstall(t *testing.T) {
	const version = "v0.9.7"
	proxy := t.TempDir()
	archive := publish(t, "../..", proxy, version)
	look(t, archive, version)

	cache, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		t.Fatal(err)
	}
	settings := strings.Split(strings.TrimSpace(string(cache)), "\n")
	bin, modules := t.TempDir(), t.TempDir()
	cmd := exec.Command("go", "install", modulePath+"/cmd/claude-lsp@latest")
	cmd.Dir = t.TempDir() // outside of any module
	cmd.Env = append(os.Environ(),
		"GOBIN="+bin, "GOMODCACHE="+modules, "GOWORK=off", "CGO_ENABLED=0",
		// What others publish comes from this machine's cache where it is there.
		"GOPROXY="+fileURL(proxy)+","+fileURL(filepath.Join(settings[0], "cache", "download"))+","+settings[1],
		"GOSUMDB=off", // which knows no module of this test's making
		"GOFLAGS=-trimpath -modcacherw -buildvcs=false", // so that the build cache helps and the folder can be removed
	)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program := filepath.Join(bin, "claude-lsp")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	out, err := start(t, program, "version").Output()
	if want := "claude-lsp " + version + " ("; err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("it prints %q, %v, want %q", out, err, want)
	}
	session(t, program, version)
}

// publish makes the files by which a module proxy serves a version of the work
// tree at root, and returns the path of the archive.
func publish(t *testing.T, root, proxy, version string) string {
	t.Helper()
	list, err := exec.Command("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatal(err)
	}
	var files []modzip.File
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		if _, err := os.Lstat(filepath.Join(root, name)); err == nil { // else it was just deleted
			files = append(files, treeFile{root, name})
		}
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(proxy, filepath.FromSlash(modulePath), "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": mod} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	archive := filepath.Join(dir, version+".zip")
	f, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := modzip.Create(f, module.Version{Path: modulePath, Version: version}, files); err != nil {
		t.Fatalf("a proxy would refuse the module: %v", err)
	}
	return archive
}

// treeFile is a file of a work tree, as x/mod wants to see it.
type treeFile struct{ root, name string }

func (f treeFile) Path() string                 { return f.name }
func (f treeFile) Lstat() (os.FileInfo, error)  { return os.Lstat(filepath.Join(f.root, f.name)) }
func (f treeFile) Open() (io.ReadCloser, error) { return os.Open(filepath.Join(f.root, f.name)) }

// look checks what users download: what go install needs is in it, what has a
// go.mod of its own is not, and nothing points outside.
func look(t *testing.T, archive, version string) {
	t.Helper()
	stat, err := os.Stat(archive)
	if err != nil {
		t.Fatal(err)
	}
	if stat.Size() > 10<<20 {
		t.Errorf("the module is a download of %d MB", stat.Size()>>20)
	}
	z, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	prefix := modulePath + "@" + version + "/"
	names := map[string]bool{}
	for _, f := range z.File {
		names[strings.TrimPrefix(f.Name, prefix)] = true
	}
	for _, name := range []string{"go.mod", "go.sum", "LICENSE", "THIRD-PARTY-NOTICES", "cmd/claude-lsp/main.go", "cmd/claude-lsp/snippets/neovim.lua"} {
		if !names[name] {
			t.Errorf("the module has no %s", name)
		}
	}
	for name := range names {
		if strings.HasPrefix(name, "tools/") || strings.HasPrefix(name, "internal/release/") {
			t.Errorf("%s, of a module of its own, is in it", name)
		}
	}
	data, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(mod.Replace)+len(mod.Exclude) > 0 {
		t.Error("go.mod replaces or excludes a module, which go install refuses")
	}
	t.Logf("%d files, %d KB", len(z.File), stat.Size()>>10)
}

// fileURL is the address of a folder.
func fileURL(dir string) string {
	dir = filepath.ToSlash(dir)
	if !strings.HasPrefix(dir, "/") { // C:/
		dir = "/" + dir
	}
	return fmt.Sprintf("file://%s", dir)
}

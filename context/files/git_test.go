package files

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func needGit(t testing.TB) string {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	return git
}

// A repository whose configuration names commands runs none of them, and its
// files are listed all the same.
func TestHostileRepository(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are shell scripts")
	}
	git := needGit(t)
	dir := files(t, t.TempDir(), map[string]string{"main.go": "package main\n", "new.go": "package main\n", ".gitattributes": "* filter=evil diff=evil\n"})
	marker := filepath.Join(t.TempDir(), "marker")
	script := filepath.Join(t.TempDir(), "evil")
	mustWrite(t, script, "#!/bin/sh\necho \"$0 $*\" >> '"+marker+"'\ncat\n")
	if err := os.Chmod(script, 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, git, dir, "init", "-q")
	run(t, git, dir, "add", "main.go")
	included := filepath.Join(dir, ".git", "more")
	mustWrite(t, included, "[core]\n\tfsmonitor = "+script+"\n\thooksPath = "+filepath.Dir(script)+"\n")
	config := fmt.Sprintf(`[core]
	repositoryformatversion = 0
	fsmonitor = %[1]s
	hooksPath = %[2]s
	sshCommand = %[1]s
	gitProxy = %[1]s
	askPass = %[1]s
	pager = %[1]s
	editor = %[1]s
	untrackedCache = true
	alternateRefsCommand = %[1]s
[pager]
	ls-files = %[1]s
[alias]
	ls-files = !%[1]s
[filter "evil"]
	clean = %[1]s
	smudge = %[1]s
	process = %[1]s
	required = true
[diff]
	external = %[1]s
[diff "evil"]
	textconv = %[1]s
	command = %[1]s
[credential]
	helper = !%[1]s
[uploadpack]
	packObjectsHook = %[1]s
[include]
	path = %[3]s
[remote "origin"]
	url = ext::%[1]s
	promisor = true
	partialclonefilter = blob:none
[protocol "ext"]
	allow = always
[extensions]
	partialClone = origin
`, script, filepath.Dir(script), included)
	mustWrite(t, filepath.Join(dir, ".git", "config"), config)
	for _, hook := range []string{"post-index-change", "fsmonitor-watchman", "post-checkout", "pre-auto-gc"} {
		mustWrite(t, filepath.Join(dir, ".git", "hooks", hook), "#!/bin/sh\necho hook >> '"+marker+"'\n")
		if err := os.Chmod(filepath.Join(dir, ".git", "hooks", hook), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// An old time makes git look at the files again, and so use the filters.
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "main.go"), old, old); err != nil {
		t.Fatal(err)
	}

	core, logs := observer.New(zap.DebugLevel)
	w := scanned(t, WorkspaceOptions{Folders: []string{dir}, Git: git, Log: zap.New(core)})
	if diff := cmp.Diff([]string{".gitattributes", "main.go", "new.go"}, paths(w)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if n := logs.FilterMessageSnippet("git does not list").Len(); n != 0 {
		t.Errorf("git did not list the repository, so nothing was tried: %v", logs.All())
	}
	if text, err := os.ReadFile(marker); err == nil {
		t.Fatalf("the repository ran commands:\n%s", text)
	}

	// The trap works: git without our settings does run a command.
	cmd := exec.CommandContext(t.Context(), git, "status")
	cmd.Dir = dir
	_ = cmd.Run() // it may well fail
	if _, err := os.Stat(marker); err != nil {
		t.Error("git without our settings ran no command either: the test proves nothing")
	}
}

// What git refuses or cannot do, the walk does.
func TestGitFailsAndTheWalkLists(t *testing.T) {
	git := needGit(t)
	tests := []struct {
		name string
		trap func(t *testing.T, dir string)
	}{
		{"no repository", func(*testing.T, string) {}},
		{"broken configuration", func(t *testing.T, dir string) {
			run(t, git, dir, "init", "-q")
			mustWrite(t, filepath.Join(dir, ".git", "config"), "[core\nnonsense")
		}},
		{"work tree elsewhere", func(t *testing.T, dir string) {
			run(t, git, dir, "init", "-q")
			run(t, git, dir, "config", "core.worktree", t.TempDir())
		}},
		{"broken index", func(t *testing.T, dir string) {
			run(t, git, dir, "init", "-q")
			mustWrite(t, filepath.Join(dir, ".git", "index"), "nonsense")
		}},
		{"a link to nowhere", func(t *testing.T, dir string) {
			mustWrite(t, filepath.Join(dir, ".git"), "gitdir: /nowhere/at/all\n")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := files(t, t.TempDir(), map[string]string{"main.go": "x", "x.log": "x", ".gitignore": "*.log\n"})
			tt.trap(t, dir)
			w := scanned(t, WorkspaceOptions{Folders: []string{dir}, Git: git})
			if diff := cmp.Diff([]string{".gitignore", "main.go"}, paths(w)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGitThatHangsIsLeft(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	dir := files(t, t.TempDir(), map[string]string{"main.go": "x"})
	slow := filepath.Join(t.TempDir(), "git")
	mustWrite(t, slow, "#!/bin/sh\nsleep 60\n")
	if err := os.Chmod(slow, 0o755); err != nil {
		t.Fatal(err)
	}
	w := scanned(t, WorkspaceOptions{Folders: []string{dir}, Git: slow, GitTimeout: 50 * time.Millisecond})
	if diff := cmp.Diff([]string{"main.go"}, paths(w)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// A git in the workspace is not ours to run.
func TestGitOfTheWorkspaceIsNotRun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	dir := files(t, t.TempDir(), map[string]string{"main.go": "x"})
	marker := filepath.Join(t.TempDir(), "marker")
	git := filepath.Join(dir, "bin", "git")
	mustWrite(t, git, "#!/bin/sh\ntouch '"+marker+"'\n")
	if err := os.Chmod(git, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Dir(git)+string(os.PathListSeparator)+os.Getenv("PATH"))
	link := filepath.Join(t.TempDir(), "git")
	if err := os.Symlink(git, link); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"", git, link} {
		w := scanned(t, WorkspaceOptions{Folders: []string{dir}, Git: program})
		if len(w.Files()) != 2 {
			t.Errorf("files: %v", paths(w))
		}
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("the workspace's git was run")
	}
}

// Names in the index that no file system should see.
func TestGitNamesAreNotTrusted(t *testing.T) {
	outside := t.TempDir()
	mustWrite(t, filepath.Join(outside, "secret.txt"), "outside")
	dir := files(t, t.TempDir(), map[string]string{"main.go": "x"})
	w := NewWorkspace(WorkspaceOptions{Folders: []string{dir}})
	s := &scan{w: w, ctx: t.Context(), left: map[string]*leftOut{}}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	l := &lister{s, dir, root, newTree(dir, nil, false), map[string]bool{".": true}}
	rel, err := filepath.Rel(dir, filepath.Join(outside, "secret.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.ToSlash(rel), filepath.ToSlash(filepath.Join(outside, "secret.txt")), "../x", "a\nb", "", ".", "/", "missing.go"} {
		l.listed(name)
	}
	if len(s.files) > 1 || len(s.files) == 1 && s.files[0].Path != "main.go" {
		t.Errorf("files: %v", s.files)
	}
}

// Repositories inside the workspace are listed, each by its own rules.
func TestScanOfNestedRepositories(t *testing.T) {
	git := needGit(t)
	for _, outer := range []bool{true, false} {
		dir := files(t, t.TempDir(), map[string]string{
			"main.go": "x", ".gitignore": "*.txt\n", "lib/l.go": "x", "lib/l.txt": "x", "lib/l.log": "x", "lib/.gitignore": "*.log\n",
			"lib/.git/info/exclude": "no.go\n", "lib/no.go": "x",
		})
		run(t, git, filepath.Join(dir, "lib"), "init", "-q")
		mustWrite(t, filepath.Join(dir, "lib", ".git", "info", "exclude"), "no.go\n")
		run(t, git, filepath.Join(dir, "lib"), "add", "l.go")
		run(t, git, filepath.Join(dir, "lib"), "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qm", "x")
		if outer {
			run(t, git, dir, "init", "-q")
		}
		w := scanned(t, WorkspaceOptions{Folders: []string{dir}, Git: git})
		if diff := cmp.Diff([]string{".gitignore", "lib/.gitignore", "lib/l.go", "lib/l.txt", "main.go"}, paths(w)); diff != "" {
			t.Errorf("outer repository %v: files (-want +got):\n%s", outer, diff)
		}
	}
}

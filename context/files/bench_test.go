package files

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// A made tree of 10,000 files in 500 folders, by git and by our own walk.
func BenchmarkScan(b *testing.B) {
	dir := b.TempDir()
	text := strings.Repeat("func f() int { return 1 }\n", 150)
	for i := range 10_000 {
		mustWrite(b, filepath.Join(dir, fmt.Sprintf("d%02d/e%02d/f%d.go", i%50, i/50%10, i)), text)
	}
	mustWrite(b, filepath.Join(dir, ".gitignore"), "*.o\n/out/\n**/tmp/*.x\n[Bb]uild/\n")
	run(b, needGit(b), dir, "init", "-q")
	for _, with := range []string{"git", "none"} {
		b.Run(with, func(b *testing.B) {
			for b.Loop() {
				w := scanned(b, WorkspaceOptions{Folders: []string{dir}, Git: with})
				if n := len(w.Files()); n != 10_001 {
					b.Fatalf("%d files", n)
				}
			}
		})
	}
}

func BenchmarkAllowed(b *testing.B) {
	dir := files(b, b.TempDir(), project)
	w := NewWorkspace(WorkspaceOptions{Folders: []string{dir}})
	path := filepath.Join(dir, "a", "b", "deep.go")
	for b.Loop() {
		w.Allowed(path)
	}
}

package index

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/context/files"
	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// BenchmarkChanged is one changed file of 40 KB on the disk, from the notice
// to the index, among 10,000 others.
func BenchmarkChanged(b *testing.B) {
	dir := b.TempDir()
	var text strings.Builder
	text.WriteString("package made\n")
	for i := 0; text.Len() < 40_000; i++ {
		fmt.Fprintf(&text, "\n// F%d adds up what it is given.\nfunc F%d(first, second int) int {\n\treturn first + second + %d\n}\n", i, i, i)
	}
	path := filepath.Join(dir, "changed.go")
	x := &Index{}
	for i := range 10_000 {
		x.Put(Read(fmt.Sprintf("d%02d/f%d.go", i%100, i), "go", fmt.Sprintf("package made\n\nfunc G%d(first, second int) int { return first + second }\n", i)))
	}
	w := files.NewWorkspace(files.WorkspaceOptions{Folders: []string{dir}, Git: "none"})
	builder := NewBuilder(BuilderOptions{Index: x, Redact: func(_, text string) string { clean, _ := redact.Text(text); return clean }})
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			b.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Unix(int64(i), 0)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		f, ok := w.Look(path)
		if !ok || !builder.Refresh(b.Context(), w, f) {
			b.Fatal("the change was not seen")
		}
	}
}

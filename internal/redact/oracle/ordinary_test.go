package oracle

import (
	"bytes"
	"fmt"
	"go/build"
	"io/fs"
	"iter"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/rs/zerolog"
	"github.com/zricethezav/gitleaks/v8/detect"
)

// mostFalse is how many lines of ordinary code there are at least for each
// that is taken for a secret.
const mostFalse = 20_000

// TestOrdinaryLines counts the lines of public code that hold no secret and
// lose text. REDACT_CODE names folders or git repositories, in the form of
// PATH; without it Go's own sources are read. A line in which gitleaks sees a
// secret too is no ordinary one and is counted apart.
func TestOrdinaryLines(t *testing.T) {
	zerolog.SetGlobalLevel(zerolog.Disabled)
	detector, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		t.Fatal(err)
	}
	folders := filepath.SplitList(os.Getenv("REDACT_CODE"))
	if len(folders) == 0 {
		folders = []string{filepath.Join(build.Default.GOROOT, "src")}
	}
	var all lineCount
	byKind := map[string]int{}
	fmt.Printf("lines of public code\n\n%-40s %10s %8s %10s %12s %8s\n", "code", "lines", "false", "one in", "as gitleaks", "homes")
	for _, folder := range folders {
		var c lineCount
		for path, data := range files(t, folder) {
			c.read(detector, path, string(data), byKind)
		}
		fmt.Println(c.row(name(folder)))
		all.add(c)
	}
	fmt.Println(all.row("all"))
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		fmt.Printf("  false by %-30s %6d\n", kind, byKind[kind])
	}
	if all.lines == 0 {
		t.Fatal("there were no lines")
	}
	if all.wrong*mostFalse > all.lines {
		t.Errorf("%d of %d ordinary lines are taken for secrets, want less than one in %d", all.wrong, all.lines, mostFalse)
	}
}

// name is what a folder is called: one that is only "repo" or "src" by the
// folder it stands in.
func name(folder string) string {
	base := filepath.Base(folder)
	if base == "repo" || base == "src" {
		return filepath.Base(filepath.Dir(folder))
	}
	return base
}

type lineCount struct{ lines, wrong, agreed, homes int }

func (c *lineCount) add(o lineCount) {
	c.lines, c.wrong, c.agreed, c.homes = c.lines+o.lines, c.wrong+o.wrong, c.agreed+o.agreed, c.homes+o.homes
}

func (c lineCount) row(name string) string {
	oneIn := "none"
	if c.wrong > 0 {
		oneIn = fmt.Sprint(c.lines / c.wrong)
	}
	return fmt.Sprintf("%-40s %10d %8d %10s %12d %8d", name, c.lines, c.wrong, oneIn, c.agreed, c.homes)
}

func (c *lineCount) read(detector *detect.Detector, path, text string, byKind map[string]int) {
	if redact.SecretFile(path) {
		return
	}
	c.lines += strings.Count(text, "\n")
	found := redact.Found(text)
	if len(found) == 0 {
		return
	}
	known := map[int]bool{}
	for _, f := range detector.Detect(detect.Fragment{Raw: text, FilePath: path}) {
		for line := f.StartLine; line <= f.EndLine; line++ {
			known[line] = true
		}
	}
	last := -1
	for _, s := range found {
		if s.Kind == "home" {
			c.homes++ // the name of a user, which is meant to go
			continue
		}
		// gitleaks counts lines from 0 in text that has no commit.
		line := strings.Count(text[:s.From], "\n")
		if line == last {
			continue
		}
		last = line
		if known[line] || known[line+1] {
			c.agreed++
			continue
		}
		c.wrong++
		byKind[s.Kind]++
		if os.Getenv("REDACT_MISSED") != "" {
			start := strings.LastIndexByte(text[:s.From], '\n') + 1
			fmt.Printf("false %s %s:%d: %.60s [%s]\n", s.Kind, path, line+1, strings.TrimSpace(text[start:s.From]), text[s.From:min(s.To, s.From+70)])
		}
	}
}

// files yields the text files of a folder, or of a git repository at its
// HEAD.
func files(t *testing.T, folder string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if _, err := os.Stat(filepath.Join(folder, "HEAD")); err == nil {
			archived(t, folder, yield)
			return
		}
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(path)
			if err == nil && isText(data) && !yield(path, data) {
				return fs.SkipAll
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func archived(t *testing.T, repository string, yield func(string, []byte) bool) {
	git := func(args ...string) []byte {
		out, err := exec.Command("git", append([]string{"-C", repository}, args...)...).Output()
		if err != nil {
			t.Fatalf("git %s in %s: %v", args[0], repository, err)
		}
		return out
	}
	for path := range bytes.SplitSeq(git("ls-tree", "-r", "-z", "--name-only", "HEAD"), []byte{0}) {
		if len(path) == 0 {
			continue
		}
		out, err := exec.Command("git", "-C", repository, "cat-file", "blob", "HEAD:"+string(path)).Output()
		if err != nil || !isText(out) {
			continue // a submodule, or no text
		}
		if !yield(string(path), out) {
			return
		}
	}
}

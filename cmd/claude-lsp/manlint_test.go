package main_test

import (
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// overstruck is how a terminal of paper prints bold letters: each twice.
var overstruck = regexp.MustCompile("(?s).\x08")

// mandoc, which is strict, finds nothing to say about the page but that a
// build of no commit has no date.
func TestManPageIsClean(t *testing.T) {
	mandoc := shellProgram(t, "mandoc")
	page, errs, code := run(t, command(t, nil, "man"))
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	_, rest, _ := strings.Cut(page, "\n")
	cmd := exec.Command(mandoc, "-T", "lint", "-W", "style")
	cmd.Stdin = strings.NewReader(".Dd January 2, 2026\n" + rest)
	if out, err := cmd.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
	cmd = exec.Command(mandoc, "-T", "ascii")
	cmd.Stdin = strings.NewReader(page)
	out, err := cmd.Output()
	text := strings.Join(strings.Fields(overstruck.ReplaceAllString(string(out), "")), " ")
	if err != nil || !strings.Contains(text, "claude-lsp [serve] [--stdio]") {
		t.Errorf("%v: it reads\n%s", err, out)
	}
}

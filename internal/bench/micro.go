package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// micros are the benchmarks of single parts that have a budget, or that say
// why an end-to-end figure is as it is.
var micros = []struct{ pkg, name, what, budget string }{
	{"./internal/document", "BenchmarkApply/40KB", "one edit of a 40 KB document", "<= 20 us"},
	{"./internal/document", "BenchmarkApply/1MB", "one edit of a 1 MB document", "<= 150 us"},
	{"./context", "BenchmarkWindow/own_1MB_others_8", "the window alone, open documents, 95K tokens", ""},
	{"./context", "BenchmarkWindowOfAWorkspace", "the window alone, a workspace, 95K tokens", "<= 1 ms"},
	{"./internal/bench", "BenchmarkKeystroke/documents", "edit, window, prompt and a short answer, 230 KB", ""},
	{"./internal/bench", "BenchmarkKeystroke/workspace", "the same in a workspace that is ranked meanwhile", ""},
	{"./context/index", "BenchmarkChanged", "one changed file of 40 KB, read into an index of 10,000", "<= 5 ms"},
	{"./lsp", "BenchmarkEdited/key", "an edit while 64 accepted texts are followed", ""},
	{"./internal/claude", "BenchmarkRequest/http2/gzip", "prompt -> last byte over TLS and HTTP/2, 95K tokens, compressed", "p50 <= 1 ms, p99 <= 3 ms"},
	{"./internal/claude", "BenchmarkRequest/http2/plain", "the same, not compressed", ""},
	{"./internal/claude", "BenchmarkBody/gzip/first", "the body of a first keystroke, 95K tokens, nothing kept", ""},
	{"./internal/claude", "BenchmarkBody/gzip/later", "the body of a later keystroke", ""},
	{"./context/trail", "BenchmarkEdited/1024KB", "an edit of a 1 MB document, as the trail takes it", ""},
	{"./context/trail", "BenchmarkRecent", "the same with 32 edits, and the trail for a request", ""},
	{"./internal/claude", "BenchmarkDelta", "one event of a stream", ""},
	{"./completion", "BenchmarkDecide", "the decision whether to ask", ""},
	{"./completion", "BenchmarkReuse/1KB", "an answer by reuse, the engine alone, 1 KB file", ""},
	{"./completion", "BenchmarkReuse/1024KB", "an answer by reuse, the engine alone, 1 MB file", ""},
	{"./completion", "BenchmarkFence", "the fence alone, a delta", ""},
	{"./completion", "BenchmarkReading", "fence and early end, a delta", ""},
	{"./completion", "BenchmarkPolish", "polish of a 90-line answer", ""},
	{"./internal/embedded", "BenchmarkTenMegabytes", "an answer of the embedded model, 10 MB", "<= 50 ms"},
}

var benchLine = regexp.MustCompile(`^(Benchmark\S+?)(?:-\d+)?\s+\d+\s+(.+)$`)

// micro runs the listed Go benchmarks in one go.
func micro(ctx context.Context) ([]row, error) {
	if len(micros) == 0 {
		return nil, nil
	}
	pkgs := map[string]bool{}
	args := []string{"test", "-run", "^$", "-benchtime", "200ms", "-bench"}
	var names []string
	for _, m := range micros {
		first, _, _ := strings.Cut(m.name, "/")
		names = append(names, first)
		pkgs[m.pkg] = true
	}
	args = append(args, "^("+strings.Join(names, "|")+")$")
	for pkg := range pkgs {
		args = append(args, pkg)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go test -bench: %w\n%s", err, out)
	}
	found := map[string]string{}
	for line := range bytes.Lines(out) {
		if m := benchLine.FindSubmatch(bytes.TrimSpace(line)); m != nil {
			found[string(m[1])] = strings.Join(strings.Fields(string(m[2])), " ")
		}
	}
	var rows []row
	for _, m := range micros {
		figure, ok := found[m.name]
		if !ok {
			return nil, fmt.Errorf("there is no benchmark %s in %s", m.name, m.pkg)
		}
		rows = append(rows, row{m.what, figure, m.budget})
	}
	return rows, nil
}

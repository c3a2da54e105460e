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
var micros = []struct{ pkg, name, what, budget string }{}

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

package dropin

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/built"
)

var update = flag.Bool("update", false, "write docs/drop-in-table.md again")

// within is how long a test waits for what must happen.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// A row is one capability of copilot-language-server.
type row struct {
	n          int
	capability string
	how        string // how its test knows
	check      func(t *probe)
	not        string // why it does not hold here, although the test passes: it shows what there is instead
	but        string // what is missing of a row that holds
}

// least is how many rows must hold.
const least = 31

// TestRows is the drop-in table.
func TestRows(t *testing.T) {
	rows := allRows()
	probes, whole := run(t, rows)
	if !whole {
		return
	}
	page, holding := table(rows, probes)
	fmt.Print("\n" + page + "\n") // also without -v: it is what the test is run for
	fmt.Printf("%d of %d rows hold\n", holding, len(rows))
	if len(rows) != 34 || holding < least {
		t.Errorf("%d of %d rows hold; at least %d of 34 must", holding, len(rows), least)
	}
	keep(t, "rows", page+fmt.Sprintf("\n%d of %d rows hold.\n", holding, len(rows)))
}

// TestTenThings is the table of what copilot-language-server lacks.
func TestTenThings(t *testing.T) {
	rows := tenThings()
	probes, whole := run(t, rows)
	if !whole {
		return
	}
	page, holding := table(rows, probes)
	fmt.Print("\n" + page + "\n")
	fmt.Printf("%d of %d\n", holding, len(rows))
	if holding != 10 {
		t.Errorf("%d of %d hold", holding, len(rows))
	}
	keep(t, "ten", page+fmt.Sprintf("\n%d of %d.\n", holding, len(rows)))
}

// run runs the tests of all rows side by side, and reports whether it were all:
// with -run, a table would have holes.
func run(t *testing.T, rows []row) (probes []*probe, whole bool) {
	t.Helper()
	probes = make([]*probe, len(rows))
	t.Run("row", func(t *testing.T) {
		for i, r := range rows {
			if r.n != i+1 {
				t.Fatalf("row %d stands in the place of %d", r.n, i+1)
			}
			probes[i] = &probe{}
			t.Run(fmt.Sprintf("%02d %s", r.n, r.capability), func(t *testing.T) {
				t.Parallel()
				probes[i].TB = t
				r.check(probes[i])
			})
		}
	})
	return probes, !slices.ContainsFunc(probes, func(p *probe) bool { return p == nil || p.TB == nil })
}

// table is what the rows came to, and how many hold.
func table(rows []row, probes []*probe) (page string, holding int) {
	var b strings.Builder
	b.WriteString("| # | capability | here | tested by |\n|---|---|---|---|\n")
	for i, r := range rows {
		state := "holds"
		switch why := probes[i].reason(); {
		case why != "":
			state = "does not hold: " + why
		case r.not != "":
			state = "no: " + r.not
		case r.but != "":
			state = "holds, but for " + r.but
			holding++
		default:
			holding++
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", r.n, r.capability, strings.ReplaceAll(state, "|", "/"), r.how)
	}
	return b.String(), holding
}

// keep compares a part of the page with what came out, or writes it.
func keep(t *testing.T, name, got string) {
	t.Helper()
	root, err := built.Root()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "docs", "drop-in-table.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(page), "\r\n", "\n")
	head, rest, ok := strings.Cut(text, "<!-- "+name+" -->\n")
	_, tail, ended := strings.Cut(rest, "<!-- end of "+name+" -->")
	if !ok || !ended {
		t.Fatalf("%s has no part %s", path, name)
	}
	want := head + "<!-- " + name + " -->\n" + got + "<!-- end of " + name + " -->" + tail
	switch {
	case want == text:
	case *update && !t.Failed():
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	case !t.Failed(): // otherwise it is said already
		t.Errorf("docs/drop-in-table.md says something else: go test ./internal/dropin -update")
	}
}

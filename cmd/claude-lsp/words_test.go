package main

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// constants are the values of the string constants whose names begin with prefix
// or that have the type named, as the source files that match say.
func constants(t *testing.T, sources, prefix, typ string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", sources))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for n := range ast.Preorder(file) {
			decl, ok := n.(*ast.GenDecl)
			if !ok || decl.Tok != token.CONST {
				continue
			}
			for _, s := range decl.Specs {
				spec := s.(*ast.ValueSpec)
				of, _ := spec.Type.(*ast.Ident)
				if prefix != "" && (!strings.HasPrefix(spec.Names[0].Name, prefix) || of != nil) || typ != "" && (of == nil || of.Name != typ) {
					continue
				}
				literal, ok := spec.Values[0].(*ast.BasicLit)
				if !ok {
					t.Fatalf("%s: %s is no literal", name, spec.Names[0].Name)
				}
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, value)
			}
		}
	}
	if len(values) == 0 {
		t.Fatalf("no constants %s%s in %s", prefix, typ, sources)
	}
	return values
}

// plain is a table of words with plain keys.
func plain[K ~string](table map[K]string) map[string]string {
	all := map[string]string{}
	for k, v := range table {
		all[string(k)] = v
	}
	return all
}

// A section is a table of docs/why.md: what its rows must be.
type section struct {
	heading string
	names   []string // every name that the parts can give
	words   map[string]string
}

func sections(t *testing.T) []section {
	reasons := constants(t, "completion/*.go", "Reason", "")
	reasons = append(reasons, constants(t, "lsp/*.go", "Reason", "")...)
	for _, r := range constants(t, "context/files/allowed.go", "Reason", "") {
		if r != "gitignored" && r != "outside" { // they are said of documents that are allowed
			reasons = append(reasons, r)
		}
	}
	var troubles []string
	for _, name := range model.Troubles() {
		troubles = append(troubles, string(name))
	}
	return []section{
		{"Reasons", reasons, reasonWords},
		{"Trouble", troubles, plain(troubleWords)},
		{"Outcomes", constants(t, "completion/*.go", "", "Outcome"), plain(outcomeWords)},
		{"Sources", constants(t, "completion/*.go", "", "Source"), plain(sourceWords)},
		{"Why it did not come from memory", constants(t, "completion/*.go", "", "Miss"), plain(missWords)},
		{"Why a stream was ended early", constants(t, "completion/*.go", "End", ""), endWords},
		{"Why the model stopped", constants(t, "internal/model/*.go", "", "Stop"), plain(stopWords)},
		{"Filters", completion.StepNames(), stepWords},
	}
}

// contextSections are those of docs/context.md.
func contextSections(t *testing.T) []section {
	names := append(constants(t, "context/*.go", "Reason", ""), constants(t, "context/rank/*.go", "Reason", "")...)
	slices.Sort(names)
	return []section{{"Reasons", slices.Compact(names), partWords}}
}

func TestEveryNameHasItsSentence(t *testing.T) {
	for _, s := range append(sections(t), contextSections(t)...) {
		for _, name := range s.names {
			if s.words[name] == "" {
				t.Errorf("%s: nothing is said about %q", s.heading, name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(s.words)) {
			if !slices.Contains(s.names, name) {
				t.Errorf("%s: nobody says %q", s.heading, name)
			}
		}
	}
}

// docs/why.md shows the same sentences, and the fields of --json. With -update
// its tables are written anew.
func TestThePageShowsEverySentence(t *testing.T) {
	page := openPage(t, "../../docs/why.md")
	page.tables(sections(t))
	page.renew()
	page.names(reflect.TypeFor[whyRecord](), reflect.TypeFor[whyUsage]())
}

// What a person reads, for rows that no session easily brings about.
func TestSentences(t *testing.T) {
	for _, tt := range []struct {
		name string
		d    store.Decision
		want string
	}{
		{
			"whole",
			store.Decision{
				Outcome: "shown", Source: "upstream", Invoked: true, Candidates: 3, First: 412 * time.Millisecond, Total: 530 * time.Millisecond,
				Waited: 75 * time.Millisecond, Window: 1240, Input: 200, CacheRead: 1000, CacheWrite: 34, Output: 12, Estimated: true, Sent: 61_234,
				Missed: "typed_else", EarlyEnd: "one_line", Steps: []string{"echo", "blanks"},
			},
			"shown, asked the model; by hand; 3 candidates; first text 412 ms; answered after 530 ms; waited 75 ms before asking; window 1240 tokens; 61 KB sent; " +
				"cost 1234 tokens in (1000 from the cache, 81 %), about 12 out; not from memory: something else was typed than what was known; " +
				"ended early: the line was whole, and no more was wanted; filters: echo, blanks",
		},
		{
			"broke off",
			store.Decision{Outcome: "shown", Source: "upstream", Trouble: "incomplete", Stop: "length"},
			"shown, asked the model, but the answer broke off (incomplete); the answer reached completion.maxTokens, so its last line was dropped",
		},
		{"accepted", store.Decision{Outcome: "shown", Source: "accepted", Total: 300 * time.Microsecond}, "shown, from memory, going on behind what was accepted; answered after less than 1 ms"},
		{"overtaken", store.Decision{Outcome: "superseded", Reason: "left_alone"}, "overtaken by a newer request"},
		{"overtaken when it had cost something", store.Decision{Outcome: "stale", Input: 9, Output: 2}, "overtaken by an edit; cost 9 tokens in, 2 out"},
		{
			"dropped by the second filter",
			store.Decision{Outcome: "empty", Reason: "unfit", Source: "upstream", Steps: []string{"echo", "nothing"}},
			"nothing shown: what the model said does not fit here (unfit); the filter nothing refuses what would insert nothing to be seen; filters: echo, nothing",
		},
		{"of a newer server", store.Decision{Outcome: "not_asked", Reason: "moon_phase"}, "nothing shown: moon phase (moon_phase)"},
	} {
		if got := sentence(tt.d); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// What was lost, another day, and names that would move the terminal's cursor.
func TestPrintedTable(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.Local)
	all := []store.Decision{ // newest first
		{At: now.Add(-time.Minute), Language: "go\x1b[2J", Line: 3, Column: 4, Outcome: "not_asked", Reason: "mid_word", Lost: 2},
		{At: now.Add(-2 * time.Minute), Outcome: "stale"},
		{At: now.Add(-24 * time.Hour), Outcome: "not_asked", Reason: "not_open"},
		{At: now.Add(-25 * time.Hour), Outcome: "stale"}, // beyond what is told
	}
	var out bytes.Buffer
	if err := (whyCmd{Last: 2}).choose(all, now).print(&out, now); err != nil {
		t.Fatal(err)
	}
	want := `Of the last 2 requests: 0 shown (0 of them reused), 2 not asked, 0 with nothing to show, 0 failed.
1 more were overtaken by the next key; --all tells of them.
2 were not kept, because the store could not be written.

2026-11-24 12:00:00  -       -    nothing shown: the editor has not opened the document with the server (not_open)
11:59:00             go[2J  3:4  nothing shown: a word goes on behind the cursor (mid_word)
`
	if got := strings.ReplaceAll(out.String(), "-       -  ", "-      -  "); got != strings.ReplaceAll(want, "-       -  ", "-      -  ") {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}

// What one report costs on its way into the ring: the part of it that a request
// waits for.
func BenchmarkObserve(b *testing.B) {
	st := &lazyStore{log: zap.NewNop(), store: store.Open(store.Options{Path: filepath.Join(b.TempDir(), "store.db")})}
	b.Cleanup(st.close)
	if err := st.open().Ready(context.Background()); err != nil {
		b.Fatal(err)
	}
	d := newDecisions(st)
	r := completion.Report{Outcome: completion.NotAsked, Reason: completion.ReasonMidWord, Language: "go", Line: 12, Column: 5}
	b.ReportAllocs()
	for b.Loop() {
		r.Request++
		d.add(r, config.ProviderClaude)
	}
}

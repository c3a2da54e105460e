package arch

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheHouseKeepsItsRules(t *testing.T) {
	report, err := Check(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range report.Violations {
		t.Error(v)
	}
	if report.Sources < 20 || report.Texts <= report.Sources {
		t.Fatalf("read %d Go files and %d files: this is not the whole house", report.Sources, report.Texts)
	}
}

// Every room of the table must be there or be announced, so that a renamed
// folder does not leave a rule behind that is about nothing.
func TestEveryRoomOfTheTableExists(t *testing.T) {
	later := map[string]bool{"internal/fim": true}
	for room := range floors {
		_, err := os.Stat("../../" + room)
		if later[room] {
			if err == nil {
				t.Errorf("%s exists by now: take it off the list in this test", room)
			}
			continue
		}
		if err != nil {
			t.Errorf("floors has a room that is not there: %v", err)
		}
	}
}

func TestPlantedViolations(t *testing.T) {
	for _, tt := range []struct {
		name string
		file string // path of the planted file
		text string // its text
		want string // part of the one violation; "" for none
	}{
		{
			name: "down is allowed",
			file: "lsp/a.go",
			text: "package lsp\nimport \"" + Module + "/completion\"\n",
		},
		{
			name: "a second work tree names the first one",
			file: ".git",
			text: "gitdir: /wo" + "rk/claude-lsp/.git/worktrees/second\n",
		},
		{
			name: "up",
			file: "completion/a.go",
			text: "package completion\nimport \"" + Module + "/lsp\"\n",
			want: "completion/a.go:2: completion (floor 3) imports lsp (floor 4)",
		},
		{
			name: "sideways",
			file: "internal/document/a.go",
			text: "package document\nimport \"" + Module + "/internal/tokens\"\n",
			want: "internal/document (floor 0) imports internal/tokens (floor 0)",
		},
		{
			name: "a test may not look up either",
			file: "internal/document/a_test.go",
			text: "package document\nimport \"" + Module + "/completion\"\n",
			want: "floor 0) imports completion (floor 3)",
		},
		{
			name: "inside a room",
			file: "internal/config/page/a.go",
			text: "package main\nimport \"" + Module + "/internal/config\"\n",
		},
		{
			name: "a room whose name begins like another's",
			file: "internal/tokenslice/a.go",
			text: "package tokenslice\n",
			want: "internal/tokenslice stands on no floor",
		},
		{
			name: "the root is no room",
			file: "a.go",
			text: "package claudelsp\n",
			want: "stands on no floor",
		},
		{
			name: "importing what stands on no floor",
			file: "lsp/a.go",
			text: "package lsp\nimport \"" + Module + "/internal/nowhere\"\n",
			want: "internal/nowhere stands on no floor",
		},
		{
			name: "shipped code may not import a fake",
			file: "cmd/claude-lsp/a.go",
			text: "package main\nimport \"" + Module + "/internal/fake/messages\"\n",
			want: "may not import internal/fake",
		},
		{
			name: "a test may import a fake",
			file: "internal/claude/a_test.go",
			text: "package claude\nimport \"" + Module + "/internal/fake/messages\"\n",
		},
		{
			name: "what stands beside may import any floor",
			file: "internal/fake/editor/a.go",
			text: "package editor\nimport (\n\"go.lsp.dev/protocol\"\n\"" + Module + "/lsp\"\n)\n",
		},
		{
			name: "only lsp knows the protocol",
			file: "cmd/claude-lsp/a.go",
			text: "package main\nimport \"go.lsp.dev/protocol\"\n",
			want: "may not import go.lsp.dev/protocol: the protocol ends at lsp/",
		},
		{
			name: "only claude reads event streams",
			file: "internal/embedded/a.go",
			text: "package embedded\nimport \"github.com/tmaxmax/go-sse\"\n",
			want: "may not import github.com/tmaxmax/go-sse",
		},
		{
			name: "nobody ships Prometheus' libraries",
			file: "internal/metrics/a.go",
			text: "package metrics\nimport \"github.com/prometheus/client_golang/prometheus\"\n",
			want: "cost every server 3 MB",
		},
		{
			name: "config stops at cmd and lsp",
			file: "completion/a.go",
			text: "package completion\nimport \"" + Module + "/internal/config\"\n",
			want: "a small Options of their own",
		},
		{
			name: "the context package needs its name",
			file: "lsp/a.go",
			text: "package lsp\nimport \"" + Module + "/context\"\n",
			want: "import doccontext",
		},
		{
			name: "and has it",
			file: "lsp/a.go",
			text: "package lsp\nimport doccontext \"" + Module + "/context\"\n",
		},
		{
			name: "completion reads no file",
			file: "completion/a.go",
			text: "package completion\nimport \"os\"\n",
			want: "completion is pure and may not import os",
		},
		{
			name: "completion reads no clock, whatever it calls it",
			file: "completion/a.go",
			text: "package completion\nimport zeit \"time\"\nvar now = zeit.Now\n",
			want: "a.go:3: completion is pure and may not call time.Now",
		},
		{
			name: "durations are no clock",
			file: "completion/a.go",
			text: "package completion\nimport \"time\"\nconst pause = 3 * time.Second\n",
		},
		{
			name: "a deadline is a clock",
			file: "completion/a.go",
			text: "package completion\nimport \"context\"\nvar _ = context.WithTimeout\n",
			want: "may not call context.WithTimeout",
		},
		{
			name: "its tests may",
			file: "completion/a_test.go",
			text: "package completion\nimport (\"os\"; \"time\")\nvar _, _ = os.Args, time.Now\n",
		},
		{
			name: "stdout belongs to the protocol",
			file: "lsp/a.go",
			text: "package lsp\nimport \"fmt\"\nfunc f() { fmt.Println() }\n",
			want: "lsp may not use fmt.Println: stdout belongs to the protocol",
		},
		{
			name: "a generator may print",
			file: "internal/config/page/a.go",
			text: "package main\nimport \"fmt\"\nfunc main() { fmt.Println() }\n",
		},
		{
			name: "the library's server reorders edits",
			file: "lsp/a.go",
			text: "package lsp\nimport \"go.lsp.dev/protocol\"\nvar _ = protocol.NewServer\n",
			want: "out of order",
		},
		{
			name: "a bag by its clause",
			file: "internal/document/a.go",
			text: "package helpers\n",
			want: `named "helpers" says nothing`,
		},
		{
			name: "a bag by its folder",
			file: "internal/document/util/a.go",
			text: "package lines\n",
			want: `named "util" says nothing`,
		},
		{
			name: "as long as allowed",
			file: "completion/a.go",
			text: "package completion\n" + strings.Repeat("\n", maxLines-1),
		},
		{
			name: "too long",
			file: "completion/a.go",
			text: "package completion\n" + strings.Repeat("\n", maxLines),
			want: "401 lines, more than 400",
		},
		{
			name: "lsp is kept shorter",
			file: "lsp/a.go",
			text: "package lsp\n" + strings.Repeat("\n", maxLinesLSP),
			want: "301 lines, more than 300",
		},
		{
			name: "long with a reason",
			file: "lsp/a.go",
			text: "package lsp\n\n" + long + " one table, and a table is not divided\n" + strings.Repeat("\n", maxLines),
		},
		{
			name: "long without a reason",
			file: "lsp/a.go",
			text: "package lsp\n\n" + long + "\n" + strings.Repeat("\n", maxLines),
			want: "a.go:3: " + long + " needs a reason",
		},
		{
			name: "a generated file may be long",
			file: "lsp/a.go",
			text: "// Code generated by a test. DO NOT EDIT.\n\npackage lsp\n" + strings.Repeat("\n", maxLines),
		},
		{
			name: "a machine's path",
			file: "docs/a.md",
			text: "Look\nat /" + "work/main.\n",
			want: "docs/a.md:2: /" + "work/ is a path of one machine",
		},
		{
			name: "a path that only ends like one",
			file: "docs/a.md",
			text: "internal/" + "work/main and ~/" + "work/x\n",
		},
		{
			name: "a registry's host",
			file: "scripts/a",
			text: "curl https://registry" + ".npmjs.org/x\n",
			want: "a registry's host",
		},
		{
			name: "what git does not keep is not read",
			file: ".cache/util/a.go",
			text: "package util\n",
		},
		{
			name: "test data may look like anything",
			file: "internal/syntax/testdata/util.go",
			text: "not even Go\n",
		},
		{
			name: "a module of its own has its own rules",
			file: "other/util/a.go",
			text: "package util\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report, err := Check(fstest.MapFS{
				"go.mod":       {Data: []byte("module " + Module + "\n")},
				"other/go.mod": {Data: []byte("module other\n")},
				tt.file:        {Data: []byte(tt.text)},
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range report.Violations {
				got = append(got, v.String())
			}
			all := strings.Join(got, "\n")
			switch {
			case tt.want == "" && all != "":
				t.Errorf("violations that are none:\n%s", all)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(all, tt.want)):
				t.Errorf("got %q, want one violation with %q", all, tt.want)
			}
		})
	}
}

func TestASourceThatDoesNotParseIsAnError(t *testing.T) {
	_, err := Check(fstest.MapFS{"lsp/a.go": {Data: []byte("package")}})
	if err == nil {
		t.Error("no error for a file that is not Go")
	}
}

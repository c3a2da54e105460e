package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCut(t *testing.T) {
	c := insertCase{Raw: "ab😀c", Chunks: []int{0, 1, 4, 5, 7}}
	for how, want := range map[string][]string{
		chunksGiven: {"a", "b😀", "c"}, // no cut inside a character
		chunksBytes: {"a", "b", "😀", "c"},
		chunksWhole: {"ab😀c"},
	} {
		if got, err := c.cut(how); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q (%v), want %q", how, got, err, want)
		}
	}
	for _, at := range [][]int{{3, 1}, {9}} {
		if got, err := (insertCase{Raw: "abcd", Chunks: at}).cut(chunksGiven); err == nil {
			t.Errorf("cut at %v: %q", at, got)
		}
	}
	if got, err := c.cut("words"); err == nil {
		t.Errorf("words: %q", got)
	}
	if got, err := (insertCase{}).cut(chunksGiven); err != nil || got != nil {
		t.Errorf("an empty answer: %q, %v", got, err)
	}
}

func TestJudge(t *testing.T) {
	exact := insertCase{Accept: acceptExact, Prefix: "a(", Suffix: ")\n", Expected: "b"}
	none := insertCase{Accept: acceptNone, Prefix: "a(", Suffix: ")\n"}
	cut := insertCase{Accept: acceptPrefix, Prefix: "{\n", Suffix: "\n}\n", Expected: "one()\ntwo()\nthree()", Raw: "one()\ntwo()\nthr"}
	talk := cut
	talk.Raw = "Here is it:\n\n```\none()\ntwo()\nthr"
	early := cut
	early.Raw = "on"
	for _, c := range []struct {
		name   string
		c      insertCase
		doc    string
		want   string
		strict bool
	}{
		{"the wanted text", exact, "a(b)\n", "match", true},
		{"blanks at the end", exact, "a(b) \n\n", "match", false},
		{"another text", exact, "a(c)\n", "harm", false},
		{"blanks before", exact, "a( b)\n", "harm", false},
		{"nothing", exact, "a()\n", "abstain", false},
		{"nothing was due", none, "a()\n", "match", true},
		{"something, where nothing was due", none, "a(b)\n", "harm", false},
		{"the whole lines of a cut answer", cut, "{\none()\ntwo()\n}\n", "match", true},
		{"and the partial one", cut, "{\none()\ntwo()\nthr\n}\n", "match", true},
		{"a line is missing", cut, "{\none()\n}\n", "harm", false},
		{"nothing of a cut answer", cut, "{\n\n}\n", "abstain", false},
		{"other lines", cut, "{\nthree()\ntwo()\n}\n", "harm", false},
		{"the surroundings have changed", cut, "{one()\ntwo()\n}\n", "harm", false},
		{"talk before the code does not count", talk, "{\none()\ntwo()\n}\n", "match", true},
		{"no line was whole: nothing", early, "{\n\n}\n", "match", true},
	} {
		v := c.c.judge(c.doc)
		if v.String() != c.want || v.strict != c.strict {
			t.Errorf("%s: %q is %v (%+v), want %s, strict %v", c.name, c.doc, v, v, c.want, c.strict)
		}
	}
}

func TestPrintTally(t *testing.T) {
	var b strings.Builder
	cases := []insertCase{{Style: "x"}, {Style: "y"}, {Style: "y"}, {Style: "y"}}
	verdicts := []verdict{{match: true, strict: true}, {match: true}, {none: true}, {}}
	if err := printTally(&b, cases, verdicts); err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for line := range strings.Lines(b.String()) {
		got = append(got, strings.Fields(line))
	}
	for i, want := range []string{"1 100.0 100.0 0.0 0.0 x", "3 33.3 0.0 33.3 33.3 y", "4 50.0 25.0 25.0 25.0 ALL", "66.7 MEAN OF STYLES"} {
		if i+1 >= len(got) || strings.Join(got[i+1], " ") != want {
			t.Errorf("row %d is not %q in\n%s", i, want, b.String())
		}
	}
}

func TestApply(t *testing.T) {
	at := position{0, 3}
	for _, c := range []struct{ name, result, err, doc, trouble string }{
		{"an item with a range", `{"items":[{"insertText":"y","range":{"start":{"line":0,"character":2},"end":{"line":0,"character":4}}},{"insertText":"z"}]}`, "", "😀y\n", ""},
		{"an item without one", `{"items":[{"insertText":"y"}]}`, "", "😀ayb\n", ""},
		{"no item", `{"items":[]}`, "", "😀ab\n", ""},
		{"null", `null`, "", "😀ab\n", ""},
		{"an error", ``, `{"code":-32603}`, "😀ab\n", "-32603"},
		{"a range inside a character", `{"items":[{"insertText":"y","range":{"start":{"line":0,"character":1},"end":{"line":0,"character":4}}}]}`, "", "😀ab\n", "fits nowhere"},
		{"no list", `"items"`, "", "😀ab\n", "items"},
	} {
		end := insertEnd{doc: "😀ab\n"}
		r := reply{result: json.RawMessage(c.result)}
		if c.err != "" {
			r.err = json.RawMessage(c.err)
		}
		end.apply(r, at)
		if end.doc != c.doc || !strings.Contains(end.trouble, c.trouble) || (end.trouble == "") != (c.trouble == "") {
			t.Errorf("%s: %q, trouble %q; want %q, %q", c.name, end.doc, end.trouble, c.doc, c.trouble)
		}
	}
}

// built is the server, made for this test.
func built(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the server")
	}
	file := filepath.Join(t.TempDir(), "claude-lsp.exe")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", file, "../../cmd/claude-lsp").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

func TestInsertThroughTheBuiltServer(t *testing.T) {
	binary := built(t)
	var first []string
	for _, how := range []string{chunksGiven, chunksBytes, chunksWhole} {
		out := filepath.Join(t.TempDir(), "out.jsonl")
		var b strings.Builder
		err := insert(t.Context(), &b, []string{"-binary", binary, "-chunking", how, "-workers", "2", "-out", out, "testdata/insert.jsonl"})
		if err != nil {
			t.Fatal(err)
		}
		type written struct{ ID, Doc, Verdict string }
		lines, err := readLines[written](out)
		if err != nil {
			t.Fatal(err)
		}
		var docs []string
		for _, l := range lines {
			docs = append(docs, l.Doc)
			if l.Verdict != "match" {
				t.Errorf("%s: %s is %s:\n%s", how, l.ID, l.Verdict, l.Doc)
			}
		}
		if first == nil {
			first = docs
		}
		if len(docs) != 6 || !slices.Equal(docs, first) {
			t.Errorf("%s: the documents differ from the first ones:\n%q\n%q", how, docs, first)
		}
		if !strings.Contains(b.String(), "not asked upstream: 0; asked more than once: 0; errors: 0\n") {
			t.Errorf("%s:\n%s", how, b.String())
		}
	}
}

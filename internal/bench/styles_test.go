package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// drawn is a hole from a drawing: the text between « and » is the one that was
// taken out.
func drawn(name, lang, kind, text string) hole {
	prefix, rest, _ := strings.Cut(text, "«")
	want, suffix, _ := strings.Cut(rest, "»")
	return hole{path: name, lang: lang, kind: kind, prefix: prefix, want: want, suffix: suffix}
}

var (
	goHole = drawn("a/sum.go", "go", "body", "package a\n\nfunc sum(all []int) int {\n\tn := 0\n\tfor _, v := range all {\n\t\t«n += v\n\t\tlog(v)»\n\t}\n\treturn total(n)\n}\n")
	pyHole = drawn("a/greet.py", "python", "rest", "def greet(name):\n    text = «\"hi \" + name»\n    return text\n")
)

func TestHole(t *testing.T) {
	h := goHole
	for what, c := range map[string]struct{ got, want string }{
		"head":   {h.head(), "\t\t"},
		"tail":   {pyHole.tail(), ""},
		"above":  {h.above(2), "\tn := 0\n\tfor _, v := range all {\n"},
		"all":    {pyHole.above(9), "def greet(name):\n"},
		"below":  {h.below(2), "\n\t}\n\treturn total(n)"},
		"lead":   {h.lead(), "\t\t"},
		"filled": {pyHole.filled(0, 1), "    text = \"hi \" + name\n    return text"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", what, c.got, c.want)
		}
	}
	if lines, ok := h.lines(); !ok || !slices.Equal(lines, []string{"\t\tn += v", "\t\tlog(v)"}) {
		t.Errorf("lines: %q, %v", lines, ok)
	}
	if _, ok := pyHole.lines(); ok {
		t.Error("the rest of a line is no whole line")
	}
}

// What some of the styles say, drawn; ~ stands for a backtick.
func TestStylesSay(t *testing.T) {
	for _, c := range []struct {
		style string
		h     hole
		v     int
		raw   string
	}{
		{"echo_mark", pyHole, 0, "~~~python\n<CURSOR/>\"hi \" + name\n~~~"},
		{"echo_head_other_blanks", drawn("a.go", "go", "rest", "\tfoo(a, b, «c)»\n"), 0, "~~~go\n    foo(a,b, c)\n~~~"},
		{"dedented_all", goHole, 0, "~~~go\nn += v\nlog(v)\n~~~"},
		{"one_level_too_deep", goHole, 0, "~~~go\n\t\t\tn += v\n\t\t\tlog(v)\n~~~"},
		{"repeats_next_line_other_blanks", drawn("a.py", "python", "rest", "    a = «b»\n    return text + a\n"), 2, "~~~python\nb\n        return text + a\n~~~"},
		{"surplus_closer_line", goHole, 0, "~~~go\nn += v\n\t\tlog(v)\n\t}\n~~~"},
		{"fence_in_list_item", pyHole, 0, "- Insert this at the cursor:\n\n  ~~~python\n  \"hi \" + name\n  ~~~"},
		{"fence_in_block_quote", pyHole, 0, "> ~~~python\n> \"hi \" + name\n> ~~~"},
		{"fence_end_glued", pyHole, 0, "~~~python\n\"hi \" + name~~~"},
		{"indented_code_block", pyHole, 0, "Here is the missing code:\n\n    \"hi \" + name"},
		{"diff_with_context", goHole, 0, "~~~diff\n \tn := 0\n \tfor _, v := range all {\n+\t\tn += v\n+\t\tlog(v)\n \t}\n \treturn total(n)\n~~~"},
		{"json_object", pyHole, 0, `{"completion": "\"hi \" + name"}`},
		{"line_numbers", goHole, 0, "~~~go\n6 | n += v\n7 | \t\tlog(v)\n~~~"},
		{"code_span", pyHole, 0, "~\"hi \" + name~"},
		{"thinking_ant", pyHole, 1, "<antThinking>Let me look at the code. It ends in the middle of a line.</antThinking>\n~~~python\n\"hi \" + name\n~~~"},
		{"talk_let_me_know", pyHole, 2, "~~~python\n\"hi \" + name\n~~~\n\nI hope this helps! 🚀"},
		{"dedented_all", pyHole, 0, ""}, // it has one line
		{"fence_empty", pyHole, 1, "~~~\n\n~~~"},
		{"cut_in_closing_fence", pyHole, 1, "~~~python\n\"hi \" + name\n~~"},
		{"cut_in_line", goHole, 0, "~~~go\nn += v\n\t\tl"},
	} {
		i := slices.IndexFunc(answerStyles(), func(s answerStyle) bool { return s.name == c.style })
		if i < 0 {
			t.Errorf("there is no style %s", c.style)
			continue
		}
		a, ok := answerStyles()[i].say(c.h, c.v)
		if want := strings.ReplaceAll(c.raw, "~", "`"); ok != (want != "") || ok && a.raw != want {
			t.Errorf("%s:\n%q, %v, want\n%q", c.style, a.raw, ok, want)
		}
	}
}

// Every style must be able to say something, under a name of its own, and the
// same each time.
func TestStylesAreWhole(t *testing.T) {
	holes := []hole{
		goHole, pyHole,
		drawn("a/b.c", "c", "arguments", "int f(void)\n{\n\tint first = begin(everything, 1);\n\treturn call(1, «two, three», four);\n}\n\nint g;\n"),
		drawn("a/m.py", "python", "body", "class A:\n    def f(self, x):\n        y = x + 1\n        if y > 2:«\n            y = 0\n            x = 1»\n        return self.total(y, x)\n\n\ndef g():\n    pass\n"),
		drawn("a/s.js", "javascript", "statement", "// 1\n// 2\n// 3\n// 4\n// 5\n// 6\n// 7\n// 8\n// 9\n// 10\n// 11\nfunction f(list) {\n  const firstOfAll = list[0];\n  let n = 0;\n  «n += list.length;»\n  return round(n, 2);\n}\n// 1\n// 2\n// 3\n// 4\n// 5\n// 6\n// 7\n// 8\n"),
		drawn("a/t.sql", "sql", "chunk", "-- tables\n\n«CREATE TABLE t (\n  a int,\n  b int\n);»\n\nSELECT 1 FROM somewhere;\n"),
		drawn("a/t.py", "python", "body", "def f(a):\n    first = start_with(everything, a, 1)\n    second = go_on_with(first)\n    if a:\n        «b = [c for c in a]\n        return b»\n    return other(a)\n"),
	}
	accepts := []string{acceptExact, acceptNone, acceptBegins}
	stops := []string{"end_turn", "max_tokens"}
	seen := map[string]bool{}
	for _, s := range answerStyles() {
		if seen[s.name] || s.name == "" {
			t.Errorf("two styles are called %q", s.name)
		}
		seen[s.name] = true
		some := false
		for _, h := range holes {
			for v := range 8 {
				a, ok := s.say(h, v)
				if b, again := s.say(h, v); again != ok || !reflect.DeepEqual(a, b) {
					t.Errorf("%s says %q, and then %q", s.name, a.raw, b.raw)
				}
				if !ok {
					continue
				}
				some = true
				if a.raw == "" || !slices.Contains(accepts, a.accept) || !slices.Contains(stops, a.stop) {
					t.Errorf("%s: %+v", s.name, a)
				}
			}
		}
		if !some {
			t.Errorf("%s says nothing about any hole", s.name)
		}
	}
	if len(seen) < 45 {
		t.Errorf("there are %d styles", len(seen))
	}
}

func TestHalves(t *testing.T) {
	all := answerStyles()
	dev, held := halfOf(all, halfDev), halfOf(all, halfHeld)
	seen := map[string]int{}
	for _, s := range slices.Concat(dev, held) {
		seen[s.name]++
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s is in %d halves", name, n)
		}
	}
	if len(seen) != len(all) || len(dev)-len(held) > 1 || len(held) > len(dev) {
		t.Errorf("%d and %d of %d", len(dev), len(held), len(all))
	}
}

func TestStylesCutsHoles(t *testing.T) {
	dir := t.TempDir()
	text := "package a\n\nimport \"fmt\"\n\n// Sum adds all numbers of a list together.\nfunc Sum(all []int) int {\n\tn := 0\n\tfor _, v := range all {\n\t\tif v > 0 {\n\t\t\tn += v\n\t\t\tfmt.Println(v, \"is added\")\n\t\t}\n\t}\n\treturn n\n}\n\nfunc twice(n int) int {\n\tif n == 0 {\n\t\treturn 0\n\t} else {\n\t\treturn n * 2\n\t}\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "sum.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	made := func(args ...string) string {
		var out bytes.Buffer
		if err := styles(t.Context(), &out, append(args, dir)); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first := made("-n", "2")
	if first != made("-n", "2") {
		t.Error("equal seeds made other cases")
	}
	if first == made("-n", "2", "-seed", "9") {
		t.Error("another seed made the same cases")
	}
	if got := made("-compose", "5", "-n", "1"); !strings.Contains(got, "+") {
		t.Errorf("nothing was composed: %s", got)
	}
	file := filepath.Join(dir, "cases.jsonl")
	if err := os.WriteFile(file, []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	cases, err := readLines[insertCase](file)
	if err != nil {
		t.Fatal(err)
	}
	per := map[string]int{}
	for _, c := range cases {
		per[c.Style]++
		if _, err := c.cut(chunksGiven); err != nil {
			t.Error(err)
		}
		if c.Accept == acceptExact && c.judge(c.Prefix+c.Expected+c.Suffix).String() != "match" {
			t.Errorf("%s does not accept what it expects", c.ID)
		}
	}
	for _, n := range per {
		if n > 2 {
			t.Errorf("more than two cases of a style: %v", slices.Collect(maps.Values(per)))
			break
		}
	}
	// Its own cases are a source too.
	var again bytes.Buffer
	if err := styles(t.Context(), &again, []string{"-n", "1", file}); err != nil || again.Len() == 0 {
		t.Errorf("from a case file: %d bytes, %v", again.Len(), err)
	}
}

func TestJudgeOfStyles(t *testing.T) {
	begins := insertCase{Accept: acceptBegins, Prefix: "{\n", Suffix: "\n}\n", Expected: "one()\ntwo()"}
	also := insertCase{Accept: acceptExact, Prefix: "a(", Suffix: ")\n", Expected: "b", Also: []string{"c", ""}}
	for _, c := range []struct {
		c    insertCase
		doc  string
		want string
	}{
		{begins, "{\n\n}\n", "match"},
		{begins, "{\none()\ntw\n}\n", "match"},
		{begins, "{\none()\ntwo()\nthree()\n}\n", "harm"},
		{begins, "{\ntwo()\n}\n", "harm"},
		{also, "a(b)\n", "match"},
		{also, "a(c)\n", "match"},
		{also, "a()\n", "match"},
		{also, "a(d)\n", "harm"},
	} {
		if got := c.c.judge(c.doc).String(); got != c.want {
			t.Errorf("%q with %s: %s, want %s", c.doc, c.c.Accept, got, c.want)
		}
	}
}

package completion

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/script"
)

var smallPeers = []peer{
	{filter: "llm-ls: should_complete", rows: []fit{
		{"a block on an empty line", "func f() {\n\t‸\n}\n", fenced("a()\n\tb()"), "func f() {\n\ta()\n\tb()‸\n}\n"},
	}},
	{filter: "llm-ls: should_complete", ask: how{reason: ReasonMidWord}, rows: []fit{
		{"nothing inside a word", "\tre‸turn\n", fenced("a()"), ""},
	}},
	{filter: "llm-ls: tokens_to_clear", ask: how{bare: true}, rows: []fit{
		{"a token behind the code", "x := ‸\n", "1<|eot_id|>", "x := 1‸\n"},
		{"a token on a line of its own", "\tbegin()\n\t‸\n", "a()\n\tb()\n<|im_end|>\n", "\tbegin()\n\ta()\n\tb()‸\n"},
	}},
	{filter: "llm-ls: first-line cut", ask: how{multiline: MultilineNever}, rows: []fit{
		{"one line, because the user said so", "\tbegin()\n\t‸\n", fenced("a()\n\tb()"), "\tbegin()\n\ta()‸\n"},
	}},
	{filter: "llama.vim: empty", rows: []fit{{"an empty fence", "x := ‸\n", "```\n```", ""}}},
	{filter: "llama.vim: equals following lines", rows: []fit{
		{"a line, and then what follows", "\t‸\n\tnext := head.next\n\thead.next = prev\n", fenced("prev := head\n\tnext := head.next\n\thead.next = prev"), "\tprev := head‸\n\tnext := head.next\n\thead.next = prev\n"},
	}},
	{filter: "llama.vim: equals line suffix", rows: []fit{
		{"exactly the rest of the line", "\tf(a‸, b)\n", fenced(", b)"), ""},
	}},
	{filter: "llama.vim: completes to next line", rows: []fit{
		{"the next line is what it would become", "\tcount := ‸\n\tcount := len(items)\n", fenced("len(items)"), ""},
		{"and the line after that too", "\ttotal‸\n\ttotal += price\n\tcount++\n", fenced(" += price\n\tcount++"), ""},
	}},
	{filter: "llama.vim: completes to next line", eager: true, rows: []fit{
		{"a short line may come twice", "\tend‸\n\tend()\n", fenced("()"), "\tend()‸\n\tend()\n"},
	}},
	{filter: "llama.vim: suffix overlap or line 1", rows: []fit{
		{"an overlap with the rest of the line", "\tf(‸) {\n", fenced("a, b) {"), "\tf(a, b‸) {\n"},
		{"a line for here, and the rest of the line before another", "\tx := f(‸)\n\ty()\n", fenced("a, b)\n\tz()"), "\tx := f(a, b)\n\tz(‸)\n\ty()\n"},
	}},
	{filter: "llama.vim: leading whitespace on blank line", rows: []fit{
		{"indentation twice", "\tif a {\n\t\t‸\n\t}\n", fenced("\t\tb()\n\t\tc()"), "\tif a {\n\t\tb()\n\t\tc()‸\n\t}\n"},
	}},

	{filter: "minuet: overlap after cursor", rows: []fit{
		{"a long one", "\t‸\n\treturn nil, errors.New(\"no\")\n", fenced("n++\n\treturn nil, errors.New(\"no\")"), "\tn++‸\n\treturn nil, errors.New(\"no\")\n"},
		{"a short one", "\t‸\n\treturn\n", fenced("n++\n\treturn"), "\tn++‸\n\treturn\n"},
	}},
	{filter: "minuet: overlap before cursor", rows: []fit{
		{"the word that was begun", "\tx := tot‸\n", fenced("total + 1"), "\tx := total + 1‸\n"},
	}},
	{filter: "minuet: overlap before cursor", eager: true, rows: []fit{
		{"letters that are another word's", "\tfor i := range in ‸\n", fenced("index"), "\tfor i := range in index‸\n"},
	}},
	{filter: "minuet: trim", rows: []fit{{"blanks at both ends", "\tx := ‸\n", fenced("\n  1\n\n"), "\tx := 1‸\n"}}},
	{filter: "minuet: dedupe", ask: how{invoked: true}, rows: []fit{
		{"the same three times", "x := ‸\n", "```\n1\n```\n```\n1\n```\n```\n1\n```", "x := 1‸\n"},
	}},
	{filter: "minuet: prepend partial word", rows: []fit{
		{"the word from its start", "\tuser.na‸\n", fenced("name = x"), "\tuser.name = x‸\n"},
		{"the word from where it stands", "\tuser.na‸\n", fenced("me = x"), "\tuser.name = x‸\n"},
	}},

	{filter: "twinny: bracket balance", in: "python", rows: []fit{
		{"brackets that are there", "print(f(‸))\n", fenced("x))"), "print(f(x‸))\n"},
		{"one of them", "print(f(‸))\n", fenced("x)"), "print(f(x‸))\n"},
		{"one too many of them", "print(f(‸))\n", fenced("g(x)))"), "print(f(g(x)‸))\n"},
		{"nothing but them", "print(f(‸))\n", fenced("))"), ""},
		{"a bracket in a string", "print(‸)\n", fenced("\":)\""), "print(\":)\"‸)\n"},
	}},
	{filter: "twinny: bracket balance", eager: true, rows: []fit{
		{"brackets that close the block around", "func f() {\n\tg(func() {\n\t\th()\n\t‸\n\treturn\n}\n", fenced("})"), "func f() {\n\tg(func() {\n\t\th()\n\t})‸\n\treturn\n}\n"},
	}},
	{filter: "twinny: file label", rows: []fit{
		{"the name of the file", "x := ‸\n", fenced("// File: a.go\n1"), "x := 1‸\n"},
		{"what language it is in", "x := ‸\n", fenced("// Language: go\n1"), "x := 1‸\n"},
	}},
	{filter: "twinny: next lines similar", rows: []fit{
		{"the next three lines", "\t‸\n\topen(door)\n\twalk(in)\n\tshut(door)\n", fenced("open(door)\n\twalk(in)\n\tshut(door)"), ""},
		{"the next three lines, one with a slip", "\t‸\n\topen(door)\n\twalk(through, slowly)\n\tshut(door)\n", fenced("open(door)\n\twalk(thru, slowly)\n\tshut(door)"), ""},
	}},
	{filter: "twinny: duplicate quotes", rows: []fit{
		{"the quote that is there", "\tx := \"‸\"\n", fenced("a\""), "\tx := \"a‸\"\n"},
		{"both quotes", "\tx := \"‸\"\n", fenced("\"a\""), "\tx := \"a‸\"\n"},
	}},
	{filter: "twinny: duplicate quotes", eager: true, rows: []fit{
		{"a string that is ended and begun again", "\tx := \"a‸\"\n", fenced("\" + b + \""), "\tx := \"a\" + b + \"‸\"\n"},
		{"the same at its start", "\tx := \"‸\"\n", fenced("\" + b + \""), "\tx := \"\" + b + \"‸\"\n"},
	}},
	{filter: "twinny: mid-word quotes", rows: []fit{
		{"a word in quotes goes on", "\tx := \"na‸\"\n", fenced("me"), "\tx := \"name‸\"\n"},
		{"a word in quotes from its start", "\tx := \"na‸\"\n", fenced("\"name\""), "\tx := \"name‸\"\n"},
	}},
	{filter: "twinny: overlap with rest of line", rows: []fit{
		{"the rest of the line again", "\tx := ‸ + 1\n", fenced("n + 1"), "\tx := n‸ + 1\n"},
	}},
	{filter: "twinny: skip mid-word", ask: how{reason: ReasonMidWord}, rows: []fit{
		{"in front of a letter", "\tx := na‸me\n", fenced("m"), ""},
	}},
	{filter: "twinny: similar to rest of line", ask: how{invoked: true}, rows: []fit{
		{"the rest of the line and nothing else", "\tx := ‸total(values)\n", fenced("total(values)"), ""},
		{"the rest of the line with a slip", "\tx := ‸total(values)\n", fenced("total(value)"), ""},
	}},
	{filter: "twinny: similar to rest of line", eager: true, ask: how{invoked: true}, rows: []fit{
		{"a sister of the rest of the line", "\tx := ‸ + heights[1]\n", fenced("heights[0]"), "\tx := heights[0]‸ + heights[1]\n"},
	}},
	{filter: "twinny: blank characters", ask: how{end: EndRepetition}, rows: []fit{
		{"blanks without an end", "\tx := ‸\n", "```\n" + strings.Repeat(" ", 300), ""},
		{"line breaks without an end", "\tbegin()\n\t‸\n", "```\na()\n" + strings.Repeat("\n", 300), "\tbegin()\n\ta()‸\n"},
	}},
	{filter: "twinny: complete node", ask: how{end: EndClosed}, rows: []fit{
		{"the code is whole", "\tbegin()\n\t‸\n", "```\nif a {\n\t\tb()\n\t}\n```\n", "\tbegin()\n\tif a {\n\t\tb()\n\t}‸\n"},
	}},

	{filter: "lsp-ai: extractor", rows: []fit{
		{"a fence among words", "x := ‸\n", "So:\n```go\n1\n```\nThat is it.", "x := 1‸\n"},
	}},
	{filter: "lsp-ai: extractor", eager: true, rows: []fit{
		{"no fence at all", "x := ‸\n", "f(1)", "x := f(1)‸\n"},
	}},
	{filter: "lsp-ai: remove_duplicate_start", rows: []fit{
		{"the start of the line", "\tif err := load(‸\n", fenced("if err := load(name); err != nil {"), "\tif err := load(name); err != nil {‸\n"},
	}},
	{filter: "lsp-ai: remove_duplicate_end", rows: []fit{
		{"the end of the line", "\tload(‸, nil)\n", fenced("name, nil)"), "\tload(name‸, nil)\n"},
	}},
	{filter: "lsp-ai: remove_duplicate_end", eager: true, rows: []fit{
		{"a bracket of the answer's own", "\tload(‸)\n", fenced("name()"), "\tload(name()‸)\n"},
		{"a letter of the answer's own", "\tx := ‸\n\tn()\n", fenced("min"), "\tx := min‸\n\tn()\n"},
	}},

	{filter: "hexai: strip fences", rows: []fit{
		{"a fence", "x := ‸\n", "~~~go\n1\n~~~", "x := 1‸\n"},
		{"a code span", "x := ‸\n", "`f(1)`", "x := f(1)‸\n"},
	}},
	{filter: "hexai: duplicate assignment prefix", rows: []fit{
		{"the name and the sign", "\tmatrix[i] = ‸\n", fenced("matrix[i] = 0"), "\tmatrix[i] = 0‸\n"},
	}},
	{filter: "hexai: duplicate general prefix", in: "haskell", rows: []fit{
		{"an equation from its start", "fact 0 = 1\nfact n = ‸\n", fenced("fact n = n * fact (n - 1)"), "fact 0 = 1\nfact n = n * fact (n - 1)‸\n"},
		{"an equation with brackets", "len [] = 0\nlen (x:xs) = ‸\n", fenced("len (x:xs) = 1 + len xs"), "len [] = 0\nlen (x:xs) = 1 + len xs‸\n"},
		{"the equations from the first one", "fact 0 = 1\nfact n ‸\n", fenced("fact 0 = 1\nfact n = n * fact (n - 1)"), "fact 0 = 1\nfact n = n * fact (n - 1)‸\n"},
	}},
	{filter: "hexai: duplicate general prefix", eager: true, rows: []fit{
		{"a name that comes again", "\tn = ‸\n", fenced("n + 1"), "\tn = n + 1‸\n"},
		{"an element of itself", "\titems = ‸\n", fenced("items.next"), "\titems = items.next‸\n"},
	}},
	{filter: "hexai: indent of prompts", in: "python", rows: []fit{
		{"code below a comment that asks for it", "def f():\n    # add them up\n    ‸\n", fenced("total = 0\nfor x in xs:\n    total += x"), "def f():\n    # add them up\n    total = 0\n    for x in xs:\n        total += x‸\n"},
	}},

	{filter: "zed: reject reasons", ask: how{reason: ReasonUnfit}, rows: []fit{
		{"what does not fit says so", "\tf(‸, b)\n", fenced("g(a"), ""},
	}},
	{filter: "zed: reject reasons", ask: how{reason: ReasonNothing}, rows: []fit{
		{"nothing to say is another reason", "x := ‸\n", "", ""},
	}},
}

// What a popular format needs most: the next key of an item.
func TestItemsOfYAML(t *testing.T) {
	check(t, "yaml", []fit{
		{"keys of an item", "steps:\n  - name: a\n    run: b\n  - ‸\n", fenced("name: c\n    run: d"), "steps:\n  - name: a\n    run: b\n  - name: c\n    run: d‸\n"},
		{"keys of an item, to the left", "steps:\n  - name: a\n    run: b\n  - ‸\n", fenced("name: c\nrun: d"), "steps:\n  - name: a\n    run: b\n  - name: c\n    run: d‸\n"},
		{"keys of an item, in steps of two", "steps:\n  - name: a\n    run: b\n  - ‸\n", fenced("name: c\n  run: d"), "steps:\n  - name: a\n    run: b\n  - name: c\n    run: d‸\n"},
		{"keys of an item at the margin", "- name: a\n  run: b\n- ‸\n", fenced("name: c\n  run: d"), "- name: a\n  run: b\n- name: c\n  run: d‸\n"},
		{"keys below a first one that is begun", "a:\n  - name: b\n    run: c\n  - name: ‸\n", fenced("d\nrun: e"), "a:\n  - name: b\n    run: c\n  - name: d\n    run: e‸\n"},
		{"keys of keys", "a:\n  - name: b\n    with:\n      x: 1\n  - ‸\n", fenced("name: c\nwith:\n  y: 2"), "a:\n  - name: b\n    with:\n      x: 1\n  - name: c\n    with:\n      y: 2‸\n"},
		{"the key and the next item", "a:\n  - name: b\n    ‸\n", fenced("run: 1\n  - name: d\n    run: e"), "a:\n  - name: b\n    run: 1\n  - name: d\n    run: e‸\n"},
		{"items, with their mark", "steps:\n  - name: a\n    run: b\n  - ‸\n", fenced("- name: c\n    run: d\n  - name: e\n    run: f"), "steps:\n  - name: a\n    run: b\n  - name: c\n    run: d\n  - name: e\n    run: f‸\n"},
	})
}

// The lines that are there are shown to somebody who waits, though more come.
func testShowsWhatIsThere(t *testing.T) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := engineOf(script.Answer{Chunks: []string{"```\na()\n", "\tb()\n", "\tc("}, First: 400 * time.Millisecond, Each: 100 * time.Millisecond, Hang: true})
		defer e.Close()
		began := time.Now()
		answer, err := e.Complete(t.Context(), at(t, "go", "\tz()\n\t‸\n"))
		if err != nil || len(answer.Candidates) != 1 || answer.Candidates[0].Text != "a()\n\tb()" || !answer.Partial {
			t.Errorf("got %+v, %v", answer, err)
		}
		if took := time.Since(began); took != 400*time.Millisecond+patience {
			t.Errorf("shown after %v", took)
		}
	})
}

// An answer without an end is left when nobody reads it any more.
func testEndlessAnswer(t *testing.T) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		endless := script.Answer{Each: 100 * time.Millisecond, Chunks: []string{"```\n"}}
		for i := range 3000 {
			endless.Chunks = append(endless.Chunks, fmt.Sprintf("step%d(%d)\n\t", i*i, i))
		}
		e := engineOf(endless)
		defer e.Close()
		began := time.Now()
		answer, _ := e.Complete(t.Context(), at(t, "go", "\tz()\n\t‸\n"))
		if len(answer.Candidates) != 1 || !answer.Partial || time.Since(began) > 2*patience {
			t.Errorf("got %+v after %v", answer, time.Since(began))
		}
		time.Sleep(graceShown)
		synctest.Wait()
		if c := e.model.Counts(); c.Live != 0 || c.Aborted != 1 {
			t.Errorf("streams %+v", c)
		}
	})
}

// What is not what was typed is not shown.
func testTypedSomethingElse(t *testing.T) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		y := typing(t, "x := ‸\n", "```\nalpha()\n```", "```\n1\n```")
		y.shows(y.ask(false), "alpha()")
		y.shows(y.write("al"), "pha()")
		y.shows(y.write("b"), "1")
		y.questions(2)
	})
}

// What is shown while an answer arrives is the beginning of what is shown next,
// in the same candidate.
func testGrowsOnly(t *testing.T) {
	t.Helper()
	e := engineOf(script.Answer{Chunks: chunksOf("```go\nif a {\n\t\tb(c)\n\t}\n\treturn\n```", 3)})
	shown, id := "", ""
	for a := range e.Stream(t.Context(), at(t, "go", "func f() {\n\t‸\n}\n")) {
		if len(a.Candidates) != 1 || !strings.HasPrefix(a.Candidates[0].Text, shown) || id != "" && a.Candidates[0].ID != id {
			t.Fatalf("after %q in %q: %+v", shown, id, a)
		}
		shown, id = a.Candidates[0].Text, a.Candidates[0].ID
	}
	if want := "if a {\n\t\tb(c)\n\t}\n\treturn"; shown != want {
		t.Errorf("at last %q", shown)
	}
}

package completion

import (
	"slices"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A fit is one row of the tables below: an answer in a place.
type fit struct {
	name   string
	text   string // the document, with the cursor drawn
	answer string // as the model gives it; code is put into a fence by fenced
	want   string // the whole document afterwards, with the cursor where the insertion ends; "" for no change
}

// play reads answer as a stream of chunks of size bytes, or as one chunk, and
// returns the document with the first suggestion in it.
func play(t testing.TB, language string, row fit, size int, stop model.Stop) string {
	t.Helper()
	p := drawn(t, language, row.text)
	p.path = "dir/a.go"
	rd := &reading{place: p, form: aBlock, limit: 1}
	var settled []fitted
	for rest := row.answer; rest != ""; {
		n := len(rest)
		if size > 0 {
			n = min(n, size)
		}
		if rd.add(model.Chunk{Text: rest[:n], Markdown: true}) {
			break
		}
		rest = rest[n:]
		rd.growing()
		extends(t, settled, rd.settled)
		settled = rd.settled
	}
	found, _ := rd.finish(stop, false)
	extends(t, settled, found)
	if all, _ := choose(p, rd.fence.parts, aBlock, 1, true, rd.cut); !slices.Equal(all, found) {
		t.Errorf("what had settled binds the answer to %+v, which is %+v", found, all)
	}
	if len(found) == 0 {
		return ""
	}
	before, after, _ := strings.Cut(row.text, cursor)
	return before + found[0].text + cursor + after[found[0].to:]
}

func check(t *testing.T, language string, rows []fit) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Helper()
			for _, size := range []int{0, 1, 7} {
				if got := play(t, language, row, size, model.StopEnd); got != row.want {
					t.Errorf("in chunks of %d:\n%s\n--- want\n%s", size, got, row.want)
				}
			}
		})
	}
}

// fenced is code as the model was asked to give it.
func fenced(code string) string { return "```\n" + code + "\n```" }

func TestEcho(t *testing.T) {
	check(t, "go", []fit{
		{"the line again", "\treturn so‸", fenced("return sort(x)"), "\treturn sort(x)‸"},
		{"the line again, with its indentation", "\treturn so‸", fenced("\treturn sort(x)"), "\treturn sort(x)‸"},
		{"the line again, with other blanks", "\tx  :=  ‸", fenced("x := 1"), "\tx  :=  1‸"},
		{"the word again", "\tx := foo.ba‸", fenced("bar()"), "\tx := foo.bar()‸"},
		{"the end of the line again", "\tx := foo.‸", fenced("foo.bar()"), "\tx := foo.bar()‸"},
		{"a word that only begins alike", "\tfor in ‸", fenced("int(x)"), "\tfor in int(x)‸"},
		{"one letter is no evidence", "\tx := n‸", fenced("nums"), "\tx := nnums‸"},
		{"a bracket that is needed", "\tx := max(‸", fenced("max(a, b), c)"), "\tx := max(max(a, b), c)‸"},
		{"a bracket that is not", "\tx := max(‸)", fenced("max(a, b)"), "\tx := max(a, b‸)"},
		{"the line above", "\ta := 1\n\t‸\n", fenced("\ta := 1\n\tb := 2"), "\ta := 1\n\tb := 2‸\n"},
		{"lines above", "func f() {\n\ta := 1\n\t‸\n}", fenced("func f() {\n\ta := 1\n\tb := 2"), "func f() {\n\ta := 1\n\tb := 2‸\n}"},
		{"a closing line like the one above", "\tif a {\n\t}\n\tif b {\n\t\tc()\n\t‸", fenced("}"), "\tif a {\n\t}\n\tif b {\n\t\tc()\n\t}‸"},
		{"a line like the one above, but deeper in another block", "\tif a {\n\t\treturn 1\n\t}\n\t‸\n}", fenced("\treturn 1"), "\tif a {\n\t\treturn 1\n\t}\n\treturn 1‸\n}"},
		{
			"the whole function",
			"func f(x int) int {\n\tif x > 1 {\n\t\t‸\n\t}\n\treturn 0\n}\n",
			fenced("func f(x int) int {\n\tif x > 1 {\n\t\treturn 1\n\t}\n\treturn 0\n}"),
			"func f(x int) int {\n\tif x > 1 {\n\t\treturn 1‸\n\t}\n\treturn 0\n}\n",
		},
		{
			"the whole function, from the middle of a line",
			"func f(x int) int {\n\tfor i := ‸; i < x; i++ {\n\t\tg(i)\n\t}\n}\n",
			fenced("func f(x int) int {\n\tfor i := 0; i < x; i++ {\n\t\tg(i)\n\t}\n}"),
			"func f(x int) int {\n\tfor i := 0‸; i < x; i++ {\n\t\tg(i)\n\t}\n}\n",
		},
		{
			"the whole function, to the left",
			"type t struct{}\n\n\tfunc f(x int) int {\n\t\ta := 1\n\t\t‸\n\t}\n",
			fenced("func f(x int) int {\n\ta := 1\n\tif a > x {\n\t\treturn a\n\t}\n}"),
			"type t struct{}\n\n\tfunc f(x int) int {\n\t\ta := 1\n\t\tif a > x {\n\t\t\treturn a\n\t\t}‸\n\t}\n",
		},
		{
			"the whole function with its comment left out",
			"// f does.\nfunc f(x int) int {\n\t// One.\n\tone := first(x)\n\ttwo := second(x)\n\t‸\n}\n",
			fenced("func f(x int) int {\n\tone := first(x)\n\ttwo := second(x)\n\treturn one + two\n}"),
			"// f does.\nfunc f(x int) int {\n\t// One.\n\tone := first(x)\n\ttwo := second(x)\n\treturn one + two‸\n}\n",
		},
		{
			"the function written anew: no one can say where",
			"func compute(x int) int {\n\ta := x\n\t‸\n\treturn a\n}\n",
			fenced("func compute(x int) int {\n\tsum := 0\n\treturn sum + x\n}"),
			"",
		},
		{"nothing but what is there", "\ta := 1\n\t‸\n", fenced("\ta := 1"), ""},
		{
			"the lines around, with what is left out named",
			"func f() {\n\tone := first(x)\n\ttwo := second(x)\n\t‸\n\treturn three(one)\n}\n",
			fenced("// ...\n\tone := first(x)\n\ttwo := second(x)\n\tuse(two)\n\treturn three(one)\n// ..."),
			"func f() {\n\tone := first(x)\n\ttwo := second(x)\n\tuse(two)‸\n\treturn three(one)\n}\n",
		},
		{"the brace above and the one below", "\tfor a < b\n\t{\n\t\t‸\n\t}\n", fenced("\t{\n\t\ta++\n\t}"), "\tfor a < b\n\t{\n\t\ta++‸\n\t}\n"},
		{"a line of signs", "x := `\n~~~~~~~~\n‸\n`", fenced("~~~~~~~~\na"), "x := `\n~~~~~~~~\na‸\n`"},
		{"the name of the file", "x := ‸\n", fenced("// File: a.go\n1"), "x := 1‸\n"},
		{"the mark", "\tx := ‸", fenced("1<CURSOR/>"), "\tx := 1‸"},
	})
}

func TestOverlap(t *testing.T) {
	check(t, "go", []fit{
		{"the closing bracket", "\tf(‸)\n", fenced("x)"), "\tf(x‸)\n"},
		{"a closing bracket of its own", "\tf(‸)\n", fenced("g(x)"), "\tf(g(x)‸)\n"},
		{"bracket and brace", "\tif f(‸) {\n\t}\n", fenced("x) {"), "\tif f(x‸) {\n\t}\n"},
		{"the quote", "\tf(\"‸\")\n", fenced("a\")"), "\tf(\"a‸\")\n"},
		{"a semicolon", "\tx := ‸;\n", fenced("1;"), "\tx := 1‸;\n"},
		{"words behind the cursor", "\tx := ‸ + rest\n", fenced("1 + rest"), "\tx := 1‸ + rest\n"},
		{"the next line", "\t‸\n\treturn nil\n", fenced("x := 1\n\treturn nil"), "\tx := 1‸\n\treturn nil\n"},
		{"several lines", "\t‸\n\n\ta()\n\tb()\n", fenced("x := 1\n\n\ta()\n\tb()"), "\tx := 1‸\n\n\ta()\n\tb()\n"},
		{"the next line, deeper: another one", "\tif a {\n\t\t‸\n\t}\n\treturn nil\n", fenced("if b {\n\t\t\treturn nil\n\t\t}"), "\tif a {\n\t\tif b {\n\t\t\treturn nil\n\t\t}‸\n\t}\n\treturn nil\n"},
		{"the block's brace", "func f() {\n\t‸\n}\n", fenced("x()\n}"), "func f() {\n\tx()‸\n}\n"},
		{"both braces", "func f() {\n\tif a {\n\t\t‸\n\t}\n}\n", fenced("x()\n\t}\n}"), "func f() {\n\tif a {\n\t\tx()‸\n\t}\n}\n"},
		{"a brace of its own", "func f() {\n\t‸\n}\n", fenced("if a {\n\t\tx()\n\t}"), "func f() {\n\tif a {\n\t\tx()\n\t}‸\n}\n"},
		{"a brace that is missing", "func f() {\n\tif a {‸\n}\n", fenced("\n\t\tx()\n\t}"), "func f() {\n\tif a {\n\t\tx()\n\t}‸\n}\n"},
		{
			"it goes on differently",
			"\t‸\n\n\tfirst(thing)\n\tsecond(thing)\n\tthird(thing)\n",
			fenced("x := 1\n\n\tfirst(thing)\n\tsecond(thing)\n\tfourth(other)"),
			"\tx := 1‸\n\n\tfirst(thing)\n\tsecond(thing)\n\tthird(thing)\n",
		},
		{"all of it is there", "\t‸\n\treturn nil\n", fenced("return nil"), ""},
		{"the rest of the line is replaced", "func f(‸)\n", fenced("a int) (b int) {"), "func f(a int) (b int) {‸\n"},
		{"it leaves the brackets worse", "\tf(‸, b)\n", fenced("g(a"), ""},
		{"a brace too many, with text between", "func f() {\n\t‸\n\ty()\n}\n", fenced("x()\n}\n}"), "func f() {\n\tx()‸\n\ty()\n}\n"},
	})
	check(t, "python", []fit{
		{"a shallower return is another one", "def f(x):\n    if x:\n        ‸\n    return x\n", fenced("return x"), "def f(x):\n    if x:\n        return x‸\n    return x\n"},
		{"in the middle of a word", "ret‸\n", fenced("urn (m"), "return (m‸\n"},
	})
	check(t, "ruby", []fit{
		{"end", "def f\n  ‸\nend\n", fenced("x\nend"), "def f\n  x‸\nend\n"},
	})
}

func TestIndentation(t *testing.T) {
	check(t, "python", []fit{
		{"as the document has it, but for the first line", "def f():\n    ‸\n", fenced("if a:\n        b()\n    c()"), "def f():\n    if a:\n        b()\n    c()‸\n"},
		{"as the document has it", "def f():\n    ‸\n", fenced("    if a:\n        b()\n    c()"), "def f():\n    if a:\n        b()\n    c()‸\n"},
		{"to the left", "def f():\n    ‸\n", fenced("if a:\n    b()\nc()"), "def f():\n    if a:\n        b()\n    c()‸\n"},
		{"to the left, on an empty line", "def f():\n    a()\n‸\n    c()\n", fenced("b()"), "def f():\n    a()\n    b()‸\n    c()\n"},
		{"with tabs", "def f():\n    a()\n    ‸\n", fenced("if a:\n\t\tb()\n\tc()"), "def f():\n    a()\n    if a:\n        b()\n    c()‸\n"},
		{"out of the block", "def f():\n    for a in b:\n        if a:\n            ‸\n    return 1\n", fenced("c()\n        else:\n            d()"), "def f():\n    for a in b:\n        if a:\n            c()\n        else:\n            d()‸\n    return 1\n"},
		{"a dedent that all of it has", "def f():\n    for a in b:\n        if a:\n            ‸\n", fenced("    c()\nelse:\n    d()"), "def f():\n    for a in b:\n        if a:\n            c()\n        else:\n            d()‸\n"},
		{"inside a string it is text", "x = \"\"\"\n  ‸\n\"\"\"\n", fenced("a\n      b"), "x = \"\"\"\n  a\n      b‸\n\"\"\"\n"},
	})
	check(t, "go", []fit{
		{"with spaces", "func f() {\n\t‸\n}\n", fenced("if a {\n    b()\n}"), "func f() {\n\tif a {\n\t\tb()\n\t}‸\n}\n"},
		{"with two spaces", "func f() {\n\t‸\n}\n", fenced("if a {\n  if b {\n    c()\n  }\n}"), "func f() {\n\tif a {\n\t\tif b {\n\t\t\tc()\n\t\t}\n\t}‸\n}\n"},
		{"behind an opening brace", "func f() {‸\n}\n", fenced("\treturn"), "func f() {\n\treturn‸\n}\n"},
		{"a line break that is meant", "func f() {‸\n}\n", fenced("\n\treturn"), "func f() {\n\treturn‸\n}\n"},
		{"a line break that is layout", "\tx := ‸\n", fenced("\n1"), "\tx := 1‸\n"},
		{"below a comment", "func f() {\n\t// Sort them.‸\n}\n", fenced("\tsort(x)"), "func f() {\n\t// Sort them.\n\tsort(x)‸\n}\n"},
		{"in a flat file", "func f() {\na()\nif b {\n‸\n}\n}\n", fenced("c()\nd()"), "func f() {\na()\nif b {\nc()\nd()‸\n}\n}\n"},
	})
}

func TestTalk(t *testing.T) {
	check(t, "go", []fit{
		{"a sentence before and after", "\tx := ‸", "Sure! Here it is:\n\n```go\n1\n```\n\nThis sets x to one.", "\tx := 1‸"},
		{"no fence", "\tx := ‸", "1", "\tx := 1‸"},
		{"no fence, a sentence before", "\tx := ‸", "Here is the missing code:\n\nf(1)", "\tx := f(1)‸"},
		{"no fence, an explanation after", "\tx := ‸", "f(1)\n\nExplanation:\n- The call gives the number.\n- It is short.", "\tx := f(1)‸"},
		{"another language", "\tx := ‸", "Hier ist der fehlende Code:\n\nf(1)", "\tx := f(1)‸"},
		{"a span", "\tx := ‸", "`f(1)`", "\tx := f(1)‸"},
		{"a span behind a lead-in", "\tx := ‸", "You can insert: `f(1)`.", "\tx := f(1)‸"},
		{"spans in talk", "\tx := ‸", "Use `f` or `g` here.", ""},
		{"a refusal", "\tx := ‸", "I'm sorry, but I can't help with that.", ""},
		{"a refusal in a fence", "\tx := ‸", fenced("I cannot complete this code without more context."), ""},
		{"nothing to add", "\tx := 1‸", "The code is already complete; nothing needs to be inserted here.", ""},
		{"a remark in a fence", "\tx := ‸", fenced("(nothing)"), ""},
		{"a remark in brackets", "\tx := ‸", "[no insertion]", ""},
		{"a remark in a foreign comment", "\tx := ‸", fenced("<!-- no completion needed -->"), ""},
		{"a word that may be code", "\tx := ‸", fenced("nothing"), "\tx := nothing‸"},
		{"one word in front", "\tx := ‸", "Answer:\n\nf(1)", "\tx := f(1)‸"},
		{"one word in front, inside a string", "\tx := \"‸\n", "Answer:\n\na\"", "\tx := \"a\"‸\n"},
		{"a tag with an attribute", "\tx := ‸", "<completion lang=\"go\">\nf(1)\n</completion>", "\tx := f(1)‸"},
		{"an empty fence", "\tx := ‸", "```go\n```", ""},
		{"nothing", "\tx := ‸", "", ""},
		{"blanks", "\tx := ‸", fenced("  \n\t"), ""},
		{"a comment is code", "\t‸\n\tx()\n", fenced("// This is what the next line does."), "\t// This is what the next line does.‸\n\tx()\n"},
		{"only that nothing is missing", "\t‸\n", fenced("// No code needed here."), ""},
		{"an elision behind", "\t‸\n", fenced("x()\n\t// ... existing code ..."), "\tx()‸\n"},
		{"an elision in front", "\t‸\n", fenced("// ...\n\tx()"), "\tx()‸\n"},
		{"two blocks: the second one is use", "\tx := ‸", "```go\nf(1)\n```\n\nCall it:\n\n```go\nmain()\n```", "\tx := f(1)‸"},
		{"two blocks: the first one is what is there", "\ta := 1\n\tx := ‸", "You have:\n```go\n\ta := 1\n\tx :=\n```\nInsert:\n```go\nf(1)\n```", "\ta := 1\n\tx := f(1)‸"},
		{"an unclosed fence with talk behind it", "\tx := ‸", "```go\nf(1)\n\nThis is the call that was missing.", "\tx := f(1)‸"},
		{"a patch", "\ta()\n\t‸\n", "```diff\n@@ -1,2 +1,3 @@\n \ta()\n+\tb()\n```", "\ta()\n\tb()‸\n"},
		{"a wrapper in a fence", "\tx := ‸", fenced("<fill>f(1)</fill>"), "\tx := f(1)‸"},
		{"a wrapper of any name", "\tx := ‸", "<result_text>f(1)</result_text>", "\tx := f(1)‸"},
	})
	check(t, "python", []fit{
		{"a docstring is no talk", "def f():\n    ‸\n", fenced("\"\"\"\n    This is what the function does.\n    \"\"\"\n    return 1"), "def f():\n    \"\"\"\n    This is what the function does.\n    \"\"\"\n    return 1‸\n"},
		{"a sentence in a docstring", "def f():\n    \"\"\"\n    ‸\n    \"\"\"\n", fenced("The numbers come in pairs."), "def f():\n    \"\"\"\n    The numbers come in pairs.‸\n    \"\"\"\n"},
		{"the quotes round it", "def f():\n    \"\"\"\n    ‸\n    \"\"\"\n", fenced("    \"\"\"\n    Gives one.\n    \"\"\""), "def f():\n    \"\"\"\n    Gives one.‸\n    \"\"\"\n"},
		{"a refusal in a docstring", "def f():\n    \"\"\"\n    ‸\n    \"\"\"\n", "I'm sorry, I can't complete this.", ""},
		{"an ellipsis is a body", "def f():\n    ‸\n", fenced("..."), "def f():\n    ...‸\n"},
	})
	check(t, "markdown", []fit{
		{"prose is the text", "# A\n\nIt ‸\n", fenced("works as you would expect it to."), "# A\n\nIt works as you would expect it to.‸\n"},
	})
}

func TestRefusedCharacters(t *testing.T) {
	check(t, "go", []fit{
		{"an override of direction", "\tx := ‸", fenced("a \u202e b"), ""},
		{"an isolate", "\tx := ‸", fenced("a \u2066 b"), ""},
		{"a blank without width", "\tx := ‸", fenced("a\u200bb"), ""},
		{"an escape", "\tx := ‸", fenced("a\x1b[31mb"), ""},
		{"a NUL", "\tx := ‸", fenced("a\x00b"), ""},
		{"not UTF-8", "\tx := ‸", fenced("a\xffb"), ""},
		{"a byte-order mark in front goes away", "\tx := ‸", fenced("\ufeffa"), "\tx := a‸"},
		{"joined emoji stay", "\tx := ‸", fenced("\"👩\u200d💻\""), "\tx := \"👩\u200d💻\"‸"},
		{"letters of any script stay", "\tx := ‸", fenced("\"日本語 и ещё\""), "\tx := \"日本語 и ещё\"‸"},
	})
}

func TestRepetition(t *testing.T) {
	check(t, "go", []fit{
		{"a line three times", "\t‸\n", fenced(strings.Repeat("step(x)\n\t", 3)), "\tstep(x)‸\n"},
		{"a line twice is meant", "\t‸\n", fenced(strings.Repeat("step(x)\n\t", 2) + "last()"), "\t" + strings.Repeat("step(x)\n\t", 2) + "last()‸\n"},
		{"two lines, over and over", "\t‸\n", fenced("a(first)\n\tb(second)\n\ta(first)\n\tb(second)\n\ta(first)\n\tb(second)"), "\ta(first)\n\tb(second)‸\n"},
		{"numbers may repeat", "\tx := []int{‸}\n", fenced("0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0"), "\tx := []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0‸}\n"},
		{"words in a line may not", "\tx := ‸\n", fenced("a + foo + foo + foo + foo + foo + foo + foo + foo"), "\tx := a + foo‸\n"},
	})
}

func TestScope(t *testing.T) {
	check(t, "python", []fit{
		{"another function", "def f():\n    ‸\n", fenced("return 1\n\n\ndef g():\n    return 2"), "def f():\n    return 1‸\n"},
	})
	check(t, "go", []fit{
		{"the end of this one and another", "func f() {\n\t‸", fenced("return\n}\n\nfunc g() {\n}"), "func f() {\n\treturn\n}‸"},
	})
}

func TestCutAnswer(t *testing.T) {
	for _, row := range []fit{
		{"the last line goes", "\t‸\n", "```go\na()\n\tb(so", "\ta()‸\n"},
		{"a single line cannot be trusted", "\tx := ‸\n", "```go\nfoo(ba", ""},
		{"what was closed is whole", "\tx := ‸\n", "```go\nfoo()\n```\n\nThis ca", "\tx := foo()‸\n"},
		{"a line like the next one may be its own", "\tif a {\n\t\t‸\n\t\treturn 1\n", "```go\nif b {\n\t\t\tc()\n\t\t}\n\t\treturn 1\n\t\tc(", "\tif a {\n\t\tif b {\n\t\t\tc()\n\t\t}\n\t\treturn 1‸\n\t\treturn 1\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := play(t, "go", row, 0, model.StopLength); got != row.want {
				t.Errorf("got\n%s\n--- want\n%s", got, row.want)
			}
		})
	}
}

// The steps' names are the reasons that a user reads.
func TestPolishNamesItsSteps(t *testing.T) {
	p := drawn(t, "go", "\treturn so‸\n")
	d, ok, changed := p.polish(draft{text: "return sort(x)\n", kind: partFenced})
	if !ok || d.text != "rt(x)" || !slices.Contains(changed, "echo") {
		t.Errorf("got %q, %v, changed by %v", d.text, ok, changed)
	}
	if _, ok, changed := p.polish(draft{text: "a\x00", kind: partFenced}); ok || !slices.Equal(changed, []string{"characters"}) {
		t.Errorf("got %v, changed by %v", ok, changed)
	}
}

func TestLanguagesOfTheTables(t *testing.T) {
	for _, id := range []string{"go", "python", "ruby", "markdown"} {
		if got := syntax.ByID(id).ID(); got != id {
			t.Errorf("syntax does not know %q: %q", id, got)
		}
	}
}

func TestAngleBracketsAreNotDoubled(t *testing.T) {
	check(t, "c", []fit{
		{"an include", "#include <std‸>\n", fenced("io.h>"), "#include <stdio.h‸>\n"},
		{"a comparison", "int x = a ‸> b;\n", fenced("- 1 "), "int x = a - 1 ‸> b;\n"},
	})
	check(t, "rust", []fit{
		{"a type", "let v: Vec<‸>\n", fenced("String>"), "let v: Vec<String‸>\n"},
		{"a type in a type", "let v: Vec<‸>\n", fenced("Option<String>"), "let v: Vec<Option<String>‸>\n"},
	})
	check(t, "html", []fit{{"a tag", "<div‸>\n", fenced(" class=\"a\">"), "<div class=\"a\"‸>\n"}})
}

func TestElementsAreNoWrappers(t *testing.T) {
	check(t, "html", []fit{
		{"an element", "<p>\n  ‸\n</p>\n", fenced("  <code>make</code>"), "<p>\n  <code>make</code>‸\n</p>\n"},
		{"the prompt's own", "<p>\n  ‸\n</p>\n", fenced("<fill>a</fill>"), "<p>\n  a‸\n</p>\n"},
	})
	check(t, "xml", []fit{{"an element", "<r>\n  ‸\n</r>\n", fenced("  <result>1</result>"), "<r>\n  <result>1</result>‸\n</r>\n"}})
	check(t, "go", []fit{{"a wrapper", "\tx := ‸", fenced("<code>f(1)</code>"), "\tx := f(1)‸"}})
}

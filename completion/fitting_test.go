package completion

import "testing"

// A line break that an answer forgot, or gave without meaning it.
func TestLineBreakAtCursor(t *testing.T) {
	check(t, "go", []fit{
		{"the block's end is on its own line below", "func f() {‸\n}\n", fenced("return"), "func f() {\n\treturn‸\n}\n"},
		{"the block's end is in the answer", "func f() {‸\n", fenced("a()\nb()\n}"), "func f() {\n\ta()\n\tb()\n}‸\n"},
		{"the bracket ends on the line", "\tx := []int{‸\n", fenced("1, 2}"), "\tx := []int{1, 2}‸\n"},
		{"arguments below", "\tf(‸\n\t)\n", fenced("a,\n\t\tb,"), "\tf(\n\t\ta,\n\t\tb,‸\n\t)\n"},
		{"arguments behind the bracket", "\tf(‸\n\t\tb)\n", fenced("a,"), "\tf(\n\t\ta,‸\n\t\tb)\n"},
		{"arguments aligned with the first", "x := fun(‸\n         b)\n", fenced("a,"), "x := fun(a,‸\n         b)\n"},
		{"an item of a list with one to a line", "\tx := []string{\n\t\t\"a\",\n\t\t\"b\",‸\n\t}\n", fenced("\"c\","), "\tx := []string{\n\t\t\"a\",\n\t\t\"b\",\n\t\t\"c\",‸\n\t}\n"},
		{"several items on a line", "\tx := []int{\n\t\t1, 2,‸\n\t}\n", fenced("3,"), "\tx := []int{\n\t\t1, 2,3,‸\n\t}\n"},
		{"a continuation's own columns", "\tx := a +‸\n", fenced("\n\t\tb"), "\tx := a +\n\t\tb‸\n"},
		{"a break in the middle of a word", "\ttot‸\n\tuse(total)\n", fenced("\nal := 1"), "\ttotal := 1‸\n\tuse(total)\n"},
		{"a break in front of the rest of the line", "\tf(a, ‸)\n", fenced("\nb"), "\tf(a, b‸)\n"},
		{"a break inside a sentence", "// Words under ‸\n// these.\n", fenced("\nthe terms of"), "// Words under the terms of‸\n// these.\n"},
		{"a break inside a string", "\tx := \"a‸\n", fenced("\nb\""), "\tx := \"ab\"‸\n"},
		{"a sentence that ends in a bracket", "// Words under ‸\n", fenced("the terms (the \"Terms\");"), "// Words under the terms (the \"Terms\");‸\n"},
		{"a sentence without a blank before it", "// See‸\n", fenced("the terms (the \"Terms\");"), "// Seethe terms (the \"Terms\");‸\n"},
	})
	check(t, "python", []fit{
		{"below a colon", "if a:\n    b()\nif c:‸\n", fenced("d()"), "if a:\n    b()\nif c:\n    d()‸\n"},
		{"where the file writes one-liners", "if a: b()\nif c:‸\nif e: f()\n", fenced("d()"), "if a: b()\nif c:d()‸\nif e: f()\n"},
		{"the rest of the line", "def f(a):\n    g(a)\nif c:‸\n", fenced(" d()"), "def f(a):\n    g(a)\nif c: d()‸\n"},
		{"a colon in a dict", "d = {\n    'a':‸\n}\n", fenced("1,"), "d = {\n    'a':1,‸\n}\n"},
		{"the next branch", "if a:\n    b()‸\n", fenced("else:\n    c()"), "if a:\n    b()\nelse:\n    c()‸\n"},
	})
	check(t, "ruby", []fit{
		{"behind a block's names", "a.each do |b|‸\nend\n", fenced("c(b)"), "a.each do |b|\n    c(b)‸\nend\n"},
		{"a condition that is not written yet", "if ex‸\nend\n", fenced("ists"), "if exists‸\nend\n"},
	})
	check(t, "java", []fit{
		{"below a comment", "class A {\n    /**\n     * Does.\n     */‸\n}\n", fenced("void f() {\n    }"), "class A {\n    /**\n     * Does.\n     */\n    void f() {\n    }‸\n}\n"},
	})
}

// An answer whose levels are wider or narrower than the file's.
func TestOtherWidth(t *testing.T) {
	file := "def f():\n    if a:\n        b()\n    for c in d:\n        e()\n\n\ndef g():\n    "
	check(t, "python", []fit{
		{"two for four, to the left", file + "‸\n", fenced("if a:\n  if b:\n    c()\nd()"), file + "if a:\n        if b:\n            c()\n    d()‸\n"},
		{"two for four, in its own columns", file + "‸\n", fenced("  if a:\n    if b:\n      c()\n  d()"), file + "if a:\n        if b:\n            c()\n    d()‸\n"},
		{"eight for four", file + "‸\n", fenced("        if a:\n                b()\n        d()"), file + "if a:\n        b()\n    d()‸\n"},
		{"an argument stays under its bracket", file + "‸\n", fenced("if a:\n  call(one,\n       two)\nd()"), file + "if a:\n        call(one,\n             two)\n    d()‸\n"},
	})
	check(t, "javascript", []fit{
		{"four for two behind a brace", "function f() {\n  a();\n}\n\nfunction g() {‸\n}\n", fenced("    b();\n    c();"), "function f() {\n  a();\n}\n\nfunction g() {\n  b();\n  c();‸\n}\n"},
		{"no level to compare with", "function g() {‸\n}\n", fenced("\n  b();"), "function g() {\n  b();‸\n}\n"},
		{"a chain", "function f() {\n  a();\n}\n\na()\n‸\n", fenced("    .b()\n    .c();"), "function f() {\n  a();\n}\n\na()\n    .b()\n    .c();‸\n"},
	})
}

// A file with tabs and spaces: what is near the cursor counts.
func TestMixedIndentation(t *testing.T) {
	check(t, "perl", []fit{
		{"tabs here", "if (a) {\n\tb();\n\tb();\n\tb();\n}\nif (c) {\n  d();\n}\nif (e) {\n\t‸\n}\n", fenced("if (f) {\n    g();\n}"), "if (a) {\n\tb();\n\tb();\n\tb();\n}\nif (c) {\n  d();\n}\nif (e) {\n\tif (f) {\n\t\tg();\n\t}‸\n}\n"},
	})
}

// One line of an answer stands elsewhere than the others.
func TestLineOutOfPlace(t *testing.T) {
	check(t, "go", []fit{
		{"the first line alone is indented", "func f() {\n\t‸\n}\n", fenced("\ta()\nb()\nc()"), "func f() {\n\ta()\n\tb()\n\tc()‸\n}\n"},
		{"the first line alone is not, on an empty line", "func f() {\n‸\n}\n", fenced("a()\n\tb()\n\tc()"), "func f() {\n\ta()\n\tb()\n\tc()‸\n}\n"},
		{"a level too many", "func f() {\n\ta()\n‸\n}\n", fenced("\t\tb()\n\t\tc()"), "func f() {\n\ta()\n\tb()\n\tc()‸\n}\n"},
	})
	check(t, "c", []fit{
		{"a directive", "void f(void)\n{\n\ta();\n\t‸\n}\n", fenced("#ifdef B\nb();\n#endif\nc();"), "void f(void)\n{\n\ta();\n\t#ifdef B\n\tb();\n#endif\n\tc();‸\n}\n"},
	})
	check(t, "markdown", []fit{
		{"a paragraph below a list", "- a\n  - b\n\n‸\n\n    code\n", fenced("A paragraph of text."), "- a\n  - b\n\nA paragraph of text.‸\n\n    code\n"},
		{"code below a paragraph", "Call it:\n\n‸\n\nDone.\n", fenced("    f()\n    g()"), "Call it:\n\n    f()\n    g()‸\n\nDone.\n"},
	})
	check(t, "yaml", []fit{
		{"the second key of an item", "steps:\n  - name: a\n‸\n  - name: b\n", fenced("    run: c"), "steps:\n  - name: a\n    run: c‸\n  - name: b\n"},
	})
}

// An answer goes on where the document goes on.
func TestGoesOn(t *testing.T) {
	check(t, "go", []fit{
		{
			"a new function behind two blocks that the document closes",
			"func f() {\n\tg(func() {\n\t\t‸\n\t})\n}\n",
			fenced("a()\n\t})\n}\n\nfunc h() {\n\tb()\n}"),
			"func f() {\n\tg(func() {\n\t\ta()‸\n\t})\n}\n",
		},
		{
			"one block for another",
			"func f() {\n\tif a {\n\t\t‸\n\t}\n}\n",
			fenced("b()\n\t} else {\n\t\tc()"),
			"func f() {\n\tif a {\n\t\tb()\n\t} else {\n\t\tc()‸\n\t}\n}\n",
		},
		{
			"the lines below with other quotes",
			"\t‸\n\tfirst('a', other)\n\tsecond('b')\n",
			fenced("x()\n\tfirst(\"a\", other)\n\tsecond(\"b\")"),
			"\tx()‸\n\tfirst('a', other)\n\tsecond('b')\n",
		},
		{
			"the lines below with a comma more",
			"\tx = {\n\t\t‸\n\t\t\"second\": 2\n\t}\n",
			fenced("\"first\": 1,\n\t\t\"second\": 2,\n\t}"),
			"\tx = {\n\t\t\"first\": 1,‸\n\t\t\"second\": 2\n\t}\n",
		},
		{
			"a pattern that stands above too",
			"\tname(one)\n\tcheck(all, things)\n\t‸\n\tcheck(all, things)\n",
			fenced("name(two)\n\tcheck(all, things)\n\tname(three)"),
			"\tname(one)\n\tcheck(all, things)\n\tname(two)\n\tcheck(all, things)\n\tname(three)‸\n\tcheck(all, things)\n",
		},
	})
	check(t, "ruby", []fit{
		{
			"a new method behind words that the document has",
			"class A\n  def f\n    ‸\n  end\nend\n",
			fenced("a\n  end\nend\n\ndef g\n  b\nend"),
			"class A\n  def f\n    a‸\n  end\nend\n",
		},
	})
}

// The end of a function that the cursor's own line opens.
func TestGoesOnBehindHead(t *testing.T) {
	check(t, "lua", []fit{
		{"a word below ends it", "function f()‸\nend\n", fenced("\n    a()\nend\n\nlocal function g()\n    b()\nend"), "function f()\n    a()‸\nend\n"},
	})
	check(t, "go", []fit{
		{"nothing below ends it", "func f() {‸\n", fenced("\n\ta()\n}\n\nfunc g() {\n}"), "func f() {\n\ta()\n}‸\n"},
	})
}

func TestEchoWithOtherQuotes(t *testing.T) {
	check(t, "python", []fit{
		{"quotes of another kind", "log('start', ‸)\n", fenced("log(\"start\", x)"), "log('start', x‸)\n"},
		{"inside the string", "name = 'a‸'\n", fenced("name = \"abc\""), "name = 'abc‸'\n"},
		{"another call", "log('start', ‸)\n", fenced("log(\"stop\")"), "log('start', log(\"stop\")‸)\n"},
	})
}

func TestBlanksOfOtherKinds(t *testing.T) {
	check(t, "python", []fit{
		{"as indentation", "def f():\n    ‸\n", fenced("\u00a0\u00a0\u00a0\u00a0if a:\n\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0b()"), "def f():\n    if a:\n        b()‸\n"},
		{"between tokens", "x = ‸\n", fenced("a\u00a0+\u2009b"), "x = a + b‸\n"},
		{"in a string", "x = ‸\n", fenced("'5\u00a0km'"), "x = '5\u00a0km'‸\n"},
		{"in a comment with spaces", "‸\n", fenced("# a walk of 5\u00a0km"), "# a walk of 5\u00a0km‸\n"},
		{"a comment with no space at all", "‸\n", fenced("#\u00a0a\u00a0walk"), "# a walk‸\n"},
	})
	check(t, "markdown", []fit{{"in a text", "‸\n", fenced("A walk of 5\u00a0km"), "A walk of 5\u00a0km‸\n"}})
	check(t, "go", []fit{
		{"nothing to be seen in front", "\tx := ‸", fenced("\u200bf(1)"), "\tx := f(1)‸"},
		{"in the indentation", "\t‸\n", fenced("a()\n\u2060\tb()"), "\ta()\n\tb()‸\n"},
		{"at the end of a line", "\t‸\n", fenced("a()\u00ad\n\tb()\ufeff"), "\ta()\n\tb()‸\n"},
		{"inside a name", "\tx := ‸", fenced("a\u00adb"), ""},
		{"a mark of direction at the end", "\tx := ‸", fenced("a\u200f"), ""},
	})
}

func TestInnerFence(t *testing.T) {
	check(t, "go", []fit{
		{"a document of its own", "func f() {\n\t‸\n}\n", "````markdown\n```go\ng()\n```\n````", "func f() {\n\tg()‸\n}\n"},
		{"with talk behind", "func f() {\n\t‸\n}\n", "````\n```go\ng()\n```\nThis calls g.\n````", "func f() {\n\tg()‸\n}\n"},
		{"a raw string", "\tx := ‸\n", "````\n```\na\n```\n````", "\tx := a‸\n"},
	})
	check(t, "markdown", []fit{
		{"code of the document", "# Use\n\n‸\n", "````markdown\n```go\ng()\n```\n````", "# Use\n\n```go\ng()\n```‸\n"},
	})
}

func TestBlanksInFrontOfTabs(t *testing.T) {
	check(t, "go", []fit{
		{"are seen by nobody", "func f() {\n\tg()\n\t‸\n}\n", fenced("h()\n \ti()"), "func f() {\n\tg()\n\th()\n\ti()‸\n}\n"},
	})
}

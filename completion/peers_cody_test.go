package completion

var codyPeers = []peer{
	{filter: "cody: fixBadCompletionStart", rows: []fit{
		{"a character that nobody sees", "\tx()\n\t‸\n", fenced("\u200by()"), "\tx()\n\ty()‸\n"},
		{"a picture in front", "\tx()\n\t‸\n", fenced("🚀 y()"), "\tx()\n\ty()‸\n"},
		{"a plus in front", "\tx()\n\t‸\n", fenced("+ y()"), "\tx()\n\ty()‸\n"},
		{"a plus in front of each line", "\tx(); \n\t‸\n", fenced("+ y()\n+ z()"), "\tx(); \n\ty()\n\tz()‸\n"},
	}},
	{filter: "cody: fixBadCompletionStart", eager: true, in: "javascript", rows: []fit{
		{"a sum over two lines", "  const s = a\n    ‸\n", fenced("+ b;"), "  const s = a\n    + b;‸\n"},
		{"a picture in a string", "  const s = \"‸\";\n", fenced("🚀 up"), "  const s = \"🚀 up‸\";\n"},
	}},
	{filter: "cody: fixBadCompletionStart", eager: true, in: "shellscript", rows: []fit{
		{"a file that is read in", "set -e\n‸\n", fenced(". ./env.sh"), "set -e\n. ./env.sh‸\n"},
	}},
	{filter: "cody: fixBadCompletionStart", eager: true, in: "yaml", rows: []fit{
		{"an item of a list", "a:\n  ‸\n", fenced("- b\n  - c"), "a:\n  - b\n  - c‸\n"},
	}},
	{filter: "cody: extractFromCodeBlock", rows: []fit{
		{"code between tags", "x := ‸\n", "Here: <code>1</code> as asked.", "x := 1‸\n"},
		{"the tag opens again", "x := ‸\n", "<fill>1\n<fill>2", ""},
	}},
	{filter: "cody: collapseDuplicativeWhitespace", rows: []fit{
		{"a blank on both sides of the cursor", "\treturn ‸\n", fenced(" err"), "\treturn err‸\n"},
		{"in front of a block", "\tif a ‸\n", fenced(" {\n\t\tb()\n\t}"), "\tif a {\n\t\tb()\n\t}‸\n"},
	}},
	{filter: "cody: collapseDuplicativeWhitespace", eager: true, rows: []fit{
		{"columns that are being laid out", "type t struct {\n\tLen  ‸\n", fenced(" int32\n\tInsns int64"), "type t struct {\n\tLen   int32\n\tInsns int64‸\n"},
	}},
	{filter: "cody: trimLeadingWhitespaceUntilNewline", rows: []fit{
		{"blanks in front of the first break", "\tif a {‸\n\t}\n", fenced("   \n\t\tb()"), "\tif a {\n\t\tb()‸\n\t}\n"},
	}},
	{filter: "cody: normalizeStartLine", rows: []fit{
		{"the indentation again", "\tx()\n\t‸\n", fenced("\ty()"), "\tx()\n\ty()‸\n"},
		{"a line break and the indentation again", "\tx()\n\t‸\n", fenced("\n\ty()"), "\tx()\n\ty()‸\n"},
		{"half of the indentation is there", "\tif a {\n\t‸\n\t}\n", fenced("\t\tb()"), "\tif a {\n\t\tb()‸\n\t}\n"},
	}},
	{filter: "cody: truncateMultiline by syntax", rows: []fit{
		{"the next function", "func f() {\n\t‸", fenced("a()\n}\n\nfunc g() {\n\tb()\n}"), "func f() {\n\ta()\n}‸"},
	}},
	{filter: "cody: truncateMultiline by syntax", eager: true, rows: []fit{
		{"statements behind the first block", "func f() {\n\t‸\n}\n", fenced("for i := range n {\n\t\ta(i)\n\t}\n\treturn n"), "func f() {\n\tfor i := range n {\n\t\ta(i)\n\t}\n\treturn n‸\n}\n"},
	}},
	{filter: "cody: truncateMultiline by indentation", in: "python", rows: []fit{
		{"the other branch", "def f(a):\n    if a:\n        ‸\n", fenced("b()\n    else:\n        c()"), "def f(a):\n    if a:\n        b()\n    else:\n        c()‸\n"},
		{"a new function", "def f(a):\n    ‸\n\nx = 1\n", fenced("b()\n\ndef g():\n    pass"), "def f(a):\n    b()‸\n\nx = 1\n"},
	}},
	{filter: "cody: trimUntilSuffix", rows: []fit{
		{"lines from the next one on", "func f() int {\n\t‸\n\treturn sum\n}\n", fenced("sum := 1\n\treturn sum\n}\n"), "func f() int {\n\tsum := 1‸\n\treturn sum\n}\n"},
		{"the next line, not to its end", "func f() int {\n\t‸\n\treturn sum(values)\n}\n", fenced("values := all()\n\treturn sum("), "func f() int {\n\tvalues := all()‸\n\treturn sum(values)\n}\n"},
	}},
	{filter: "cody: trimUntilSuffix", eager: true, rows: []fit{
		{"a line that begins the next one", "func f() int {\n\tx := 1\n\t‸\n\treturned()\n}\n", fenced("if x > 0 {\n\t\treturn\n\t}"), "func f() int {\n\tx := 1\n\tif x > 0 {\n\t\treturn\n\t}‸\n\treturned()\n}\n"},
	}},
	{filter: "cody: removeTrailingWhitespace", rows: []fit{
		{"blanks at the end", "\tx := ‸\n", fenced("1 \t "), "\tx := 1‸\n"},
	}},
	{filter: "cody: removeTrailingWhitespace", eager: true, rows: []fit{
		{"a blank in front of what follows", "\tif ‸{\n\t}\n", fenced("a "), "\tif a ‸{\n\t}\n"},
	}},
	{filter: "cody: removeLowQuality", rows: []fit{
		{"the talk goes on", "x := ‸\n", "1\n\nHuman: Can you write the test too?", "x := 1‸\n"},
		{"another file begins", "x := ‸\n", fenced("1\n\n// Path: lib/b.go\npackage b"), "x := 1‸\n"},
	}},
	{filter: "cody: removeLowQuality", eager: true, rows: []fit{
		{"a single character", "\tf(x‸\n", fenced(")"), "\tf(x)‸\n"},
	}},
	{filter: "cody: dedupe", ask: how{invoked: true}, rows: []fit{
		{"the same twice", "x := ‸\n", "```\n1\n```\n```\n1\n```\n```\n2\n```", each("x := 1‸\n", "x := 2‸\n")},
		{"the same with other blanks", "x := ‸\n", "```\nf(a, b)\n```\n```\nf(a,b)\n```\n```\n2\n```", each("x := f(a, b)‸\n", "x := 2‸\n")},
		{"the same once it is fitted in", "\tx := ‸\n", "```\n1\n```\n```\n\tx := 1\n```\n```\n2\n```", each("\tx := 1‸\n", "\tx := 2‸\n")},
		{"the same with a last comma", "\tf(\n\t\t‸\n\t)\n", "```\na,\n```\n```\na\n```\n```\nb,\n```", each("\tf(\n\t\ta,‸\n\t)\n", "\tf(\n\t\tb,‸\n\t)\n")},
		{"numbered, with talk between", "x := ‸\n", "1. The short one:\n\n```go\n1\n```\n\n2. The long one:\n\n```go\none()\n```\n\n3. A call:\n\n```go\nf(1)\n```\n\nTake what you like.", each("x := 1‸\n", "x := one()‸\n", "x := f(1)‸\n")},
		{"numbered, inside the items of a list", "x := ‸\n", "1. The short one:\n   ```go\n   1\n   ```\n2. The long one:\n   ```go\n   one()\n   ```\n3. A call:\n   ```go\n   f(1)\n   ```\n", each("x := 1‸\n", "x := one()‸\n", "x := f(1)‸\n")},
		{"four, of which three are shown", "x := ‸\n", "```\n1\n```\n```\n2\n```\n```\n3\n```\n```\n4\n```", each("x := 1‸\n", "x := 2‸\n", "x := 3‸\n")},
	}},
	{filter: "cody: dedupe", ask: how{invoked: true, end: EndClosed}, rows: []fit{
		{"no more is read than the third", "x := ‸\n", "First:\n```\n1\n```\nSecond:\n```\n2\n```\nThe first, in other words:\n```\nx := 1\n```\nThird:\n```\n3\n```\nFourth:\n", each("x := 1‸\n", "x := 2‸\n", "x := 3‸\n")},
	}},
	{filter: "cody: dedupe", eager: true, in: "python", ask: how{invoked: true}, rows: []fit{
		{"another block, by its columns", "if a:\n    ‸\n", "```\nb()\n    c()\n```\n```\nb()\nc()\n```", each("if a:\n    b()\n    c()‸\n")},
		{"blanks of a string", "x = ‸\n", "```\n\"a b\"\n```\n```\n\"ab\"\n```", each("x = \"a b\"‸\n", "x = \"ab\"‸\n")},
	}},
	{filter: "cody: rank", ask: how{invoked: true}, rows: []fit{
		{"one that leaves a bracket open comes last", "\tx := ‸\n\ty()\n", "```\nf(1\n```\n```\ng(1)\n```", each("\tx := g(1)‸\n\ty()\n", "\tx := f(1‸\n\ty()\n")},
		{"else the model's order", "\tx := ‸\n", "```\na()\n```\n```\nb(\n\t\t1,\n\t)\n```", each("\tx := a()‸\n", "\tx := b(\n\t\t1,\n\t)‸\n")},
	}},
	{filter: "cody: range over overlapping suffix", rows: []fit{
		{"brackets in the answer's own order", "\tx := f(g(‸))\n", fenced("a), b)"), "\tx := f(g(a), b‸)\n"},
	}},
	{filter: "cody: range over overlapping suffix", eager: true, rows: []fit{
		{"a bracket of an inner call", "\tx := f(‸)\n", fenced("g(a), h(b)"), "\tx := f(g(a), h(b)‸)\n"},
	}},
	{filter: "cody: visibility", rows: []fit{
		{"it would take away what it does not show", "func f(‸) int {\n", fenced("a int) error {"), ""},
	}},
	{filter: "cody: detect-multiline", rows: []fit{
		{"a block that is not begun", "func f() {‸\n}\n", fenced("\n\ta()\n\tb()"), "func f() {\n\ta()\n\tb()‸\n}\n"},
	}},
	{filter: "cody: detect-multiline", eager: true, rows: []fit{
		{"a function in a call", "\tregister(‸)\n", fenced("func() {\n\t\ta()\n\t}"), "\tregister(func() {\n\t\ta()\n\t}‸)\n"},
		{"a call over several lines", "\tregister(‸\n", fenced("\n\t\ta,\n\t\tb,\n\t)"), "\tregister(\n\t\ta,\n\t\tb,\n\t)‸\n"},
	}},
	{filter: "cody: detect-multiline", eager: true, in: "no-such-language", rows: []fit{
		{"a block in a language that nobody knows", "when a {\n  ‸\n}\n", fenced("b\n  c"), "when a {\n  b\n  c‸\n}\n"},
	}},
	{filter: "cody: dynamic multiline", rows: []fit{
		{"the first line opens a block", "\tdefer ‸\n", fenced("func() {\n\t\tclose(c)\n\t}()"), "\tdefer func() {\n\t\tclose(c)\n\t}()‸\n"},
		{"where one line was expected", "\tf(‸, b)\n", fenced("func() {\n\t\ta()\n\t}"), "\tf(func() {\n\t\ta()\n\t}‸, b)\n"},
	}},
	{filter: "cody: dynamic multiline", in: "python", rows: []fit{
		{"a comment is one line", "# The number ‸\n", fenced("of lines.\nx = 1"), "# The number of lines.‸\n"},
	}},
}

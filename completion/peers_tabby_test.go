package completion

import "strings"

var tabbyPeers = []peer{
	{filter: "tabby: trimMultiLineInSingleLineMode", rows: []fit{
		{"the rest of the line again", "\ttotal := ‸ + base\n", fenced("price * count + base"), "\ttotal := price * count‸ + base\n"},
		{"the rest of the line again, and a line more", "\tsend(‸, id)\n", fenced("msg, id)\n\tlog(id)"), "\tsend(msg‸, id)\n"},
		{"a line for in front of it, and a line more", "\tsend(‸, id)\n", fenced("msg\n\tlog(id)"), "\tsend(msg‸, id)\n"},
	}},
	{filter: "tabby: trimMultiLineInSingleLineMode", eager: true, rows: []fit{
		{"a function as an argument", "\ton(‸, 10)\n", fenced("func() {\n\t\tstop()\n\t}"), "\ton(func() {\n\t\tstop()\n\t}‸, 10)\n"},
	}},
	{filter: "tabby: removeLineEndsWithRepetition", rows: []fit{
		{"a word over and over", "\tname := ‸\n", fenced(`"a" + sep` + strings.Repeat(" + sep", 8)), "\tname := \"a\" + sep‸\n"},
		{"the last line goes round, the others do not", "\tbegin()\n\t‸\n", fenced("open()\n\trun(" + strings.Repeat("abc, ", 9)), "\tbegin()\n\topen()\n\trun(abc,‸\n"},
	}},
	{filter: "tabby: removeLineEndsWithRepetition", eager: true, rows: []fit{
		{"a row of zeros", "var table = []int{‸}\n", fenced("000, 000, 000, 000, 000, 000, 000"), "var table = []int{000, 000, 000, 000, 000, 000, 000‸}\n"},
		{"a ruler in a comment", "// Section\n‸\n", fenced("// ----------------"), "// Section\n// ----------------‸\n"},
	}},
	{filter: "tabby: dropDuplicated", rows: []fit{
		{"what stands below", "\t‸\n\tlog.Print(err)\n\treturn nil\n", fenced("log.Print(err)\n\treturn nil"), ""},
		{"what stands below, with other blanks", "\t‸\n\tlog.Print( a,b )\n\treturn nil\n", fenced("log.Print(a, b)\n\treturn nil"), ""},
		{"what stands below, with a slip", "\t‸\n\tlog.Print(\"no such user\", err)\n\treturn nil\n", fenced("log.Printf(\"no such user\", err)\n\treturn nil"), ""},
		{"a new line, and what stands below with a slip", "\t‸\n\tlog.Print(\"no such user\", err)\n\treturn nil\n", fenced("count++\n\tlog.Printf(\"no such user\", err)\n\treturn nil"), "\tcount++‸\n\tlog.Print(\"no such user\", err)\n\treturn nil\n"},
	}},
	{filter: "tabby: dropDuplicated", eager: true, rows: []fit{
		{"a sister of the line below", "\t‸\n\ty = 0\n", fenced("x = 0"), "\tx = 0‸\n\ty = 0\n"},
		{"a longer one", "\t‸\n\tmax.y = float64(bounds.y) * scale\n", fenced("max.x = float64(bounds.x) * scale"), "\tmax.x = float64(bounds.x) * scale‸\n\tmax.y = float64(bounds.y) * scale\n"},
		{"a case like the next one", "\tswitch k {\n\t‸\n\tcase 12:\n\t\treturn \"number\"\n\t}\n", fenced("case 11:\n\t\treturn \"number\""), "\tswitch k {\n\tcase 11:\n\t\treturn \"number\"‸\n\tcase 12:\n\t\treturn \"number\"\n\t}\n"},
	}},
	{filter: "tabby: trimSpace", rows: []fit{
		{"blanks on both sides", "\tx := ‸\n", fenced("  1  "), "\tx := 1‸\n"},
		{"blank lines on both sides", "\tx()\n\t‸\n", fenced("\n\n\ty()\n\n"), "\tx()\n\ty()‸\n"},
	}},
	{filter: "tabby: trimSpace", eager: true, rows: []fit{
		{"a blank that is missing", "\tvar‸\n", fenced(" x int"), "\tvar x int‸\n"},
		{"columns of a table", "\ta     = 1\n\tbc ‸\n", fenced("   = 2"), "\ta     = 1\n\tbc    = 2‸\n"},
		{"blanks of a string", "\tx := \"a ‸\"\n", fenced(" b"), "\tx := \"a  b‸\"\n"},
	}},
	{filter: "tabby: dropMinimum", eager: true, rows: []fit{
		{"the end of a call", "\tlog.Print(‸\n", fenced("i)"), "\tlog.Print(i)‸\n"},
		{"one name", "\treturn ‸\n", fenced("n"), "\treturn n‸\n"},
		{"one bracket", "\tuse(x‸\n", fenced(")"), "\tuse(x)‸\n"},
		{"one step of a loop", "\tfor i := 0; i < n; ‸ {\n\t}\n", fenced("i++"), "\tfor i := 0; i < n; i++‸ {\n\t}\n"},
	}},
	{filter: "tabby: removeRepetitiveBlocks", rows: []fit{
		{"a block three times", "\tbegin()\n\t‸\n", fenced(strings.TrimLeft(strings.Repeat("\tif a {\n\t\tfirst(a)\n\t}\n\n", 3), "\t")), "\tbegin()\n\tif a {\n\t\tfirst(a)\n\t}‸\n"},
		{"a long block three times", "\tbegin()\n\t‸\n", fenced(strings.TrimLeft(strings.Repeat("\tif a {\n\t\tb1()\n\t\tc2()\n\t\td3()\n\t\te4()\n\t\tf5()\n\t\tg6()\n\t\th7()\n\t\ti8()\n\t}\n\n", 3), "\t")), "\tbegin()\n\tif a {\n\t\tb1()\n\t\tc2()\n\t\td3()\n\t\te4()\n\t\tf5()\n\t\tg6()\n\t\th7()\n\t\ti8()\n\t}‸\n"},
	}},
	{filter: "tabby: removeRepetitiveBlocks", eager: true, rows: []fit{
		{"two blocks that are alike", "\tbegin()\n\t‸\n", fenced("if a {\n\t\tfirst(a)\n\t}\n\n\tif b {\n\t\tfirst(b)\n\t}"), "\tbegin()\n\tif a {\n\t\tfirst(a)\n\t}\n\n\tif b {\n\t\tfirst(b)\n\t}‸\n"},
	}},
	{filter: "tabby: removeRepetitiveLines", rows: []fit{
		{"a line five times", "\tbegin()\n\t‸\n", fenced(strings.TrimSpace(strings.Repeat("\tnext(token)\n", 5))), "\tbegin()\n\tnext(token)‸\n"},
	}},
	{filter: "tabby: removeRepetitiveLines", eager: true, rows: []fit{
		{"lines that count", "\tbegin()\n\t‸\n", fenced("set(1, \"one\")\n\tset(2, \"two\")\n\tset(3, \"ten\")\n\tset(4, \"tin\")\n\tset(5, \"tan\")"), "\tbegin()\n\tset(1, \"one\")\n\tset(2, \"two\")\n\tset(3, \"ten\")\n\tset(4, \"tin\")\n\tset(5, \"tan\")‸\n"},
		{"lines of a table of numbers", "m = [\n\t‸\n]\n", fenced("0, 0, 0,\n\t0, 0, 0,\n\t0, 0, 0,\n\t0, 0, 0,\n\t0, 0, 0,"), "m = [\n\t0, 0, 0,\n\t0, 0, 0,\n\t0, 0, 0,\n\t0, 0, 0,\n\t0, 0, 0,‸\n]\n"},
	}},
	{filter: "tabby: limitScopeByIndentation", in: "python", rows: []fit{
		{"the next function", "def a():\n    ‸\n", fenced("return 1\n\n\ndef b():\n    return 2"), "def a():\n    return 1‸\n"},
		{"out of the block, and into another one", "def a():\n    if x:\n        ‸\n    return 0\n", fenced("y()\n\ndef b():\n    pass"), "def a():\n    if x:\n        y()‸\n    return 0\n"},
	}},
	{filter: "tabby: limitScopeByIndentation", rows: []fit{
		{"the other branch", "\tif a {\n\t\t‸\n\t}\n", fenced("b()\n\t} else {\n\t\tc()"), "\tif a {\n\t\tb()\n\t} else {\n\t\tc()‸\n\t}\n"},
		{"the closing line, where the text below is shallower", "func f() {\n\tif a {\n\t\t‸\n}\n", fenced("b()\n\t}"), "func f() {\n\tif a {\n\t\tb()\n\t}‸\n}\n"},
	}},
	{filter: "tabby: limitScopeByIndentation", eager: true, in: "python", rows: []fit{
		{"on in the same block behind a blank line", "def a():\n    ‸\n", fenced("x = 1\n\n    return x"), "def a():\n    x = 1\n\n    return x‸\n"},
		{"on in the block around", "def a():\n    for x in y:\n        ‸\n", fenced("b(x)\n    return 1"), "def a():\n    for x in y:\n        b(x)\n    return 1‸\n"},
	}},
	{filter: "tabby: removeDuplicatedBlockClosingLine", rows: []fit{
		{"the brace that is there", "\tif a {\n\t\t‸\n\t}\n", fenced("b()\n\t}"), "\tif a {\n\t\tb()‸\n\t}\n"},
		{"the brace with what ends the call", "\ton(func() {\n\t\t‸\n\t})\n", fenced("b()\n\t})"), "\ton(func() {\n\t\tb()‸\n\t})\n"},
	}},
	{filter: "tabby: removeDuplicatedBlockClosingLine", eager: true, rows: []fit{
		{"a brace that is missing above the same one", "func f() {\n\tif a {\n\t\tb()\n\t‸\n}\n", fenced("}"), "func f() {\n\tif a {\n\t\tb()\n\t}‸\n}\n"},
	}},
	{filter: "tabby: formatIndentation", rows: []fit{
		{"four spaces in a file of tabs", "func f() {\n\t‸\n}\n", fenced("for {\n        a()\n    }"), "func f() {\n\tfor {\n\t\ta()\n\t}‸\n}\n"},
	}},
	{filter: "tabby: formatIndentation", in: "javascript", ask: how{invoked: true}, rows: []fit{
		{"tabs in a file of two spaces", "function f() {\n  g();\n  ‸\n}\n", fenced("if (a) {\n\t\tb();\n\t}"), "function f() {\n  g();\n  if (a) {\n    b();\n  }‸\n}\n"},
		{"four spaces in a file of two", "function f() {\n  g();\n  ‸\n}\n", fenced("if (a) {\n    b();\n}"), "function f() {\n  g();\n  if (a) {\n    b();\n  }‸\n}\n"},
		{"two spaces in a file that says nothing", "‸", fenced("if (a) {\n  b();\n}"), "if (a) {\n  b();\n}‸"},
	}},
	{filter: "tabby: normalizeIndentation", in: "python", rows: []fit{
		{"one blank too many on each line", "def f():\n    a()\n    ‸\n", fenced("b()\n     c()\n     d()"), "def f():\n    a()\n    b()\n    c()\n    d()‸\n"},
	}},
	{filter: "tabby: normalizeIndentation", eager: true, in: "lua", rows: []fit{
		{"a file of three spaces", "function f()\n   if a then\n      b()\n   end\n   ‸\nend\n", fenced("if c then\n      d()\n   end"), "function f()\n   if a then\n      b()\n   end\n   if c then\n      d()\n   end‸\nend\n"},
	}},
	{filter: "tabby: normalizeIndentation", eager: true, in: "c", rows: []fit{
		{"stars of a comment", "int a;\n\n‸\nint f(void) {\n    return a;\n}\n", fenced("/*\n * Gives a.\n */"), "int a;\n\n/*\n * Gives a.\n */‸\nint f(void) {\n    return a;\n}\n"},
	}},
	{filter: "tabby: removeDuplicateSuffixLines", rows: []fit{
		{"closing lines that are indented", "func f() {\n\tfor {\n\t\tif a {\n\t\t\t‸\n\t\t}\n\t}\n}\n", fenced("break\n\t\t}\n\t}"), "func f() {\n\tfor {\n\t\tif a {\n\t\t\tbreak‸\n\t\t}\n\t}\n}\n"},
		{"a statement and the closing line", "func f() int {\n\t‸\n\treturn n\n}\n", fenced("n := g()\n\treturn n\n}"), "func f() int {\n\tn := g()‸\n\treturn n\n}\n"},
	}},
	{filter: "tabby: isLineEnd", rows: []fit{
		{"the bracket that was typed for you", "func f(‸)\n", fenced("s string) error {"), "func f(s string) error {‸\n"},
		{"a quote and a bracket", "\tprint(\"‸\")\n", fenced("a\", b)"), "\tprint(\"a\", b)‸\n"},
	}},
	{filter: "tabby: isLineEnd", eager: true, rows: []fit{
		{"a bracket that the answer leaves to you", "\tf(‸)\n", fenced("a, b"), "\tf(a, b‸)\n"},
		{"brackets that are all needed", "\tf(g(‸))\n", fenced("h(x)"), "\tf(g(h(x)‸))\n"},
	}},
}

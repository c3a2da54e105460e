package completion

import (
	"github.com/claude-lsp/claude-lsp/internal/model"
)

var continuePeers = []peer{
	{filter: "continue: stop tokens", ask: how{bare: true}, rows: []fit{
		{"the token that ends a text", "\treturn ‸\n", "x<|endoftext|>", "\treturn x‸\n"},
		{"the next file of the training text", "func f() int {\n\treturn ‸\n", "x\n}\ndiff --git a/b.go b/b.go\n--- a/b.go\n", "func f() int {\n\treturn x\n}‸\n"},
	}},
	{filter: "continue: stop tokens", eager: true, in: "rust", ask: how{bare: true}, rows: []fit{
		{"operators that look like one", "    let x = ‸;\n", "a.map(<|b| b>::f)", "    let x = a.map(<|b| b>::f)‸;\n"},
	}},
	{filter: "continue: stop tokens", eager: true, rows: []fit{
		{"code that is about such a token", "const end = ‸\n", fenced("\"<|endoftext|>\""), "const end = \"<|endoftext|>\"‸\n"},
		{"a token that the document has", "// <|im_start|> begins a turn.\n\tx := ‸\n", fenced("`<|im_start|>`"), "// <|im_start|> begins a turn.\n\tx := `<|im_start|>`‸\n"},
		{"a patch in a string", "var patch = ‸\n", fenced("`\ndiff --git a/b.go b/b.go\n`"), "var patch = `\ndiff --git a/b.go b/b.go\n`‸\n"},
	}},
	{filter: "continue: stopAtStartOf", ask: how{end: EndFollowing}, rows: []fit{
		{"what follows the cursor", "\t‸\n\tfirst := load(name)\n\treturn first, nil\n", "```\nname := \"a\"\n\tfirst := load(name)\n\treturn first, nil\n}\n", "\tname := \"a\"‸\n\tfirst := load(name)\n\treturn first, nil\n"},
	}},
	{filter: "continue: stopAtStartOf", eager: true, rows: []fit{
		{"the same words in an inner block", "\t‸\n\treturn nil, err\n", fenced("if n == 0 {\n\t\treturn nil, err\n\t}\n\tn--"), "\tif n == 0 {\n\t\treturn nil, err\n\t}\n\tn--‸\n\treturn nil, err\n"},
	}},
	{filter: "continue: language char filters", in: "json", rows: []fit{
		{"brackets that are there", "{\"a\": [‸]}\n", fenced("1, 2]}"), "{\"a\": [1, 2‸]}\n"},
		{"a value and what closes it", "{\n  \"a\": {\n    ‸\n  }\n}\n", fenced("\"b\": 1\n  }\n}"), "{\n  \"a\": {\n    \"b\": 1‸\n  }\n}\n"},
	}},
	{filter: "continue: stopAtLines", in: "python", rows: []fit{
		{"the end of the file is announced", "x = ‸\n", fenced("1\n# End of file."), "x = 1‸\n"},
		{"a mark of the template", "x = ‸\n", fenced("1\n<|/updated_code|>\nand more"), "x = 1‸\n"},
		{"a fence behind bare code", "x = ‸\n", "1\n```", "x = 1‸\n"},
	}},
	{filter: "continue: stopAtLines", eager: true, in: "python", rows: []fit{
		{"a fence in a string", "FENCE = ‸\n", fenced("\"```\""), "FENCE = \"```\"‸\n"},
		{"a comment about the end of a file", "x = 1\n‸\n", fenced("# End of file.\nreturn EOF"), "x = 1\n# End of file.\nreturn EOF‸\n"},
		{"a comment about an end", "x = 1\n‸\n", fenced("# End of the month, in days.\ndays = 31"), "x = 1\n# End of the month, in days.\ndays = 31‸\n"},
	}},
	{filter: "continue: stopAtLinesExact", rows: []fit{
		{"the next line", "\t‸\n\tdefer file.Close()\n", fenced("file := open()\n\tdefer file.Close()"), "\tfile := open()‸\n\tdefer file.Close()\n"},
	}},
	{filter: "continue: stopAtLinesExact", eager: true, rows: []fit{
		{"a brace like the next line, but of the answer", "func f() {\n\tif a {\n\t\t‸\n\t}\n}\n", fenced("if b {\n\t\t\tc()\n\t\t}\n\t\td()"), "func f() {\n\tif a {\n\t\tif b {\n\t\t\tc()\n\t\t}\n\t\td()‸\n\t}\n}\n"},
	}},
	{filter: "continue: stopAtRepeatingLines", ask: how{end: EndRepetition}, rows: []fit{
		{"a line three times", "\tbegin()\n\t‸\n", "```\nwait(done)\n\twait(done)\n\twait(done)\n\twait(", "\tbegin()\n\twait(done)‸\n"},
	}},
	{filter: "continue: stopAtRepeatingLines", eager: true, in: "javascript", rows: []fit{
		{"closing lines in a row", "a(() => {\n  b(() => {\n    c(() => {\n      ‸\n", fenced("d();\n    });\n  });\n});"), "a(() => {\n  b(() => {\n    c(() => {\n      d();\n    });\n  });\n});‸\n"},
	}},
	{filter: "continue: avoidEmptyComments", rows: []fit{
		{"a comment that says nothing", "\tx()\n\t‸\n", fenced("//"), ""},
		{"several of them", "\tx()\n\t‸\n", fenced("//\n\t//\n\t//"), ""},
	}},
	{filter: "continue: avoidEmptyComments", eager: true, rows: []fit{
		{"between two paragraphs that are there", "// A is one.\n‸\n// It is not two.\nfunc A() {}\n", fenced("//"), "// A is one.\n//‸\n// It is not two.\nfunc A() {}\n"},
		{"between two paragraphs", "// A is one.\n‸\nfunc A() {}\n", fenced("//\n// It is not two."), "// A is one.\n//\n// It is not two.‸\nfunc A() {}\n"},
	}},
	{filter: "continue: avoidPathLine", rows: []fit{
		{"the path of this file", "x := ‸\n", fenced("// Path: a.go\n1"), "x := 1‸\n"},
		{"the path of another one", "\tbegin()\n\t‸\n", fenced("// Path: lib/other.go\n\tf()"), "\tbegin()\n\tf()‸\n"},
	}},
	{filter: "continue: avoidPathLine", eager: true, rows: []fit{
		{"a comment about paths", "\tbegin()\n\t‸\n", fenced("// Path: where it is looked for first.\n\tf()"), "\tbegin()\n\t// Path: where it is looked for first.\n\tf()‸\n"},
	}},
	{filter: "continue: skipPrefixes", rows: []fit{
		{"an opening tag alone", "x := ‸\n", "<COMPLETION>1", "x := 1‸\n"},
		{"tags round several lines", "\tbegin()\n\t‸\n", "<COMPLETION>if a {\n\t\tb()\n\t}</COMPLETION>", "\tbegin()\n\tif a {\n\t\tb()\n\t}‸\n"},
		{"a closing tag alone", "x := ‸\n", "1</COMPLETION>", "x := 1‸\n"},
	}},
	{filter: "continue: noDoubleNewLine", eager: true, rows: []fit{
		{"a blank line inside a block", "func f() {\n\t‸\n}\n", fenced("a := one()\n\n\tb := two(a)\n\n\treturn b"), "func f() {\n\ta := one()\n\n\tb := two(a)\n\n\treturn b‸\n}\n"},
	}},
	{filter: "continue: stopAtSimilarLine", rows: []fit{
		{"the next line without its semicolon", "\t‸\n\tstart(server, 8080);\n", fenced("bind(server)\n\tstart(server, 8080)"), "\tbind(server)‸\n\tstart(server, 8080);\n"},
		{"the next line with another comma", "\tx := []string{\n\t\t‸\n\t\t\"second one\",\n\t}\n", fenced("\"first one\",\n\t\t\"second one\""), "\tx := []string{\n\t\t\"first one\",‸\n\t\t\"second one\",\n\t}\n"},
	}},
	{filter: "continue: stopAtSimilarLine", eager: true, rows: []fit{
		{"a line that differs by a letter", "\t‸\n\tbox.right = area.right + margin\n", fenced("box.left = area.left + margin\n\tbox.light = area.light + margin"), "\tbox.left = area.left + margin\n\tbox.light = area.light + margin‸\n\tbox.right = area.right + margin\n"},
	}},
	{filter: "continue: blank", rows: []fit{
		{"nothing", "x := ‸\n", "", ""},
		{"line breaks", "x := ‸\n", "\n\n", ""},
		{"blanks in a fence", "x := ‸\n", fenced(" \t \n  "), ""},
	}},
	{filter: "continue: rewritesLineAbove", rows: []fit{
		{"the line above", "\tcount := len(items)\n\t‸\n", fenced("count := len(items)"), ""},
		{"the line above, with other blanks", "\tf( a,b )\n\t‸\n", fenced("f(a, b)"), ""},
		{"the line above, with a semicolon", "\tcount := len(items)\n\t‸\n", fenced("count := len(items);"), ""},
	}},
	{filter: "continue: rewritesLineAbove", eager: true, rows: []fit{
		{"a sister of the line above", "\tmin.x = lowest(points.x)\n\t‸\n", fenced("min.y = lowest(points.y)"), "\tmin.x = lowest(points.x)\n\tmin.y = lowest(points.y)‸\n"},
	}},
	{filter: "continue: isExtremeRepetition", rows: []fit{
		{"two lines in turn", "\tbegin()\n\t‸\n", fenced("get(key)\n\tput(key)\n\tget(key)\n\tput(key)\n\tget(key)\n\tput(key)"), "\tbegin()\n\tget(key)\n\tput(key)‸\n"},
	}},
	{filter: "continue: isExtremeRepetition", eager: true, rows: []fit{
		{"lines that share most of their text", "\tbegin()\n\t‸\n", fenced("t.add(\"north\", 1)\n\tt.add(\"south\", 2)\n\tt.add(\"east\", 3)\n\tt.add(\"west\", 4)\n\tt.add(\"up\", 5)\n\tt.add(\"down\", 6)"), "\tbegin()\n\tt.add(\"north\", 1)\n\tt.add(\"south\", 2)\n\tt.add(\"east\", 3)\n\tt.add(\"west\", 4)\n\tt.add(\"up\", 5)\n\tt.add(\"down\", 6)‸\n"},
	}},
	{filter: "continue: codestral", ask: how{bare: true}, rows: []fit{
		{"a blank that is there", "\tx := ‸\n", " 1", "\tx := 1‸\n"},
		{"a line break in front of the rest of the line", "\tx := ‸\n", "\n1", "\tx := 1‸\n"},
	}},
	{filter: "continue: codestral", eager: true, ask: how{bare: true}, rows: []fit{
		{"a blank that is missing", "\treturn‸\n", " nil", "\treturn nil‸\n"},
		{"a line break that is missing", "\tif a {‸\n", "\n\t\tb()\n\t}", "\tif a {\n\t\tb()\n\t}‸\n"},
	}},
	{filter: "continue: qwen3", rows: []fit{
		{"thinking aloud", "x := ‸\n", "<think>\nA number, I guess:\n```\n2\n```\n</think>\n\n```\n1\n```", "x := 1‸\n"},
		{"nothing but an empty thought", "x := ‸\n", "<think></think>1", "x := 1‸\n"},
		{"a thought that does not end", "x := ‸\n", "<think>\nA number, I guess", ""},
	}},
	{filter: "continue: granite", rows: []fit{
		{"the start of the line again", "\tresult := compute(‸\n", fenced("\tresult := compute(a, b)"), "\tresult := compute(a, b)‸\n"},
	}},
	{filter: "continue: granite", eager: true, rows: []fit{
		{"a call in a call of the same name", "\tx := join(‸\n", fenced("join(a, b), c)"), "\tx := join(join(a, b), c)‸\n"},
	}},
	{filter: "continue: mercury", ask: how{bare: true}, rows: []fit{
		{"line breaks at the end", "\tx := ‸\n\ty()\n", "1\n\n\n", "\tx := 1‸\n\ty()\n"},
	}},
	{filter: "continue: gemini", rows: []fit{
		{"a mark between files", "\treturn ‸\n", fenced("x<|file_separator|>package b"), "\treturn x‸\n"},
	}},
	{filter: "continue: leading double space", rows: []fit{
		{"two blanks behind a blank", "\tx = ‸\n", fenced("  y"), "\tx = y‸\n"},
	}},
	{filter: "continue: leading double space", eager: true, rows: []fit{
		{"columns of a table", "\tname string\n\tage‸\n", fenced("  int"), "\tname string\n\tage  int‸\n"},
	}},
	{filter: "continue: backtick fences", rows: []fit{
		{"a fence", "x := ‸\n", "```go\n1\n```", "x := 1‸\n"},
		{"a fence on one line", "x := ‸\n", "```1 + 1```", "x := 1 + 1‸\n"},
		{"a fence on one line, with the language", "x := ‸\n", "```go 1 + 1```", "x := 1 + 1‸\n"},
		{"a fence on one line, with talk around it", "\tbegin()\n\t‸\n", "Here it is:\n```x = 1```\nDone, as you asked for.", "\tbegin()\n\tx = 1‸\n"},
		{"a fence whose end was cut off", "\tbegin()\n\t‸\n", "```go\nf(1)\n\tg(2)\n\th(", "\tbegin()\n\tf(1)\n\tg(2)\n\th(‸\n"},
	}},
	{filter: "continue: backtick fences", ask: how{stop: model.StopLength}, rows: []fit{
		{"an answer that was cut off", "\tbegin()\n\t‸\n", "```go\nf(1)\n\tg(2)\n\th(", "\tbegin()\n\tf(1)\n\tg(2)‸\n"},
	}},
	{filter: "continue: BracketMatchingService", rows: []fit{
		{"a bracket that nothing opened", "\tf(‸\n", fenced("a))"), "\tf(a)‸\n"},
		{"a line of them", "\tf(\n\t\t‸\n\t)\n", fenced("a,\n\t)\n)"), "\tf(\n\t\ta,‸\n\t)\n"},
	}},
	{filter: "continue: BracketMatchingService", eager: true, rows: []fit{
		{"brackets that the text above opened", "func f() {\n\tif a {\n\t\tb(‸\n", fenced("c)\n\t}\n}"), "func f() {\n\tif a {\n\t\tb(c)\n\t}\n}‸\n"},
		{"a bracket in a string", "\tf(‸)\n", fenced("\")\", a"), "\tf(\")\", a‸)\n"},
	}},
	{filter: "continue: processSingleLineCompletion", rows: []fit{
		{"text in front of what is there", "\tf(‸, c)\n", fenced("a, b"), "\tf(a, b‸, c)\n"},
		{"text round what is there", "\tf(‸)\n", fenced("a) + g(b)"), "\tf(a) + g(b‸)\n"},
		{"the whole line again, with something put in", "\tx := f(a, ‸)\n", fenced("\tx := f(a, b)"), "\tx := f(a, b‸)\n"},
	}},
	{filter: "continue: processSingleLineCompletion", eager: true, rows: []fit{
		{"words that would have to go", "\tf(‸, c)\n", fenced("a, b)"), "\tf(a, b‸, c)\n"},
	}},
}

package completion

import "testing"

func TestEnvelopes(t *testing.T) {
	check(t, "go", []fit{
		{"a JSON object", "\tx := ‸", `{"completion": "f(\"a\")"}`, "\tx := f(\"a\")‸"},
		{"of any name, at a statement", "func f() {\n\t‸\n}\n", `{"go_lines": "a()\n\tb()"}`, "func f() {\n\ta()\n\tb()‸\n}\n"},
		{"in a fence", "\tx := ‸", "```json\n{\"code\": \"f(1)\"}\n```", "\tx := f(1)‸"},
		{"behind talk", "\tx := ‸", "Here is the completion:\n\n{\"code\": \"f(1)\"}\n\nThis calls f with one.", "\tx := f(1)‸"},
		{"with an explanation", "\tx := ‸", "{\n  \"explanation\": \"The call was missing here.\",\n  \"insert\": \"f(1)\",\n  \"confidence\": 0.9\n}", "\tx := f(1)‸"},
		{"a tool call", "\tx := ‸", `{"type": "tool_use", "name": "edit", "input": {"path": "a.go", "new_text": "f(1)"}}`, "\tx := f(1)‸"},
		{"a tool call with its arguments as a string", "\tx := ‸", `{"name": "insert", "arguments": "{\"text\": \"f(1)\"}"}`, "\tx := f(1)‸"},
		{"content blocks", "\tx := ‸", `[{"type": "text", "text": "f(1)"}]`, "\tx := f(1)‸"},
		{"several completions", "\tx := ‸", `{"completions": ["f(1)", "f(2)"]}`, "\tx := f(1)‸"},
		{"line breaks that are not escaped", "func f() {\n\t‸\n}\n", "{\"code\": \"a()\n\tb()\"}", "func f() {\n\ta()\n\tb()‸\n}\n"},
		{"an empty text", "\tx := ‸", `{"completion": ""}`, ""},
		{"two texts and no way to tell", "\tx := ‸", `{"code": "f(1)", "snippet": "g(1)"}`, ""},
		{"broken off", "\tx := ‸", "{\"completion\": \"f(1", ""},
		{"a map is code", "\tx := map[string]string‸", fenced(`{"text": "hello"}`), "\tx := map[string]string{\"text\": \"hello\"}‸"},
		{"an index is code", "\tx := a‸", fenced("[1]"), "\tx := a[1]‸"},
		{"in a comment", "// The numbers ‸\n", `{"completion": "come in pairs."}`, "// The numbers come in pairs.‸\n"},
		{"elements", "\tx := ‸", "<reply>\n<reason>It was missing here.</reason>\n<text>f(1)</text>\n</reply>", "\tx := f(1)‸"},
		{"an element with attributes", "\tx := ‸", "<edit file=\"a.go\">\nf(1)\n</edit>", "\tx := f(1)‸"},
		{"a CDATA section", "\tx := ‸", "<edit><![CDATA[f(1)]]></edit>", "\tx := f(1)‸"},
		{"a YAML block", "func f() {\n\t‸\n}\n", fenced("completion: |\n  a()\n  b()"), "func f() {\n\ta()\n\tb()‸\n}\n"},
	})
	check(t, "python", []fit{
		{"a dictionary is code", "x = ‸\n", fenced(`{"text": "hello"}`), "x = {\"text\": \"hello\"}‸\n"},
		{"but not one with the answer's own name", "x = ‸\n", `{"completion": "f(1)"}`, "x = f(1)‸\n"},
		{"nor at a statement", "def f():\n    ‸\n", `{"code": "return 1"}`, "def f():\n    return 1‸\n"},
	})
	check(t, "json", []fit{
		{"an object is code", "{\n  \"a\": ‸\n}\n", fenced(`{"text": "hello"}`), "{\n  \"a\": {\"text\": \"hello\"}‸\n}\n"},
		{"where a name is due", "{\n  ‸\n}\n", `{"completion": "\"a\": 1"}`, "{\n  \"a\": 1‸\n}\n"},
		{"of the document's names", "[\n  {\"text\": \"a\"},\n  ‸\n]\n", fenced(`{"text": "b"}`), "[\n  {\"text\": \"a\"},\n  {\"text\": \"b\"}‸\n]\n"},
	})
	check(t, "xml", []fit{{"an element is code", "<r>\n  ‸\n</r>\n", fenced("<item>\n    <text>a</text>\n  </item>"), "<r>\n  <item>\n    <text>a</text>\n  </item>‸\n</r>\n"}})
	check(t, "yaml", []fit{{"a block is code", "a: 1\n‸\n", fenced("text: |\n  b\n  c"), "a: 1\ntext: |\n  b\n  c‸\n"}})
}

func TestLayout(t *testing.T) {
	check(t, "go", []fit{
		{"line numbers", "package a\n\nfunc f() {\n\t‸\n}\n", fenced("4 | \ta()\n5 | \tb()"), "package a\n\nfunc f() {\n\ta()\n\tb()‸\n}\n"},
		{"line numbers and tabs", "func f() {\n\t‸\n}\n", fenced("     2\ta()\n     3\tb()"), "func f() {\n\ta()\n\tb()‸\n}\n"},
		{"one line, numbered as the cursor's", "func f() {\n\t‸\n}\n", fenced("2: a()"), "func f() {\n\ta()‸\n}\n"},
		{"an operator", "\tx := ‸\n", fenced("4 | y"), "\tx := 4 | y‸\n"},
		{"block-quote marks", "func f() {\n\t‸\n}\n", "> a()\n> b()", "func f() {\n\ta()\n\tb()‸\n}\n"},
		{"a comparison", "\tx := a ‸\n", fenced("> 3"), "\tx := a > 3‸\n"},
		{"quotation marks", "\tx := ‸\n", "“f(1)”", "\tx := f(1)‸\n"},
		{"escapes of HTML", "\tif ‸ {\n\t}\n", fenced("a &lt; b &amp;&amp; c"), "\tif a < b && c‸ {\n\t}\n"},
		{"what to search for and what to put there", "\tfirst()\n\t‸\n", fenced("<<<<<<< SEARCH\n\tfirst()\n=======\n\tfirst()\n\tsecond()\n>>>>>>> REPLACE"), "\tfirst()\n\tsecond()‸\n"},
		{"a patch in words of its own", "\tfirst()\n\t‸\n", "```\n*** Begin Patch\n*** Update File: a.go\n@@\n \tfirst()\n+\tsecond()\n*** End Patch\n```", "\tfirst()\n\tsecond()‸\n"},
		{"a table", "\tx := ‸\n", "| Option | Meaning |\n|---|---|\n| a | first |", ""},
	})
	check(t, "python", []fit{
		{"prompts", "‸\n", fenced(">>> x = 1\n>>> for a in b:\n...     c(a)"), "x = 1\nfor a in b:\n    c(a)‸\n"},
		{"prompts and what was printed", "‸\n", fenced(">>> f(1)\n1\n>>> f(2)"), "f(1)\nf(2)‸\n"},
		{"in a docstring they are text", "def f():\n    \"\"\"Gives one.\n\n    ‸\n    \"\"\"\n", fenced(">>> f()\n    1"), "def f():\n    \"\"\"Gives one.\n\n    >>> f()\n    1‸\n    \"\"\"\n"},
	})
	check(t, "shellscript", []fit{{"a shell's prompt", "‸\n", fenced("$ make\n$ make install"), "make\nmake install‸\n"}})
}

package dropin

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// inlineRows are about the suggestion itself.
func inlineRows() []row {
	return []row{
		{n: 1, capability: "inlineCompletion automatic / invoked", check: inlineGolden, how: "a request of each kind and its whole answer, byte by byte"},
		{n: 2, capability: "several candidates on Invoked (3)", check: severalCandidates, how: "a count: 3 when invoked, 1 when typing"},
		{n: 3, capability: "selectedCompletionInfo honoured", check: selectedEntry, how: "the text over the menu's range begins with the entry"},
		{n: 4, capability: "formattingOptions (tabs/spaces)", check: formattingOptions, how: "the indentation of a block in a file that shows none"},
		{n: 5, capability: "fill in the middle: prefix and suffix, overlap trimmed", check: fillInTheMiddle, how: "a corpus of brackets and quotes that stand behind the cursor; both sides are in the prompt"},
		{n: 6, capability: "multi-line or single-line by syntax", check: byLineOrBlock, how: "a corpus: starts of blocks in 14 languages, and comments and expressions that go on behind the cursor"},
	}
}

// anyID is what differs from run to run in an item.
var anyID = regexp.MustCompile(`"arguments":\["[^"]+"\]`)

// inlineGolden compares answers as they are on the wire.
func inlineGolden(t *probe) {
	c := connect(t, setup{})
	const golden = `{"items":[{"insertText":"a + b","range":{"start":{"line":3,"character":8},"end":{"line":3,"character":8}},` +
		`"command":{"title":"Accepted","command":"claude-lsp.accept","arguments":["ID"]}}]}`
	c.says("a + b")
	for i, more := range []map[string]any{
		{}, // typed, with a version and formatting options
		invoked,
		{"textDocument": nil}, // filled in below: without a version, as Neovim and copilot.el
		{"formattingOptions": map[string]any{"tabSize": 4, "insertSpaces": true}, "data": map[string]any{"x": 1}},
	} {
		p := c.draw(fmt.Sprintf("golden%d.go", i), "package a\n\nfunc add(a, b int) int {\n\treturn ‸\n}\n")
		if _, ok := more["textDocument"]; ok {
			more["textDocument"] = map[string]any{"uri": p.uri}
		}
		raw, err := c.ask(p, more).Wait()
		if got := anyID.ReplaceAllString(string(raw), `"arguments":["ID"]`); err != nil || !sameJSON(got, golden) {
			t.Errorf("request %d is answered with %s, error %v; want %s", i, got, err, golden)
		}
	}
	// A place behind the text is no reason to end, nor for an error.
	p := c.draw("short.go", "package a\n‸")
	p.at.Line = 7000
	c.items(c.ask(p, nil))
	c.Shutdown()
}

func sameJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func severalCandidates(t *probe) {
	c := connect(t, setup{})
	c.says("a + b", "b + a", "sum(a, b)")
	for i, tt := range []struct {
		more map[string]any
		want int
	}{{nil, 1}, {invoked, 3}} {
		p := c.draw(fmt.Sprintf("several%d.go", i), "package a\n\nfunc add(a, b int) int {\n\treturn ‸\n}\n")
		items := c.items(c.ask(p, tt.more))
		different := map[string]bool{}
		for _, i := range items {
			different[i.InsertText+"\x00"+i.id()] = true
		}
		if len(items) != tt.want || len(different) != tt.want {
			t.Errorf("%d items, %d different, want %d", len(items), len(different), tt.want)
		}
	}
	c.Shutdown()
}

func selectedEntry(t *probe) {
	c := connect(t, setup{})
	for i, tt := range []struct{ drawn, typed, entry, answer string }{
		{"package a\n\nfunc f() {\n\tfmt.Pr‸\n}\n", "Pr", "Println", `("hi")`},
		{"package a\n\nfunc f() {\n\tfmt.Pr‸\n}\n", "Pr", "Printf", `("%d", 1)`},
		{"package a\n\nfunc f() {\n\tfmt.‸\n}\n", "", "Errorf", `("missing")`},
		{"package a\n\nfunc f() {\n\tfmt.pri‸\n}\n", "pri", "Printf", `("%d", 1)`}, // the menu corrects the case
	} {
		p := c.draw(fmt.Sprintf("selected%d.go", i), tt.drawn)
		c.says(tt.answer)
		from := editor.Position{Line: p.at.Line, Character: p.at.Character - len(tt.typed)}
		got := c.items(c.ask(p, map[string]any{"context": map[string]any{
			"triggerKind": 2, "selectedCompletionInfo": map[string]any{"text": tt.entry, "range": editor.Range{Start: from, End: p.at}},
		}}))
		if len(got) == 0 {
			t.Errorf("%s: nothing is suggested behind it", tt.entry)
			continue
		}
		after := put(c.Text(p.uri), got[0].Range, got[0].InsertText)
		if over := after[offset(after, from):]; !strings.HasPrefix(over, tt.entry+tt.answer) {
			t.Errorf("with %s chosen in the menu the text becomes %q, want %q", tt.entry, after, tt.entry+tt.answer)
		}
	}
	c.Shutdown()
}

func formattingOptions(t *probe) {
	c := connect(t, setup{})
	// The model indents by four blanks, which no line of the file speaks for.
	c.says("\n    if (n) {\n        return 1;\n    }\n}")
	for i, tt := range []struct {
		options map[string]any
		unit    string
	}{
		{map[string]any{"tabSize": 2, "insertSpaces": true}, "  "},
		{map[string]any{"tabSize": 4, "insertSpaces": true}, "    "},
		{map[string]any{"tabSize": 8, "insertSpaces": true}, "        "},
		{map[string]any{"tabSize": 4, "insertSpaces": false}, "\t"},
		{map[string]any{"tabSize": "2", "insertSpaces": "true"}, "  "}, // Copilot takes texts too
		{map[string]any{"tabSize": 3, "insertSpaces": true, "trimTrailingWhitespace": true}, "   "},
	} {
		p := c.draw(fmt.Sprintf("format%d.js", i), "function f(n) {‸\n")
		want := "function f(n) {\n" + tt.unit + "if (n) {\n" + tt.unit + tt.unit + "return 1;\n" + tt.unit + "}\n}\n"
		if got := c.completed(p, map[string]any{"formattingOptions": tt.options}); got != want {
			t.Errorf("%v: got %q, want %q", tt.options, got, want)
		}
	}
	c.Shutdown()
}

func fillInTheMiddle(t *probe) {
	c := connect(t, setup{})
	for i, tt := range []struct{ name, drawn, answer, want string }{
		{"a.go", "package a\n\nvar x = f(‸)\n", "1, 2)", "package a\n\nvar x = f(1, 2)\n"},
		{"a.go", "package a\n\nvar x = []int{‸}\n", "1, 2}", "package a\n\nvar x = []int{1, 2}\n"},
		{"a.go", "package a\n\nvar x = m[‸]\n", "key]", "package a\n\nvar x = m[key]\n"},
		{"a.go", "package a\n\nvar x = f(g(‸))\n", "1))", "package a\n\nvar x = f(g(1))\n"},
		{"a.py", "x = f(‸)\n", "a, b)", "x = f(a, b)\n"},
		{"a.py", "print(\"‸\")\n", "hello\")", "print(\"hello\")\n"},
		{"a.js", "const x = {‸};\n", " a: 1 };", "const x = { a: 1 };\n"},
		{"a.js", "items.map((x) => ‸);\n", "x + 1);", "items.map((x) => x + 1);\n"},
		{"a.js", "if (‸) {\n\tstop();\n}\n", "done) {", "if (done) {\n\tstop();\n}\n"},
		{"a.c", "int f(void) {\n\treturn ‸\n}\n", "1;\n}", "int f(void) {\n\treturn 1;\n}\n"},
		{"a.c", "int a[] = {‸};\n", "1, 2, 3};", "int a[] = {1, 2, 3};\n"},
		{"a.rs", "fn f() -> Vec<i32> {\n    vec![‸]\n}\n", "1, 2]\n}", "fn f() -> Vec<i32> {\n    vec![1, 2]\n}\n"},
		{"a.html", "<p>‸</p>\n", "hello</p>", "<p>hello</p>\n"},
		{"a.json", "{\"a\": [‸]}\n", "1, 2]}", "{\"a\": [1, 2]}\n"},
	} {
		c.says(tt.answer)
		p := c.draw(fmt.Sprintf("middle%d/%s", i, tt.name), tt.drawn)
		if got := c.completed(p, invoked); got != tt.want {
			t.Errorf("%q with the answer %q becomes %q, want %q", tt.drawn, tt.answer, got, tt.want)
		}
	}
	// Both sides reach the model, the far ends too.
	before, after := strings.Repeat("// before zebra\n", 40), strings.Repeat("// after quagga\n", 40)
	c.says("1")
	p := c.draw("sides.go", "package a // first okapi\n"+before+"var x = ‸\n"+after+"// last tapir\n")
	c.items(c.ask(p, nil))
	for _, part := range []string{"first okapi", "before zebra", "after quagga", "last tapir"} {
		if !strings.Contains(c.prompt(), part) {
			t.Errorf("the prompt lacks %q", part)
		}
	}
	c.Shutdown()
}

func byLineOrBlock(t *probe) {
	c := connect(t, setup{})
	for i, tt := range []struct {
		name, drawn, answer string
		several             bool
	}{
		{"a.go", "package a\n\nfunc f(n int) int {‸\n", "\n\tn++\n\treturn n\n}", true},
		{"a.go", "package a\n\n// the number of ‸\nvar x int\n", "rows\nvar y = 1\nvar z = 2", false},
		{"a.py", "def f(n):‸\n", "\n    n += 1\n    return n", true},
		{"a.py", "x = 1  # the number of ‸\ny = 2\n", "rows\nz = 3\nw = 4", false},
		{"a.js", "function f(n) {‸\n", "\n  n++;\n  return n;\n}", true},
		{"a.js", "// the number of ‸\nlet y;\n", "rows\nconst z = 2;\nconst w = 3;", false},
		{"a.ts", "class A {‸\n", "\n  a = 1;\n  b = 2;\n}", true},
		{"a.tsx", "const f = () => {‸\n", "\n  g();\n  return 1;\n}", true},
		{"a.java", "class A {‸\n", "\n  int a;\n  int b;\n}", true},
		{"a.c", "int f(void) {‸\n", "\n\tint n = 1;\n\treturn n;\n}", true},
		{"a.c", "if (‸ && x) {\n}\n", "done\nint z;\nint w;", false},
		{"a.cpp", "for (int i = 0; i < n; i++) {‸\n", "\n\tf(i);\n\tg(i);\n}", true},
		{"a.rs", "fn f(n: i32) -> i32 {‸\n", "\n    let m = n + 1;\n    m\n}", true},
		{"a.rb", "def f(n)‸\n", "\n  n += 1\n  n\nend", true},
		{"a.cs", "void F() {‸\n", "\n  A();\n  B();\n}", true},
		{"a.php", "<?php\nfunction f($n) {‸\n", "\n  $n++;\n  return $n;\n}", true},
		{"a.sh", "if true; then‸\n", "\n  a\n  b\nfi", true},
		{"a.lua", "function f(n)‸\n", "\n  n = n + 1\n  return n\nend", true},
		{"a.kt", "fun f(n: Int): Int {‸\n", "\n  val m = n + 1\n  return m\n}", true},
	} {
		c.says(tt.answer)
		p := c.draw(fmt.Sprintf("block%d/%s", i, tt.name), tt.drawn)
		before := c.Text(p.uri)
		after := c.completed(p, nil)
		lines := strings.Count(after, "\n") - strings.Count(before, "\n")
		if after == before || tt.several && lines < 2 || !tt.several && lines != 0 {
			t.Errorf("%s %q: %d lines came, want several: %v", tt.name, tt.drawn, lines, tt.several)
		}
	}
	c.Shutdown()
}

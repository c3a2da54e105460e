package completion

import "testing"

// Several lines or one: by what the cursor stands in and by what follows it.
func TestFormFor(t *testing.T) {
	tests := []struct {
		name    string
		setting Multiline
		invoked bool
		text    string
		want    form
	}{
		{"an empty line", "", false, "func f() {\n\t‸\n}", aBlock},
		{"behind what opens a block", "", false, "func f() {‸\n}", aBlock},
		{"below a comment", "", false, "// Sort them.\n‸", aBlock},
		{"the end of a line", "", false, "\tx := ‸\n", aBlock},
		{"in front of closers", MultilineAuto, false, "\tf(‸)\n", aBlock},
		{"in front of words", "", false, "\tf(‸, b)\n", aLine},
		{"in front of words, by hand", "", true, "\tf(‸, b)\n", aBlock},
		{"inside a line comment", "", false, "// Sort ‸", aLine},
		{"inside a string", "", false, "x := \"a‸\"", aLine},
		{"inside a text of several lines", "", false, "x := `\n‸\n`", aBlock},
		{"behind a bracket that opens", "", false, "\tf(‸\n", aBlock},
		{"in front of an operator and a name", "", false, "\tx := ‸ + y\n", aLine},
		{"in front of an operator", "", false, "\tx := ‸ ++\n", aBlock},
		{"never", MultilineNever, true, "func f() {\n\t‸\n}", onlyLine},
		{"always", MultilineAlways, false, "\tf(‸, b)\n", aBlock},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := formFor(tt.setting, tt.invoked, drawn(t, "go", tt.text)); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// What was expected is checked again against the answer, when its first line is
// there.
func TestFirstLineIsLookedAt(t *testing.T) {
	for _, p := range []peer{
		{rows: []fit{
			{"the text of a comment is its line", "\t// Sort the ‸\n\tx()\n", fenced("names.\n\tsort(names)"), "\t// Sort the names.‸\n\tx()\n"},
			{"a string ends on its line", "\tx := \"a‸\n", fenced("b\"\n\ty()"), "\tx := \"ab\"‸\n"},
			{"in front of words, one line", "\tx := ‸ + y\n", fenced("z"), "\tx := z‸ + y\n"},
			{"in front of words, a first line that opens what others close", "\tf(‸, y)\n", fenced("[]int{\n\t\t1,\n\t}"), "\tf([]int{\n\t\t1,\n\t}‸, y)\n"},
			{"in front of words, statements of their own", "\tf(‸, y)\n", fenced("x\n\tg()"), "\tf(x‸, y)\n"},
			{"in front of brackets, a block", "\tf(‸)\n", fenced("func() {\n\t\tg()\n\t}"), "\tf(func() {\n\t\tg()\n\t}‸)\n"},
			{"an empty line, a block", "func f() {\n\t‸\n}\n", fenced("x()\n\ty()"), "func f() {\n\tx()\n\ty()‸\n}\n"},
			{"the end of a line, a line", "\tx := ‸\n", fenced("1"), "\tx := 1‸\n"},
			{"the end of a line, and lines that belong to it", "\tx := ‸\n", fenced("f(\n\t\t1,\n\t)"), "\tx := f(\n\t\t1,\n\t)‸\n"},
		}},
		{ask: how{multiline: MultilineNever}, rows: []fit{
			{"never, on an empty line", "func f() {\n\t‸\n}\n", fenced("x()\n\ty()"), "func f() {\n\tx()‸\n}\n"},
			{"never, in front of brackets", "\tf(‸)\n", fenced("func() {\n\t\tg()\n\t}"), ""},
		}},
		{ask: how{multiline: MultilineNever, end: EndOneLine}, rows: []fit{
			{"no more is read than the line", "\tx := ‸\n", "```\n1\n", "\tx := 1‸\n"},
		}},
		{ask: how{multiline: MultilineAlways}, rows: []fit{
			{"always, in a comment", "\t// Sort the ‸\n\tx()\n", fenced("names.\n\tsort(names)"), "\t// Sort the names.\n\tsort(names)‸\n\tx()\n"},
		}},
	} {
		p.run(t)
	}
}

// The rest of the line goes only where the answer was given for it: where the
// brackets are better without it, and all that goes is to be seen in the answer.
func TestRestOfLineIsReplaced(t *testing.T) {
	peer{rows: []fit{
		{"a closer that the answer has and goes on behind", "func f(‸)\n", fenced("n int) error {"), "func f(n int) error {‸\n"},
		{"closers of which the answer has one", "\tx := f(g(‸))\n", fenced("1), 2"), "\tx := f(g(1), 2‸)\n"},
		{"a closer that ends the answer stays", "\tf(‸)\n", fenced("n)"), "\tf(n‸)\n"},
		{"a closer that the answer lacks stays", "\tf(‸)\n", fenced("n"), "\tf(n‸)\n"},
		{"a closer of the answer's own: the other one stays", "\tf(‸)\n", fenced("g(n)"), "\tf(g(n)‸)\n"},
		{"words that the answer does not show stay, and it goes", "func f(‸) int {\n", fenced("n int) error {"), ""},
		{"words that it shows at its end stay", "func f(‸) int {\n", fenced("n int) int {"), "func f(n int‸) int {\n"},
	}}.run(t)
}

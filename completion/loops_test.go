package completion

import (
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

func TestSecondAnswers(t *testing.T) {
	check(t, "go", []fit{
		{"behind a comment", "\t‸\n", fenced("total := sum(values)\n\n\t// Alternatively:\n\ttotal := 0\n\tfor _, v := range values {\n\t\ttotal += v\n\t}"), "\ttotal := sum(values)‸\n"},
		{"the same once more", "\t‸\n", fenced("first(thing)\n\tsecond(thing)\n\n\tfirst(thing)\n\tsecond(thing)"), "\tfirst(thing)\n\tsecond(thing)‸\n"},
		{"a comment that says something else", "\t‸\n", fenced("first(thing)\n\t// Or the second one will wait for ever, as the first one did.\n\tsecond(thing)"), "\tfirst(thing)\n\t// Or the second one will wait for ever, as the first one did.\n\tsecond(thing)‸\n"},
		{"an option that is handled", "\t‸\n", fenced("parse(name)\n\t// option\n\tif x {\n\t\tdone()\n\t}"), "\tparse(name)\n\t// option\n\tif x {\n\t\tdone()\n\t}‸\n"},
		{"a line twice", "\t‸\n", fenced("step()\n\n\tstep()"), "\tstep()\n\n\tstep()‸\n"},
	})
	check(t, "python", []fit{
		{"an option", "def f(values):\n    ‸\n", fenced("return sum(values)\n\n    # Option 2:\n    return sum(v for v in values)"), "def f(values):\n    return sum(values)‸\n"},
	})
}

func TestLoops(t *testing.T) {
	block := "\tfirst(thing)\n\tif second(thing) {\n\t\tthird(thing, 1)\n\t}\n"
	counted := func(n string) string { return strings.ReplaceAll(block, "1", n) }
	long := ""
	for name := range strings.FieldsSeq("one two three four five six seven eight nine ten eleven twelve") {
		long += "\t" + name + "(thing)\n"
	}
	table := "\tcase 1:\n\t\treturn one\n\tcase 2:\n\t\treturn two\n\tcase 3:\n\t\treturn three"
	tests := []struct{ name, answer, want string }{
		{"long blocks", strings.Repeat(long, 3), long},
		{"cut in the second copy", long + long[:40], long},
		{"with other numbers", block + counted("2") + counted("3") + "\tfirst(thi", block},
		{"a table", table + "\n\tcase 4:\n\t\tret", table + "\n\tcase 4:\n"},
		{"lines that only begin alike", long + "\tone(thing)\n\ttwo(other)\n\tthr", long + "\tone(thing)\n\ttwo(other)\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := strings.TrimRight("func f() {\n"+tt.want, "\n") + cursor + "\n"
			for _, size := range []int{0, 1, 7} {
				if got := play(t, "go", fit{text: "func f() {\n\t‸\n", answer: "```go\n" + tt.answer}, size, model.StopLength); got != want {
					t.Errorf("in chunks of %d:\n%s\n--- want\n%s", size, got, want)
				}
			}
		})
	}
}

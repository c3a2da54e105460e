package completion

import (
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
	"github.com/google/go-cmp/cmp"
)

// Fences that share their line with something else.
func TestFencesOnSharedLines(t *testing.T) {
	tests := []struct {
		name   string
		answer string
		want   []string
	}{
		{"a token behind the closing fence", "```go\na\n``` </s>", []string{"fence go: a", "text: </s>\n"}},
		{"a token glued to it", "```go\na\n```<|im_end|>\n", []string{"fence go: a", "text: <|im_end|>\n"}},
		{"talk behind it", "```go\na\n``` Let me know if it helps.\nBye.", []string{"fence go: a", "text: Let me know if it helps.\nBye."}},
		{"talk glued to it", "```go\na\n```This calls a.", []string{"fence go: a", "text: This calls a.\n"}},
		{"talk in another script", "```go\na\n``` 以上です。", []string{"fence go: a", "text: 以上です。\n"}},
		{"behind code, and talk below", "```go\nf(x)```\n\nThat is all.", []string{"fence go: f(x)", "text: That is all."}},
		{"behind code, with a token", "```go\nf(x)```<|eot|>", []string{"fence go: f(x)"}},
		{"behind code, and another block", "```go\nf(x)```\nOr:\n```go\ng(x)\n```", []string{"fence go: f(x)", "text: Or:\n", "fence go: g(x)"}},
		{"a fence inside a comment", "```go\n// ```\n// x\n// ```\nf()\n```", []string{"fence go: // ```\n// x\n// ```\nf()"}},
		{"a fence behind a comment's words", "```go\n// So: ```\n// x\nf()\n```", []string{"fence go: // So: ```\n// x\nf()"}},
		{"a string that begins with a fence", "```go\nx = \"\"\"```\ny\n```", []string{"fence go: x = \"\"\"```\ny"}},
		{"a span in a line", "```go\n// a ```b``` c\nf()\n```", []string{"fence go: // a ```b``` c\nf()"}},
		{"the next fence, this one's end forgotten", "```go\na\n```go\nb\n```", []string{"fence go: a", "fence go: b"}},
		{"opened twice", "```go\n```go\na\n```", []string{"fence go: a"}},
		{"closed by fewer marks", "````go\na\n```", []string{"fence go: a"}},
		{"closed by fewer marks, then talk", "````go\na\n```\n\nThis is the call.", []string{"fence go: a"}},
		{"closed by the other character", "~~~go\na\n```", []string{"fence go: a"}},
		{"pairs inside are the code's own", "````go\na\n```\nb\n```\nc", []string{"fence go, open: a\n```\nb\n```\nc"}},
		{"opened behind a sentence", "Sure! ```go\na\n```", []string{"text: Sure! \n", "fence go: a"}},
		{"opened behind a colon", "Here it is:```\na\n```", []string{"text: Here it is:\n", "fence: a"}},
		{"opened behind words of another script", "以下です：```go\na\n```", []string{"text: 以下です：\n", "fence go: a"}},
		{"not behind code", "f(x) ```\n\nThat is all.", []string{"text: f(x)", "text: That is all."}},
		{"code behind the info string", "```python x = 1\ny = 2\n```", []string{"fence python: x = 1\ny = 2"}},
		{"a title behind it", "```python title=\"a.py\"\ny = 2\n```", []string{"fence python title=\"a.py\": y = 2"}},
		{"a file behind it", "```go cmd/main.go\ny\n```", []string{"fence go cmd/main.go: y"}},
		{"an opening fence is missing", "f(x)\n```", []string{"text: f(x)\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := fence{lang: syntax.ByID("go")}
			f.write(tt.answer)
			f.end()
			if diff := cmp.Diff(tt.want, shown(f.parts)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.answer, diff)
			}
		})
	}
}

// In Markdown a fence inside the block is the document's own.
func TestFencesOfMarkdown(t *testing.T) {
	tests := []struct {
		name   string
		answer string
		want   []string
	}{
		{"a block in the block", "```markdown\nText.\n\n```go\na\n```\n\nMore.\n```\n", []string{"fence markdown: Text.\n\n```go\na\n```\n\nMore."}},
		{"its own fence, shorter", "````markdown\na\n```", []string{"fence markdown, open: a\n```"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := fence{lang: syntax.ByID("markdown"), within: true}
			f.write(tt.answer)
			f.end()
			if diff := cmp.Diff(tt.want, shown(f.parts)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.answer, diff)
			}
		})
	}
}

func TestUnopenedFence(t *testing.T) {
	check(t, "go", []fit{
		{"the code alone", "\tx := ‸", "f(1)\n```", "\tx := f(1)‸"},
		{"talk behind", "\tx := ‸", "f(1)\n```\n\nThis calls f with one.", "\tx := f(1)‸"},
		{"glued, talk behind", "\tx := ‸", "f(1)```\n\nThis calls f with one.", "\tx := f(1)‸"},
		{"in a comment", "// The numbers ‸\n", "come in pairs of two.\n```\n\nThis completes the comment.", "// The numbers come in pairs of two.‸\n"},
		{"a sentence leads to the fence", "\tx := ‸", "Here it is\n```\nf(1)\n```", "\tx := f(1)‸"},
		{"a fence and no end", "\tx := ‸", "Here it is:\n```\nf(1)", "\tx := f(1)‸"},
	})
}

func TestOriginals(t *testing.T) {
	check(t, "go", []fit{
		{"before and after", "func f() {\n\tfirst()\n\t‸\n\tthird()\n}\n", "Before:\n```go\n\tfirst()\n\tthird()\n```\nAfter:\n```go\n\tfirst()\n\tsecond()\n\tthird()\n```", "func f() {\n\tfirst()\n\tsecond()‸\n\tthird()\n}\n"},
		{"before, changed a little", "func f() {\n\ta()\n\t‸\n\tc()\n}\n", "**Original code**\n```go\n\ta(1)\n```\n**Completed code**\n```go\n\tb()\n```", "func f() {\n\ta()\n\tb()‸\n\tc()\n}\n"},
		{"the surroundings alone", "func f() {\n\tfirst()\n\t‸\n}\n", "```go\n\tfirst()\n\n}\n```", ""},
		{"with a brace that is new", "func f() {\n\tif first() {\n\t\t‸\n}\n", "```go\n\tif first() {\n\t\tb()\n\t}\n}\n```", "func f() {\n\tif first() {\n\t\tb()\n\t}‸\n}\n"},
	})
	check(t, "python", []fit{
		{"a label is no statement", "total = ‸\n", "Before:\n\n```python\ntotal =\n```\n\nAfter:\n\n```python\ntotal = 1\n```", "total = 1‸\n"},
	})
}

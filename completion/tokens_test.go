package completion

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

func TestSpecialTokens(t *testing.T) {
	check(t, "go", []fit{
		{"at the end", "\tx := ‸", "f(1)<|endoftext|>", "\tx := f(1)‸"},
		{"inside the fence", "\tx := ‸", fenced("f(1)</s>"), "\tx := f(1)‸"},
		{"on a line of its own", "\tx := ‸", fenced("f(1)\n<EOT>"), "\tx := f(1)‸"},
		{"in front", "\tx := ‸", fenced("<|fim_middle|>f(1)"), "\tx := f(1)‸"},
		{"round all of it", "\t‸", "<fim_middle>x := f(1)<EOT>", "\tx := f(1)‸"},
		{"several", "\tx := ‸", "f(1)[/INST]</s>", "\tx := f(1)‸"},
		{"wide bars", "\tx := ‸", "f(1)<｜end▁of▁sentence｜>", "\tx := f(1)‸"},
		{"and another turn behind", "\tx := ‸", "f(1)<|im_end|>\n<|im_start|>user\nThanks!", "\tx := f(1)‸"},
		{"in a string it is text", "\tx := ‸", fenced(`"<|endoftext|>"`), "\tx := \"<|endoftext|>\"‸"},
		{"of the document", "const eot = `<|eot|>`\n\nvar x = `‸`\n", fenced("a<|eot|>"), "const eot = `<|eot|>`\n\nvar x = `a<|eot|>‸`\n"},
		{"an index", "\tx := ‸", fenced("a[i]"), "\tx := a[i]‸"},
		{"nothing but one", "\tx := ‸", "<|im_end|>", ""},
	})
	check(t, "rust", []fit{{"type arguments", "let v = ‸;\n", fenced("x.collect::<Vec<T>>"), "let v = x.collect::<Vec<T>>‸;\n"}})
	check(t, "cpp", []fit{{"an include", "#include ‸\n", fenced("<vector>"), "#include <vector>‸\n"}})
	check(t, "html", []fit{{"an element's end", "<p><s>old‸</p>\n", fenced("</s>"), "<p><s>old</s>‸</p>\n"}})
	check(t, "elixir", []fit{{"pipes", "x = ‸\n", fenced("a |> b() <|> c"), "x = a |> b() <|> c‸\n"}})
}

// Looking at a text once finds what looking anew at each of its tokens does.
func TestTokensLookedAtOnce(t *testing.T) {
	anew := func(p *place, text string) string {
		for from := range len(text) {
			rest := text[from:]
			n := specialToken(rest)
			if piped := n > 0 && (rest[1] == '|' || rest[1] == 0xef); n > 0 && (piped || onlyTokens(rest)) && p.foreignToken(rest[:n], text[:from]) &&
				(p.in != syntax.InCode || p.lang.After(p.head+text[:from], p.bal.state).In() != syntax.InString) {
				return strings.TrimRight(text[:from], " \t\n")
			}
		}
		return text
	}
	pieces := []string{"<|a|>", "<｜a｜>", "<eot>", "</s>", "[/X]", "[X]", "<", "[", "\"", "'", "`", "/*", "*/", "//", "\"\"\"", "\n", "\n", " ", "x", ";", ")", "<s "}
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 30_000 {
		p := drawn(t, []string{"go", "python", "javascript", "c"}[random.IntN(4)], []string{cursor, "x := " + cursor, "x = \"" + cursor, "<s>\n/* " + cursor, "`" + cursor + "`"}[random.IntN(5)])
		p.prepare()
		text := "x"
		for range random.IntN(20) {
			text += pieces[random.IntN(len(pieces))]
		}
		d, _ := dropTokens(p, draft{text: text})
		if want := anew(p, text); d.text != want {
			t.Fatalf("%q in %q‸%q: got %q, want %q", text, p.before, p.after, d.text, want)
		}
		if d.text != text {
			found++
		}
	}
	if found < 1000 {
		t.Errorf("only %d texts had something to drop: this shows nothing", found)
	}
}

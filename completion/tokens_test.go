package completion

import "testing"

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

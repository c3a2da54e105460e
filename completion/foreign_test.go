package completion

import (
	"strings"
	"testing"
)

// Talk in whatever language is no code.
func TestTalkInOtherLanguages(t *testing.T) {
	talk := []string{
		"抱歉，我无法完成这段代码。", "申し訳ありませんが、お手伝いできません。", "죄송합니다. 도와드릴 수 없습니다.", "Извините, я не могу помочь.",
		"عذراً، لا أستطيع المساعدة في ذلك.", "मुझे खेद है, मैं मदद नहीं कर सकता।", "ขออภัย ฉันไม่สามารถช่วยได้", "Λυπάμαι, δεν μπορώ να βοηθήσω.",
		"Desculpe, não posso ajudar com isso.", "Mi dispiace, non posso aiutarti con questo.", "Przepraszam, nie mogę w tym pomóc.", "Üzgünüm, bu konuda yardımcı olamam.",
		"Xin lỗi, tôi không thể giúp việc này.", "Het spijt me, daar kan ik niet bij helpen.", "Es ist nichts einzufügen.", "Rien à insérer.",
		"無", "なし", "（空）", "(пусто)", "不需要插入任何内容",
	}
	for _, s := range talk {
		for _, answer := range []string{s, fenced(s)} {
			for language, text := range map[string]string{"go": "func f() {\n\t‸\n}\n", "python": "def f():\n    ‸\n", "ruby": "def f\n  ‸\nend\n", "shellscript": "make\n‸\n"} {
				if got := play(t, language, fit{text: text, answer: answer}, 0, "end"); got != "" {
					t.Errorf("%s: %q is inserted:\n%s", language, answer, got)
				}
			}
		}
	}
	for _, s := range talk[:16] {
		text := "// The numbers come in pairs, because each of them has a partner.\n// ‸\nfunc f() {}\n"
		if got := play(t, "go", fit{text: text, answer: fenced(s)}, 0, "end"); got != "" && len(strings.Fields(s)) != 3 && len(strings.Fields(s)) != 4 {
			t.Errorf("in a comment %q is inserted:\n%s", s, got)
		}
	}
}

func TestWordsOfTheDocument(t *testing.T) {
	check(t, "go", []fit{
		{"a string in another script", "\tx := ‸", fenced(`"こんにちは、世界。"`), "\tx := \"こんにちは、世界。\"‸"},
		{"a comment in another script", "\t‸\n\tx()\n", fenced("// 合計を計算します。"), "\t// 合計を計算します。‸\n\tx()\n"},
		{"a name in another script", "\tx := ‸", fenced("длина(имя)"), "\tx := длина(имя)‸"},
		{"a name that the document has", "\tимя := 1\n\tx := ‸", fenced("имя"), "\tимя := 1\n\tx := имя‸"},
		{"a comment where such comments are", "// 合計を計算します。\n// ‸\n", fenced("結果を返します。"), "// 合計を計算します。\n// 結果を返します。‸\n"},
		{"a comment in words of the document", "// Die Summe der Zahlen ist nicht negativ.\n// ‸\n", fenced("Die Zahlen sind nicht sortiert, die Summe auch nicht."), "// Die Summe der Zahlen ist nicht negativ.\n// Die Zahlen sind nicht sortiert, die Summe auch nicht.‸\n"},
	})
	check(t, "json", []fit{{"a translation", "{\n  \"hello\": \"‸\"\n}\n", fenced("こんにちは"), "{\n  \"hello\": \"こんにちは‸\"\n}\n"}})
}

// An answer that says it holds nothing, or asks back.
func TestNothingToInsert(t *testing.T) {
	for _, s := range []string{
		"(empty)", "[empty string]", "<empty>", "*(no insertion)*", "_No code needed._", "(nothing to insert)", "[No completion]", "N/A", "**Nothing to add.**",
		"``` ```", "```\n```", "I'd be glad to help! Which one do you mean?\n\n1. Return early\n2. Raise an error\n\nPlease tell me.",
		"✅ Nothing to add here.", "### No changes\n\nThe code is complete as it is.", "a/\n├── b.go\n└── c.go", "```\na/\n├── b.go\n└── c.go\n```",
		"# No changes needed", "No.", "There is nothing to complete here.",
	} {
		for language, text := range map[string]string{"go": "func f() {\n\t‸\n}\n", "python": "def f():\n    ‸\n", "ruby": "def f\n  ‸\nend\n"} {
			if got := play(t, language, fit{text: text, answer: s}, 0, "end"); got != "" {
				t.Errorf("%s: %q is inserted:\n%s", language, s, got)
			}
		}
	}
}

func TestTitlesOfAnswers(t *testing.T) {
	check(t, "go", []fit{
		{"a sentence behind the code in its fence", "func f() {\n\t‸\n}\n", fenced("a()\n\nThis calls the function that was missing here."), "func f() {\n\ta()‸\n}\n"},
		{"and one in front of it", "func f() {\n\t‸\n}\n", fenced("Here is the code that was asked for:\n\na()"), "func f() {\n\ta()‸\n}\n"},
		{"a text in a string", "package a\n\n‸\n", fenced("const help = `first\n\nThis is the text that you can read here.`"), "package a\n\nconst help = `first\n\nThis is the text that you can read here.`‸\n"},
		{"sentences of the document that an open fence repeats", "// Offset is a count.\n// Error is set after reading. Field is the path ‸\nvar x int\n", "```go\n// Offset is a count.\n// Error is set after reading. Field is the path to the value", "// Offset is a count.\n// Error is set after reading. Field is the path to the value‸\nvar x int\n"},
		{"a heading", "\tx := ‸", "### Completion\n\nf(1)", "\tx := f(1)‸"},
		{"bold", "\tx := ‸", "**Completion**\n\nf(1)\n\n**Why it is right**\n\nIt calls f with one.", "\tx := f(1)‸"},
		{"a label on the line", "\tx := ‸", "Answer: f(1)", "\tx := f(1)‸"},
		{"a picture", "\tx := ‸", "🚀 Here is the code:\n\nf(1)", "\tx := f(1)‸"},
		{"a span of one line in three marks", "\tx := ‸", "```go f(1)```", "\tx := f(1)‸"},
		{"an excuse in a comment", "func f() {\n\t‸\n}\n", fenced("// I cannot complete this code without more context."), ""},
		{"a comment by someone", "func f() {\n\t‸\n}\n", fenced("// I wonder whether this is fast."), "func f() {\n\t// I wonder whether this is fast.‸\n}\n"},
		{"a command first", "\tx := ‸", "First install it:\n```bash\ngo get example.com/f\n```\nThen:\n```go\nf(1)\n```", "\tx := f(1)‸"},
		{"a file tree first", "\tx := ‸", "```\na/\n└── b.go\n```\n```go\nf(1)\n```", "\tx := f(1)‸"},
		{"a fence that misnames the language", "\tx := ‸", "```js\nf(1)\n```", "\tx := f(1)‸"},
	})
	check(t, "python", []fit{
		{"a heading is a comment", "‸\n", fenced("# Setup\n\nx = 1"), "# Setup\n\nx = 1‸\n"},
		{"a span of several lines", "‸\n", "`x = 1\ny = 2`", "x = 1\ny = 2‸\n"},
	})
}

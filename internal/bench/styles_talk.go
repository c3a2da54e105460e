package main

import "strings"

// Styles that say something round the code.
var talkStyles = []answerStyle{
	{name: "talk_greeting", talk: before("Sure! Here's the code that belongs at the cursor:", "Certainly. Below is the completion.", "Of course! I've completed the snippet for you 😊", "Got it — here you go:")},
	{name: "talk_other_language_before", talk: before("Hier ist die Ergänzung:", "Voici le code manquant :", "当然可以！以下是光标处应插入的代码：", "以下が補完です。", "Aquí está el código que falta:", "Вот недостающий код:")},
	{name: "talk_let_me_know", talk: after("Let me know if you'd like me to adjust anything!", "Would you like me to add tests for this as well?", "I hope this helps! 🚀", "Feel free to ask if something is unclear.")},
	{name: "talk_explanation_bold", talk: after("**Explanation**\n\n- `x` is kept as it is.\n- The style of the file is followed.", "**Explanation:** the line finishes what was begun above.", "### Explanation\n\n1. First the value is read.\n2. Then it is returned.", "> **Note:** nothing else in the file changes.")},
	{name: "talk_headings", talk: around("## Completion", "## Why\n\nIt follows from the text before the cursor.")},
	{name: "talk_bold_headings", talk: around("**Completion**", "**Explanation**\n\nThe inserted text finishes the statement.")},
	{name: "talk_emoji", talk: around("✅ **Done!** Here is the code:", "✨ Happy coding! 🎉")},
	{name: "talk_rule_and_table", talk: after("---\n\n| Part | Meaning |\n|------|---------|\n| first line | continues the text |\n| last line | ends the statement |")},
	{name: "talk_smart_quotes", talk: before("I’d insert the following — it’s what the author “was about to write”:", "Here’s the rest of the line (the part after “the cursor”):")},
	{name: "talk_inline_code", talk: around("Looking at `"+cursorMark+"`, the text before it ends in the middle of a line, so `x` must follow:", "Here `x` stands for a value such as `foo(1)` or `[a, b]`.")},
	{name: "talk_small_fence_after", talk: smallFenceAfter},
	{name: "thinking_think", talk: thinking("think")},
	{name: "thinking_thinking", talk: thinking("thinking")},
	{name: "thinking_ant", talk: thinking("antThinking")},
	{name: "thinking_reasoning", talk: thinking("reasoning")},
	{name: "thinking_with_draft", talk: thinkingWithDraft},
	{name: "thinking_end_only", talk: thinkingEndOnly},
	{name: "thinking_aloud", talk: thinkingAloud},
}

type talk func(h hole, raw string, v int) (string, bool)

func before(wordings ...string) talk {
	return func(_ hole, raw string, v int) (string, bool) { return of(v, wordings...) + "\n\n" + raw, true }
}

func after(wordings ...string) talk {
	return func(_ hole, raw string, v int) (string, bool) { return raw + "\n\n" + of(v, wordings...), true }
}

func around(first, last string) talk {
	return func(_ hole, raw string, _ int) (string, bool) { return first + "\n\n" + raw + "\n\n" + last, true }
}

func smallFenceAfter(_ hole, raw string, v int) (string, bool) {
	return raw + "\n\n" + of(v, "To run it:\n\n```bash\nmake test\n```", "The output is then:\n\n```\n42\n```", "You may need to install it first:\n\n```sh\npip install example\n```"), true
}

func thinking(tag string) talk {
	return func(_ hole, raw string, v int) (string, bool) {
		return "<" + tag + ">" + of(v, "\nThe cursor is inside a block. I should continue the statement.\n\nI must not repeat the text behind the cursor.\n", "Let me look at the code. It ends in the middle of a line.") + "</" + tag + ">\n" + of(v, "\n", "") + raw, true
	}
}

// thinkingWithDraft shows code in a fence while it thinks, which is not meant.
func thinkingWithDraft(_ hole, raw string, v int) (string, bool) {
	return "<think>\nFirst idea:\n\n```\nreturn wrong_value\n```\n\nNo, that does not fit. " + of(v, "Better:", "Wait, the closing bracket is there already.") + "\n</think>\n\n" + raw, true
}

// thinkingEndOnly lacks the tag that begins the thoughts: chat templates put it
// into the prompt.
func thinkingEndOnly(_ hole, raw string, _ int) (string, bool) {
	return "Okay, so the user wants me to fill in the text at the cursor. Let me see what comes before it.\n\nIt should continue the statement.\n</think>\n\n" + raw, true
}

func thinkingAloud(_ hole, raw string, v int) (string, bool) {
	return of(v, "Let me think about what belongs here.\n\nThe text before the cursor ends with an unfinished line. The text after it begins with `}`. ", "Looking at the context, I can see that a value is expected here. ") + "So the answer is:\n\n" + raw, !strings.HasPrefix(raw, "\n")
}

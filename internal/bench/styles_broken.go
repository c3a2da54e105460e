package main

import "strings"

// Styles of answers that break off, or that do not come to an end.
var brokenStyles = []answerStyle{
	{name: "cut_in_line", answer: cutInLine},
	{name: "cut_in_line_after_talk", answer: cutAfterTalk},
	{name: "cut_in_closing_fence", answer: cutInClosing},
	{name: "cut_in_character", answer: cutInCharacter},
	{name: "cut_in_opening_fence", answer: cutTo("Here's the completion:\n\n``", "```", "Sure! The code is:\n\n```", "`")},
	{name: "cut_in_talk", answer: cutInTalk},
	{name: "cut_in_thought", answer: cutTo("<think>\nThe cursor stands behind an assignment. The value could be `foo(1)` or", "<thinking>First I look at the text.\n\n```\nreturn 1\n```\n\nThat is not", "<think>\nOkay, let me see.\nThe user wants")},
	{name: "cut_bare", answer: cutBare},
	{name: "cut_in_json", answer: cutInJSON},
	{name: "cut_in_echo", answer: cutInEcho},
	{name: "loop_last_line", answer: loopLastLine},
	{name: "loop_answer", answer: loopAnswer},
	{name: "loop_characters", answer: loopCharacters},
	{name: "fence_never_closed", answer: neverClosed},
	{name: "two_answers_one_fence", answer: twiceInOneFence},
}

// half is a beginning of the hole's text that ends within a line.
func (h hole) half() string {
	n := len(h.want) * 2 / 3
	for n > 0 && h.want[n]&0xc0 == 0x80 {
		n--
	}
	return h.want[:n]
}

func cutInLine(h hole, _ int) (styledAnswer, bool) {
	return styledAnswer{raw: h.fence() + h.lang + "\n" + h.half(), stop: "max_tokens", accept: acceptBegins}, len(h.want) > 12
}

func cutAfterTalk(h hole, v int) (styledAnswer, bool) {
	return styledAnswer{raw: of(v, "Sure! Here you go:\n\n", "**Completion**\n\n") + h.fence() + h.lang + "\n" + h.half(), stop: "max_tokens", accept: acceptBegins}, len(h.want) > 12
}

func cutBare(h hole, _ int) (styledAnswer, bool) {
	return styledAnswer{raw: h.half(), stop: "max_tokens", accept: acceptBegins}, len(h.want) > 12 && !strings.Contains(h.want, "```")
}

// cutInClosing has sent the whole code, and one or two backticks of its end.
func cutInClosing(h hole, v int) (styledAnswer, bool) {
	return styledAnswer{raw: h.fence() + h.lang + "\n" + h.want + "\n" + of(v, "`", "``"), stop: "max_tokens", accept: acceptExact}, true
}

// cutInCharacter ends in what stands for half a character.
func cutInCharacter(h hole, _ int) (styledAnswer, bool) {
	return styledAnswer{raw: h.fence() + h.lang + "\n" + h.half() + "\ufffd", stop: "max_tokens", accept: acceptBegins}, len(h.want) > 12
}

func cutTo(wordings ...string) func(hole, int) (styledAnswer, bool) {
	return func(h hole, v int) (styledAnswer, bool) {
		return styledAnswer{raw: of(v, wordings...), stop: "max_tokens", accept: acceptNone}, !h.text()
	}
}

func cutInTalk(h hole, v int) (styledAnswer, bool) {
	return styledAnswer{raw: of(v,
		"Looking at this document, the cursor is placed inside of a block, and what belongs there is a statement that",
		"The text before the cursor ends with an unfinished line, so I will first have to look at the",
		"I need to complete the code. The code before the cursor shows that the values are read from"), stop: "max_tokens", accept: acceptNone}, !h.text()
}

func cutInJSON(h hole, _ int) (styledAnswer, bool) {
	whole := `{"completion": ` + quotedJSON(h.want)
	return styledAnswer{raw: whole[:len(whole)-3], stop: "max_tokens", accept: acceptBegins}, !h.json() && len(h.want) > 6 && !strings.ContainsAny(h.want, "\\\"\n\t") && !strings.Contains(h.want, "`")
}

// cutInEcho never came to what is new.
func cutInEcho(h hole, _ int) (styledAnswer, bool) {
	text := h.above(3)
	return styledAnswer{raw: h.fence() + h.lang + "\n" + strings.TrimSuffix(text, "\n"), stop: "max_tokens", accept: acceptNone}, !h.json() && len(strings.TrimSpace(text)) > 60 && strings.Count(text, "\n") == 3
}

// loopLastLine gives the last line until no tokens are left. Whether it may
// stand twice cannot be told.
func loopLastLine(h hole, v int) (styledAnswer, bool) {
	lines, ok := h.lines()
	if !ok || len(strings.TrimSpace(lines[len(lines)-1])) < 8 {
		return styledAnswer{}, false
	}
	again := "\n" + lines[len(lines)-1]
	raw := h.fence() + h.lang + "\n" + h.want + strings.Repeat(again, 20+v%20) + again[:len(again)-3]
	return styledAnswer{raw: raw, stop: "max_tokens", accept: acceptBegins, want: h.want + again}, true
}

func loopAnswer(h hole, v int) (styledAnswer, bool) {
	lines, ok := h.lines()
	text := strings.Join(lines, "\n")
	raw := h.fence() + h.lang + "\n" + h.want + strings.Repeat("\n"+text, 8+v%8)
	return styledAnswer{raw: raw[:len(raw)-2], stop: "max_tokens", accept: acceptBegins, want: h.want + "\n" + text}, ok && len(strings.TrimSpace(text)) > 20
}

// loopCharacters runs on within a line, which nothing can be made of.
func loopCharacters(h hole, v int) (styledAnswer, bool) {
	raw := h.fence() + h.lang + "\n" + strings.Repeat(of(v, "0, ", "the the ", "\\n", "-", "a.b.", "　"), 300)
	return styledAnswer{raw: raw, stop: "max_tokens", accept: acceptNone}, true
}

func neverClosed(h hole, v int) (styledAnswer, bool) {
	return styledAnswer{raw: of(v, "", "Here it is:\n\n") + h.fence() + h.lang + "\n" + h.want + of(v/2, "", "\n", "\n\n"), accept: acceptExact}, true
}

// twiceInOneFence says the same again below a comment that calls it another
// way.
func twiceInOneFence(h hole, v int) (styledAnswer, bool) {
	lines, ok := h.block()
	if !ok || h.text() {
		return styledAnswer{}, false
	}
	code := h.want + "\n\n" + h.lead() + h.comment(of(v, "Or, alternatively:", "Alternative:")) + "\n" + strings.Join(lines, "\n")
	return styledAnswer{raw: h.inFence(code), accept: acceptExact}, true
}

package main

import "strings"

// Styles that hold nothing to insert.
var silentStyles = []answerStyle{
	{name: "refusal_english", answer: nothing("I can't help with that.", "I apologize, but I'm unable to assist with this request.", "I'm not able to complete this code as it may contain copyrighted material.", "As an AI language model, I cannot modify files.", "I won't continue this code, since it looks like it could be used to harm others.", "Sorry, but I cannot provide that.")},
	{name: "refusal_other_language", answer: nothing("Es tut mir leid, aber dabei kann ich nicht helfen.", "Je suis désolé, mais je ne peux pas vous aider avec cette demande.", "抱歉，我无法协助完成该请求。", "申し訳ありませんが、そのリクエストにはお応えできません。", "Lo siento, pero no puedo ayudar con eso.", "К сожалению, я не могу помочь с этим запросом.", "죄송하지만 해당 요청은 도와드릴 수 없습니다.")},
	{name: "refusal_in_fence", answer: nothingInFence("I'm sorry, but I can't assist with that.", "I cannot complete this code.", "Sorry, I can't help with that request.")},
	{name: "fence_empty", answer: emptyFence},
	{name: "nothing_in_prose", answer: nothing("Nothing needs to be inserted here; the code is already complete.", "The code at the cursor is complete as it is.", "No changes are required at this position.", "There is nothing to insert at the cursor position.", "The document is already correct, so I would leave it unchanged.", "No completion needed", "It looks like the statement is finished, no insertion is necessary.")},
	{name: "nothing_in_a_word", answer: nothing("(empty)", "[No completion]", "N/A", "<empty>", "(nothing)", "*(no insertion)*", "[empty string]", "<no completion needed>")},
	{name: "nothing_in_comment", answer: nothingInComment},
	{name: "nothing_in_other_language", answer: nothing("Hier muss nichts eingefügt werden.", "Il n'y a rien à insérer ici.", "此处无需插入任何内容。", "ここには何も挿入する必要はありません。", "No hay nada que insertar aquí.")},
	{name: "question_back", answer: nothing("Could you share more of the file? I need to see how this is used.", "What should this function return? Please clarify, and I'll complete it.", "I'd be happy to help! Which of these do you want?\n\n1. Return early\n2. Raise an error\n\nPlease let me know.", "It's not clear what should come here. Can you tell me more about what you're trying to do?")},
	{name: "explanation_only", answer: explanationOnly},
	{name: "explanation_in_list", answer: nothing("This code:\n\n- Reads the values one by one\n- Skips those that are empty\n- Returns the sum of the rest", "Here's what the code does:\n\n1. It opens the file.\n2. It reads each line.\n3. It closes the file again.", "**Summary**\n\n* The first part checks its arguments.\n* The second part does the work.")},
	{name: "table_only", answer: nothing("| Name | Meaning |\n|------|---------|\n| first | the first value |\n| last | the last value |", "Here is an overview:\n\n| Step | What happens |\n| --- | --- |\n| 1 | The input is read |\n| 2 | It is checked |")},
	{name: "surroundings_only", answer: surroundingsOnly},
	{name: "mark_only", answer: markOnly},
	{name: "task_repeated", answer: taskRepeated},
	{name: "tool_call_to_read", answer: toolCallToRead},
	{name: "placeholder_comment", answer: placeholderComment},
	{name: "thinking_only", answer: nothing("<think>\nThe statement is complete already, so nothing is to be inserted.\n</think>", "<thinking>I should answer with an empty block.</thinking>\n\n```\n```", "<think>\n\n</think>\n\n")},
}

// nothing is an answer in one of several wordings. In a document of sentences
// such a sentence may be meant.
func nothing(wordings ...string) func(hole, int) (styledAnswer, bool) {
	return func(h hole, v int) (styledAnswer, bool) {
		return styledAnswer{raw: of(v, wordings...), accept: acceptNone}, !h.text()
	}
}

func nothingInFence(wordings ...string) func(hole, int) (styledAnswer, bool) {
	return func(h hole, v int) (styledAnswer, bool) {
		return styledAnswer{raw: h.inFence(of(v, wordings...)), accept: acceptNone}, !h.text()
	}
}

func emptyFence(h hole, v int) (styledAnswer, bool) {
	return styledAnswer{raw: of(v, "```"+h.lang+"\n```", "```\n\n```", "``````", "~~~\n~~~", "```\n   \n```", "The text is complete:\n\n```"+h.lang+"\n```", "```"+h.lang+"\n```\n\nNothing is missing at the cursor.", "``` ```"), accept: acceptNone}, true
}

func nothingInComment(h hole, v int) (styledAnswer, bool) {
	c := h.comment(of(v, "No changes needed", "Nothing to insert here", "No code needs to be added here", "No completion needed", "nothing to add", "(no insertion needed)"))
	return styledAnswer{raw: of(v/6, h.inFence(c), c), accept: acceptNone}, !h.text()
}

func explanationOnly(h hole, v int) (styledAnswer, bool) {
	name := strings.TrimSpace(h.head())
	if name == "" || strings.ContainsAny(name, "`") {
		name = "value"
	}
	return styledAnswer{raw: of(v,
		"The line `"+name+"` begins a statement that uses `x`. It should then return `None` if nothing was found.",
		"This function iterates over the list, filters out the empty ones with `if not x`, and returns a new list.",
		"The cursor is placed after `"+name+"`. At this point the code has already checked its arguments, so the rest can rely on them.\n\nIn short, `foo()` is called once for each item."), accept: acceptNone}, !h.text()
}

func surroundingsOnly(h hole, v int) (styledAnswer, bool) {
	text := strings.TrimSuffix(h.above(2+v%2)+h.head()+h.tail()+h.below(2), "\n")
	return styledAnswer{raw: h.inFence(text), accept: acceptNone}, strings.TrimSpace(h.above(1)) != "" && strings.TrimSpace(h.below(1)) != "" && !strings.Contains(h.head()+h.tail(), "\n")
}

func markOnly(h hole, v int) (styledAnswer, bool) {
	return styledAnswer{raw: of(v, h.inFence(cursorMark), cursorMark, h.inFence(h.head()+cursorMark+h.tail())), accept: acceptNone}, true
}

func taskRepeated(h hole, v int) (styledAnswer, bool) {
	return styledAnswer{raw: of(v,
		"Insert at "+cursorMark+" in this "+h.lang+" document what belongs there: the rest of the line, or a block of lines if one belongs there.",
		"Answer with one fenced code block that opens and closes with ```, and nothing else."), accept: acceptNone}, !h.text()
}

func toolCallToRead(h hole, v int) (styledAnswer, bool) {
	return styledAnswer{raw: of(v,
		`{"name": "read_file", "arguments": {"path": "`+h.path+`"}}`,
		"<tool_call>\n{\"name\": \"search\", \"arguments\": {\"query\": \"definition of value\"}}\n</tool_call>",
		"<function_calls>\n<invoke name=\"read_file\">\n<parameter name=\"path\">"+h.path+"</parameter>\n</invoke>\n</function_calls>",
		"I'll look at the file first.\n\n```json\n{\"tool\": \"read_file\", \"path\": \""+h.path+"\"}\n```"), accept: acceptNone}, !h.json() && !h.markup()
}

func placeholderComment(h hole, v int) (styledAnswer, bool) {
	c := h.comment(of(v, "... existing code ...", "Your code here", "... rest of the code ...", "rest of the function remains unchanged"))
	return styledAnswer{raw: h.inFence(c), accept: acceptNone}, !h.text()
}

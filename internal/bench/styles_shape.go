package main

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
)

// Styles that put the code into another shape than the fence they were asked
// for.
var shapeStyles = []answerStyle{
	{name: "fence_in_list_item", shape: fenceInListItem},
	{name: "fence_in_numbered_steps", shape: fenceInSteps},
	{name: "fence_in_block_quote", shape: fenceInQuote},
	{name: "fence_long", shape: fenceLong},
	{name: "fence_with_attributes", shape: fenceWithAttributes},
	{name: "fence_of_other_language", shape: fenceOtherLanguage},
	{name: "fence_in_markdown_fence", shape: fenceInFence},
	{name: "fence_glued_to_prose", shape: fenceGluedToProse},
	{name: "fence_end_glued", shape: fenceEndGlued},
	{name: "fence_end_glued_then_talk", shape: fenceEndGluedThenTalk},
	{name: "fence_opening_missing", shape: fenceOpeningMissing},
	{name: "fence_code_on_opening_line", shape: fenceCodeOnOpening},
	{name: "fence_closed_by_longer", shape: fenceClosedByLonger},
	{name: "indented_code_block", shape: indentedBlock},
	{name: "before_and_after", shape: beforeAndAfter},
	{name: "diff_with_context", shape: diffWithContext},
	{name: "search_and_replace", shape: searchAndReplace},
	{name: "apply_patch", shape: applyPatch},
	{name: "json_object", shape: jsonObject},
	{name: "tool_call", shape: toolCall},
	{name: "tag", shape: inTag},
	{name: "tag_unknown", shape: inUnknownTag},
	{name: "tag_never_closed", shape: tagNeverClosed},
	{name: "fim_tokens", shape: fimTokens},
	{name: "stop_token_bare", shape: stopTokenBare},
	{name: "stop_token_after_fence", shape: stopTokenAfterFence},
	{name: "next_turn", shape: nextTurn},
	{name: "code_span", shape: codeSpanAlone},
	{name: "code_span_in_sentence", shape: codeSpanInSentence},
	{name: "line_numbers", shape: lineNumbers},
	{name: "interpreter_prompts", shape: interpreterPrompts},
	{name: "bare_after_lead_in", shape: bareAfterLeadIn},
	{name: "bare_then_talk", shape: bareThenTalk},
	{name: "bare_crlf", shape: bareCRLF},
	{name: "bare_mark_at_start", shape: bareMarkAtStart},
	{name: "answer_label", shape: answerLabel},
	{name: "path_line_then_fence", shape: pathLine},
	{name: "two_options", shape: twoOptions},
	{name: "html_comments_round_fence", shape: htmlComments},
}

// ticks says that a fence of three backticks would end in the code.
func ticks(code string) bool { return strings.Contains(code, "```") }

// breaks says that code begins with a line break. In front of bare code, and
// behind a tag, one means nothing.
func breaks(code string) bool { return strings.HasPrefix(code, "\n") }

func three(h hole, code string) string { return "```" + h.lang + "\n" + code + "\n```" }

func fenceInListItem(h hole, code string, v int) (string, bool) {
	item := of(v, "- Insert this at the cursor:", "* Add the missing code:", "1. Replace the mark with:")
	pad := strings.Repeat(" ", strings.IndexByte(item, ' ')+1)
	return item + "\n\n" + quotedBy(pad, three(h, code)), !ticks(code)
}

func fenceInSteps(h hole, code string, _ int) (string, bool) {
	return "1. The cursor stands inside `" + path.Base(h.path) + "`, so the text before it is kept.\n" +
		"2. Insert the missing code:\n\n   " + strings.ReplaceAll(three(h, code), "\n", "\n   ") +
		"\n\n3. Save the file and run the tests.", !ticks(code)
}

func fenceInQuote(h hole, code string, v int) (string, bool) {
	return of(v, "", "Here is what belongs there:\n\n") + quotedBy("> ", three(h, code)), !ticks(code)
}

func fenceLong(h hole, code string, v int) (string, bool) {
	f := strings.Repeat(of(v, "`", "`", "~"), 4+v%2)
	return f + h.lang + "\n" + code + "\n" + f, !strings.Contains(code, f)
}

func fenceWithAttributes(h hole, code string, v int) (string, bool) {
	info := of(v, h.lang+` title="`+path.Base(h.path)+`"`, "{."+h.lang+"}", h.lang+":"+h.path, h.lang+" {1,3}", " "+h.lang, "{."+h.lang+" .numberLines}", strings.ToUpper(h.lang), h.path)
	return "```" + info + "\n" + code + "\n```", !ticks(code)
}

func fenceOtherLanguage(h hole, code string, v int) (string, bool) {
	label := of(v, "text", "plaintext", "javascript", "bash", "python", "cpp", "jsx", "code", "xml")
	return "```" + label + "\n" + code + "\n```", !ticks(code) && label != h.lang
}

func fenceInFence(h hole, code string, v int) (string, bool) {
	return "````" + of(v, "markdown", "", "md") + "\n" + three(h, code) + "\n````", !ticks(code) && h.lang != "markdown"
}

func fenceGluedToProse(h hole, code string, v int) (string, bool) {
	return of(v, "Here is the completion: ", "Sure! ", "The missing code is:") + three(h, code), !ticks(code)
}

func fenceEndGlued(h hole, code string, _ int) (string, bool) {
	return "```" + h.lang + "\n" + code + "```", !strings.Contains(code, "`")
}

func fenceEndGluedThenTalk(h hole, code string, v int) (string, bool) {
	return "```" + h.lang + "\n" + code + "```\n\n" + of(v, "Let me know if you need anything else!", "This completes the code at the cursor."), !strings.Contains(code, "`")
}

func fenceOpeningMissing(_ hole, code string, v int) (string, bool) {
	return code + "\n```" + of(v, "", "\n", "\n\nThis completes the code at the cursor."), !ticks(code) && !breaks(code)
}

func fenceCodeOnOpening(_ hole, code string, _ int) (string, bool) {
	return "``` " + code + " ```", !strings.Contains(code, "`") && !strings.Contains(code, "\n")
}

func fenceClosedByLonger(h hole, code string, _ int) (string, bool) {
	return "```" + h.lang + "\n" + code + "\n````", !ticks(code)
}

// indentedBlock is Markdown's older code block, below a sentence.
func indentedBlock(_ hole, code string, v int) (string, bool) {
	return of(v, "Here is the missing code:", "Insert the following at the cursor:") + "\n\n" + quotedBy("    ", code), !strings.HasPrefix(code, "\n")
}

func beforeAndAfter(h hole, _ string, v int) (string, bool) {
	was := strings.TrimSuffix(h.above(2)+h.head()+h.tail()+h.below(1), "\n")
	is := h.filled(2, 1)
	a, b := of(v, "Before:", "**Before**", "Original code:"), of(v, "After:", "**After**", "Completed code:")
	return a + "\n\n" + three(h, was) + "\n\n" + b + "\n\n" + three(h, is),
		!ticks(is) && strings.TrimSpace(h.above(1)) != "" && strings.TrimSpace(h.below(1)) != ""
}

// patch is the change as lines of a diff.
func (h hole) patch() (string, bool) {
	old := h.head() + h.tail()
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(h.above(2), "\n"), "\n") {
		b.WriteString(" " + line + "\n")
	}
	if strings.TrimSpace(old) != "" && !strings.HasPrefix(h.want, "\n") {
		b.WriteString("-" + old + "\n")
	}
	if body, ok := strings.CutPrefix(h.want, "\n"); ok {
		b.WriteString(" " + h.head() + "\n" + quotedBy("+", body))
	} else {
		b.WriteString(quotedBy("+", h.head()+h.want+h.tail()))
	}
	for line := range strings.SplitSeq(strings.TrimPrefix(h.below(2), "\n"), "\n") {
		b.WriteString("\n " + line)
	}
	return b.String(), strings.TrimSpace(h.above(1)) != "" && strings.TrimSpace(h.below(1)) != "" && (!strings.HasPrefix(h.want, "\n") || strings.TrimSpace(h.tail()) == "")
}

func diffWithContext(h hole, _ string, v int) (string, bool) {
	patch, ok := h.patch()
	lines := fmt.Sprintf("@@ -%d,5 +%d,6 @@\n", strings.Count(h.prefix, "\n"), strings.Count(h.prefix, "\n"))
	return "```diff\n" + of(v, "", lines, "--- a/"+h.path+"\n+++ b/"+h.path+"\n"+lines) + patch + "\n```", ok && !ticks(patch)
}

func searchAndReplace(h hole, _ string, v int) (string, bool) {
	body := "<<<<<<< SEARCH\n" + strings.TrimSuffix(h.above(2)+h.head()+h.tail()+h.below(1), "\n") + "\n=======\n" + h.filled(2, 1) + "\n>>>>>>> REPLACE"
	return h.path + "\n" + of(v, three(h, body), "```\n"+body+"\n```"), !ticks(body) && strings.TrimSpace(h.above(1)) != ""
}

func applyPatch(h hole, _ string, _ int) (string, bool) {
	patch, ok := h.patch()
	return "*** Begin Patch\n*** Update File: " + h.path + "\n@@\n" + patch + "\n*** End Patch", ok
}

func quotedJSON(v string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // a string always can
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func jsonObject(h hole, code string, v int) (string, bool) {
	key := of(v, "completion", "code", "insert", "text", "answer")
	one := `{"` + key + `": ` + quotedJSON(code) + `}`
	return of(v/5, one, "```json\n"+one+"\n```", "{\n  \"language\": \""+h.lang+"\",\n  \""+key+"\": "+quotedJSON(code)+"\n}"), !h.json() && !ticks(code)
}

func toolCall(h hole, code string, v int) (string, bool) {
	text := quotedJSON(code)
	return of(v,
		`{"name": "insert_text", "arguments": {"path": "`+h.path+`", "text": `+text+`}}`,
		`{"type": "tool_use", "name": "insert", "input": {"new_str": `+text+`}}`,
		"<tool_call>\n"+`{"name": "insert_text", "arguments": {"text": `+text+`}}`+"\n</tool_call>"), !h.json() && !ticks(code)
}

func inTag(h hole, code string, v int) (string, bool) {
	tag := of(v, "answer", "insert", "fill", "result", "output", "code")
	return of(v/6, "<"+tag+">"+code+"</"+tag+">", "<"+tag+">\n"+code+"\n</"+tag+">", "Here it is:\n\n<"+tag+">\n"+code+"\n</"+tag+">\n\nThat is all."), !h.markup() && !breaks(code)
}

func inUnknownTag(h hole, code string, v int) (string, bool) {
	tag := of(v, "code_completion", "inserted_text", "final_answer", "replacement", "codeblock", "fim_middle")
	return "<" + tag + ">\n" + of(v/6, code, three(h, code)) + "\n</" + tag + ">", !h.markup() && !ticks(code) && !breaks(code)
}

func tagNeverClosed(h hole, code string, v int) (string, bool) {
	return "<" + of(v, "answer", "fill", "completion") + ">\n" + code, !h.markup() && !breaks(code)
}

func fimTokens(_ hole, code string, v int) (string, bool) {
	return of(v, "<|fim_middle|>"+code, "<fim_middle>"+code+"<|endoftext|>", "<MID>"+code+"<EOT>", "<|fim_middle|>"+code+"<|fim_end|>", "[MIDDLE]"+code, "<｜fim▁end｜>"+code), !breaks(code)
}

var stopTokens = []string{"<|endoftext|>", "</s>", "<EOT>", "<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<｜end▁of▁sentence｜>", "<|file_separator|>", "[/INST]", "<eos>"}

func stopTokenBare(_ hole, code string, v int) (string, bool) {
	return code + of(v, stopTokens...), !breaks(code)
}

func stopTokenAfterFence(h hole, code string, v int) (string, bool) {
	return three(h, code) + of(v/3, "", "\n") + of(v, stopTokens...), !ticks(code)
}

// nextTurn goes on with a conversation that nobody leads.
func nextTurn(h hole, code string, v int) (string, bool) {
	return three(h, code) + "\n\n" + of(v, "Human: Thanks! Now add tests for it.\n\nAssistant: Sure, here they are:\n\n```\nassert True\n```", "<|im_start|>user\nNow explain it.", "### Instruction:\nWrite a test.\n\n### Response:\n", "User: ok"), !ticks(code)
}

// oneSpan says that a code span can hold the code; blanks at both of its ends
// would not count.
func oneSpan(code string) bool {
	return !strings.ContainsAny(code, "`\n") && !(strings.HasPrefix(code, " ") && strings.HasSuffix(code, " "))
}

func codeSpanAlone(_ hole, code string, _ int) (string, bool) { return "`" + code + "`", oneSpan(code) }

func codeSpanInSentence(_ hole, code string, v int) (string, bool) {
	sentence := of(v, "The missing text is `%s`.", "Insert `%s` at the cursor.", "You should insert: `%s`", "`%s` is what belongs there.")
	return strings.Replace(sentence, "%s", code, 1), oneSpan(code)
}

func lineNumbers(h hole, code string, v int) (string, bool) {
	n := strings.Count(h.prefix, "\n") + 1
	lines := strings.Split(code, "\n")
	for i, line := range lines {
		lines[i] = fmt.Sprintf(of(v, "%d | %s", "%4d  %s", "%d: %s", "%d\t%s"), n+i, line)
	}
	return three(h, strings.Join(lines, "\n")), len(lines) > 1 && !ticks(code)
}

func interpreterPrompts(h hole, code string, _ int) (string, bool) {
	if _, ok := h.lines(); !ok || h.lang != "python" || strings.Contains(h.prefix, ">>>") || h.text() {
		return "", false
	}
	code = strings.Trim(code, "\n")
	return three(h, ">>> "+strings.ReplaceAll(code, "\n", "\n... ")), true
}

// Where a document is made of sentences, bare talk cannot be told from it.

func bareAfterLeadIn(h hole, code string, v int) (string, bool) {
	return of(v, "Here's the completion:", "Sure, here is the missing code:", "The code at the cursor should be:") + "\n\n" + code, !h.text() && !breaks(code)
}

func bareThenTalk(h hole, code string, v int) (string, bool) {
	return code + "\n\n" + of(v, "This completes the statement at the cursor.", "Let me know if you need anything else!", "Note: I kept the style of the surrounding code.", "**Explanation**\n\nThe code above finishes what was begun."), !h.text() && !breaks(code)
}

func bareCRLF(_ hole, code string, v int) (string, bool) {
	return strings.ReplaceAll(code, "\n", of(v, "\r\n", "\r")), strings.Contains(code, "\n") && !breaks(code)
}

// bareMarkAtStart begins with a byte order mark or a blank of no width.
func bareMarkAtStart(_ hole, code string, v int) (string, bool) {
	return of(v, "\ufeff", "\u200b", "\u2060") + code, !strings.HasPrefix(code, "\n")
}

func answerLabel(h hole, code string, v int) (string, bool) {
	return of(v, "Answer:", "Output:", "**Answer:**", "Completion:", "Insert:") + "\n" + h.inFence(code), true
}

func pathLine(h hole, code string, v int) (string, bool) {
	return of(v, h.path, "**"+h.path+"**", "`"+h.path+"`", "### "+h.path) + "\n" + h.inFence(code), true
}

// twoOptions offers the hole's text, and then another one.
func twoOptions(h hole, code string, v int) (string, bool) {
	a, b := of(v, "Option 1:", "**Option 1**", "### Option A", "1. The short form:"), of(v, "Option 2:", "**Option 2**", "### Option B", "2. A longer form:")
	return a + "\n\n" + three(h, code) + "\n\n" + b + "\n\n" + three(h, "other_"+strings.TrimSpace(code)), !ticks(code)
}

func htmlComments(h hole, code string, v int) (string, bool) {
	return of(v, "<!-- completion -->", "<!-- begin insertion -->") + "\n" + h.inFence(code) + "\n" + of(v, "<!-- /completion -->", "<!-- end insertion -->"), true
}

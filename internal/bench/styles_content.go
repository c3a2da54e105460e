package main

import (
	"path"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// The cursor's mark in the prompts.
const cursorMark = "<CURSOR/>"

// Styles that say too much or too little in the code itself. Each gives the
// code of an answer; what must stand in the document stays the hole's text.
var contentStyles = []answerStyle{
	{name: "echo_mark", content: echoMark},
	{name: "echo_mark_with_lines", content: echoMarkWithLines},
	{name: "echo_head_other_blanks", content: echoHeadOtherBlanks},
	{name: "echo_two_lines_above", content: echoAbove(2)},
	{name: "echo_five_lines_above", content: echoAbove(5)},
	{name: "echo_both_sides", content: echoBothSides},
	{name: "echo_rest_of_line", content: echoRestOfLine},
	{name: "echo_dedented_context", content: echoDedented},
	{name: "whole_file", content: wholeFile},
	{name: "whole_file_elided", content: wholeFileElided},
	{name: "block_and_what_follows", content: blockAndOn},
	{name: "goes_on_with_new_function", answer: goesOn},
	{name: "goes_on_with_example", content: goesOnWithExample},
	{name: "repeats_next_line_other_blanks", content: repeatsNext(1)},
	{name: "repeats_three_lines_other_blanks", content: repeatsNext(3)},
	{name: "surplus_closer_line", content: surplusCloserLine},
	{name: "surplus_separator", content: surplusSeparator},
	{name: "dedented_all", content: dedentedAll},
	{name: "one_level_too_deep", content: oneLevelTooDeep},
	{name: "one_blank_too_deep", content: oneBlankTooDeep},
	{name: "other_width", content: otherWidth},
	{name: "spaces_for_tabs", content: spacesForTabs},
	{name: "first_line_absolute", content: firstLineAbsolute},
	{name: "forgets_line_break", content: forgetsLineBreak},
	{name: "trailing_blanks", content: trailingBlanks},
	{name: "titled_by_path", content: titledByPath},
	{name: "no_break_spaces", content: noBreakSpaces},
}

func echoMark(h hole, v int) (string, bool) {
	return of(v, cursorMark+h.want, h.want+cursorMark, h.head()+cursorMark+h.want+h.tail()), true
}

func echoMarkWithLines(h hole, v int) (string, bool) {
	if v%2 == 0 {
		return h.above(2) + h.head() + cursorMark + h.want, h.above(1) != ""
	}
	return h.want + cursorMark + h.tail() + h.below(2), strings.TrimSpace(h.below(2)) != ""
}

// respaced is a line with other blanks, as a model reads it.
func respaced(line string) string {
	lead := syntax.Leading(line)
	return strings.ReplaceAll(lead, "\t", "    ") +
		strings.NewReplacer(", ", ",", " = ", "=", "( ", "(", " {", "{", ": ", ":").Replace(line[len(lead):])
}

func echoHeadOtherBlanks(h hole, _ int) (string, bool) {
	head := strings.TrimRight(h.head(), " \t")
	other := respaced(head) + h.head()[len(head):]
	return other + h.want, len(strings.TrimSpace(head)) > 5 && other != h.head()
}

// echoAbove repeats lines, and then the beginning of the cursor's own.
func echoAbove(n int) func(hole, int) (string, bool) {
	return func(h hole, _ int) (string, bool) {
		return h.above(n) + h.head() + h.want, strings.TrimSpace(h.above(1)) != ""
	}
}

func echoBothSides(h hole, v int) (string, bool) {
	return h.filled(1+v%3, 1+v%2), strings.TrimSpace(h.above(1)) != "" && strings.TrimSpace(h.below(1)) != ""
}

func echoRestOfLine(h hole, _ int) (string, bool) {
	return h.want + h.tail(), strings.TrimSpace(h.tail()) != ""
}

// echoDedented shows the lines round the hole without the indentation that
// they have in common.
func echoDedented(h hole, _ int) (string, bool) {
	lines := strings.Split(h.filled(2, 1), "\n")
	flat, ok := dedented(lines)
	return strings.Join(flat, "\n"), ok && strings.TrimSpace(h.above(1)) != ""
}

// dedented takes the common indentation off lines, or tells that there is none.
func dedented(lines []string) ([]string, bool) {
	common, some := "", false
	for _, line := range lines {
		lead := syntax.Leading(line)
		switch {
		case strings.TrimSpace(line) == "":
		case !some:
			common, some = lead, true
		default:
			for !strings.HasPrefix(lead, common) {
				common = common[:len(common)-1]
			}
		}
	}
	return shifted(lines, func(lead string) string { return strings.TrimPrefix(lead, common) }), common != ""
}

func wholeFile(h hole, _ int) (string, bool) {
	all := h.prefix + h.want + h.suffix
	return strings.TrimSuffix(all, "\n"), len(all) < 6000
}

func wholeFileElided(h hole, v int) (string, bool) {
	if h.text() || strings.Count(h.prefix, "\n") < 12 || strings.Count(h.suffix, "\n") < 8 || strings.TrimSpace(h.above(1)) == "" {
		return "", false
	}
	over := h.comment(of(v, "... existing code ...", "... rest of the code ...", "... (previous code unchanged)"))
	under := h.comment(of(v, "... existing code ...", "... remaining code unchanged ...", "... rest of the file"))
	return over + "\n" + h.filled(2+v%2, 2) + "\n" + under, true
}

// blockAndOn gives everything from the line that begins the block round the
// hole, and goes on into what follows it.
func blockAndOn(h hole, v int) (string, bool) {
	for n := 1; n <= 25; n++ {
		text := h.above(n)
		line, _, _ := strings.Cut(text, "\n")
		if len(strings.TrimSpace(line)) > 5 && len(syntax.Leading(line)) < len(h.lead()) && syntax.ByID(h.lang).Opens(line) {
			return text + h.head() + h.want + h.tail() + h.below(4+v%10), true
		}
	}
	return "", false
}

// goesOn ends the block that the document ends itself, and adds a function. It
// does no harm where the document's own bracket can end that function instead.
func goesOn(h hole, _ int) (styledAnswer, bool) {
	extra := map[string]string{
		"go":         "\n\nfunc helper(n int) int {\n\treturn n * 2\n}",
		"python":     "\n\n\ndef helper(value):\n    return value * 2",
		"javascript": "\n\nfunction helper(value) {\n  return value * 2;\n}",
		"typescript": "\n\nfunction helper(value: number): number {\n  return value * 2;\n}",
		"rust":       "\n\nfn helper(n: u32) -> u32 {\n    n * 2\n}",
		"c":          "\n\nint helper(int n)\n{\n    return n * 2;\n}",
		"ruby":       "\n\ndef helper(value)\n  value * 2\nend",
		"lua":        "\n\nlocal function helper(value)\n  return value * 2\nend",
		"php":        "\n\nfunction helper($value)\n{\n    return $value * 2;\n}",
		"perl":       "\n\nsub helper {\n    return $_[0] * 2;\n}",
	}[h.lang]
	end, ok := h.toTopLevel()
	if !ok || extra == "" || h.text() || h.lead() == "" {
		return styledAnswer{}, false
	}
	a := styledAnswer{raw: h.inFence(h.want + end + extra), accept: acceptExact}
	if body, ok := strings.CutSuffix(extra, end); ok {
		a.also = []string{h.want + end + body}
	}
	return a, true
}

// toTopLevel is the document behind the hole up to where the outermost block
// has ended.
func (h hole) toTopLevel() (string, bool) {
	for n := range 21 {
		text := h.tail() + h.below(n)
		rest := strings.TrimPrefix(h.suffix, text)
		next := strings.TrimLeft(rest, "\n")
		if n > 0 && (next == "" || strings.HasPrefix(rest, "\n\n")) && next != "" && syntax.Leading(next) == "" && !closing.MatchString(strings.SplitN(next, "\n", 2)[0]) {
			return text, true
		}
	}
	return "", false
}

// goesOnWithExample adds a use of the code that the document has no place for:
// it stands at the margin, and the hole in a block.
func goesOnWithExample(h hole, v int) (string, bool) {
	extra := "\n\n" + h.comment(of(v, "Example usage:", "Example:", "Usage example")) + "\n"
	switch h.lang {
	case "python":
		extra += of(v, "print(main())", "if __name__ == \"__main__\":\n    main()", "result = main()\nprint(result)")
	case "javascript", "typescript":
		extra += "console.log(main());"
	case "ruby":
		extra += "puts main"
	case "lua":
		extra += "print(main())"
	case "rust":
		extra += "fn main() {\n    println!(\"{}\", run());\n}"
	case "go":
		extra += "func main() {\n\tfmt.Println(run())\n}"
	case "java", "csharp", "kotlin", "swift", "php", "c":
		extra += "run();"
	default:
		return "", false
	}
	_, ok := h.lines()
	return h.want + extra, ok && h.lead() != "" && !h.text()
}

// repeatsNext repeats the lines behind the cursor, each with other blanks.
func repeatsNext(n int) func(hole, int) (string, bool) {
	return func(h hole, v int) (string, bool) {
		next := h.below(n)
		lines := strings.Split(strings.TrimPrefix(next, "\n"), "\n")
		for i, line := range lines {
			switch v % 3 {
			case 0:
				lines[i] = line + "  "
			case 1:
				lines[i] = strings.ReplaceAll(line, ", ", ",")
			case 2:
				lines[i] = syntax.Leading(line) + line
			}
		}
		// A line that is little more than a word may be meant to stand twice.
		sure := len(strings.TrimSpace(next)) >= 12 && strings.Count(next, "\n") == n
		return h.want + h.tail() + "\n" + strings.Join(lines, "\n"), sure
	}
}

// surplusCloserLine closes the block that the document closes itself.
func surplusCloserLine(h hole, _ int) (string, bool) {
	next := strings.TrimLeft(h.suffix[len(h.tail()):], "\n")
	line, _, _ := strings.Cut(next, "\n")
	_, ok := h.lines()
	return h.want + "\n" + line, ok && closing.MatchString(line)
}

func surplusSeparator(h hole, _ int) (string, bool) {
	tail := strings.TrimSpace(h.tail())
	if tail == "" || strings.IndexByte(",;:", tail[0]) < 0 {
		if len(tail) < 2 || strings.IndexByte(")]}\"'", tail[0]) < 0 || strings.IndexByte(",;", tail[1]) < 0 {
			return "", false
		}
		return h.want + tail[:2], true
	}
	return h.want + tail[:1], !strings.HasSuffix(h.want, tail[:1])
}

// The styles of indentation need a hole whose shape the answer keeps: whole
// lines, of which the first is the least indented.

func shapely(lines []string) bool {
	least := len(syntax.Leading(lines[0]))
	for _, line := range lines[1:] {
		if strings.TrimSpace(line) != "" && len(syntax.Leading(line)) < least {
			return false
		}
	}
	return true
}

func dedentedAll(h hole, _ int) (string, bool) {
	lines, ok := h.block()
	if !ok || !shapely(lines) {
		return "", false
	}
	flat, ok := dedented(lines)
	return strings.Join(flat, "\n"), ok
}

func oneLevelTooDeep(h hole, _ int) (string, bool) {
	lines, ok := h.block()
	level := h.indent().String()
	return strings.Join(shifted(lines, func(lead string) string { return lead + level }), "\n"), ok && h.lead() != "" && shapely(lines) && h.lang != "markdown"
}

func oneBlankTooDeep(h hole, _ int) (string, bool) {
	lines, ok := h.block()
	return strings.Join(shifted(lines, func(lead string) string { return " " + lead }), "\n"), ok && h.lead() != "" && shapely(lines) && h.lang != "markdown"
}

// otherWidth indents by two where the document does by four, and by four where
// it does by two.
func otherWidth(h hole, _ int) (string, bool) {
	lines, ok := h.block()
	unit := h.indent()
	if h.lang == "yaml" || h.lang == "markdown" || h.lang == "restructuredtext" || h.lead() == "" {
		return "", false // nothing tells that another width is a mistake
	}
	if !ok || unit.Tabs || unit.Width != 2 && unit.Width != 4 {
		return "", false
	}
	changed := false
	for _, line := range lines {
		n := len(syntax.Leading(line))
		if strings.Contains(syntax.Leading(line), "\t") || n%unit.Width != 0 {
			return "", false // no level that could be written otherwise
		}
		changed = changed || n > 0
	}
	other := syntax.Indent{Width: 6 - unit.Width}
	return strings.Join(shifted(lines, func(lead string) string {
		return strings.Repeat(other.String(), len(lead)/unit.Width)
	}), "\n"), changed && shapely(lines)
}

func spacesForTabs(h hole, v int) (string, bool) {
	lines, ok := h.block()
	by := of(v, "    ", "  ", "        ")
	text := strings.Join(shifted(lines, func(lead string) string { return strings.ReplaceAll(lead, "\t", by) }), "\n")
	for i := 1; ok && i < len(lines); i++ { // a level that is two tabs wide would come back as one
		ok = len(syntax.Leading(lines[i])) <= len(syntax.Leading(lines[i-1]))+1
	}
	return text, ok && shapely(lines) && h.indent().Tabs && text != strings.Join(lines, "\n")
}

func firstLineAbsolute(h hole, _ int) (string, bool) {
	lines, ok := h.lines()
	return strings.Join(lines, "\n"), ok && h.head() != "" && strings.TrimSpace(h.head()) == ""
}

// forgetsLineBreak begins with the first line's text though the cursor stands
// at the end of the line above, which begins a block. A single line without its
// indentation could also be meant to stand behind the opening.
func forgetsLineBreak(h hole, v int) (string, bool) {
	body, ok := strings.CutPrefix(h.want, "\n")
	lead := syntax.Leading(body)
	if v%2 == 1 && strings.Contains(body, "\n") {
		body = body[len(lead):]
	}
	head := strings.TrimRight(h.head(), " \t")
	return body, ok && lead != "" && !h.text() && syntax.ByID(h.lang).Opens(head) && strings.IndexByte("([", head[len(head)-1]) < 0
}

func trailingBlanks(h hole, _ int) (string, bool) {
	return strings.ReplaceAll(h.want, "\n", "  \n") + "   ", strings.TrimSpace(h.tail()) == "" && h.lang != "markdown"
}

func titledByPath(h hole, v int) (string, bool) {
	marks, name := syntax.ByID(h.lang).LineComments(), path.Base(h.path)
	_, whole := h.lines()
	return h.comment(of(v, name, "File: "+name, "filename: "+name)) + "\n" + h.want, len(marks) > 0 && whole && !h.text()
}

// noBreakSpaces indents with U+00A0, as text that was copied from a page does.
func noBreakSpaces(h hole, _ int) (string, bool) {
	lines, ok := h.block()
	text := strings.Join(shifted(lines, func(lead string) string { return strings.ReplaceAll(lead, " ", "\u00a0") }), "\n")
	return text, ok && shapely(lines) && text != strings.Join(lines, "\n") && !h.text()
}

package completion

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// What of an answer is no code though it is no sentence either: remarks of a few
// words, excuses in comments, headings, labels, drawings.

// isRemark reports whether an answer says in a few words, in whatever brackets
// or comment marks, that there is nothing to insert. A single word may be code
// ("None"), unless it is marked off as a remark.
func isRemark(text string) bool {
	s := strings.TrimSpace(text)
	s = strings.TrimSpace(strings.Trim(s, "`"))
	words := strings.FieldsFunc(strings.ToLower(strings.Trim(s, "#/<>!-*()[]{}.;\"'_ ")), func(r rune) bool { return unicode.IsSpace(r) || r == '_' })
	if len(words) == 0 || len(words) > 10 {
		return false
	}
	first, last := s[0], s[len(s)-1]
	bracketed := strings.IndexByte("([<*_", first) >= 0 && strings.IndexByte(")]>*_", last) >= 0
	if (words[0] == "no" || words[0] == "nothing") && len(words) > 1 && bracketed && alphabetic(words) == len(words) {
		return true
	}
	denies, empty := false, false
	for _, w := range words {
		w = strings.Trim(w, ".,")
		if !remark[w] {
			return false
		}
		denies = denies || w == "no" || w == "nothing" || w == "none" || w == "n/a"
		empty = empty || w == "empty" || w == "blank"
	}
	marked := last == '.' || strings.IndexByte("([", first) >= 0 || words[0] == "n/a"
	return denies && (len(words) > 1 || marked || bracketed) || empty && bracketed
}

// excuse reports whether an answer is a comment, and nothing else, in which the
// model speaks of itself.
func (p *place) excuse(text string) bool {
	if p.in != syntax.InCode || len(text) > 1<<10 {
		return false
	}
	speaks, about := false, false
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		said, ok := commentText(p.lang, line)
		if !ok {
			return false
		}
		for w := range strings.FieldsSeq(strings.ToLower(said)) {
			w, _, _ = strings.Cut(strings.Trim(w, ".,:;!?"), "'")
			speaks = speaks || w == "i" || w == "sorry"
			about = about || answering[w] && w != "i" || w == "context"
		}
	}
	return speaks && about
}

// isTree reports whether text draws folders and files.
func isTree(text string) bool {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	drawn := 0
	for _, line := range lines {
		if strings.Contains(line, "├──") || strings.Contains(line, "└──") {
			drawn++
		}
	}
	return drawn > 0 && (len(lines)-drawn)*2 <= len(lines)
}

// onlyMarks reports whether text is made of fences alone.
func onlyMarks(text string) bool {
	return strings.Contains(text, "```") && strings.Trim(text, "` \t\n") == ""
}

var remark = wordSet(`no nothing none n/a any needed need needs required necessary completion completions insertion
	insert inserted code change changes text here to is are be add added at the this position cursor point line
	there further additional more empty blank string output response answer content intentionally left`)

// withoutPictures takes emoji and such off the ends of a line of talk.
func withoutPictures(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return r >= 0x2000 && (unicode.Is(unicode.So, r) || unicode.Is(unicode.Mn, r)) || r == ' '
	})
}

// heads reports whether lines begin with a heading, with a blank line behind it.
func heads(lang *syntax.Language, lines []string) bool {
	return len(lines) > 1 && strings.TrimSpace(lines[1]) == "" && isHeading(lang, lines[0])
}

// isHeading reports whether line is a heading as talk has them: marked as one
// of Markdown, or bold. Where such a line would be a comment, more than one
// mark is asked for.
func isHeading(lang *syntax.Language, line string) bool {
	s := strings.TrimSpace(line)
	marks := len(s) - len(strings.TrimLeft(s, "#"))
	title, bold := strings.CutPrefix(s, "**")
	if bold {
		title, bold = strings.CutSuffix(title, "**")
	}
	switch {
	case bold:
	case marks == 0 || marks > 6 || marks == len(s) || s[marks] != ' ' || marks == 1 && isComment(lang, s):
		return false
	default:
		title = s[marks+1:]
	}
	title = withoutPictures(strings.Trim(title, "* "))
	words := strings.Fields(title)
	first, _ := utf8.DecodeRuneInString(title)
	return len(words) > 0 && len(words) <= 8 && unicode.IsUpper(first) && alphabetic(words)*2 > len(words)
}

// listItem reports whether a line behind talk is an item of a list of the
// talk's: plain words behind a number or a bullet.
func listItem(line string) bool {
	n := listMarker([]byte(line))
	if n == 0 {
		return false
	}
	words := strings.Fields(withoutSpans(line[n:]))
	return len(words) > 0 && alphabetic(words) == len(words)
}

// withoutLabel takes a label off that stands in front of the code on its line,
// such as "Answer:".
func (p *place) withoutLabel(line string) string {
	label, rest, ok := strings.Cut(line, ": ")
	name := strings.Trim(label, "* ")
	first, _ := utf8.DecodeRuneInString(name)
	if !ok || !unicode.IsUpper(first) || !answerLabels[strings.ToLower(name)] || p.lang.ID() == "yaml" || strings.Contains(p.before, label+":") {
		return line
	}
	return strings.TrimLeft(rest, "* ")
}

var answerLabels = wordSet(`answer completion code output result response suggestion insertion insert snippet assistant fill missing`)

package completion

import (
	"path"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// newSide takes the lines that a patch leaves or adds, for an answer that came
// as one, or the replacement where an answer says what is to be replaced.
func newSide(_ *place, d draft) (draft, bool) {
	if text, ok := replacement(d.text); ok {
		d.text = text
		return d, true
	}
	patch := strings.HasPrefix(strings.TrimSpace(d.text), "*** Begin Patch")
	if info, _, _ := strings.Cut(d.info, " "); info != "diff" && info != "patch" && !patch {
		return d, true
	}
	var out []string
	for line := range strings.SplitSeq(d.text, "\n") {
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "@@"), patch && strings.HasPrefix(line, "***"),
			strings.HasPrefix(line, "diff "), strings.HasPrefix(line, "index "), strings.HasPrefix(line, "-"), strings.HasPrefix(line, `\`):
		case strings.HasPrefix(line, "+"), strings.HasPrefix(line, " "):
			out = append(out, line[1:])
		default:
			out = append(out, line)
		}
	}
	d.text = strings.Join(out, "\n")
	return d, true
}

// replacement takes what stands between the last two marks of a conflict, the
// form in which tools are told what to search for and what to put there.
func replacement(text string) (string, bool) {
	from := strings.Index(text, "<<<<<<<")
	mid := strings.Index(text, "\n=======")
	to := strings.Index(text, "\n>>>>>>>")
	if from < 0 || mid < from || to < mid || strings.TrimSpace(text[:from]) != "" && !strings.HasSuffix(text[:from], "\n") {
		return "", false
	}
	_, inner, _ := strings.Cut(text[mid+1:to+1], "\n")
	return strings.TrimSuffix(inner, "\n"), true
}

// dropMark takes out the cursor's mark where an answer repeats it.
func dropMark(p *place, d draft) (draft, bool) {
	if p.mark != "" {
		d.text = strings.ReplaceAll(d.text, p.mark, "")
	}
	return d, true
}

// refuseBelow drops an answer that shows the text round the cursor and nothing
// new: behind the lines above come the lines below, and then it ends.
func refuseBelow(p *place, d draft) (draft, bool) {
	if !d.echoed {
		return d, true
	}
	below := strings.Split(p.after, "\n")
	for line := range strings.SplitSeq(d.text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		for len(below) > 0 && strings.TrimSpace(below[0]) == "" {
			below = below[1:]
		}
		if len(below) == 0 || strings.TrimSpace(below[0]) != line {
			return d, true
		}
		below = below[1:]
	}
	return d, false
}

// dropElision handles lines by which a model says that it left something out
// ("// ... rest of the function"). In front of the answer they stand for text
// above the cursor; behind it, whatever follows them is the text below.
func dropElision(p *place, d draft) (draft, bool) {
	lines := strings.Split(d.text, "\n")
	if !p.bal.known && !p.repeatsAbove(compact(firstLine(strings.Join(lines[1:min(len(lines), 9)], "\n"))).b) {
		return d, true // a line of the text that the cursor stands in
	}
	from := 0
	for from < len(lines) && (strings.TrimSpace(lines[from]) == "" || elided(p.lang, lines[from]) || p.titles(lines[from])) {
		from++
	}
	if from == len(lines) {
		return d, false
	}
	for from > 0 && strings.TrimSpace(lines[from-1]) == "" { // blank lines without an elision above them stay
		from--
	}
	to := from
	for to < len(lines) && !elided(p.lang, lines[to]) && (to == from || !p.labelled(lines[to])) {
		to++
	}
	if last := to - 1; last > from && endsAnswer(p.lang, lines[last]) {
		to = last
	}
	if from > 0 || to < len(lines) {
		d.text = strings.Join(lines[from:to], "\n")
	}
	return d, true
}

// titles reports whether line is a comment that only names a document, as
// models put above the code of a file: this one, or after a label any.
func (p *place) titles(line string) bool {
	name, label := p.title(line)
	return name != "" && (label != "" || p.path != "" && (name == p.path || name == path.Base(p.path)))
}

// labelled reports whether line begins another file.
func (p *place) labelled(line string) bool {
	_, label := p.title(line)
	return label != "" && label != "language"
}

// title is what a comment names, and the label in front of it.
func (p *place) title(line string) (name, label string) {
	s := strings.TrimSpace(line)
	for _, mark := range slices.Concat(p.lang.LineComments(), []string{"/*", "<!--"}) {
		rest, ok := strings.CutPrefix(s, mark)
		if !ok {
			continue
		}
		name := strings.TrimSpace(strings.TrimRight(rest, "*/-> "))
		if before, after, ok := strings.Cut(name, ":"); ok {
			if labels[strings.ToLower(before)] {
				label, name = strings.ToLower(before), strings.TrimSpace(after)
			}
		}
		switch {
		case name == "" || strings.ContainsAny(name, " \t"):
			return "", ""
		case label != "" && label != "language" && !strings.ContainsAny(strings.TrimRight(name, "."), "./"):
			return "", "" // a word about files
		}
		return name, label
	}
	return "", ""
}

var labels = wordSet("path file filename language")

// endsAnswer reports whether line, the last one of an answer, is a comment that
// says so.
func endsAnswer(lang *syntax.Language, line string) bool {
	s := strings.ToLower(strings.TrimSpace(line))
	for _, mark := range lang.LineComments() {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			about, ok := strings.CutPrefix(strings.Trim(rest, ".! "), "end of ")
			return ok && (about == "file" || about == "code" || about == "snippet" || about == "completion" || about == "answer")
		}
	}
	return false
}

// elided reports whether line only says that something was left out, or that
// nothing is missing.
func elided(lang *syntax.Language, line string) bool {
	s := strings.TrimSpace(line)
	comment := false
	for _, mark := range slices.Concat(lang.LineComments(), []string{"/*", "<!--", "{/*"}) {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			s, comment = strings.TrimSpace(strings.TrimRight(strings.TrimLeft(rest, "/*#-"), "*/->} ")), true
			break
		}
	}
	dots := strings.HasPrefix(s, "...") || strings.HasPrefix(s, "…")
	switch {
	case !comment:
		return s == "…" || s == "..." && !lang.IndentBlocks()
	case dots:
		return true
	}
	s = strings.ToLower(s)
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > 8 {
		return false
	}
	switch words[0] {
	case "existing", "rest", "remaining", "unchanged", "previous":
		return strings.Contains(s, "code") || strings.Contains(s, "unchanged") || strings.HasSuffix(s, "...") || strings.HasPrefix(s, "rest of the ")
	case "no", "nothing":
		return strings.Contains(s, "need") || strings.Contains(s, "to insert") || strings.Contains(s, "to add") || strings.Contains(s, "missing")
	}
	return strings.HasPrefix(s, "your code here") || strings.HasPrefix(s, "code goes here")
}

package completion

import (
	"cmp"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// Which part of an answer is the code for the cursor? A model was asked for one
// fence, so what is marked off is meant, and what is not is talk, whatever it
// looks like. Of several marked parts the first one that has something to
// insert is taken: a part that only shows the surroundings is all echo and
// vanishes while it is fitted in, and examples of use come last. Only an answer
// that marks nothing off is looked at for bare code, and one that begins with
// what can only be code, and shows a fence later, as an example.

// candidateParts are the indexes of the parts that may be the code, the
// likeliest first. What is announced as the original, or is in a language that
// the document is not, comes last, when no more parts come (ended).
func candidateParts(p *place, parts []part, ended bool) []int {
	var marked, shown []int
	for i, part := range parts {
		switch {
		case part.kind == partText:
		case showsOriginal(parts, i) || isAside(p, part):
			shown = append(shown, i)
		default:
			marked = append(marked, i)
		}
	}
	if ended {
		marked = append(marked, shown...)
	}
	if len(marked) == 0 {
		if len(parts) > 0 && len(shown) == 0 {
			return []int{0}
		}
		return nil
	}
	if unopened(p, parts) {
		return []int{0}
	}
	if parts[0].kind == partText && startsAsCode(p, string(parts[0].text)) {
		return slices.Insert(marked, 0, 0)
	}
	return marked
}

// startsAsCode reports whether text, which a fence follows, begins with what
// can only be code. A word with a colon is a label of the fence.
func startsAsCode(p *place, text string) bool {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return codeLike(p.lang, lines[0]) && !leadIn(append(lines, ""))
}

// unopened reports whether the opening fence of an answer is missing, so that
// its closing one has opened a block: of nothing but talk, while what stands
// before it is none.
func unopened(p *place, parts []part) bool {
	if parts[0].kind != partText {
		return false
	}
	code := strings.TrimSpace(string(parts[0].text))
	if code == "" || strings.HasSuffix(code, ":") && !strings.HasSuffix(code, "::") {
		return false
	}
	if parts[0].closed { // a closing fence behind its last line
		return !isProse(p.lang, firstLine(code)) || p.inText()
	}
	if len(parts) != 2 || parts[1].kind != partFenced || parts[1].closed || parts[1].info != "" {
		return false
	}
	talk := string(parts[1].text)
	if !spoken(p.lang, talk) {
		return false
	}
	if p.inText() {
		return strings.HasPrefix(talk, "\n") || aboutAnswering(talk)
	}
	return !spoken(p.lang, code)
}

// showsOriginal reports whether the i-th part is announced as what the document
// has already.
func showsOriginal(parts []part, i int) bool {
	if i == 0 || parts[i-1].kind != partText {
		return false
	}
	label := strings.FieldsFunc(strings.ToLower(lastLine(string(parts[i-1].text))), func(r rune) bool { return !isWord(r) })
	has := func(set map[string]bool) bool {
		return slices.ContainsFunc(label, func(w string) bool { return set[w] })
	}
	return len(label) <= 6 && has(original) && !has(outcome)
}

var (
	original = wordSet(`before original originally current currently existing old given previous wrong incorrect usage`)
	outcome  = wordSet(`after new now completed complete completion corrected fixed updated insert add missing`)
)

// isAside reports whether a fenced part names a language that is none of the
// document's: a command to run, a file tree, some output. Models also misname
// the language, so it is used if there is no other part.
func isAside(p *place, part part) bool {
	if part.kind != partFenced {
		return false
	}
	word, _, _ := strings.Cut(strings.ToLower(part.info), " ")
	l := named(word)
	switch {
	case l.ID() == "shellscript":
		return p.lang.ID() != "shellscript" && p.lang.ID() != "makefile" && p.lang.ID() != "dockerfile"
	case fencedLanguages[p.lang.ID()] || markup[p.lang.ID()]: // other languages are part of it
		return false
	}
	return asides[word] || l.ID() != syntax.ByID("").ID() && l.Family() != p.lang.Family()
}

var asides = wordSet(`text txt plain plaintext console terminal output log tree`)

// named is the language that an info string names, by its id or by the
// extension of its files.
func named(word string) *syntax.Language {
	if l := syntax.ByID(word); l.ID() != syntax.ByID("").ID() || word == "" {
		return l
	}
	return syntax.ByID(syntax.IDForPath("a." + word))
}

// A fitted is one suggestion for a place: text takes the place of the first to
// bytes behind the cursor.
type fitted struct {
	text string
	to   int
}

// choose fits at most limit different suggestions from the parts of an answer
// into p, in the model's order but for those that leave the brackets worse, which
// come last. ended says that no more of the answer will come, and cut that it
// breaks off somewhere in its last part. The names are those of the steps that
// changed or dropped something, each once; where nothing is found, the last one
// is the step that dropped the last part that was tried.
func choose(p *place, parts []part, want form, limit int, ended, cut bool) (found []fitted, names []string) {
	p.prepare()
	for _, i := range candidateParts(p, parts, ended) {
		part := parts[i]
		if part.kind == partText && !ended || strings.TrimSpace(string(part.text)) == "" {
			continue // a fence may still come, or there is nothing to fit in
		}
		open := i == len(parts)-1 && !part.closed
		fit, ok, changed := p.polish(draft{
			kind: part.kind, info: part.info, text: string(part.text), form: want, marked: i == 0 && unopened(p, parts),
			open: !part.closed && part.kind == partFenced, growing: open && !ended, cut: open && ended && cut,
		})
		for i, name := range changed {
			if last := !ok && i == len(changed)-1; last {
				names = slices.DeleteFunc(names, func(n string) bool { return n == name })
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		f := fitted{fit.text, fit.to}
		if !ok || slices.ContainsFunc(found, func(o fitted) bool { return p.same(o, f) }) {
			continue
		}
		if found = append(found, f); len(found) == limit {
			break
		}
	}
	if ended && p.bal.known && p.code() {
		slices.SortStableFunc(found, func(a, b fitted) int { return cmp.Compare(p.harm(a), p.harm(b)) })
	}
	return found, names
}

// harm counts by how much a suggestion leaves the brackets worse than they are.
// It is the one reason to doubt the model's order.
func (p *place) harm(f fitted) int {
	return max(0, p.defects(f.text, p.tail[f.to:])-p.defects("", p.tail))
}

// same reports whether two suggestions are one to a person: they differ in
// blanks alone, or in what may end a line.
func (p *place) same(a, b fitted) bool {
	return a == b || a.to == b.to && p.essence(a.text) == p.essence(b.text)
}

// essence is text without what makes no difference. Inside a string blanks make
// one, and in front of a line where blocks are made of them.
func (p *place) essence(text string) string {
	var b strings.Builder
	whole := p.head + text
	start := true
	for t := range p.lang.Scan(whole, p.bal.state) {
		s := whole[t.From:t.To]
		switch {
		case t.Kind == syntax.Newline:
			b.WriteByte('\n')
		case t.Kind != syntax.Space || start && p.lang.IndentBlocks():
			b.WriteString(s)
		}
		start = t.Kind == syntax.Newline
	}
	return strings.TrimRight(b.String(), ";,\n")
}

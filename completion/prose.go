package completion

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// Languages whose own text is prose: there an answer may read like a sentence.
var proseLanguages = map[string]bool{
	"": true, "plaintext": true, "markdown": true, "latex": true, "tex": true, "bibtex": true,
	"restructuredtext": true, "asciidoc": true, "git-commit": true, "gitcommit": true, "org": true,
	"html": true, "gherkin": true, "cucumber": true, "typst": true, "text": true,
}

// Languages in whose code sentences stand as they are.
var markup = map[string]bool{
	"typescriptreact": true, "javascriptreact": true, "vue": true, "svelte": true, "php": true, "xml": true,
	"astro": true, "html": true, "yaml": true, "erb": true, "razor": true, "handlebars": true,
}

// dropProse keeps what is code. Between fences everything is, unless all of it
// is sentences where code belongs; without a fence, sentences round the code
// are the model talking about it, and an answer of nothing else holds nothing
// to insert: it was asked to put text that is meant into a fence.
func dropProse(p *place, d draft) (draft, bool) {
	if isRemark(d.text) || p.foreign(d.text) || onlyMarks(d.text) || p.excuse(d.text) || p.in == syntax.InCode && isTree(d.text) {
		return d, false
	}
	if d.kind != partText {
		d.text = unwrap(p, p.innerFence(d.text))
		if d.open && !d.cut { // its fence was forgotten: talk may follow
			lines := strings.Split(d.text, "\n")
			d = dropTalk(p, d, lines, 1, p.lang.After(lines[0]+"\n", syntax.State{}))
		}
		if !d.open && p.in == syntax.InCode && !p.hasTags() && p.lang.ID() != "yaml" && p.lang.ID() != "perl" {
			d.text = p.withoutTalk(d.text)
		}
		return d, p.in != syntax.InCode || proseLanguages[p.lang.ID()] || !allProse(p, d.text)
	}
	text := strings.Trim(d.text, "\n")
	if s, ok := codeSpan(p.lang, text); ok {
		d.text = p.withoutInfo(text, s)
		return d, true
	}
	if inner, ok := p.element(text); ok {
		text = inner
	}
	d.text = text
	lines := strings.Split(d.text, "\n")
	st := p.lang.After(p.head, p.bal.state)
	if st.In() != syntax.InCode || proseLanguages[p.lang.ID()] {
		whole := len(lines)
		lines = p.withoutForeign(withoutLead(p, lines))
		if len(lines) < whole && onlyQuestions(lines) {
			return d, false
		}
		if isProse(p.lang, lines[0]) && aboutAnswering(lines[0]) && !d.marked {
			return d, false
		}
		st = p.lang.After(p.head+lines[0]+"\n", p.bal.state)
		return dropTalk(p, d, lines, 1, st), true
	}
	from, to := 0, len(lines)
	for from < to && (strings.TrimSpace(lines[from]) == "" && from > 0 || isProse(p.lang, lines[from]) || leadIn(lines[from:]) || heads(p.lang, lines[from:]) || from > 0 && listItem(lines[from])) {
		from++
	}
	if from < to {
		lines[from] = p.withoutLabel(lines[from])
	}
	d = dropTalk(p, d, lines[from:], 0, syntax.State{})
	if s, ok := codeSpan(p.lang, d.text); ok { // on a line of its own, below the talk
		d.text = p.withoutInfo(d.text, s)
	}
	return d, from < to
}

// onlyQuestions reports whether all lines are questions.
func onlyQuestions(lines []string) bool {
	for _, line := range lines {
		if s := strings.TrimSpace(line); s != "" && !strings.HasSuffix(s, "?") {
			return false
		}
	}
	return true
}

// withoutTalk takes off a block of code the paragraphs of sentences that it
// begins or ends with. A fence says that all of it is code, so they have to be
// long, and apart from the code by a blank line.
func (p *place) withoutTalk(text string) string {
	lines := strings.Split(text, "\n")
	sentence := func(line string) bool {
		words := strings.Fields(line)
		return len(words) >= 4 && syntax.Leading(line) == "" && functionWords(words) >= 2 && isProse(p.lang, line) || otherScript(line) && p.foreignLine(line)
	}
	if len(lines) > 2 && strings.TrimSpace(lines[1]) == "" && sentence(lines[0]) {
		lines = lines[2:]
	}
	to := len(lines)
	for to > 1 && (strings.TrimSpace(lines[to-1]) == "" || sentence(lines[to-1])) {
		to--
	}
	for to < len(lines) && strings.TrimSpace(lines[to]) != "" { // the paragraph is the code's
		to++
	}
	if to == len(lines) || p.lang.After(p.head+strings.Join(lines[:to], "\n")+"\n", p.bal.state).In() != syntax.InCode {
		return strings.Join(lines, "\n")
	}
	return strings.TrimRight(strings.Join(lines[:to], "\n"), " \t\n")
}

// withoutLead takes off a first paragraph of one line that announces the rest.
func withoutLead(p *place, lines []string) []string {
	if len(lines) < 3 || strings.TrimSpace(lines[1]) != "" || !strings.HasSuffix(strings.TrimSpace(lines[0]), ":") {
		return lines
	}
	if proseLanguages[p.lang.ID()] && !aboutAnswering(lines[0]) || !isProse(p.lang, lines[0]) && !leadIn(lines) {
		return lines
	}
	return lines[2:]
}

// dropTalk ends a draft of these lines where the model begins to talk, looked
// for from line i on, which begins in state st. Inside a string or a comment
// that the answer began a sentence is text. Where the cursor stands in text,
// only a sentence that speaks of the answer is talk.
func dropTalk(p *place, d draft, lines []string, i int, st syntax.State) draft {
	to := len(lines)
	text := proseLanguages[p.lang.ID()] || d.kind != partText && (markup[p.lang.ID()] || p.in != syntax.InCode)
	inText := text || p.in != syntax.InCode
	for ; i < to; i++ {
		code := st.In() == syntax.InCode && !text
		about := inText && i > 0 && strings.TrimSpace(lines[i-1]) == "" && aboutAnswering(strings.Join(lines[i:min(i+2, to)], " "))
		if (code || about) && talk(p.lang, lines[i:]) {
			to = i
			break
		}
		st = p.lang.After(lines[i]+"\n", st)
	}
	d.text = strings.TrimRight(strings.Join(lines[:to], "\n"), "\n")
	return d
}

// talk reports whether the lines are the model talking: the first one reads
// like a sentence, or is a heading of some that do.
func talk(lang *syntax.Language, lines []string) bool {
	if isProse(lang, lines[0]) || isTable(lines) {
		return true
	}
	if !leadIn(lines) && !isHeading(lang, lines[0]) {
		return false
	}
	for _, line := range lines[1:] {
		if strings.TrimSpace(line) != "" {
			return isProse(lang, line)
		}
	}
	return false
}

// leadIn reports whether the lines begin with one or two words that announce
// something, such as "Sure!" or "Explanation:", and go on.
func leadIn(lines []string) bool {
	s := withoutPictures(strings.Trim(strings.TrimSpace(lines[0]), "*#_ "))
	if first, _ := utf8.DecodeRuneInString(s); len(lines) < 2 || !unicode.IsUpper(first) {
		return false
	}
	words := strings.Fields(s)
	last := s[len(s)-1]
	return len(words) <= 2 && (last == ':' || last == '!' || last == '.') && alphabetic(words) == len(words)
}

// allProse reports whether text consists of sentences alone.
func allProse(p *place, text string) bool {
	some := false
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.TrimSpace(line) == "":
		case isProse(p.lang, line):
			some = true
		default:
			return false
		}
	}
	return some
}

// isProse reports whether line reads like a sentence of a person and not like
// code: words with blanks between them, begun with a capital or as an item of a
// list, ended as sentences end, and hardly any character that code is made of.
// A comment is code.
func isProse(lang *syntax.Language, line string) bool {
	s := strings.TrimSpace(line)
	for _, mark := range lang.LineComments() {
		if strings.HasPrefix(s, mark) {
			return false
		}
	}
	item := false
	if n := listMarker([]byte(s)); n > 0 {
		item, s = true, strings.TrimSpace(s[n:])
	}
	s = withoutPictures(strings.TrimLeft(strings.Trim(withoutSpans(s), "*_> "), "# "))
	if s != "" && otherScript(s) {
		return true
	}
	words := strings.Fields(s)
	if lang.ID() == "yaml" && len(words) > 1 && strings.HasSuffix(words[0], ":") && !aboutAnswering(s) { // a member
		return false
	}
	if len(words) < 3 || strings.IndexByte("\"'", s[0]) >= 0 { // a string is code, whatever it says
		return false
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	plain, small := alphabetic(words), functionWords(words)
	if strings.ContainsAny(s, "{}[]=<>|&$@\\^~+") || strings.HasSuffix(s, ";") || plain*100 < len(words)*80 {
		return false
	}
	ends := strings.ContainsRune(".:!?…", last)
	switch {
	case !unicode.IsUpper(first) && !item:
		return ends && small >= 2 && len(words) >= 5 && !statementWord[words[0]]
	case ends:
		return small >= 1 || len(words) >= 4 || plain == len(words) && last != ':' && !dotted[lang.ID()]
	default:
		return small >= 2 && len(words) >= 5
	}
}

// Languages whose statements may be words that a full stop ends.
var dotted = wordSet(`erlang prolog cobol coq abap smalltalk`)

// alphabetic counts the words that are letters alone, apart from the marks
// that sentences put round them.
func alphabetic(words []string) int {
	n := 0
	for _, w := range words {
		w = strings.Trim(w, ".,:;!?…()\"'*_-—–。！？：，、；（）「」؟،")
		plain := w != ""
		for _, r := range w {
			if !unicode.IsLetter(r) && r != '\'' && r != '’' && r != '-' && r != '/' {
				plain = false
				break
			}
		}
		if plain {
			n++
		}
	}
	return n
}

// functionWords counts the small words that sentences are held together by.
func functionWords(words []string) int {
	n := 0
	for _, w := range words {
		if small[strings.ToLower(strings.Trim(w, ".,:!?…()\"'")+"")] && strings.ToUpper(w) != w || w == "I" || strings.HasPrefix(w, "I'") {
			n++
		}
	}
	return n
}

var small = wordSet(`a an the this that these those it its is are was be been being will would can can't could
	should may might must do does don't not no nothing of to in on at by for from with without as and or but if so
	here there's here's you your i'm i've i'll we our my which what where how more any all already only just need
	needs needed have has since because above below after before into than then there`)

// statementWord holds words that begin statements of code and end them in a
// colon, as sentences may.
var statementWord = wordSet(`if for while elif else with def class try except match case when unless do until
	switch select from import return not async`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}

// withoutSpans puts a plain word in place of each code span of a line.
func withoutSpans(line string) string {
	var b strings.Builder
	for {
		from := strings.IndexByte(line, '`')
		if from < 0 {
			break
		}
		n := 1
		for from+n < len(line) && line[from+n] == '`' {
			n++
		}
		to := strings.Index(line[from+n:], line[from:from+n])
		if to < 0 {
			break
		}
		b.WriteString(line[:from])
		b.WriteString("it")
		line = line[from+n+to+n:]
	}
	b.WriteString(line)
	return b.String()
}

// aboutAnswering reports whether a sentence is a model's own about its answer
// and no part of a text: it speaks of itself, to somebody, or of completing.
func aboutAnswering(line string) bool {
	for w := range strings.FieldsSeq(strings.ToLower(withoutSpans(line))) {
		w, _, _ = strings.Cut(strings.Trim(w, ".,:;!?()\"*"), "'")
		if answering[w] {
			return true
		}
	}
	return false
}

var answering = wordSet(`i you your sorry apologies completion complete completed completes completing insert inserted
	inserts insertion cursor
	snippet code here's`)

// codeSpan takes the content of a code span that is all of an answer, or that
// a lead-in ends with.
func codeSpan(lang *syntax.Language, text string) (string, bool) {
	s := strings.TrimSpace(text)
	from := strings.IndexByte(s, '`')
	if from < 0 || strings.Contains(s, "\n") && (from > 0 || backquoted[lang.Family()]) {
		return "", false
	}
	lead := strings.TrimSpace(s[:from])
	if last, _ := utf8.DecodeLastRuneInString(lead); lead != "" && !strings.ContainsRune(":!.：", last) {
		return "", false
	}
	n := run([]byte(s[from:]))
	mark := s[from : from+n]
	inner, ok := strings.CutSuffix(strings.TrimSuffix(s[from+n:], "."), mark)
	if !ok || inner == "" || strings.Contains(inner, mark) || strings.Contains(inner, "${") {
		return "", false
	}
	if word, code, ok := strings.Cut(inner, " "); ok && n >= 3 && word != "" && named(word) == lang {
		inner = strings.TrimSpace(code) // a fence on one line
	}
	if len(inner) > 2 && inner[0] == ' ' && inner[len(inner)-1] == ' ' {
		inner = inner[1 : len(inner)-1]
	}
	return inner, strings.TrimSpace(inner) != ""
}

// withoutInfo is the code of a span without the language's name in front, which
// a fence on a single line may have. In front of a line of its own the name may
// be the statement of Go.
func (p *place) withoutInfo(span, code string) string {
	info, rest, _ := strings.Cut(code, " ")
	if !strings.Contains(span, "```") || rest == "" || p.headBlank() && info == "go" || info == "" || syntax.ByID(info).ID() != p.lang.ID() {
		return code
	}
	return strings.TrimLeft(rest, " ")
}

// Families of languages in which backquotes stand round text of several lines.
var backquoted = wordSet(`go javascript typescript javascriptreact typescriptreact vue svelte shellscript perl php ruby markdown plaintext html`)

// unwrap takes a known wrapper off code that stands in a fence. Where tags are
// the language's own, most of the wrappers' names are those of real elements
// (code, output, result), and only the one that the prompt speaks of is none.
func unwrap(p *place, text string) string {
	s := strings.TrimSpace(text)
	end := strings.IndexByte(s, '>')
	if !strings.HasPrefix(s, "<") || end < 0 {
		return text
	}
	name, from, closing := tagAtEnd([]byte(s[:end+1]))
	if from != 0 || closing || !wrappers[name] || name != "fill" && (markup[p.lang.ID()] || p.lang.ID() == "markdown") {
		return text
	}
	inner, ok := strings.CutSuffix(strings.ToLower(s), "</"+name+">")
	if !ok {
		return text
	}
	return strings.Trim(s[end+1:len(inner)], "\n")
}

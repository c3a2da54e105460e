package completion

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// Fences that share their line with something else. By CommonMark they are
// text, or open a block that nobody meant; an answer means them. Each of these
// decisions is made at the end of the line, so that it is the same however the
// answer arrives.

// Languages in which a fence is text: an answer for them may hold some.
var fencedLanguages = map[string]bool{
	"": true, "markdown": true, "mdx": true, "quarto": true, "rmd": true, "plaintext": true, "asciidoc": true, "typst": true,
}

// nests reports whether a fence inside a block may be the document's own.
func (f *fence) nests() bool { return f.lang == nil || fencedLanguages[f.lang.ID()] }

// inFencedBlock reports whether text ends inside a fenced block that it opens.
func inFencedBlock(text string) bool {
	fences := 0
	for line := range strings.SplitSeq(text, "\n") {
		if s := line[len(syntax.Leading(line)):]; strings.HasPrefix(s, "```") || strings.HasPrefix(s, "~~~") {
			fences++
		}
	}
	return fences%2 == 1
}

// language is the document's, for what asks a language for its comments.
func (f *fence) language() *syntax.Language {
	if f.lang == nil {
		return syntax.ByID("")
	}
	return f.lang
}

// marked reports whether a part so far is marked off as code.
func (f *fence) marked() bool {
	for _, p := range f.parts {
		if p.kind != partText {
			return true
		}
	}
	return false
}

// endsBlock looks at a line of the open block that begins with a fence and has
// something behind it. An info string opens a block: one inside this one where
// the document has fences, and else the next one, this one's end being
// forgotten. Whatever else stands there (talk, a model's stop token) shows that
// the fence was meant to close. It reports whether the block has ended.
func (f *fence) endsBlock(line []byte) bool {
	for range f.quotes {
		line = unquote(line)
	}
	n := leading(line)
	if n == len(line) || n > len(f.lead)+3 || line[n] != f.char {
		return false
	}
	r := run(line[n:])
	rest := line[n+r:]
	switch {
	case r < f.length || blank(rest) || bytes.IndexByte(rest, f.char) >= 0:
		return false
	case !infoLike(string(rest)):
		f.close()
		f.line = append(f.line[:0], bytes.TrimLeft(rest, " \t")...)
		f.textLine(true)
		return true
	}
	p := f.last()
	begun := len(bytes.TrimSpace(p.text)) > 0
	if f.nests() && (begun || p.info != strings.TrimSpace(string(rest))) {
		f.depth++
		return false
	}
	opening := bytes.Clone(line)
	if begun {
		f.close()
	} else {
		f.parts = f.parts[:len(f.parts)-1] // opened twice
	}
	f.line = f.line[:0]
	return f.opens(opening)
}

// infoLike reports whether s, which stands behind a fence, reads like an info
// string: a single word, and attributes.
func infoLike(s string) bool {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "{") {
		return true
	}
	n := strings.IndexFunc(s, func(r rune) bool { return !isWord(r) && !strings.ContainsRune("+#.-:/\\", r) })
	if n < 0 {
		n = len(s)
	}
	word, rest := s[:n], strings.TrimSpace(s[n:])
	first, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	if !isWord(first) || first >= unicode.MaxASCII || !isWord(last) && last != '+' && last != '#' {
		return false
	}
	file := !strings.Contains(rest, " ") && strings.ContainsAny(rest, "./")
	return rest == "" || strings.ContainsAny(rest, "={(") || file
}

// gluedEnd ends the open block at a closing fence behind the text of the line
// that was just read.
func (f *fence) gluedEnd() bool {
	p := f.last()
	from := bytes.LastIndexByte(p.text, '\n') + 1
	if f.pending > 0 {
		return false
	}
	code, rest, ok := f.closesBehind(p.text[from:], f.char, f.length)
	if !ok {
		return false
	}
	rest = bytes.Clone(rest)
	p.text = p.text[:from+len(code)]
	f.line = append(f.line[:0], rest...)
	return true
}

// closesBehind finds a closing fence of length marks behind the text of a line.
// The text has to have something that a fence can be the end of, because a
// comment mark in front of a fence makes it the comment's; the fence has to be
// the only one on the line; and behind it there may be talk or nothing.
func (f *fence) closesBehind(line []byte, char byte, length int) (code, rest []byte, ok bool) {
	if bytes.IndexByte(line, char) <= 0 {
		return nil, nil, false
	}
	marks := bytes.Repeat([]byte{char}, length)
	i := bytes.Index(line, marks)
	if i <= 0 {
		return nil, nil, false
	}
	n := run(line[i:])
	code, rest = bytes.TrimRight(line[:i], " \t"), line[i+n:]
	if n != length || bytes.Contains(rest, marks[:3]) || bytes.IndexByte(code, '`') >= 0 && bytes.Count(code, marks[:1])%2 == 1 {
		return nil, nil, false
	}
	if !bytes.ContainsFunc(code, func(r rune) bool { return isWord(r) || strings.ContainsRune(")]}", r) }) {
		return nil, nil, false
	}
	for _, quotes := range []string{`"""`, "'''"} { // a string that begins with a fence
		if bytes.HasSuffix(code, []byte(quotes)) && bytes.Count(code, []byte(quotes))%2 == 1 {
			return nil, nil, false
		}
	}
	if len(code) < i && isComment(f.language(), string(code)) {
		return nil, nil, false
	}
	s := strings.TrimSpace(string(rest))
	return code, rest, s == "" || onlyTokens(s) || rest[0] == ' ' && spoken(f.language(), s)
}

// isComment reports whether line begins as a comment does, or as a line inside
// a block comment.
func isComment(lang *syntax.Language, line string) bool {
	s := strings.TrimSpace(line)
	for _, mark := range lang.LineComments() {
		if strings.HasPrefix(s, mark) {
			return true
		}
	}
	return strings.HasPrefix(s, "*") || strings.HasPrefix(s, "/*") || strings.HasPrefix(s, "<!--")
}

// spoken reports whether every line of text that is not blank is talk, and
// there is one.
func spoken(lang *syntax.Language, text string) bool {
	some := false
	for line := range strings.SplitSeq(text, "\n") {
		s := strings.TrimSpace(line)
		if s == "" || onlyTokens(s) {
			continue
		}
		if !isProse(lang, s) && !leadIn([]string{s, ""}) {
			return false
		}
		some = true
	}
	return some
}

// opensBehind finds an opening fence behind the sentence that leads to it.
func (f *fence) opensBehind(line []byte) (lead []byte, info string, ok bool) {
	i := bytes.Index(line, []byte("```"))
	if i <= 0 {
		return nil, "", false
	}
	lead, rest := line[:i], string(line[i+run(line[i:]):])
	if strings.Contains(rest, "`") || bytes.IndexByte(lead, '`') >= 0 && bytes.Count(lead, []byte("`"))%2 == 1 {
		return nil, "", false
	}
	s := strings.Trim(string(lead), " \t*_>#")
	if last, _ := utf8.DecodeLastRuneInString(s); s == "" || !strings.ContainsRune(".:!?…。！？：，,", last) && !isProse(f.language(), s) {
		return nil, "", false
	}
	words := strings.Fields(withoutSpans(s))
	if isComment(f.language(), s) || alphabetic(words)*100 < len(words)*75 && !isProse(f.language(), s) {
		return nil, "", false
	}
	return lead, strings.TrimSpace(rest), strings.TrimSpace(rest) == "" || infoLike(rest)
}

// codeBehindInfo parts an info string that the block's first line of code
// stands behind. Attributes, file names and titles are none.
func codeBehindInfo(info string) (word, code string) {
	word, code, ok := strings.Cut(info, " ")
	code = strings.TrimSpace(code)
	if !ok || syntax.ByID(strings.ToLower(word)).ID() == syntax.ByID("").ID() || strings.HasPrefix(code, "{") {
		return info, ""
	}
	name, value, attribute := strings.Cut(code, "=")
	if attribute && letters(name) == len(name) && (strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "'") || attributes[strings.ToLower(name)]) {
		return info, ""
	}
	if !strings.ContainsAny(code, "()=;{}[]<>:\"'") {
		return info, ""
	}
	return word, code
}

// The attributes that tools put behind a language.
var attributes = wordSet(`title filename file path name lang lines linenums hl_lines start startline highlight caption id`)

// lateEnd looks for the closing fence of a block that is open at the end of the
// answer: behind the last line's text, or on a line of its own but shorter than
// the opening one or of the other character, with nothing but talk behind.
func (f *fence) lateEnd() {
	p := f.last()
	text := strings.TrimRight(string(p.text), " \t\n")
	marks := strings.Repeat(string(f.char), f.length)
	if f.gluedEnd() {
		p.closed = true
		return
	}
	if s, ok := strings.CutSuffix(text, marks); ok && !strings.HasSuffix(s, marks[:1]) && strings.TrimSpace(s) != "" {
		p.text, p.closed = bytes.TrimRight([]byte(s), " \t\n"), true
		return
	}
	if f.nests() && f.within {
		return // it may be the document's
	}
	lines := strings.Split(text, "\n")
	fences, at := 0, -1
	for i, line := range lines {
		if s := strings.TrimSpace(line); run([]byte(s)) >= 3 && len(syntax.Leading(line)) <= 3 {
			fences++
			if run([]byte(s)) == len(s) {
				at = i
			}
		}
	}
	if at < 0 || fences%2 == 0 && at < len(lines)-1 { // the document's own are in pairs
		return
	}
	behind := strings.Join(lines[at+1:], "\n")
	if strings.TrimSpace(behind) == "" || spoken(f.language(), behind) {
		p.text, p.closed = []byte(strings.Join(lines[:at], "\n")), true
	}
}

// lateOpening undoes an opening fence that is the last line of an answer: what
// came before it was the code, whose own opening fence is missing.
func (f *fence) lateOpening() {
	if len(f.parts) != 2 || f.parts[0].kind != partText {
		return
	}
	if p := f.parts[1]; p.kind == partFenced && !p.closed && len(p.text) == 0 && p.info == "" {
		f.parts = f.parts[:1]
		f.parts[0].closed = true
	}
}

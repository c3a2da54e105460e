package completion

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A model may talk in any language, and no list holds its words. But talk that
// is no part of a document is a stranger to it: its script or its words occur
// nowhere near the cursor.

// The scripts that write words without blanks between them.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// sentenceEnds are the marks that end or part sentences in other scripts.
const sentenceEnds = "。！？．、，؟۔،।॥։"

// otherScript reports whether line reads like a sentence in a script other than
// Latin: most of its letters are of one, it has no mark that code is made of,
// and it is long enough, or punctuated, as no name is.
func otherScript(line string) bool {
	var latin, other, dense int
	for _, r := range line {
		switch {
		case strings.ContainsRune("{}[]=<>|&$@\\^~+;#", r):
			return false
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
		case unicode.In(r, unicode.Latin):
			latin++
		case unicode.In(r, unspaced...):
			dense++
			other++
		default:
			other++
		}
	}
	if other < 4 || other < latin || strings.IndexByte("\"'`", line[0]) >= 0 {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(line)
	ends := strings.ContainsAny(line, sentenceEnds) || strings.ContainsRune(".:!?…", last)
	words := len(strings.Fields(line))
	switch {
	case dense*2 > other:
		return ends || dense >= 8
	default:
		return words >= 2 && ends || words >= 4
	}
}

// foreign reports whether text is an answer in words that are none of the
// document's: sentences in another language, about which nothing else is known,
// or bare words in another script.
func (p *place) foreign(text string) bool {
	if _, comment := commentText(p.lang, text); comment {
		return false
	}
	if p.strangeBrackets(text) {
		return true
	}
	some := false
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if !p.foreignLine(line) {
			return false
		}
		some = true
	}
	return some
}

// Languages in which a name may follow another one without anything between.
var juxtaposing = wordSet(`haskell elm ocaml fsharp lisp clojure scheme racket commonlisp emacs-lisp shellscript ruby perl perl6 sql plsql elixir
	nix coffeescript makefile dockerfile powershell tcl r idris agda purescript reason sml prolog yaml css scss less vim cmake crystal julia`)

// strangeBrackets reports whether text is words in brackets, side by side as no
// code has them, of which the document has none.
func (p *place) strangeBrackets(text string) bool {
	s := strings.Trim(strings.TrimSpace(text), "*_`")
	if len(s) < 5 || strings.IndexByte("([<", s[0]) < 0 || strings.IndexByte(")]>", s[len(s)-1]) < 0 || p.inText() || juxtaposing[p.lang.ID()] || p.hasTags() {
		return false
	}
	words := strings.Fields(s[1 : len(s)-1])
	if len(words) < 2 || alphabetic(words) < len(words) {
		return false
	}
	for _, w := range words {
		if p.hasWord(strings.ToLower(w)) {
			return false
		}
	}
	return true
}

// foreignLine is foreign for one line.
func (p *place) foreignLine(line string) bool {
	s := strings.TrimSpace(line)
	if p.in == syntax.InCode && !proseLanguages[p.lang.ID()] && p.lang.ID() != "yaml" {
		return p.foreignScript(strings.Trim(s, "()[]<>{}*_# "), true)
	}
	inner := strings.Trim(s, "()（）[]【】*_")
	return p.foreignScript(inner, len(inner) < len(s)) || p.foreignWords(s, 5)
}

// withoutForeign takes a first and a last paragraph of one line off a text where
// they are foreign to it and the rest is not.
func (p *place) withoutForeign(lines []string) []string {
	odd := func(line string) bool {
		s := strings.TrimSpace(line)
		return s != "" && (p.foreignScript(s, false) || p.foreignWords(s, 4))
	}
	if len(lines) > 2 && strings.TrimSpace(lines[1]) == "" && odd(lines[0]) {
		lines = lines[2:]
	}
	if n := len(lines); n > 2 && strings.TrimSpace(lines[n-2]) == "" && odd(lines[n-1]) {
		lines = lines[:n-2]
	}
	return lines
}

// foreignScript reports whether all letters of s are of a script other than
// Latin that occurs nowhere near the cursor, and nothing in it is a mark of
// code. As text it has to be a sentence; a word alone may be one to come.
func (p *place) foreignScript(s string, alone bool) bool {
	letters, latin := 0, 0
	var first rune
	for _, r := range s {
		switch {
		case strings.ContainsRune("\"'`()[]{}=<>|&$@\\^~+;#", r) && alone:
			return false
		case !unicode.IsLetter(r):
		case unicode.In(r, unicode.Latin):
			latin++
		default:
			if letters++; first == 0 {
				first = r
			}
		}
	}
	if letters < 1 || letters < 3*latin || !alone && !otherScript(s) {
		return false
	}
	for _, table := range unicode.Scripts {
		if unicode.Is(table, first) {
			same := func(r rune) bool { return unicode.Is(table, r) }
			return !strings.ContainsFunc(p.before, same) && !strings.ContainsFunc(p.after, same)
		}
	}
	return false
}

// foreignWords reports whether line is a sentence of at least so many words, of
// which hardly any occurs near the cursor or is a small word of English.
func (p *place) foreignWords(line string, least int) bool {
	words := strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("?!:;«»¿¡", r) })
	last, _ := utf8.DecodeLastRuneInString(line)
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(line, "¿¡*_ "))
	if len(words) < least || alphabetic(words) < len(words) || !strings.ContainsRune(".!?…:", last) || !unicode.IsUpper(first) {
		return false
	}
	known := 0
	for _, w := range words {
		w = strings.ToLower(strings.Trim(w, ".,:;!?…()\"'*_"))
		if small[w] || len(w) > 2 && p.hasWord(w) {
			known++
		}
	}
	return known*5 <= len(words)
}

// hasWord reports whether the text near the cursor has the word, in small
// letters or with a capital.
func (p *place) hasWord(w string) bool {
	r, n := utf8.DecodeRuneInString(w)
	rest := w[n:]
	for _, text := range []string{p.before, p.after} {
		for _, form := range []string{w, string(unicode.ToUpper(r)) + rest} {
			for from := 0; ; {
				i := strings.Index(text[from:], form)
				if i < 0 {
					break
				}
				from += i + len(form)
				if start := from - len(form); (start == 0 || !wordByte(text[start-1])) && (from == len(text) || !wordByte(text[from])) {
					return true
				}
			}
		}
	}
	return false
}

package completion

import (
	"strings"
	"unicode"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// longestToken is as many bytes as a special token has.
const longestToken = 48

// specialToken is the length of the special token that s begins with, or 0.
// Models have such tokens to end a turn, a text or a hole, and some leak them.
// They are known by their shape: a name in <|…|>, or in angle or square
// brackets, which may be a closing one.
func specialToken(s string) int {
	for _, marks := range [][2]string{{"<|", "|>"}, {"<｜", "｜>"}, {"<", ">"}, {"[", "]"}} {
		rest, ok := strings.CutPrefix(s, marks[0])
		if !ok {
			continue
		}
		n := strings.Index(rest[:min(len(rest), longestToken)], marks[1])
		if n < 0 {
			continue
		}
		name := strings.TrimPrefix(rest[:n], "/")
		if name != "" && strings.IndexFunc(name, func(r rune) bool { return !isWord(r) && r != '-' && r != '▁' && r != ':' && r != '.' }) < 0 {
			return len(marks[0]) + n + len(marks[1])
		}
	}
	return 0
}

// onlyTokens reports whether s is made of special tokens and blanks.
func onlyTokens(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && behindTokens(s) == ""
}

// behindTokens is s without the special tokens and blanks that it begins with.
func behindTokens(s string) string {
	for n := specialToken(s); n > 0; n = specialToken(s) {
		s = strings.TrimLeftFunc(s[n:], unicode.IsSpace)
	}
	return s
}

// dropTokens takes special tokens off the edges of an answer, and what comes
// behind one that ends it. Where the document has such a token, or a string
// holds it, it is text; one in plain brackets, which most languages have a use
// for, must be a closing one that nothing has opened, or stand where no
// expression can go on.
func dropTokens(p *place, d draft) (draft, bool) {
	text := strings.TrimLeft(d.text, "\n ")
	begun := false // by such a token, so that another one ends it
	for n := specialToken(text); n > 0 && p.foreignToken(text[:n], "\n"); n = specialToken(text) {
		text = strings.TrimPrefix(text[n:], "\n")
		d.text, begun = text, true
	}
	// The text is looked at once, however many tokens it has: a run of them is
	// read to its end, and the lines in front of a token are scanned, one time
	// each.
	var (
		from, seen int              // where the search is, and how far line breaks were looked for
		line, st   = 0, p.bal.state // where its line begins, and in which state
		head       = p.head         // what stands in front of that
		tries      int              // tokens of the line
		run        int              // the end of the tokens and blanks that from is among
	)
	for {
		i := strings.IndexAny(d.text[from:], "<[")
		if i < 0 {
			return d, true
		}
		from += i
		text, rest := d.text[:from], d.text[from:]
		n := specialToken(rest)
		if n > 0 && from >= run {
			run = len(d.text) - len(behindTokens(rest))
		}
		piped, last := n > 0 && strings.IndexByte("|\xef", rest[1]) >= 0, n > 0 && run == len(d.text)
		if piped || last {
			if i := strings.LastIndexByte(text[seen:], '\n'); i >= 0 {
				at := seen + i + 1
				st, line, head, tries = p.lang.After(head+text[line:at], st), at, "", 0
			}
			seen = from
			tries++
			if tries <= mostTries && (p.foreignToken(rest[:n], text) || begun && last) &&
				(p.in != syntax.InCode || p.lang.After(head+text[line:], st).In() != syntax.InString) {
				d.text = strings.TrimRight(text, " \t\n")
				return d, true
			}
		}
		from++
	}
}

// opened reports whether text holds a tag that begins with open, and not with
// a longer name.
func opened(text, open string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], open)
		if i < 0 {
			return false
		}
		if from += i + len(open); from < len(text) && strings.IndexByte("> \t\n/]=", text[from]) >= 0 {
			return true
		}
	}
}

// Languages in which a name in square brackets begins a section.
var sections = wordSet(`ini toml properties dosini systemd markdown plaintext`)

// foreignToken reports whether token, which stands behind text in an answer, is
// none of the document's language.
func (p *place) foreignToken(token, text string) bool {
	if strings.Contains(p.before, token) || strings.Contains(p.after, token) {
		return false
	}
	if strings.HasSuffix(token, "|>") || strings.HasSuffix(token, "｜>") {
		return true
	}
	if name, ok := strings.CutPrefix(token[1:], "/"); ok {
		open := token[:1] + name[:len(name)-1]
		return !opened(p.before, open) && !opened(text, open)
	}
	if token[0] == '[' {
		return strings.HasSuffix(text, "\n") && len(text) > 1 && strings.IndexFunc(token, unicode.IsLower) < 0 && p.in == syntax.InCode && !sections[p.lang.ID()]
	}
	if markup[p.lang.ID()] || p.lang.ID() == "javascript" || proseLanguages[p.lang.ID()] || p.in != syntax.InCode && text == "\n" {
		return false
	}
	if text == "\n" { // in front of the answer
		return (token == strings.ToUpper(token) || strings.Contains(token, "_")) && p.headBlank()
	}
	if text == "" {
		return false
	}
	last := text[len(text)-1]
	upper := strings.IndexFunc(token, unicode.IsLower) < 0
	alone := last == '\n' && (upper || strings.ContainsAny(token, "_|") || len(token) <= 5)
	return alone || strings.IndexByte(";})", last) >= 0
}

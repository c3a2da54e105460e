package embedded

import (
	"path"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A source is one text cut into the tokens that matter for matching. Blanks
// and comments are left out, empty lines too, so that formatting and remarks
// do not keep two places from being alike. It is immutable.
type source struct {
	path  string
	dir   string // its folder
	lang  *syntax.Language
	text  string
	ids   []uint32 // one for each token; equal text, equal id
	spans []span   // where each token stands in text
}

// A span is where a token stands: its first byte in the upper bits, its length
// in the lower ones. A token too long for that is never suggested.
type span uint32

const (
	lengthBits = 11
	maxLength  = 1<<lengthBits - 1
	maxText    = 1 << (32 - lengthBits) // bytes of one source; longer files are generated or data
)

func (s span) from() int { return int(s >> lengthBits) }
func (s span) len() int  { return int(s & maxLength) }

// lineEnd is the id of one or more line breaks; no text has it.
const lineEnd uint32 = 0

// A class is what a token may be confused with.
type class uint8

// The classes. lineEnd is of the class other.
const (
	other     class = iota // an operator or separator
	name                   // a name that begins with a small letter or underscore
	upperName              // a name that begins with a capital
	keyword                // a word that stands for itself
	number
	str
	opening
	closing
)

// classMask is the bits of an id that hold the token's class.
const classMask = 7

// classOf returns the class of the token with the given id.
func classOf(id uint32) class { return class(id & classMask) }

// identity returns the id of a token. Two texts may share one by accident,
// once in half a billion pairs: what is suggested is always text that stands somewhere,
// so such an accident costs a wrong vote and nothing else.
func identity(kind syntax.Kind, text string) uint32 { return hash(classify(kind, text), text) }

// renamed returns the id that a name or string has with another text.
func renamed(id uint32, text string) uint32 {
	if classOf(id) == str {
		return hash(str, text)
	}
	return identity(syntax.Word, text)
}

func hash(c class, text string) uint32 {
	h := uint32(2166136261)
	for i := range len(text) {
		h = (h ^ uint32(text[i])) * 16777619
	}
	if h &^= classMask; h == 0 {
		h = classMask + 1
	}
	return h | uint32(c)
}

func classify(kind syntax.Kind, text string) class {
	switch kind {
	case syntax.Word:
		switch {
		case keywords[text]:
			return keyword
		case upper(text[0]):
			return upperName
		}
		return name
	case syntax.Number:
		return number
	case syntax.String:
		return str
	case syntax.Open:
		return opening
	case syntax.Close:
		return closing
	}
	return other
}

// newSource cuts text into tokens. The text begins in state st.
func newSource(file string, l *syntax.Language, text string, st syntax.State) *source {
	s := &source{path: file, dir: path.Dir(file), lang: l, text: text}
	n := len(text)/5 + 8
	s.ids, s.spans = make([]uint32, 0, n), make([]span, 0, n)
	for t := range l.Scan(text, st) {
		switch t.Kind {
		case syntax.Space, syntax.Comment:
			continue
		case syntax.Newline:
			if len(s.ids) > 0 && s.ids[len(s.ids)-1] != lineEnd {
				s.add(lineEnd, t)
			}
			continue
		}
		s.add(identity(t.Kind, text[t.From:t.To]), t)
	}
	if len(s.ids) > 0 && s.ids[len(s.ids)-1] != lineEnd {
		s.add(lineEnd, syntax.Token{From: len(text), To: len(text)})
	}
	return s
}

func (s *source) add(id uint32, t syntax.Token) {
	s.ids = append(s.ids, id)
	s.spans = append(s.spans, span(t.From<<lengthBits|min(t.To-t.From, maxLength)))
}

// token returns the text of token i.
func (s *source) token(i int) string {
	from := s.spans[i].from()
	return s.text[from : from+s.spans[i].len()]
}

// end returns where token i ends in text.
func (s *source) end(i int) int { return s.spans[i].from() + s.spans[i].len() }

// cutTo leaves the first n tokens. Only a source that nobody else knows yet may
// be cut.
func (s *source) cutTo(n int) { s.ids, s.spans = s.ids[:n], s.spans[:n] }

// gap returns the blanks before token i on its line. It is one blank where a
// comment was left out, and never more than one: how far something is aligned
// depends on its neighbours.
func (s *source) gap(i int) string {
	if i == 0 || s.ids[i-1] == lineEnd {
		return ""
	}
	if s.end(i-1) == s.spans[i].from() {
		return ""
	}
	return " "
}

// leading returns the blanks at the start of the line of token i.
func (s *source) leading(i int) string {
	at := s.spans[i].from()
	for at > 0 && s.text[at-1] != '\n' && s.text[at-1] != '\r' {
		at--
	}
	return syntax.Leading(s.text[at:])
}

// lineFrom returns the rest of the line that begins with token i.
func (s *source) lineFrom(i int) string {
	line, _ := cutLine(s.text[s.spans[i].from():])
	return line
}

// blankBefore reports whether an empty line, or one with a comment alone,
// stands before the line that begins with token i.
func (s *source) blankBefore(i int) bool {
	return i > 0 && strings.Count(strings.ReplaceAll(s.text[s.end(i-1):s.spans[i].from()], "\r\n", "\n"), "\n") > 0
}

// size is about how many bytes of memory s holds.
func (s *source) size() int64 {
	return int64(len(s.text)) + int64(cap(s.ids))*4 + int64(cap(s.spans))*4 + 200
}

package syntax

import (
	"strings"
	"unicode/utf8"
)

// A rule says how one kind of string or comment begins and ends.
type rule struct {
	kind  Kind
	open  string // what begins it; tried longest first, and letters only at the start of a word
	close string // what ends it; "" is the end of the line
	form  form

	escape  byte   // a character after it does not end the string; 0 for none
	doubles bool   // the closing mark written twice stands for itself
	multi   bool   // goes on over line breaks; otherwise it ends before one, closed or not
	nests   bool   // an opening mark inside wants a closing mark of its own
	interp  string // what begins code inside; its last byte is the bracket that ends it

	after  string // the bytes of which one must stand before it, \n for the line's start; "" is anything
	never  string // the bytes that must not stand before it
	unless string // what must not stand behind the opening mark; "" is nothing
	first  bool   // must be the first on its line but for blanks
	alone  bool   // the closing mark counts at the start of a line alone

	stops [256]bool // bytes that may end the text inside or change what follows; made from the above
}

// A form is a way in which marks that are not fixed are found.
type form uint8

const (
	fixed        form = iota // open and close as they stand
	onLine                   // fixed, but only where the closing mark is on the same line: an apostrophe otherwise
	hashes                   // open, any number of #, a quote; the quote and as many # (Rust, Swift)
	longBracket              // open, any number of =, [; then ] with as many = and ] (Lua)
	delimiter                // open, a name, ( ; then ) with the name and a quote (C++)
	hereDocument             // open, a name; from the next line to a line that is the name
	character                // one character between quotes; otherwise the quote is an apostrophe or a lifetime
	oneCharacter             // open and one character, which a backslash may stand before
	regexp                   // between slashes, where an operand may stand
)

// whole reports whether the opening mark found is the whole token.
func (r *rule) whole() bool {
	return r.form == onLine || r.form == character || r.form == oneCharacter || r.form == regexp
}

func (r *rule) place() Place {
	if r.kind == Comment {
		return InComment
	}
	return InString
}

// opensLike and closesLike report whether c is the bracket of the rule's
// interpolation.
func (r *rule) opensLike(c byte) bool { return c == r.interp[len(r.interp)-1] }

func (r *rule) closesLike(c byte) bool {
	if r.interp[len(r.interp)-1] == '(' {
		return c == ')'
	}
	return c == '}'
}

// opening returns how many bytes at s.at begin the rule with the given index,
// or are all of it where the rule is whole. It is 0 where the rule does not
// begin here.
func (s *scanner) opening(index uint8) int {
	r := &s.lang.rules[index]
	t := s.text[s.at:]
	if !strings.HasPrefix(t, r.open) || !s.allowed(r) {
		return 0
	}
	n := len(r.open)
	if r.unless != "" && strings.HasPrefix(t[n:], r.unless) {
		return 0
	}
	switch r.form {
	case onLine:
		return onThisLine(r, t)
	case hashes, longBracket:
		mark, last, count := byte('#'), byte('"'), strings.Count(r.open, "#") // Swift's opening mark is the first of them
		if r.form == longBracket {
			mark, last, count = '=', '[', 0
		}
		for n < len(t) && t[n] == mark && count < 1<<16-1 {
			n++
			count++
		}
		if n == len(t) || t[n] != last {
			return 0
		}
		s.st.count = uint16(count)
		return n + 1
	case delimiter:
		end := strings.IndexAny(t[n:], "( )\\\t\r\n")
		if end < 0 || end > 16 || t[n+end] != '(' {
			return 0
		}
		copy(s.st.name[:], t[n:n+end])
		return n + end + 1
	case hereDocument:
		return s.hereName(t, n)
	case character, oneCharacter:
		return oneChar(r, t)
	case regexp:
		return s.regexp(t)
	}
	return n
}

// allowed reports whether what stands before s.at lets the rule begin here.
func (s *scanner) allowed(r *rule) bool {
	if r.first && s.seen {
		return false
	}
	if r.after == "" && r.never == "" {
		return true
	}
	before := byte('\n')
	if s.at > 0 && s.text[s.at-1] != '\r' {
		before = s.text[s.at-1]
	}
	return (r.after == "" || strings.IndexByte(r.after, before) >= 0) && strings.IndexByte(r.never, before) < 0
}

// onThisLine returns the length of the string that t begins with, or 0 where
// it is not closed on its line.
func onThisLine(r *rule, t string) int {
	for i := len(r.open); i < len(t); i++ {
		switch c := t[i]; {
		case c == '\n' || c == '\r':
			return 0
		case r.escape != 0 && c == r.escape && i+1 < len(t) && t[i+1] != '\n' && t[i+1] != '\r':
			i++
		case strings.HasPrefix(t[i:], r.close):
			return i + len(r.close)
		}
	}
	return 0
}

// oneChar returns the length of the character that t begins with, or 0 where
// the mark is no more than that.
func oneChar(r *rule, t string) int {
	i := len(r.open)
	if i < len(t) && t[i] == '\\' {
		if r.form == character {
			// An escape has at most ten bytes, as in '\u{10FFFF}'; the first may be the quote itself.
			for j := i + 2; j < len(t) && j < i+11; j++ {
				switch t[j] {
				case '\'':
					return j + 1
				case '\n', '\r':
					return 0
				}
			}
			return 0
		}
		i++
	}
	if i >= len(t) || t[i] == '\n' || t[i] == '\r' {
		return 0
	}
	_, n := utf8.DecodeRuneInString(t[i:])
	if r.form == oneCharacter {
		return i + n
	}
	if t[i] == '\'' || i+n >= len(t) || t[i+n] != '\'' {
		return 0
	}
	return i + n + 1
}

// hereName reads the name of a here-document behind the n bytes of its mark
// and keeps it in the state. A bare name must begin with a capital or an
// underscore, as they do in practice, so that a shift is not taken for one.
func (s *scanner) hereName(t string, n int) int {
	if n < len(t) && (t[n] == '-' || t[n] == '~') {
		n++
	}
	var quote byte
	if n < len(t) && (t[n] == '\'' || t[n] == '"') {
		quote = t[n]
		n++
	}
	end := n
	for end < len(t) && isName(t[end]) {
		end++
	}
	if end == n || end-n > maxName {
		return 0
	}
	if quote == 0 && t[n] != '_' && (t[n] < 'A' || t[n] > 'Z') {
		return 0
	}
	name := t[n:end]
	if quote != 0 {
		if end == len(t) || t[end] != quote {
			return 0
		}
		end++
	}
	s.st.name = [maxName]byte{}
	copy(s.st.name[:], name)
	return end
}

func isName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// regexp returns the length of the regular expression that t begins with, or 0
// where the slash is a division: behind a value, or without an end on its line.
func (s *scanner) regexp(t string) int {
	if s.to != 0 && s.last == String {
		if c := s.text[s.to-1]; c != '{' && c != '(' { // unless an interpolation begins
			return 0
		}
	} else if s.to != 0 {
		switch last := s.text[s.from:s.to]; last[len(last)-1] {
		case '(', '[', '{', ',', ';', '=', ':', '!', '&', '|', '?', '+', '-', '*', '%', '~', '^':
		case '>':
			if last != "=>" {
				return 0
			}
		case 'n', 'e', 'f', 'd', 'r', 's', 't': // only to be quick: the last letters of the words below
			switch last {
			case "return", "case", "typeof", "in", "of", "delete", "and", "or", "not", "if", "unless", "when", "while", "else":
			default:
				return 0
			}
		default:
			return 0
		}
	}
	set := false
	for i := 1; i < len(t); i++ {
		switch t[i] {
		case '\n', '\r':
			return 0
		case '\\':
			if i+1 < len(t) && t[i+1] != '\n' && t[i+1] != '\r' {
				i++
			}
		case '[':
			set = true
		case ']':
			set = false
		case '/':
			if !set {
				return i + 1
			}
		}
	}
	return 0
}

// closing returns how many bytes at i end a rule whose closing mark is not
// fixed, or 0.
func (s *scanner) closing(r *rule, i int) int {
	t := s.text[i:]
	switch r.form {
	case hashes:
		return s.counted(t, `"`, '#', "")
	case longBracket:
		return s.counted(t, "]", '=', "]")
	case delimiter:
		if n := s.named(t[1:]); n >= 0 && strings.HasPrefix(t[1+n:], `"`) {
			return n + 2
		}
	case hereDocument:
		// The end stands first on its line but for blanks; i is its first byte.
		before := strings.TrimRight(s.text[:i], " \t")
		if before != "" && before[len(before)-1] != '\n' && before[len(before)-1] != '\r' {
			return 0
		}
		if n := s.named(t); n > 0 && (len(t) == n || !isName(t[n])) {
			return n
		}
	}
	return 0
}

// counted returns the length of first, s.st.count times mark, last at the
// start of t, or 0.
func (s *scanner) counted(t, first string, mark byte, last string) int {
	n, want := len(first), int(s.st.count)
	if !strings.HasPrefix(t, first) || len(t) < n+want+len(last) {
		return 0
	}
	for ; want > 0; want-- {
		if t[n] != mark {
			return 0
		}
		n++
	}
	if !strings.HasPrefix(t[n:], last) {
		return 0
	}
	return n + len(last)
}

// named returns the length of the name that the text chose where t begins with
// it, else -1.
func (s *scanner) named(t string) int {
	n := 0
	for n < maxName && s.st.name[n] != 0 {
		n++
	}
	if len(t) < n || t[:n] != string(s.st.name[:n]) { // the comparison does not allocate
		return -1
	}
	return n
}

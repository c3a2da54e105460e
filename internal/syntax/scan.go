package syntax

import "strings"

// A scanner walks over one text.
//
// Invariant: what it decides at a place depends on st, on the tokens of the
// same line and on the rest of that line, and on nothing else. This is what
// makes scanning resumable at every line.
type scanner struct {
	lang *Language
	text string
	at   int
	st   State

	seen     bool // something other than Space stands before at on this line
	from, to int  // the last token on this line that was neither Space nor Comment; to is 0 where there is none
	last     Kind // its kind
}

// next returns the token at s.at, which must be inside the text, and moves
// behind it.
func (s *scanner) next() Token {
	from := s.at
	kind := s.step()
	switch kind {
	case Newline:
		s.seen, s.to = false, 0
	case Space:
	case Comment:
		s.seen = true
		if s.to != 0 && strings.ContainsAny(s.text[from:s.at], "\r\n") {
			s.to = 0
		}
	default:
		s.seen, s.last, s.from, s.to = true, kind, from, s.at
	}
	return Token{kind, from, s.at}
}

func (s *scanner) step() Kind {
	l, t, from := s.lang, s.text, s.at
	if s.st.rule != 0 {
		kind := l.rules[s.st.rule-1].kind
		s.inside()
		if s.at > from {
			return kind
		}
		// The text inside ended where the line ends: what comes is the line break.
	}
	c := t[from]
	class := l.class[c]
	if class&begins != 0 {
		for _, i := range l.starts[c] {
			if n := s.opening(i); n > 0 {
				return s.enter(i, n)
			}
		}
	}
	i := from + 1
	switch {
	case class&head != 0:
		for i < len(t) && l.class[t[i]]&tail != 0 {
			i++
		}
		s.at = i
		return Word
	case class&blank != 0:
		for i < len(t) && l.class[t[i]]&blank != 0 {
			i++
		}
		s.at = i
		return Space
	case class&lineEnd != 0:
		if c == '\r' && i < len(t) && t[i] == '\n' {
			i++
		}
		s.at = i
		if s.st.pending != 0 {
			s.st.rule, s.st.pending, s.st.place = s.st.pending, 0, InString
		}
		return Newline
	case class&digit != 0:
		s.at = number(t, from)
		return Number
	case class&operator != 0:
		for i < len(t) && l.class[t[i]]&(operator|begins) == operator {
			i++
		}
		s.at = i
		return Punct
	}
	s.at = i
	switch c {
	case '(', '[', '{':
		if f := s.frame(); f != nil && l.rules[f.rule-1].opensLike(c) && f.depth < 1<<16-1 {
			f.depth++
		}
		return Open
	case ')', ']', '}':
		if f := s.frame(); f != nil && l.rules[f.rule-1].closesLike(c) {
			if f.depth > 0 {
				f.depth--
				return Close
			}
			s.st.rule, s.st.place = f.rule, InString
			*f = frame{}
			s.st.nest--
			s.inside()
			return String
		}
		return Close
	}
	return Punct
}

// frame returns the innermost string that waits for its interpolation to end.
func (s *scanner) frame() *frame {
	if s.st.nest == 0 {
		return nil
	}
	return &s.st.frames[s.st.nest-1]
}

// number returns where the number ends that begins at from. A dot belongs to it
// when a digit follows, so that 1..9 and 1.String() fall apart.
func number(t string, from int) int {
	hex := strings.HasPrefix(t[from:], "0x") || strings.HasPrefix(t[from:], "0X")
	i := from + 1
	for ; i < len(t); i++ {
		c := t[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' {
			continue
		}
		sign := (c == '+' || c == '-') && !hex && (t[i-1] == 'e' || t[i-1] == 'E')
		if c != '.' && !sign || i+1 == len(t) || t[i+1] < '0' || t[i+1] > '9' {
			break
		}
	}
	return i
}

// enter begins the rule with the given index, whose opening mark has n bytes,
// and moves to where its text ends.
func (s *scanner) enter(i uint8, n int) Kind {
	r := &s.lang.rules[i]
	s.at += n
	switch {
	case r.whole():
	case r.form == hereDocument:
		s.st.pending = i + 1
	default:
		s.st.rule, s.st.place = i+1, r.place()
		s.inside()
	}
	return r.kind
}

// inside moves from s.at to the end of the string or comment that s.st says we
// are in, or to the end of the text. Where the rule ends, the state becomes
// code again.
func (s *scanner) inside() {
	r := &s.lang.rules[s.st.rule-1]
	t, i := s.text, s.at
	for i < len(t) {
		c := t[i]
		if !r.stops[c] {
			i++
			continue
		}
		switch {
		case r.form != fixed:
			if n := s.closing(r, i); n > 0 {
				s.leave(i + n)
				return
			}
			i++
		case c == '\n' || c == '\r':
			if !r.multi {
				s.leave(i)
				return
			}
			i++
		case r.interp != "" && s.st.nest < maxNest && strings.HasPrefix(t[i:], r.interp):
			s.st.frames[s.st.nest] = frame{rule: s.st.rule}
			s.st.nest++
			s.leave(i + len(r.interp))
			return
		case r.escape != 0 && c == r.escape:
			i = escaped(t, i+1)
		case r.nests && strings.HasPrefix(t[i:], r.open) && s.st.count < 1<<16-1:
			s.st.count++
			i += len(r.open)
		case strings.HasPrefix(t[i:], r.close) && (!r.alone || i == 0 || t[i-1] == '\n' || t[i-1] == '\r'):
			i += len(r.close)
			switch {
			case r.doubles && strings.HasPrefix(t[i:], r.close):
				i += len(r.close)
			case s.st.count > 0:
				s.st.count--
			default:
				s.leave(i)
				return
			}
		default:
			i++
		}
	}
	s.at = i
}

// escaped returns where the character at i ends that an escape character
// stands before. A line break of two bytes is one character.
func escaped(t string, i int) int {
	if i+1 < len(t) && t[i] == '\r' && t[i+1] == '\n' {
		return i + 2
	}
	return min(i+1, len(t))
}

// leave ends the string or comment at the given place.
func (s *scanner) leave(at int) {
	s.at = at
	s.st.place, s.st.rule, s.st.count = InCode, 0, 0
	if s.st.pending == 0 { // a here-document that waits for the next line needs its name
		s.st.name = [maxName]byte{}
	}
}

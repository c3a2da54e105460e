// Package syntax splits source text of many languages into words, strings,
// comments and brackets, and knows how each language begins a block and a
// comment.
//
// It is one scanner driven by tables and not forty parsers: what it must get
// right is where strings and comments begin and end, because everything else
// (brackets, blocks, signature lines, the words a model continues from) goes
// wrong once that goes wrong. It never fails: text that is no valid program is
// the normal case while somebody types.
//
// Known limits. Interpolations nest four deep, deeper ones are read as plain
// string. Code inside markup (a script element, a Markdown fence) is read by
// the markup's own table. Quoting forms with a free delimiter (Perl's and
// Ruby's %q, Elixir's sigils, PostgreSQL's $$) are not known, nor are YAML's
// block scalars. Of several here-documents begun on one line only the last is
// followed. A prefix that does not change where a string ends (Python's f) is
// a Word of its own.
//
// For some languages it also tells what a text defines (Outline) and imports
// (Imports). Names that only running code defines are not seen (what a macro, a
// decorator or define_method makes), nor are the members of an object literal,
// of a type written within another, or of a class inside a function. In C a
// macro in front of a name may be taken for the name.
package syntax

import "iter"

// A Kind says what a token is.
type Kind uint8

// The kinds of token.
const (
	Word    Kind = iota // a name or keyword; every byte above ASCII counts as a letter
	Number              // begins with a digit
	String              // a string, character or regular expression, with its quotes, or a piece of one beside an interpolation; may hold line breaks
	Comment             // with its marks; a line comment ends before the line break, a block comment may hold line breaks
	Open                // one of ( [ {
	Close               // one of ) ] }
	Punct               // one separator (, or ;) or a run of operator characters such as :=
	Space               // a run of blanks and other control characters
	Newline             // one line break: \n, \r\n or a lone \r
)

// A Token is text[From:To] of the text that was scanned; both count bytes.
type Token struct {
	Kind     Kind
	From, To int
}

// A Place says in what a position stands.
type Place uint8

// The places.
const (
	InCode Place = iota
	InString
	InComment
)

// A State is all that must be known of the text before a line to scan on from
// there. States are comparable: where a line begins in the state it began in
// before an edit, nothing after it has changed. The zero State is ordinary
// code. A State means something only to the Language that made it; any other
// Language takes it without failing.
type State struct {
	place   Place
	rule    uint8          // 1 + index of the rule whose text we are inside of; 0 in code
	pending uint8          // 1 + index of the here-document that begins at the next line; 0 for none
	nest    uint8          // how many of frames are in use
	count   uint16         // how much deeper a nested comment is, or how many # or = the closing mark has
	frames  [maxNest]frame // the strings that the interpolation we are in stands in, outermost first
	name    [maxName]byte  // the closing mark where the text chooses it, filled up with zeros
}

// A frame is one string that waits for its interpolation to end.
type frame struct {
	rule  uint8
	depth uint16 // brackets of the interpolation's kind that are open inside of it
}

const (
	maxNest = 4
	maxName = 24 // bytes; C++ allows 16 in a raw string, here-documents with longer names are not followed
)

// In says whether the state is inside a string, inside a comment or in code. The
// code of an interpolation is code.
func (s State) In() Place { return s.place }

// Scan yields the tokens of text, which begins at the start of a line in state
// st. Each byte of text is in exactly one token, in order, and no token is
// empty. It allocates nothing per token.
func (l *Language) Scan(text string, st State) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		s := scanner{lang: l, text: text, st: l.known(st)}
		for s.at < len(text) {
			if !yield(s.next()) {
				return
			}
		}
	}
}

// After returns the state at the end of text, which begins at the start of a
// line in state st. For every a that ends at a line's end it holds that
// After(a+b, st) == After(b, After(a, st)). Text that ends within a line gives
// the state at that place: inside a line comment or an unfinished string, for
// example.
func (l *Language) After(text string, st State) State {
	s := scanner{lang: l, text: text, st: l.known(st)}
	for s.at < len(text) {
		s.next()
	}
	return s.st
}

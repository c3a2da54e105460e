package syntax

import (
	"cmp"
	"strings"
)

// A Symbol is one definition found in a text. Its strings are parts of the
// text where that is possible, and keep it alive.
type Symbol struct {
	Kind  SymbolKind
	Name  string // an operator is named by its sign, a default export "default"
	Scope string // the definitions it stands in, outermost first, joined by "."; a Go method's receiver type

	// From and To count bytes and hold the signature: whole lines as they stand
	// in the text, from the start of the line that the definition begins on
	// (attributes and doc comments left aside) to the end of the line on which
	// the signature ends, without its break. A signature of more than 8 lines or
	// 1 KB is cut at a line's end; the first line is always whole.
	From, To int
	End      int // bytes: the end of the last line of the definition, without its break; at least To
}

// A SymbolKind says what a definition defines.
type SymbolKind uint8

// The kinds of symbol.
const (
	Function  SymbolKind = iota
	Method               // a function of a type
	Type                 // a class, struct, interface, trait, enum or alias
	Constant             // a member of an enum is one too
	Variable             // of a module or package, never of a function
	Field                // of a type: a property too
	Macro                // a macro
	Module               // a module or namespace
	Extension            // what adds to a type that stands elsewhere: Rust's impl, Swift's extension; has the type's name
)

var kindNames = [...]string{"function", "method", "type", "constant", "variable", "field", "macro", "module", "extension"}

// String returns the kind as one English word.
func (k SymbolKind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "symbol"
}

const (
	maxSignature = 1 << 10 // bytes; a definition on a longer line was written by a machine, and is no symbol
	maxLines     = 8
	maxScopes    = 24 // definitions in definitions; what stands deeper is not looked at
)

// Outline returns the definitions in text in the order in which they begin.
// What stands inside a function is left out, but for Python's nested functions
// and classes. Text that is no valid program gives what can be told from it:
// a line that begins like a definition, no deeper than what is still open,
// ends what is open. The result is nil for a language without such tables. The
// time is linear in the text.
func (l *Language) Outline(text string) []Symbol {
	g := l.grammar
	switch {
	case g == nil:
		return nil
	case l.id == "go":
		return l.outlineGo(text, g)
	case g.line != nil:
		return l.outlineLines(text, g)
	}
	return l.outlineStatements(text, g)
}

// A lines finds the borders of lines, and remembers the last one it found so
// that many symbols on one long line do not each walk along it.
type lines struct {
	text     string
	from, to int // a range without a line break in it, which ends before one
}

// end returns the end of the line that at is on, without its break.
func (l *lines) end(at int) int {
	if at >= l.from && at <= l.to {
		return l.to
	}
	n := strings.IndexAny(l.text[at:], "\r\n")
	if n < 0 {
		n = len(l.text) - at
	}
	l.from, l.to = at, at+n
	return l.to
}

// start returns where the line begins that at is on, or a place more than a
// signature's length before at.
func (l *lines) start(at int) int {
	low := max(at-maxSignature-1, 0)
	return low + strings.LastIndexAny(l.text[low:at], "\r\n") + 1
}

// signature returns where a signature ends that begins with the line at from
// and ends on the line of to; ok is false where its first line is too long.
func (l *lines) signature(from, to int) (end int, ok bool) {
	for range maxLines {
		at := from
		if end > 0 {
			at = end + 1
			if l.text[end] == '\r' && at < len(l.text) && l.text[at] == '\n' {
				at++
			}
		}
		rest := l.text[at:min(len(l.text), from+maxSignature+1)]
		n := strings.IndexByte(rest, '\n')
		if n < 0 {
			n = len(rest)
		}
		if cr := strings.IndexByte(rest[:n], '\r'); cr >= 0 {
			n = cr
		}
		if at+n-from > maxSignature {
			return end, ok
		}
		end, ok = at+n, true
		if end >= to || end == len(l.text) {
			break
		}
	}
	return end, ok
}

// column returns how wide leading is, for comparing lines of a text in which
// tabs and blanks may both be in use.
func (g *grammar) column(leading string) int {
	return Indent{Width: cmp.Or(g.tab, 4)}.Columns(leading)
}

// mark returns the length of the byte order mark that text begins with.
func mark(text string) int {
	if strings.HasPrefix(text, "\ufeff") {
		return len("\ufeff")
	}
	return 0
}

// within joins the name of a definition to the scope that it stands in.
func within(scope, name string) string {
	switch {
	case scope == "":
		return name
	case name == "":
		return scope
	}
	return scope + "." + name
}

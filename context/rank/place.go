package rank

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/context/index"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// How much text of the document is read: what is further away says little of
// the line at hand, and a huge document must not take the time of the ranking.
const (
	reach    = 96 << 10 // bytes on each side of the cursor
	header   = 16 << 10 // bytes at the start of the document, for its imports
	nearby   = 40       // lines before the cursor that count as seen by whoever reads its surroundings
	below    = 15       // lines behind it
	maxChain = 6        // members in one expression that are followed: a.b().c.
)

// A want is what kind of thing comes at the cursor.
type want uint8

// The kinds of thing.
const (
	wantAny    want = iota
	wantMember      // a member of what stands before a dot, an arrow or two colons
	wantType        // a type
	wantImport      // a name that an import lists, or a module
	wantNone        // the name of something new: nothing is looked up
)

// A place is the text round the cursor, taken apart.
type place struct {
	path, language string
	entry          *index.Entry // of the text as it stands, without the rest of the line
	text           string       // of the document as far as it is read
	at             int          // the cursor in text
	line           string       // before the cursor on its line
	partial        string       // the word that the cursor stands behind, "" where it begins
	want           want
	from           *index.Import // what the import that the cursor stands in imports from, if it does
	chain          []string      // what is before the last dot, the last first: a.b(c).‸ has b() and a
	paths          bool          // the dot is ::, as paths have
}

// read takes the document apart at the cursor. The rest of its line is not
// read: it is what is asked for, or will soon be in the way.
func read(q Query) *place {
	p := &place{path: q.Path, language: q.Doc.Language()}
	at := q.Doc.RuneStart(min(max(q.At, 0), q.Doc.Len()))
	from, to := max(at-reach, 0), min(at+reach, q.Doc.Len())
	from = q.Doc.LineStart(q.Doc.LineAt(from))
	line := q.Doc.LineAt(at)
	start, end := max(q.Doc.LineStart(line), from), min(q.Doc.LineEnd(line), to)
	head := ""
	if from > 0 {
		cut := min(header, from)
		head = q.Doc.Slice(0, cut)
		head = head[:strings.LastIndexByte(head, '\n')+1]
	}
	before := head + q.Doc.Slice(from, at)
	p.line = q.Doc.Slice(start, at)
	p.text = before + q.Doc.Slice(max(end, at), to)
	p.at = len(before)
	p.entry = index.Read(q.Path, p.language, p.text)
	p.look()
	return p
}

// look finds out what comes at the cursor.
func (p *place) look() {
	left := p.line
	p.partial = trailingName(left)
	left = left[:len(left)-len(p.partial)]
	for i := range p.entry.Imports {
		if m := &p.entry.Imports[i]; m.From < p.at && p.at <= m.To {
			p.want, p.from = wantImport, m
			return
		}
	}
	// A chain of calls often goes on in a new line.
	if strings.TrimLeft(left, " \t") == "." {
		left = p.above() + "."
	}
	left = strings.TrimRight(left, " \t")
	switch {
	case strings.HasSuffix(left, "::"):
		p.want, p.paths = wantMember, true
		p.follow(left[:len(left)-2])
	case strings.HasSuffix(left, "->") && p.language != "rust" && p.language != "python" && p.language != "kotlin" && p.language != "swift":
		p.want = wantMember
		p.follow(left[:len(left)-2])
	case strings.HasSuffix(left, "?."):
		p.want = wantMember
		p.follow(left[:len(left)-2])
	case strings.HasSuffix(left, ".") && !strings.HasSuffix(left, ".."):
		p.want = wantMember
		p.follow(left[:len(left)-1])
	case p.language == "lua" && strings.HasSuffix(left, ":"):
		p.want = wantMember
		p.follow(left[:len(left)-1])
	default:
		p.want = p.kind(left)
	}
}

// kind tells whether a type comes behind left.
func (p *place) kind(left string) want {
	word := trailingName(left)
	before := strings.TrimRight(left[:len(left)-len(word)], " \t")
	switch word {
	case "new", "extends", "implements", "instanceof", "throws", "satisfies", "keyof", "as", "is", "impl", "dyn":
		return wantType
	case "raise", "throw", "except", "catch":
		return wantType
	case "func", "fn", "def", "class", "struct", "enum", "trait", "interface", "type", "fun", "function", "package", "module", "namespace":
		return wantNone
	case "for": // impl Trait for ‸
		if p.language == "rust" && strings.Contains(before, "impl") {
			return wantType
		}
	}
	switch p.language {
	case "rust", "typescript", "typescriptreact", "python", "kotlin", "swift", "php":
		if strings.HasSuffix(left, "->") {
			return wantType
		}
		if strings.HasSuffix(left, ":") && !strings.HasSuffix(left, "::") && !strings.ContainsAny(lastOpen(left), "{?") {
			return wantType
		}
		if strings.HasSuffix(left, "<") && word == "" && trailingName(left[:len(left)-1]) != "" && !strings.HasSuffix(p.line, "< ") {
			return wantType
		}
		if strings.HasSuffix(left, "&") && strings.Contains(left, ": ") && p.language == "rust" {
			return wantType
		}
	case "go":
		if strings.HasSuffix(left, "]") && !strings.HasSuffix(left, " ]") && strings.HasSuffix(p.line, "]") || strings.HasSuffix(left, "*") && strings.HasSuffix(p.line, "*") {
			return wantType
		}
		trimmed := strings.TrimSpace(left)
		if strings.HasPrefix(trimmed, "func ") && !strings.Contains(trimmed, "{") {
			return wantType
		}
		if inName := strings.HasPrefix(trimmed, "var "); inName && !strings.Contains(trimmed, "=") {
			return wantType
		}
	}
	return wantAny
}

// lastOpen returns what stands behind the last bracket ( or { or [ that is open
// in a line, with the bracket.
func lastOpen(left string) string {
	depth := 0
	for i := len(left) - 1; i >= 0; i-- {
		switch left[i] {
		case ')', ']', '}':
			depth++
		case '(', '[', '{':
			if depth == 0 {
				return left[i:]
			}
			depth--
		}
	}
	return ""
}

// above returns the lines before the cursor's that the expression began on.
func (p *place) above() string {
	text := p.text[:p.at-len(p.line)]
	text = text[max(0, len(text)-2000):]
	n := len(text)
	for range 12 {
		n = strings.LastIndexByte(strings.TrimRight(text[:n], "\n"), '\n') + 1
		if line := strings.TrimLeft(text[n:], " \t"); n == 0 || line != "" && line[0] != '.' && line[0] != ')' && line[0] != '}' {
			break
		}
	}
	return strings.TrimRight(strings.Join(strings.Fields(text[n:]), " "), " ")
}

// follow reads the chain of members that ends at the end of left.
func (p *place) follow(left string) {
	for len(p.chain) < maxChain {
		left = strings.TrimRight(left, " \t?!")
		call := false
		for n := len(left); n > 0 && (left[n-1] == ')' || left[n-1] == ']' || left[n-1] == '>' && p.paths); n = len(left) {
			open := opening(left)
			if open < 0 {
				return
			}
			call = call || left[n-1] == ')'
			left = strings.TrimRight(left[:open], " \t?!:")
		}
		name := trailingName(left)
		if name == "" {
			return
		}
		left = left[:len(left)-len(name)]
		if call {
			name += "()"
		}
		p.chain = append(p.chain, name)
		switch {
		case strings.HasSuffix(left, "::"), strings.HasSuffix(left, "->"), strings.HasSuffix(left, "?."):
			left = left[:len(left)-2]
		case strings.HasSuffix(left, "."):
			left = left[:len(left)-1]
		default:
			return
		}
	}
}

// opening returns where the bracket opens that left ends with, or -1.
func opening(left string) int {
	depth := 0
	for i := len(left) - 1; i >= 0; i-- {
		switch left[i] {
		case ')', ']', '>':
			if left[i] == '>' && i > 0 && (left[i-1] == '-' || left[i-1] == '=') {
				continue
			}
			depth++
		case '(', '[', '<':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// trailingName returns the identifier that text ends with.
func trailingName(text string) string {
	n := len(text)
	for n > 0 && nameByte(text[n-1]) {
		n--
	}
	return text[n:]
}

// enclosing returns the definitions that the cursor stands in, outermost first.
func (p *place) enclosing() []index.Symbol {
	line := 1 + strings.Count(p.text[:p.at], "\n")
	var list []index.Symbol
	for _, s := range p.entry.Symbols {
		if s.Line <= line && line <= s.End {
			list = append(list, s)
		}
	}
	return list
}

// isType reports whether a kind is that of a type.
func isType(k syntax.SymbolKind) bool { return k == syntax.Type || k == syntax.Extension }

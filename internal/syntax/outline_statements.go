package syntax

import "strings"

// A reader reads a language whose blocks are made by curly brackets, statement
// by statement. It keeps the tokens of the statement under way and the blocks
// that are open, and looks at every token once.
//
// What is wrong with the text is met at two places: at an anchor, a word at the
// start of a line that begins a definition and stands no deeper than what is
// open, and at a closing bracket that fits nothing in a group.
type reader struct {
	scanner
	lines lines
	g     *grammar
	out   []Symbol

	blocks  []body
	head    []Token // the statement's tokens, groups in brackets as one Open token; no more than maxHead
	start   int     // where the line begins that the statement begins on
	column  int     // of the line that the statement begins on
	angle   int     // angle brackets that are open in the statement
	value   int     // 1 + the index in head of the sign that a value stands behind; 0 for none
	aliased bool    // a type stands there
	group   group

	conditions []condition // the #if that are open
	unnamed    int         // 1 + index of the definition whose name the statement holds; 0 for none

	line   int   // where the current line begins
	indent int   // the column of its first token
	prev   Token // the last token that is neither Space, Newline nor Comment
	fresh  bool  // nothing but Space and comments stands on the line yet
	attr   attribute
}

const maxHead = 96

// A body is a pair of curly brackets that is open.
type body struct {
	mode   mode
	symbol int    // 1 + index of the definition it belongs to; 0 for none
	scope  string // of what stands in it
	name   string // of the type it is the body of, for constructors
	column int    // of the statement it belongs to
	brace  int    // the column of the line that its opening bracket is on
	depth  int    // brackets open inside of it, where it is skipped
	late   bool   // its definition's name stands behind it
}

// A group is a pair of brackets within a statement.
type group struct {
	open  byte // 0 for none
	from  int
	depth int  // brackets of its kind that are open
	curly int  // curly brackets that are open in it
	drop  bool // it belongs to an attribute
}

// closers has the closing bracket of each opening one.
var closers = [256]byte{'(': ')', '[': ']', '{': '}'}

// An attribute says how much of an attribute has been read.
type attribute uint8

const (
	noAttribute   attribute = iota
	attributeMark           // its mark: a name or a group must follow
	attributeName           // its name: a dot or a group may follow
)

func (l *Language) outlineStatements(text string, g *grammar) []Symbol {
	r := &reader{scanner: scanner{lang: l, text: text}, lines: lines{text: text}, g: g, fresh: true}
	r.blocks = append(r.blocks, body{mode: outer, column: -1})
	r.at = mark(text)
	for r.at < len(text) {
		t := r.next()
		switch t.Kind {
		case Space:
			continue
		case Newline:
			r.line, r.fresh = t.To, true
			continue
		case Comment:
			r.broken(t)
			continue
		}
		first := r.fresh
		if first {
			r.indent, r.fresh = g.column(text[r.line:t.From]), false
		}
		r.token(t, first)
		r.prev = t
		if t.Kind == String {
			r.broken(t)
			r.fresh = false
		}
	}
	r.finish()
	for len(r.blocks) > 1 {
		r.close(r.prev.To)
	}
	r.finish() // a definition whose name never came
	return r.out
}

// broken counts the line breaks within a token.
func (r *reader) broken(t Token) {
	if i := strings.LastIndexAny(r.text[t.From:t.To], "\r\n"); i >= 0 {
		r.line, r.fresh = t.From+i+1, true
	}
}

func (r *reader) str(t Token) string { return r.text[t.From:t.To] }

// token takes one token of the text.
func (r *reader) token(t Token, first bool) {
	if first && t.Kind == Word && r.g.anchors[r.str(t)] && !r.primary(t) {
		r.recover(r.indent)
	}
	if first && t.Kind == Close && r.text[t.From] == '}' && r.misplaced() {
		return
	}
	if first && r.g.directives && r.str(t) == "#" && r.directive() {
		return
	}
	b := &r.blocks[len(r.blocks)-1]
	switch {
	case r.group.open != 0:
		r.inGroup(t)
	case b.mode == skipped:
		switch r.text[t.From] {
		case '{':
			if t.Kind == Open {
				b.depth++
			}
		case '}':
			if t.Kind != Close {
				break
			}
			if b.depth == 0 {
				r.close(t.To)
				break
			}
			b.depth--
		}
	default:
		r.statement(t, first, b)
	}
}

// inGroup takes a token between the brackets of a group.
func (r *reader) inGroup(t Token) {
	g := &r.group
	if t.Kind != Open && t.Kind != Close {
		return
	}
	c := r.text[t.From]
	switch {
	case c == '{' && g.open != '{':
		g.curly++
	case c == '}' && g.open != '{':
		if g.curly == 0 { // it closes something outside: the group was never closed
			r.abandon()
			r.statement(t, false, &r.blocks[len(r.blocks)-1])
			return
		}
		g.curly--
	case c == g.open:
		g.depth++
	case c == closers[g.open]:
		g.depth--
	}
	if g.depth > 0 {
		return
	}
	if !g.drop {
		r.push(Token{Open, g.from, t.To})
	}
	*g = group{}
}

// statement takes a token of a statement.
func (r *reader) statement(t Token, first bool, b *body) {
	c := r.text[t.From]
	if r.attr != noAttribute && r.attributed(t, c) {
		return
	}
	if first && r.g.newlines && len(r.head) > 0 && !r.continues(t) {
		r.finish()
	}
	switch {
	case t.Kind == Open && (c != '{' || r.grouped(b)):
		drop := len(r.head) == 0 && c == '[' && strings.IndexByte(r.g.attributes, '[') >= 0
		r.begin()
		r.group = group{open: c, from: t.From, depth: 1, drop: drop}
	case t.Kind == Open:
		r.open()
	case t.Kind == Close && c == '}':
		r.finish()
		if len(r.blocks) > 1 {
			r.close(t.To)
		}
	case t.Kind == Close:
	case c == ';':
		r.finish()
		if b.mode == entries {
			b.mode = members
		}
	case c == ',' && r.angle <= 0 && (b.mode == entries || b.mode == fields):
		r.finish()
	case t.Kind == Punct && r.marksAttribute(t, c):
		r.attr = attributeMark
	case c == ':' && t.To == t.From+1 && len(r.head) > 0 && r.g.labels[r.str(r.head[len(r.head)-1])]:
		r.reset()
	case r.g.embedded && (c == '<' || c == '?') && (strings.HasPrefix(r.text[t.From:], "<?") || strings.HasPrefix(r.text[t.From:], "?>")):
		r.reset()
	case r.g.embedded && t.Kind == Word && r.str(r.prev) == "<?": // <?php
	default:
		r.push(t)
	}
}

// marksAttribute reports whether the sign t begins an attribute.
func (r *reader) marksAttribute(t Token, c byte) bool {
	if r.value != 0 || strings.IndexByte(r.g.attributes, c) < 0 || t.To-t.From > 2 {
		return false
	}
	if c == '#' { // in front of a definition alone, and with a bracket
		return len(r.head) == 0 && strings.HasPrefix(r.text[t.To:], "[")
	}
	return c == '@'
}

// attributed reports whether t belongs to the attribute under way.
func (r *reader) attributed(t Token, c byte) bool {
	near := t.From == r.prev.To
	switch {
	case r.attr == attributeMark && t.Kind == Word && r.str(t) != "interface":
		r.attr = attributeName
		return true
	case r.attr == attributeName && t.Kind == Punct && near && (c == '.' || c == ':') && t.To == t.From+1:
		r.attr = attributeMark
		return true
	}
	named := r.attr == attributeName
	r.attr = noAttribute
	if t.Kind == Open && near && (c == '(' || c == '[' && !named) {
		r.begin()
		r.group = group{open: c, from: t.From, depth: 1, drop: true}
		return true
	}
	return false
}

// begin notes where the statement begins, in front of its first token.
func (r *reader) begin() {
	if len(r.head) == 0 && r.value == 0 {
		r.start, r.column = r.line, r.indent
	}
}

// push adds t to the statement, and sees what brackets and values it begins.
func (r *reader) push(t Token) {
	if t.Kind != Open {
		r.begin()
	}
	if t.Kind == Punct && r.value == 0 {
		s := r.str(t)
		if operator := len(r.head) > 0 && r.str(r.head[len(r.head)-1]) == "operator"; !operator {
			r.signs(s)
		}
	} else if t.Kind == Punct && r.aliased {
		r.angle = max(r.angle+angles(r.str(t)), 0)
	}
	if len(r.head) < maxHead {
		r.head = append(r.head, t)
	}
}

// signs takes a run of operator characters in front of a value.
func (r *reader) signs(s string) {
	if s[0] == '=' && r.angle <= 0 && (len(s) == 1 || s[1] != '=' && (s[1] != '>' || r.g.typed)) {
		r.value = 1 + len(r.head)
		if r.g.braceTypes {
			k, at, _ := r.keyword(true)
			r.aliased = at >= 0 && k.name == alias
		}
		return
	}
	r.angle = max(r.angle+angles(s), 0)
}

// finish ends the statement, which no body follows.
func (r *reader) finish() {
	r.abandon()
	if r.unnamed != 0 {
		r.rename(r.head)
	} else if len(r.head) > 0 {
		r.define(false)
	}
	r.reset()
}

func (r *reader) reset() {
	r.head, r.angle, r.value, r.aliased, r.attr = r.head[:0], 0, 0, false, noAttribute
}

// open begins a block, with the statement in front of it.
func (r *reader) open() {
	r.rename(nil)
	r.begin()
	outside := r.blocks[len(r.blocks)-1]
	b := body{symbol: 0, scope: outside.scope, column: r.column, brace: r.indent}
	if len(r.head) > 0 {
		n := len(r.out)
		d := r.define(true)
		b.mode, b.name = d.mode, d.name
		b.scope = within(outside.scope, d.name)
		if d.symbol && len(r.out) > n {
			b.symbol, b.late = n+1, d.late
		}
	}
	if len(r.blocks) > maxScopes {
		b.mode = skipped
	}
	r.blocks = append(r.blocks, b)
	r.reset()
}

// close ends the innermost block; at is where it ends.
func (r *reader) close(at int) {
	r.rename(nil)
	b := r.blocks[len(r.blocks)-1]
	r.blocks = r.blocks[:len(r.blocks)-1]
	if b.symbol != 0 {
		s := &r.out[b.symbol-1]
		s.End = max(s.End, r.lines.end(at))
		if b.late {
			r.unnamed = b.symbol
		}
	}
}

package syntax

import "strings"

// scope returns what the statement under way stands in.
func (r *reader) scope() string { return r.blocks[len(r.blocks)-1].scope }

// inType reports whether the statement is one of a type's body.
func (r *reader) inType() bool { return r.blocks[len(r.blocks)-1].mode >= members }

// add adds a symbol that the statement under way defines.
func (r *reader) add(k SymbolKind, name, scope string) {
	if name = strings.Trim(name, "`"); name == "" {
		return
	}
	if r.inType() || scope != r.scope() {
		switch k {
		case Function:
			k = Method
		case Variable:
			k = Field
		}
	}
	r.put(Symbol{Kind: k, Name: name, Scope: scope, From: r.start}, r.signatureEnd(k))
}

// put adds a symbol whose signature ends on the line of to.
func (r *reader) put(s Symbol, to int) {
	end, ok := r.lines.signature(s.From, to)
	if !ok {
		return
	}
	s.To, s.End = end, end
	if n := len(r.head); n > 0 && r.prev.To > end {
		s.End = max(s.End, r.lines.end(r.prev.To))
	}
	r.out = append(r.out, s)
}

// signatureEnd returns where the signature ends: in front of the body or the
// value, but behind the head of a function that is the value. All of an alias
// is signature.
func (r *reader) signatureEnd(k SymbolKind) int {
	h := r.head
	if k != Type && r.value > 0 && r.value <= len(h) {
		if i := r.arrow(r.value); i >= 0 {
			return h[i].To
		}
		return h[r.value-1].To
	}
	return h[len(h)-1].To
}

// arrow returns the index of the last token in the head of the function that
// the value at i is, or -1 where it is no function.
func (r *reader) arrow(i int) int {
	h := r.head
	if !r.g.named {
		return -1
	}
	if i < len(h) && r.str(h[i]) == "async" {
		i++
	}
	if i < len(h) && r.str(h[i]) == "function" {
		for ; i < len(h); i++ {
			if h[i].Kind == Open && r.text[h[i].From] == '(' {
				return i
			}
		}
		return -1
	}
	// (a, b): T => or a => or <T>(a) =>, and nothing in front of it.
	if i < len(h) && r.str(h[i]) == "<" {
		for angle := 1; angle > 0; {
			if i++; i == len(h) {
				return -1
			}
			if h[i].Kind == Punct {
				angle += angles(r.str(h[i]))
			}
		}
		i++
	}
	if i >= len(h) || h[i].Kind != Word && (h[i].Kind != Open || r.text[h[i].From] != '(') {
		return -1
	}
	typed := i+1 < len(h) && r.str(h[i+1]) == ":"
	for i++; i < len(h); i++ {
		if r.str(h[i]) == "=>" {
			return i
		}
		if !typed {
			return -1
		}
	}
	return -1
}

// entry defines the entry of an enum that the statement is.
func (r *reader) entry() definition {
	h := r.head
	for i := range h {
		if w := r.str(h[i]); h[i].Kind == Word && (i+1 == len(h) || h[i+1].Kind != Word) {
			r.add(Constant, w, r.scope())
			break
		} else if h[i].Kind == String {
			r.add(Constant, strings.Trim(w, "\"'"), r.scope())
			break
		}
	}
	return definition{mode: skipped}
}

// received defines a function whose name may stand behind a type and a dot.
func (r *reader) received(k keyword, i int) definition {
	h := r.head
	scope := r.scope()
	if i < len(h) && h[i].Kind == Open { // Go: the receiver in brackets
		scope = ""
		for t := range r.lang.Scan(r.text[h[i].From+1:h[i].To], State{}) {
			s := r.text[h[i].From+1+t.From : h[i].From+1+t.To]
			if t.Kind == Open {
				break
			}
			if t.Kind == Word {
				scope = s
			}
		}
		i++
	}
	last := len(h)
	if r.value > 0 {
		last = min(last, r.value-1)
	}
	angle, name, before := 0, "", ""
	for ; i < last; i++ {
		t := h[i]
		if t.Kind == Open && angle == 0 {
			break
		}
		if s := r.str(t); t.Kind == Punct {
			if s == ":" && angle == 0 {
				break
			}
			angle = max(angle+angles(s), 0)
		} else if t.Kind == Word && angle == 0 {
			if s == "by" {
				break
			}
			name, before = strings.Trim(s, "`"), name
		}
	}
	if before != "" {
		scope = within(scope, before)
	}
	for w := range r.g.constants {
		if k.kind == Variable && r.has(w) {
			k.kind = Constant
		}
	}
	r.add(k.kind, name, scope)
	return definition{kind: k.kind, mode: k.body, name: name, symbol: name != ""}
}

// grouped reports whether a bracket { belongs to the statement, as a value or a
// type, and begins no body.
func (r *reader) grouped(b *body) bool {
	if b.mode == entries || b.mode == fields {
		return true
	}
	h := r.head
	if len(h) == 0 {
		return false
	}
	last := h[len(h)-1]
	s := r.str(last)
	if r.value != 0 {
		return !r.aliased || r.angle > 0 || s != "=" && s != "&" // type T = A & {
	}
	if last.Kind == Punct && (s == "::" || s == `\`) { // use a::{b, c}
		return true
	}
	if !r.g.braceTypes || r.angle > 0 {
		return r.g.braceTypes
	}
	switch last.Kind {
	case Word:
		return len(h) <= 3 && patterns[s]
	case Punct:
		return strings.IndexByte(":|&<,=?", s[len(s)-1]) >= 0 || strings.HasSuffix(s, "=>")
	}
	return false
}

// patterns are words that a pattern or a list of names in brackets may follow.
var patterns = words("import export const let var default type typeof")

// continues reports whether t, the first token on its line, belongs to the
// statement under way.
func (r *reader) continues(t Token) bool {
	switch s := r.str(t); t.Kind {
	case Open:
		if s == "{" {
			return r.value == 0
		}
	case Word:
		if goesOnWith[s] {
			return true
		}
	case Punct:
		switch s[0] {
		case '.', '?', ':', '|', '&', '=', '%', ',', '>', '/':
			return true
		case '-':
			return s == "->"
		}
	}
	if r.primary(t) {
		return true
	}
	before := r.str(r.prev)
	if r.prev.Kind == Punct {
		switch c := before[len(before)-1]; c {
		case ',', '=', '|', '&', '%', '/', '<', ':', '.', '^', '~':
			return true
		case '+', '-':
			return len(before) == 1
		case '>':
			if before == "=>" || before == "->" {
				return true
			}
		}
	}
	if r.prev.Kind == Word && goesOnWith[before] {
		return true
	}
	return (r.value != 0 || r.angle > 0) && r.indent > r.column
}

// primary reports whether Kotlin's primary constructor begins with t, the first
// token on its line, behind the head of a class.
func (r *reader) primary(t Token) bool {
	if !r.g.primary || len(r.head) == 0 || r.value > 0 || !r.has("class") {
		return false
	}
	for _, h := range r.head {
		if h.Kind == Open {
			return false
		}
	}
	rest := r.text[t.From:min(len(r.text), t.From+200)]
	for {
		rest = strings.TrimLeft(rest, " \t\r\n")
		attribute := strings.HasPrefix(rest, "@")
		rest = strings.TrimPrefix(rest, "@")
		n := 0
		for n < len(rest) && isName(rest[n]) {
			n++
		}
		word := rest[:n]
		rest = rest[n:]
		switch {
		case attribute && n > 0:
			if strings.HasPrefix(rest, "(") {
				rest = rest[strings.IndexByte(rest, ')')+1:]
			}
		case word == "constructor":
			return true
		case !r.g.modifiers[word]:
			return false
		}
	}
}

// goesOnWith are words that a definition goes on with on another line.
var goesOnWith = words("extends implements where throws rethrows as by satisfies instanceof")

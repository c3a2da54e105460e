package syntax

import "strings"

// A definition is what a statement was found to define.
type definition struct {
	kind   SymbolKind
	mode   mode   // of the body that follows
	name   string // what stands in the body stands in it; "" for a block without a name
	symbol bool   // it was added to the symbols
	late   bool   // its name stands behind the body
}

// define adds what the statement in r.head defines to the symbols; opened says
// that a body follows.
func (r *reader) define(opened bool) definition {
	b := &r.blocks[len(r.blocks)-1]
	if b.mode == entries {
		return r.entry()
	}
	k, at, i := r.keyword(opened)
	switch {
	case at >= 0:
		return r.keyed(k, at, i, opened)
	case r.g.special != nil:
		if d, ok := r.g.special(r, i, opened); ok {
			return d
		}
	}
	return definition{mode: r.plainBlock(opened)}
}

// plainBlock is the mode of a block that is no definition's.
func (r *reader) plainBlock(opened bool) mode {
	b := r.blocks[len(r.blocks)-1]
	if !opened || b.mode != outer {
		return skipped
	}
	if r.g.blocks || len(r.head) > 0 && len(r.head) <= 3 && r.head[len(r.head)-1].Kind == String && r.has("extern") {
		return outer
	}
	return skipped
}

// keyword finds the keyword of the statement. It returns its index in r.head,
// or -1, and the index at which the name may stand, or the first token that is
// no modifier.
func (r *reader) keyword(opened bool) (k keyword, at, i int) {
	h := r.head
	at = -1
	for i < len(h) && h[i].Kind == Word {
		w := r.str(h[i])
		if r.g.modifiers[w] && r.goesOn(i+1) {
			i++
			switch {
			case h[i].Kind == Open || h[i].Kind == String:
				i++
			case r.text[h[i].From] == '<':
				i = r.behindAngles(i)
			}
			continue
		}
		found, ok := r.g.keywords[w]
		if !ok || !r.names(found, i+1, opened) {
			break
		}
		if at < 0 || k.body != entries { // enum class is an enum
			k, at = found, i
		}
		i++
		if i+1 < len(h) && h[i].Kind == Word && (h[i+1].Kind == Word || h[i+1].Kind == String) && k.name != nowhere {
			if n := r.str(h[i]); r.g.modifiers[n] || r.isKeyword(n) {
				continue
			}
		}
		return k, at, i
	}
	return k, at, i
}

// behindAngles returns the index behind the angle brackets that open at i.
func (r *reader) behindAngles(i int) int {
	for angle := 0; i < len(r.head); i++ {
		if r.head[i].Kind == Punct {
			angle += angles(r.str(r.head[i]))
		}
		if angle <= 0 {
			return i + 1
		}
	}
	return i
}

func (r *reader) isKeyword(w string) bool { _, ok := r.g.keywords[w]; return ok }

// goesOn reports whether a definition goes on at i behind a modifier, which is
// a name itself otherwise.
func (r *reader) goesOn(i int) bool {
	if i >= len(r.head) {
		return false
	}
	switch t := r.head[i]; t.Kind {
	case Word:
		return true
	case String:
		return i+1 < len(r.head)
	case Open: // pub(crate) fn, private(set) var
		if c := r.text[t.From]; c == '[' {
			return r.g.named
		}
		return i+1 < len(r.head) && r.head[i+1].Kind == Word
	case Punct:
		if r.g.typed {
			return true
		}
		return strings.IndexByte(":=!<,|", r.text[t.From]) < 0 && (!r.g.named || r.text[t.From] != '?')
	}
	return false
}

// names reports whether a name of k's may stand at i, behind its keyword.
func (r *reader) names(k keyword, i int, opened bool) bool {
	h := r.head
	if i >= len(h) {
		return k.name == nowhere || (k.name == itself || k.name == optional || k.name == declared) && opened
	}
	switch t := h[i]; k.name {
	case nowhere, target, optional:
		return t.Kind != Punct || r.text[t.From] != '=' && r.text[t.From] != ':' || k.name == optional
	case itself:
		return t.Kind == Open || t.Kind == Punct && strings.IndexByte("?!<", r.text[t.From]) >= 0
	case assignedOnly:
		return t.Kind == Word && r.value > 0
	case several:
		return t.Kind == Word || t.Kind == Open && r.text[t.From] != '('
	case receiver, declared:
		return t.Kind != Punct || strings.IndexByte("=:;,.", r.text[t.From]) < 0
	default:
		for i < len(h) && h[i].Kind == Punct && strings.IndexByte("*&!", r.text[h[i].From]) >= 0 {
			i++
		}
		switch {
		case i == len(h):
			return false
		case h[i].Kind == Open: // an operator, or a default export
			return r.has("default") || h[i-1].Kind == Punct && !r.g.named
		case h[i].Kind == Punct:
			return i+1 < len(h) && (h[i+1].Kind == Open || r.text[h[i+1].From] == '<') && !r.g.named && strings.IndexByte(":=,.", r.text[h[i].From]) < 0 || r.str(h[i]) == "=="
		}
		return h[i].Kind == Word || h[i].Kind == String
	}
}

// has reports whether the word stands among the first tokens of the statement.
func (r *reader) has(word string) bool {
	for _, t := range r.head[:min(len(r.head), 4)] {
		if t.Kind == Word && r.str(t) == word {
			return true
		}
	}
	return false
}

// keyed defines what a keyword begins, which stands at at; its name may stand
// at i.
func (r *reader) keyed(k keyword, at, i int, opened bool) definition {
	d := definition{kind: k.kind, mode: k.body}
	h := r.head
	switch k.name {
	case nowhere:
		d.mode = r.plainBlock(opened)
		return d
	case itself:
		d.name = r.str(h[at])
	case several:
		return r.several(k, i)
	case target:
		d.name = r.target(i)
	case receiver:
		return r.received(k, i)
	case declared:
		return r.typedef(k, at, i, opened)
	default:
		if k.name == optional && (i >= len(h) || h[i].Kind != Word) {
			return d
		}
		name, scope := r.path(i, k.kind == Module)
		if name == "" && r.has("default") {
			name = "default"
		}
		if d.name = strings.Trim(name, "`"); scope != "" {
			r.add(d.kind, name, within(r.scope(), scope))
			d.symbol, d.name = true, scope+"."+name
			return d
		}
		if k.kind == Constant || k.kind == Variable {
			d.mode = skipped
		}
	}
	r.add(d.kind, d.name, r.scope())
	d.symbol = true
	if r.g.promoted != nil {
		r.promote(d)
	}
	return d
}

// path reads a name at i, and what it is qualified by. whole keeps it in one.
func (r *reader) path(i int, whole bool) (name, scope string) {
	h := r.head
	for i+1 < len(h) && h[i].Kind == Punct && h[i+1].Kind == Word && strings.IndexByte("*&!", r.text[h[i].From]) >= 0 {
		i++
	}
	switch {
	case i >= len(h) || h[i].Kind == Open:
		return "", ""
	case h[i].Kind == String:
		return strings.Trim(r.str(h[i]), "\"'`"), ""
	case h[i].Kind == Punct: // an operator
		return r.str(h[i]), ""
	}
	from := i
	for i+2 < len(h) && h[i+1].Kind == Punct && h[i+2].Kind == Word && separates(r.str(h[i+1])) {
		i += 2
	}
	if whole || from == i {
		return dotted(r.text[h[from].From:h[i].To]), ""
	}
	return r.str(h[i]), dotted(r.text[h[from].From:h[i-2].To])
}

func separates(s string) bool { return s == "." || s == "::" || s == `\` }

// dotted writes a path with dots.
func dotted(path string) string {
	if strings.Contains(path, "::") {
		return strings.ReplaceAll(path, "::", ".")
	}
	return path
}

// target returns the type that an impl or extension at i adds to: behind for,
// else the first.
func (r *reader) target(i int) string {
	name, open, angle := "", true, 0
	for ; i < len(r.head); i++ {
		t := r.head[i]
		s := r.str(t)
		switch {
		case t.Kind == Punct && s == ":" && angle == 0:
			return name
		case t.Kind == Punct:
			angle = max(angle+angles(s), 0)
			if angle > 0 && name != "" {
				open = false
			}
		case t.Kind == Open && angle == 0 && open && name == "" && len(s) <= 64: // a slice or a tuple
			name = s
		case t.Kind != Word || angle > 0:
		case s == "where":
			return name
		case s == "for":
			name, open = "", true
		case open && s != "dyn" && s != "const" && s != "mut":
			name = s
		}
	}
	return name
}

// angles returns how many more angle brackets a run of signs opens than it
// closes.
func angles(s string) (n int) {
	for i := range len(s) {
		switch {
		case s[i] == '<' && !strings.HasPrefix(s[i:], "<=") && !strings.HasPrefix(s[i:], "<-"):
			n++
		case s[i] == '>' && (i == 0 || s[i-1] != '-' && s[i-1] != '='):
			n--
		}
	}
	return n
}

// several defines the names at i, which commas part, or those of a pattern.
func (r *reader) several(k keyword, i int) definition {
	h, angle, wants := r.head, 0, true
	d := definition{kind: k.kind}
	last := len(h)
	if r.value > 0 {
		last = min(last, r.value-1)
		if k.body == skipped && r.g.named && r.arrow(r.value) >= 0 {
			d.kind = Function
		}
	}
	for ; i < last; i++ {
		switch t := h[i]; {
		case t.Kind == Word && wants:
			wants, d.name, d.symbol = false, r.str(t), true
			r.add(d.kind, d.name, r.scope())
		case t.Kind == Open && wants:
			wants = false
			r.pattern(k, t)
		case t.Kind == Punct && r.text[t.From] == ',' && angle <= 0:
			wants = true
		case t.Kind == Punct:
			angle = max(angle+angles(r.str(t)), 0)
		}
	}
	return d
}

// pattern defines the names that a pattern in brackets binds.
func (r *reader) pattern(k keyword, group Token) {
	var name string
	bind := func() {
		if name != "" {
			r.add(k.kind, name, r.scope())
		}
		name = ""
	}
	depth, given := 0, false
	for t := range r.lang.Scan(r.text[group.From:group.To], State{}) {
		s := r.text[group.From+t.From : group.From+t.To]
		switch {
		case t.Kind == Open:
			depth++
		case t.Kind == Close:
			depth--
		case depth != 1:
		case t.Kind == Word && !given:
			name = s
		case t.Kind == Punct && s[0] == ',':
			bind()
			given = false
		case t.Kind == Punct && s[0] == '=':
			given = true
		}
	}
	bind()
}

package syntax

import "strings"

// cWords never begin a definition.
var cWords = words("return throw else delete case goto if for while switch do catch try await yield co_return co_await static_assert _Static_assert assert package import")

// cCalls are followed by brackets and are no function's name.
var cCalls = words("__attribute__ __declspec alignas _Alignas decltype noexcept requires throw typeof __typeof__ explicit")

// typedMember defines what stands behind a type: a function, where brackets
// follow the name, or variables.
func typedMember(r *reader, i int, _ bool) (definition, bool) {
	h := r.head
	last := len(h)
	if r.value > 0 {
		last = min(last, r.value-1)
	}
	if i >= last || cWords[r.str(h[i])] {
		return definition{}, false
	}
	angle := 0
	for j := i; j < last; j++ {
		t := h[j]
		switch {
		case t.Kind == Word && r.str(t) == "operator":
			return r.operator(j), true
		case t.Kind == Punct && angle == 0 && r.str(t) == ":":
			last = j // a bit field, or a constructor's list
		case t.Kind == Punct:
			angle = max(angle+angles(r.str(t)), 0)
		case angle > 0 || t.Kind != Open || r.text[t.From] != '(':
		case j > i && r.pointer(t) != "":
			return r.variable(r.pointer(t)), true
		default:
			at := r.nameBefore(i, j)
			if at < 0 || cCalls[r.str(h[at])] {
				break
			}
			if d, ok := r.called(i, at); ok {
				return d, true
			}
		}
	}
	return r.variables(i, last)
}

// pointer returns the name in a declaration such as (*name), or "".
func (r *reader) pointer(group Token) string {
	s := strings.TrimLeft(r.text[group.From+1:group.To], " ")
	if s == "" || s[0] != '*' && s[0] != '^' {
		return ""
	}
	for t := range r.lang.Scan(s, State{}) {
		if t.Kind == Word {
			return s[t.From:t.To]
		}
		if t.Kind != Punct && t.Kind != Space {
			break
		}
	}
	return ""
}

// nameBefore returns the index of the name in front of the group at j, which
// its type parameters may stand behind, or -1.
func (r *reader) nameBefore(low, j int) int {
	h := r.head
	j--
	if j > low && h[j].Kind == Punct && r.text[h[j].To-1] == '>' {
		for angle := 0; j > low; j-- {
			if h[j].Kind == Punct {
				if angle -= angles(r.str(h[j])); angle <= 0 {
					j--
					break
				}
			}
		}
	}
	if j < low || h[j].Kind != Word {
		return -1
	}
	return j
}

// called defines the function whose name is at at, in the statement that begins
// at i behind its modifiers.
func (r *reader) called(i, at int) (definition, bool) {
	h := r.head
	b := r.blocks[len(r.blocks)-1]
	d := definition{kind: Function, name: r.str(h[at]), symbol: true}
	scope, from := r.scope(), at
	if at > i && h[at-1].Kind == Punct && r.str(h[at-1]) == "~" {
		d.name, from = r.text[h[at-1].From:h[at].To], at-1
	} else if at > i && strings.HasSuffix(r.str(h[at-1]), "::~") {
		d.name = "~" + d.name
	}
	if before := from - 1; before > i && h[before].Kind == Punct && strings.Contains(r.str(h[before]), "::") {
		qualified, start := r.qualifier(i, before)
		scope, from = r.qualified(qualified), start
	}
	// A name alone is a constructor, or else a macro.
	if from == i && scope == r.scope() && d.name != b.name && d.name[0] != '~' && (i == 0 || !r.inType()) {
		return d, false
	}
	r.add(d.kind, d.name, scope)
	return d, true
}

// qualified joins a path to the scope it stands in, which it may repeat.
func (r *reader) qualified(path string) string {
	scope := r.scope()
	if rest, ok := strings.CutPrefix(path, scope); ok && (rest == "" || rest[0] == '.') {
		return path
	}
	return within(scope, path)
}

// qualifier returns the path in front of the "::" at i, and where it begins.
func (r *reader) qualifier(low, i int) (path string, from int) {
	h := r.head
	for {
		j := i - 1
		if s := r.str(h[i]); s[0] == '>' { // Type<T>::
			for angle := 1; j > low && angle > 0; j-- {
				if h[j].Kind == Punct {
					angle -= angles(r.str(h[j]))
				}
			}
		}
		if j < low || h[j].Kind != Word {
			return path, i
		}
		path = within(r.str(h[j]), path)
		i = j - 1
		if i <= low || h[i].Kind != Punct || !strings.HasSuffix(r.str(h[i]), "::") {
			return path, j
		}
	}
}

// operator defines the operator whose word stands at i.
func (r *reader) operator(i int) definition {
	h := r.head
	end := i + 1
	for end < len(h) && (h[end].Kind != Open || end == i+1) {
		end++
	}
	scope := r.scope()
	if i > 1 && strings.HasSuffix(r.str(h[i-1]), "::") {
		qualified, _ := r.qualifier(0, i-1)
		scope = r.qualified(qualified)
	}
	d := definition{kind: Function, name: r.text[h[i].From:h[min(end, len(h))-1].To], symbol: true}
	r.add(d.kind, d.name, scope)
	return d
}

// variables defines what is declared from i to last.
func (r *reader) variables(i, last int) (definition, bool) {
	h, angle := r.head, 0
	name, parts, found := "", 0, definition{}
	for j := i; j <= last; j++ {
		if j == last || h[j].Kind == Punct && r.str(h[j]) == "," && angle == 0 {
			if name == "" || parts < 2 {
				return found, found.symbol
			}
			found = r.variable(name)
			name = ""
			continue
		}
		switch t := h[j]; {
		case t.Kind == Word && angle == 0:
			name = r.str(t)
			parts++
		case t.Kind == Punct:
			s := r.str(t)
			angle = max(angle+angles(s), 0)
			if angle == 0 && (s == "::" || s == ".") {
				name = ""
				parts--
			}
		}
	}
	return found, found.symbol
}

func (r *reader) variable(name string) definition {
	d := definition{kind: Variable, name: name, symbol: true}
	static := !r.inType() || r.has("static") || r.has("const")
	for _, t := range r.head[:min(len(r.head), 5)] {
		if t.Kind == Word && static && r.g.constants[r.str(t)] {
			d.kind = Constant
		}
	}
	r.add(d.kind, name, r.scope())
	return d
}

// typedef defines a type of C: what a body follows, or what a typedef names.
// Otherwise the word for it is a part of another definition's type.
func (r *reader) typedef(k keyword, at, i int, opened bool) definition {
	h := r.head
	late := r.str(h[at]) == "typedef" || at > 0 && r.str(h[at-1]) == "typedef"
	d := definition{kind: k.kind, mode: k.body, late: late}
	if !opened {
		if !late || r.value > 0 {
			if len(h)-i < 2 || r.str(h[at]) == "enum" && r.value > 0 && len(h) == i {
				return definition{} // it says only that there is such a type
			}
			found, _ := typedMember(r, i, opened)
			return found
		}
		for j := len(h) - 1; j > at; j-- {
			if h[j].Kind == Open {
				d.name = r.pointer(h[j])
			} else if h[j].Kind == Word {
				d.name = r.str(h[j])
			}
			if d.name != "" {
				break
			}
		}
		r.add(Type, d.name, r.scope())
		return d
	}
	// The name is the last one in front of a base or of template arguments.
	for ; i < len(h); i++ {
		switch t := h[i]; {
		case t.Kind == Word && r.str(t) != "final":
			d.name = r.str(t)
		case t.Kind == Open && r.text[t.From] == '(' && i > 0 && h[i-1].Kind == Word && !late && !cCalls[d.name] && d.name != strings.ToUpper(d.name):
			found, _ := typedMember(r, at+1, opened) // a function that returns a struct
			return found
		case t.Kind == Punct && r.str(t) != "::" && r.str(t) != "*":
			i = len(h)
		}
	}
	if d.name == "" && !late {
		return d
	}
	n := len(r.out)
	r.put(Symbol{Kind: k.kind, Name: d.name, Scope: r.scope(), From: r.start}, r.signatureEnd(k.kind))
	d.symbol = len(r.out) > n
	return d
}

// rename gives the name in tokens, which stand behind a body, to the body's
// definition. Without a name that is none.
func (r *reader) rename(tokens []Token) {
	n := r.unnamed - 1
	r.unnamed = 0
	if n < 0 {
		return
	}
	for _, t := range tokens {
		if t.Kind != Word || cCalls[r.str(t)] {
			continue
		}
		s := &r.out[n]
		old := within(s.Scope, s.Name)
		s.Name = r.str(t)
		s.End = max(s.End, r.lines.end(t.To))
		for j := n + 1; j < len(r.out); j++ {
			if inner := &r.out[j]; inner.Scope == old {
				inner.Scope = within(s.Scope, s.Name)
			}
		}
		return
	}
	if r.out[n].Name == "" {
		r.out = append(r.out[:n], r.out[n+1:]...)
	}
}

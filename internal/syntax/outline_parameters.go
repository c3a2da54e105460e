package syntax

// promote adds the fields that the parameters in the head of a type or of its
// constructor define besides.
func (r *reader) promote(d definition) {
	if d.kind != Type && d.name != "__construct" {
		return
	}
	scope := r.scope()
	if d.kind == Type {
		scope = within(scope, d.name)
	}
	angle := 0
	for _, t := range r.head {
		if t.Kind == Open && r.text[t.From] == '(' {
			r.parameters(t, scope)
			return
		}
		if t.Kind == Punct {
			if angle += angles(r.str(t)); angle <= 0 && r.str(t) == ":" { // what follows are the bases
				return
			}
		}
	}
}

// parameters adds the fields that the parameters in a group define.
func (r *reader) parameters(list Token, scope string) {
	var parts []string
	start, end := -1, 0 // of the parameter's words, and of all of it
	depth, angle, open := 0, 0, true
	add := func() {
		if len(parts) > 0 {
			if name := r.g.promoted(parts); name != "" {
				at := r.lines.start(start)
				if to, ok := r.lines.signature(at, end); ok {
					r.out = append(r.out, Symbol{Kind: Field, Name: name, Scope: scope, From: at, To: to, End: max(to, r.lines.end(end))})
				}
			}
		}
		parts, start, open, angle = parts[:0], -1, true, 0
	}
	for t := range r.lang.Scan(r.text[list.From:list.To], State{}) {
		s := r.text[list.From+t.From : list.From+t.To]
		switch {
		case t.Kind == Space || t.Kind == Newline || t.Kind == Comment:
			continue
		case t.Kind == Open:
			depth++
		case t.Kind == Close:
			depth--
		case depth != 1:
		case s == "," && angle <= 0:
			add()
			continue
		case t.Kind == Punct && (s[0] == '=' || s == ":"):
			open = false
		case t.Kind == Punct:
			angle = max(angle+angles(s), 0)
		case t.Kind == Word && open && angle <= 0 && len(parts) < maxHead:
			if start < 0 {
				start = list.From + t.From
			}
			parts = append(parts, s)
		}
		if depth >= 1 && start >= 0 {
			end = list.From + t.To
		}
	}
	add()
}

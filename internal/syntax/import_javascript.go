package syntax

// scriptImports reads import and export ... from, require("a") and import("a").
func scriptImports(r *importReader) {
	if r.tok.Kind != Word {
		return
	}
	from, n, start := r.tok.From, len(r.out), r.begins()
	switch r.str() {
	case "import", "export":
		export := r.str() == "export"
		member := r.text[r.before.From:r.before.To] == "."
		r.advance()
		switch {
		case member:
		case r.str() == "(" && !export:
			r.called(from)
		case start:
			r.clause(from, export)
		}
	case "require":
		if member := r.text[r.before.From:r.before.To] == "."; member {
			return
		}
		if r.advance(); r.str() == "(" {
			r.called(from)
		}
	case "const", "let", "var":
		if !start {
			return
		}
		r.advance()
		r.names = r.bound(nil)
	default:
		if start {
			r.names = nil
		}
		return
	}
	r.end(n)
}

// called reads ("a") behind require or import. What the statement binds are
// the names of it.
func (r *importReader) called(from int) {
	names := r.names
	r.names = nil
	r.advance()
	if path := r.literal(); path != "" && r.is(")") {
		r.add(path, names, from)
	}
}

// clause reads what follows import or export at a statement's beginning.
func (r *importReader) clause(from int, export bool) {
	if path := r.literal(); path != "" {
		if !export {
			r.add(path, nil, from)
		}
		return
	}
	if export && r.tok.Kind == Word && r.str() != "type" {
		return // a definition
	}
	if r.str() == "type" {
		r.advance()
		if export && r.str() != "{" && r.str() != "*" {
			return
		}
	}
	all := r.str() == "*"
	names := r.bound(nil)
	if all && names == nil {
		names = []string{"*"}
	}
	switch {
	case r.is("from"):
		if path := r.literal(); path != "" {
			r.add(path, names, from)
		}
	case r.is("="):
		if r.is("require") && r.is("(") {
			if path := r.literal(); path != "" && r.is(")") {
				r.add(path, names, from)
			}
		}
	}
}

// bound takes the names in front of from or a value: a, * as b, {c, d as e}
// and {f: g}.
func (r *importReader) bound(names []string) []string {
	depth := 0
	for first := true; r.tok.To > 0; first = false {
		s := r.str()
		switch {
		case r.fresh && !first && depth > 0 && scriptStops[s], r.fresh && !first && depth == 0 && s != "from":
			return names
		case r.tok.Kind == Open && s != "(":
			depth++
		case r.tok.Kind == Close && depth > 0:
			depth--
		case r.tok.Kind == Word && depth == 0 && s == "from" && !first:
			return names
		case r.tok.Kind == Word:
			if s != "as" && s != "type" {
				names = append(names, s)
			}
		case s == "*", s == ",", s == ":":
		case depth > 0 && r.tok.Kind != Open:
		default:
			return names
		}
		r.advance()
	}
	return names
}

var scriptStops = words("import export const let var function class interface")

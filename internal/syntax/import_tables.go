package syntax

import (
	"slices"
	"strings"
)

// goImports reads import "a" and import ( x "a" ).
func goImports(r *importReader) {
	if !r.fresh || !r.is("import") {
		return
	}
	from, n := r.before.From, len(r.out)
	group := r.is("(")
	for r.tok.To > 0 {
		var names []string
		switch {
		case r.tok.Kind == Word || r.tok.Kind == Punct && r.str() == ".":
			if r.fresh && r.lang.grammar.anchors[r.str()] {
				return
			}
			names = append(names, r.str())
			r.advance()
		case r.str() == ";":
			r.advance()
			continue
		}
		path := r.literal()
		r.add(path, names, from)
		if path == "" || !group {
			break
		}
	}
	if group {
		r.is(")")
	}
	r.end(n)
}

// pythonImports reads import a.b as c and from a import b, c.
func pythonImports(r *importReader) {
	if r.tok.Kind != Word || !r.begins() && r.text[r.before.From:r.before.To] != ":" {
		return
	}
	from, n := r.tok.From, len(r.out)
	switch {
	case r.is("import"):
		for !r.fresh {
			path := r.path(".")
			var names []string
			if !r.fresh && r.is("as") {
				names = append(names, r.word())
			}
			r.add(path, names, from)
			if path == "" || r.fresh || !r.is(",") {
				break
			}
		}
	case r.is("from"):
		start, end := r.tok.From, r.tok.From
		for r.tok.Kind == Punct && strings.Trim(r.str(), ".") == "" && !r.fresh {
			end = r.tok.To
			r.advance()
		}
		if r.fresh {
			return
		}
		if r.str() != "import" {
			if r.path(".") == "" {
				return
			}
			end = r.before.To
		}
		path := r.text[start:end]
		var names []string
		if !r.fresh && r.is("import") {
			names = r.list("(", "as", "def", "class", "import", "from")
		}
		r.add(path, names, from)
	}
	r.end(n)
}

// list takes names that commas part, with what they are bound as, and with the
// brackets round them. Without brackets the line ends the list, with them one
// of the words of stop that begins a line does.
func (r *importReader) list(open, as string, stop ...string) (names []string) {
	bracket := r.is(open)
	for r.tok.To > 0 {
		if r.fresh && (!bracket || slices.Contains(stop, r.str())) {
			break
		}
		switch {
		case r.tok.Kind == Word && r.str() == as, r.str() == ",":
		case r.tok.Kind == Word, r.str() == "*":
			names = append(names, r.str())
		case r.tok.Kind == Close:
			if bracket {
				r.advance()
			}
			return names
		case r.str() == `\` || bracket && r.tok.Kind != Open:
			if r.str() == `\` { // the line goes on
				r.advance()
				r.fresh = false
				continue
			}
		default:
			return names
		}
		r.advance()
	}
	return names
}

// rustImports reads use a::{b, c as d}, mod a and extern crate a.
func rustImports(r *importReader) {
	if r.tok.Kind != Word {
		return
	}
	start := r.begins()
	from := r.tok.From
	if start && r.is("pub") {
		if r.is("(") {
			for r.tok.To > 0 && !r.fresh && !r.is(")") {
				r.advance()
			}
		}
	} else if !start && r.text[r.before.From:r.before.To] != "]" {
		return
	}
	n := len(r.out)
	switch {
	case r.is("use"):
		r.is("::")
		r.useTree("", from, 0)
		r.is(";")
	case r.is("mod"):
		if name := r.word(); r.is(";") {
			r.add("self::"+name, []string{name}, from)
		}
	case r.is("extern"):
		if r.is("crate") {
			name := r.word()
			names := []string{name}
			if r.is("as") {
				names = append(names, r.word())
			}
			r.add(name, names, from)
			r.is(";")
		}
	}
	r.end(n)
}

// useTree reads what follows a path in a use: names, a list in brackets, or all.
func (r *importReader) useTree(prefix string, from, depth int) {
	if depth > 8 || len(prefix) > maxSignature {
		return
	}
	path := prefix
	for r.tok.To > 0 {
		switch {
		case r.is("{"):
			for r.tok.To > 0 && !r.is("}") {
				if r.fresh && rustStops[r.str()] {
					return
				}
				at := r.at
				r.useTree(path, from, depth+1)
				if !r.is(",") && r.at == at {
					r.advance()
				}
			}
			return
		case r.is("*"):
			r.add(path, []string{"*"}, from)
			return
		case r.tok.Kind == Word:
			name := r.word()
			if name != "self" || prefix == "" && path == "" {
				if path != "" {
					path += "::"
				}
				path += name
			}
			if r.is("::") {
				continue
			}
			if r.is("::*") {
				r.add(path, []string{"*"}, from)
				return
			}
			if name == "self" {
				name = path[strings.LastIndexByte(path, ':')+1:]
			}
			names := []string{name}
			if r.is("as") {
				names = append(names, r.word())
			}
			r.add(path, names, from)
			return
		default:
			return
		}
	}
}

var rustStops = words("use pub fn struct enum impl mod trait const static type")

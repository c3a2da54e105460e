package syntax

import "strings"

// javaImports reads import a.b.C and import static a.b.C.d.
func javaImports(r *importReader) { r.dotted("import") }

// kotlinImports reads import a.b.C as D.
func kotlinImports(r *importReader) { r.dotted("import") }

// swiftImports reads import A and import struct A.B.
func swiftImports(r *importReader) { r.dotted("import") }

// csharpImports reads using A.B and using C = A.B.
func csharpImports(r *importReader) { r.dotted("using") }

// importKinds may stand between the word for an import and what is imported.
var importKinds = words("static struct class enum protocol typealias func var let function const")

// dotted reads a path behind a word at a statement's beginning, and what it is
// bound as.
func (r *importReader) dotted(word string) {
	if r.tok.Kind != Word {
		return
	}
	start := r.begins()
	if start && r.is("global") { // C#'s global using
		start = !r.fresh
	}
	from := r.tok.From
	if !start || !r.is(word) {
		return
	}
	n := len(r.out)
	for r.tok.Kind == Word && !r.fresh && importKinds[r.str()] && (word == "import" || r.str() == "static") {
		r.advance()
	}
	if r.fresh {
		return
	}
	path := r.path(".")
	var names []string
	switch {
	case !r.fresh && r.is("="): // C#
		names = append(names, path)
		path = r.path(".")
	case !r.fresh && r.is("as"):
		names = append(names, r.word())
	case r.str() == "*" && !r.fresh && r.before.To == r.tok.From, r.str() == ".*":
		r.advance()
		names = append(names, "*")
	case word == "using" && r.str() != ";": // a variable's declaration
		return
	default:
		if i := strings.LastIndexByte(path, '.'); i >= 0 && word == "import" {
			names = append(names, path[i+1:])
		}
	}
	r.add(path, names, from)
	r.is(";")
	r.end(n)
}

// phpImports reads use A\B as C; use A\{B, C}; and require "a.php".
func phpImports(r *importReader) {
	if r.tok.Kind != Word {
		return
	}
	from, n, start := r.tok.From, len(r.out), r.begins()
	switch s := r.str(); {
	case s == "require" || s == "require_once" || s == "include" || s == "include_once":
		r.advance()
		r.is("(")
		if r.is("__DIR__") {
			r.is(".")
		}
		r.add(r.literal(), nil, from)
	case s == "use" && start:
		r.advance()
		if r.tok.Kind == Word && importKinds[r.str()] {
			r.advance()
		}
		for r.tok.To > 0 {
			r.is(`\`)
			path := r.path(`\`)
			if path == "" {
				break
			}
			if r.str() != "{" {
				r.bind(path, path[strings.LastIndexByte(path, '\\')+1:], from)
			} else {
				r.advance()
				for name := r.path(`\`); name != ""; name = r.path(`\`) {
					r.bind(path+`\`+name, name, from)
					if !r.is(",") {
						break
					}
				}
				r.is("}")
			}
			if !r.is(",") {
				break
			}
		}
		r.is(";")
	default:
		return
	}
	r.end(n)
}

// bind adds an import that "as" may follow.
func (r *importReader) bind(path, name string, from int) {
	names := []string{name}
	if r.is("as") {
		names = append(names, r.word())
	}
	r.add(path, names, from)
}

// cImports reads #include "a.h" and #include <a>.
func cImports(r *importReader) {
	if !r.fresh || r.str() != "#" {
		return
	}
	from, n := r.tok.From, len(r.out)
	r.advance()
	if r.fresh || !r.is("include") && !r.is("include_next") && !r.is("import") || r.fresh {
		return
	}
	if path := r.literal(); path != "" {
		r.add(path, nil, from)
		r.end(n)
		return
	}
	if strings.HasPrefix(r.str(), "<") {
		start := r.tok.From + 1
		for r.tok.To > 0 {
			if end := strings.IndexByte(r.str(), '>'); end >= 0 {
				path := r.text[start : r.tok.From+end]
				r.advance()
				r.add(path, nil, from)
				r.end(n)
				return
			}
			if r.advance(); r.fresh {
				return
			}
		}
	}
}

// rubyImports reads require "a" and require_relative "a".
func rubyImports(r *importReader) {
	if r.tok.Kind != Word {
		return
	}
	from, n := r.tok.From, len(r.out)
	s := r.str()
	if s != "require" && s != "require_relative" && s != "load" && s != "autoload" || !r.begins() {
		return
	}
	r.advance()
	r.is("(")
	var names []string
	if s == "autoload" && r.is(":") {
		names = append(names, r.word())
		r.is(",")
	}
	path := r.literal()
	if s == "require_relative" && path != "" && path[0] != '.' {
		path = "./" + path
	}
	r.add(path, names, from)
	r.end(n)
}

// luaImports reads require "a" and require("a"), and what it is assigned to.
func luaImports(r *importReader) {
	if r.tok.Kind != Word {
		return
	}
	from, n := r.tok.From, len(r.out)
	switch start := r.begins(); {
	case r.str() == "local" && start:
		r.advance()
		name := r.word()
		r.names = nil
		if r.str() == "=" && name != "" {
			r.names = []string{name}
		}
	case r.is("require"):
		names := r.names
		r.names = nil
		r.is("(")
		r.add(r.literal(), names, from)
		r.is(")")
		r.end(n)
	case start:
		r.names = nil
	}
}

// shellImports reads source a and . a.
func shellImports(r *importReader) {
	if !r.begins() || r.str() != "source" && r.str() != "." {
		return
	}
	from, n := r.tok.From, len(r.out)
	r.advance()
	if r.fresh || r.tok.To == 0 {
		return
	}
	path := r.literal()
	if path == "" {
		start := r.tok.From
		end := start
		for r.tok.To > 0 && !r.fresh && (r.tok.From == end || end == start) && r.str() != ";" {
			end = r.tok.To
			r.advance()
		}
		path = r.text[start:end]
	}
	r.add(path, nil, from)
	r.end(n)
}

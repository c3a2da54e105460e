package rank

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/context/index"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// guesses are the types that something may have, each with how sure that is,
// from 0 to 1. Languages are not parsed for it: what a line says of a name is
// told by the names beside it that are types.
type guesses map[string]float32

func (g guesses) add(name string, sure float32) {
	if g[name] < sure {
		g[name] = sure
	}
}

func (g guesses) merge(other guesses, factor float32) {
	for name, sure := range other {
		g.add(name, sure*factor)
	}
}

// sorted returns the names, the surest first.
func (g guesses) sorted() []string {
	names := make([]string, 0, len(g))
	for name := range g {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if g[a] != g[b] {
			if g[a] > g[b] {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return names[:min(len(names), maxGuesses)]
}

const (
	maxGuesses = 12
	maxLooks   = 200 // lines that are read for one ranking in all
	maxNames   = 40  // names of one text that are looked up
	maxSame    = 100 // definitions of one name, or members of one type, that are looked at
	maxLines   = 12  // lines that name a variable which are looked at, the nearest first
	maxTries   = 500 // places where the letters of a name stand
	maxDepth   = 3   // of a variable that is made of a variable that is made of ...
)

// receiver returns the types that the thing before the dot may have.
func (r *run) receiver() guesses {
	chain := r.p.chain
	if len(chain) == 0 {
		return nil
	}
	types := r.named(chain[len(chain)-1], r.p.at-len(r.p.line), 0)
	for i := len(chain) - 2; i >= 0; i-- {
		types = r.member(types, chain[i])
	}
	r.inherit(types)
	return types
}

// member returns the types that a member of one of types has or returns.
func (r *run) member(types guesses, name string) guesses {
	bare, _ := strings.CutSuffix(name, "()")
	out := guesses{}
	r.inherit(types)
	for _, t := range types.sorted() {
		for _, s := range r.members(t) {
			if s.Name == bare {
				r.result(out, s, types[t]*0.95)
			}
		}
	}
	if len(out) == 0 {
		for _, s := range r.symbols(bare) {
			if s.Scope != "" {
				r.result(out, s, 0.3)
			} else {
				r.result(out, s, 0.5) // of a module
			}
		}
		r.alike(out, bare, 0.4)
	}
	return out
}

// members returns what is defined in a type, in the document and elsewhere.
func (r *run) members(t string) []*index.Symbol {
	var list []*index.Symbol
	for i := range r.p.entry.Symbols {
		if s := &r.p.entry.Symbols[i]; s.Owner() == t {
			list = append(list, s)
		}
	}
	for _, ref := range r.x.Members(t) {
		if len(list) >= maxSame {
			break
		}
		if ref.File.Path != r.p.path {
			list = append(list, ref.Symbol())
		}
	}
	return list
}

// symbols returns the definitions of a name, in the document and elsewhere.
func (r *run) symbols(name string) []*index.Symbol {
	var list []*index.Symbol
	for i := range r.p.entry.Symbols {
		if s := &r.p.entry.Symbols[i]; s.Name == name {
			list = append(list, s)
		}
	}
	for _, ref := range r.x.Named(name) {
		if len(list) >= maxSame {
			break
		}
		if ref.File.Path != r.p.path && r.related(ref.File.Language) {
			list = append(list, ref.Symbol())
		}
	}
	return list
}

// isTypeName reports whether a type of this name is defined anywhere.
func (r *run) isTypeName(name string) bool {
	known, ok := r.typeNames[name]
	if !ok {
		known = slices.ContainsFunc(r.symbols(name), func(s *index.Symbol) bool { return isType(s.Kind) })
		r.typeNames[name] = known
	}
	return known
}

// result adds the types that a symbol stands for: itself where it is a type,
// what its signature says behind its name else.
func (r *run) result(out guesses, s *index.Symbol, sure float32) {
	if isType(s.Kind) {
		out.add(s.Name, sure)
		return
	}
	signature := s.Signature
	if at := strings.Index(signature, s.Name); at >= 0 {
		signature = signature[at+len(s.Name):]
	}
	if s.Kind == syntax.Function || s.Kind == syntax.Method {
		// Behind the parameters; before the name, in languages that write it there.
		if open := strings.IndexByte(signature, '('); open >= 0 {
			if end := closing(signature, open); end > 0 {
				r.typesIn(out, signature[end:], sure, s)
				if len(out) > 0 || r.p.language == "go" || r.p.language == "rust" || r.p.language == "python" {
					return
				}
			}
		}
		at := strings.Index(s.Signature, s.Name)
		r.typesIn(out, s.Signature[:max(at, 0)], sure*0.8, s)
		return
	}
	r.typesIn(out, signature, sure, s)
	if at := strings.Index(s.Signature, s.Name); at > 0 && len(out) == 0 {
		r.typesIn(out, s.Signature[:at], sure*0.8, s)
	}
}

// closing returns where the bracket at open is closed, or -1.
func closing(text string, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// typesIn adds the names in text that are types; the first ones are the
// surest.
func (r *run) typesIn(out guesses, text string, sure float32, of *index.Symbol) {
	n, read := 0, 0
	for _, name := range index.Identifiers(text) {
		if read++; read > maxNames {
			return
		}
		if (name == "Self" || name == "self" || name == "this") && of != nil && of.Scope != "" {
			name = of.Owner()
		} else if !r.isTypeName(name) {
			continue
		}
		out.add(name, sure)
		sure *= 0.8
		if n++; n == 4 {
			return
		}
	}
}

// inherit adds the types that those in g are made of, as their heads say.
func (r *run) inherit(g guesses) {
	for _, t := range g.sorted() {
		for _, s := range r.symbols(t) {
			if !isType(s.Kind) {
				continue
			}
			sure := g[t] * 0.8
			_, rest, _ := strings.Cut(s.Signature, s.Name)
			if s.Kind == syntax.Extension {
				rest = s.Signature // impl Trait for Type
			}
			if sure > 0.1 {
				r.typesIn(g, rest, sure, nil)
			}
		}
		if r.p.language == "go" { // an embedded field is called as its type
			for _, s := range r.members(t) {
				if s.Kind == syntax.Field && strings.HasSuffix(strings.TrimSpace(s.Signature), s.Name) {
					g.add(s.Name, g[t]*0.8)
				}
			}
		}
	}
}

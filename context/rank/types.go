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

// named returns the types that a name may have that stands before the place at.
func (r *run) named(name string, at, depth int) guesses {
	out := guesses{}
	bare, call := strings.CutSuffix(name, "()")
	switch bare {
	case "self", "this", "Self", "cls", "super":
		for _, s := range r.p.enclosing() {
			if isType(s.Kind) {
				out.add(s.Name, 1)
			}
			if s.Kind == syntax.Method && s.Scope != "" {
				out.add(s.Owner(), 0.9)
			}
		}
		return out
	}
	if r.isTypeName(bare) {
		out.add(bare, 0.95)
	}
	if call {
		for _, s := range r.symbols(bare) {
			r.result(out, s, 0.9)
		}
		return out
	}
	r.declared(out, bare, at, depth)
	if len(out) == 0 {
		r.alike(out, bare, 0.5)
	}
	return out
}

// declared adds what the lines before at say of a variable.
func (r *run) declared(out guesses, name string, at, depth int) {
	sure, n, tries := float32(0.95), 0, 0
	for end := at; n < maxLines && r.looks < maxLooks; {
		i := strings.LastIndex(r.p.text[:end], name)
		if i < 0 {
			break
		}
		end = i
		if tries++; tries > maxTries {
			break
		}
		if !bounded(r.p.text, i, len(name)) {
			continue
		}
		from := strings.LastIndexByte(r.p.text[:i], '\n') + 1
		to := len(r.p.text)
		if k := strings.IndexByte(r.p.text[i:], '\n'); k >= 0 {
			to = i + k
		}
		n, r.looks = n+1, r.looks+1
		if found := r.declaration(out, r.p.text[from:i], r.p.text[i+len(name):min(to, at)], sure, from, depth); found {
			sure *= 0.7
		}
	}
}

func bounded(text string, at, n int) bool {
	return trailingName(text[:at]) == "" && (at+n == len(text) || trailingName(text[at+n:at+n+1]) == "")
}

// declaration reads one line that names a variable: left is before the name and
// right behind it. It reports whether the line says what the variable is.
func (r *run) declaration(out guesses, left, right string, sure float32, from, depth int) bool {
	if strings.HasSuffix(left, ".") || strings.HasSuffix(left, "->") {
		return false // a member of something else
	}
	before := len(out)
	behind := strings.TrimLeft(right, " \t?")
	switch {
	case strings.HasPrefix(behind, ":="), strings.HasPrefix(behind, "=") && !strings.HasPrefix(behind, "=="):
		r.value(out, strings.TrimLeft(behind, ":= \t"), sure, from, depth)
	case strings.HasPrefix(behind, ",") && strings.Contains(behind, ":="):
		_, value, _ := strings.Cut(behind, ":=")
		r.value(out, value, sure, from, depth)
	case strings.HasPrefix(behind, ":"):
		typ, value, _ := strings.Cut(behind[1:], "=")
		if end := strings.IndexAny(typ, ",;)"); end >= 0 {
			typ = typ[:end]
		}
		if r.typesIn(out, typ, sure, nil); len(out) == before && value != "" {
			r.value(out, value, sure, from, depth)
		}
	default:
		// "name Type" as in Go, or "Type name" as in the C family.
		field := behind
		if end := strings.IndexAny(field, ",;){="); end >= 0 {
			field = field[:end]
		}
		if r.p.language == "go" {
			if right != behind || field != "" && strings.ContainsAny(field[:1], "*[") {
				r.typesIn(out, field, sure, nil)
			}
			break
		}
		if word := trailingName(strings.TrimRight(left, " \t*&>[]?")); word != "" && strings.HasSuffix(left, " ") || strings.HasSuffix(left, "*") || strings.HasSuffix(left, "&") {
			if r.isTypeName(word) {
				out.add(word, sure)
			}
		}
		if i := strings.LastIndex(left, " as "); i >= 0 || strings.Contains(left, "with ") { // with A() as x
			r.value(out, strings.TrimPrefix(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(left), "as")), "with "), sure*0.9, from, depth)
		}
	}
	return len(out) > before
}

// value adds the types that an expression may have.
func (r *run) value(out guesses, text string, sure float32, from, depth int) {
	text = strings.TrimSpace(text)
	for _, word := range []string{"await ", "new ", "try ", "&", "*", "mut "} {
		text = strings.TrimPrefix(text, word)
	}
	if depth >= maxDepth {
		return
	}
	// The chain is what stands before the first sign that no member has.
	end, level := len(text), 0
scan:
	for i := range len(text) {
		switch c := text[i]; c {
		case '(', '[':
			level++
		case ')', ']':
			if level--; level < 0 {
				end = i
				break scan
			}
		case ',', ';', '{', '=', '+', '|':
			if level == 0 {
				end = i
				break scan
			}
		}
	}
	call := p0(text[:end], r.p.path2)
	if len(call) == 0 {
		return
	}
	for i, name := range call { // a path's or a chain's types, from its end on
		bare, isCall := strings.CutSuffix(name, "()")
		if i == 0 && isCall {
			for _, s := range r.symbols(bare) {
				r.result(out, s, sure)
			}
			if len(out) > 0 && len(call) == 1 {
				return
			}
		}
		if r.isTypeName(bare) {
			out.add(bare, sure*0.9)
			return
		}
	}
	types := r.named(call[len(call)-1], from, depth+1)
	for i := len(call) - 2; i >= 0; i-- {
		types = r.member(types, call[i])
	}
	out.merge(types, sure)
}

// p0 reads the chain at the end of an expression.
func p0(text string, paths bool) []string {
	q := place{path2: paths}
	q.follow(text)
	return q.chain
}

// alike adds the types that are called as a variable is: a client is often a
// Client, a requestParser a Parser.
func (r *run) alike(out guesses, name string, sure float32) {
	var parts []uint32
	for part := range index.Parts(name) {
		parts = append(parts, index.HashFold(part))
	}
	if len(parts) == 0 {
		return
	}
	for _, f := range r.x.WithPart(parts[len(parts)-1]) {
		if !r.related(f.Language) {
			continue
		}
		for i := range f.Symbols {
			if !isType(f.Symbols[i].Kind) {
				continue
			}
			of := f.Parts(i)
			common := 0
			for _, h := range of {
				if slices.Contains(parts, h) {
					common++
				}
			}
			if common > 0 && len(of) > 0 && of[len(of)-1] == parts[len(parts)-1] {
				out.add(f.Symbols[i].Name, sure*float32(2*common)/float32(len(of)+len(parts)))
			}
		}
	}
}

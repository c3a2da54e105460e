package rank

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/context/index"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

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
		if strings.Contains(left, " as ") || strings.Contains(left, "with ") { // with A() as x
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
	call := chainOf(text[:end], r.p.paths)
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

// chainOf reads the chain at the end of an expression.
func chainOf(text string, paths bool) []string {
	q := place{paths: paths}
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

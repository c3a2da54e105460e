package syntax

import "strings"

var rubyGrammar = grammar{
	anchors:  words("def class module"),
	newlines: true,
	between:  words("rescue ensure else elsif when in private public protected"),
	line:     rubyLine, imports: rubyImports,
}

// rubyLine reads one logical line of Ruby.
func rubyLine(r *lineReader) {
	around, nested := r.around()
	if nested && around.kind <= Method {
		return
	}
	i := 0
	for r.word(i) && r.str(i+1) == "def" { // private def a
		i++
	}
	closed := r.last.Kind == Word && r.text[r.last.From:r.last.To] == "end" && len(r.line) > 1
	switch w := r.str(i); {
	case w == "def" && i+1 < len(r.line):
		rubyDef(r, i+1, around, closed)
	case (w == "class" || w == "module") && r.word(i+1):
		kind := Type
		if w == "module" {
			kind = Module
		}
		name, _ := r.joined(i+1, "::")
		scope := around.scope
		if sep := strings.LastIndex(name, "::"); sep >= 0 {
			scope, name = within(scope, dotted(name[:sep])), name[sep+2:]
		}
		r.define(kind, name, scope, len(r.line)-1, closed)
	case w == "class" && r.str(i+1) == "<<" && !closed:
		r.open = append(r.open, openLine{column: r.column, kind: Type, scope: around.scope})
	case strings.HasPrefix(w, "attr_") || w == "attr":
		for j := i + 1; j+1 < len(r.line); j++ {
			if r.str(j) == ":" && r.word(j+1) {
				r.add(Field, r.str(j+1), around.scope, len(r.line)-1)
			}
		}
	case r.word(i) && w[0] >= 'A' && w[0] <= 'Z' && r.assigned() == i+1:
		kind := Constant
		if v := r.str(i + 2); v == "Struct" || v == "Class" || v == "Data" || v == "Module" {
			kind = Type
		}
		at := i + 1
		if kind == Type {
			at = len(r.line) - 1
		}
		r.define(kind, w, around.scope, at, kind == Constant || !r.has("do"))
	}
}

// rubyDef reads the name of a method at i.
func rubyDef(r *lineReader, i int, around openLine, closed bool) {
	if r.word(i) && r.str(i+1) == "." { // def self.a
		i += 2
	}
	if i >= len(r.line) {
		return
	}
	from, end := r.line[i].From, r.line[i].To
	for i++; i < len(r.line) && r.line[i].From == end && (r.line[i].Kind == Punct || r.text[r.line[i].From] == '['); i++ {
		if r.str(i) == ";" {
			break
		}
		end = r.line[i].To
	}
	if r.group(i) {
		i++
	}
	kind := Function
	if around.kind == Type || around.kind == Module {
		kind = Method
	}
	r.define(kind, r.text[from:end], around.scope, len(r.line)-1, closed || r.str(i) == "=" && r.line[i].From > end)
}

var luaGrammar = grammar{
	anchors:  words("function local"),
	newlines: true,
	between:  words("else elseif until"),
	line:     luaLine, imports: luaImports,
}

// luaLine reads one logical line of Lua.
func luaLine(r *lineReader) {
	if _, nested := r.around(); nested {
		return
	}
	i := 0
	local := r.str(i) == "local"
	if local {
		i++
	}
	closed := r.text[r.last.From:r.last.To] == "end"
	if r.str(i) == "function" && r.word(i+1) {
		name, at := r.joined(i+1, ".")
		kind, scope := Function, ""
		if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
			name, scope = name[dot+1:], name[:dot]
		}
		if r.str(at) == ":" && r.word(at+1) {
			kind, scope, name = Method, within(scope, name), r.str(at+1)
			at += 2
		}
		r.define(kind, name, scope, at, closed && len(r.line) > at+1)
		return
	}
	eq := r.assigned()
	if !r.word(i) || eq < 0 {
		if local && r.column == 0 && r.word(i) {
			r.add(Variable, r.str(i), "", len(r.line)-1)
		}
		return
	}
	name, at := r.joined(i, ".")
	scope, kind := "", Variable
	if constant(name) {
		kind = Constant
	}
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		name, scope, kind = name[dot+1:], name[:dot], Field
	}
	switch {
	case at == eq && r.str(eq+1) == "function":
		r.define(Function, name, scope, min(eq+2, len(r.line)-1), closed)
	case r.column > 0:
	case at == eq || r.str(at) == "<": // local a <const> = 1
		r.add(kind, name, scope, eq)
	case local:
		for ; i < eq; i += 2 { // local a, b = 1, 2
			if r.word(i) {
				r.add(Variable, r.str(i), "", eq)
			}
		}
	}
}

var shellGrammar = grammar{
	anchors: words("function"),
	round:   true,
	between: words("else elif {"),
	line:    shellLine, imports: shellImports,
}

// shellLine reads one logical line of a shell script.
func shellLine(r *lineReader) {
	if _, nested := r.around(); nested {
		return
	}
	i := 0
	function := r.str(0) == "function" && r.word(1)
	if function {
		i++
	}
	if !r.word(i) {
		return
	}
	from, end := r.line[i].From, r.line[i].To
	for i++; i < len(r.line) && r.line[i].From == end && (r.word(i) || r.line[i].Kind == Punct || r.line[i].Kind == Number) && r.text[end] != '=' && r.text[end] != ';'; i++ {
		end = r.line[i].To // a-b
	}
	name := r.text[from:end]
	last := r.text[r.last.To-1]
	switch {
	case function, r.group(i) && r.text[r.line[i].From+1:r.line[i].To-1] == "" && len(r.line) == i+1,
		r.group(i) && r.text[r.line[i].From+1:r.line[i].To-1] == "" && i+1 < len(r.line) && r.line[i+1].Kind == Open:
		r.define(Function, name, "", min(i+1, len(r.line)-1), last == '}')
	case r.column > 0:
	case i < len(r.line) && r.line[i].From == end && r.str(i)[0] == '=':
		r.add(Variable, name, "", i)
	case name == "export" || name == "readonly" || name == "declare" || name == "typeset":
		for r.str(i) == "-" {
			i += 2
		}
		if r.word(i) && strings.HasPrefix(r.str(i+1), "=") {
			kind := Variable
			if name == "readonly" {
				kind = Constant
			}
			r.add(kind, r.str(i), "", i+1)
		}
	}
}

package syntax

// pythonGrammar is Python's.
var pythonGrammar = grammar{
	anchors: words("def class async import from"),
	line:    pythonLine,
	imports: pythonImports,
}

// pythonLine reads one logical line of Python.
func pythonLine(r *lineReader) {
	i := 0
	if r.str(i) == "async" {
		i++
	}
	around, nested := r.around()
	inType := nested && around.kind == Type
	switch w := r.str(i); {
	case w == "def" && r.word(i+1):
		kind := Function
		if inType {
			kind = Method
		}
		r.enter(kind, r.str(i+1), around.scope, len(r.line)-1)
	case w == "class" && r.word(i+1):
		r.enter(Type, r.str(i+1), around.scope, len(r.line)-1)
	case w == "type" && r.word(i+1) && r.assigned() > 1 && (!nested || inType):
		r.add(Type, r.str(i+1), around.scope, len(r.line)-1)
	case !nested || inType:
		pythonVariables(r, around.scope, inType)
	case around.name == "__init__" && w == "self" && r.str(1) == "." && r.word(2):
		if s := r.str(3); s == ":" || s != "" && r.assigned() == 3 {
			if n := len(r.open); n >= 2 && r.open[n-2].kind == Type && !r.added(r.str(2), r.open[n-1].symbol) {
				r.add(Field, r.str(2), r.open[n-2].scope, r.valueAt())
			}
		}
	}
}

// added reports whether one of the last symbols, from the index on, is the
// field: what is assigned to again is defined once.
func (r *lineReader) added(field string, from int) bool {
	for _, s := range r.out[max(from, len(r.out)-maxHead):] {
		if s.Kind == Field && s.Name == field {
			return true
		}
	}
	return false
}

// pythonVariables adds what an assignment or an annotation at the level of a
// module or class defines.
func pythonVariables(r *lineReader, scope string, inType bool) {
	if !r.word(0) || pythonWords[r.str(0)] {
		return
	}
	last := r.valueAt()
	eq := r.assigned()
	if r.str(1) == ":" && len(r.line) > 2 {
		eq = 1
	}
	for i := 0; i < eq; i += 2 { // a, b = ...
		if i+1 < eq && r.str(i+1) != "," || !r.word(i) {
			return
		}
	}
	for i := 0; i < eq; i += 2 {
		kind := Variable
		switch {
		case inType:
			kind = Field
		case constant(r.str(i)):
			kind = Constant
		}
		r.add(kind, r.str(i), scope, last)
	}
}

// valueAt returns the index of the last token in front of the value, or of the
// line.
func (r *lineReader) valueAt() int {
	if i := r.assigned(); i >= 0 {
		return i
	}
	return len(r.line) - 1
}

// pythonWords may stand in front of a colon and name nothing.
var pythonWords = words("else try finally lambda if while for with match case except elif return print")

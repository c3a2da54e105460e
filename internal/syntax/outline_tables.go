package syntax

// rustGrammar is Rust's.
var rustGrammar = grammar{
	keywords: map[string]keyword{
		"fn":          {Function, skipped, behind},
		"struct":      {Type, fields, behind},
		"union":       {Type, fields, behind},
		"enum":        {Type, entries, behind},
		"trait":       {Type, members, behind},
		"impl":        {Extension, members, target},
		"mod":         {Module, outer, behind},
		"type":        {Type, skipped, behind},
		"const":       {Constant, skipped, behind},
		"static":      {Variable, skipped, behind},
		"macro_rules": {Macro, skipped, behind},
		"macro":       {Macro, skipped, behind},
		"use":         {name: nowhere},
	},
	modifiers: words("pub crate async unsafe extern default mut auto safe"),
	anchors:   words("pub fn struct enum trait impl mod type const static macro_rules use unsafe async extern"),

	attributes: "#",
	special:    rustField,
	imports:    rustImports,
}

// rustField defines a field of a struct.
func rustField(r *reader, i int, _ bool) (definition, bool) {
	h := r.head
	if r.blocks[len(r.blocks)-1].mode != fields || i+1 >= len(h) || h[i].Kind != Word || r.str(h[i+1]) != ":" {
		return definition{}, false
	}
	r.add(Field, r.str(h[i]), r.scope())
	return definition{kind: Field, name: r.str(h[i]), symbol: true}, true
}

// goGrammar is Go's, for what the parser does not see in broken text.
var goGrammar = grammar{
	keywords: map[string]keyword{
		"func":   {Function, skipped, receiver},
		"type":   {Type, members, behind},
		"const":  {Constant, skipped, several},
		"var":    {Variable, skipped, several},
		"import": {name: nowhere},
	},
	anchors:  words("func type const var import"),
	newlines: true,
	special:  goMember,
	imports:  goImports,
}

// goMember defines a field of a struct or a method of an interface.
func goMember(r *reader, _ int, _ bool) (definition, bool) {
	h := r.head
	if !r.inType() || h[0].Kind != Word {
		return definition{}, false
	}
	d := definition{kind: Field, name: r.str(h[0]), symbol: true}
	if len(h) > 1 && h[1].Kind == Open && r.text[h[1].From] == '(' {
		d.kind = Method
	}
	r.add(d.kind, d.name, r.scope())
	for i := 1; i+1 < len(h) && r.str(h[i]) == "," && h[i+1].Kind == Word; i += 2 {
		r.add(Field, r.str(h[i+1]), r.scope())
	}
	return d, true
}

package syntax

import "strings"

// typescriptGrammar is TypeScript's and JavaScript's.
var typescriptGrammar = grammar{
	keywords: map[string]keyword{
		"function":  {Function, skipped, behind},
		"class":     {Type, members, behind},
		"interface": {Type, fields, behind},
		"enum":      {Type, entries, behind},
		"type":      {Type, fields, alias},
		"namespace": {Module, outer, behind},
		"module":    {Module, outer, behind},
		"global":    {Module, outer, itself},
		"const":     {Constant, skipped, several},
		"let":       {Variable, skipped, several},
		"var":       {Variable, skipped, several},
		"using":     {Variable, skipped, several},
		"import":    {name: nowhere},
	},
	modifiers: words("export default declare abstract async public private protected static readonly override accessor get set"),
	anchors:   words("export function class interface type enum namespace const let var import abstract declare async"),

	newlines: true, attributes: "@", named: true, braceTypes: true,
	special: scriptMember, promoted: scriptParameter, imports: scriptImports,
}

// scriptMember defines a member of a class or an interface, or what is added to
// the module's exports or to a prototype.
func scriptMember(r *reader, i int, opened bool) (definition, bool) {
	h := r.head
	if i >= len(h) {
		return definition{}, false
	}
	if !r.inType() {
		return scriptExport(r)
	}
	name := r.str(h[i])
	switch {
	case h[i].Kind == String:
		name = strings.Trim(name, `"'`)
	case h[i].Kind == Punct && name == "*" && i+1 < len(h):
		i++
		name = r.str(h[i])
	case h[i].Kind == Punct && name == "#" && i+1 < len(h):
		i++
		name = r.text[h[i].From-1 : h[i].To]
	}
	if h[i].Kind != Word && h[i].Kind != String {
		return definition{}, false
	}
	d := definition{kind: Field, mode: skipped, name: name, symbol: true}
	i++
	if i < len(h) && h[i].Kind == Punct && r.str(h[i]) == "?" {
		i++
	}
	switch {
	case i == len(h):
		if opened {
			return definition{}, false
		}
	case h[i].Kind == Open && r.text[h[i].From] == '(' || r.str(h[i]) == "<":
		d.kind = Method
	case h[i].Kind == Punct && strings.IndexByte(":=!?", r.text[h[i].From]) >= 0:
		if r.value > 0 && r.arrow(r.value) >= 0 {
			d.kind = Method
		}
	default:
		return definition{}, false
	}
	r.add(d.kind, name, r.scope())
	if name == "constructor" {
		r.promote(definition{kind: Type})
	}
	return d, true
}

// scriptParameter knows constructor(private readonly db: Db).
func scriptParameter(parts []string) string {
	for _, p := range parts[:len(parts)-1] {
		switch p {
		case "public", "private", "protected", "readonly":
			return parts[len(parts)-1]
		}
	}
	return ""
}

// scriptExport defines module.exports.name, exports.name or Type.prototype.name
// where something is assigned to it, and module.exports itself.
func scriptExport(r *reader) (definition, bool) {
	h := r.head
	if r.value < 4 || h[0].Kind != Word { // a.b =
		return definition{}, false
	}
	for j := 1; j < r.value-1; j++ {
		if j%2 == 1 && r.str(h[j]) != "." || j%2 == 0 && h[j].Kind != Word {
			return definition{}, false
		}
	}
	at := r.value - 2
	first, name := r.str(h[0]), r.str(h[at])
	function := r.arrow(r.value) >= 0
	d := definition{kind: Variable, mode: skipped, name: name, symbol: true}
	if function {
		d.kind = Function
	}
	scope := ""
	switch {
	case first == "module" && at == 2 && name == "exports":
		d.name = "module.exports"
	case first == "exports" && at == 2, first == "module" && at == 4 && r.str(h[2]) == "exports":
	case function && at == 4 && r.str(h[2]) == "prototype", function && at == 2:
		scope = first
	default:
		return definition{}, false
	}
	r.add(d.kind, d.name, scope)
	return d, true
}

package syntax

import "strings"

var phpGrammar = grammar{
	keywords: map[string]keyword{
		"function":  {Function, skipped, behind},
		"class":     {Type, members, behind},
		"interface": {Type, members, behind},
		"trait":     {Type, members, behind},
		"enum":      {Type, members, behind},
		"case":      {Constant, skipped, behind},
		"namespace": {Module, outer, behind},
		"use":       {name: nowhere},
	},
	modifiers: words("public private protected static final abstract readonly const var"),
	anchors:   words("public private protected static final abstract function class interface trait enum namespace const"),

	attributes: "#", embedded: true, blocks: true,
	special: phpMember, promoted: phpParameter, imports: phpImports,
}

// phpMember defines a property or a constant.
func phpMember(r *reader, i int, _ bool) (definition, bool) {
	h := r.head
	last := len(h)
	if r.value > 0 {
		last = r.value - 1
	}
	if r.has("const") && last > 0 && last < len(h) && h[last-1].Kind == Word {
		d := definition{kind: Constant, name: r.str(h[last-1]), symbol: true}
		r.add(d.kind, d.name, r.scope())
		return d, true
	}
	if i == 0 || !r.inType() {
		return definition{}, false
	}
	for ; i < last; i++ {
		if s := r.str(h[i]); h[i].Kind == Word && s[0] == '$' {
			r.add(Field, s, r.scope())
			return definition{kind: Field, name: s, symbol: true}, true
		}
	}
	return definition{}, false
}

// phpParameter knows __construct(private Db $db).
func phpParameter(parts []string) string {
	for _, p := range parts {
		switch p {
		case "public", "private", "protected", "readonly":
			for _, name := range parts {
				if strings.HasPrefix(name, "$") {
					return name
				}
			}
		}
	}
	return ""
}

var kotlinGrammar = grammar{
	keywords: map[string]keyword{
		"class":       {Type, members, behind},
		"interface":   {Type, members, behind},
		"object":      {Type, members, optional},
		"enum":        {Type, entries, behind},
		"fun":         {Function, skipped, receiver},
		"val":         {Variable, skipped, receiver},
		"var":         {Variable, skipped, receiver},
		"typealias":   {Type, skipped, behind},
		"constructor": {Method, skipped, itself},
		"import":      {name: nowhere},
		"package":     {name: nowhere},
	},
	modifiers: words("public private protected internal open abstract final sealed data inner value annotation companion override lateinit const inline noinline crossinline reified tailrec operator infix external suspend expect actual vararg"),
	anchors:   words("class interface object enum fun val var typealias import public private protected internal open abstract sealed data override suspend companion inline"),
	constants: words("const"),

	newlines: true, attributes: "@", primary: true,
	promoted: kotlinParameter, imports: kotlinImports,
}

// kotlinParameter knows class A(val b: C).
func kotlinParameter(parts []string) string {
	for _, p := range parts[:len(parts)-1] {
		if p == "val" || p == "var" {
			return parts[len(parts)-1]
		}
	}
	return ""
}

var swiftGrammar = grammar{
	keywords: map[string]keyword{
		"class":          {Type, members, behind},
		"struct":         {Type, members, behind},
		"enum":           {Type, members, behind},
		"protocol":       {Type, members, behind},
		"actor":          {Type, members, behind},
		"extension":      {Extension, members, target},
		"func":           {Function, skipped, behind},
		"init":           {Method, skipped, itself},
		"subscript":      {Method, skipped, itself},
		"var":            {Variable, skipped, several},
		"let":            {Variable, skipped, several},
		"case":           {Constant, skipped, several},
		"typealias":      {Type, skipped, behind},
		"associatedtype": {Type, skipped, behind},
		"macro":          {Macro, skipped, behind},
		"import":         {name: nowhere},
	},
	modifiers: words("public private fileprivate internal open package final static override mutating nonmutating lazy weak unowned dynamic required convenience indirect optional prefix postfix infix isolated nonisolated distributed consuming borrowing"),
	anchors:   words("class struct enum protocol actor extension func public private fileprivate internal open final static override import"),

	newlines: true, attributes: "@", directives: true,
	imports: swiftImports,
}

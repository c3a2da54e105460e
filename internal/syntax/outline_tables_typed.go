package syntax

// Languages in which a definition is a type and then a name.

var javaGrammar = grammar{
	keywords: map[string]keyword{
		"class":     {Type, members, behind},
		"interface": {Type, members, behind},
		"enum":      {Type, entries, behind},
		"record":    {Type, members, behind},
		"import":    {name: nowhere},
		"package":   {name: nowhere},
	},
	modifiers: words("public private protected static final abstract native synchronized transient volatile strictfp default sealed non"),
	anchors:   words("public private protected static final abstract class interface enum record import"),
	constants: words("final"),

	attributes: "@", typed: true,
	special: typedMember, promoted: lastOfTwo, imports: javaImports,
}

var cGrammar = grammar{
	keywords: map[string]keyword{
		"struct":    {Type, members, declared},
		"union":     {Type, members, declared},
		"class":     {Type, members, declared},
		"enum":      {Type, entries, declared},
		"typedef":   {Type, skipped, declared},
		"namespace": {Module, outer, optional},
		"concept":   {Type, skipped, behind},
		"using":     {Type, skipped, assignedOnly},
		"import":    {name: nowhere},
	},
	modifiers: words("static extern inline virtual explicit friend constexpr consteval constinit mutable thread_local template export public private protected"),
	anchors:   words("struct union class enum typedef namespace static extern inline template using constexpr void"),
	constants: words("const constexpr"),
	labels:    words("public private protected slots signals"),

	attributes: "[", directives: true, typed: true, tab: 8,
	special: typedMember, imports: cImports,
}

var csharpGrammar = grammar{
	keywords: map[string]keyword{
		"class":     {Type, members, behind},
		"struct":    {Type, members, behind},
		"interface": {Type, members, behind},
		"record":    {Type, members, behind},
		"enum":      {Type, entries, behind},
		"namespace": {Module, outer, behind},
		"delegate":  {Type, skipped, declared},
		"using":     {name: nowhere},
	},
	modifiers: words("public private protected internal static readonly sealed abstract virtual override partial async extern unsafe new volatile const event required file ref global implicit explicit"),
	anchors:   words("public private protected internal static sealed abstract class struct interface record enum namespace using"),
	constants: words("const readonly"),

	attributes: "[", directives: true, typed: true,
	special: typedMember, promoted: lastOfTwo, imports: csharpImports,
}

// lastOfTwo knows the components of a record: a type and a name.
func lastOfTwo(parts []string) string {
	if len(parts) < 2 {
		return ""
	}
	return parts[len(parts)-1]
}

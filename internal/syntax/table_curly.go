package syntax

// Languages that mark blocks with curly brackets and comments as C does.

var slashes = []rule{lineComment("//"), block("/*", "*/")}

// and returns the rules of one list and more of them.
func and(rules []rule, more ...rule) []rule {
	return append(append([]rule(nil), rules...), more...)
}

var (
	charLiteral = formed(character, String, "'")
	regexps     = formed(regexp, String, "/")
	caseLabels  = []string{"case", "default"}
	javascript  = and(slashes, quoted(`"`), quoted("'"), quoted("`").overLines().code("${"), regexps)
)

var curly = []spec{
	{
		ids: []string{"go", "golang"}, exts: []string{"go"},
		rules:  and(slashes, quoted(`"`), raw("`"), charLiteral),
		labels: caseLabels,
	},
	{
		ids: []string{"go.mod", "gomod"}, names: []string{"go.mod", "go.work"},
		rules: []rule{lineComment("//"), quoted(`"`), raw("`")},
	},
	{
		ids: []string{"rust"}, exts: []string{"rs"},
		rules: []rule{
			lineComment("//"), nesting("/*", "*/"),
			quoted(`"`).overLines(), charLiteral,
			formed(hashes, String, "r"), formed(hashes, String, "br"), formed(hashes, String, "cr"),
		},
	},
	{
		ids: []string{"typescript"}, family: "javascript", exts: []string{"ts", "mts", "cts"},
		rules: javascript, words: "$", labels: caseLabels,
	},
	{
		ids: []string{"typescriptreact", "tsx"}, family: "javascript", exts: []string{"tsx"},
		rules: javascriptWithMarkup, words: "$", labels: caseLabels,
	},
	{
		ids: []string{"javascript"}, exts: []string{"js", "mjs", "cjs"},
		rules: javascript, words: "$", labels: caseLabels,
	},
	{
		ids: []string{"javascriptreact", "jsx"}, family: "javascript", exts: []string{"jsx"},
		rules: javascriptWithMarkup, words: "$", labels: caseLabels,
	},
	{
		ids: []string{"java"}, exts: []string{"java"},
		rules: and(slashes, quoted(`"`), quoted(`"""`).overLines(), charLiteral), words: "$", labels: caseLabels,
	},
	{
		ids: []string{"c"}, family: "c", exts: []string{"c", "h"},
		rules: and(slashes, quoted(`"`), charLiteral), labels: caseLabels,
	},
	{
		ids: []string{"cpp", "c++", "cuda", "cuda-cpp"}, family: "c",
		exts: []string{"cpp", "cc", "cxx", "hpp", "hh", "hxx", "ipp", "inl", "cu", "cuh"},
		rules: and(slashes, quoted(`"`), charLiteral,
			formed(delimiter, String, `R"`), formed(delimiter, String, `LR"`), formed(delimiter, String, `uR"`),
			formed(delimiter, String, `UR"`), formed(delimiter, String, `u8R"`)),
		labels: caseLabels,
	},
	{
		ids: []string{"objective-c", "objc", "objective-cpp", "objcpp"}, family: "c", exts: []string{"m", "mm"},
		rules: and(slashes, quoted(`"`), charLiteral), labels: caseLabels,
	},
	{
		ids: []string{"csharp", "cs", "c_sharp", "c-sharp"}, exts: []string{"cs", "csx"},
		rules: and(slashes, quoted(`"`), charLiteral, raw(`"`).twice().from(`@"`), raw(`"`).twice().from(`$@"`),
			raw(`"`).twice().from(`@$"`), raw(`"""`)),
		labels: caseLabels,
	},
	{
		ids: []string{"php"}, exts: []string{"php", "phtml"},
		rules: and(slashes, rule{kind: Comment, open: "#", unless: "["}, quoted(`"`).overLines(),
			quoted("'").overLines(), formed(hereDocument, String, "<<<")),
		words: "$", labels: caseLabels,
	},
	{
		ids: []string{"kotlin"}, exts: []string{"kt", "kts"},
		rules: []rule{
			lineComment("//"), nesting("/*", "*/"), quoted(`"`).code("${"), raw(`"""`).code("${"), charLiteral, quotedName,
		},
	},
	{
		ids: []string{"swift"}, exts: []string{"swift"},
		rules: []rule{
			lineComment("//"), nesting("/*", "*/"), quoted(`"`).code(`\(`), quoted(`"""`).overLines().code(`\(`),
			formed(hashes, String, "#"), quotedName,
		},
		labels: caseLabels,
	},
	{
		ids: []string{"scala", "sbt"}, exts: []string{"scala", "sc", "sbt"},
		rules: []rule{
			lineComment("//"), nesting("/*", "*/"), quoted(`"`), raw(`"""`), charLiteral,
		},
		openers: []string{"=", "=>", ":", "then", "do", "else", "match", "try", "yield"},
	},
	{
		ids: []string{"dart"}, exts: []string{"dart"},
		rules: []rule{
			lineComment("//"), nesting("/*", "*/"), quoted(`"`).code("${"), quoted("'").code("${"),
			quoted(`"""`).overLines().code("${"), quoted("'''").overLines().code("${"),
			line(raw(`"`).from(`r"`)), line(raw("'").from("r'")), raw(`"""`).from(`r"""`), raw("'''").from("r'''"),
		},
		words: "$", labels: caseLabels,
	},
	{
		ids: []string{"zig"}, exts: []string{"zig", "zon"},
		rules: []rule{
			lineComment("//"), quoted(`"`), charLiteral, {kind: String, open: `\\`},
		},
	},
	{
		ids: []string{"groovy"}, exts: []string{"groovy", "gradle", "gvy"}, names: []string{"jenkinsfile"},
		rules: and(slashes, quoted(`"`).code("${"), quoted("'"), quoted(`"""`).overLines().code("${"), quoted("'''").overLines(),
			regexps),
		words: "$", labels: caseLabels,
	},
	{
		ids: []string{"proto", "proto3", "protobuf"}, exts: []string{"proto"},
		rules: and(slashes, quoted(`"`), quoted("'")),
	},
	{
		ids: []string{"solidity"}, exts: []string{"sol"},
		rules: and(slashes, quoted(`"`), quoted("'")), words: "$",
	},
	{
		ids: []string{"css"}, exts: []string{"css"},
		rules: []rule{block("/*", "*/"), quoted(`"`), quoted("'")}, tails: "-",
	},
	{
		ids: []string{"scss"}, family: "css", exts: []string{"scss"},
		rules: styles, tails: "-", words: "$",
	},
	{
		ids: []string{"less"}, family: "css", exts: []string{"less"},
		rules: styles, tails: "-",
	},
	{
		ids: []string{"terraform", "hcl", "tf", "terraform-vars", "opentofu"}, exts: []string{"tf", "tfvars", "hcl", "tofu"},
		rules: and(slashes, lineComment("#"), quoted(`"`).code("${"), formed(hereDocument, String, "<<")), tails: "-",
	},
	{
		ids: []string{"nix"}, exts: []string{"nix"},
		rules: []rule{
			lineComment("#"), block("/*", "*/"), quoted(`"`).overLines().code("${"), raw("''").code("${"),
		},
		tails: "-'", openers: []string{"=", "let", "in", ":", "rec", "then", "else"},
	},
}

// quotedName is a name between grave accents, which may be a keyword or, in
// Kotlin, hold blanks.
var quotedName = rule{kind: Word, form: onLine, open: "`", close: "`"}

// styles leaves the slashes of a URL alone.
var styles = []rule{
	{kind: Comment, open: "//", never: ":"}, block("/*", "*/"), quoted(`"`), quoted("'"),
}

// javascriptWithMarkup takes a quote for a string only where the line closes
// it, because the text between tags holds apostrophes.
var javascriptWithMarkup = and(slashes, closed(`"`), closed("'"), quoted("`").overLines().code("${"), regexps)

// closed is a string that must be closed on the line it begins on and does not
// touch a word before it; the quote means nothing otherwise.
func closed(q string) rule {
	return rule{kind: String, form: onLine, open: q, close: q, escape: '\\', never: letters}
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// line makes a string end with its line.
func line(r rule) rule { r.multi = false; return r }

// twice makes the closing mark written twice stand for itself.
func (r rule) twice() rule { r.doubles = true; return r }

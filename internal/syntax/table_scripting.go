package syntax

// Scripting languages, shells and languages that end a block with a word.

var (
	hash   = lineComment("#")
	spaced = hash.behind(" \t\n;") // a # inside a word is no comment
)

// quotes over lines, as most shells and scripting languages have them.
var (
	double   = quoted(`"`).overLines()
	single   = quoted("'").overLines()
	verbatim = raw("'") // in which a backslash means nothing
)

var scripting = []spec{
	{
		ids: []string{"python", "cython", "starlark"}, exts: []string{"py", "pyi", "pyx", "pyw", "bzl", "star"},
		names: []string{"build.bazel", "workspace.bazel", "sconstruct"},
		// A raw string ends where the same string would end without its prefix.
		rules:  []rule{hash, quoted(`"`), quoted("'"), quoted(`"""`).overLines(), quoted("'''").overLines()},
		indent: true, openers: []string{":"},
	},
	{
		ids: []string{"ruby"}, exts: []string{"rb", "rake", "gemspec", "ru"}, names: []string{"gemfile", "rakefile", "vagrantfile", "podfile"},
		rules: []rule{
			hash, pod("=begin", "=end"), double.code("#{").notBehind("$"), single.notBehind("$"),
			quoted("`").code("#{").notBehind("$"), regexps, formed(hereDocument, String, "<<"), // $' and $" are variables
		},
		words: "@", openers: []string{"then", "else", "begin", "ensure", "rescue"}, within: []string{"do"},
		starters: []string{"def", "class", "module", "if", "unless", "while", "until", "case", "for", "begin", "else", "elsif", "when", "rescue", "ensure"},
		enders:   []string{"end"},
	},
	{
		ids: []string{"crystal"}, exts: []string{"cr"},
		rules: []rule{hash, double.code("#{"), charLiteral, quoted("`").code("#{"), regexps},
		words: "@", openers: []string{"then", "else", "begin", "ensure", "rescue"}, within: []string{"do"},
		starters: []string{"def", "class", "module", "struct", "enum", "if", "unless", "while", "until", "case", "begin", "else", "elsif", "when", "rescue", "ensure"},
		enders:   []string{"end"},
	},
	{
		ids: []string{"lua", "luau"}, exts: []string{"lua", "luau"}, names: []string{".luacheckrc"},
		rules: []rule{
			lineComment("--"), formed(longBracket, Comment, "--["), quoted(`"`), quoted("'"), formed(longBracket, String, "["),
		},
		openers: []string{"then", "do", "else", "repeat"}, within: []string{"function", "then", "do", "repeat"}, enders: []string{"end", "until"},
	},
	{
		ids:  []string{"shellscript", "sh", "bash", "zsh", "ksh", "shell"},
		exts: []string{"sh", "bash", "zsh", "ksh", "bats", "ebuild"}, names: []string{".bashrc", ".zshrc", ".profile", ".bash_profile", "pkgbuild", ".envrc"},
		rules: []rule{
			spaced, double.code("$("), verbatim, single.from("$'"), escape,
			{kind: String, form: hereDocument, open: "<<", never: "<", multi: true},
			{kind: String, form: hereDocument, open: "<< ", never: "<", multi: true},
		},
		openers: []string{"then", "do", "else", "in"}, within: []string{"then", "do"}, enders: []string{"fi", "done", "esac"},
	},
	{
		ids: []string{"fish"}, exts: []string{"fish"},
		rules:    []rule{spaced, double, single, escape},
		starters: []string{"function", "if", "while", "for", "switch", "begin", "else", "case"}, enders: []string{"end"},
	},
	{
		ids: []string{"perl", "raku"}, exts: []string{"pl", "pm", "t", "raku"},
		rules: []rule{
			hash.behind(" \t\n;{}()"), pod("=pod", "=cut"), pod("=head", "=cut"),
			double, single, regexps, formed(hereDocument, String, "<<"),
			{kind: Punct, form: oneCharacter, open: "$"}, // $' and $" are variables
		},
	},
	{
		ids: []string{"r", "rmd"}, exts: []string{"r"}, names: []string{".rprofile"},
		rules: []rule{hash, double, single, raw("`")}, tails: ".",
	},
	{
		ids: []string{"julia"}, exts: []string{"jl"},
		rules: []rule{
			hash, nesting("#=", "=#"), double.code("$("), quoted(`"""`).overLines().code("$("), charLiteral, quoted("`").overLines(),
		},
		tails: "!", starters: []string{
			"function", "if", "for", "while", "begin", "let", "struct", "mutable", "module", "try", "macro", "quote", "else", "elseif", "catch", "finally",
		},
		within: []string{"do"}, enders: []string{"end"},
	},
	{
		ids: []string{"elixir"}, exts: []string{"ex", "exs"}, names: []string{"mix.lock"},
		rules: []rule{
			hash, double.code("#{"), single.code("#{"), quoted(`"""`).overLines().code("#{"), quoted("'''").overLines().code("#{"),
			formed(oneCharacter, String, "?").behind(" \t\n([{,"), // where a value may stand; an operator otherwise
		},
		words: "@", openers: []string{"do", "->", "else", "rescue", "after"}, within: []string{"fn"}, enders: []string{"end"},
	},
	{
		ids: []string{"erlang"}, exts: []string{"erl", "hrl", "escript"}, names: []string{"rebar.config"},
		rules: []rule{lineComment("%"), double, single, {kind: String, form: oneCharacter, open: "$"}},
		words: "@", openers: []string{"->", "of", "begin", "try", "catch", "after"},
	},
	{
		ids: []string{"nim"}, exts: []string{"nim", "nims", "nimble"},
		rules: []rule{
			hash, nesting("#[", "]#"), quoted(`"`), raw(`"""`), line(raw(`"`).twice().from(`r"`)), charLiteral,
		},
		indent: true, openers: []string{":", "="}, starters: []string{"type", "var", "let", "const"},
	},
	{
		ids: []string{"powershell"}, exts: []string{"ps1", "psm1", "psd1"},
		rules: []rule{
			spaced, block("<#", "#>"), tick(double.code("$(")), verbatim.twice(),
			{kind: String, open: `@"`, close: `"@`, multi: true, alone: true},
			{kind: String, open: "@'", close: "'@", multi: true, alone: true},
			{kind: Punct, form: oneCharacter, open: "`"},
		},
		words: "$", tails: "-",
	},
	{
		ids: []string{"makefile", "make", "mk"}, exts: []string{"mk", "mak"}, names: []string{"makefile", "gnumakefile"},
		rules: []rule{hash, closed(`"`), closed("'"), escape}, tails: "-",
		openers: []string{":", "define"},
	},
	{
		ids: []string{"dockerfile", "docker"}, exts: []string{"dockerfile"}, names: []string{"dockerfile", "containerfile"},
		rules: []rule{{kind: Comment, open: "#", first: true}, closed(`"`), closed("'")},
	},
	{
		ids: []string{"cmake"}, exts: []string{"cmake"}, names: []string{"cmakelists.txt"},
		rules:    []rule{hash, double, formed(longBracket, Comment, "#["), formed(longBracket, String, "[")},
		starters: []string{"if", "foreach", "function", "macro", "while", "else", "elseif"},
	},
	{
		ids: []string{"vim", "viml"}, exts: []string{"vim"}, names: []string{".vimrc", "_vimrc"},
		// A quote begins a comment where a command may stand; behind that it is a string where the line closes it.
		rules:    []rule{{kind: Comment, open: `"`, first: true}, closed(`"`), {kind: String, form: onLine, open: "'", close: "'"}},
		starters: []string{"function", "function!", "if", "for", "while", "try", "else", "elseif", "catch", "augroup", "def"},
		enders:   []string{"endif", "endfor", "endwhile", "endfunction", "endtry"},
	},
	{
		ids: []string{"awk"}, exts: []string{"awk"},
		rules: []rule{hash, quoted(`"`), regexps},
	},
}

// escape is a character that a backslash takes the meaning from.
var escape = rule{kind: Punct, form: oneCharacter, open: `\`}

// tick makes the grave accent the escape character, as in PowerShell.
func tick(r rule) rule { r.escape = '`'; return r }

// pod is a comment whose marks stand at the start of a line.
func pod(open, end string) rule {
	return rule{kind: Comment, open: open, close: end, multi: true, alone: true, after: "\n"}
}

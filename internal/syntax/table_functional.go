package syntax

// Functional languages and SQL.

var functional = []spec{
	{
		ids: []string{"haskell"}, exts: []string{"hs", "lhs", "hsc"},
		rules: []rule{lineComment("--"), nesting("{-", "-}"), quoted(`"`), charLiteral},
		tails: "'", indent: true, openers: []string{"where", "do", "of", "=", "->", "let", "then", "else"},
	},
	{
		ids: []string{"purescript", "elm"}, exts: []string{"purs", "elm"},
		rules: []rule{lineComment("--"), nesting("{-", "-}"), quoted(`"`), raw(`"""`), charLiteral},
		tails: "'", indent: true, openers: []string{"where", "do", "of", "=", "->", "let", "then", "else", "in"},
	},
	{
		ids: []string{"clojure", "clojurescript", "edn"}, exts: []string{"clj", "cljs", "cljc", "edn", "bb"},
		rules: []rule{lineComment(";"), double, {kind: String, form: oneCharacter, open: `\`}},
		words: "-*+!?<>=&", tails: "'./",
	},
	{
		ids: []string{"lisp", "commonlisp", "elisp", "emacs-lisp", "scheme", "racket"}, exts: []string{"lisp", "el", "scm", "rkt", "cl"},
		rules: []rule{lineComment(";"), nesting("#|", "|#"), double, {kind: String, form: oneCharacter, open: `#\`}},
		words: "-*+!?<>=&", tails: "./",
	},
	{
		ids: []string{"fsharp"}, exts: []string{"fs", "fsi", "fsx"},
		rules: []rule{
			lineComment("//"), nesting("(*", "*)"), quoted(`"`).overLines(), raw(`"""`), raw(`"`).twice().from(`@"`), charLiteral,
		},
		tails: "'", indent: true, openers: []string{"=", "->", "then", "else", "do", "with", "try"},
	},
	{
		ids: []string{"ocaml", "reason", "ocaml.interface"}, exts: []string{"ml", "mli"},
		rules: []rule{nesting("(*", "*)"), quoted(`"`).overLines(), charLiteral, {kind: String, open: "{|", close: "|}", multi: true}},
		tails: "'", openers: []string{"=", "->", "then", "else", "do", "with", "struct", "sig", "begin", "function", "in", "try"},
	},
	{
		ids: []string{"sql", "mysql", "pgsql", "postgres", "plsql", "tsql", "sqlite"}, exts: []string{"sql", "ddl", "psql"},
		// A backslash is an escape in MySQL alone; the standard writes the quote twice.
		rules:   []rule{lineComment("--"), block("/*", "*/"), verbatim.twice(), raw(`"`).twice(), line(raw("`").twice())},
		openers: []string{"begin", "BEGIN", "then", "THEN", "loop", "LOOP", "else", "ELSE", "as", "AS"},
	},
	{
		ids: []string{"graphql"}, exts: []string{"graphql", "gql"},
		rules: []rule{hash, quoted(`"`), raw(`"""`)}, words: "$",
	},
}

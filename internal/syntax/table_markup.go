package syntax

// Markup, data and configuration. Prose holds apostrophes, so most of these
// take a quote for a string only where one is sure to stand.

var (
	markupComment = block("<!--", "-->")
	attributeRule = []rule{markupComment, raw(`"`).behind("="), raw("'").behind("=")}

	// component is a file with markup, script and style in it: the script's
	// strings, but only where they are closed on their line.
	component = []rule{
		lineCommentNotURL, markupComment, block("/*", "*/"), closed(`"`), closed("'"), quoted("`").overLines().code("${"),
	}
	lineCommentNotURL = rule{kind: Comment, open: "//", never: ":\"'"}
)

var markup = []spec{
	{ids: []string{"html", "handlebars", "htmldjango", "jinja-html", "eruby", "erb"}, exts: []string{"html", "htm", "xhtml", "hbs", "erb"}, rules: attributeRule, tails: "-"},
	{
		ids: []string{"xml", "xsl", "svg"}, exts: []string{"xml", "xsl", "xslt", "xsd", "svg", "plist", "csproj", "fsproj", "vbproj", "props", "targets", "wsdl"},
		rules: append([]rule{{kind: String, open: "<![CDATA[", close: "]]>", multi: true}}, attributeRule...), tails: "-",
	},
	{ids: []string{"vue"}, exts: []string{"vue"}, rules: component, words: "$", tails: "-"},
	{ids: []string{"svelte", "astro"}, exts: []string{"svelte", "astro"}, rules: component, words: "$"},
	{ids: []string{"markdown", "mdx", "quarto"}, exts: []string{"md", "markdown", "mdx", "qmd"}, names: []string{"readme", "changelog"}, rules: []rule{markupComment}},
	{ids: []string{"restructuredtext", "rst"}, exts: []string{"rst"}},
	{
		ids: []string{"latex", "tex", "bibtex", "plaintex", "context"}, exts: []string{"tex", "sty", "cls", "bib", "ltx"},
		rules: []rule{lineComment("%"), escape},
	},
	{ids: []string{"json"}, exts: []string{"json", "webmanifest", "geojson", "ipynb"}, names: []string{".eslintrc", ".prettierrc"}, rules: []rule{quoted(`"`)}},
	{ids: []string{"jsonc", "json5", "jsonl"}, family: "json", exts: []string{"jsonc", "json5", "jsonl", "code-workspace"}, names: []string{"tsconfig.json"}, rules: and(slashes, quoted(`"`), quoted("'"))},
	{
		ids: []string{"yaml", "yml", "dockercompose", "helm"}, exts: []string{"yaml", "yml"}, names: []string{".clang-format"},
		// Quotes over lines are rare, and apostrophes in block scalars are not.
		rules: []rule{spaced, quoted(`"`).behind(value), line(verbatim.twice().behind(value))},
		tails: "-", indent: true, openers: []string{":", "|", ">", "|-", ">-"},
	},
	{
		ids: []string{"toml"}, exts: []string{"toml"}, names: []string{"cargo.lock", "poetry.lock", "pipfile"},
		rules: []rule{hash, quoted(`"`), line(raw("'")), quoted(`"""`).overLines(), raw("'''")},
		tails: "-",
	},
	{
		ids: []string{"ini", "properties", "dosini", "editorconfig", "gitconfig", "systemd", "desktop"}, exts: []string{"ini", "cfg", "conf", "properties", "service", "desktop"},
		names: []string{".editorconfig", ".gitconfig", ".npmrc"},
		rules: []rule{{kind: Comment, open: "#", first: true}, {kind: Comment, open: ";", first: true}, closed(`"`)}, tails: "-",
	},
	{ids: []string{"ignore", "gitignore"}, names: []string{".gitignore", ".dockerignore", ".claude-lsp-ignore"}, rules: []rule{{kind: Comment, open: "#", first: true}}},
	{ids: []string{"dotenv"}, exts: []string{"env"}, names: []string{".env"}, rules: []rule{spaced, double, single}},
}

// value is what stands before a quoted value.
const value = " \t\n[{(,:="

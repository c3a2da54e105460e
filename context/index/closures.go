package index

import (
	"cmp"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// scripts are the languages in which what a function returns often has
// functions for its methods that are named in its body.
var scripts = map[string]bool{
	"javascript": true, "javascriptreact": true, "typescript": true, "typescriptreact": true, "vue": true, "svelte": true,
}

// maxClosure is the longest line that is taken for one, in bytes.
const maxClosure = 200

// withClosures adds the named functions that stand in the bodies of others to
// an outline. They have the name of the function for their scope, and the line
// they begin on for all of them.
func withClosures(outline []syntax.Symbol, text string) []syntax.Symbol {
	var found []syntax.Symbol
	next, open := 0, -1 // the first symbol that begins behind a line, and the function that the line stands in
	at := 0
	for line := range strings.Lines(text) {
		from := at
		at += len(line)
		for next < len(outline) && outline[next].From <= from {
			if k := outline[next].Kind; k == syntax.Function || k == syntax.Method || k == syntax.Constant || k == syntax.Variable {
				open = next
			}
			next++
		}
		if open < 0 || outline[open].End < at || outline[open].To >= from || len(line) > maxClosure {
			continue
		}
		line = strings.TrimRight(line, "\r\n")
		name := closure(line)
		if name == "" {
			continue
		}
		o := &outline[open]
		scope := o.Name
		if o.Scope != "" {
			scope = o.Scope + "." + o.Name
		}
		found = append(found, syntax.Symbol{Kind: syntax.Function, Name: name, Scope: scope, From: from, To: from + len(line), End: from + len(line)})
	}
	if found == nil {
		return outline
	}
	out := slices.Concat(outline, found)
	slices.SortStableFunc(out, func(a, b syntax.Symbol) int { return cmp.Compare(a.From, b.From) })
	return out
}

// closure returns the name of the function that begins on a line, "" for none.
func closure(line string) string {
	rest := strings.TrimLeft(line, " \t")
	if rest == line { // no deeper than the file itself
		return ""
	}
	word, rest := cutName(rest)
	if word == "async" {
		word, rest = cutName(strings.TrimLeft(rest, " "))
	}
	switch word {
	case "function":
		name, rest := cutName(strings.TrimLeft(rest, " *"))
		if strings.HasPrefix(rest, "(") || strings.HasPrefix(rest, "<") {
			return name
		}
	case "const", "let":
		name, rest := cutName(strings.TrimLeft(rest, " "))
		_, value, ok := strings.Cut(rest, "= ")
		value = strings.TrimPrefix(value, "async ")
		if ok && (strings.HasPrefix(value, "(") || strings.HasPrefix(value, "function") || strings.HasPrefix(value, "<") || strings.Contains(value, "=> ")) {
			return name
		}
	}
	return ""
}

// cutName takes the identifier from the start of a text.
func cutName(text string) (name, rest string) {
	n := 0
	for n < len(text) && (inName(text[n]) || text[n] == '$') {
		n++
	}
	return text[:n], text[n:]
}

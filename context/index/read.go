package index

import (
	"path"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// Read returns what is known of a file with this text. It is a pure function,
// and what it returns keeps nothing of text alive.
func Read(file, language, text string) *Entry {
	e := &Entry{Path: file, Language: language, Bytes: len(text), Words: words(text)}
	l := syntax.ByID(language)
	outline, imports := l.Outline(text), l.Imports(text)
	if scripts[language] {
		outline = withClosures(outline, text)
	}
	if name := module(file, text); name != "" {
		outline = []syntax.Symbol{{Kind: syntax.Module, Name: name}}
	}

	// One string holds all that is kept, and each name is a part of it: a
	// thousand small strings cost more for themselves than for their bytes.
	var k keeper
	line := lineCounter{text: text, line: 1}
	e.Symbols = make([]Symbol, 0, len(outline))
	scopes := map[string]string{}
	for _, s := range outline {
		scope, known := scopes[s.Scope]
		if !known {
			scope = strings.Clone(s.Scope)
			scopes[scope] = scope
		}
		first := line.at(s.From)
		e.Symbols = append(e.Symbols, Symbol{
			Kind: s.Kind, Scope: scope, Line: first, End: first + breaks(text[s.From:max(s.End, s.From)]),
		})
		k.add(text[s.From:s.To])
	}
	signatures := k.strings()
	for i := range e.Symbols {
		s := &e.Symbols[i]
		s.Signature = signatures[i]
		if at := strings.Index(s.Signature, outline[i].Name); at >= 0 {
			s.Name = s.Signature[at : at+len(outline[i].Name)]
		} else {
			s.Name = strings.Clone(outline[i].Name)
		}
	}
	for _, m := range imports {
		m.Path = strings.Clone(m.Path)
		names := make([]string, len(m.Names))
		for i, name := range m.Names {
			names[i] = strings.Clone(name)
		}
		m.Names = names
		e.Imports = append(e.Imports, m)
	}
	e.Lines = line.at(len(text))
	return e
}

// A keeper copies strings into one.
type keeper struct {
	all  strings.Builder
	ends []int
}

func (k *keeper) add(s string) {
	k.all.WriteString(s)
	k.ends = append(k.ends, k.all.Len())
}

func (k *keeper) strings() []string {
	all, from := k.all.String(), 0
	all = strings.Clone(all) // the builder's room may be twice as large
	list := make([]string, len(k.ends))
	for i, end := range k.ends {
		list[i], from = all[from:end], end
	}
	return list
}

// A lineCounter tells lines of rising offsets.
type lineCounter struct {
	text string
	from int
	line int
}

func (c *lineCounter) at(offset int) int {
	if offset < c.from {
		c.from, c.line = 0, 1
	}
	c.line += breaks(c.text[c.from:offset])
	c.from = offset
	return c.line
}

// breaks counts the line breaks of a text: \n, \r\n and \r alone.
func breaks(text string) int {
	n := strings.Count(text, "\n")
	if strings.IndexByte(text, '\r') >= 0 {
		n += strings.Count(text, "\r") - strings.Count(text, "\r\n")
	}
	return n
}

// module returns the name by which other files import what lies in the folder
// of a manifest, "" for other files.
func module(file, text string) string {
	switch path.Base(file) {
	case "go.mod":
		return strings.Trim(setting(text, "module "), `"`)
	case "package.json":
		return strings.Trim(setting(text, `"name":`), `", `)
	case "Cargo.toml":
		name, ok := strings.CutPrefix(setting(text, "name"), "=")
		if !ok {
			return ""
		}
		return strings.ReplaceAll(strings.Trim(name, `" `), "-", "_")
	}
	return ""
}

// setting returns what stands behind a key on the first line that begins with
// it.
func setting(text, key string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), key); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

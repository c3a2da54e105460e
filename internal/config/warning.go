package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A Warning is about one value that was not used as it was written, or that
// does nothing yet. It never repeats a value.
type Warning struct {
	Source string // a file's path, "editor" or "environment"
	Line   int    // in the file, from 1; 0 where there is none
	Column int    // of a file that is not TOML, from 1 and in bytes; otherwise 0
	Key    string // the setting's full name or the variable's; "" where it is about the source as a whole
	Text   string // a sentence for the user that names the key
	Notice bool   // nothing is wrong: it can wait in the log
}

// The sources that are no files.
const (
	SourceEditor      = "editor"
	SourceEnvironment = "environment"
)

// String puts the place before the text, in the form that editors make a link
// of.
func (w Warning) String() string {
	var b strings.Builder
	b.WriteString(w.Source)
	if w.Line > 0 {
		fmt.Fprintf(&b, ":%d", w.Line)
	}
	if w.Column > 0 {
		fmt.Fprintf(&b, ":%d", w.Column)
	}
	b.WriteString(": ")
	b.WriteString(w.Text)
	return b.String()
}

// maxWarnings bounds what one source can have said about it.
const maxWarnings = 50

// inOrder sorts warnings by source and place and leaves out repeated ones.
func inOrder(all []Warning) []Warning {
	slices.SortFunc(all, func(a, b Warning) int {
		return cmp.Or(cmp.Compare(rank(a.Source), rank(b.Source)), cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Key, b.Key), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(all)
}

// rank puts files before what has no lines.
func rank(source string) int {
	switch source {
	case SourceEditor:
		return 1
	case SourceEnvironment:
		return 2
	}
	return 0
}

// shown is a key as it can be shown: what a stranger's file calls a key may be
// very long, or an attack on the terminal.
func shown(key string) string {
	const most = 80
	key = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, key)
	if runes := []rune(key); len(runes) > most {
		key = string(runes[:most]) + "…"
	}
	return key
}

// Package index knows what stands in each file of a workspace: signatures,
// imports, words. It finds; what is found it does not judge (package rank does).
package index

import "github.com/claude-lsp/claude-lsp/internal/syntax"

// An Entry is what is known of one file. It is immutable once it was put into
// an Index.
type Entry struct {
	Path     string // as in prompts: relative to its workspace folder, with slashes
	Language string // LSP language id
	Bytes    int    // of the text
	Lines    int
	Symbols  []Symbol // in order of their lines
	Imports  []Import
	Words    []Word // each once, in order of Hash
}

// A Symbol is a definition.
type Symbol struct {
	Kind      syntax.SymbolKind
	Name      string
	Scope     string // the definitions that it stands in, outermost first, joined by dots
	Line, End int    // the first and the last line of the whole definition, from 1, both within
	Signature string // the lines of its head as they stand in the file, without secrets
}

// Owner returns the name of the type or module that a symbol is a member of,
// "" for none.
func (s *Symbol) Owner() string { return last(s.Scope, '.') }

// A Word is an identifier as it is written, or a part of one in lower case, and
// how often it occurs in a file.
type Word struct {
	Hash  uint32 // see Hash
	Count uint16
}

// Package rank finds what of a workspace a place needs: first the definition
// of what is about to be used there, then what stands around it.
package rank

import (
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// A Query is a place that something is to be found for.
type Query struct {
	Doc    *document.Document
	At     document.Offset
	Path   string  // of Doc, as in prompts
	Others []Other // other open documents, the most recently edited or seen first
	Recent trail.Recent
	Line   int // bytes that Ranking.Line may have
	Bulk   int // bytes that Ranking.Bulk may have; with 0 it is not made

	// Shown reports whether a signature of a file is in the window already: Line
	// goes without it. nil: nothing is shown.
	Shown func(path, signature string) bool

	// Yield is called again and again while the ranking is made, and returns when
	// it may go on: there may be something that matters more. nil: nothing does.
	Yield func()
}

// Other is a document beside the one that is being completed, which may be
// shown to the model.
type Other struct {
	Doc  *document.Document
	Path string // as Query.Path
}

// A Ranking is what was found, the most needed first. No two passages overlap,
// and none stands in Query.Doc.
type Ranking struct {
	Line  []Passage // what the very line at the place needs: changes from key to key
	Bulk  []Passage // what the document needs; it may hold what Line holds too
	Whole bool      // Bulk is the whole workspace
}

// A Passage is a range of whole lines of one file, as they stand there: secrets
// are for the caller to take out.
type Passage struct {
	Path                string
	FirstLine, LastLine int // from 1, both within; both are 0 for the whole file
	Text                string
	Picked              bool   // Text has only some lines of the range: signatures, each as it stands there
	Reason              string // in one word: see the Reason constants
}

// The reasons for which a passage is in a ranking.
const (
	ReasonDefinition = "definition" // it defines a name near the place, or one that fits there
	ReasonImported   = "imported"   // a signature of a file that the document imports
	ReasonSibling    = "sibling"    // a signature of a file of the same folder
	ReasonNear       = "near"       // a signature of a file some imports away
	ReasonSimilar    = "similar"    // its text is like that round the place
	ReasonOpen       = "open"       // the document is open
	ReasonEdited     = "edited"     // it was edited a moment ago
	ReasonSeen       = "seen"       // it was looked at a moment ago
	ReasonWhole      = "whole"      // the workspace fits into the window, so all of it is there
)

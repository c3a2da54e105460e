// Package doccontext decides what the model gets to see: the text round the
// cursor, and what of the workspace and the other documents belongs beside it.
//
// It takes text from documents and files, has every piece of it cleaned of
// secrets by the function it was handed, and counts in tokens. Nothing here
// knows a protocol, a provider or a prompt.
package doccontext

import (
	"hash/maphash"
	"strings"

	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// Options is what a Collector needs. The zero value works, and redacts nothing.
type Options struct {
	// Redact returns text without its secrets; path says where the text
	// stands. It must give the same result for the same arguments. It should
	// keep line breaks, so that line n of the result is line n of text; where
	// it does not, the lines round the cursor are cleaned one part at a time.
	// nil leaves text as it is.
	Redact func(path, text string) string

	// Tokens counts; nil means an estimator of its own.
	Tokens *tokens.Estimator

	// CacheBytes bounds what is kept of cleaned text between requests; 0 means
	// 16 MiB.
	CacheBytes int
}

// A Collector makes windows. It is safe for concurrent use.
//
// What it remembers only saves work: the same request gives the same window,
// whatever was asked before.
type Collector struct {
	redact func(path, text string) string
	tokens *tokens.Estimator
	unit   *tokens.Estimator // counts what is remembered; see scale
	probed int               // what unit makes of probe

	seed   maphash.Seed
	chunks *recent[chunkKey, cleaned]
	heads  *recent[headKey, Block]
}

// New returns a Collector that remembers nothing yet.
func New(o Options) *Collector {
	if o.Redact == nil {
		o.Redact = func(_, text string) string { return text }
	}
	if o.Tokens == nil {
		o.Tokens = tokens.NewEstimator()
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = 16 << 20
	}
	unit := tokens.NewEstimator()
	return &Collector{
		redact: o.Redact,
		tokens: o.Tokens,
		unit:   unit,
		probed: int(unit.Count("", probe)),
		seed:   maphash.MakeSeed(),
		chunks: newRecent[chunkKey, cleaned](o.CacheBytes / 2),
		heads:  newRecent[headKey, Block](o.CacheBytes / 2),
	}
}

// A Request asks for the window of one place in one version of a document.
type Request struct {
	Doc    *document.Document
	At     document.Offset // the cursor
	Path   string          // of Doc, as the model sees it: relative to its workspace folder, with slashes
	Others []Other         // other open documents, the most recently edited or seen first
	Recent trail.Recent    // what the person did a moment ago
	Budget tokens.Count    // upper bound of the window; 0 or less gives an empty one
}

// Other is a document beside the one that is being completed, which may be
// shown to the model.
type Other = rank.Other

// A Window is what the model gets to see for one request, without secrets.
type Window struct {
	Blocks []Block // the workspace, then what of the document is far from the cursor, in an order that typing does not change
	Near   []Part  // what this very line may need
	Notes  string  // recent edits and refused suggestions, as text
	Before string  // text before the cursor, from the beginning of a line
	After  string  // text after the cursor, to the end of a line

	// Tokens is what all of it costs, with a little for the heading of each
	// block. It is never above the budget.
	Tokens tokens.Count
}

// A Block is what a window has of one file or several. Equal IDs mean equal
// Side and Parts.
type Block struct {
	ID         string // digest of Side and Parts
	Side       Side
	Parts      []Part
	Tokens     tokens.Count // of all parts, with their headings
	Breakpoint bool         // the window up to here stays as it is while the user types
}

// A Side says on which side of the cursor a block of the document itself lies;
// blocks of other files have none. The blocks above come, in order, to where
// Before begins; those below go on from where After ends.
type Side string

// The sides.
const (
	Above Side = "above"
	Below Side = "below"
)

// A Part is a range of lines of one file, without secrets, and why it is there.
type Part struct {
	Path      string
	FirstLine int // the lines that Text was made of, counted from 1 as people do, when it was made;
	LastLine  int // the last one is within; both are 0 where Text is the whole file
	Text      string
	Tokens    tokens.Count // with its heading
	Reason    string       // in one word: see the Reason constants
}

// The reasons for which a block is in a window.
const (
	ReasonOpen           = "open"            // the document is open
	ReasonRecentlyEdited = "recently_edited" // it was also changed since it was opened
)

// Window chooses what the model gets to see. It is a pure function of the
// request, Options.Redact and the state of Options.Tokens.
//
// The current line is there whole, unless it alone is above the budget; then
// it is cut at both ends. Three quarters of the rest go to the lines before it
// and one quarter to the lines after it, and what one side does not use the
// other one gets. Other documents get a quarter of the budget where they need
// it, and what the document itself leaves.
//
// Its cost grows with the budget and not with the size of the documents.
func (c *Collector) Window(r Request) Window {
	if r.Doc == nil || r.Budget <= 0 {
		return Window{}
	}
	s := c.scale()
	others := pool{c, s, c.members(r), r.Budget}
	reserve := min(r.Budget/4, others.need())

	n := c.near(r, s.down(r.Budget-reserve))
	used := s.up(n.tokens)

	blocks := others.blocks(max(reserve, stepDown(r.Budget-used, r.Budget/16)))
	for _, b := range blocks {
		used += b.Tokens
	}
	return Window{Blocks: blocks, Before: n.before, After: n.after, Tokens: used}
}

// stepDown rounds n down to a multiple of step. Shares of the budget move in
// steps, so that one more line in the document, or a correction of the
// estimate by a thousandth, does not cut every block anew and spoil the
// provider's prompt cache.
func stepDown(n, step tokens.Count) tokens.Count {
	if n <= 0 {
		return 0
	}
	return n - n%max(step, 1)
}

// A scale turns remembered counts into the estimator's present ones.
//
// Counting a window anew costs more than all the rest of making it, and the
// estimator changes its mind a little after every answer. So counts are
// remembered as an estimator without experience makes them, and corrected as a
// whole; both conversions err to the safe side. The correction is the same for
// every language.
type scale struct{ num, den int }

// probe is counted by both estimators: long, so that rounding does not matter.
var probe = strings.Repeat("0123456789abcde\n", 256)

func (c *Collector) scale() scale {
	return scale{max(int(c.tokens.Count("", probe)), 1), max(c.probed-1, 1)}
}

func (s scale) up(units tokens.Count) tokens.Count {
	return tokens.Count((int(units)*s.num + s.den - 1) / s.den)
}

func (s scale) down(count tokens.Count) tokens.Count {
	return tokens.Count(int(count) * s.den / s.num)
}

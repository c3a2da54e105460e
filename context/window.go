// Package doccontext decides what the model gets to see: the text round the
// cursor, and what of the workspace and the other documents belongs beside it.
//
// It takes text from documents and files, has every piece of it cleaned of
// secrets by the function it was handed, and counts in tokens. Nothing here
// knows a protocol, a provider or a prompt.
package doccontext

import (
	"context"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/redact"
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

	// Secret reports whether a file holds secrets, by its path or its URI: it is
	// never shown beside another. nil is redact.SecretFile.
	Secret func(path string) bool

	// Tokens counts; nil means an estimator of its own.
	Tokens *tokens.Estimator

	// CacheBytes bounds what is kept of cleaned text between requests; 0 means
	// 16 MiB. What is frozen for documents is bounded apart, see maxDeskBytes.
	CacheBytes int

	// Rank finds what of the workspace a place needs. It should return what it
	// has when its context ends. nil: there is no workspace, and the other open
	// documents stand in its place.
	Rank func(ctx context.Context, q rank.Query) rank.Ranking

	// Notes writes down, in at most limit bytes, what the person did a moment ago
	// that matters in a line of a document, counted from 0. nil is
	// trail.Recent.Notes.
	Notes func(recent trail.Recent, path string, line, limit int) string

	// Now tells the time, by which it is known what a provider's cache has
	// forgotten. nil stands still.
	Now func() time.Time
}

// A Collector makes windows. It is safe for concurrent use.
//
// It remembers how the windows of a document were laid out, so that the next one
// differs by little: the same request may have other borders between its blocks
// after another history, but always the same text of the document. Close must be
// called where Options.Rank is set.
type Collector struct {
	redact func(path, text string) string
	secret func(path string) bool
	tokens *tokens.Estimator
	unit   *tokens.Estimator // counts what is remembered; see scale
	probed int               // what unit makes of probe

	seed   maphash.Seed
	chunks *recent[chunkKey, cleaned]
	heads  *recent[headKey, Block]

	rank  func(context.Context, rank.Query) rank.Ranking
	notes func(trail.Recent, string, int, int) string
	now   func() time.Time
	desks desks
	after time.Duration // rankAfter, or nothing in tests

	born    time.Time
	pressed atomic.Int64 // when the last key was typed, since born

	ctx     context.Context // of what runs in the background
	stop    context.CancelFunc
	closing sync.Mutex // held while something is started
	running sync.WaitGroup
}

// New returns a Collector that remembers nothing yet.
func New(o Options) *Collector {
	if o.Redact == nil {
		o.Redact = func(_, text string) string { return text }
	}
	if o.Secret == nil {
		o.Secret = redact.SecretFile
	}
	if o.Tokens == nil {
		o.Tokens = tokens.NewEstimator()
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = 16 << 20
	}
	if o.Notes == nil {
		o.Notes = trail.Recent.Notes
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Time{} }
	}
	unit := tokens.NewEstimator()
	ctx, stop := context.WithCancel(context.Background())
	return &Collector{
		rank: o.Rank, notes: o.Notes, now: o.Now,
		ctx: ctx, stop: stop, after: rankAfter, born: time.Now(),

		redact: o.Redact,
		secret: o.Secret,
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
	Given  []Given         // what the editor wants to be shown, the most important first
	Budget tokens.Count    // upper bound of the window; 0 or less gives an empty one

	// Pause says that something has come to an end: the document was opened or
	// saved, or its user has come back to it. It is a good moment to freeze the
	// workspace anew.
	Pause bool
	// Known says that the request is answered without a window: it is counted, and
	// nothing is ranked for it.
	Known bool
	// Blind says that the cursor is not known, as when a document was only opened:
	// what is frozen then is chosen for its beginning.
	Blind bool
	// Wait is how long Window waits for the workspace to be frozen, and for no
	// longer than a ranking may take where it is. Below 0 it has the place ranked
	// now, at leisure, and waits for that.
	Wait time.Duration
}

// Other is a document beside the one that is being completed, which may be
// shown to the model.
type Other = rank.Other

// Recent is what the person did a moment ago.
type Recent = trail.Recent

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
	Picked    bool         // Text has only some of these lines: signatures
	Tokens    tokens.Count // with its heading
	Reason    string       // in one word: see the Reason constants
}

// The reasons for which a block is in a window.
const (
	ReasonOpen           = "open"            // the document is open
	ReasonRecentlyEdited = "recently_edited" // it was also changed since it was opened
	ReasonGiven          = "given"           // the editor handed it in with the request
	ReasonDocument       = "document"        // it is the document itself, far from the cursor
)

// Window chooses what the model gets to see. It only puts together what is there:
// the frozen blocks, what the last ranking found, and the text round the cursor.
//
// The current line is there whole, unless it alone is above the budget; then
// it is cut at both ends. Three quarters of the rest go to the lines before it
// and one quarter to the lines after it, and what one side does not use the
// other one gets. How the budget is divided between the document and the
// workspace says shareOf. Where nothing is frozen other open documents get a
// quarter of the budget where they need it, and what the document leaves.
//
// Its cost grows with the budget and not with the size of the documents.
func (c *Collector) Window(r Request) Window {
	if r.Doc == nil || r.Budget <= 0 {
		return Window{}
	}
	d := c.desks.get(r.Doc, r.Path)
	if c.rank != nil {
		c.await(d, r)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = c.now()

	s, sh := c.scale(), shareOf(r.Budget)
	near, used := c.given(r, s, sh.line/2)
	w := Window{Near: append(near, c.lineParts(d, s, sh.line-used)...)}
	for _, p := range w.Near {
		w.Tokens += p.Tokens
	}
	if text, n := c.recentNotes(r, s, sh.notes); n <= sh.notes {
		w.Notes, w.Tokens = text, w.Tokens+n
	}
	if d.epoch == nil {
		c.withOthers(&w, d, r, s)
	} else {
		c.withWorkspace(&w, d, r, s, sh)
	}
	return w
}

// recentNotes is what the person did a moment ago, without secrets, and what it
// costs.
func (c *Collector) recentNotes(r Request, s scale, limit tokens.Count) (string, tokens.Count) {
	text := c.notes(r.Recent, r.Path, r.Doc.LineAt(r.At), size(s.down(limit)))
	if text == "" {
		return "", 0
	}
	text = c.redact(r.Path, text)
	return text, s.up(c.unit.Count("", text) + headingTokens)
}

// withOthers fills a window in which other open documents stand for the
// workspace.
func (c *Collector) withOthers(w *Window, d *desk, r Request, s scale) {
	others := pool{c, s, c.members(r), r.Budget}
	reserve := min(r.Budget/4, others.need())
	n, f := c.document(d, r, s.down(r.Budget-reserve-w.Tokens))
	w.Before, w.After = n.before, n.after
	used := s.up(n.tokens)
	room := used
	if f != nil { // the others' share must not move with each key in the region
		used = s.up(n.tokens + f.tokens)
		room = max(used, s.up(f.tokens+tokens.Count(f.room/2)))
	}
	w.Tokens += used
	w.Blocks = others.blocks(max(reserve, stepDown(r.Budget-w.Tokens-(room-used), r.Budget/16)))
	for _, b := range w.Blocks {
		w.Tokens += b.Tokens
	}
	w.Blocks = append(w.Blocks, s.priced(f.blocks())...)
}

// withWorkspace fills a window in which the workspace is frozen.
func (c *Collector) withWorkspace(w *Window, d *desk, r Request, s scale, sh share) {
	// Where the workspace does not need its part, the text gets that too.
	room := max(sh.text, stepDown(r.Budget-sh.line-sh.notes-s.up(d.epoch.tokens), r.Budget/16))
	n, f := c.document(d, r, s.down(min(room, r.Budget-w.Tokens)))
	w.Before, w.After = n.before, n.after
	if f != nil {
		n.tokens += f.tokens
	}
	w.Tokens += s.up(n.tokens)
	blocks, used := d.epoch.shown(s, r.Budget-w.Tokens)
	w.Tokens += used
	w.Blocks = slices.Concat(blocks, s.priced(f.blocks()))
	d.wasted += d.drift * float64(d.epoch.tokens)
}

// lineParts is what the line needs, in at most limit tokens. What is frozen is
// not among it: here it would be paid for at ten times the price.
func (c *Collector) lineParts(d *desk, s scale, limit tokens.Count) (parts []Part) {
	for _, p := range c.pieces(d.line, s.down(limit)) {
		p.part.Tokens = s.up(p.part.Tokens)
		parts = append(parts, p.part)
	}
	return parts
}

// document takes the document's text, at most limit units of it: what is round
// the cursor, and frozen what is far from it. The desk's lock must be held.
func (c *Collector) document(d *desk, r Request, limit tokens.Count) (near, *frame) {
	if limit >= minFrame {
		at := r.Doc.RuneStart(r.At)
		f := d.frame
		if f == nil || !f.fits(r.Doc, r.Path, at) || f.tokens+regionTokens > limit || !f.whole() && f.limit < (limit-regionTokens)*3/4 {
			f = c.frame(r, at, limit-regionTokens, d.frame)
		}
		if f != nil {
			if n, ok := c.within(f, r, at, limit-f.tokens); ok {
				d.frame = f
				return n, f
			}
		}
	}
	return c.near(r, limit), nil
}

// regionTokens is what is kept free for the text round the cursor, and minFrame
// the least budget with which some of a document is frozen.
const (
	regionTokens tokens.Count = 2_500
	minFrame                  = 2 * regionTokens
)

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

// priced turns the counts of blocks into present ones.
func (s scale) priced(blocks []Block) []Block {
	for i := range blocks {
		blocks[i].Tokens = s.up(blocks[i].Tokens)
	}
	return blocks
}

func (s scale) down(count tokens.Count) tokens.Count {
	return tokens.Count(int(count) * s.den / s.num)
}

package doccontext

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// A frame is a document laid out for a prompt cache: a region round the cursor
// that may be edited, and slabs of text above and below it, which are frozen.
// As long as edits stay in the region, the slabs are the same blocks, byte for
// byte. Slabs and region together are the document from lo to hi without a gap.
//
// A frame does not change, but for doc: it is the last version that it was
// found to fit, so that the next one differs from it by little.
type frame struct {
	doc  *document.Document
	path string

	lo, from document.Offset // where the first slab and the region begin
	to, hi   document.Offset // where the region and the last slab end, counted from the end of the text

	above, below []slab // in the order of the text
	room         document.Offset
	tokens       tokens.Count // of all slabs, in units
	limit        tokens.Count // what the slabs could have had, in units
}

// A slab is a frozen range of a document.
type slab struct {
	size  document.Offset // bytes of the document
	block Block           // its Tokens are units
}

// The sizes of a region, in bytes. A token has about two and a half.
const (
	smallText  document.Offset = 4_000 // a document of this size has no slabs
	aimBefore  document.Offset = 1_200 // what stands in the region before the cursor's line when it is made, at least
	aimAfter   document.Offset = 800
	keepBefore document.Offset = 512 // what must stand there for the region to stay
	keepAfter  document.Offset = 300
	farBorder  document.Offset = 5_000 // a border farther away than this is not waited for
	growth     document.Offset = 2_000 // how much a region may grow
	maxRegion  document.Offset = 4_000 // beyond it only regions that began larger are kept
	sideMargin document.Offset = 2_500 // an old border within this is kept
)

// maxSlabs is how many blocks a document has at most. With eight blocks of the
// workspace, the rules and the tail they are no more than the 20 that the
// provider's cache looks back over.
const maxSlabs = 10

// freshSlabs is how many slabs a document is cut into at first: what is written
// later gets slabs of its own behind them, which changes none of them.
const freshSlabs = 6

// fits reports whether the frame is one of doc too, with the cursor well inside
// of the region, and takes doc for its own then. It costs a look at each piece
// of the text.
func (f *frame) fits(doc *document.Document, path string, at document.Offset) bool {
	end := doc.Len() - f.to
	switch {
	case f.path != path || f.doc.URI() != doc.URI() || f.doc.Language() != doc.Language():
		return false
	case f.from > end || at < f.from || at > end:
		return false
	case f.from > 0 && at-f.from < keepBefore, f.to > 0 && end-at < keepAfter:
		return false
	case end-f.from > f.room:
		return false
	case doc == f.doc:
		return true
	case f.doc.CommonPrefix(doc) < f.from || f.doc.CommonSuffix(doc) < f.to:
		return false
	}
	f.doc = doc
	return true
}

// whole reports whether the frame has all of the document.
func (f *frame) whole() bool { return f.lo == 0 && f.hi == 0 }

// blocks are the slabs as they stand in a window. A nil frame has none.
func (f *frame) blocks() []Block {
	if f == nil {
		return nil
	}
	blocks := make([]Block, 0, len(f.above)+len(f.below))
	for _, s := range slices.Concat(f.below, f.above) {
		blocks = append(blocks, s.block)
	}
	if len(blocks) > 0 {
		blocks[len(blocks)-1].Breakpoint = true
	}
	return blocks
}

// A known is a slab of the frame before, where it stands in the text as it is
// now.
type known struct {
	slab
	from document.Offset
}

func (k known) to() document.Offset { return k.from + k.size }

// known are the slabs of f whose text is still in doc.
func (f *frame) known(doc *document.Document, path string) []known {
	if f == nil || f.path != path || f.doc.URI() != doc.URI() || f.doc.Language() != doc.Language() {
		return nil
	}
	prefix, suffix := f.doc.CommonPrefix(doc), f.doc.CommonSuffix(doc)
	suffix = min(suffix, min(f.doc.Len(), doc.Len())-prefix)
	moved := doc.Len() - f.doc.Len()
	var all []known
	add := func(s slab, from document.Offset) {
		switch {
		case from+s.size <= prefix:
			all = append(all, known{s, from})
		case from >= f.doc.Len()-suffix:
			all = append(all, known{s, from + moved})
		}
	}
	at := f.lo
	for _, s := range f.above {
		add(s, at)
		at += s.size
	}
	at = f.doc.Len() - f.to
	for _, s := range f.below {
		add(s, at)
		at += s.size
	}
	return all
}

// frame lays doc out round at, with slabs of at most limit units, and keeps of
// the frame before as much as it can. It returns nil where there is nothing to
// be frozen: the text is short, or its lines are too long to be cut at.
func (c *Collector) frame(r Request, at document.Offset, limit tokens.Count, old *frame) *frame {
	v := c.view(r.Doc, r.Path, false)
	line := v.doc.LineAt(at)
	start, end := v.doc.LineStart(line), v.doc.LineStart(line+1)
	if end-start > maxRegion || v.doc.Len() <= smallText {
		return nil
	}
	kept := old.known(v.doc, r.Path)
	from, to := v.regionStart(start, kept), v.regionEnd(end, at, kept)
	f := &frame{doc: v.doc, path: r.Path, limit: limit, from: from, to: v.doc.Len() - to}
	f.room = max(maxRegion, to-from+growth)

	// A layout that is made anew leaves room, so that the document may grow
	// before its far end must be cut again.
	if len(kept) == 0 {
		limit = limit * 15 / 16
	}
	below, usedBelow, all := v.far(to, v.doc.Len(), false, kept, limit/4)
	above, usedAbove, rest := v.far(0, from, true, kept, limit-usedBelow)
	if rest && !all {
		below, usedBelow, _ = v.far(to, v.doc.Len(), false, kept, limit-usedAbove)
	}
	target := max((usedAbove+usedBelow)/freshSlabs, 1)
	f.above, f.below = v.slabs(above, Above, target), v.slabs(below, Below, target)
	for len(f.above)+len(f.below) > maxSlabs {
		f.merge(v)
	}
	f.lo, f.hi = from, f.to
	for _, s := range f.above {
		f.lo -= s.size
		f.tokens += s.block.Tokens
	}
	for _, s := range f.below {
		f.hi -= s.size
		f.tokens += s.block.Tokens
	}
	return f
}

// merge makes one slab of the two neighbours that are smallest together. Of
// equal ones it takes the last: the cache keeps what stands before it.
func (f *frame) merge(v view) {
	side, best, size := &f.above, -1, document.Offset(0)
	for _, s := range []*[]slab{&f.below, &f.above} {
		for i := range len(*s) - 1 {
			if sum := (*s)[i].size + (*s)[i+1].size; best < 0 || sum <= size {
				side, best, size = s, i, sum
			}
		}
	}
	all := *side
	a, b := all[best], all[best+1]
	pa, pb := a.block.Parts[0], b.block.Parts[0]
	part := Part{Path: pa.Path, FirstLine: pa.FirstLine, LastLine: pa.LastLine + pb.LastLine - pb.FirstLine + 1, Text: pa.Text + pb.Text, Reason: pa.Reason}
	all[best] = v.slab(part, a.block.Side, size)
	*side = slices.Delete(all, best+1, best+2)
}

// slab makes a frozen range of a part.
func (v view) slab(part Part, side Side, size document.Offset) slab {
	part.Tokens = v.count(part.Text) + headingTokens
	b := Block{Side: side, Parts: []Part{part}, Tokens: part.Tokens}
	b.ID = blockID(b)
	return slab{size, b}
}

// An item is a slab that is kept, or a chunk that has to go into a new one.
type item struct {
	from, size document.Offset
	kept       *slab
	text       string
	tokens     tokens.Count
}

// slabs makes slabs of items, which are in the order of the text.
func (v view) slabs(items []item, side Side, target tokens.Count) []slab {
	var all []slab
	for len(items) > 0 {
		if s := items[0].kept; s != nil {
			if s.block.Side != side {
				part := s.block.Parts[0]
				all = append(all, v.slab(part, side, s.size))
			} else {
				all = append(all, *s)
			}
			items = items[1:]
			continue
		}
		n, used := 0, tokens.Count(0)
		for n < len(items) && items[n].kept == nil && (n == 0 || used+items[n].tokens <= target) {
			used += items[n].tokens
			n++
		}
		var text strings.Builder
		for _, i := range items[:n] {
			text.WriteString(i.text)
		}
		from, last := items[0].from, items[n-1]
		size := last.from + last.size - from
		part := Part{
			Path: v.path, Text: text.String(), Reason: ReasonDocument,
			FirstLine: v.doc.LineAt(from) + 1, LastLine: v.doc.LineAt(from+size-1) + 1,
		}
		all = append(all, v.slab(part, side, size))
		items = items[n:]
	}
	return all
}

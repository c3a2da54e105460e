package doccontext

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// An epoch is what of the workspace is frozen for a document. It is immutable:
// its blocks are the same, byte for byte, as long as it lasts.
//
// What is likely to last comes first, and what was chosen for the place of the
// cursor or is being edited comes last, behind a breakpoint of its own: the next
// epoch keeps the blocks in front that still serve, and the cache has them.
type epoch struct {
	blocks []Block // their Tokens are units
	tokens tokens.Count
	mid    int                 // how many blocks the first breakpoint ends; 0 for none
	has    map[uint64]struct{} // the passages, by keyOf
	blind  bool                // it was chosen while nobody knew where the cursor is
	bytes  int
}

func (e *epoch) isBlind() bool { return e != nil && e.blind }

// keepBlocks is how many blocks of the epoch before are kept at most, so that
// there is room for what is new.
const keepBlocks = maxBlocks - 2

// A piece is a passage, clean and counted.
type piece struct {
	part  Part // its Tokens are units, with what says where it stands
	key   uint64
	churn bool // it is likely to change soon
}

// keyOf tells a passage by its text: what was moved by lines above it is still
// the same.
func (c *Collector) keyOf(path, text string) uint64 {
	var h maphash.Hash
	h.SetSeed(c.seed)
	_, _ = h.WriteString(path)
	_ = h.WriteByte(0)
	_, _ = h.WriteString(text)
	return h.Sum64()
}

// moreTokens is what it costs to say that further lines of a file follow.
const moreTokens = 9

// pieces cleans and counts passages, in their order, as long as they cost at
// most limit units together. One that is too large is left out, and smaller
// ones behind it are not. The first one of a file pays for its name.
func (c *Collector) pieces(passages []rank.Passage, limit tokens.Count) []piece {
	var all []piece
	named := map[string]bool{}
	for _, p := range passages {
		if limit < moreTokens {
			break
		}
		if p.Text == "" || c.secret(p.Path) {
			continue
		}
		key := c.keyOf(p.Path, p.Text)
		known, ok := c.chunks.get(chunkKey{text: key})
		if !ok || known.raw != p.Text {
			known = cleaned{raw: p.Text, text: c.cut(p.Path, p.Text)}
			known.tokens = c.unit.Count(syntax.IDForPath(p.Path), known.text)
			c.chunks.put(chunkKey{text: key}, known, 2*len(p.Text)+128)
		}
		cost := known.tokens + moreTokens
		if !named[p.Path] {
			cost = known.tokens + headingTokens + c.unit.Count("", p.Path)
		}
		if cost > limit {
			continue
		}
		limit -= cost
		named[p.Path] = true
		all = append(all, piece{
			part:  Part{Path: p.Path, FirstLine: p.FirstLine, LastLine: p.LastLine, Text: known.text, Picked: p.Picked, Tokens: cost, Reason: p.Reason},
			key:   key,
			churn: churns(p.Reason),
		})
	}
	return all
}

// churns reports whether what is chosen for a reason changes with the cursor or
// with the files that are worked on.
func churns(reason string) bool {
	switch reason {
	case rank.ReasonImported, rank.ReasonSibling, rank.ReasonNear, rank.ReasonWhole:
		return false
	}
	return true
}

// freeze makes an epoch of at most limit units, and keeps what it can of the
// one before. open says of which paths the documents are open.
func (c *Collector) freeze(r rank.Ranking, open func(path string) bool, limit tokens.Count, old *epoch) *epoch {
	pieces := c.pieces(r.Bulk, limit)
	e := &epoch{has: make(map[uint64]struct{}, len(pieces))}
	for i := range pieces {
		pieces[i].churn = pieces[i].churn || open(pieces[i].part.Path)
		e.has[pieces[i].key] = struct{}{}
	}
	pieces = e.keep(pieces, old)
	for _, b := range e.blocks {
		limit -= b.Tokens
	}
	taken := pieces[:0]
	for _, p := range pieces {
		if p.part.Tokens <= limit {
			limit -= p.part.Tokens
			taken = append(taken, p)
		} else {
			delete(e.has, p.key)
		}
	}
	slices.SortStableFunc(taken, func(a, b piece) int {
		return cmp.Or(compareBool(a.churn, b.churn), cmp.Compare(a.part.Path, b.part.Path), cmp.Compare(a.part.FirstLine, b.part.FirstLine))
	})
	e.pack(taken)
	for _, b := range e.blocks {
		e.tokens += b.Tokens
		e.bytes += len(b.Parts) * 128
		for _, p := range b.Parts {
			e.bytes += len(p.Text)
		}
	}
	return e
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// keep takes over the first blocks of the epoch before, as long as three
// quarters of each are still wanted and nothing in it is out of date, and
// returns the pieces that are in none of them.
func (e *epoch) keep(pieces []piece, old *epoch) []piece {
	if old == nil {
		return pieces
	}
	wanted, paths := map[string]bool{}, map[string]bool{}
	for _, p := range pieces {
		wanted[partKey(p.part)] = true
		paths[p.part.Path] = true
	}
	gone := map[string]bool{}
	for _, b := range old.blocks[:min(len(old.blocks), keepBlocks)] {
		still, stale := tokens.Count(0), false
		for _, p := range b.Parts {
			switch {
			case wanted[partKey(p)]:
				still += p.Tokens
			case paths[p.Path]:
				stale = true // the file has another text now, or another part of it is needed
			}
		}
		if stale || still*4 < b.Tokens*3 {
			break
		}
		for _, p := range b.Parts {
			gone[partKey(p)] = true
		}
		e.blocks = append(e.blocks, b)
	}
	if old.mid <= len(e.blocks) {
		e.mid = old.mid
	}
	return slices.DeleteFunc(pieces, func(p piece) bool { return gone[partKey(p.part)] })
}

func partKey(p Part) string { return p.Path + "\x00" + p.Text }

// pack puts pieces, those that last first, into the blocks that are left.
func (e *epoch) pack(pieces []piece) {
	stable := slices.IndexFunc(pieces, func(p piece) bool { return p.churn })
	if stable < 0 {
		stable = len(pieces)
	}
	slots := maxBlocks - len(e.blocks)
	churnSlots := 0
	if stable < len(pieces) {
		churnSlots = max(1, slots*(len(pieces)-stable)/len(pieces))
		if stable > 0 {
			churnSlots = min(churnSlots, slots-1)
		}
	}
	e.fill(pieces[:stable], slots-churnSlots)
	if e.mid == 0 && len(e.blocks) > 0 && stable < len(pieces) {
		e.mid = len(e.blocks)
	}
	e.fill(pieces[stable:], churnSlots)
}

// fill puts pieces into at most n blocks of about the same size.
func (e *epoch) fill(pieces []piece, n int) {
	left := tokens.Count(0)
	for _, p := range pieces {
		left += p.part.Tokens
	}
	for ; len(pieces) > 0; n-- {
		target := left / tokens.Count(max(n, 1))
		b, i := Block{}, 0
		for i < len(pieces) && (n <= 1 || i == 0 || b.Tokens+pieces[i].part.Tokens/2 <= target) {
			b.Parts = append(b.Parts, pieces[i].part)
			b.Tokens += pieces[i].part.Tokens
			i++
		}
		b.ID = blockID(b)
		e.blocks = append(e.blocks, b)
		left -= b.Tokens
		pieces = pieces[i:]
	}
}

// drift is the share of what a fresh epoch has of a ranking's bulk that e has
// not. The first passage, which is needed most, weighs most, and the last one
// least. What fits into neither does not count.
func (e *epoch) drift(c *Collector, r rank.Ranking, fresh *epoch) float64 {
	var all, missing float64
	for i, p := range r.Bulk {
		key := c.keyOf(p.Path, p.Text)
		if _, ok := fresh.has[key]; !ok {
			continue
		}
		weight := float64(len(r.Bulk) - i)
		all += weight
		if _, ok := e.has[key]; !ok {
			missing += weight
		}
	}
	if all == 0 {
		return 0
	}
	return missing / all
}

// holds reports whether text of a file is frozen. A nil epoch holds nothing.
func (e *epoch) holds(path, text string) bool {
	if e == nil {
		return false
	}
	for _, b := range e.blocks {
		for _, p := range b.Parts {
			if p.Path == path && strings.Contains(p.Text, text) {
				return true
			}
		}
	}
	return false
}

// rewrite is what of e and what follows it must be written to the cache where
// it has old: all behind the last breakpoint that both have.
func (e *epoch) rewrite(old *epoch) tokens.Count {
	n := e.tokens
	if old == nil {
		return n
	}
	same := 0
	for same < min(len(e.blocks), len(old.blocks)) && e.blocks[same].ID == old.blocks[same].ID {
		same++
	}
	if same == len(old.blocks) || e.mid > 0 && e.mid == old.mid && same >= e.mid {
		end := same
		if same < len(old.blocks) {
			end = e.mid
		}
		for _, b := range e.blocks[:end] {
			n -= b.Tokens
		}
	}
	return n
}

// shown are the blocks of the epoch that cost at most limit, in tokens as they
// are counted now. It leaves out the last ones: they matter no less, but the
// cache has what stands before them.
func (e *epoch) shown(s scale, limit tokens.Count) (blocks []Block, used tokens.Count) {
	for _, b := range e.blocks {
		if b.Tokens = s.up(b.Tokens); used+b.Tokens > limit {
			break
		}
		used += b.Tokens
		blocks = append(blocks, b)
	}
	if e.mid > 0 && len(blocks) > e.mid {
		blocks[e.mid-1].Breakpoint = true
	}
	if n := len(blocks); n > 0 {
		blocks[n-1].Breakpoint = true
	}
	return blocks, used
}

// size is about what of a text n units of tokens hold, in bytes. It says how
// much is ranked; what is shown is counted.
func size(n tokens.Count) int { return int(n) * 5 / 2 }

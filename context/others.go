package doccontext

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"weak"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// maxBlocks is how many other documents a window holds: a provider's API takes
// only so many content blocks at no cost in time.
const maxBlocks = 8

// headingTokens is what the heading of a block costs beside its path.
const headingTokens = 12

// minShare is the smallest part of a document that is worth a heading.
const minShare = 128

// A headKey names the first lines of one version of a document. The pointer is
// weak, so that what is remembered keeps no closed document alive.
type headKey struct {
	doc   weak.Pointer[document.Document]
	path  string
	limit tokens.Count // in units
}

// members chooses the other documents for a window, by recency, and puts them
// in order of their paths. So looking at one and then at another changes
// nothing in the window, as long as both are among the chosen.
func (c *Collector) members(r Request) []Other {
	var chosen []Other
	for _, o := range r.Others {
		if o.Doc == nil || o.Doc.Len() == 0 || c.isSecret(o) {
			continue
		}
		same := func(x Other) bool { return x.Doc.URI() == o.Doc.URI() }
		if o.Doc.URI() == r.Doc.URI() || slices.ContainsFunc(chosen, same) {
			continue
		}
		if chosen = append(chosen, o); len(chosen) == maxBlocks {
			break
		}
	}
	// Each needs room for a few lines, or it only costs its heading.
	chosen = chosen[:min(len(chosen), int(r.Budget/4/minShare))]
	slices.SortFunc(chosen, func(a, b Other) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Doc.URI(), b.Doc.URI()))
	})
	return chosen
}

// isSecret looks at the whole name too: "credentials" is secret in ~/.aws, and
// Path no longer says so when that folder is the workspace.
func (c *Collector) isSecret(o Other) bool {
	uri := o.Doc.URI()
	if plain, err := url.PathUnescape(uri); err == nil {
		uri = plain
	}
	return c.secret(o.Path) || c.secret(uri)
}

// A pool is the other documents of one request, in order of their paths.
type pool struct {
	c      *Collector
	scale  scale
	docs   []Other
	budget tokens.Count // of the whole window
}

// need is what the documents would cost whole. None is counted further than
// the budget goes.
func (p pool) need() (sum tokens.Count) {
	for _, o := range p.docs {
		sum += p.whole(o).Tokens
	}
	return sum
}

// blocks returns the documents as blocks that cost at most limit together. Those
// that are smaller than an even share are there whole; what they leave is
// shared by the others evenly. Recency has no say in it.
func (p pool) blocks(limit tokens.Count) []Block {
	// A document whose first line is above the budget has no text to show.
	bySize := slices.DeleteFunc(slices.Clone(p.docs), func(o Other) bool { return p.whole(o).text() == "" })
	slices.SortStableFunc(bySize, func(a, b Other) int { return cmp.Compare(p.whole(a).Tokens, p.whole(b).Tokens) })

	taken := map[*document.Document]Block{}
	for i, o := range bySize {
		share := limit / tokens.Count(len(bySize)-i)
		if b := p.whole(o); b.Tokens <= share {
			taken[o.Doc] = b
			limit -= b.Tokens
			continue
		}
		// All that are left are at least as large.
		for _, o := range bySize[i:] {
			if b := p.firstLines(o, stepDown(share, max(p.budget/64, 1))); b.text() != "" {
				taken[o.Doc] = b
			}
		}
		break
	}
	blocks := make([]Block, 0, len(taken))
	for _, o := range p.docs {
		if b, ok := taken[o.Doc]; ok {
			blocks = append(blocks, b)
		}
	}
	if len(blocks) > 0 {
		// None of them changes while the user types in this document.
		blocks[len(blocks)-1].Breakpoint = true
	}
	return blocks
}

// whole returns a document as a block, or as much of it as the budget would
// hold. It may cost more than the budget.
func (p pool) whole(o Other) Block { return p.priced(p.c.text(o, p.budget), o) }

// firstLines returns the first lines of a document that cost at most limit
// with their heading, empty if that is not one line.
//
// They are cut by remembered counts and only then priced: a cut that followed
// each small correction of the estimate would spoil the prompt cache.
func (p pool) firstLines(o Other, limit tokens.Count) Block {
	for units := limit*15/16 - p.heading(o); units > 0; units = units * 7 / 8 {
		if b := p.priced(p.c.text(o, units), o); b.Tokens <= limit {
			return b
		}
	}
	return Block{}
}

func (p pool) heading(o Other) tokens.Count { return p.c.unit.Count("", o.Path) + headingTokens }

func (p pool) priced(b Block, o Other) Block {
	if b.text() != "" {
		b.Tokens = p.scale.up(b.Tokens + p.heading(o))
		part := b.Parts[0]
		part.Tokens = b.Tokens
		b.Parts = []Part{part}
	}
	return b
}

// text returns the first lines of a document that cost at most limit, all in
// units and without a heading. What was made once for this version of the
// document is not made again.
func (c *Collector) text(o Other, limit tokens.Count) Block {
	key := headKey{weak.Make(o.Doc), o.Path, limit}
	if b, ok := c.heads.get(key); ok {
		return b
	}
	v := c.view(o.Doc, o.Path, true)
	parts, used, _ := v.head(v.forward(0), limit)
	part := Part{Path: o.Path, Text: strings.Join(parts, ""), FirstLine: 1, Reason: ReasonOpen}
	b := Block{Tokens: used}
	if !wholeLines(parts) {
		b.Tokens = v.count(part.Text)
	}
	part.LastLine = 1 + strings.Count(strings.TrimSuffix(part.Text, "\n"), "\n")
	// Editors open a document as version 0 or 1 and count up with each change.
	if o.Doc.Version() > 1 {
		part.Reason = ReasonRecentlyEdited
	}
	b.Parts = []Part{part}
	b.ID = blockID(b)
	c.heads.put(key, b, len(part.Text)+256)
	return b
}

// text is all text of a block.
func (b Block) text() string {
	if len(b.Parts) == 1 {
		return b.Parts[0].Text
	}
	var s strings.Builder
	for _, p := range b.Parts {
		s.WriteString(p.Text)
	}
	return s.String()
}

// blockID is a digest of what the model reads of a block, with the lengths of
// its texts so that the borders between them count.
func blockID(b Block) string {
	h := sha256.New()
	write := func(s string) {
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		_, _ = io.WriteString(h, s) // a digest takes everything
	}
	write(string(b.Side))
	for _, p := range b.Parts {
		write(p.Path)
		write(p.Text)
		h.Write(binary.AppendVarint(binary.AppendVarint(nil, int64(p.FirstLine)), int64(p.LastLine)))
		write(strconv.FormatBool(p.Picked))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

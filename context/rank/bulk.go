package rank

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/context/index"
)

const (
	// largeBulk is a budget from which on signatures are shown by whole files:
	// these do not change with the cursor, so that what is frozen stays as it is.
	// A smaller one has no room for signatures that nobody needs.
	largeBulk = 64 << 10
	// aside is how much of a budget goes to text and not to signatures, in
	// percent: of a small one nothing.
	aside = 35
	// longDefinition is how many lines a definition may have to be shown whole.
	longDefinition = 80
	// around is how many lines are shown before and behind an edit.
	around = 8
)

// A pile is what was chosen for the bulk so far.
type pile struct {
	passages []Passage
	room     int
	lines    map[string][]span // what of each file is there as text
}

// A span is a range of lines, from 1, both within.
type span struct{ first, last int }

func (p *pile) holds(path string, first, last int) bool {
	return slices.ContainsFunc(p.lines[path], func(s span) bool { return first <= s.last && s.first <= last })
}

// add takes a range of lines of a text, if there is room and none of it is there
// already.
func (p *pile) add(path, text string, first, last int, reason string) {
	lines := strings.SplitAfter(text, "\n")
	if n := len(lines); n > 0 && lines[n-1] == "" {
		lines = lines[:n-1]
	}
	first, last = max(first, 1), min(last, len(lines))
	if first > last || p.holds(path, first, last) {
		return
	}
	body := strings.Join(lines[first-1:last], "")
	if cost := len(body) + heading(path); cost <= p.room {
		p.room -= cost
		p.lines[path] = append(p.lines[path], span{first, last})
		p.passages = append(p.passages, Passage{Path: path, FirstLine: first, LastLine: last, Text: body, Reason: reason})
	}
}

// bulk packs what the document needs: signatures first, then text.
func (r *run) bulk(found *found, budget int) []Passage {
	text := &pile{lines: map[string][]span{}}
	if budget >= largeBulk {
		text.room = budget * aside / 100
		r.texts(found, text)
	}
	room := budget
	for _, p := range text.passages {
		room -= len(p.Text) + heading(p.Path)
	}
	have := map[index.Ref]bool{}
	there := func(ref index.Ref) bool {
		s := ref.Symbol()
		return have[ref] || text.holds(ref.File.Path, s.Line, s.Line+strings.Count(s.Signature, "\n"))
	}
	var files []Passage
	if budget >= largeBulk {
		files, room = r.outlines(room/2, room, have, there)
	}
	picks, room := found.pick(room, there)
	for i := range picks {
		picks[i].Reason = ReasonDefinition
	}
	if text.room = room; budget >= largeBulk {
		r.rest(text)
	}
	return slices.Concat(picks, files, text.passages)
}

// rest fills a pile with what is not in it yet of the files that are bound to
// the document most.
func (r *run) rest(p *pile) {
	for _, f := range r.files {
		if p.room < leastRest || r.over() {
			return
		}
		text, ok := r.current(f.Path)
		if !ok {
			continue
		}
		spans := slices.Clone(p.lines[f.Path])
		slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.first, b.first) })
		from := 1
		for _, s := range append(spans, span{first: 1 << 30}) {
			if s.first > from {
				p.add(f.Path, text, from, s.first-1, r.reason(f))
			}
			from = s.last + 1
		}
	}
}

// leastRest is how many bytes must be left for it to be worth while.
const leastRest = 1 << 10

// reason says why a signature or a text of a file is shown that nothing else is
// known of.
func (r *run) reason(f *index.File) string {
	switch r.relations[f] {
	case imported, passedOn:
		return ReasonImported
	case sibling:
		return ReasonSibling
	}
	return ReasonNear
}

// outlines shows all signatures of the files that are bound to the document, as
// long as they take no more than limit of room. It returns what is left of
// room.
func (r *run) outlines(limit, room int, have map[index.Ref]bool, there shown) ([]Passage, int) {
	var out []Passage
	for _, f := range r.files {
		if r.relations[f] == unrelated || r.over() {
			break
		}
		if isTest(f.Path) && !isTest(r.p.path) {
			continue
		}
		p := &picks{file: f, has: map[int]bool{}}
		cost := heading(f.Path)
		for i := range f.Symbols {
			ref := index.Ref{File: f, N: i}
			if s := &f.Symbols[i]; s.Signature != "" && !r.hidden(f, s) && !there(ref) && !p.has[i] {
				add, n := p.want(i)
				cost += n
				for _, k := range add {
					p.has[k] = true
				}
			}
		}
		if len(p.has) == 0 || cost > limit {
			continue
		}
		limit, room = limit-cost, room-cost
		for n := range p.has {
			have[index.Ref{File: f, N: n}] = true
		}
		p.reason = r.reason(f)
		out = append(out, p.passage())
	}
	return out, room
}

// texts fills a pile with what is worth showing as it stands: cells of the same
// notebook, what was just edited or looked at, whole definitions of what is
// named near the cursor, chunks that are like the text round it, open documents.
func (r *run) texts(found *found, p *pile) {
	for _, o := range r.q.Others {
		if o.Doc != nil && sameNotebook(o.Doc.URI(), r.q.Doc.URI()) {
			p.add(o.Path, o.Doc.Text(), 1, 1<<30, ReasonOpen)
		}
	}
	for _, e := range r.q.Recent.Edits {
		if text, ok := r.current(e.Path); ok && e.Path != r.p.path {
			p.add(e.Path, text, e.Line+1-around, e.Line+1+strings.Count(e.After, "\n")+around, ReasonEdited)
		}
	}
	for _, s := range r.q.Recent.Seen {
		if text, ok := r.current(s.Path); ok && s.Path != r.p.path {
			p.add(s.Path, text, s.FirstLine+1, s.LastLine+1, ReasonSeen)
		}
	}
	r.definitions(found, p)
	r.similar(p)
	for _, o := range r.q.Others {
		if o.Doc != nil && o.Path != r.p.path && len(p.lines[o.Path]) == 0 {
			p.add(o.Path, o.Doc.Text(), 1, 1<<30, ReasonOpen)
		}
	}
}

// sameNotebook reports whether two documents are cells of one notebook: their
// names are the notebook's and a fragment.
func sameNotebook(a, b string) bool {
	a, _, cell := strings.Cut(a, "#")
	b, _, too := strings.Cut(b, "#")
	return cell && too && a == b
}

// current returns the text of a file: that of the open document first.
func (r *run) current(path string) (string, bool) {
	for _, o := range r.q.Others {
		if o.Path == path && o.Doc != nil {
			return o.Doc.Text(), true
		}
	}
	return r.text(path)
}

// definitions shows the likeliest definitions whole, where they are short, as
// long as they leave two thirds of the pile free.
func (r *run) definitions(found *found, p *pile) {
	limit := p.room * 2 / 3
	for n, key := range found.order {
		c := &found.list[uint32(key)]
		if n > 200 || p.room < limit || r.over() {
			return
		}
		s := c.Symbol()
		if lines := s.End - s.Line + 1; reasons[c.reason] != ReasonDefinition || lines < 2 || lines > longDefinition {
			continue
		}
		if text, ok := r.current(c.File.Path); ok {
			p.add(c.File.Path, text, s.Line, s.End, ReasonDefinition)
		}
	}
}

const (
	similarFiles = 12 // files that are cut into chunks
	chunkLines   = 40 // of a chunk
)

// similar adds the chunks of the files like this one that are most like the text
// round the cursor. Two measures are asked, because each finds what the other
// misses: BM25 counts rare words that are in both, Jaccard the share of words in
// common. A chunk's score is the sum of the reciprocals of its ranks.
func (r *run) similar(p *pile) {
	type chunk struct {
		path, text    string
		first, last   int
		bm25, jaccard float64
		at, words     int
	}
	var list []*chunk
	for _, f := range r.company[:min(len(r.company), similarFiles)] {
		text, ok := r.current(f.Path)
		if !ok || len(text) > readable || r.over() {
			continue
		}
		lines := strings.SplitAfter(text, "\n")
		for i := 0; i < len(lines); {
			end := min(i+chunkLines, len(lines))
			// A chunk ends at a blank line, if there is one in its second half.
			for e := end; e > i+chunkLines/2 && end < len(lines); e-- {
				if strings.TrimSpace(lines[e-1]) == "" {
					end = e
					break
				}
			}
			c := &chunk{path: f.Path, text: text, first: i + 1, last: end, at: len(list)}
			counts := map[uint32]int{}
			for _, line := range lines[i:end] {
				for _, name := range index.Identifiers(line) {
					for part := range index.Parts(name) {
						counts[index.HashFold(part)]++
						c.words++
					}
				}
			}
			common := 0
			for h, n := range counts {
				if w := r.words[h]; w > 0 { // rarity, and how near the word stands
					k := float64(n)
					// Whole millionths: their sum is the same in whatever order.
					c.bm25 += math.Round(1e6 * float64(w) * k * 2.2 / (k + 1.2*(0.25+0.75*float64(c.words)/150)))
					common++
				}
			}
			c.jaccard = float64(common) / float64(len(counts)+len(r.words)-common+1)
			list = append(list, c)
			i = end
		}
	}
	const damp = 60 // as is usual: the first rank does not outweigh all others
	fused := make([]float64, len(list))
	for _, by := range []func(*chunk) float64{func(c *chunk) float64 { return c.bm25 }, func(c *chunk) float64 { return c.jaccard }} {
		ranked := slices.Clone(list)
		slices.SortStableFunc(ranked, func(a, b *chunk) int { return cmp.Compare(by(b), by(a)) })
		for i, c := range ranked {
			fused[c.at] += 1 / float64(damp+i)
		}
	}
	slices.SortStableFunc(list, func(a, b *chunk) int { return cmp.Compare(fused[b.at], fused[a.at]) })
	limit := p.room / 2
	for _, c := range list {
		if p.room < limit || c.bm25 == 0 {
			return
		}
		p.add(c.path, c.text, c.first, c.last, ReasonSimilar)
	}
}

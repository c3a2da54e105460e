package rank

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/context/index"
)

// heading is about what it costs to say where a passage stands, in bytes.
func heading(path string) int { return len(path) + 30 }

// dear is how much a signature's length counts against it: 1 would make the
// most of every byte, 0 nothing of them.
const dear = 0.6

// pick packs the signatures that are worth their bytes into a budget: one
// passage for each file, the file of the likeliest signature first.
func pick(found []candidate, budget int) []Passage {
	type item struct {
		c     *candidate
		worth float32
	}
	items := make([]item, 0, len(found))
	for i := range found {
		c := &found[i]
		if n := len(c.Symbol().Signature); n > 0 && n <= budget {
			items = append(items, item{c, c.score - dear*float32(math.Log(float64(n+20)))})
		}
	}
	slices.SortStableFunc(items, func(a, b item) int { return cmp.Compare(b.worth, a.worth) })

	picked := map[*index.File]*picks{}
	var order []*picks
	misses := 0
	for _, it := range items {
		p := picked[it.c.File]
		fresh := p == nil
		if fresh {
			p = &picks{file: it.c.File, has: map[int]bool{}}
		}
		add, cost := p.want(it.c.N)
		if fresh {
			cost += heading(it.c.File.Path)
		}
		if cost > budget {
			if misses++; misses > 50 {
				break
			}
			continue
		}
		budget -= cost
		for _, n := range add {
			p.has[n] = true
		}
		if p.reason == "" {
			p.reason = it.c.reason()
		}
		if fresh {
			picked[it.c.File] = p
			order = append(order, p)
		}
	}
	out := make([]Passage, len(order))
	for i, p := range order {
		out[i] = p.passage()
	}
	return out
}

// picks are the signatures of one file that were chosen.
type picks struct {
	file   *index.File
	has    map[int]bool
	reason string
}

// want returns the symbols that have to be added for one of them, with what
// they cost: a member without the line of its type says little.
func (p *picks) want(n int) (add []int, cost int) {
	for {
		if p.has[n] {
			return add, cost
		}
		add = append(add, n)
		s := &p.file.Symbols[n]
		cost += len(s.Signature) + 1
		owner := s.Owner()
		if owner == "" {
			return add, cost
		}
		i := n - 1
		for i >= 0 && (p.file.Symbols[i].Name != owner || p.file.Symbols[i].End < s.End) {
			i--
		}
		if i < 0 {
			return add, cost
		}
		n = i
	}
}

func (p *picks) passage() Passage {
	var text strings.Builder
	out := Passage{Path: p.file.Path, Reason: p.reason, Picked: true}
	end := 0
	for i := range p.file.Symbols {
		s := &p.file.Symbols[i]
		if !p.has[i] || s.Line <= end {
			continue // it stands on a line that is there
		}
		if out.FirstLine == 0 {
			out.FirstLine = s.Line
		}
		end = s.Line + strings.Count(s.Signature, "\n")
		out.LastLine = end
		text.WriteString(s.Signature)
		text.WriteByte('\n')
	}
	out.Text = text.String()
	return out
}

func (c *candidate) reason() string {
	switch {
	case c.why[usedNear] > 0 || c.why[importedName] > 0 || c.why[receiverType] > 0.5:
		return ReasonDefinition
	case c.why[importedFile] > 0:
		return ReasonImported
	case c.why[siblingFile] > 0:
		return ReasonSibling
	}
	return ReasonNear
}

// bulk packs what the document needs.
func (r *run) bulk(found []candidate, budget int) []Passage {
	return pick(found, budget)
}

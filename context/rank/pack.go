package rank

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/context/index"
)

// heading is about what it costs to say where a passage stands, in bytes.
func heading(path string) int { return len(path) + 30 }

// A shown function reports whether a symbol is in the window already.
type shown func(index.Ref) bool

// pick packs the signatures that are worth their bytes into a budget: one
// passage for each file, the file of the worthiest signature first. It also
// returns what is left of the budget.
func (f *found) pick(budget int, have shown) ([]Passage, int) {
	picked := map[*index.File]*picks{}
	var order []*picks
	misses := 0
	for _, key := range f.order {
		c := &f.list[uint32(key)]
		if have != nil && have(c.Ref) {
			continue
		}
		p := picked[c.File]
		fresh := p == nil
		if fresh {
			p = &picks{file: c.File, has: map[int]bool{}, reason: reasons[c.reason]}
		}
		add, cost := p.want(c.N)
		if fresh {
			cost += heading(c.File.Path)
		}
		if cost > budget {
			if misses++; misses > maxMisses {
				break
			}
			continue
		}
		budget -= cost
		for _, n := range add {
			p.has[n] = true
		}
		if fresh {
			picked[c.File] = p
			order = append(order, p)
		}
	}
	out := make([]Passage, len(order))
	for i, p := range order {
		out[i] = p.passage()
	}
	return out, budget
}

// maxMisses is how many signatures are passed over because they are too long
// for what is left, before no more are tried.
const maxMisses = 50

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

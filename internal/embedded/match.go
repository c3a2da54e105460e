package embedded

import (
	"cmp"
	"strings"
)

const (
	maxContext = 24  // the most that a match can be worth: places that are alike for longer are copies
	maxWalk    = 48  // tokens before the cursor that are compared at most
	perLevel   = 256 // matches of one level that are kept; nearer ones come first, and more do not change a vote

	costName  = 1.0 // of a match's level, for each name in which it differs
	costNear  = 2.0 // as much more where the token before the cursor differs, half of it for the one before that
	costOther = 3   // for a name in which the answer has turned away from it
	maxDrop   = 3.0 // how far the level may fall below its best before the comparison ends

	maxHead = 12 // tokens after the cursor's line that are looked for after a match
	maxHole = 64 // how far after it
	minMeet = 3  // how many of them tell something
)

// How much a vote counts.
const (
	weightNear     = 1.5 // of places in the document itself and in its folder, against 1
	weightName     = 0.5 // times so much for each name in which a place differs
	weightBlank    = 0.4 // times so much where an empty line stands before one of the two places alone
	weightMeets    = 3.0 // times so much where the match leads to what stands after the cursor's line
	weightExpected = 3.0 // times so much where what follows is what stands after the cursor
)

// A match is a place before which the same tokens stand as before the cursor,
// but for some names.
type match struct {
	in     *source
	from   int       // the token that stands where the cursor is
	at     int       // the token that follows what was written since; from at first
	weight float64   // how much its vote counts
	meets  int       // how many tokens it shares, further on, with what stands after the cursor's line
	names  *renaming // nil where nothing differs
	next   token     // the token at at, as the document would have it
}

// id returns the id of the token that the match says comes next.
func (m *match) id() uint32 { return m.next.id }

// moveTo makes at the token that the match says comes next.
func (m *match) moveTo(at int) {
	m.at = at
	m.next = token{m.in.ids[at], m.in.token(at)}
	if m.names != nil {
		m.next.id, m.next.text = m.names.apply(m.next.id, m.next.text)
	}
}

// differ makes t the name here for the token at at. It reports false where that
// cannot be.
func (m *match) differ(t token) bool {
	var names renaming
	if m.names != nil {
		names = *m.names
	}
	if m.in.ids[m.at] != m.id() {
		return false // another name of the document stands for it already
	}
	if _, ok := names.takes(m.id(), t.id); !ok {
		return false
	}
	names.texts[names.n-1] = [2]string{m.next.text, t.text}
	m.names, m.weight = &names, m.weight*weightName
	return true
}

// A field is all matches by their level: how many tokens are the same, less
// what the differences cost.
type field [maxContext + 1][]match

// A pattern is what places are compared with: what stands round the cursor.
type pattern struct {
	tokens []token    // before the cursor
	back   []uint32   // their ids, the last one first; maxWalk of them at most
	head   []uint32   // what stands after the cursor's line: the beginning of it
	begin  *beginning // nil where something stands on the cursor's line
}

// A beginning says how a line begins.
type beginning struct {
	step  int  // above 0 where it is deeper than the line before it, below where it is less deep
	blank bool // an empty line stands before it
}

func newPattern(tokens []token, head []uint32, begin *beginning) pattern {
	p := pattern{tokens: tokens, head: head, begin: begin}
	for i := len(tokens) - 1; i >= max(0, len(tokens)-maxWalk); i-- {
		p.back = append(p.back, tokens[i].id)
	}
	return p
}

// search adds the places of s that are worth at least least and go on with a
// token that begins with partial.
func (f *field) search(s *source, p pattern, partial string, least int, weight float64) {
	ids, back := s.ids, p.back
	switch {
	case len(back) < least:
	case least == 0:
		for i := range ids {
			f.consider(s, i, p, partial, least, weight)
		}
	default:
		last, second := back[0], lineEnd
		if len(back) > 1 {
			second = back[1]
		}
		prev := lineEnd
		for i, id := range ids[:max(len(ids)-1, 0)] {
			// Nearly no place gets further than this.
			if id == last && (prev == second || least < 2 || alike(prev, second)) || prev == second && alike(id, last) {
				f.consider(s, i+1, p, partial, least, weight)
			}
			prev = id
		}
	}
}

// consider adds the place before token i of s, if it is one that search looks
// for.
func (f *field) consider(s *source, i int, p pattern, partial string, least int, weight float64) {
	var names pairs
	level := align(s.ids[:i], p.back, &names)
	if level < least || len(f[level]) >= perLevel {
		return
	}
	m := match{in: s, from: i, weight: weight}
	if names.n > 0 {
		m.names = &renaming{pairs: names}
		for k := range names.n {
			m.weight *= weightName
			m.names.fill(k, s, i, p.tokens)
		}
	}
	if m.moveTo(i); !strings.HasPrefix(m.next.text, partial) {
		return
	}
	if m.meets = meeting(s.ids[i:], p.head); m.meets >= minMeet {
		m.weight *= weightMeets
	}
	if p.begin != nil && i >= 2 {
		step := cmp.Compare(len(s.leading(i)), len(s.leading(i-2)))
		if classOf(m.id()) != closing && step != p.begin.step {
			return
		}
		if s.blankBefore(i) != p.begin.blank {
			m.weight *= weightBlank
		}
	}
	f[level] = append(f[level], m)
}

// meeting returns how many tokens of head, at most, follow a line's end in
// ids, not far from its beginning.
func meeting(ids, head []uint32) int {
	best := 0
	for j, id := range ids[:min(len(ids), maxHole)] {
		if id != lineEnd {
			continue
		}
		n := 0
		for n < len(head) && j+1+n < len(ids) && ids[j+1+n] == head[n] {
			n++
		}
		best = max(best, n)
	}
	return best
}

// align compares what stands before a place with what stands before the cursor,
// from the end. It returns what the place is worth at best, and leaves in names
// those that differ up to there.
func align(ids, back []uint32, names *pairs) int {
	if most := min(len(ids), len(back)); most < len(ids) {
		ids = ids[len(ids)-most:]
	}
	same := 0
	for same < len(ids) && ids[len(ids)-1-same] == back[same] {
		same++
	}
	if same >= maxContext {
		return maxContext
	}
	worth, best, kept := float64(same), float64(same), 0
	for k := same; k < len(ids); k++ {
		theirs, ours := ids[len(ids)-1-k], back[k]
		known := theirs == ours
		if !known {
			var ok bool
			if known, ok = names.takes(theirs, ours); !ok {
				break
			}
		}
		if !known {
			worth -= costName
			if k < 2 {
				worth -= costNear / float64(k+1)
			}
			if worth < best-maxDrop {
				break
			}
			continue
		}
		if worth++; worth > best {
			best, kept = worth, names.n
		}
	}
	names.n = kept
	return min(int(best), maxContext)
}

// fill finds the texts of the k-th pair.
func (r *renaming) fill(k int, s *source, i int, context []token) {
	n := len(context)
	for back := 1; back <= min(i, n, maxWalk); back++ {
		if s.ids[i-back] == r.theirs[k] && context[n-back].id == r.ours[k] {
			r.texts[k] = [2]string{s.token(i - back), context[n-back].text}
			return
		}
	}
}

// A vote is what the matches say comes next.
type vote struct {
	share float64 // how much of what could come next it is, from 0 to 1
	times int     // how many matches of any level say so
	level int     // the highest level of them
	rival int     // the highest level of those that say something else; -1 where none does
	match match   // the best of them, of equals the nearest
}

// vote says which token comes next, among those that fit. The share is 0 where
// no match has one.
//
// The longest matches have the word, and each shorter length shares in what
// the longer ones leave open: of v votes for d different tokens they leave d in
// v+d. (This is prediction by partial matching with escape method C, each
// length counting the matches of the longer ones once more.)
//
// Votes for expected, the token that stands after the cursor, count more: the
// answer must lead there. lineEnd stands for none.
func (f *field) vote(expected uint32, fits func(*match) bool) vote {
	type tally struct {
		vote
		votes float64
	}
	var (
		tallies     []tally
		index       = map[uint32]int{} // of tallies
		total, open = 0.0, 1.0
	)
	for n := maxContext; n >= 0; n-- {
		for k := range f[n] {
			m := &f[n][k]
			i, ok := index[m.id()]
			if !ok {
				if !fits(m) {
					continue
				}
				i = len(tallies)
				index[m.id()] = i
				tallies = append(tallies, tally{vote: vote{match: *m, level: n, rival: -1}})
			}
			weight := m.weight
			if m.id() == expected && expected != lineEnd {
				weight *= weightExpected
			}
			tallies[i].votes += weight
			tallies[i].times++
			total += weight
		}
		if total == 0 {
			continue
		}
		left := float64(len(tallies)) / (float64(len(tallies)) + total)
		for i := range tallies {
			tallies[i].share += open * (1 - left) * tallies[i].votes / total
		}
		open *= left
	}
	best := -1
	for i, t := range tallies { // the first of equals has the longest, then nearest match
		if best < 0 || t.share > tallies[best].share {
			best = i
		}
	}
	if best < 0 {
		return vote{}
	}
	v := tallies[best].vote
	switch {
	case best > 0:
		v.rival = tallies[0].level
	case len(tallies) > 1:
		v.rival = tallies[1].level
	}
	return v
}

// follow keeps the matches that go on with the token t and moves them behind
// it. Those that have another name there, which they have not had so far, stay
// with that difference: where the others open a file, this one may open a socket.
func (f *field) follow(t token) {
	var next field
	for n := maxContext; n >= 0; n-- { // from the top, where two lengths run together and the longer one must stay first
		for _, m := range f[n] {
			if m.at+1 >= len(m.in.ids) {
				continue
			}
			to := min(n+1, maxContext)
			if m.id() != t.id {
				if to = n - costOther; to < 1 || !m.differ(t) {
					continue
				}
			}
			m.moveTo(m.at + 1)
			next[to] = append(next[to], m)
		}
	}
	*f = next
}

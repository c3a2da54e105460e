package embedded

import "strings"

// maxContext is how many tokens before the cursor are compared at most. Places
// that are alike for longer are copies, and then any of them will do.
const maxContext = 24

// perLevel is how many matches of one length are kept. Nearer ones come first;
// more than that many do not change a vote.
const perLevel = 256

// A match is a place at which the same tokens stand before as before the
// cursor.
type match struct {
	in     *source
	from   int     // the token that stands where the cursor is
	at     int     // the token that follows what was written since; from at first
	weight float64 // how much its vote counts
}

// id returns the id of the token that the match says comes next.
func (m match) id() uint32 { return m.in.ids[m.at] }

// A field is all matches by their length: how many tokens are the same.
type field [maxContext + 1][]match

// search adds the places of s at which at least least tokens stand as at the
// end of context, and the token after them begins with partial.
func (f *field) search(s *source, context []uint32, partial string, least int, weight float64) {
	switch {
	case len(context) < least:
	case least == 0:
		for i := range s.ids {
			f.consider(s, i, context, partial, least, weight)
		}
	default:
		last := context[len(context)-1]
		for i, id := range s.ids[:max(len(s.ids)-1, 0)] {
			if id == last { // nearly no place gets further than this
				f.consider(s, i+1, context, partial, least, weight)
			}
		}
	}
}

// consider adds the place before token i of s, if it is one that search looks
// for.
func (f *field) consider(s *source, i int, context []uint32, partial string, least int, weight float64) {
	same, n := 0, len(context)
	for most := min(n, maxContext, i); same < most && s.ids[i-1-same] == context[n-1-same]; {
		same++
	}
	if same < least || len(f[same]) >= perLevel || !strings.HasPrefix(s.token(i), partial) {
		return
	}
	f[same] = append(f[same], match{s, i, i, weight})
}

// A vote is what the matches say comes next.
type vote struct {
	id    uint32
	share float64 // how much of what could come next it is, from 0 to 1
	times int     // how many matches of any length say so
	match match   // the longest of them, of equals the nearest
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
func (f *field) vote(expected uint32, fits func(match) bool) vote {
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
		for _, m := range f[n] {
			i, ok := index[m.id()]
			if !ok {
				if !fits(m) {
					continue
				}
				i = len(tallies)
				index[m.id()] = i
				tallies = append(tallies, tally{vote: vote{id: m.id(), match: m}})
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
	best := vote{}
	for _, t := range tallies { // the first of equals has the longest, then nearest match
		if t.share > best.share {
			best = t.vote
		}
	}
	return best
}

// follow keeps the matches that go on with id and moves them behind it.
func (f *field) follow(id uint32) {
	var next field
	for n := maxContext; n >= 0; n-- { // from the top, where two lengths run together and the longer one must stay first
		to := min(n+1, maxContext)
		for _, m := range f[n] {
			if m.id() == id && m.at+1 < len(m.in.ids) {
				m.at++
				next[to] = append(next[to], m)
			}
		}
	}
	*f = next
}

package document

import (
	"math"
	"sort"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// Sizes in bytes. Typing copies one piece and the table of all pieces, so the
// size balances the two: at 4 KB a keystroke in a 1 MB file copies 4 KB of text
// and 6 KB of table.
const (
	// pieceSize is what a piece aims at. Text of more than twice the size is
	// cut, so pieces have up to 2*pieceSize bytes, and a few for a border that
	// was moved.
	pieceSize = 4 << 10
	// minPiece is what a piece has at least, unless it is the only one. Smaller
	// ones join a neighbour; otherwise deleting would leave crumbs.
	minPiece = pieceSize / 4
)

// A piece is a run of text that versions of a document share. It is immutable,
// but for what it remembers of its own text, and owns its bytes: no larger text
// is kept alive by it.
//
// No piece is empty, and none begins inside a valid character or between \r
// and \n. So what is a character or a line break can be told from one piece
// alone.
type piece struct {
	text   string
	breaks []uint16 // where a line begins after each line break, in bytes from the start of text

	counted atomic.Uint32 // the characters of text, and in the high half the wide ones; 0 until somebody asks
}

// A placed piece says where in the text the piece stands.
type placed struct {
	*piece
	at   Offset // bytes before the piece
	line int    // line breaks before the piece
}

// end returns the offset behind the piece.
func (p placed) end() Offset { return p.at + Offset(len(p.text)) }

// A table is a whole text: its pieces in order, without gaps. It is immutable.
//
// A flat table is copied with each edit: 24 bytes for 4 KB of text, so 6 KB for
// a file of 1 MB. A tree would save that, and every reader would pay for it.
type table []placed

// len returns the length of the text in bytes.
func (t table) len() Offset {
	if len(t) == 0 {
		return 0
	}
	return t[len(t)-1].end()
}

// find returns the index of the piece that holds the byte at the offset, and
// of the last piece for the end of the text. The text must not be empty.
func (t table) find(at Offset) int {
	return max(0, sort.Search(len(t), func(i int) bool { return t[i].at > at })-1)
}

// inRune reports whether at lies inside a valid character of several bytes.
func (t table) inRune(at Offset) bool {
	if at <= 0 || at >= t.len() {
		return false
	}
	p := t[t.find(at)]
	return insideRune(p.text, int(at-p.at))
}

// splice returns the text in which s stands in the place of from..to. The range
// must lie in the text.
//
// Only the pieces that the range touches are built anew, and a neighbour where
// the new text is too small to stand alone or where its border would cut a
// character or a \r\n that the edit has put together.
func (t table) splice(from, to Offset, s string) table {
	var left, right string
	lo, hi := 0, 0 // t[lo:hi] is replaced
	if len(t) > 0 {
		lo, hi = t.find(from), t.find(to)+1
		left, right = t[lo].text[:from-t[lo].at], t[hi-1].text[to-t[hi-1].at:]
	}
	middle := strings.Join([]string{left, s, right}, "") // unlike +, Join copies even one part alone
	for lo > 0 && (len(middle) < minPiece || !fit(t[lo-1].text, middle)) {
		lo--
		middle = t[lo].text + middle
	}
	for hi < len(t) && (len(middle) < minPiece || !fit(middle, t[hi].text)) {
		middle += t[hi].text
		hi++
	}

	next := make(table, lo, len(t)-(hi-lo)+len(middle)/pieceSize+1)
	copy(next, t)
	for p := range cut(middle) {
		next = next.with(p)
	}
	for _, p := range t[hi:] {
		next = next.with(p.piece)
	}
	return next
}

// with appends a piece to a table that nobody else has seen yet.
func (t table) with(p *piece) table {
	at, line := Offset(0), 0
	if len(t) > 0 {
		last := t[len(t)-1]
		at, line = last.end(), last.line+len(last.breaks)
	}
	return append(t, placed{p, at, line})
}

// cut yields s in pieces of equal size, save that borders are moved so as to
// cut no character and no \r\n. A piece that is all of s takes it over: typing
// copies its piece once.
func cut(s string) func(yield func(*piece) bool) {
	return func(yield func(*piece) bool) {
		whole := len(s)
		for n := max(1, len(s)/pieceSize); s != ""; n-- {
			size := len(s) / n
			for !border(s, size) {
				size--
			}
			own := s
			if size < whole {
				own = strings.Clone(s[:size])
			}
			if !yield(newPiece(own)) {
				return
			}
			s = s[size:]
		}
	}
}

// newPiece returns s with its line breaks found.
func newPiece(s string) *piece {
	n := strings.Count(s, "\n")
	if strings.IndexByte(s, '\r') >= 0 {
		n += strings.Count(s, "\r") - strings.Count(s, "\r\n")
	}
	if n == 0 {
		return &piece{text: s}
	}
	breaks := make([]uint16, 0, n)
	lf, cr := next(s, '\n', 0), next(s, '\r', 0)
	for len(breaks) < n {
		end := min(lf, cr) + 1
		if cr+1 == lf {
			end = lf + 1
		}
		breaks = append(breaks, uint16(end))
		if lf < end {
			lf = next(s, '\n', end)
		}
		if cr < end {
			cr = next(s, '\r', end)
		}
	}
	return &piece{text: s, breaks: breaks}
}

// next returns where b stands next in s, and an index far behind s where it
// does not.
func next(s string, b byte, from int) int {
	if i := strings.IndexByte(s[from:], b); i >= 0 {
		return from + i
	}
	return math.MaxInt32
}

// characters counts the text of the piece, once.
func (p *piece) characters() (all, wide int) {
	n := p.counted.Load()
	if n == 0 {
		all, wide = count(p.text)
		n = uint32(wide)<<16 | uint32(all)
		p.counted.Store(n) // whoever else counts meanwhile stores the same
	}
	return int(n & 0xFFFF), int(n >> 16)
}

// count returns the characters of s, and how many of them have four bytes.
func count(s string) (all, wide int) {
	all = utf8.RuneCountInString(s)
	if all == len(s) {
		return all, 0
	}
	for i := range len(s) {
		if s[i] >= 0xF0 {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == utf8.UTFMax {
				wide++
			}
		}
	}
	return all, wide
}

// fit reports whether a and b may be neighbours. Three bytes of each decide: a
// character has four at most.
func fit(a, b string) bool {
	a, b = a[max(0, len(a)-3):], b[:min(3, len(b))]
	return border(a+b, len(a))
}

// border reports whether s may be cut before the byte i.
func border(s string, i int) bool {
	if i <= 0 || i >= len(s) {
		return true
	}
	if s[i-1] == '\r' && s[i] == '\n' {
		return false
	}
	return !insideRune(s, i)
}

// insideRune reports whether the byte i of s continues a valid character.
// Bytes that only look like a continuation belong to none.
func insideRune(s string, i int) bool {
	if i >= len(s) || utf8.RuneStart(s[i]) {
		return false
	}
	for j := i - 1; j >= 0 && i-j < utf8.UTFMax; j-- {
		if utf8.RuneStart(s[j]) {
			_, n := utf8.DecodeRuneInString(s[j:])
			return j+n > i
		}
	}
	return false
}

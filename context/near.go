package doccontext

import (
	"iter"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// near is the text round the cursor as it may be shown.
type near struct {
	before, after string
	tokens        tokens.Count // in units
}

// bytesPerToken is more than a token ever has of text worth sending; a line is
// looked at no further from the cursor than the budget could reach with it.
const bytesPerToken = 16

// maxReach bounds that for large budgets.
const maxReach = 256 << 10

// cutMargin is how much is dropped at the ends of a line that was cut before
// it was cleaned, in bytes: longer than most secrets.
const cutMargin = 512

// near takes the text round the cursor, at most limit units of it.
func (c *Collector) near(r Request, limit tokens.Count) near {
	v := c.view(r.Doc, r.Path, false)
	at := v.rune(min(max(r.At, 0), r.Doc.Len()))
	here := v.around(at, min(int(limit)*bytesPerToken, maxReach), 0, v.doc.Len())

	cost := v.count(here.left) + v.count(here.right)
	if here.cut || cost > limit {
		left, right := v.shorten(here.left, here.right, limit)
		return near{left, right, v.count(left) + v.count(right)}
	}

	room := limit
	limit -= cost
	after, usedAfter, all := v.head(here.below(v), limit/4)
	before, usedBefore, rest := v.tail(here.above(v), limit-usedAfter)
	if rest && !all {
		after, usedAfter, _ = v.head(here.below(v), limit-usedBefore)
	}
	n := near{tokens: cost + usedBefore + usedAfter}
	before, after = append(before, here.left), append([]string{here.right}, after...)
	n.before, n.after = strings.Join(before, ""), strings.Join(after, "")
	if !wholeLines(before) || !wholeLines(after) {
		// Only parts that end in \n may be counted one by one. Others are rare
		// (lines of many kilobytes, or \r alone between lines): count again.
		if n.tokens = v.count(n.before) + v.count(n.after); n.tokens > room {
			return c.near(r, room*7/8)
		}
	}
	return n
}

// wholeLines reports whether every part but the last ends in a line break \n.
func wholeLines(parts []string) bool {
	for i, part := range parts {
		if i < len(parts)-1 && part != "" && part[len(part)-1] != '\n' {
			return false
		}
	}
	return true
}

// A place is the cursor's line and the chunk it stands in, cleaned.
type place struct {
	from, to                    document.Offset // of the chunk
	before, left, right, behind string          // lines before, line before the cursor, line after it, lines after
	cut                         bool            // the line is so long that left and right are not all of it
}

// around cleans the chunk that the cursor's line stands in, as far as it lies
// between lo and hi. Of the line itself no more than reach bytes on each side
// are looked at.
func (v view) around(at document.Offset, reach int, lo, hi document.Offset) place {
	line := v.doc.LineAt(at)
	start, end := v.doc.LineStart(line), v.doc.LineStart(line+1)
	if line+1 >= v.doc.Lines() {
		end = v.doc.Len()
	}
	var p place
	if from, to := at-document.Offset(reach), at+document.Offset(reach); from > start || to < end {
		p.cut = true
		start, end = max(start, v.rune(max(from, 0))), min(end, v.rune(to))
		p.from, p.to = start, end
	} else {
		p.from = min(max(v.borderBefore(start), lo), start)
		p.to = max(min(v.borderAfter(start, end), hi), end)
	}
	raw := v.doc.Slice(p.from, p.to)
	p.before, p.left, p.right, p.behind = v.split(raw, int(start-p.from), int(at-p.from), int(end-p.from))
	if p.cut {
		// A secret may have been cut in two there, and not been known.
		p.left = runeSuffix(p.left, max(len(p.left)-cutMargin, 0))
		p.right = runePrefix(p.right, max(len(p.right)-cutMargin, 0))
	}
	return p
}

// borderBefore returns where the chunk of the line at start begins.
func (v view) borderBefore(start document.Offset) document.Offset {
	// The beginning of the line itself tells whether it is a border.
	line, _, _ := strings.Cut(v.doc.Slice(start, start+32), "\n")
	for _, size := range []document.Offset{step / 8, step} {
		from := v.start(start, size)
		places := borders(nil, v.doc.Slice(from, start)+line)
		if len(places) > 0 {
			return from + document.Offset(places[len(places)-1])
		}
		if from == 0 || size == step {
			return from
		}
	}
	return start
}

// borderAfter returns where the chunk of the line start..end ends.
func (v view) borderAfter(start, end document.Offset) document.Offset {
	for _, size := range []document.Offset{step / 8, step} {
		to := v.end(end, size)
		if n := document.Offset(firstBorder(v.doc.Slice(start, to))); start+n < to || to == v.doc.Len() || size == step {
			return max(start+n, end)
		}
	}
	return end
}

func (p place) above(v view) iter.Seq[cleaned] { return joined(v, p.before, v.backward(p.from)) }
func (p place) below(v view) iter.Seq[cleaned] { return joined(v, p.behind, v.forward(p.to)) }

// joined yields text, which is clean, and then the chunks.
func joined(v view, text string, chunks iter.Seq[cleaned]) iter.Seq[cleaned] {
	return func(yield func(cleaned) bool) {
		if text != "" && !yield(cleaned{text, text, v.count(text)}) {
			return
		}
		chunks(yield)
	}
}

// split cleans a chunk and takes it apart at the cursor's line, raw[a:e], and
// the cursor b in it.
//
// The line must go on ending in what the user typed, so it is cut where it was
// before cleaning. Only when a secret lies across the cursor, the placeholder
// goes before it as a whole.
func (v view) split(raw string, a, b, e int) (before, left, right, behind string) {
	clean := v.c.redact(v.path, raw)
	if clean == raw {
		return raw[:a], raw[a:b], raw[b:e], raw[e:]
	}
	oldBreaks := strings.Count(raw, "\r") != strings.Count(raw, "\r\n") // \r alone breaks lines
	if oldBreaks || strings.Count(clean, "\n") != strings.Count(raw, "\n") {
		// Which line of clean was made of which of raw is not known.
		redact := func(s string) string { return v.c.redact(v.path, s) }
		return redact(raw[:a]), redact(raw[a:b]), redact(raw[b:e]), redact(raw[e:])
	}
	ca := afterBreaks(clean, strings.Count(raw[:a], "\n"))
	ce := ca + afterBreaks(clean[ca:], strings.Count(raw[a:e], "\n"))
	if e == len(raw) {
		ce = len(clean)
	}
	left, right = v.splitLine(raw[a:e], clean[ca:ce], b-a)
	return clean[:ca], left, right, clean[ce:]
}

// splitLine cuts clean, which was made of line, at the cursor.
func (v view) splitLine(line, clean string, cursor int) (left, right string) {
	if clean == line {
		return line[:cursor], line[cursor:]
	}
	left, right = v.c.redact(v.path, line[:cursor]), v.c.redact(v.path, line[cursor:])
	if left+right == clean {
		return left, right
	}
	same := commonPrefix(line, clean)
	if cursor <= same {
		return line[:cursor], clean[cursor:]
	}
	end := commonSuffix(line[same:], clean[same:])
	if cursor >= len(line)-end {
		return clean[:len(clean)-(len(line)-cursor)], line[cursor:]
	}
	cut := len(clean) - end
	for cut < len(clean) && !utf8.RuneStart(clean[cut]) {
		cut++
	}
	return clean[:cut], clean[cut:]
}

// afterBreaks returns the place after n line breaks of text.
func afterBreaks(text string, n int) int {
	at := 0
	for ; n > 0; n-- {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		at += i + 1
	}
	return at
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonSuffix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// head takes chunks, and of the first one that is too large its first lines,
// as long as they cost at most limit units. all says that nothing was left.
func (v view) head(chunks iter.Seq[cleaned], limit tokens.Count) (parts []string, used tokens.Count, all bool) {
	for c := range chunks {
		if used+c.tokens <= limit {
			parts, used = append(parts, c.text), used+c.tokens
			continue
		}
		if text := v.firstLines(c.text, limit-used); text != "" {
			parts, used = append(parts, text), used+v.count(text)
		}
		return parts, used, false
	}
	return parts, used, true
}

// tail is head for chunks that come the nearest first: it takes last lines,
// and returns the parts in the order of the text.
func (v view) tail(chunks iter.Seq[cleaned], limit tokens.Count) (parts []string, used tokens.Count, all bool) {
	all = true
	for c := range chunks {
		if used+c.tokens <= limit {
			parts, used = append(parts, c.text), used+c.tokens
			continue
		}
		if text := v.lastLines(c.text, limit-used); text != "" {
			parts, used = append(parts, text), used+v.count(text)
		}
		all = false
		break
	}
	slices.Reverse(parts)
	return parts, used, all
}

// firstLines returns the first lines of text, not all of them, that cost at
// most limit. It halves the text again and again and counts each part once;
// what the parts were rounded up by may leave room for another line or two.
func (v view) firstLines(text string, limit tokens.Count) string {
	starts := lineStarts(text)
	from, to, at, left := 0, len(starts), 0, limit
	for from < to {
		mid := (from + to) / 2
		if n := v.count(text[at:starts[mid]]); n <= left {
			at, left, from = starts[mid], left-n, mid+1
		} else {
			to = mid
		}
	}
	for ; from < len(starts) && v.count(text[:starts[from]]) <= limit; from++ {
		at = starts[from]
	}
	return text[:at]
}

// lastLines is firstLines from the other end.
func (v view) lastLines(text string, limit tokens.Count) string {
	starts := lineStarts(text)
	from, to, at, left := 0, len(starts), len(text), limit
	for from < to {
		mid := (from + to) / 2
		if n := v.count(text[starts[mid]:at]); n <= left {
			at, left, to = starts[mid], left-n, mid
		} else {
			from = mid + 1
		}
	}
	for to--; to >= 0 && v.count(text[starts[to]:]) <= limit; to-- {
		at = starts[to]
	}
	return text[at:]
}

// lineStarts returns where the lines of text after its first one begin.
func lineStarts(text string) []int {
	var starts []int
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '\n' || text[i] == '\r' && text[i+1] != '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// shorten cuts a line that is too long for the budget at both ends: three
// quarters for what stands before the cursor, and what one side leaves for the
// other.
func (v view) shorten(left, right string, limit tokens.Count) (string, string) {
	r := v.longest(len(right), limit/4, func(n int) string { return runePrefix(right, n) })
	l := v.longest(len(left), limit-v.count(r), func(n int) string { return runeSuffix(left, n) })
	if len(l) == len(left) {
		r = v.longest(len(right), limit-v.count(l), func(n int) string { return runePrefix(right, n) })
	}
	return l, r
}

// longest returns the longest cut(n), n being bytes, that costs at most limit.
func (v view) longest(size int, limit tokens.Count, cut func(n int) string) string {
	size = min(size, int(limit)*bytesPerToken)
	n := sort.Search(size, func(n int) bool { return v.count(cut(n+1)) > limit })
	// A word that begins later may cost more: the search can be a byte off.
	for n > 0 && v.count(cut(n)) > limit {
		n--
	}
	return cut(n)
}

func runePrefix(s string, n int) string {
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func runeSuffix(s string, n int) string {
	from := len(s) - n
	for from < len(s) && from > 0 && !utf8.RuneStart(s[from]) {
		from++
	}
	return s[from:]
}

package doccontext

import (
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// regionStart returns where the region of the line at start begins: at a border
// of the frame before if one is near, else at the nearest one that leaves some
// text in front of the line.
func (v view) regionStart(start document.Offset, kept []known) document.Offset {
	if start <= aimBefore {
		return 0
	}
	for _, k := range slices.Backward(kept) {
		if d := start - k.to(); d >= aimBefore/2 && d <= sideMargin {
			return k.to()
		}
	}
	from := v.start(start, step)
	places := borders(nil, v.doc.Slice(from, start))
	nearest := from
	for _, n := range slices.Backward(places) {
		if p := from + document.Offset(n); start-p >= aimBefore {
			nearest = p
			break
		}
	}
	if start-nearest > farBorder {
		if cut := v.doc.LineStart(v.doc.LineAt(start - 2*aimBefore)); v.clear(cut) {
			return cut
		}
	}
	return nearest
}

// regionEnd returns where the region of the line that ends at end, ends.
func (v view) regionEnd(end, at document.Offset, kept []known) document.Offset {
	if v.doc.Len()-end <= aimAfter {
		return v.doc.Len()
	}
	for _, k := range kept {
		if d := k.from - end; k.from > at && d >= aimAfter/2 && d <= sideMargin {
			return k.from
		}
	}
	to := v.end(end, step)
	places := borders(nil, v.doc.Slice(end, to))
	nearest := to
	for _, n := range places {
		if p := end + document.Offset(n); p-end >= aimAfter {
			nearest = p
			break
		}
	}
	if nearest-end > farBorder {
		if cut := v.doc.LineStart(v.doc.LineAt(end+2*aimAfter) + 1); cut < v.doc.Len() && v.clear(cut) {
			return cut
		}
	}
	return nearest
}

// clear reports whether no secret lies near a place, so that the text may be
// cut there without cutting one in two: each part is cleaned by itself.
func (v view) clear(at document.Offset) bool {
	raw := v.doc.Slice(v.start(at, step/2), v.end(at, step/2))
	return v.c.redact(v.path, raw) == raw
}

// far takes what there is between from and to, from the end that is nearer to
// the cursor on, as long as it costs at most limit units: slabs that are known,
// and between them chunks. all says that nothing was left. The items are in the
// order of the text.
func (v view) far(from, to document.Offset, upwards bool, kept []known, limit tokens.Count) (items []item, used tokens.Count, all bool) {
	var parts []item // all of from..to: known slabs, and gaps
	at := from
	for _, k := range kept {
		if k.from < at || k.to() > to || k.size == 0 {
			continue
		}
		if k.from > at {
			parts = append(parts, item{from: at, size: k.from - at})
		}
		parts = append(parts, item{from: k.from, size: k.size, kept: &k.slab, tokens: k.block.Tokens})
		at = k.to()
	}
	if at < to {
		parts = append(parts, item{from: at, size: to - at})
	}
	all = true
	take := func(i item) bool {
		if all = used+i.tokens <= limit; all {
			items, used = append(items, i), used+i.tokens
		}
		return all
	}
	if upwards {
		slices.Reverse(parts)
	}
	for i, p := range parts {
		if p.kept != nil {
			if !take(p) {
				break
			}
			continue
		}
		// A far end that was cut stays where it is while most of the room is
		// used: a few more lines there would move every slab behind them.
		last := i > 0 && i == len(parts)-1
		if last && used >= limit*3/4 && tokens.Count(p.size/2) > limit-used || !v.takeGap(p, upwards, limit-used, take) {
			all = false
			break
		}
	}
	if upwards {
		slices.Reverse(items)
	}
	return items, used, all
}

// takeGap hands the chunks of a gap to take until it wants no more.
func (v view) takeGap(gap item, upwards bool, limit tokens.Count, take func(item) bool) bool {
	from, to := gap.from, gap.from+gap.size
	if upwards {
		// What is beyond the budget is not looked at.
		if reach := document.Offset(limit)*bytesPerToken + step; to-from > reach {
			from = v.start(to, reach)
		}
	}
	chunks := v.between(from, to, limit)
	if upwards {
		slices.Reverse(chunks)
		if from > gap.from && len(chunks) > 0 { // its beginning was not looked at
			chunks = chunks[:len(chunks)-1]
		}
	}
	for _, c := range chunks {
		if !take(c) {
			return false
		}
	}
	// Where less than the gap was looked at, more was there than fits.
	return len(chunks) > 0 && (upwards && from == gap.from || !upwards && chunks[len(chunks)-1].from+chunks[len(chunks)-1].size == to)
}

// between returns the chunks of from..to in order, cut at both.
func (v view) between(from, to document.Offset, limit tokens.Count) []item {
	var items []item
	reach := document.Offset(limit)*bytesPerToken + step
	for begin := from; from < to && from-begin < reach; {
		end := min(v.end(from, step), to)
		raw := v.doc.Slice(from, end)
		for first := true; raw != ""; first = false {
			n := firstBorder(raw)
			if n == len(raw) && end < to && !first {
				break // more of this chunk may follow
			}
			c := v.clean(raw[:n])
			items = append(items, item{from: from, size: document.Offset(n), text: c.text, tokens: c.tokens})
			from += document.Offset(n)
			raw = raw[n:]
		}
	}
	return items
}

// within takes the text round the cursor from a frame's region, whole. It is
// false where the cursor's line is too long to be shown whole, or the region
// costs more than limit units.
func (c *Collector) within(f *frame, r Request, at document.Offset, limit tokens.Count) (near, bool) {
	v := c.view(r.Doc, r.Path, false)
	from, to := f.from, v.doc.Len()-f.to
	here := v.around(at, maxReach, from, to)
	if here.cut {
		return near{}, false
	}
	var before, after strings.Builder
	for _, i := range v.between(from, here.from, limit) {
		before.WriteString(i.text)
	}
	before.WriteString(here.before)
	before.WriteString(here.left)
	after.WriteString(here.right)
	after.WriteString(here.behind)
	for _, i := range v.between(here.to, to, limit) {
		after.WriteString(i.text)
	}
	n := near{before: before.String(), after: after.String()}
	n.tokens = v.count(n.before) + v.count(n.after)
	return n, n.tokens <= limit
}

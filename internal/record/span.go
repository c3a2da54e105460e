package record

import (
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// A span is masked text of a document, in bytes.
type span = redact.Span

// A step is the difference between two versions of a document: size bytes took
// the place of from..to.
type step struct{ from, to, size int }

// stepBetween finds the difference by what the two have in common at their
// ends, so it does not matter how many edits there were.
func stepBetween(before, after *document.Document) step {
	from := before.CommonPrefix(after)
	suffix := min(before.CommonSuffix(after), min(before.Len(), after.Len())-from)
	for from > 0 && (before.RuneStart(from) != from || after.RuneStart(from) != from) {
		from--
	}
	for suffix > 0 && (before.RuneStart(before.Len()-suffix) != before.Len()-suffix || after.RuneStart(after.Len()-suffix) != after.Len()-suffix) {
		suffix--
	}
	return step{int(from), int(before.Len() - suffix), int(after.Len() - suffix - from)}
}

// forward is where masked text stands after a step. What was put in is masked
// only where masked text goes on at both sides of it.
func (s step) forward(spans []span) []span {
	by := s.size - (s.to - s.from)
	var moved []span
	for _, m := range spans {
		switch {
		case m.To <= s.from:
			moved = append(moved, m)
		case m.From >= s.to:
			moved = append(moved, span{From: m.From + by, To: m.To + by})
		case m.From < s.from && m.To > s.to:
			moved = append(moved, span{From: m.From, To: m.To + by})
		default:
			moved = append(moved, span{From: m.From, To: min(m.To, s.from)}, span{From: max(m.From, s.to) + by, To: m.To + by})
		}
	}
	return redact.Merge(moved)
}

// backward is where the beginnings of a secret stood before a step. What the
// step took away beside it belongs to it.
func (s step) backward(m span) span {
	by := s.size - (s.to - s.from)
	switch {
	case m.To < s.from:
		return m
	case m.From > s.from+s.size:
		return span{From: m.From - by, To: m.To - by}
	}
	return span{From: min(m.From, s.from), To: max(m.To-by, s.to)}
}

// without is what of spans is not in others. Both are in order.
func without(spans, others []span) []span {
	var rest []span
	for _, m := range spans {
		for _, o := range others {
			if o.To <= m.From {
				continue
			}
			if o.From >= m.To {
				break
			}
			if o.From > m.From {
				rest = append(rest, span{From: m.From, To: o.From})
			}
			m.From = o.To
		}
		if m.From < m.To {
			rest = append(rest, m)
		}
	}
	return rest
}

// clip is what of spans lies in from..to, counted from there.
func clip(spans []span, from, to int) []span {
	var inside []span
	for _, m := range spans {
		if m.From < to && m.To > from {
			inside = append(inside, span{From: max(m.From, from) - from, To: min(m.To, to) - from})
		}
	}
	return inside
}

package redact

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Span is the bytes From..To of a text.
type Span struct{ From, To int }

// A Secret is where a text has a secret, and of which kind it is: the id of
// the rule that knew it.
type Secret struct {
	Span
	Kind string
}

// Found returns the secrets of text, in order. One that holds another one is
// there beside it.
func Found(text string) []Secret {
	var all []Secret
	for range maxPasses {
		var fresh []Span
		for _, s := range find(text) {
			// Some rules take a secret by what stands before it, and so find it
			// again when it is masked.
			if !slices.ContainsFunc(all, func(o Secret) bool { return o.From <= s.from && s.to <= o.To }) {
				fresh = append(fresh, Span{s.from, s.to})
				all = append(all, Secret{Span{s.from, s.to}, s.rule.id})
			}
		}
		if len(fresh) == 0 {
			break
		}
		text = Mask(text, fresh)
	}
	slices.SortStableFunc(all, func(a, b Secret) int { return cmp.Compare(a.From, b.From) })
	return all
}

// Spans returns where the secrets of text stand, in order and apart from each
// other. Text would replace the same ones.
func Spans(text string) []Span {
	found := Found(text)
	spans := make([]Span, len(found))
	for i, s := range found {
		spans[i] = s.Span
	}
	return Merge(spans)
}

// Merge sorts spans and joins those that touch each other. It reuses the slice.
func Merge(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	merged := spans[:0]
	for _, s := range spans {
		switch last := len(merged) - 1; {
		case s.From >= s.To:
		case last >= 0 && s.From <= merged[last].To:
			merged[last].To = max(merged[last].To, s.To)
		default:
			merged = append(merged, s)
		}
	}
	return merged
}

// Mask returns text with what the spans hold made unreadable, and all places
// where they were: each character becomes one of the same number of bytes and
// of UTF-16 units. A letter stays a letter and a digit a digit; blanks and line
// breaks stay. What is masked already stays as it is. The spans must be in
// order.
func Mask(text string, spans []Span) string {
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	at := 0
	for _, s := range spans {
		from, to := max(s.From, at), min(s.To, len(text))
		if from >= to {
			continue
		}
		b.WriteString(text[at:from])
		for i, r := range text[from:to] {
			b.WriteString(masked(r, text[from+i:to]))
		}
		at = to
	}
	b.WriteString(text[at:])
	return b.String()
}

// masked is what stands for r, with which rest begins.
func masked(r rune, rest string) string {
	switch {
	case r == '\n' || r == '\r' || r == ' ' || r == '\t':
		return string(r)
	case '0' <= r && r <= '9':
		return "0"
	case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
		return "x"
	case r < utf8.RuneSelf:
		return "-"
	}
	switch _, n := utf8.DecodeRuneInString(rest); n {
	case 2:
		return "ø"
	case 3:
		return "一"
	case 4:
		return "𐐀"
	}
	return "x" // a byte that is no character
}

// Package redact says what must not leave the machine: files that hold
// secrets, told by their names, and secrets in the text of other files.
//
// It prefers precision to recall: a rule that fires on ordinary code costs
// every completion near it. It keeps no state and reads no files.
package redact

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// marker begins every placeholder. A placeholder is one word of plain ASCII
// letters, digits and underscores, so that it is harmless as a name, inside a
// string, in a URL and in Markdown; the odd letters in the middle keep anybody
// from writing one by accident.
const (
	marker    = "REDACTED_SECRET_" + "x7q_"
	markerEnd = "_q7x"
)

// maxPasses bounds how often Text looks again at what it has cleaned. One
// replacement can bring another secret to light (a value was too long before
// the token inside it went away); two in a row are not known to happen.
const maxPasses = 8

// Text returns text with each secret replaced by the placeholder of its kind,
// and how many were replaced. Where there is none the result is text itself.
//
// The same secret always becomes the same bytes, so that a prompt cache stays
// warm. Line breaks inside a secret are kept: line n of the result is made of
// line n of text. Text is idempotent.
func Text(text string) (clean string, n int) {
	for range maxPasses {
		found := find(text)
		if len(found) == 0 {
			break
		}
		text = replace(text, found)
		n += len(found)
	}
	return text, n
}

// Count returns how many secrets were taken out of what clean was made of: how
// many placeholders it holds.
func Count(clean string) int { return strings.Count(clean, marker) }

// HasPlaceholder reports whether text holds a placeholder or the beginning of
// one: an answer with one must not be inserted into a document.
func HasPlaceholder(text string) bool { return strings.Contains(text, marker) }

func placeholder(id string) string {
	return marker + strings.ReplaceAll(id, "-", "_") + markerEnd
}

// A span is a secret at text[from:to].
type span struct {
	from, to int
	rule     *rule
}

// find returns the secrets of text, in order, none overlapping another.
func find(text string) []span {
	var found []span
	triggers := triggers()
	for i := 0; i+1 < len(text); {
		bucket := triggers.at(text[i], text[i+1])
		if bucket == 0 {
			i++
			continue
		}
		next := i + 1
		for _, k := range triggers.buckets[bucket] {
			if !hasFold(text[i:], k.word) {
				continue
			}
			from, to := k.rule.match(text, i)
			if from >= to {
				continue
			}
			found = append(found, span{from, to, k.rule})
			if !k.rule.generic {
				// Nothing inside one token is another one. A generic value may
				// hold a token with a kind of its own: go on looking there.
				next = max(next, to)
				break
			}
		}
		i = next
	}
	return resolve(found)
}

// resolve drops overlapping spans: a rule that knows the kind of the secret
// beats a generic one, otherwise the first wins. What a dropped span covered
// beyond the winner is looked at in the next pass.
func resolve(found []span) []span {
	if len(found) < 2 {
		return found
	}
	slices.SortStableFunc(found, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	kept := found[:0]
	for _, s := range found {
		if len(kept) == 0 || kept[len(kept)-1].to <= s.from {
			kept = append(kept, s)
			continue
		}
		if last := &kept[len(kept)-1]; last.rule.generic && !s.rule.generic {
			*last = s
		}
	}
	return kept
}

func replace(text string, found []span) string {
	var b strings.Builder
	b.Grow(len(text) + 16*len(found))
	at := 0
	for _, s := range found {
		b.WriteString(text[at:s.from])
		b.WriteString(placeholder(s.rule.id))
		for _, c := range []byte(text[s.from:s.to]) {
			if c == '\n' || c == '\r' {
				b.WriteByte(c)
			}
		}
		at = s.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// triggers finds the places where a keyword may begin: a table over the first
// two bytes of every keyword, so that one pass over the text serves all rules,
// whatever their number.
var triggers = sync.OnceValue(func() *trigger { return newTrigger(compile(rules)) })

type keyword struct {
	word string // lower case
	rule *rule
}

type trigger struct {
	table   [1 << 16]uint8 // bucket of a pair of folded bytes; 0 where no keyword begins so
	buckets [][]keyword
}

func newTrigger(rules []rule) *trigger {
	t := &trigger{buckets: make([][]keyword, 1)}
	for i := range rules {
		for _, word := range rules[i].keywords {
			pair := int(word[0])<<8 | int(word[1])
			if t.table[pair] == 0 {
				t.table[pair] = uint8(len(t.buckets))
				t.buckets = append(t.buckets, nil)
			}
			bucket := &t.buckets[t.table[pair]]
			*bucket = append(*bucket, keyword{word, &rules[i]})
		}
	}
	return t
}

func (t *trigger) at(a, b byte) uint8 { return t.table[int(fold[a])<<8|int(fold[b])] }

// fold maps ASCII capitals to small letters and leaves other bytes alone.
var fold = func() (f [256]byte) {
	for i := range f {
		f[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			f[i] += 'a' - 'A'
		}
	}
	return f
}()

// hasFold reports whether text begins with word, which is in lower case.
func hasFold(text, word string) bool {
	if len(text) < len(word) {
		return false
	}
	for i := range len(word) {
		if fold[text[i]] != word[i] {
			return false
		}
	}
	return true
}

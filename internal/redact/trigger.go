package redact

import "sync"

// triggers finds the places where a keyword may begin: a table over the first
// two bytes of every keyword and sets of those that follow, so that one pass
// over the text serves all rules, whatever their number.
var triggers = sync.OnceValue(func() *trigger { return newTrigger(compile(rules)) })

type keyword struct {
	word string // lower case
	rule *rule
}

type trigger struct {
	table   [1 << 16]uint8 // bucket of a pair of folded bytes; 0 where no keyword begins so
	buckets []bucket
}

// A bucket has the keywords with the same first two bytes.
type bucket struct {
	keywords []keyword
	third    byteSet // of what follows in any of them
	fourth   byteSet
}

// candidates returns the keywords of which one may begin text.
func (b *bucket) candidates(text string) []keyword {
	if len(text) > 3 && (!b.third.has(fold[text[2]]) || !b.fourth.has(fold[text[3]])) {
		return nil
	}
	return b.keywords
}

func newTrigger(rules []rule) *trigger {
	t := &trigger{buckets: make([]bucket, 1)}
	for i := range rules {
		for _, word := range rules[i].keywords {
			pair := int(word[0])<<8 | int(word[1])
			if t.table[pair] == 0 {
				if len(t.buckets) > 0xff {
					panic("redact: more beginnings of keywords than a table of bytes can tell apart")
				}
				t.table[pair] = uint8(len(t.buckets))
				t.buckets = append(t.buckets, bucket{})
			}
			b := &t.buckets[t.table[pair]]
			b.keywords = append(b.keywords, keyword{word, &rules[i]})
			b.third.add(word, 2)
			b.fourth.add(word, 3)
		}
	}
	return t
}

func (t *trigger) at(a, b byte) uint8 { return t.table[int(fold[a])<<8|int(fold[b])] }

// A byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

// add puts the byte of word at a place into the set. A word that ends before
// may be followed by any.
func (s *byteSet) add(word string, at int) {
	if at < len(word) {
		s[word[at]>>6] |= 1 << (word[at] & 63)
		return
	}
	for i := range s {
		s[i] = ^uint64(0)
	}
}

func setOf(bytes string) (s byteSet) {
	for i := range len(bytes) {
		s.add(bytes, i)
	}
	return s
}

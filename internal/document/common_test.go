package document

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// slow is what CommonPrefix and CommonSuffix must find, byte by byte.
func slow(a, b string) (prefix, suffix Offset) {
	for int(prefix) < min(len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	for int(suffix) < min(len(a), len(b)) && a[len(a)-1-int(suffix)] == b[len(b)-1-int(suffix)] {
		suffix++
	}
	return prefix, suffix
}

func TestCommon(t *testing.T) {
	texts := []string{"", "a", "aa", "ab", "ba", "a\nb", source(5 << 10), source(5<<10) + "x", "x" + source(5<<10), source(40 << 10)}
	for i, a := range texts {
		for j, b := range texts {
			d, e := New("u", "go", 1, a), New("u", "go", 2, b)
			prefix, suffix := slow(a, b)
			if got := d.CommonPrefix(e); got != prefix {
				t.Errorf("texts %d and %d: a common prefix of %d, want %d", i, j, got, prefix)
			}
			if got := d.CommonSuffix(e); got != suffix {
				t.Errorf("texts %d and %d: a common suffix of %d, want %d", i, j, got, suffix)
			}
		}
	}
}

// After any edits, in texts that share pieces at other offsets.
func TestCommonAfterEdits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	first := New("u", "text", 1, strings.Repeat("0123456789abcdef\n", 2000))
	d := first
	for range 300 {
		from := Offset(r.IntN(int(d.Len())))
		to := min(d.Len(), from+Offset(r.IntN(40)))
		if r.IntN(20) == 0 {
			to = min(d.Len(), from+Offset(r.IntN(9000)))
		}
		next, err := d.Apply(d.Version()+1, Change{from, to, strings.Repeat("x9", r.IntN(30))})
		if err != nil {
			t.Fatal(err)
		}
		for _, old := range []*Document{d, first} {
			prefix, suffix := slow(next.Text(), old.Text())
			if got := next.CommonPrefix(old); got != prefix {
				t.Fatalf("a common prefix of %d, want %d", got, prefix)
			}
			if got := next.CommonSuffix(old); got != suffix {
				t.Fatalf("a common suffix of %d, want %d", got, suffix)
			}
		}
		if d = next; d.Len() < 2000 {
			d = first
		}
	}
}

func BenchmarkCommon(b *testing.B) {
	for _, n := range sizes[:3] {
		b.Run(name(n), func(b *testing.B) {
			d := New("file:///a", "go", 1, source(n))
			at := d.LineEnd(d.Lines() / 2)
			next, err := d.Apply(2, Change{at, at, "x"})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if p, s := d.CommonPrefix(next), d.CommonSuffix(next); p+s < d.Len() {
					b.Fatal("not found")
				}
			}
		})
	}
}

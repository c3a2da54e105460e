package document

import (
	"fmt"
	"strings"
	"testing"
)

// sizes are a usual file, a large one and a very large one.
var sizes = []int{40 << 10, 1 << 20, 10 << 20, 100 << 20}

// source returns about n bytes that look like a source file.
func source(n int) string {
	const line = "\tif err := d.check(change); err != nil { // größer\n"
	return strings.Repeat(line, n/len(line))
}

func name(n int) string {
	if n < 1<<20 {
		return fmt.Sprintf("%dKB", n>>10)
	}
	return fmt.Sprintf("%dMB", n>>20)
}

// BenchmarkApply types one character after the other at one place, as didChange
// does.
func BenchmarkApply(b *testing.B) {
	for _, n := range sizes {
		b.Run(name(n), func(b *testing.B) {
			opened := New("file:///a", "go", 1, source(n))
			start := opened.LineEnd(opened.Lines() / 2)
			b.ReportAllocs()
			d, at := opened, start
			for b.Loop() {
				next, err := d.Apply(d.Version()+1, Change{at, at, "x"})
				if err != nil {
					b.Fatal(err)
				}
				d = next
				if at++; at-start > 1000 { // nobody types for ever at one place
					d, at = opened, start
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "edits/s")
		})
	}
}

// BenchmarkNew opens a file.
func BenchmarkNew(b *testing.B) {
	for _, n := range sizes {
		b.Run(name(n), func(b *testing.B) {
			text := source(n)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				New("file:///a", "go", 1, text)
			}
		})
	}
}

func BenchmarkLineAt(b *testing.B) {
	for _, n := range sizes {
		b.Run(name(n), func(b *testing.B) {
			d := New("file:///a", "go", 1, source(n))
			at := d.Len() / 3
			for b.Loop() {
				d.LineAt(at)
			}
		})
	}
}

func BenchmarkLineStart(b *testing.B) {
	for _, n := range sizes {
		b.Run(name(n), func(b *testing.B) {
			d := New("file:///a", "go", 1, source(n))
			line := d.Lines() / 3
			for b.Loop() {
				d.LineStart(line)
			}
		})
	}
}

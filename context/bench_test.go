package doccontext

import (
	"fmt"
	"testing"

	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// One key typed in a large file, with and without other documents, at the
// default budget.
func BenchmarkWindow(b *testing.B) {
	for _, bb := range []struct {
		name   string
		own    int // bytes on each side of the cursor
		others int // of 60 KB each
	}{
		{"own_1MB", 500_000, 0},
		{"own_40KB_others_8", 20_000, 8},
		{"own_1MB_others_8", 500_000, 8},
		{"own_20MB_others_8", 10_000_000, 8},
	} {
		b.Run(bb.name, func(b *testing.B) {
			r := at(b, code(bb.own, 0)+"\tx‸\n"+code(bb.own, 500_000))
			for i := range bb.others {
				r.Others = append(r.Others, other(fmt.Sprintf("o%d.go", i), code(60_000, i)))
			}
			c := New(Options{Redact: clean})
			w := c.Window(r)
			docs := make([]*document.Document, 64)
			for i := range docs {
				doc, err := r.Doc.Apply(int32(i), document.Change{From: r.At, To: r.At, Text: "word("[:i%5]})
				if err != nil {
					b.Fatal(err)
				}
				docs[i] = doc
			}
			b.ReportAllocs()
			b.ReportMetric(float64(w.Tokens), "tokens")
			for i := 0; b.Loop(); i++ {
				r.Doc = docs[i%len(docs)]
				c.Window(r)
			}
		})
	}
}

// One key typed in a file of 2,000 lines, in a workspace that fills the window.
// Ranking is not part of it: it goes on beside the keystroke.
func BenchmarkWindowOfAWorkspace(b *testing.B) {
	found := rank.Ranking{
		Line: passages(4, 600, rank.ReasonDefinition),
		Bulk: append(passages(30, 3_000, rank.ReasonSimilar), passages(60, 3_000, rank.ReasonImported)...),
	}
	c := collector(b, Options{Rank: ranks(found)})
	text := goLines(2000)
	r := at(b, text+"\tx‸\n"+text)
	r.Wait = -1
	w := c.Window(r)
	r.Wait = 0
	docs := make([]*document.Document, 64)
	for i := range docs {
		doc, err := r.Doc.Apply(int32(i), document.Change{From: r.At, To: r.At, Text: "word("[:i%5]})
		if err != nil {
			b.Fatal(err)
		}
		docs[i] = doc
	}
	b.ReportAllocs()
	b.ReportMetric(float64(w.Tokens), "tokens")
	for i := 0; b.Loop(); i++ {
		r.Doc = docs[i%len(docs)]
		c.Window(r)
	}
}

// The first window of a file of 2,000 lines: all of it is cleaned and counted.
func BenchmarkFirstWindow(b *testing.B) {
	text := goLines(2000)
	r := at(b, text+"\tx‸\n"+text)
	b.ReportAllocs()
	for b.Loop() {
		New(Options{Redact: clean}).Window(r)
	}
}

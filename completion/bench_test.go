package completion

import (
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A block of 30 lines in the middle of a file of 80 KB, in deltas of a token.
func benchAnswer() (text, answer string) {
	var file, code strings.Builder
	for range 700 {
		file.WriteString("func f(x int) int {\n\tif x > 1 {\n\t\treturn g(x) + 1\n\t}\n\treturn 0\n}\n\n")
	}
	for i := range 30 {
		code.WriteString("\tif value, ok := table[key" + strings.Repeat("x", i) + "]; ok {\n\t\tuse(value, ok)\n\t}\n")
	}
	return file.String() + "func h() {\n\t" + cursor + "\n}\n" + file.String(), "```go\n" + strings.TrimLeft(code.String(), "\t") + "```\n"
}

// What the fence alone costs for each delta.
func BenchmarkFence(b *testing.B) {
	_, answer := benchAnswer()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		var f fence
		for rest := answer; rest != ""; n++ {
			size := min(4, len(rest))
			f.write(rest[:size])
			rest = rest[size:]
		}
		f.end()
		if !f.last().closed {
			b.Fatal("not closed")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/delta")
}

// What reading costs for each delta, with the looks at the answer at each line's
// end.
func BenchmarkReading(b *testing.B) {
	text, answer := benchAnswer()
	p := drawn(b, "go", text)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		rd := &reading{place: p, limit: 1}
		for rest := answer; rest != ""; n++ {
			size := min(4, len(rest))
			if rd.add(model.Chunk{Text: rest[:size], Markdown: true}) {
				break
			}
			rest = rest[size:]
		}
		if found, _ := rd.finish(model.StopEnd, false); len(found) != 1 {
			b.Fatal("nothing found")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/delta")
}

// What the last delta costs: one line more, and the answer.
func BenchmarkPolish(b *testing.B) {
	text, answer := benchAnswer()
	p := drawn(b, "go", text)
	parts := split(answer)
	b.ReportAllocs()
	for b.Loop() {
		if found, _ := choose(p, parts, aBlock, 1, true, false); len(found) != 1 {
			b.Fatal("nothing found")
		}
	}
}

// What an answer costs once, when its first text comes.
func BenchmarkPrepare(b *testing.B) {
	text, _ := benchAnswer()
	before, after, _ := strings.Cut(text, cursor)
	r := at(b, "go", before+cursor+after)
	b.ReportAllocs()
	for b.Loop() {
		p := placeAt(r.Doc, r.At)
		p.prepare()
		if string(p.bal.stack) != "{" {
			b.Fatal("no evidence")
		}
	}
}

// What a request costs once, before it is sent.
func BenchmarkPlace(b *testing.B) {
	text, _ := benchAnswer()
	before, after, _ := strings.Cut(text, cursor)
	r := at(b, "go", before+cursor+after)
	b.ReportAllocs()
	for b.Loop() {
		if p := placeAt(r.Doc, r.At); !p.bal.known {
			b.Fatal("no evidence")
		}
	}
}

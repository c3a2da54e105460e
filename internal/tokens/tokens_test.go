package tokens

import (
	"math"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// Samples of our own, by language, to see that the estimate keeps near the
// published 2.5 characters a token.
var samples = map[string]string{
	"go": `// Apply returns the document after the changes.
func (d *Document) Apply(version int32, changes ...Change) (*Document, error) {
	text := d.text
	for i, c := range changes {
		if err := text.check(c); err != nil {
			return nil, fmt.Errorf("change %d of %d: %w", i+1, len(changes), err)
		}
		text = text.splice(c.From, c.To, c.Text)
	}
	return &Document{uri: d.uri, version: version, text: text}, nil
}
`,
	"python": `class Estimator:
    """Counts tokens and learns from what was billed."""

    def __init__(self, ratio: float = 1.0) -> None:
        self.ratio = ratio

    def count(self, language: str, text: str) -> int:
        if not text:
            return 0
        return math.ceil(sum(weigh(line) for line in text.splitlines(True)) * self.ratio)
`,
	"javascript": `export async function complete(document, position) {
  const items = await client.sendRequest('textDocument/inlineCompletion', { position });
  return items.filter((item) => item.insertText.length > 0).map(({ insertText, range }) => ({
    text: insertText,
    range: range ?? { start: position, end: position },
  }));
}
`,
	"json": `{"jsonrpc": "2.0", "id": 17, "method": "textDocument/completion", "params": {
  "textDocument": {"uri": "file:///home/someone/project/main.go"},
  "position": {"line": 102, "character": 8}, "context": {"triggerKind": 1}
}}
`,
	"markdown": `# How the window is made

What goes in is chosen for each task: the lines around the cursor first, then the
signatures of what the file imports, and whole definitions as long as there is room.

- The order is **stable**, so that the prompt cache is hit.
- A block is cut at lines, never inside one.
`,
}

func TestCountIsCautious(t *testing.T) {
	for language, text := range samples {
		chars := float64(utf8.RuneCountInString(text))
		got := chars / float64(NewEstimator().Count(language, text))
		// The published mean is 2.5: never more than about that, nor a waste of it.
		if got < 1.7 || got > 2.6 {
			t.Errorf("%s: %.2f characters a token, want 1.7 to 2.6", language, got)
		}
	}
}

func TestCount(t *testing.T) {
	tests := []struct {
		name, text string
		min, max   Count
	}{
		{"nothing", "", 0, 0},
		{"one letter", "x", 1, 1},
		{"a word", "word", 1, 2},
		{"words", "five words in a row", 5, 9},
		{"camelCase is three words", "getUserName", 4, 6},
		{"a long word is cut", "donaudampfschifffahrtsgesellschaft", 7, 12},
		{"no more tokens than bytes", "a;b;c;d;", 8, 8},
		{"digits", "31415926", 8, 8},
		{"a ruler is cheap", strings.Repeat("=", 80), 2, 12},
		{"indentation is cheap", "\n" + strings.Repeat(" ", 40) + "x", 2, 7},
		{"blank lines are cheap", "x" + strings.Repeat("\n", 40), 2, 6},
		{"Han", "这是一个测试", 6, 9},
		{"Cyrillic", "Это тестовый файл", 6, 12},
		{"emoji", "😀🎉🚀", 6, 9},
		{"invalid bytes", "\xff\x80\x80\xc0", 4, 4},
		{"half a character", "\xf0\x9f", 2, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := NewEstimator().Count("", tt.text); got < tt.min || got > tt.max {
				t.Errorf("%d tokens, want %d to %d", got, tt.min, tt.max)
			}
		})
	}
}

// A factor must not lower an estimate: it would be a bet that we cannot prove.
func TestFactorsOnlyRaise(t *testing.T) {
	for language, factor := range factors {
		if factor < 1 || factor > 1.5 {
			t.Errorf("%s: factor %v is not in 1..1.5", language, factor)
		}
	}
}

func TestObserve(t *testing.T) {
	const text = "some words that are counted again and again\n"
	before := NewEstimator().Count("", text)

	up := NewEstimator()
	for range 8 {
		up.Observe(1000, 1500)
	}
	if got := up.Count("", text); got <= before {
		t.Errorf("too low eight times: %d tokens, were %d", got, before)
	}

	down := NewEstimator()
	for range 8 {
		down.Observe(1000, 500)
	}
	if r, f := ratio(up)-1, 1-ratio(down); f <= 0 || f >= r/4 {
		t.Errorf("rose by %.3f and fell by %.3f: falling must be much slower", r, f)
	}
}

func TestObserveFindsTheTruth(t *testing.T) {
	for _, truth := range []float64{0.7, 1, 1.3} {
		e := NewEstimator()
		for range 1000 { // requests that cost 5000*truth tokens
			e.Observe(Count(5000*ratio(e)), Count(5000*truth))
		}
		if math.Abs(ratio(e)-truth) > 0.02 {
			t.Errorf("ratio %.3f after many requests, want %.3f", ratio(e), truth)
		}
	}
}

func TestObserveIsBounded(t *testing.T) {
	e := NewEstimator()
	for range 1000 {
		e.Observe(1000, math.MaxInt)
	}
	if ratio(e) != maxRatio {
		t.Errorf("ratio %v after absurdly high bills, want %v", ratio(e), maxRatio)
	}
	for range 10000 {
		e.Observe(math.MaxInt, 1)
	}
	if ratio(e) != minRatio {
		t.Errorf("ratio %v after absurdly low bills, want %v", ratio(e), minRatio)
	}
}

func TestObserveIgnoresWhatSaysNothing(t *testing.T) {
	e := NewEstimator()
	e.Observe(0, 100)
	e.Observe(-5, 100)
	e.Observe(minObserved-1, 10*minObserved)
	e.Observe(1000, 0)
	e.Observe(1000, -1)
	if ratio(e) != 1 {
		t.Errorf("ratio moved to %v", ratio(e))
	}
}

func TestConcurrentUse(t *testing.T) {
	e := NewEstimator()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				e.Observe(1000, 1100)
				if e.Count("go", samples["go"]) <= 0 {
					t.Error("a count of nothing")
				}
			}
		})
	}
	wg.Wait()
	// Every observation counted: none was lost to another.
	want := math.Min(math.Pow(1+riseRate*0.1, 800), maxRatio)
	if math.Abs(ratio(e)-want) > 1e-9 {
		t.Errorf("ratio %v, want %v", ratio(e), want)
	}
}

func FuzzCount(f *testing.F) {
	for _, text := range samples {
		f.Add(text, 40, uint8(3), "javascript")
	}
	f.Add("\xf0\x9f\xff\n\r\n\t  é😀", 4, uint8(200), "")
	f.Fuzz(func(t *testing.T, text string, cut int, observed uint8, language string) {
		e := NewEstimator()
		for range observed {
			e.Observe(1000, 1200)
		}
		whole := e.Count(language, text)
		if (whole > 0) != (text != "") {
			t.Fatalf("%d tokens for %d bytes", whole, len(text))
		}
		if cut > 0 && cut < len(text) && text[cut-1] == '\n' {
			if sum := e.Count(language, text[:cut]) + e.Count(language, text[cut:]); sum < whole || sum > whole+1 {
				t.Fatalf("%d tokens in two parts, %d in one", sum, whole)
			}
		}
		n := Count(len(text) / 2)
		if b := min(e.Bytes(language, n), len(text)); e.Count(language, text[:b]) > n {
			t.Fatalf("%d bytes, said to fit in %d tokens, cost %d", b, n, e.Count(language, text[:b]))
		}
	})
}

func TestBytes(t *testing.T) {
	const worst = "a;"
	for _, language := range []string{"", "go", "javascript"} {
		for _, observed := range []Count{500, 1000, 2000} {
			e := NewEstimator()
			for range 20 {
				e.Observe(1000, observed)
			}
			for _, n := range []Count{-1, 0, 1, 2, 3, 7, 100, 95_000} {
				b := e.Bytes(language, n)
				if got := e.Count(language, strings.Repeat(worst, b)[:b]); got > max(n, 0) {
					t.Errorf("%s: %d bytes do not fit in %d tokens: %d", language, b, n, got)
				}
				if n >= 100 && b < int(n)/3 {
					t.Errorf("%s: only %d bytes in %d tokens: the bound is of no use", language, b, n)
				}
			}
		}
	}
}

func TestCountAllocatesNothing(t *testing.T) {
	e, text := NewEstimator(), samples["go"]
	if n := testing.AllocsPerRun(100, func() { e.Count("go", text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCount(b *testing.B) {
	e := NewEstimator()
	for language, sample := range samples {
		b.Run(language, func(b *testing.B) {
			text := strings.Repeat(sample, 1+100<<10/len(sample))
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			var n Count
			for b.Loop() {
				n = e.Count(language, text)
			}
			b.ReportMetric(float64(utf8.RuneCountInString(text))/float64(n), "chars/token")
		})
	}
}

func ratio(e *Estimator) float64 { return math.Float64frombits(e.ratio.Load()) }

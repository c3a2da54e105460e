package doccontext

import (
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

func FuzzWindow(f *testing.F) {
	f.Add("a\nb\n\nc", 3, 10)
	f.Add("\r\n\r\rä", 4, 3)
	f.Add("x = \"gh"+"p_"+strings.Repeat("Fake0", 8)+"\"\n", 20, 100)
	f.Fuzz(func(t *testing.T, text string, at, budget int) {
		r := Request{Doc: document.New("u", "go", 1, text), At: document.Offset(at), Path: "p", Budget: tokens.Count(budget % 100_000)}
		w := New(Options{Redact: clean}).Window(r)
		if n := cost(tokens.NewEstimator(), r, w); w.Tokens > max(r.Budget, 0) || n > w.Tokens {
			t.Fatalf("budget %d, window says %d and costs %d", r.Budget, w.Tokens, n)
		}
		before, after := around(New(Options{}).Window(r))
		if !strings.Contains(text, before+after) {
			t.Fatalf("%q is no part of %q", before+after, text)
		}
	})
}

// Whatever the text and what is done to it, the parts join to the text.
func FuzzFrame(f *testing.F) {
	f.Add("a\nb\n\nc", []byte("abc\x00\x10\x80"))
	f.Add("\r\n\r\rä\n", []byte{1, 2, 3, 200, 255, 0})
	f.Add("func f() {\n\treturn\n}\n\n", []byte("\xff\x00\x7f\x40 typing"))
	f.Fuzz(func(t *testing.T, text string, steps []byte) {
		if text == "" || len(text) > 2_000 || len(steps) > 60 {
			return
		}
		doc := document.New("u", "go", 1, strings.Repeat(text, 12_000/len(text)))
		r := Request{Doc: doc, Path: "p", Budget: 90_000}
		c := New(Options{})
		for i, s := range steps {
			switch s % 4 {
			case 0:
				r.At = r.Doc.RuneStart(r.Doc.Len() * document.Offset(s) / 256)
			case 1:
				r = edit(t, r, int(s), "")
			default:
				r = edit(t, r, 0, text[:len(text)*int(s)/256])
			}
			r.At = r.Doc.RuneStart(r.At)
			w := c.Window(r)
			before, after := around(w)
			whole := r.Doc.Text()
			if !strings.HasSuffix(whole[:r.At], before) || !strings.HasPrefix(whole[r.At:], after) || w.Tokens > r.Budget {
				t.Fatalf("step %d: the window is not the text round %d of %d, or costs %d", i, r.At, r.Doc.Len(), w.Tokens)
			}
		}
	})
}

package editors

import (
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// Who leaves and comes back finds the suggestion as it was, also when the lines
// above have changed.
func TestNeovimComesBack(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.keys("re")
	v.sees("turn a + b")
	v.keys("<Esc>gg")
	v.sees("")
	v.offers(v.presses("4GA"), "turn a + b")
	w.askedOnce(lead, "return a + b")
	v.keys("<Esc>")
	v.call("nvim_buf_set_lines", 0, 0, 0, true, []string{"// Package sums adds.", "//"})
	v.offers(v.presses("6GA"), "turn a + b")
	w.askedOnce(lead, "return a + b")
	v.accepts()
	v.saves("// Package sums adds.\n//\n" + lead + "return a + b\n}\n")
}

// What was suggested in front of a paste is of no use behind it.
func TestNeovimPastesLines(t *testing.T) {
	const pasted = "turn a - b\n}\n\nfunc Mul(a, b int) int {\n\tre"
	w := newWorld(t, func(before, after string) messages.Answer {
		if strings.HasSuffix(before, lead+"re"+pasted) {
			return fenced("turn a * b")
		}
		return writes(lead+"return a + b¦")(before, after)
	})
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.keys("re")
	v.sees("turn a + b")
	asked := len(v.asked())
	v.call("nvim_paste", pasted, true, -1)
	eventually(t, "Neovim to ask behind what was pasted", v.screen, func() bool { return len(v.asked()) > asked })
	v.sees("turn a * b")
	v.typesThrough("turn a * b", len("turn"))
	if screen := v.screen(); strings.Contains(screen, "a + b") {
		t.Errorf("the old suggestion is on the screen:\n%s", screen)
	}
	for _, text := range []string{"return a - b", "return a - b\n}\n\nfunc Mul(a, b int) int {\n\treturn a * b"} {
		if n, _ := w.askedFor(lead, text); n != strings.Count(text, "return") {
			t.Errorf("asked %d times on the way to %q", n, text)
		}
	}
	v.accepts()
	v.saves(lead + "re" + pasted + "turn a * b\n}\n")
}

// Each of two documents keeps its own suggestion, whatever happens in the other.
func TestNeovimTwoDocuments(t *testing.T) {
	const other = "package sums\n\nfunc Mul(a, b int) int {\n\t"
	w := newWorld(t, func(before, after string) messages.Answer {
		if strings.Contains(before, "File being edited: mul.go") {
			return writes(other+"return a * b¦")(before, after)
		}
		return writes(lead+"return a + b¦")(before, after)
	})
	mul := w.write("mul.go", other+"\n}\n")
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.keys("re")
	v.sees("turn a + b")
	v.keys("<Esc>")
	v.call("nvim_command", "vsplit "+mul)
	v.keys("4GA")
	v.keys("retu")
	v.sees("rn a * b")
	v.typesThrough("rn a * b", len("rn a"))
	v.keys("<Esc>")
	v.call("nvim_command", "wincmd p")
	v.offers(v.presses("4GA"), "turn a + b")
	v.accepts()
	v.keys("<Esc>")
	v.call("nvim_command", "wincmd p")
	v.offers(v.presses("A"), " * b")
	v.accepts()
	if n, _ := w.askedFor(lead, "return a + b"); n != 1 {
		t.Errorf("the sum was asked for %d times, want once", n)
	}
	if n, _ := w.askedFor(other, "return a * b"); n != 1 {
		t.Errorf("the product was asked for %d times, want once", n)
	}
	v.call("nvim_command", "wall")
	w.holds(mul, other+"return a * b\n}\n")
	v.saves(lead + "return a + b\n}\n")
}

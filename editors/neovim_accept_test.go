package editors

import (
	"fmt"
	"strings"
	"testing"
)

// filler is so much text that the lines behind the shown one are read in
// advance: with a large window that is cheaper than another question.
func filler() string {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "// Rule %d: a sum of %d numbers is smaller than one of %d.\n", i, i*i, i*i+7)
	}
	return b.String()
}

// After a line was accepted, the lines behind it are there.
func TestNeovimAcceptsThenSeesTheNext(t *testing.T) {
	const next = "\nfunc Add(a, b int) int {\n\treturn a + b\n}"
	before := "package sums\n\n" + filler() + "\n// Add "
	w := newWorld(t, writes(before+"adds two numbers."+next+"¦"))
	v := startNeovim(t, w, w.write("sums.go", before+"\n"))
	v.keys("GA")
	v.sees("adds two numbers.")
	v.accepts()
	v.sees(next)
	w.askedOnce(before, "adds two numbers."+next)
	v.accepts()
	v.saves(before + "adds two numbers." + next + "\n")
}

// Who wants one line at a time finds the next one behind each line break.
func TestNeovimAcceptsLineByLine(t *testing.T) {
	const text = "sum := 0\n\tfor _, n := range list {\n\t\tsum += n"
	before := "package sums\n\n" + filler() + "\nfunc Sum(list []int) int {\n\t"
	w := newWorld(t, writes(before+text+"\n\t}\n\treturn sum¦"))
	w.set("CLAUDE_LSP_COMPLETION_MULTILINE", "never")
	v := startNeovim(t, w, w.write("sums.go", before+"\n}\n"))
	v.keys("Gk$a")
	v.sees("sum := 0")
	v.accepts()
	v.offers(v.presses("<CR>"), "for _, n := range list {")
	v.accepts()
	v.offers(v.presses("<CR>"), "sum += n")
	v.accepts()
	w.askedOnce(before, text)
	v.saves(before + text + "\n}\n")
}

// Of an answer that takes long the lines that have come are shown. Accepted,
// they are followed by those that come then.
func TestNeovimAcceptsWhatHasCome(t *testing.T) {
	const first, then = "sum := a", "\n\tsum += b\n\treturn sum"
	on := make(chan struct{})
	w := newWorld(t, halfway(writes(lead+first+then+"¦"), ":= a\n", on))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.sees(first)
	v.accepts()
	close(on)
	v.sees(then)
	w.askedOnce(lead, first+then)
	v.accepts()
	v.saves(lead + first + then + "\n}\n")
}

// Behind a whole block the next line is another suggestion: Enter asks for it,
// unless it was asked for before.
func TestNeovimAcceptsABlockThenEnter(t *testing.T) {
	const block, next = "sum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}", "\n\treturn sum"
	const lead = "package sums\n\nfunc Sum(list []int) int {\n\t"
	w := newWorld(t, inParts(lead, block, next))
	v := startNeovim(t, w, w.write("sums.go", lead+"\n}\n"))
	v.keys("4GA")
	v.sees(block)
	v.accepts()
	v.presses("<CR>")
	v.sees("return sum")
	v.accepts()
	w.askedOnce(lead, block)
	if n, _ := w.askedFor(lead+block, next); n != 1 {
		t.Errorf("the line behind the block was asked for %d times, want once", n)
	}
	v.saves(lead + block + next + "\n}\n")
}

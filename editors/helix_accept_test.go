package editors

import (
	"strings"
	"testing"
)

// Who wants one line at a time finds the next one on the next line.
func TestHelixAcceptsLineByLine(t *testing.T) {
	const text = "first := list[0]\n\tlast := list[len(list)-1]\n\tsum := first + last"
	before := "package sums\n\n" + filler() + "\nfunc Ends(list []int) int {\n\t"
	w := newWorld(t, writes(before+text+"\n\treturn sum¦"))
	w.set("CLAUDE_LSP_COMPLETION_MULTILINE", "never")
	h := startHelix(t, w, w.write("ends.go", before+"\n}\n"))
	h.inserts("305")
	for i, line := range strings.Split(text, "\n\t") {
		if i > 0 {
			h.keys("Enter")
		}
		h.types(line[:2])
		h.offers(line)
		h.accepts()
		h.offersNothing()
	}
	w.askedOnce(before, text)
	h.saves(before + text + "\n}\n")
}

// Of an answer that takes long the lines that have come are on offer. Accepted,
// they are followed by those that come then.
func TestHelixAcceptsWhatHasCome(t *testing.T) {
	const first, then = "sum := a", "\n\tsum += b\n\treturn sum"
	on := make(chan struct{})
	w := newWorld(t, halfway(writes(lead+first+then+"¦"), ":= a\n", on))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("su")
	h.offers(first)
	h.accepts()
	close(on)
	h.offersNothing()
	h.keys("Enter")
	h.types("su")
	h.offers("sum += b …")
	h.accepts()
	w.askedOnce(lead, first+then)
	h.saves(lead + first + then + "\n}\n")
}

// Behind a whole block the next line is another suggestion, which is asked for
// when it is begun, unless it was asked for before.
func TestHelixAcceptsABlockThenEnter(t *testing.T) {
	const block, next = "sum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}", "\n\treturn sum"
	const lead = "package sums\n\nfunc Sum(list []int) int {\n\t"
	w := newWorld(t, inParts(lead, block, next))
	h := startHelix(t, w, w.write("sums.go", lead+"\n}\n"))
	h.inserts("4")
	h.types("su")
	h.offers("sum := 0 …")
	h.accepts()
	h.offersNothing()
	h.keys("Enter")
	h.types("re")
	h.offers("return sum")
	h.accepts()
	w.askedOnce(lead, block)
	if n, _ := w.askedFor(lead+block, next); n != 1 {
		t.Errorf("the line behind the block was asked for %d times, want once", n)
	}
	h.saves(lead + block + next + "\n}\n")
}

// A menu has no partial acceptance. A person accepts, and takes back what is
// not wanted.
func TestHelixAcceptsAndTakesAPartBack(t *testing.T) {
	w := newWorld(t, writes(lead+"return first + second¦"))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("retu")
	h.offers("return first + second")
	h.accepts()
	h.offersNothing()
	h.keys("C-w")
	h.seesNo("second")
	h.types("1")
	w.askedOnce(lead, "return first + second")
	h.saves(lead + "return first + 1\n}\n")
}

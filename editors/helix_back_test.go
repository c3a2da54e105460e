package editors

import (
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// Helix asks at the next key after a slip was taken back. Then the suggestion is
// there again, from memory.
func TestHelixTakesASlipBack(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("retu")
	h.offers("return a + b")
	h.types("x")
	h.offersNothing()
	h.keys("BSpace")
	h.types("r")
	h.offers("return a + b")
	if n, _ := w.askedFor(lead, "return a + b"); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	h.accepts()
	h.saves(lead + "return a + b\n}\n")
}

// All of the word is taken away and typed again: the menu is there again where it
// was.
func TestHelixDeletesBeforeTheSuggestion(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("ret")
	h.offers("return a + b")
	h.keys("BSpace", "BSpace", "BSpace")
	h.offersNothing()
	h.types("ret")
	h.offers("return a + b")
	w.askedOnce(lead, "return a + b")
	h.accepts()
	h.saves(lead + "return a + b\n}\n")
}

// Taking away a word of what was accepted asks nothing; it is on offer again
// when the menu is asked for.
func TestHelixDeletesAWord(t *testing.T) {
	w := newWorld(t, writes(lead+"return first + second¦"))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("retu")
	h.offers("return first + second")
	h.accepts()
	h.offersNothing()
	h.keys("C-w")
	h.seesNo("second")
	h.keys("C-x")
	h.offers("second")
	w.askedOnce(lead, "return first + second")
	h.accepts()
	h.saves(lead + "return first + second\n}\n")
}

// Undone, a suggestion is there again at the next key.
func TestHelixUndoesAnAcceptance(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("retu")
	h.offers("return a + b")
	h.accepts()
	h.offersNothing()
	h.normal()
	h.keys("u")
	h.seesNo("return")
	h.sees("retu")
	h.inserts("4")
	h.types("r")
	h.offers("return a + b")
	w.askedOnce(lead, "return a + b")
	h.accepts()
	h.saves(lead + "return a + b\n}\n")
}

// Who leaves and comes back to type on finds the suggestion as it was.
func TestHelixComesBack(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("retu")
	h.offers("return a + b")
	h.normal()
	h.offersNothing()
	h.keys("g", "g")
	h.inserts("4")
	h.types("rn")
	h.offers("return a + b")
	w.askedOnce(lead, "return a + b")
	h.accepts()
	h.saves(lead + "return a + b\n}\n")
}

// What was suggested in front of a paste is of no use behind it.
func TestHelixPastesLines(t *testing.T) {
	const pasted = "turn a - b\n}\n\nfunc Mul(a, b int) int {\n\t"
	w := newWorld(t, func(before, after string) messages.Answer {
		if strings.Contains(before, lead+"re"+pasted) {
			return writes(lead+"re"+pasted+"return a * b¦")(before, after)
		}
		return writes(lead+"return a + b¦")(before, after)
	})
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("re")
	h.offers("return a + b")
	h.pastes(pasted)
	h.sees("func Mul")
	h.types("retu")
	h.offers("return a * b")
	h.accepts()
	for _, text := range []string{"return a - b", "return a - b\n}\n\nfunc Mul(a, b int) int {\n\treturn a * b"} {
		if n, _ := w.askedFor(lead, text); n != strings.Count(text, "return") {
			t.Errorf("asked %d times on the way to %q", n, text)
		}
	}
	h.saves(lead + "re" + pasted + "return a * b\n}\n")
}

// Each of two documents keeps its own suggestion, whatever happens in the other.
func TestHelixTwoDocuments(t *testing.T) {
	const other = "package sums\n\nfunc Mul(a, b int) int {\n\t"
	w := newWorld(t, func(before, after string) messages.Answer {
		if strings.Contains(before, "File being edited: mul.go") {
			return writes(other+"return a * b¦")(before, after)
		}
		return writes(lead+"return a + b¦")(before, after)
	})
	mul := w.write("mul.go", other+"\n}\n")
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("retu")
	h.offers("return a + b")
	h.normal()
	h.types(":vsplit mul.go")
	h.keys("Enter")
	h.sees("func Mul")
	h.inserts("4")
	h.types("retu")
	h.offers("return a * b")
	h.normal()
	h.keys("C-w", "w")
	h.inserts("4")
	h.types("rn")
	h.offers("return a + b")
	h.accepts()
	h.normal()
	h.keys("C-w", "w")
	h.inserts("4")
	h.types("rn")
	h.offers("return a * b")
	h.accepts()
	if n, _ := w.askedFor(lead, "return a + b"); n != 1 {
		t.Errorf("the sum was asked for %d times, want once", n)
	}
	if n, _ := w.askedFor(other, "return a * b"); n != 1 {
		t.Errorf("the product was asked for %d times, want once", n)
	}
	h.saves(lead + "return a + b\n}\n")
	w.holds(mul, other+"return a * b\n}\n")
}

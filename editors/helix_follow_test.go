package editors

import (
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// The menu stays while its entry is typed: it shows the word that was begun and
// how the line goes on. What is left is accepted, and nothing stands there
// twice.
func TestHelixTypesThrough(t *testing.T) {
	w := newWorld(t, writes(lead+"return min(a, b)¦"))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	for _, key := range []struct{ types, sees string }{
		{"re", "return min(a, b)"},
		{"t", "return min(a, b)"},
		{"u", "return min(a, b)"},
		{"rn", "return min(a, b)"},
		{" ", "min(a, b)"},
		{"mi", "min(a, b)"},
	} {
		h.types(key.types)
		h.offers(key.sees)
	}
	h.accepts()
	w.askedOnce(lead, "return min(a, b)")
	h.saves(lead + "return min(a, b)\n}\n")
}

// Nothing has come yet, and the person types on.
func TestHelixTypesBeforeTheFirstToken(t *testing.T) {
	come := make(chan struct{})
	author := writes(lead + "return a + b¦")
	w := newWorld(t, func(before, after string) messages.Answer {
		<-come
		return author(before, after)
	})
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("re")
	w.asked(1)
	h.types("tu")
	h.sees("retu")
	h.offersNothing()
	close(come)
	h.offers("return a + b")
	w.askedOnce(lead, "return a + b")
	h.accepts()
	h.saves(lead + "return a + b\n}\n")
}

// Half of an answer has come while it is typed. No key asks for it again, and
// behind the next blank all of it is on offer.
func TestHelixTypesWhileItStreams(t *testing.T) {
	const body = "sum := a\n\tfor range b {\n\t\tsum++\n\t}\n\treturn sum"
	on := make(chan struct{})
	w := newWorld(t, halfway(writes(lead+body+"¦"), "sum++\n", on))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("su")
	w.asked(1)
	h.types("m :=")
	close(on)
	eventually(t, "the end of the answer", h.screen, w.allSaid)
	h.types(" ")
	h.offers("a …")
	w.askedOnce(lead, body)
	h.accepts()
	h.saves(lead + body + "\n}\n")
}

// Helix closes brackets by itself. The suggestion, which has the closer too,
// does not put it there again, and what is typed next goes on behind it.
func TestHelixTypesThroughAClosedBracket(t *testing.T) {
	for _, tt := range []struct{ name, text, with string }{ // with what is typed next
		{"a call", "return max(a, b)", "return max(a, b1)"},
		{"a call that goes on", "return max(a, b) + 1", "return max(a, b) + 11"},
		{"a call in front of a block", "for range max(a, b) {\n\t\ta++\n\t}", "for range max(a, b) {\n\t\ta++\n\t}1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first, _, several := strings.Cut(tt.text, "\n")
			open := strings.Index(first, "(") + 1
			more := ""
			if several {
				more = " …"
			}
			w := newWorld(t, writes(lead+tt.text+"¦"))
			h := startHelix(t, w, w.write("sums.go", adding))
			h.inserts("4")
			h.types(first[:2])
			h.offers(first + more)
			h.types(first[2:open])
			h.sees("max()")
			h.offers(strings.TrimSuffix(first[open:], ")") + more)
			w.askedOnce(lead, tt.text)
			h.accepts()
			h.offersNothing()
			h.types("1")
			h.saves(lead + tt.with + "\n}\n")
		})
	}
}

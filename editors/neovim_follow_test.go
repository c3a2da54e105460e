package editors

import (
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// lead is adding up to the place where most scenarios write.
const lead = "package sums\n\nfunc Add(a, b int) int {\n\t"

// The ghost text stays while it is typed, and what the server says of it at the
// end is what was seen all the time.
func TestNeovimTypesThrough(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.keys("re")
	v.sees("turn a + b")
	v.typesThrough("turn a + b", len("turn"))
	if got := v.presses(" "); len(got) != 1 || got[0] != "a + b" {
		t.Errorf("behind \"return \" the server offers %q", got)
	}
	v.sees("a + b")
	v.typesThrough("a + b", len("a + b"))
	w.askedOnce(lead, "return a + b")
	v.saves(lead + "return a + b\n}\n")
}

// Nothing has come yet, and the person types on. The answer shows what is left
// of it for the text as it is by then.
func TestNeovimTypesBeforeTheFirstToken(t *testing.T) {
	come := make(chan struct{})
	author := writes(lead + "return a + b¦")
	w := newWorld(t, func(before, after string) messages.Answer {
		<-come
		return author(before, after)
	})
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	w.asked(1)
	for _, key := range []string{"r", "e", "t"} {
		asked := len(v.asked())
		v.keys(key)
		eventually(t, "Neovim to ask again", v.screen, func() bool { return len(v.asked()) > asked })
		if ghost := v.ghost(); ghost != "" {
			t.Errorf("the ghost text %q, before anything has come", ghost)
		}
	}
	close(come)
	v.sees("urn a + b")
	w.askedOnce(lead, "return a + b")
	v.accepts()
	v.saves(lead + "return a + b\n}\n")
}

// Half of an answer has come while it is typed. What is shown of it is never
// anything but what is still to be typed, and no key asks for it again.
func TestNeovimTypesWhileItStreams(t *testing.T) {
	const body = "sum := a\n\tfor range b {\n\t\tsum++\n\t}\n\treturn sum"
	on := make(chan struct{})
	w := newWorld(t, halfway(writes(lead+body+"¦"), "sum++\n", on))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	w.asked(1)
	for _, key := range []string{"sum", " :=", " "} {
		asked := len(v.asked())
		v.keys(key)
		eventually(t, "Neovim to ask again", v.screen, func() bool {
			if ahead := v.text("ahead"); !strings.HasPrefix(lead+body, ahead) {
				t.Fatalf("with the ghost text there is %q", ahead)
			}
			return len(v.asked()) > asked
		})
	}
	v.sees("a\n\tfor range b {\n\t\tsum++")
	close(on)
	eventually(t, "the end of the answer", v.screen, w.allSaid)
	v.offers(v.presses("a"), "\n\tfor range b {\n\t\tsum++\n\t}\n\treturn sum")
	w.askedOnce(lead, body)
	v.accepts()
	v.saves(lead + body + "\n}\n")
}

// An editor that closes brackets by itself puts the closer behind the cursor.
// The suggestion, which has it too, does not put it there again.
func TestNeovimTypesThroughAClosedBracket(t *testing.T) {
	w := newWorld(t, writes(lead+"return max(a, b)¦"))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.call("nvim_command", "inoremap ( ()<Left>")
	v.keys("4GA")
	v.keys("re")
	v.sees("turn max(a, b)")
	v.typesThrough("turn max(a, b)", len("turn max"))
	if got := v.presses("("); len(got) != 1 || got[0] != "a, b" {
		t.Errorf("between the brackets the server offers %q", got)
	}
	v.sees("a, b")
	v.typesThrough("a, b", len("a,"))
	w.askedOnce(lead, "return max(a, b)")
	v.accepts()
	v.saves(lead + "return max(a, b)\n}\n")
}

// Accepted before Neovim has asked behind the closed bracket, the suggestion would
// put it there twice. So it is not accepted, and comes back as it fits.
func TestNeovimAcceptsRightBehindAClosedBracket(t *testing.T) {
	w := newWorld(t, writes(lead+"return max(a, b)¦"))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.call("nvim_command", "inoremap ( ()<Left>")
	v.keys("4GAre")
	v.sees("turn max(a, b)")
	v.keys("turn max(<Tab>")
	v.sees("a, b")
	w.askedOnce(lead, "return max(a, b)")
	v.accepts()
	v.saves(lead + "return max(a, b)\n}\n")
}

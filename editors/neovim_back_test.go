package editors

import (
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// offers asserts what the server offers, and waits until it is seen.
func (v *neovim) offers(got []string, want string) {
	v.t.Helper()
	if want == "" && len(got) != 0 || want != "" && (len(got) != 1 || got[0] != want) {
		v.t.Errorf("the server offers %q, want %q", got, want)
	}
	v.sees(want)
}

// A slip that is taken back at once is no reason to ask.
func TestNeovimTakesASlipBack(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.keys("re")
	v.sees("turn a + b")
	v.offers(v.presses("x<BS>"), "turn a + b")
	w.askedOnce(lead, "return a + b")
	v.accepts()
	v.saves(lead + "return a + b\n}\n")
}

// A slip that stood there for a while is another text, for which there is
// nothing; taken back, the suggestion is there again.
func TestNeovimTakesASlipBackLate(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.keys("re")
	v.sees("turn a + b")
	v.offers(v.presses("x"), "")
	v.offers(v.presses("<BS>"), "turn a + b")
	v.offers(v.presses("turm"), "")
	v.offers(v.presses("<BS>"), "n a + b")
	if n, _ := w.askedFor(lead, "return a + b"); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	v.accepts()
	v.saves(lead + "return a + b\n}\n")
}

// Taking away what was accepted, and what the person has written, asks nothing.
// Of what was accepted as much is offered again as was taken away.
func TestNeovimDeletesWords(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.keys("return ")
	v.sees("a + b")
	v.accepts()
	v.offers(v.presses("<C-w>"), "b")
	v.offers(v.presses("<C-w><C-w>"), "a + b")
	v.offers(v.presses("<C-w>"), "")
	w.askedOnce(lead, "return a + b")
	v.saves(adding)
}

// In front of the place where the suggestion began nothing is known and nothing
// is asked; typed again up to it, it is there.
func TestNeovimDeletesBeforeTheSuggestion(t *testing.T) {
	const text = "if a > b {\n\t\treturn a\n\t}\n\treturn b"
	w := newWorld(t, func(before, after string) messages.Answer {
		if strings.HasSuffix(before, lead) {
			return messages.Answer{} // the line's beginning says too little
		}
		return writes(lead+text+"¦")(before, after)
	})
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.offers(v.presses("4GA"), "")
	v.keys("if ")
	v.sees(text[len("if "):])
	v.offers(v.presses("<BS><BS><BS>"), "")
	v.offers(v.presses("if "), text[len("if "):])
	if n, _ := w.askedFor(lead+"if ", text[len("if "):]); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	v.accepts()
	v.saves(lead + text + "\n}\n")
}

// Undone, a suggestion is on offer again: at once where it began, and when it is
// typed again up to where it began.
func TestNeovimUndoesAnAcceptance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, typed, undo string }{
		{"all of the line, in normal mode", "", "<Esc>uA"},
		{"all of the line, in insert mode", "", "<C-o>u"},
		{"a part of the line, in normal mode", "re", "<Esc>uA"},
		{"a part of the line, in insert mode", "re", "<C-o>u"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const text = "return a + b"
			w := newWorld(t, writes(lead+text+"¦"))
			v := startNeovim(t, w, w.write("sums.go", adding))
			v.call("nvim_command", "set noshowmode") // else Neovim waits 3 s, so that the undo's message can be read
			v.presses("4GA" + tt.typed)
			v.sees(text[len(tt.typed):])
			v.accepts()
			v.presses(tt.undo)
			eventually(t, "the acceptance to be undone", v.screen, func() bool { return !strings.Contains(v.buffer(), text) })
			if tt.typed != "" {
				v.offers(v.presses(tt.typed), text[len(tt.typed):])
			}
			v.sees(text[len(tt.typed):])
			w.askedOnce(lead, text)
			v.accepts()
			v.saves(lead + text + "\n}\n")
		})
	}
}

package editors

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// counted waits until the figures of use are the ones wanted. They are written
// down in the background.
func (w *world) counted(want string) {
	w.t.Helper()
	says := func() string {
		c := exec.CommandContext(w.t.Context(), filepath.Join(built, "claude-lsp"), "stats", "--json")
		c.Env = w.env
		out, err := c.Output()
		var s struct {
			Today struct {
				All struct{ Shown, Accepted, PartlyByWords, TypedThrough, Rejected, Undone, AcceptedCharacters int }
			}
		}
		if err == nil {
			err = json.Unmarshal(out, &s)
		}
		if err != nil {
			return err.Error()
		}
		a := s.Today.All
		return fmt.Sprintf("shown %d, accepted %d, words %d, typed %d, rejected %d, undone %d, characters %d",
			a.Shown, a.Accepted, a.PartlyByWords, a.TypedThrough, a.Rejected, a.Undone, a.AcceptedCharacters)
	}
	eventually(w.t, want, says, func() bool { return says() == want })
}

// readable is as long as a suggestion must stand to count as shown.
const readable = time.Second

const author = "package sums\n\nfunc Add(a, b int) int {\n\treturn a + b¦"

// What people do with a suggestion is told from what each editor sends: one
// runs a command when something is accepted, the other does not, and neither
// says more than that.
func TestNeovimFeedback(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
		does       func(v *neovim)
	}{
		{"accepted", "shown 1, accepted 1, words 0, typed 0, rejected 0, undone 0, characters 9", func(v *neovim) {
			v.accepts()
		}},
		{"typed along, then accepted", "shown 1, accepted 1, words 0, typed 0, rejected 0, undone 0, characters 5", func(v *neovim) {
			v.types("urn ")
			v.sees("a + b")
			v.accepts()
		}},
		{"some words of it, as plugins take them", "shown 1, accepted 0, words 1, typed 0, rejected 0, undone 0, characters 7", func(v *neovim) {
			v.lua("vim.api.nvim_paste('urn a +', false, -1)")
			v.sees(" b")
		}},
		{"accepted and undone", "shown 1, accepted 0, words 0, typed 0, rejected 1, undone 1, characters 0", func(v *neovim) {
			v.accepts()
			v.keys("<Esc>u")
			eventually(v.t, "the undo", v.screen, func() bool { return v.buffer() != "package sums\n\nfunc Add(a, b int) int {\n\treturn a + b\n}" })
		}},
		{"typed through", "shown 1, accepted 0, words 0, typed 1, rejected 0, undone 0, characters 0", func(v *neovim) {
			time.Sleep(readable)
			v.types("urn a + b")
		}},
		{"something else", "shown 1, accepted 0, words 0, typed 0, rejected 1, undone 0, characters 0", func(v *neovim) {
			time.Sleep(readable)
			v.types("ries")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, writes(author))
			v := startNeovim(t, w, w.write("sums.go", adding))
			v.keys("4GA")
			v.types("ret")
			v.sees("urn a + b")
			tt.does(v)
			v.keys("<Esc>")
			time.Sleep(300 * time.Millisecond) // Neovim tells of edits every 150 ms
			v.quits()
			w.counted(tt.want)
		})
	}
}

func TestHelixFeedback(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
		does       func(h *helix)
	}{
		{"accepted", "shown 1, accepted 1, words 0, typed 0, rejected 0, undone 0, characters 8", func(h *helix) {
			h.accepts()
		}},
		{"accepted and undone", "shown 1, accepted 0, words 0, typed 0, rejected 1, undone 1, characters 0", func(h *helix) {
			h.accepts()
			h.keys("Escape")
			h.sees("NOR")
			h.types("u")
			h.seesNo("return a + b")
		}},
		{"something else", "shown 1, accepted 0, words 0, typed 0, rejected 1, undone 0, characters 0", func(h *helix) {
			time.Sleep(readable)
			h.types("x()")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, writes(author))
			h := startHelix(t, w, w.write("sums.go", adding))
			h.inserts("4")
			h.types("retu")
			h.sees("return a + b")
			tt.does(h)
			w.counted(tt.want) // Helix does not let its servers finish
			h.keys("Escape")
			h.sees("NOR")
			h.types(":wq")
			h.keys("Enter")
			h.ended()
		})
	}
}

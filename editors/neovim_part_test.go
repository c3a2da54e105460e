package editors

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// startNeovimWithParts opens a file in a Neovim that is set up with all that our
// page tells of Neovim without the plugin, that is with the keys for parts of a
// suggestion too.
func startNeovimWithParts(t *testing.T, w *world, file string) *neovim {
	t.Helper()
	page, err := os.ReadFile("neovim/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, without, found := strings.Cut(string(page), "\n## Without the plugin\n")
	if !found {
		t.Fatal("the page no longer tells of Neovim without the plugin; adapt this test")
	}
	var init strings.Builder
	for i, block := range strings.Split(without, "```") {
		if code, ok := strings.CutPrefix(block, "lua\n"); ok && i%2 == 1 {
			init.WriteString(code)
		}
	}
	if !strings.Contains(init.String(), "<M-C-Right>") {
		t.Fatal("the page no longer has keys for parts; adapt this test")
	}
	path := filepath.Join(w.dir, "init.lua")
	if err := os.WriteFile(path, []byte(init.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return startNeovimWith(t, w, path, file)
}

// Each part that is accepted stands in the text, and the rest stays on offer.
func TestNeovimAcceptsParts(t *testing.T) {
	const word, line = "<M-Right>", "<M-C-Right>"
	tests := []struct {
		name, typed string
		parts       []string // in turn: a key and what it puts in
	}{
		{"words", "", []string{word, "for", word, " _", word, ",", word, " n", word, " :=", line, " range list {", word, "\n\t\tsum", word, " +=", word, " n", word, "\n\t}"}},
		{"lines", "fo", []string{line, "r _, n := range list {", line, "\n\t\tsum += n", line, "\n\t}"}},
		{"wide characters", "na", []string{word, "me", word, " :=", word, ` "`, word, "naïve", word, " 日本語", line, `, 👍"`}},
		{"keys between them", "re", []string{word, "turn", " ", " ", word, "a", " + ", " + ", word, "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.typed
			for i := 1; i < len(tt.parts); i += 2 {
				text += tt.parts[i]
			}
			w := newWorld(t, writes(lead+text+"¦"))
			v := startNeovimWithParts(t, w, w.write("sums.go", adding))
			v.presses("4GA" + tt.typed)
			stands := tt.typed
			v.sees(text[len(stands):])
			for i := 0; i < len(tt.parts); i += 2 {
				v.keys(tt.parts[i])
				stands += tt.parts[i+1]
				eventually(t, "the part to be inserted", v.screen, func() bool { return v.buffer() == lead+stands+"\n}" })
				v.sees(text[len(stands):])
			}
			w.askedOnce(lead, text)
			v.saves(lead + text + "\n}\n")
		})
	}
}

// A part is accepted right after a key, when Neovim has not asked again yet: it
// goes on behind what was typed.
func TestNeovimAcceptsAPartAtOnce(t *testing.T) {
	w := newWorld(t, writes(lead+"return first + second¦"))
	v := startNeovimWithParts(t, w, w.write("sums.go", adding))
	v.presses("4GA")
	v.sees("return first + second")
	v.keys("retu<M-Right>")
	v.sees(" first + second")
	v.keys(" fi<M-C-Right>")
	v.sees("")
	w.askedOnce(lead, "return first + second")
	v.saves(lead + "return first + second\n}\n")
}

// Where there is no suggestion the keys are what they were: both go to the next
// word.
func TestNeovimHasNoPart(t *testing.T) {
	w := newWorld(t, writes("nothing¦"))
	v := startNeovimWithParts(t, w, w.write("sums.go", adding))
	v.presses("4GA")
	v.keys("a b<Home><M-Right><M-C-Right>c")
	v.saves(lead + "a cb\n}\n")
}

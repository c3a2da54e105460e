package editors

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A helix is a running Helix with a file open. Its languages are the snippet
// that `claude-lsp doctor` prints, without the server of the language itself.
type helix struct {
	*terminal
	w    *world
	file string
}

// startHelix opens a file of the world's project in Helix.
func startHelix(t *testing.T, w *world, file string) *helix {
	t.Helper()
	return startHelixWith(t, w, file, `"gopls", `, "", "")
}

// startHelixWith does so with the text other, which the snippet has, replaced by
// instead, and with more behind it.
func startHelixWith(t *testing.T, w *world, file, other, instead, more string) *helix {
	t.Helper()
	hx := program(t, "hx")
	snippet, err := os.ReadFile("../cmd/claude-lsp/snippets/helix.toml")
	if err != nil {
		t.Fatal(err)
	}
	languages := strings.Replace(string(snippet), other, instead, 1) + more
	if !strings.Contains(string(snippet), other) {
		t.Fatalf("the snippet for Helix no longer has %s; adapt this test", other)
	}
	// Helix's own pauses are long enough to see; a shorter one is a setting of
	// Helix, not another behaviour.
	for name, text := range map[string]string{"languages.toml": languages, "config.toml": "[editor]\nidle-timeout = 50\ncompletion-timeout = 5\n"} {
		if err := os.WriteFile(filepath.Join(w.folder("home", "config", "helix"), name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := &helix{terminal: startTerminal(t, 100, 30, filepath.Dir(file), w.env, hx, "-v", file), w: w, file: file}
	t.Cleanup(func() {
		if t.Failed() {
			w.log("home", "cache", "helix", "helix.log")
		}
	})
	h.sees(filepath.Base(file))
	eventually(t, "the document to be opened at the server", h.screen, func() bool {
		log, err := os.ReadFile(filepath.Join(w.dir, "home", "cache", "helix", "helix.log"))
		return err == nil && strings.Contains(string(log), `"textDocument/didOpen"`) // what -v is for
	})
	return h
}

// inserts goes to the end of a line and into insert mode.
func (h *helix) inserts(line string) {
	h.t.Helper()
	h.keys(line, "G", "A")
	h.sees("INS")
}

// offers waits until the menu has one entry, by its first line. The entry's kind
// tells it from the same words in the text.
func (h *helix) offers(label string) {
	h.t.Helper()
	h.sees(" " + label + " text")
}

// offersNothing waits until there is no menu.
func (h *helix) offersNothing() {
	h.t.Helper()
	h.seesNo(" text ")
}

// normal leaves insert mode.
func (h *helix) normal() {
	h.t.Helper()
	h.keys("Escape")
	h.sees("NOR")
}

// chooses goes to the entry of the menu. That it is chosen is seen by its
// preview, which has the server's name over it. While Helix puts a newer answer
// into the menu, a key may find none. Tab would move the cursor then; this one
// does nothing, and can be pressed again.
func (h *helix) chooses() {
	h.t.Helper()
	chosen := func() bool { return strings.Contains(h.screen(), "claude-lsp") }
	for end := time.Now().Add(patience); !chosen() && time.Now().Before(end); {
		h.keys("C-n")
		for next := time.Now().Add(500 * time.Millisecond); !chosen() && time.Now().Before(next); {
			time.Sleep(10 * time.Millisecond)
		}
	}
	h.sees("claude-lsp")
}

// accepts chooses the entry of the menu and takes it.
func (h *helix) accepts() {
	h.t.Helper()
	h.chooses()
	h.keys("Enter")
}

// saves writes all files, leaves, and asserts what stands on the disk then.
func (h *helix) saves(want string) {
	h.t.Helper()
	h.normal()
	h.w.answered()
	h.types(":wqa")
	h.keys("Enter")
	h.ended()
	h.w.holds(h.file, want)
}

package editors

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A kakoune is a running Kakoune in a terminal with a file open. Its
// configuration is the snippet that `claude-lsp doctor` prints. kakoune-lsp,
// which speaks to the server for it, is in no package of Debian's and takes
// minutes to build: the variable KAK_LSP says where its binary is. Without it
// these tests are skipped, in CI too.
type kakoune struct {
	*terminal
	w    *world
	file string
}

func startKakoune(t *testing.T, w *world, file string) *kakoune {
	t.Helper()
	slow(t)
	lsp := os.Getenv("KAK_LSP")
	if lsp == "" {
		t.Skip("KAK_LSP names no binary of kakoune-lsp (cargo install kak-lsp)")
	}
	kak := program(t, "kak")
	snippet, err := os.ReadFile("../cmd/claude-lsp/snippets/kakoune.kak")
	if err != nil {
		t.Fatal(err)
	}
	// A project's file has a server of its own in real life; here there is none,
	// and kakoune-lsp would say so at each key.
	config := strings.Replace(string(snippet), "lsp-enable\n", "remove-hooks global lsp-filetype-.*\nlsp-enable\nset-option global idle_timeout 50\n", 1)
	if config == string(snippet) {
		t.Fatal("the snippet for Kakoune no longer has lsp-enable; adapt this test")
	}
	if err := os.WriteFile(filepath.Join(w.folder("home", "config", "kak"), "kakrc"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"kak-lsp": lsp, "kak": kak} {
		if err := os.Symlink(to, filepath.Join(w.dir, "bin", name)); err != nil {
			t.Fatal(err)
		}
	}
	w.set("KAKOUNE_POSIX_SHELL", "/bin/sh")
	k := &kakoune{terminal: startTerminal(t, 100, 30, filepath.Dir(file), w.env, kak, file), w: w, file: file}
	w.said("textDocument/didOpen", "", k.screen)
	return k
}

// inserts goes to the end of a line and into insert mode.
func (k *kakoune) inserts(line string) {
	k.t.Helper()
	k.types(line + "g")
	k.types("A")
	k.sees("insert")
}

// accepts takes the first entry of the menu.
func (k *kakoune) accepts() {
	k.t.Helper()
	k.keys("C-n")
}

// saves leaves insert mode, writes the file, quits, and asserts what stands on
// the disk then.
func (k *kakoune) saves(want string) {
	k.t.Helper()
	k.keys("Escape")
	k.seesNo(" insert ") // or else the next key is one with Alt
	k.w.answered()
	k.types(":wq")
	k.keys("Enter")
	k.ended()
	k.w.holds(k.file, want)
}

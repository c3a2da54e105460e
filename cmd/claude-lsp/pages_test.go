package main_test

import (
	"bytes"
	"os"
	"testing"
)

// The set-up that doctor prints is the one that the pages show.
func TestPagesShowWhatDoctorPrints(t *testing.T) {
	for page, snippet := range map[string]string{
		"../../editors/neovim/README.md": "snippets/neovim.lua",
		"../../editors/helix.md":         "snippets/helix.toml",
		"../../editors/emacs.md":         "snippets/emacs.el",
	} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(snippet)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, want) {
			t.Errorf("%s does not show %s as it is", page, snippet)
		}
	}
}

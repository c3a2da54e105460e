package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// The set-up that doctor prints is the one that the pages show, and there is a
// page for each.
func TestPagesShowWhatDoctorPrints(t *testing.T) {
	pages := map[string]string{
		"neovim": "neovim/README.md", "vscode": "vscode.md",
		"emacs": "emacs.md", "emacs-copilot": "emacs.md", "sublime": "sublime.md", "sublime-copilot": "sublime.md",
	}
	for name, file := range snippetNames() {
		page := pages[name]
		if page == "" {
			page = name + ".md"
		}
		text, err := os.ReadFile(filepath.Join("..", "..", "editors", filepath.FromSlash(page)))
		if err != nil {
			t.Error(err)
			continue
		}
		want, err := snippetFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, want) {
			t.Errorf("%s does not show %s as it is", page, file)
		}
	}
}

// Set-ups that no test starts an editor with are read at least by a parser of
// their format.
func TestSnippetsParse(t *testing.T) {
	var helix struct {
		Server map[string]struct{ Command string } `toml:"language-server"`
	}
	if err := toml.Unmarshal([]byte(mustSnippet(t, "hx")), &helix); err != nil || helix.Server["claude-lsp"].Command != "claude-lsp" {
		t.Errorf("helix: %v, %v", helix, err)
	}
	var kak struct {
		Server struct{ Args []string } `toml:"claude-lsp"`
	}
	_, table, _ := strings.Cut(mustSnippet(t, "kak"), "lsp_servers %{")
	table, _, _ = strings.Cut(table, "}")
	if err := toml.Unmarshal([]byte(table), &kak); err != nil || !slices.Equal(kak.Server.Args, []string{"--stdio"}) {
		t.Errorf("kakoune: %v, %v", kak, err)
	}
	var zed struct {
		Languages map[string]struct {
			Servers []string `json:"language_servers"`
		}
	}
	if withComments(t, "zed", &zed); !slices.Contains(zed.Languages["Zig"].Servers, "claude-lsp") {
		t.Errorf("zed: %v", zed)
	}
	type client struct {
		Enabled  bool
		Command  []string
		Selector string
	}
	var sublime struct{ Clients map[string]client }
	if withComments(t, "subl", &sublime); !sublime.Clients["claude-lsp"].Enabled || sublime.Clients["claude-lsp"].Selector == "" {
		t.Errorf("sublime: %v", sublime)
	}
	var copilot client
	if withComments(t, "LSP-copilot", &copilot); !slices.Equal(copilot.Command, []string{"claude-lsp", "--stdio"}) {
		t.Errorf("LSP-copilot: %v", copilot)
	}
}

func TestUnknownEditor(t *testing.T) {
	_, err := snippet("ed")
	for _, want := range []string{`"ed"`, "helix", "kakoune", "zed", "vscode"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s in it", err, want)
		}
	}
	for alias := range aliases {
		if _, err := snippet(alias); err != nil {
			t.Errorf("%s: %v", alias, err)
		}
	}
}

func mustSnippet(t *testing.T, editor string) string {
	t.Helper()
	text, err := snippet(editor)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// withComments reads JSON in which whole lines may be comments, as both editors
// allow it.
func withComments(t *testing.T, editor string, into any) {
	t.Helper()
	plain := regexp.MustCompile(`(?m)^\s*//.*$`).ReplaceAllString(mustSnippet(t, editor), "")
	if err := json.Unmarshal([]byte(plain), into); err != nil {
		t.Errorf("%s: %v", editor, err)
	}
}

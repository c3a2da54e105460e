package main

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// The set-up of each editor, as its page in editors/ shows it too, in files
// that have the editor's name.
//
//go:embed snippets
var snippetFiles embed.FS

// aliases are the names that editors go by on the command line, and those of
// plugins whose set-up is under another name.
var aliases = map[string]string{
	"nvim": "neovim", "vim": "neovim", "hx": "helix", "code": "vscode", "subl": "sublime", "kak": "kakoune",
	"eglot": "emacs", "copilot.el": "emacs-copilot", "lsp-copilot": "sublime-copilot",
}

// snippetNames are the files of the set-ups by the names of their editors.
func snippetNames() map[string]string {
	files, err := snippetFiles.ReadDir("snippets")
	if err != nil {
		panic(err) // they are part of the program
	}
	names := map[string]string{}
	for _, f := range files {
		names[strings.TrimSuffix(f.Name(), path.Ext(f.Name()))] = "snippets/" + f.Name()
	}
	return names
}

// snippet is the set-up of an editor. The error lists the editors that there
// are.
func snippet(editor string) (string, error) {
	name := strings.ToLower(editor)
	if other := aliases[name]; other != "" {
		name = other
	}
	file, ok := snippetNames()[name]
	if !ok {
		return "", fmt.Errorf("no set-up is known for %q; there is one for %s", editor, editorNames())
	}
	text, err := snippetFiles.ReadFile(file)
	return string(text), err
}

func editorNames() string {
	return strings.Join(slices.Sorted(maps.Keys(snippetNames())), ", ")
}

package main

import _ "embed"

// The set-up of each editor, as its page in editors/ shows it too.
var snippets = map[string]string{
	"neovim": neovimSnippet,
	"helix":  helixSnippet,
	"emacs":  emacsSnippet,
}

//go:embed snippets/neovim.lua
var neovimSnippet string

//go:embed snippets/helix.toml
var helixSnippet string

//go:embed snippets/emacs.el
var emacsSnippet string

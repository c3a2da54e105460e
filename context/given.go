package doccontext

import (
	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// Given is a text that whoever asks wants to be shown with one request: an editor
// may know of things that stand in no file. It is cleaned of secrets as all else,
// and goes into the tail of the window, because it may be another one for the next
// key.
type Given struct {
	Path string // where it stands, or what it is: as the model is to see it
	Text string
}

// given is what was handed in with a request, in at most limit tokens. What is
// too long is left out, and what is told to come from a secret file.
func (c *Collector) given(r Request, s scale, limit tokens.Count) (parts []Part, used tokens.Count) {
	var passages []rank.Passage
	for _, g := range r.Given {
		passages = append(passages, rank.Passage{Path: g.Path, Text: g.Text, Reason: ReasonGiven})
	}
	for _, p := range c.pieces(passages, s.down(limit)) {
		p.part.Tokens = s.up(p.part.Tokens)
		used += p.part.Tokens
		parts = append(parts, p.part)
	}
	return parts, used
}

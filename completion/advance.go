package completion

import (
	"bytes"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

const (
	// linesAhead is how many lines are read behind the shown one, to be there as
	// soon as it is accepted.
	linesAhead = 4
	// aheadWindow is the window from which on they are worth their price. Four
	// lines are some 50 tokens of output, which cost as much as 250 of input.
	// One suggestion in three is taken, and then they save a question of 500
	// fresh tokens and the window at the price of a cache, a tenth:
	// (500 + 2500/10) / 3 = 250.
	aheadWindow tokens.Count = 2500
)

// worthMore reports whether it pays to read on behind the shown part.
func worthMore(window tokens.Count) bool { return window >= aheadWindow }

// An advance is the reading of what follows a line that is decided on.
type advance struct {
	last int // breaks in the part at which it ends
}

// goOn has r read lines behind the one it has decided on. enough is true if they
// have come already.
func (r *reading) goOn() (a *advance, enough bool) {
	a = &advance{r.breaks() + linesAhead}
	r.end, r.form, r.grownAt, r.advanced = "", aBlock, 0, true
	return a, r.add(model.Chunk{Text: r.rest}) || a.enough(r)
}

func (a *advance) enough(r *reading) bool { return r.breaks() >= a.last }

// breaks counts the line breaks of the part that is being read.
func (r *reading) breaks() int {
	n := len(r.fence.parts)
	if n == 0 {
		return 0
	}
	return bytes.Count(r.fence.parts[n-1].text, []byte("\n")) + r.fence.pending
}

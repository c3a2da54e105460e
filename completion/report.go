package completion

import (
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// A Report says how one request went, in numbers and names: never text of a
// document, a prompt or an answer.
type Report struct {
	Outcome    Outcome
	Reason     string
	Trouble    model.Trouble
	Invoked    bool
	Language   string // LSP language id
	Model      string // as asked for; "" is the provider's default
	OneLine    bool   // one line was asked for
	Candidates int
	Window     tokens.Count // what the window was counted at

	// Usage is the last that the provider said. Where a stream was ended early
	// it cannot say the last word: Estimated tells that Output was counted here.
	Usage     model.Usage
	Estimated bool

	Waited time.Duration // debounce
	First  time.Duration // from asking to the first text; 0 if none came
	Total  time.Duration // from the request to the answer

	EarlyEnd string   // why the stream was ended before the model was done: one of the End constants, or ""
	Steps    []string // the polishing steps that changed or dropped something
}

// The reasons for which a stream is ended early.
const (
	EndClosed     = "closed"     // the code is whole: its fence was closed
	EndOneLine    = "one_line"   // the line is whole, and no more is wanted
	EndFollowing  = "following"  // it has come to what already follows the cursor
	EndScope      = "scope"      // it has left the block of the cursor
	EndRepetition = "repetition" // it goes round in circles
)

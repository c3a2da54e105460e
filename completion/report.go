package completion

import (
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// A Report says how one request went, in numbers and names: never text of a
// document, a prompt or an answer.
type Report struct {
	Serial     uint64 // of the Request; 0 in the report of a stream that outlived it
	Outcome    Outcome
	Reason     string
	Trouble    model.Trouble
	Invoked    bool
	Language   string // LSP language id
	Model      string // as asked for; "" is the provider's default
	OneLine    bool   // one line was asked for
	Candidates int
	Window     tokens.Count // what the window was counted at

	Source Source // where the answer came from; "" where there is none
	// Outlived marks the report of a stream that went on after the request that
	// asked for it. It says what the stream has cost, and has no Outcome: the
	// request had its own report, without these costs.
	Outlived bool
	Cost     // nothing where the request asked nobody, or where its stream has outlived it

	Waited time.Duration // debounce
	Total  time.Duration // from the request to the answer

	Steps []string // the polishing steps that changed or dropped something
}

// A Source says where an answer came from.
type Source string

// The sources. All but the first cost nothing.
const (
	FromUpstream Source = "upstream" // the model was asked
	FromLive     Source = "live"     // a stream under way that an earlier request had asked for
	FromKept     Source = "kept"     // a suggestion of before
	FromAccepted Source = "accepted" // what a suggestion that was just accepted goes on with
)

// The reasons for which a stream is ended early.
const (
	EndClosed     = "closed"     // the code is whole: its fence was closed
	EndOneLine    = "one_line"   // the line is whole, and no more is wanted
	EndFollowing  = "following"  // it has come to what already follows the cursor
	EndScope      = "scope"      // it has left the block of the cursor
	EndRepetition = "repetition" // it goes round in circles
)

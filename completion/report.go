package completion

import (
	"time"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// A Report says how one request went, in numbers and names: never text of a
// document, a prompt or an answer.
type Report struct {
	Request      uint64 // counts the engine's requests, from 1
	Serial       uint64 // of the Request, as its caller numbered it; 0 in the report of a stream that outlived it
	Line, Column int    // of the cursor, from 1, columns in characters; 0 where the document is not known

	Outcome    Outcome
	Reason     string
	Trouble    model.Trouble
	Invoked    bool
	Language   string // LSP language id
	Model      string // as asked for; "" is the provider's default
	OneLine    bool   // one line was asked for
	Candidates int
	Window     tokens.Count // what the window was counted at
	Blocks     int          // of context in the prompt

	Verdict Verdict // the last one; nothing where none was needed
	Missed  Miss    // why what is known did not serve, when it was last looked at; "" where it was not, or did
	Source  Source  // where the answer came from; "" where there is none
	// Outlived marks the report of a stream that went on after the request that
	// asked for it. It says what the stream has cost, and has no Outcome: the
	// request has its own report, of the same number and without these costs,
	// which may come a little later than this one.
	Outlived bool
	Ahead    bool // of such a stream: it was asked for the line behind the one of the request, and not for the request
	Cost          // nothing where the request asked nobody, or where its stream has outlived it

	Waited time.Duration // debounce
	Total  time.Duration // from the request to the answer

	Steps []string // the polishing steps that changed or dropped something; see Dropped
}

// Dropped is the step that left nothing of the answer, or "" where something
// was left or nothing was there.
func (r Report) Dropped() string {
	if r.Outcome != Empty || r.Reason != ReasonUnfit || len(r.Steps) == 0 {
		return ""
	}
	return r.Steps[len(r.Steps)-1]
}

// reportOf is what is known of a request when it comes.
func (e *Engine) reportOf(r Request) Report {
	report := Report{Request: e.requests.Add(1), Serial: r.Serial, Invoked: r.Invoked, Model: r.Settings.Model}
	if r.Doc != nil {
		report.Language = r.Doc.Language()
		report.Line, report.Column = cursorOf(r.Doc, r.At)
	}
	return report
}

// cursorOf is a place as people count it.
func cursorOf(doc *document.Document, at document.Offset) (line, column int) {
	n := doc.LineAt(at)
	column = 1
	for piece := range doc.Pieces(doc.LineStart(n), at) {
		column += utf8.RuneCountInString(piece)
	}
	return n + 1, column
}

// Decline reports a request that its caller did not let through to Complete.
// Of r nothing is needed but what is known of it: Doc may be nil.
func (e *Engine) Decline(r Request, reason string) {
	report := e.reportOf(r)
	report.Outcome, report.Reason = NotAsked, reason
	e.o.Observe(report)
}

// A Source says where an answer came from.
type Source string

// The sources. All but the first cost nothing.
const (
	FromUpstream Source = "upstream" // the model was asked
	FromLive     Source = "live"     // a stream under way that an earlier request had asked for
	FromKept     Source = "kept"     // a suggestion of before
	FromAccepted Source = "accepted" // what a suggestion that was just accepted goes on with
	FromDisk     Source = "disk"     // what the model said to the very same question before, as it was kept
	FromAhead    Source = "ahead"    // what was asked for behind a suggestion while that was typed
)

// The reasons for which a stream is ended early.
const (
	EndClosed     = "closed"     // the code is whole: its fence was closed
	EndOneLine    = "one_line"   // the line is whole, and no more is wanted
	EndFollowing  = "following"  // it has come to what already follows the cursor
	EndScope      = "scope"      // it has left the block of the cursor
	EndRepetition = "repetition" // it goes round in circles
)

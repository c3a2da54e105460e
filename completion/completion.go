// Package completion decides whether, what and how to suggest.
//
// It reads no clock, no file, no environment and no network but through what
// it was handed (see Options), and it knows neither the protocol nor any
// provider: lsp turns messages into a Request, a model.Streamer answers, and
// what comes back is a list of Candidates.
package completion

import (
	"errors"
	"time"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// The causes with which a caller ends a request's context (see
// context.WithCancelCause) other than taking the request back. An error that
// wraps one of them counts as it.
var (
	ErrSuperseded = errors.New("superseded by a newer request for the document")
	ErrStale      = errors.New("the document has moved on")
)

// A Request asks for the text that belongs at a place of one version of a
// document. All it holds is immutable; the engine may keep reading it after
// the document has moved on.
type Request struct {
	Doc      *document.Document
	At       document.Offset
	Path     string             // the document's path relative to its workspace folder, with slashes; its base name where there is none
	Folder   string             // the workspace folder, as an absolute path; "" where there is none
	Others   []doccontext.Other // other open documents that may be shown, the nearest or most recently edited first
	Recent   doccontext.Recent  // what the person did a moment ago, of this document and those that may be shown
	Given    []doccontext.Given // what the editor itself wants to be shown with this request, the most important first
	Invoked  bool               // the user asked; otherwise the editor asked because of typing
	Choices  int                // how many candidates are wanted if the user asked; 0 is 3
	Menu     bool               // the answer is an entry of a menu, which takes keys such as Enter
	Paused   bool               // the editor waited for a pause in typing before it asked, and does not ask again without another key
	Accepted bool               // nothing was typed since a suggestion was accepted here
	Selected *Selected          // the entry chosen in the editor's completion menu, which the suggestion must continue
	Settings Settings
	Serial   uint64 // names the request in its Report; 0 where nobody needs to know
}

// wanted is how many candidates a request wants.
func (r Request) wanted() int {
	if !r.Invoked {
		return 1
	}
	return orDefault(r.Choices, invokedCandidates)
}

// Selected is the entry chosen in the editor's menu: the suggestion must begin
// with Text, and it will take the place of From..To (which ends at the
// cursor).
type Selected struct {
	From, To document.Offset
	Text     string
}

// Settings is what the user chose for the document's folder and language. The
// zero value of each field means the default.
type Settings struct {
	Model        string        // "" is the provider's default
	Disabled     bool          // no suggestion here, whoever asks
	MaxTokens    int           // of one answer; 0 is 256
	WindowTokens tokens.Count  // upper bound of the prompt; 0 is 95,000
	Multiline    Multiline     // "" is auto
	Debounce     time.Duration // fixed pause before asking; negative means auto
	Ahead        bool          // the line behind a suggestion is asked for before it is begun
	InvokedOnly  bool          // only who asks by hand is answered by asking: little is left of a budget
	Indent       syntax.Indent // how the editor indents the document, for one that does not show it; the zero value is not known
	Prewarm      bool          // what of a prompt does not change is cached before the first request needs it
}

// Multiline says whether a suggestion may have several lines.
type Multiline string

// The values of the setting completion.multiline.
const (
	MultilineAuto   Multiline = "auto"
	MultilineAlways Multiline = "always"
	MultilineNever  Multiline = "never"
)

// A Candidate is one suggestion, ready to be inserted: Text takes the place of
// From..To of the request's document. The range lies on one line and contains
// the cursor; it is empty unless text on the line must be replaced.
type Candidate struct {
	ID       string // names the candidate when the editor reports what became of it
	Text     string
	From, To document.Offset
}

// An Outcome says in one word how a request ended. Every request ends in
// exactly one.
type Outcome string

// The outcomes.
const (
	Shown      Outcome = "shown"      // there is at least one candidate
	Empty      Outcome = "empty"      // the model had nothing that could be inserted
	NotAsked   Outcome = "not_asked"  // the verdict was not to ask; see Answer.Reason
	Superseded Outcome = "superseded" // a newer request for the document took over
	Cancelled  Outcome = "cancelled"  // the editor took the request back
	Stale      Outcome = "stale"      // the document moved on
	Failed     Outcome = "failed"     // trouble; see Answer.Trouble
)

// An Answer is what became of a request.
type Answer struct {
	Candidates []Candidate
	Outcome    Outcome // "" while the answer is still growing
	Reason     string  // why nothing is shown, in one word such as "mid_word"; "" when Shown
	Err        error   // what went wrong when Failed, or when Shown is all that came; see model.TroubleOf
	Partial    bool    // the answer broke off: what is shown, if anything, is a beginning, never to be kept as the whole
}

// Package model says what a language model is to the rest of the house: a
// prompt goes in, a stream of chunks comes out, and trouble has a name.
//
// It holds no provider's details. Only the providers (internal/claude,
// internal/embedded, internal/fim) know how a prompt is rendered or what an
// HTTP status means.
package model

import (
	"context"
	"iter"
	"strings"
)

// A Streamer answers prompts. Breaking out of the loop, or ending ctx, aborts
// the request upstream at once: nothing more is generated or paid for.
//
// A sequence that ended without an error is complete: the provider said that
// the answer was finished, and the last chunk carries a Stop. Every other end
// is an error, and the error is the last pair yielded.
type Streamer interface {
	Stream(ctx context.Context, p Prompt) iter.Seq2[Chunk, error]
}

// A Prompt is what a model is asked: structured and not rendered, because
// providers differ. Chat models render all of it; fill-in-the-middle servers
// take Before and After; the embedded model reads raw text.
//
// A Prompt is immutable once it was handed to a Streamer.
type Prompt struct {
	Model    string // provider's model id; "" means the provider's default
	Language string // LSP language id of the document, such as "go"
	Path     string // the document's path as the model sees it: relative to its workspace folder, with slashes

	Rules  string  // what holds for every request: the system text, byte for byte the same each time
	Blocks []Block // context, most stable first; what of the document itself is far from the cursor is among it

	Near   []Part // what this very line may need; it changes with each request
	Notes  string // what else may matter, as text to read: recent edits, suggestions that were refused
	Before string // text before the cursor, from the beginning of a line; the model continues it
	After  string // text after the cursor; the model must lead into it
	Mark   string // what stands for the cursor between Before and After; occurs in neither
	Task   string // the last words of the prompt: what to answer, and in which form

	MaxTokens int  // upper bound of the answer; 0 means the provider's default
	OneLine   bool // only the rest of the current line is wanted
	Invoked   bool // the user asked for an answer; otherwise typing did, and a doubtful one disturbs

	Priority Priority // how urgent it is, for whoever has to choose; no part of what the model sees
}

// A Priority says what a request is for. Where a service's limits leave room
// for some requests only, the lower number comes first.
type Priority uint8

// The priorities, the most urgent first.
const (
	Keystroke  Priority = iota // a person waits for it
	Ahead                      // for a place that nobody has come to yet
	Prewarm                    // has a prompt cached before it is needed
	Background                 // nobody waits, and nobody would miss it today
)

// Priorities is how many there are.
const Priorities = int(Background) + 1

// String is the name for a counter or a log.
func (p Priority) String() string {
	if names := [Priorities]string{"keystroke", "ahead", "prewarm", "background"}; int(p) < len(names) {
		return names[p]
	}
	return "unknown"
}

// A Block is one piece of context, which may hold ranges of several files.
// Equal IDs mean equal bytes, so that a provider may keep what it encoded
// under the ID.
type Block struct {
	ID         string // digest of Side and Parts
	Side       Side
	Parts      []Part
	Breakpoint bool // the prompt up to and including this block is stable: a good end for a prompt cache
}

// A Part is a range of lines of one file.
type Part struct {
	Path      string // where the text stands, relative to its workspace folder
	FirstLine int    // the range of lines that Text was made of, counted from 1 and both within, as the file was
	LastLine  int    // when the part was made; 0 where Text is the whole file
	Picked    bool   // Text has only some of these lines: the signatures of what they define
	Text      string
}

// A Side says on which side of the cursor a block of the document itself lies.
// The blocks above come, in order, to where Before begins; those below go on
// from where After ends.
type Side string

// The sides. Blocks of other files have none.
const (
	Above Side = "above"
	Below Side = "below"
)

// Around returns the document's text before and after the cursor as far as the
// prompt holds it: Before and After, joined with the blocks of the document.
func (p Prompt) Around() (before, after string) {
	var above, below strings.Builder
	for _, b := range p.Blocks {
		for _, part := range b.Parts {
			switch b.Side {
			case Above:
				above.WriteString(part.Text)
			case Below:
				below.WriteString(part.Text)
			}
		}
	}
	if above.Len()+below.Len() == 0 {
		return p.Before, p.After
	}
	return above.String() + p.Before, p.After + below.String()
}

// A Chunk is a piece of an answer as it arrives.
type Chunk struct {
	Text     string // may be empty, in a chunk that only carries Usage or Stop
	Markdown bool   // Text is Markdown with the code in a fence; otherwise it is bare code
	Usage    *Usage // what the request has cost so far, when the provider said it; replaces earlier ones
	Stop     Stop   // why the answer ended; set on the last chunk of a complete answer alone
	Kept     bool   // it was said before and kept: nobody was asked, and it costs nothing
}

// A Stop says why an answer ended.
type Stop string

// The reasons for which a complete answer ends. A refusal is an error
// (ErrRefused) and not a Stop: its text must not be used.
const (
	StopEnd      Stop = "end"      // the model had nothing more to say
	StopLength   Stop = "length"   // MaxTokens was reached: the last line may be cut anywhere
	StopSequence Stop = "sequence" // a stop sequence was met
)

// Usage counts tokens as the provider bills them. The prompt's size is
// Input + CacheRead + CacheWrite5m + CacheWrite1h.
type Usage struct {
	Model string `json:",omitempty"` // whose tokens they are, where a standby with another model answered; "" is the model that was asked

	Input        int // neither read from nor written to the prompt cache
	CacheRead    int
	CacheWrite5m int
	CacheWrite1h int
	Output       int
}

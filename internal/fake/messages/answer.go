package messages

import (
	"math"
	"time"
)

// An Answer is what the model says to one request, and what goes wrong on the
// way. The zero value is an empty answer that ends well.
//
// What the request asks for holds here as well: the text ends at the first of
// its stop sequences and at max_tokens, and when it leaves thinking on, a
// thinking block comes first and counts.
type Answer struct {
	Text     string   // the whole text; it is cut into deltas of about a word
	Chunks   []string // the deltas one by one, in the place of Text
	Thinking string   // thought before the text, whatever the request asked; "" thinks only if the request lets the model
	Stop     string   // stop_reason; "" is end_turn, stop_sequence or max_tokens, as it comes about

	// Time before the status line, between the headers and the first event,
	// and before each delta. An answer that is not streamed takes the sum.
	Delay, FirstByte, PerChunk time.Duration
	// TokensPerSecond paces each delta by its length, on top of PerChunk.
	TokensPerSecond float64

	// Hold, unless it is nil, holds back what is streamed behind the first delta
	// until it is closed: for tests that must find an answer half said.
	Hold <-chan struct{}

	Pings    int   // further pings before each delta; one always follows the block's start
	Unknown  bool  // strew in events, blocks and deltas of unknown types, and a second message_delta
	Nameless bool  // leave out the "event:" lines, as some servers that speak this protocol do
	Split    Split // how bytes are grouped on the wire
	CRLF     bool  // end lines with CRLF

	Break    *Break // the answer does not end well
	Fault    *Fault // an HTTP error in the place of an answer
	Redirect string // 307 to this URL
	Raw      *Raw   // a response that is not of this API
}

// A Raw is a response written as it is.
type Raw struct {
	Status      int
	ContentType string
	Body        string
}

// A Split says how the bytes of a stream are grouped: each group is flushed by
// itself.
type Split uint8

// The ways to split a stream.
const (
	SplitEvents    Split = iota // an event at a time
	SplitBytes                  // a byte at a time
	SplitRunes                  // between the bytes of every character that has several
	SplitLines                  // in the middle of every line
	SplitCoalesced              // all that is there at once; only a pause flushes
)

// A Break is how an answer ends when it does not end well.
type Break struct {
	How   How
	After int // text deltas that are sent before it; or Nothing, Headers, AllButStop

	Error    *Fault // of ErrorEvent
	Category string // of Refuse: stop_details.category; "" is null
}

// Places for Break.After besides the number of a delta.
const (
	Nothing    = -2          // before the status line
	Headers    = -1          // before message_start
	AllButStop = math.MaxInt // just before message_stop
)

// How an answer breaks.
type How uint8

// The ways to break. In an answer that is not streamed the connection ends
// amid the body, and an ErrorEvent is the HTTP error itself.
const (
	Stall      How = iota // not another byte comes until the client leaves
	EOF                   // the body ends in good order between two events
	HalfEvent             // the body ends in good order amid an event
	Drop                  // the connection is closed (HTTP/1.1) or the stream reset (HTTP/2)
	Reset                 // the connection is reset: TCP RST on HTTP/1.1
	ErrorEvent            // an error event, then the end
	Refuse                // stop_reason "refusal", in good order
)

// Overloaded is an error event after n deltas.
func Overloaded(n int) *Break {
	return &Break{How: ErrorEvent, After: n, Error: &Fault{Status: 529}}
}

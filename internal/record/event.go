package record

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// Version is the number of the format. A reader refuses a greater one, and what
// it does not know in one of its own: whoever adds a field or changes what one
// means adds one to it.
const Version = 2

// A Header is the first line of a recording.
type Header struct {
	Format   int    `json:"claude-lsp-recording"` // Version
	Program  string `json:"program"`              // version of claude-lsp
	Platform string `json:"platform"`             // system and processor, as Go names them
	Holds    string `json:"holds"`                // for a person who opens the file
}

// holds is what Header.Holds says.
const holds = "For bug reports: the text of each document that completions were asked in or that was shown beside them, " +
	"each edit of it, the last edits in others that may be shared, what the model answered, and what was decided. Secrets that rules can tell are masked; all else is as it was. " +
	"Look through it before you send it to anyone."

// An Event is one line. At is in microseconds since the recording began, and
// never decreases. Exactly one of the others is set; see what each says.
//
// Some are what the engine was handed (in), the others what it did (out). The
// time that the engine knows is that of the last in-event.
type Event struct {
	At int64 `json:"us"`

	Open     *Open     `json:"open,omitempty"`     // in, with the request that follows: a document's text
	Change   *Change   `json:"change,omitempty"`   // in, with the request that follows: edits of a document
	Request  *Request  `json:"request,omitempty"`  // in
	Ended    *Ended    `json:"ended,omitempty"`    // in: the request's context ended
	Woke     *Woke     `json:"woke,omitempty"`     // in: a pause is over
	Chunk    *Chunk    `json:"chunk,omitempty"`    // in: a piece of the model's answer
	Answered *Answered `json:"answered,omitempty"` // in, or out if the engine left: the answer is over

	Pause    *Pause    `json:"pause,omitempty"`    // out: the engine waits
	Question *Question `json:"question,omitempty"` // out: the model is asked
	Decision *Decision `json:"decision,omitempty"` // out: what became of a request

	Declined *Declined `json:"declined,omitempty"` // a request that did not reach the engine
	Feedback *Feedback `json:"feedback,omitempty"` // what became of a candidate
	End      *End      `json:"end,omitempty"`      // the last line, if the recording was ended in order
}

// An Open is a document as it was when a request first had to do with it.
type Open struct {
	Doc      int    `json:"doc"`  // numbers from 1
	Path     string `json:"path"` // relative to the workspace folder, as the engine saw it
	Language string `json:"language"`
	Version  int32  `json:"version"`
	Text     Text   `json:"text"`
}

// A Change is how a document differs from its last text in the recording. Each
// edit is in the text that the ones before it left.
type Change struct {
	Doc     int    `json:"doc"`
	Version int32  `json:"version"`
	Edits   []Edit `json:"edits"`
}

// An Edit puts Text in the place of the bytes From..To.
type Edit struct {
	From int  `json:"from"`
	To   int  `json:"to"`
	Text Text `json:"text"`
}

// A Request is one that the engine was asked to answer.
type Request struct {
	N        int      `json:"n"` // numbers from 1
	Doc      int      `json:"doc"`
	At       int      `json:"at"`               // byte offset
	Line     int      `json:"line"`             // the same for people: from 1
	Column   int      `json:"column"`           // from 1, in characters
	Others   []int    `json:"others,omitempty"` // documents shared, the nearest or most recently seen first
	Recent   *Recent  `json:"recent,omitempty"` // what the person did a moment ago; nil: as with the request before
	Given    []Given  `json:"given,omitempty"`  // what the editor wanted to be shown
	Invoked  bool     `json:"invoked,omitempty"`
	Choices  int      `json:"choices,omitempty"`
	Menu     bool     `json:"menu,omitempty"`
	Paused   bool     `json:"paused,omitempty"`
	Accepted bool     `json:"accepted,omitempty"`
	Selected *Edit    `json:"selected,omitempty"` // the entry of the editor's menu
	Settings Settings `json:"settings"`
	Masked   bool     `json:"masked,omitempty"` // a document of it has masked text, which the engine saw as it was
}

// Given is a doccontext.Given.
type Given struct {
	Path string `json:"path"`
	Text Text   `json:"text"`
}

// Settings are completion.Settings.
type Settings struct {
	Model        string `json:"model,omitempty"`
	Disabled     bool   `json:"disabled,omitempty"`
	MaxTokens    int    `json:"maxTokens,omitempty"`
	WindowTokens int    `json:"windowTokens,omitempty"`
	Multiline    string `json:"multiline,omitempty"`
	DebounceNS   int64  `json:"debounceNS"` // negative: automatic
	Ahead        bool   `json:"ahead,omitempty"`
	InvokedOnly  bool   `json:"invokedOnly,omitempty"`
	Tabs         bool   `json:"tabs,omitempty"`   // Indent
	Indent       int    `json:"indent,omitempty"` // its width; 0: not known
}

// An Ended says why a request's context ended before it was answered.
type Ended struct {
	Request int    `json:"request"`
	Cause   string `json:"cause"` // superseded, stale or cancelled
}

// A Pause is a wait of the engine. Most have no Woke: their context ended.
type Pause struct {
	N       int   `json:"n"`
	Request int   `json:"request,omitempty"` // the one that waits; 0 for none
	US      int64 `json:"us"`
}

// A Woke is the end of a Pause whose time was up.
type Woke struct {
	Pause int `json:"pause"`
}

// A Question is a prompt to the model: its size, and where it was put.
type Question struct {
	N      int    `json:"n"`
	Path   string `json:"path"`
	Before int    `json:"before"` // bytes of the document in the prompt, before the cursor
	After  int    `json:"after"`
	Blocks int    `json:"blocks,omitempty"` // other documents in it
}

// A Chunk is a model.Chunk.
type Chunk struct {
	Question int          `json:"question"`
	Text     Text         `json:"text,omitzero"`
	Bare     bool         `json:"bare,omitempty"` // code, not Markdown
	Stop     string       `json:"stop,omitempty"`
	Usage    *model.Usage `json:"usage,omitempty"`
	Kept     bool         `json:"kept,omitempty"` // it was said before, and cost nothing
}

// An Answered is the end of the answer to a question.
type Answered struct {
	Question int           `json:"question"`
	Trouble  model.Trouble `json:"trouble,omitempty"`
	Left     bool          `json:"left,omitempty"` // the engine wanted no more of it
}

// A Decision is what became of a request, as the engine reported it.
type Decision struct {
	Request    int         `json:"request"`
	Outcome    string      `json:"outcome"` // a completion.Outcome, or "panic"
	Reason     string      `json:"reason,omitempty"`
	Trouble    string      `json:"trouble,omitempty"`
	Source     string      `json:"source,omitempty"`
	OneLine    bool        `json:"oneLine,omitempty"`
	Window     int         `json:"window,omitempty"` // tokens
	Steps      []string    `json:"steps,omitempty"`
	Partial    bool        `json:"partial,omitempty"`
	Candidates []Candidate `json:"candidates,omitempty"`
}

// A Candidate is a completion.Candidate. N stands for its ID.
type Candidate struct {
	N    int  `json:"n"`
	From int  `json:"from"`
	To   int  `json:"to"`
	Text Text `json:"text"`
}

// A Declined says why the engine was not asked, in one word.
type Declined struct {
	Reason string `json:"reason"`
}

// A Feedback says what became of a candidate.
type Feedback struct {
	Candidate int                     `json:"candidate"` // its N; 0 for one that is not known any more
	What      completion.FeedbackKind `json:"what"`
}

// An End says why nothing follows: "closed", or what kept the rest away.
type End struct {
	Why string `json:"why"`
}

// The values of End.Why.
const (
	EndClosed = "closed" // the session ended
	EndSize   = "size"   // the file may not be larger
	EndSlow   = "slow"   // the disk was too slow, and what came meanwhile too much
	EndLost   = "lost"   // a document could not be followed; a mistake of ours
)

// Text is text of a document or of a model. In JSON it is a string, or where it
// is not valid UTF-8 and so would change in one, an object with it in base64.
type Text string

// encoded is a Text that is not valid UTF-8.
type encoded struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON implements json.Marshaler.
func (t Text) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(string(t)) {
		return json.Marshal(encoded{[]byte(t)})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // people read it
	err := enc.Encode(string(t))
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var e encoded
		err := json.Unmarshal(data, &e)
		*t = Text(e.Base64)
		return err
	}
	return json.Unmarshal(data, (*string)(t))
}

// input reports whether the event is something that the engine was handed, and
// so moves its time.
func (e *Event) input() bool {
	return e.Request != nil || e.Ended != nil || e.Woke != nil || e.answer()
}

// answer reports whether the event is a piece of an answer that the engine was
// handed, or its end.
func (e *Event) answer() bool { return e.Chunk != nil || e.Answered != nil && !e.Answered.Left }

// question is the number of the question that a piece of an answer belongs to.
func (e *Event) question() int {
	if e.Chunk != nil {
		return e.Chunk.Question
	}
	return e.Answered.Question
}

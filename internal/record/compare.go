package record

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/claude-lsp/claude-lsp/completion"
)

// A Result is what became of a recording when it was played.
type Result struct {
	Header    Header           `json:"recording"`
	Cut       bool             `json:"cut"` // the end of the recording is missing
	Requests  []*Played        `json:"requests"`
	Questions []PlayedQuestion `json:"questions"`
	Declined  []DeclinedAt     `json:"declined,omitempty"`
}

// A DeclinedAt is a Declined with its time. Nobody can play it again: it was
// decided before the engine.
type DeclinedAt struct {
	At     int64  `json:"us"`
	Reason string `json:"reason"`
}

// A Played is a request that was played.
type Played struct {
	At       int64        `json:"us"`
	Request  *Request     `json:"request"`
	Path     string       `json:"path"`
	Language string       `json:"language"`
	Want     *Decision    `json:"recorded"` // nil if the recording ends before
	Got      *Decision    `json:"replayed"`
	GotAt    int64        `json:"replayedUS"`
	Differs  []Difference `json:"differs,omitempty"`

	version       int32 // of the document
	ended, wantAt int64 // 0: not
}

// A Difference is a field in which two decisions differ.
type Difference struct {
	Field string `json:"field"`
	Want  string `json:"recorded"`
	Got   string `json:"replayed"`
}

// A PlayedQuestion is a question of the recording, of the playing, or of both.
type PlayedQuestion struct {
	At       int64  `json:"us"`
	Path     string `json:"path"`
	Recorded int    `json:"recorded,omitempty"` // its number
	How      How    `json:"how"`
}

// A How says where a question was put and where its answer came from.
type How string

// The values of How. All but the first are differences.
const (
	AskedAgain  How = "asked_again"  // as in the recording
	NotAsked    How = "not_asked"    // in the recording alone
	Borrowed    How = "borrowed"     // in the playing alone; answered by what was said near there before
	NotRecorded How = "not_recorded" // in the playing alone; there was no answer
)

// Same counts the requests that were decided as then.
func (r *Result) Same() int { return r.count(true) }

// Different counts those that were not.
func (r *Result) Different() int { return r.count(false) }

func (r *Result) count(same bool) (n int) {
	for _, p := range r.Requests {
		if p.Want != nil && (len(p.Differs) == 0) == same {
			n++
		}
	}
	return n
}

// OtherQuestions counts the questions that were put in only one of the two.
func (r *Result) OtherQuestions() (n int) {
	for _, q := range r.Questions {
		if q.How != AskedAgain {
			n++
		}
	}
	return n
}

// AllSame reports whether nothing went another way.
func (r *Result) AllSame() bool { return r.Different() == 0 && r.OtherQuestions() == 0 }

// fields are what two decisions are compared by. Where a request's context ended
// it is chance how far the engine had come, so most do not count there.
var fields = []struct {
	name  string
	ended bool // it counts also where the context ended
	plain bool // it counts only where nothing is masked
	of    func(*Decision) string
}{
	{name: "outcome", ended: true, of: func(d *Decision) string { return d.Outcome }},
	{name: "reason", of: func(d *Decision) string { return d.Reason }},
	{name: "trouble", of: func(d *Decision) string { return d.Trouble }},
	{name: "source", of: func(d *Decision) string { return d.Source }},
	{name: "one line", of: func(d *Decision) string { return strconv.FormatBool(d.OneLine) }},
	{name: "steps", of: func(d *Decision) string { return strings.Join(d.Steps, " ") }},
	{name: "partial", of: func(d *Decision) string { return strconv.FormatBool(d.Partial) }},
	{name: "window", plain: true, of: func(d *Decision) string { return strconv.Itoa(d.Window) }},
	{name: "candidates", of: candidatesOf},
}

func candidatesOf(d *Decision) string {
	var b strings.Builder
	for i, c := range d.Candidates {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d..%d %q", c.From, c.To, string(c.Text))
	}
	return b.String()
}

// compare finds in what the two decisions differ.
func (p *Played) compare() {
	switch {
	case p.Want == nil:
		return
	case p.Got == nil:
		p.Differs = []Difference{{Field: "outcome", Want: p.Want.Outcome, Got: "none"}}
		return
	}
	// An answer and the end of the request may meet. Which of them was first is
	// then a matter of microseconds, and the editor is told the end.
	want, got := over(p.Want.Outcome), over(p.Got.Outcome)
	if p.ended > 0 && (want && !got && p.ended-p.GotAt <= inStep || got && !want && p.wantAt-p.ended <= inStep) {
		return
	}
	for _, f := range fields {
		if (want || got) && !f.ended || p.Request.Masked && f.plain {
			continue
		}
		if w, g := f.of(p.Want), f.of(p.Got); w != g {
			p.Differs = append(p.Differs, Difference{Field: f.name, Want: w, Got: g})
		}
	}
}

// over reports whether an outcome says that the request's context ended.
func over(outcome string) bool {
	switch completion.Outcome(outcome) {
	case completion.Superseded, completion.Stale, completion.Cancelled:
		return true
	}
	return false
}

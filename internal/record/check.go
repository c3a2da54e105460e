package record

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// A checker makes sure that a recording can be played: what an event refers to
// is there. It follows the documents, so that edits that do not fit are told
// with their line.
type checker struct {
	at        int64
	recent    doccontext.Recent // what the last request was told
	docs      map[int]*document.Document
	requests  map[int]bool
	pauses    map[int]bool
	questions map[int]bool // that are not answered yet
}

const (
	maxTime   = 1 << 50 // 35 years, in microseconds
	maxTokens = 1 << 24
)

func newChecker() *checker {
	return &checker{docs: map[int]*document.Document{}, requests: map[int]bool{}, pauses: map[int]bool{}, questions: map[int]bool{}}
}

// check says what is wrong with the next event. For an Open and a Change it
// returns the document that they lead to.
func (c *checker) check(e *Event) (*document.Document, error) {
	if n := e.kinds(); n != 1 {
		return nil, fmt.Errorf("it has %d events", n)
	}
	if e.At < c.at || e.At > maxTime {
		return nil, errors.New("its time is none")
	}
	c.at = e.At
	switch {
	case e.Open != nil:
		return c.open(e.Open), nil
	case e.Change != nil:
		return c.change(e.Change)
	case e.Request != nil:
		return nil, c.request(e.Request)
	case e.Ended != nil:
		return nil, refers("request", e.Ended.Request, c.requests[e.Ended.Request])
	case e.Woke != nil:
		known := c.pauses[e.Woke.Pause]
		delete(c.pauses, e.Woke.Pause)
		return nil, refers("pause", e.Woke.Pause, known)
	case e.Chunk != nil:
		return nil, refers("question", e.Chunk.Question, c.questions[e.Chunk.Question])
	case e.Answered != nil:
		known := c.questions[e.Answered.Question]
		delete(c.questions, e.Answered.Question)
		return nil, refers("question", e.Answered.Question, known)
	case e.Pause != nil:
		c.pauses[e.Pause.N] = true
		if e.Pause.US < 0 || e.Pause.US > maxTime {
			return nil, errors.New("its time is none")
		}
	case e.Question != nil:
		c.questions[e.Question.N] = true
	case e.Decision != nil:
		return nil, refers("request", e.Decision.Request, c.requests[e.Decision.Request])
	}
	return nil, nil
}

// refers is the error of a number that was not given.
func refers(what string, n int, known bool) error {
	if known {
		return nil
	}
	return fmt.Errorf("there is no %s %d", what, n)
}

func (c *checker) open(o *Open) *document.Document {
	// The number makes the name its own, and the path at the end of it says what
	// kind of file it is.
	d := document.New("recorded:///"+strconv.Itoa(o.Doc)+"/"+o.Path, o.Language, o.Version, string(o.Text))
	c.docs[o.Doc] = d
	return d
}

func (c *checker) change(ch *Change) (*document.Document, error) {
	before := c.docs[ch.Doc]
	if before == nil {
		return nil, refers("document", ch.Doc, false)
	}
	d, ok := apply(before, ch.Version, ch.Edits)
	if !ok {
		return nil, errors.New("an edit does not fit the document")
	}
	c.docs[ch.Doc] = d
	return d, nil
}

func (c *checker) request(q *Request) error {
	d := c.docs[q.Doc]
	if d == nil {
		return refers("document", q.Doc, false)
	}
	if q.N < 1 || c.requests[q.N] {
		return fmt.Errorf("%d is no number for a new request", q.N)
	}
	if at := document.Offset(q.At); d.RuneStart(at) != at {
		return errors.New("the request lies outside of its document, or in a character")
	}
	if s := q.Settings; max(s.MaxTokens, s.WindowTokens) > maxTokens || s.DebounceNS > int64(24*time.Hour) {
		return errors.New("no such settings are possible")
	}
	for _, n := range q.Others {
		if c.docs[n] == nil {
			return refers("document", n, false)
		}
	}
	var err error
	if c.recent, err = q.Recent.after(c.recent); err != nil {
		return err
	}
	c.requests[q.N] = true
	return nil
}

// kinds counts the members that are set.
func (e *Event) kinds() (n int) {
	for _, set := range []bool{
		e.Open != nil, e.Change != nil, e.Request != nil, e.Ended != nil, e.Woke != nil, e.Chunk != nil, e.Answered != nil,
		e.Pause != nil, e.Question != nil, e.Decision != nil, e.Declined != nil, e.Feedback != nil, e.End != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

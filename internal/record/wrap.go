package record

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// An Engine answers requests; completion.Engine does.
type Engine interface {
	Complete(ctx context.Context, r completion.Request) (completion.Answer, error)
	Prepare(r completion.Request)
}

// Engine is e with everything written down that is asked of it. e must have been
// made with what Around returned.
func (r *Recorder) Engine(e Engine) Engine { return recordedEngine{r, e} }

type recordedEngine struct {
	*Recorder
	inner Engine
}

// requestKey is the key under which a request's context has its number, so that
// the clock knows who waits.
type requestKey struct{}

func requestOf(ctx context.Context) int {
	n, _ := ctx.Value(requestKey{}).(int)
	return n
}

// Complete implements Engine. The end of ctx is noted before the engine can know
// of it: what the engine makes of it comes after it in the recording.
func (e recordedEngine) Complete(ctx context.Context, q completion.Request) (answer completion.Answer, err error) {
	n := e.arrived(&q)
	inner, cancel := context.WithCancelCause(context.WithValue(context.WithoutCancel(ctx), requestKey{}, n))
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() {
		cause := context.Cause(ctx)
		e.note(entry{Event: Event{Ended: &Ended{Request: n, Cause: causeName(cause)}}})
		cancel(cause)
	})
	defer stop()
	answer.Outcome = panicked
	defer func() { e.decided(n, answer) }()
	return e.inner.Complete(inner, q)
}

// Prepare implements Engine. It is not written down: it makes answers come sooner
// and costs what is not in a recording either.
func (e recordedEngine) Prepare(r completion.Request) { e.inner.Prepare(r) }

// panicked is the outcome of a request whose engine panicked.
const panicked completion.Outcome = "panic"

// arrived notes a request and numbers it.
func (r *Recorder) arrived(q *completion.Request) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	q.Serial = uint64(r.requests)
	copied := *q
	r.add(entry{Event: Event{Request: &Request{N: r.requests}}, request: &copied, size: int(q.Doc.Len())})
	return r.requests
}

// decided notes what became of a request.
func (r *Recorder) decided(n int, answer completion.Answer) {
	size := 0
	for _, c := range answer.Candidates {
		size += len(c.Text)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	report := r.reports[uint64(n)]
	delete(r.reports, uint64(n))
	r.add(entry{Event: Event{Decision: decisionOf(n, answer, report, r.name)}, size: size})
}

// The names of the causes that end a request's context.
const (
	causeSuperseded = "superseded"
	causeStale      = "stale"
	causeCancelled  = "cancelled"
)

func causeName(err error) string {
	switch {
	case errors.Is(err, completion.ErrSuperseded):
		return causeSuperseded
	case errors.Is(err, completion.ErrStale):
		return causeStale
	default:
		return causeCancelled
	}
}

func causeNamed(name string) error {
	switch name {
	case causeSuperseded:
		return completion.ErrSuperseded
	case causeStale:
		return completion.ErrStale
	default:
		return context.Canceled
	}
}

// A recordedModel is a model with everything written down that is asked of it and
// that it says.
type recordedModel struct {
	*Recorder
	inner model.Streamer
}

// Stream implements model.Streamer. What the model says is noted before it is
// passed on.
func (m recordedModel) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		n := m.asked(p)
		end := Answered{Question: n, Left: true} // until something better is known, also if yield panics
		noted := false
		over := func() {
			if !noted {
				noted = true
				m.note(entry{Event: Event{Answered: &end}})
			}
		}
		defer over()
		for chunk, err := range m.inner.Stream(ctx, p) {
			if err != nil {
				end.Trouble = model.TroubleOf(err)
				end.Left = end.Trouble == "" || ctx.Err() != nil
				over()
				yield(chunk, err)
				return
			}
			m.note(entry{Event: Event{Chunk: &Chunk{
				Question: n, Text: Text(chunk.Text), Bare: !chunk.Markdown, Stop: string(chunk.Stop), Usage: chunk.Usage, Kept: chunk.Kept,
			}}, size: len(chunk.Text)})
			if !yield(chunk, nil) {
				return
			}
		}
		end.Left = false
	}
}

// asked notes a question and numbers it.
func (r *Recorder) asked(p model.Prompt) (n int) {
	q := questionOf(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.questions++
	q.N = r.questions
	r.add(entry{Event: Event{Question: &q}})
	return q.N
}

func questionOf(p model.Prompt) Question {
	return Question{Path: p.Path, Before: len(p.Before), After: len(p.After), Blocks: len(p.Blocks)}
}

// A recordedClock is the clock of the engine that is recorded. Its time stands
// still from one in-event to the next, so that whoever plays the recording can
// show the same times to the engine; it is behind by what the engine takes to
// think.
type recordedClock struct{ *Recorder }

// Now implements completion.Clock.
func (c recordedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start.Add(time.Duration(c.now) * time.Microsecond)
}

// Sleep implements completion.Clock. A pause is over when it is noted to be: no
// timer is right to the microsecond, and a key may come in between.
func (c recordedClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.pauses++
	n := c.pauses
	c.add(entry{Event: Event{Pause: &Pause{N: n, Request: requestOf(ctx), US: d.Microseconds()}}})
	c.mu.Unlock()
	err := c.o.Clock.Sleep(ctx, d)
	if err == nil {
		c.note(entry{Event: Event{Woke: &Woke{Pause: n}}})
	}
	return err
}

// settingsOf and settings turn the settings of a request into those of a
// recording and back.
func settingsOf(s completion.Settings) Settings {
	return Settings{
		Model: s.Model, Disabled: s.Disabled, MaxTokens: s.MaxTokens, WindowTokens: int(s.WindowTokens),
		Multiline: string(s.Multiline), DebounceNS: int64(s.Debounce), Ahead: s.Ahead, InvokedOnly: s.InvokedOnly,
		Tabs: s.Indent.Tabs, Indent: s.Indent.Width,
	}
}

// head and tail are how much of the cursor's line is looked at for the
// beginning and the end of a secret in an answer, in bytes.
const headBytes = 256

// lineRound is the text of the cursor's line on both sides of it.
func lineRound(d *document.Document, at document.Offset) (head, tail string) {
	n := d.LineAt(at)
	return strings.ToValidUTF8(d.Slice(max(d.LineStart(n), at-headBytes), at), ""), d.Slice(at, min(d.LineEnd(n), at+headBytes))
}

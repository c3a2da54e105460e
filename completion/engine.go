package completion

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// A Clock tells the time and waits.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error // nil after d; ctx's error if ctx ends first
}

// Options is what an Engine needs. Model and Window must be set; every other
// zero value works.
type Options struct {
	Model  model.Streamer
	Window func(doccontext.Request) doccontext.Window

	Clock   Clock             // nil does not move and never waits
	NewID   func() string     // names candidates, each differently; nil counts
	Tokens  *tokens.Estimator // counts what an aborted stream did not say; nil is one of the engine's own
	Observe func(Report)      // called once for each request, on its goroutine; nil is nobody
}

// The values of Settings that are 0.
const (
	defaultMaxTokens    = 256
	defaultWindowTokens = 95_000
	invokedCandidates   = 3 // how many answers are asked for if someone asks by hand
)

// An Engine answers requests. It keeps nothing between them and is safe for
// concurrent use.
type Engine struct {
	o Options
}

// New makes an engine.
func New(o Options) *Engine {
	if o.Clock == nil {
		o.Clock = stopped{}
	}
	if o.NewID == nil {
		var n atomic.Uint64
		o.NewID = func() string { return strconv.FormatUint(n.Add(1), 10) }
	}
	if o.Tokens == nil {
		o.Tokens = tokens.NewEstimator()
	}
	if o.Observe == nil {
		o.Observe = func(Report) {}
	}
	return &Engine{o}
}

// Complete answers r. The error is context.Cause(ctx) where ctx ended first,
// and else nil: trouble is in the answer, because it is not the editor's.
func (e *Engine) Complete(ctx context.Context, r Request) (Answer, error) {
	var last Answer
	for a := range e.stream(ctx, r, false) {
		last = a
	}
	switch last.Outcome {
	case Superseded, Stale, Cancelled:
		return last, context.Cause(ctx)
	default:
		return last, nil
	}
}

// Stream answers r with answers that grow: each shows at least what the one
// before it showed, in the same candidate. Only the last one has an Outcome; it
// is final, and may show less. Breaking out of the loop ends the request.
func (e *Engine) Stream(ctx context.Context, r Request) iter.Seq[Answer] {
	return e.stream(ctx, r, true)
}

func (e *Engine) stream(ctx context.Context, r Request, grow bool) iter.Seq[Answer] {
	return func(yield func(Answer) bool) {
		a := &asking{Engine: e, r: r, started: e.o.Clock.Now()}
		a.report = Report{Invoked: r.Invoked, Model: r.Settings.Model, Language: r.Doc.Language()}
		final := Answer{Outcome: Cancelled, Reason: ReasonLeft} // until something better is known, also if yield panics
		defer func() {
			a.report.Outcome, a.report.Reason = final.Outcome, final.Reason
			a.report.Trouble = model.TroubleOf(final.Err)
			a.report.Candidates = len(final.Candidates)
			a.report.Total = e.o.Clock.Now().Sub(a.started)
			e.o.Observe(a.report)
		}()
		left := false
		var show func(Answer) bool
		if grow {
			show = func(growing Answer) bool {
				left = !yield(growing)
				return !left
			}
		}
		answer := a.run(ctx, show)
		if left {
			return
		}
		if ctx.Err() != nil { // whatever came of it, it is too late
			answer = ended(ctx)
		}
		final = answer
		yield(final)
	}
}

// An asking is one request under way.
type asking struct {
	*Engine
	r       Request
	started time.Time
	report  Report
	ids     []string
}

// run answers the request. show takes answers that grow, and says whether
// anyone still listens; nil if nobody wants them.
func (a *asking) run(ctx context.Context, show func(Answer) bool) Answer {
	r := a.r
	verdict := Decide(r)
	if !verdict.Ask {
		return Answer{Outcome: NotAsked, Reason: verdict.Reason}
	}
	if verdict.Wait > 0 {
		before := a.o.Clock.Now()
		err := a.o.Clock.Sleep(ctx, verdict.Wait)
		a.report.Waited = a.o.Clock.Now().Sub(before)
		if err != nil {
			return ended(ctx)
		}
	}
	if ctx.Err() != nil {
		return ended(ctx)
	}

	doc, at := r.Doc, r.At
	if r.Selected != nil { // the document as it will be with the entry in it
		var err error
		doc, err = doc.Apply(doc.Version(), document.Change{From: r.Selected.From, To: r.Selected.To, Text: r.Selected.Text})
		if err != nil {
			return Answer{Outcome: NotAsked, Reason: ReasonSelection}
		}
		at = r.Selected.From + document.Offset(len(r.Selected.Text))
	}
	window := a.window(doc, at)
	mark := markFor(window.Before, window.After)
	p := placeAt(doc, at, mark)
	p.path = r.Path
	want := formFor(r.Settings.Multiline, r.Invoked, p)
	shape := Shape{OneLine: want != aBlock, Candidates: 1}
	if r.Invoked {
		shape.Candidates = invokedCandidates
	}
	a.report.OneLine = shape.OneLine
	a.report.Window = window.Tokens
	prompt := BuildPrompt(Target{
		Model: r.Settings.Model, Language: doc.Language(), Path: r.Path,
		MaxTokens: orDefault(r.Settings.MaxTokens, defaultMaxTokens),
	}, window, shape)
	return a.read(ctx, prompt, &reading{place: p, form: want, limit: shape.Candidates}, show)
}

// read streams the answer to prompt into rd.
func (a *asking) read(ctx context.Context, prompt model.Prompt, rd *reading, show func(Answer) bool) Answer {
	asked := a.o.Clock.Now()
	var (
		stop  model.Stop
		err   error
		shown string
	)
	for chunk, e := range a.o.Model.Stream(ctx, prompt) {
		if e != nil {
			err = e
			break
		}
		if chunk.Text != "" && a.report.First == 0 {
			a.report.First = a.o.Clock.Now().Sub(asked)
		}
		if chunk.Usage != nil {
			a.report.Usage = *chunk.Usage
		}
		if chunk.Stop != "" {
			stop = chunk.Stop
		}
		if rd.add(chunk) {
			break
		}
		if ctx.Err() != nil {
			break
		}
		if show == nil {
			continue
		}
		if found := rd.growing(); len(found) > 0 && found[0].text != shown && strings.HasPrefix(found[0].text, shown) {
			shown = found[0].text
			if !show(Answer{Candidates: a.candidates(found[:1])}) {
				break
			}
		}
	}
	a.report.EarlyEnd = rd.end
	if stop == "" {
		a.estimate(rd, prompt)
	}
	if ctx.Err() != nil {
		return ended(ctx)
	}
	return a.conclude(rd, stop, err)
}

// conclude makes an answer of what was read. An answer that broke off may show
// its whole lines, because a person reads them as such; a refused one shows
// nothing, whatever it said before.
func (a *asking) conclude(rd *reading, stop model.Stop, err error) Answer {
	if errors.Is(err, model.ErrRefused) {
		return Answer{Outcome: Empty, Reason: ReasonRefused, Err: err}
	}
	broken := err != nil
	if broken && !rd.marked() {
		return Answer{Outcome: Failed, Reason: string(model.TroubleOf(err)), Err: err}
	}
	found, steps := rd.finish(stop, broken)
	a.report.Steps = steps
	answer := Answer{Candidates: a.candidates(found), Outcome: Shown, Err: err, Partial: rd.cut}
	switch {
	case len(found) > 0:
	case broken:
		answer.Outcome, answer.Reason = Failed, string(model.TroubleOf(err))
	case len(steps) > 0:
		answer.Outcome, answer.Reason = Empty, ReasonUnfit
	default:
		answer.Outcome, answer.Reason = Empty, ReasonNothing
	}
	return answer
}

// candidates are what was found as changes of the request's document. A
// candidate keeps its name while it grows.
func (a *asking) candidates(found []fitted) []Candidate {
	var all []Candidate
	eol := a.r.Doc.EOL()
	for i, f := range found {
		for len(a.ids) <= i {
			a.ids = append(a.ids, a.o.NewID())
		}
		c := Candidate{ID: a.ids[i], Text: f.text, From: a.r.At, To: a.r.At + document.Offset(f.to)}
		if eol != "\n" {
			c.Text = strings.ReplaceAll(c.Text, "\n", eol)
		}
		if s := a.r.Selected; s != nil {
			c.Text, c.From = s.Text+c.Text, s.From
		}
		all = append(all, c)
	}
	return all
}

// estimate puts a count in the place of the one that an aborted stream does not
// send any more. What was said of the prompt stays.
func (a *asking) estimate(rd *reading, prompt model.Prompt) {
	if rd.bytes == 0 {
		return
	}
	var text strings.Builder
	for _, p := range rd.fence.parts {
		text.Write(p.text)
		text.WriteByte('\n')
	}
	n := int(a.o.Tokens.Count(prompt.Language, text.String()))
	a.report.Usage.Output = max(a.report.Usage.Output, n)
	a.report.Estimated = true
}

// window is what the model gets to see.
func (a *asking) window(doc *document.Document, at document.Offset) doccontext.Window {
	return a.o.Window(doccontext.Request{
		Doc: doc, At: at, Path: a.r.Path, Others: a.r.Others,
		Budget: orDefault(a.r.Settings.WindowTokens, defaultWindowTokens),
	})
}

// ended is the answer to a request whose context is over.
func ended(ctx context.Context) Answer {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, ErrSuperseded):
		return Answer{Outcome: Superseded}
	case errors.Is(cause, ErrStale):
		return Answer{Outcome: Stale}
	default:
		return Answer{Outcome: Cancelled}
	}
}

// orDefault is n, or fallback where the user chose nothing.
func orDefault[T ~int](n, fallback T) T {
	if n <= 0 {
		return fallback
	}
	return n
}

// stopped is a clock for whoever needs none: it does not move, and waits are
// over at once.
type stopped struct{}

func (stopped) Now() time.Time { return time.Time{} }

func (stopped) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

package completion

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/redact"
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

	Prepare func(doccontext.Request)                                       // told of each request when it comes, so that what its window needs is ready when it is made; it must return at once; nil is nobody
	Warm    func(ctx context.Context, p model.Prompt) (model.Usage, error) // has the provider cache a prompt without an answer; nil cannot
	Warmed  func(Warming)                                                  // told what each call of Warm has cost; nil is nobody

	Undo    func(path, text string) redact.Undo // knows the stand-ins of the secrets in a document's text; nil: none is restored
	Clock   Clock                               // nil does not move and never waits
	NewID   func() string                       // names candidates, each differently; nil counts
	Tokens  *tokens.Estimator                   // counts what an aborted stream did not say; nil is one of the engine's own
	Keep    int                                 // bytes of suggestions that are kept for later; 0 is 1 MB
	Observe func(Report)                        // called once for each request, the declined ones too, and once more for a stream that outlived its request; from several goroutines at once; nil is nobody
}

// The values of Settings that are 0.
const (
	defaultMaxTokens    = 256
	defaultWindowTokens = 95_000
	defaultKeep         = 1 << 20
	rankWait            = time.Second // how long someone who asked by hand waits for what the workspace has, while nothing of it is frozen
	invokedCandidates   = 3           // how many answers are asked for if someone asks by hand
)

// An Engine answers requests: from what it knows, from a stream that is under
// way, or by asking the model. It is safe for concurrent use.
type Engine struct {
	o        Options
	sittings *sittings
	warmth   warmth
	requests atomic.Uint64 // that have come
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
	if o.Prepare == nil {
		o.Prepare = func(doccontext.Request) {}
	}
	if o.Warmed == nil {
		o.Warmed = func(Warming) {}
	}
	if o.Keep <= 0 {
		o.Keep = defaultKeep
	}
	return &Engine{o: o, sittings: newSittings(o.Clock, o.Keep)}
}

// Close ends all streams and waits for them. Requests that come later are
// answered as cancelled.
func (e *Engine) Close() { e.sittings.close() }

// Complete answers r. The error is context.Cause(ctx) where ctx ended first,
// and else nil: trouble is in the answer, because it is not the editor's.
//
// The end of ctx ends the request at once, and not the stream that was to
// answer it: what is typed next is likely what the stream says, so it goes on
// for a moment, and the next request takes it over.
func (e *Engine) Complete(ctx context.Context, r Request) (answer Answer, err error) {
	a := e.asking(r)
	answer = Answer{Outcome: Cancelled, Reason: ReasonLeft} // also if something panics
	defer func() { a.done(answer) }()
	if answer = a.complete(ctx); ctx.Err() != nil { // whatever came of it, it is too late
		answer = ended(ctx)
	}
	switch answer.Outcome {
	case Superseded, Stale, Cancelled:
		return answer, context.Cause(ctx)
	default:
		return answer, nil
	}
}

// Stream answers r with answers that grow: each shows at least what the one
// before it showed, in the same candidate. Only the last one has an Outcome; it
// is final, and may show less. Breaking out of the loop ends the request.
//
// It always asks, and nothing of it is kept: it is for someone who wants to see
// the model at work, not for typing.
func (e *Engine) Stream(ctx context.Context, r Request) iter.Seq[Answer] {
	return func(yield func(Answer) bool) {
		a := e.asking(r)
		final := Answer{Outcome: Cancelled, Reason: ReasonLeft} // until something better is known, also if yield panics
		defer func() { a.done(final) }()
		left := false
		answer := a.run(ctx, func(growing Answer) bool {
			left = !yield(growing)
			return !left
		})
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
	doc     *document.Document // with the menu's entry in it
	at      document.Offset
	started time.Time
	report  Report
	waits   time.Duration // for what the workspace has; see doccontext.Request.Wait
	ids     []string
	asked   *suggestion // what the model was asked for by this request, until it is left
}

func (e *Engine) asking(r Request) *asking {
	return &asking{Engine: e, r: r, doc: r.Doc, at: r.At, started: e.o.Clock.Now(), report: e.reportOf(r)}
}

// done reports how the request ended.
func (a *asking) done(final Answer) {
	a.report.Outcome, a.report.Reason = final.Outcome, final.Reason
	a.report.Trouble = model.TroubleOf(final.Err)
	a.report.Candidates = len(final.Candidates)
	a.report.Total = a.o.Clock.Now().Sub(a.started)
	a.o.Observe(a.report)
}

// selectEntry puts the menu's entry into the document, as it will be with it.
func (a *asking) selectEntry() bool {
	s := a.r.Selected
	if s == nil {
		return true
	}
	doc, err := a.r.Doc.Apply(a.r.Doc.Version(), document.Change{From: s.From, To: s.To, Text: s.Text})
	if err != nil {
		return false
	}
	a.doc, a.at = doc, s.From+document.Offset(len(s.Text))
	return true
}

// run answers the request by asking. show takes answers that grow, and says
// whether anyone still listens.
func (a *asking) run(ctx context.Context, show func(Answer) bool) Answer {
	verdict := Decide(a.r, History{})
	a.report.Verdict = verdict
	if !verdict.Ask {
		return Answer{Outcome: NotAsked, Reason: verdict.Reason}
	}
	if !a.selectEntry() {
		return Answer{Outcome: NotAsked, Reason: ReasonSelection}
	}
	a.waits = -1 // nobody types meanwhile
	if !a.pause(ctx, verdict.Wait) {
		return ended(ctx)
	}
	_, prompt, rd := a.prompt()
	var (
		spent Cost
		shown string
	)
	stop, err := a.pump(ctx, prompt, &spent, func(c model.Chunk) bool {
		if rd.add(c) || ctx.Err() != nil {
			return false
		}
		if found := rd.growing(); len(found) > 0 && found[0].text != shown && strings.HasPrefix(found[0].text, shown) {
			shown = found[0].text
			return show(Answer{Candidates: a.candidates(found[:1])})
		}
		return true
	})
	spent.close(a.o.Tokens, rd, prompt, stop)
	a.learn(a.report.Window, spent.Usage)
	a.report.Cost = spent
	if ctx.Err() != nil {
		return ended(ctx)
	}
	end := conclude(rd, stop, err)
	a.report.Steps = end.steps
	return end.answer(a.candidates(end.found))
}

// pause waits, unless ctx ends first.
func (a *asking) pause(ctx context.Context, d time.Duration) bool {
	if d > 0 {
		before := a.o.Clock.Now()
		err := a.o.Clock.Sleep(ctx, d)
		a.report.Waited += a.o.Clock.Now().Sub(before)
		if err != nil {
			return false
		}
	}
	return ctx.Err() == nil
}

// prompt is what the model gets to see, the question made of it, and what reads
// the answer.
func (a *asking) prompt() (doccontext.Window, model.Prompt, *reading) {
	r := a.r
	window := a.o.Window(a.windowRequest(r, a.doc, a.at, a.waits))
	p := placeAt(a.doc, a.at)
	p.path, p.editors = r.Path, r.Settings.Indent
	if undo := a.o.Undo; undo != nil {
		known := sync.OnceValue(func() redact.Undo { return undo(r.Path, a.doc.Text()) }) // few answers need it
		p.restore = func(answer string) (string, bool) { return known().Restore(answer) }
	}
	want := formFor(r.Settings.Multiline, r.Invoked, p)
	shape := Shape{OneLine: want != aBlock, Candidates: r.wanted()}
	a.report.OneLine = shape.OneLine
	a.report.Window, a.report.Blocks = window.Tokens, len(window.Blocks)
	a.report.Source = FromUpstream
	prompt := BuildPrompt(r.target(a.doc), window, shape)
	p.mark = prompt.Mark
	a.warmth.asked(a.doc.URI(), prefixOf(window.Blocks), a.o.Clock.Now())
	return window, prompt, &reading{place: p, form: want, limit: shape.Candidates}
}

// candidates are what was found as changes of the request's document. A
// candidate keeps its name while it grows.
func (a *asking) candidates(found []fitted) []Candidate {
	for len(a.ids) < len(found) {
		a.ids = append(a.ids, a.o.NewID())
	}
	var all []Candidate
	for i, f := range found {
		all = append(all, a.candidate(f, a.ids[i]))
	}
	return all
}

func (a *asking) candidate(f fitted, id string) Candidate {
	c := Candidate{ID: id, Text: f.text, From: a.r.At, To: a.r.At + document.Offset(f.to)}
	if eol := a.r.Doc.EOL(); eol != "\n" {
		c.Text = strings.ReplaceAll(c.Text, "\n", eol)
	}
	if s := a.r.Selected; s != nil {
		c.Text, c.From = s.Text+c.Text, s.From
	}
	return c
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

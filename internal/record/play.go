package record

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// inStep is how far apart two things may be in time and still be the same one,
// in microseconds: what an engine takes to think on a busy machine.
const inStep = 20_000

// burstGap is how far apart the pieces of a burst are at most, in microseconds.
const burstGap = 5_000

// A Closer is an Engine that ends its streams when it is closed.
type Closer interface {
	Engine
	Close()
}

// Play hands a recording to the engine that newEngine returns, and says what became
// of each request. It waits for nobody's time: its clock goes on when there is
// nothing more to do. The same recording and engine have the same result each
// time.
//
// Goroutines of the whole process run one after the other meanwhile; others than
// the engine's should rest.
func Play(rec *Recording, newEngine func(Parts) Closer) *Result {
	p := newPlayer(rec)
	defer p.rest.end()
	p.engine = newEngine(Parts{Model: playedModel{p}, Clock: playedClock{p}, Observe: p.observe})
	p.play()
	p.finish()
	return p.result
}

// A player is one playing of a recording. Its own goroutine does something only
// when all others rest; the lock is for those of the engine.
type player struct {
	rec    *Recording
	rest   *rest
	engine Closer
	script script
	result *Result
	played map[int]*Played // by number of the request
	docs   map[int]*document.Document
	paths  map[int]string
	recent doccontext.Recent // what the last request was told
	work   sync.WaitGroup    // requests

	mu       sync.Mutex
	index    int   // of the event at hand
	now      int64 // microseconds
	running  map[int]context.CancelCauseFunc
	reports  map[uint64]completion.Report
	names    map[string]int
	timers   []*timer
	sleeping map[int]func()  // by number of the pause in the recording
	streams  map[int]*stream // by number of the question in the recording
}

// A timer does something at a time that is not in the recording.
type timer struct {
	due int64
	do  func()
}

func newPlayer(rec *Recording) *player {
	return &player{
		rec: rec, rest: newRest(), script: scriptOf(rec), result: &Result{Header: rec.Header, Cut: rec.Cut},
		played: map[int]*Played{}, docs: map[int]*document.Document{}, paths: map[int]string{},
		running: map[int]context.CancelCauseFunc{}, reports: map[uint64]completion.Report{}, names: map[string]int{},
		sleeping: map[int]func(){}, streams: map[int]*stream{},
	}
}

// play goes through the events.
func (p *player) play() {
	for i := range p.rec.Events {
		e := &p.rec.Events[i]
		if e.input() {
			p.until(e.At)
		}
		p.mu.Lock()
		p.index = i
		if e.input() && !e.answer() {
			p.now = e.At // a piece of an answer moves it when it is read
		}
		p.mu.Unlock()
		p.event(e, p.rec.docs[i])
		if e.input() && !p.burst(i) {
			p.rest.wait()
			p.mu.Lock()
			p.now = max(p.now, e.At)
			p.mu.Unlock()
		}
	}
	p.mu.Lock()
	p.index = len(p.rec.Events)
	p.mu.Unlock()
}

// burst reports whether the next event is the next piece of the same answer, so
// soon that whoever waits for the answer may not have looked in between. If it
// had, and had made anything of what it saw, that would be the next event. Pieces
// often come several at a time.
func (p *player) burst(i int) bool {
	if i+1 >= len(p.rec.Events) {
		return false
	}
	e, next := &p.rec.Events[i], &p.rec.Events[i+1]
	return e.Chunk != nil && next.answer() && next.question() == e.Chunk.Question && next.At-e.At < burstGap
}

// event does what an event says.
func (p *player) event(e *Event, doc *document.Document) {
	switch {
	case e.Open != nil:
		p.docs[e.Open.Doc], p.paths[e.Open.Doc] = doc, e.Open.Path
	case e.Change != nil:
		p.docs[e.Change.Doc] = doc
	case e.Request != nil:
		p.request(e)
	case e.Ended != nil:
		p.mu.Lock()
		cancel := p.running[e.Ended.Request]
		p.mu.Unlock()
		if played := p.played[e.Ended.Request]; played.Want == nil {
			played.ended = e.At
		}
		if cancel != nil {
			cancel(causeNamed(e.Ended.Cause))
		}
	case e.Woke != nil:
		p.mu.Lock()
		wake := p.sleeping[e.Woke.Pause]
		delete(p.sleeping, e.Woke.Pause)
		p.mu.Unlock()
		if wake != nil {
			wake()
		}
	case e.Chunk != nil:
		p.deliver(e.Chunk.Question, e)
	case e.Answered != nil:
		p.deliver(e.Answered.Question, e)
	case e.Decision != nil:
		played := p.played[e.Decision.Request]
		played.Want, played.wantAt = e.Decision, e.At
	case e.Declined != nil:
		p.result.Declined = append(p.result.Declined, DeclinedAt{At: e.At, Reason: e.Declined.Reason})
	}
}

// request asks the engine.
func (p *player) request(e *Event) {
	q := e.Request
	r := completion.Request{
		Doc: p.docs[q.Doc], At: document.Offset(q.At), Path: p.paths[q.Doc],
		Invoked: q.Invoked, Choices: q.Choices, Menu: q.Menu, Paused: q.Paused, Accepted: q.Accepted,
		Settings: q.Settings.completion(), Serial: uint64(q.N),
	}
	for _, n := range q.Others {
		r.Others = append(r.Others, doccontext.Other{Doc: p.docs[n], Path: p.paths[n]})
	}
	for _, g := range q.Given {
		r.Given = append(r.Given, doccontext.Given{Path: g.Path, Text: string(g.Text)})
	}
	p.recent, _ = q.Recent.after(p.recent) // Read has looked at it
	r.Recent = p.recent
	if s := q.Selected; s != nil {
		r.Selected = &completion.Selected{From: document.Offset(s.From), To: document.Offset(s.To), Text: string(s.Text)}
	}
	played := &Played{At: e.At, Request: q, Path: r.Path, Language: r.Doc.Language(), version: r.Doc.Version()}
	p.overtake(played)
	p.played[q.N] = played
	p.result.Requests = append(p.result.Requests, played)
	ctx, cancel := context.WithCancelCause(context.WithValue(context.Background(), requestKey{}, q.N))
	p.mu.Lock()
	p.running[q.N] = cancel
	p.mu.Unlock()
	p.work.Go(func() {
		answer := completion.Answer{Outcome: panicked}
		defer func() {
			cause := recover()
			cancel(nil)
			p.answered(q.N, played, answer, cause)
		}()
		answer, _ = p.engine.Complete(ctx, r)
	})
}

// overtake ends the requests for the same document that were answered by now when
// they were recorded, and here are not. No end of theirs is in the recording.
func (p *player) overtake(next *Played) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n, cancel := range p.running {
		switch old := p.played[n]; {
		case old.Want == nil || old.Request.Doc != next.Request.Doc:
		case old.version == next.version:
			cancel(completion.ErrSuperseded)
		default:
			cancel(completion.ErrStale)
		}
	}
}

// answered notes what became of a request.
func (p *player) answered(n int, played *Played, answer completion.Answer, cause any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.running, n)
	d := decisionOf(n, answer, p.reports[uint64(n)], p.name)
	delete(p.reports, uint64(n))
	if cause != nil {
		d.Reason = fmt.Sprint(cause)
	}
	if errors.Is(answer.Err, ErrNotRecorded) {
		d.Trouble = troubleNotRecorded
		if answer.Outcome == completion.Failed {
			d.Reason = troubleNotRecorded
		}
	}
	played.Got, played.GotAt = d, p.now
}

// name numbers the candidates as they come. The lock must be held.
func (p *player) name(id string) int {
	if p.names[id] == 0 {
		p.names[id] = len(p.names) + 1
	}
	return p.names[id]
}

func (p *player) observe(r completion.Report) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Serial != 0 {
		p.reports[r.Serial] = r
	}
}

// until lets the time go on to just before at.
func (p *player) until(at int64) {
	for p.next(at) {
		p.rest.wait()
	}
}

// next does what is due first, if that is before at.
func (p *player) next(at int64) bool {
	p.mu.Lock()
	first := -1
	for i, t := range p.timers {
		if t.due < at && (first < 0 || t.due < p.timers[first].due) {
			first = i
		}
	}
	if first < 0 {
		p.mu.Unlock()
		return false
	}
	t := p.timers[first]
	p.timers = append(p.timers[:first], p.timers[first+1:]...)
	p.now = max(p.now, t.due)
	p.mu.Unlock()
	t.do()
	return true
}

// finish lets the requests end that still wait, and closes the engine.
func (p *player) finish() {
	const end = int64(1) << 62
	for p.waiting() && p.next(end) {
		p.rest.wait()
	}
	p.mu.Lock()
	for _, cancel := range p.running {
		cancel(context.Canceled)
	}
	p.mu.Unlock()
	p.work.Wait()
	p.engine.Close()
	for _, played := range p.result.Requests {
		played.compare()
	}
	p.result.Questions = p.script.all()
}

func (p *player) waiting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.running) > 0
}

// completion are the settings as the engine knows them.
func (s Settings) completion() completion.Settings {
	return completion.Settings{
		Model: s.Model, Disabled: s.Disabled, MaxTokens: s.MaxTokens, WindowTokens: tokens.Count(s.WindowTokens),
		Multiline: completion.Multiline(s.Multiline), Debounce: time.Duration(s.DebounceNS), Ahead: s.Ahead, InvokedOnly: s.InvokedOnly,
		Indent: syntax.Indent{Tabs: s.Tabs, Width: s.Indent},
	}
}

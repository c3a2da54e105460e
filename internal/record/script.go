package record

import (
	"context"
	"errors"
	"iter"
	"sort"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// ErrNotRecorded is the trouble of an engine that asks what nobody has asked
// while the recording was made, or that wants more of an answer than there is.
var ErrNotRecorded = errors.New("the recording has no answer to this")

const troubleNotRecorded = "not_recorded"

// A script is what a recording knows of pauses and answers, to be found by an
// engine that may not do the same things.
type script struct {
	pauses    []*scriptedPause    // by time
	questions []*scriptedQuestion // by time
	anew      []PlayedQuestion    // that the recording does not have
}

type scriptedPause struct {
	Pause
	at   int64 // on the engine's clock
	woke int   // index of its Woke; 0 if there is none
	used bool
}

type scriptedQuestion struct {
	Question
	at     int64 // on the engine's clock
	events []int // indexes of what was answered
	used   bool
}

func scriptOf(rec *Recording) script {
	var s script
	pauses, questions := map[int]*scriptedPause{}, map[int]*scriptedQuestion{}
	now := int64(0)
	for i := range rec.Events {
		e := &rec.Events[i]
		if e.input() {
			now = e.At
		}
		switch {
		case e.Pause != nil:
			p := &scriptedPause{Pause: *e.Pause, at: now}
			pauses[p.N] = p
			s.pauses = append(s.pauses, p)
		case e.Woke != nil:
			pauses[e.Woke.Pause].woke = i
		case e.Question != nil:
			q := &scriptedQuestion{Question: *e.Question, at: now}
			questions[q.N] = q
			s.questions = append(s.questions, q)
		case e.Chunk != nil:
			q := questions[e.Chunk.Question]
			q.events = append(q.events, i)
		case e.Answered != nil:
			q := questions[e.Answered.Question]
			q.events = append(q.events, i)
		}
	}
	return s
}

// pause finds the recorded pause that an engine makes anew: one of the same
// request at about the same time and of about the same length, whose end is
// still to come.
func (s *script) pause(request int, d, now int64, index int) *scriptedPause {
	var best *scriptedPause
	least := int64(inStep)
	first := sort.Search(len(s.pauses), func(i int) bool { return s.pauses[i].at >= now-inStep })
	for _, p := range s.pauses[first:] {
		if p.at > now+inStep {
			break
		}
		if p.used || p.Request != request || p.woke != 0 && p.woke <= index {
			continue
		}
		if far := distance(p.at, now) + distance(p.US, d); far < least {
			best, least = p, far
		}
	}
	if best != nil {
		best.used = true
	}
	return best
}

// question finds the recorded question that an engine puts anew, and says how
// near it is.
func (s *script) question(q Question, now int64) (found *scriptedQuestion, how How) {
	least := int64(inStep)
	first := sort.Search(len(s.questions), func(i int) bool { return s.questions[i].at >= now-inStep })
	for _, c := range s.questions[first:] {
		if c.at > now+inStep {
			break
		}
		if c.used || c.Path != q.Path {
			continue
		}
		far := distance(c.at, now)
		if c.Before != q.Before || c.After != q.After {
			far += inStep / 2 // placeholders have other lengths than what is masked
		}
		if far < least {
			found, least = c, far
		}
	}
	if found != nil {
		found.used = true
		return found, AskedAgain
	}
	for _, c := range s.questions { // the newest one for about the same place
		if c.Path == q.Path && c.at <= now && c.After == q.After && distance(int64(c.Before), int64(q.Before)) < nearBytes {
			found = c
		}
	}
	if found != nil {
		return found, Borrowed
	}
	return nil, NotRecorded
}

// nearBytes is how far from each other two places may be for the answer for one
// to stand in at the other.
const nearBytes = 200

func distance(a, b int64) int64 { return max(a-b, b-a) }

// all are the questions of both, the recorded ones first.
func (s *script) all() []PlayedQuestion {
	var all []PlayedQuestion
	for _, q := range s.questions {
		how := AskedAgain
		if !q.used {
			how = NotAsked
		}
		all = append(all, PlayedQuestion{At: q.at, Path: q.Path, Recorded: q.N, How: how})
	}
	return append(all, s.anew...)
}

// playedClock is the clock of the engine that plays.
type playedClock struct{ *player }

// epoch is where the time of a playing begins. Nobody sees it.
var epoch = time.Unix(0, 0)

// Now implements completion.Clock.
func (c playedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return epoch.Add(time.Duration(c.now) * time.Microsecond)
}

// Sleep implements completion.Clock. A pause that was recorded ends when it did
// then: right where it stands among keys and chunks.
func (c playedClock) Sleep(ctx context.Context, d time.Duration) error {
	over := make(chan struct{})
	wake := func() { close(over) }
	c.mu.Lock()
	us := d.Microseconds()
	pause := c.script.pause(requestOf(ctx), us, c.now, c.index)
	own := &timer{due: c.now + us, do: wake}
	switch {
	case pause != nil && pause.woke != 0:
		own = nil
		c.sleeping[pause.N] = wake
	case pause != nil: // something else came first then
		own.due += inStep
	}
	if own != nil {
		c.timers = append(c.timers, own)
	}
	c.mu.Unlock()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if own == nil {
		delete(c.sleeping, pause.N)
	}
	for i, t := range c.timers {
		if t == own {
			c.timers = append(c.timers[:i], c.timers[i+1:]...)
			break
		}
	}
	return context.Cause(ctx)
}

// playedModel says what the model said.
type playedModel struct{ *player }

// A stream is an answer under way to the engine.
type stream struct {
	rec    *Recording
	events []int         // not read yet
	more   chan struct{} // holds one when there are some
	live   bool          // it is played at the time of the recording
}

// push hands on an event. The lock must be held.
func (s *stream) push(i int) {
	s.events = append(s.events, i)
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// deliver hands on what has come to the question that asks the same.
func (p *player) deliver(question int, e *Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.streams[question]; s != nil {
		s.push(p.index)
		if e.Answered != nil {
			delete(p.streams, question)
		}
	}
}

// ask finds the answer to a question; nil is none.
func (p *player) ask(q Question) *stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, how := p.script.question(q, p.now)
	if how != AskedAgain {
		asked := PlayedQuestion{At: p.now, Path: q.Path, How: how}
		if found != nil {
			asked.Recorded = found.N
		}
		p.script.anew = append(p.script.anew, asked)
	}
	if found == nil {
		return nil
	}
	s := &stream{rec: p.rec, more: make(chan struct{}, 1)}
	if how == AskedAgain {
		s.live = true
		p.streams[found.N] = s
		for _, i := range found.events {
			if i <= p.index { // the answer began before this engine asked
				s.push(i)
			}
		}
		return s
	}
	for _, i := range found.events {
		p.timers = append(p.timers, &timer{due: p.now + p.rec.Events[i].At - found.at, do: func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			s.push(i)
		}})
	}
	return s
}

// Stream implements model.Streamer.
func (m playedModel) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		s := m.ask(questionOf(p))
		if s == nil {
			yield(model.Chunk{}, ErrNotRecorded)
			return
		}
		for {
			select {
			case <-ctx.Done():
				yield(model.Chunk{}, context.Cause(ctx))
				return
			case <-s.more:
			}
			m.mu.Lock()
			events := s.events
			s.events = nil
			m.mu.Unlock()
			for _, i := range events {
				m.reach(s.rec.Events[i].At, s.live)
				if over := s.play(&s.rec.Events[i], yield); over {
					return
				}
			}
		}
	}
}

// reach lets the clock go on to the time of a piece of an answer, in the moment in
// which it is read.
func (p *player) reach(at int64, live bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if live {
		p.now = max(p.now, at)
	}
}

// play hands one event to the engine, and reports whether it was the last.
func (s *stream) play(e *Event, yield func(model.Chunk, error) bool) (over bool) {
	if c := e.Chunk; c != nil {
		return !yield(model.Chunk{Text: string(c.Text), Markdown: !c.Bare, Usage: c.Usage, Stop: model.Stop(c.Stop), Kept: c.Kept}, nil)
	}
	switch a := e.Answered; {
	case a.Left: // the engine of then did not want to know how it goes on
		yield(model.Chunk{}, ErrNotRecorded)
	case a.Trouble != "":
		yield(model.Chunk{}, a.Trouble.Err())
	}
	return true
}

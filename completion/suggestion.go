package completion

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A suggestion is what the model says to one question: first a stream, of which
// what has come so far is known, then a finished text. Requests that typed what
// it says are answered from it, however many there are and whoever asked.
type suggestion struct {
	uri      string
	invoked  bool
	wanted   int // candidates
	settings Settings
	cancel   context.CancelCauseFunc // ends the stream
	done     chan struct{}           // closed when the stream is over
	after    []<-chan struct{}       // the streams that must be over before this one begins
	ahead    bool                    // it was asked for before anyone came to its line; see next
	unasked  bool                    // no request waited for it when it was asked for

	// The fields of sittings, guarded by its lock.
	spot      spot
	followers int                // requests that wait for it
	unwatch   context.CancelFunc // ends the wait for somebody to use it; nil if somebody does
	left      bool               // the last request typed something else
	leftAt    int                // bytes typed when it was left
	shown     bool               // a person has seen some of it
	followed  int                // bytes of it that were typed
	size      int                // as counted; 0 while it streams
	aborted   bool               // its stream was told to end
	dropped   bool               // it must not be found any more

	of         *suggestion // the one that it comes next to, as long as it streams
	followedBy bool        // the line behind it was asked for

	mu      sync.Mutex // guards the rest; never held while the lock of sittings is taken
	rd      *reading   // nil until the question is made and after the stream
	changed chan struct{}
	decided bool     // nothing that is still to come changes end
	end     ending   // once decided
	cut     int      // bytes of the first text that were decided on; 0 is all: what follows was read in advance
	spent   Cost     // once over
	over    bool     // the stream is ended
	gone    bool     // the stream was cut off from outside: there is no answer
	alone   bool     // whoever asked was answered before the stream was over, or nobody asked
	kept    bool     // it was said before, and kept on the disk
	broken  bool     // the answer ended in an error: it must not be kept
	form    form     // once asked
	report  Report   // of whoever asked, as it was when the question was made
	panic   any      // what reading it panicked with
	ids     []string // of the candidates
	idsAt   int      // bytes that were accepted when they got their names
	ended   time.Time
}

// A look is what a suggestion says at a moment.
type look struct {
	found   []fitted
	decided bool
	end     ending
	lines   int      // while it grows: so many are whole
	settled []fitted // while it grows: what of it is not taken back any more; see settle.go
	wholes  int      // so many of settled are whole
	cut     int
	form    form
	gone    bool // there is no answer, and will be none
	panic   any  // what reading it panicked with
	ended   time.Time
	changed <-chan struct{} // closed when there is more to see
}

// look returns what is there. While the suggestion grows, what it has found so
// far costs a look at all of it, which is paid at most once for each change, and
// only if shown says that it is wanted when so many lines are whole; nil never does.
func (s *suggestion) look(shown func(lines int) bool) look {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := look{panic: s.panic, ended: s.ended, decided: s.decided, end: s.end, cut: s.cut, gone: s.gone, changed: s.changed, found: s.end.found, form: s.form}
	if s.decided || s.rd == nil || s.rd.bytes == 0 {
		return l
	}
	if l.lines = s.rd.breaks(); shown != nil && shown(l.lines) {
		l.found = s.led(s.rd.growing())
	}
	if l.settled = s.led(s.rd.settled); s.rd.limit > 1 {
		l.wholes = len(l.settled)
	}
	return l
}

// change tells all who wait that there is more to see. The lock must be held.
func (s *suggestion) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// run reads the stream to its end. It is a goroutine of its own, because the
// stream outlives the requests that are answered from it.
func (s *suggestion) run(ctx context.Context, e *Engine, prompt model.Prompt) {
	defer s.settle(e)
	for _, other := range s.after {
		<-other // they were told to end, and do at once
	}
	defer func() {
		if p := recover(); p != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.panic, s.decided, s.gone = p, true, true
			s.change()
		}
	}()
	var (
		spent   Cost
		advance *advance
	)
	stop, err := e.pump(ctx, prompt, &spent, func(c model.Chunk) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		defer s.change()
		s.kept = s.kept || c.Kept
		enough := s.rd.add(c)
		switch {
		case advance != nil:
			return !enough && !advance.enough(s.rd)
		case enough && s.rd.end == EndOneLine && worthMore(s.report.Window):
			s.decide(conclude(s.rd, "", nil), e.o.Clock.Now())
			advance, enough = s.rd.goOn()
		}
		return !enough
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.change()
	spent.close(e.o.Tokens, s.rd, prompt, stop)
	e.learn(s.report.Window, spent.Usage)
	switch {
	case advance != nil:
		spent.EarlyEnd = EndOneLine
		s.add(s.rd, stop, err)
	case ctx.Err() != nil:
		s.gone, s.decided = true, true
	default:
		s.decide(conclude(s.rd, stop, err), e.o.Clock.Now())
	}
	s.spent, s.over, s.rd = spent, true, nil
}

// settle is the end of run: what is good is kept, and what nobody else reports
// is reported.
func (s *suggestion) settle(e *Engine) {
	s.mu.Lock()
	s.over = true
	good := !s.gone && !s.broken && s.end.reason != ReasonRefused
	r, alone := s.outlived(), s.alone
	s.mu.Unlock()
	e.sittings.settled(s, good, r.First)
	close(s.done)
	if alone {
		e.o.Observe(r)
	}
}

// abort ends the stream, if it is not over. The lock of sittings must be held.
func (s *suggestion) abort() {
	s.aborted = true
	s.cancel(errUnused)
}

// decide says what the suggestion is. The lock must be held.
func (s *suggestion) decide(end ending, now time.Time) {
	end.found = s.led(end.found)
	s.decided, s.end, s.ended = true, end, now
	s.broken = end.err != nil
}

// add puts what was read in advance behind what was decided. The lock must be
// held.
func (s *suggestion) add(rd *reading, stop model.Stop, err error) {
	if s.broken = err != nil; errors.Is(err, model.ErrRefused) || len(s.end.found) != 1 {
		return
	}
	found, _ := rd.finish(stop, err != nil)
	found = s.led(found)
	if shown := s.end.found[0]; len(found) > 0 && found[0].to == shown.to && len(found[0].text) > len(shown.text) && strings.HasPrefix(found[0].text, shown.text) {
		s.end.found, s.cut = []fitted{found[0]}, len(shown.text)
	}
}

// begins reports whether the trail leads to where the model was asked: to the
// spot, or to the line behind it with whatever indentation.
func (s *suggestion) begins(way trail) bool {
	return way.typed == "" || s.ahead && strings.HasPrefix(way.typed, lead) && strings.TrimSpace(way.typed) == ""
}

// led is what was found, as it stands behind the suggestion's spot.
func (s *suggestion) led(found []fitted) []fitted {
	if !s.ahead {
		return found
	}
	all := slices.Clone(found)
	for i := range all {
		all[i].text = lead + all[i].text
	}
	return all
}

// complete reports whether the suggestion is all that the model had to say, and
// not what was left of it where the text below the cursor begins.
func (s *suggestion) complete() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over && s.decided && !s.broken && s.end.outcome == Shown && !s.end.partial && len(s.end.found) == 1 &&
		(s.spent.EarlyEnd == "" || s.spent.EarlyEnd == EndClosed || s.spent.EarlyEnd == EndOneLine)
}

// leave says that whoever asked was answered, and takes what it has cost, if
// that is known by now.
func (s *suggestion) leave(r *Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alone = !s.over; !s.alone {
		r.Cost = s.spent
	}
	if s.kept {
		r.Source = FromDisk
	}
	r.Steps = s.end.steps
}

// outlived is the report of a stream whose request was answered before.
func (s *suggestion) outlived() Report {
	return Report{
		Request: s.report.Request, Outlived: true, Ahead: s.unasked, Source: FromUpstream, Cost: s.spent, Trouble: model.TroubleOf(s.end.err), Steps: s.end.steps, Invoked: s.invoked,
		Language: s.report.Language, Model: s.report.Model, OneLine: s.report.OneLine, Window: s.report.Window,
	}
}

// names are those of the candidates: the same ones as long as the suggestion is
// typed, because it is the same to the one who sees it. What comes after an
// acceptance is another.
func (s *suggestion) names(n int, accepted int, newID func() string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if accepted > s.idsAt {
		s.ids, s.idsAt = nil, accepted
	}
	for len(s.ids) < n {
		s.ids = append(s.ids, newID())
	}
	return slices.Clone(s.ids[:n])
}

// bytes is about what it takes to keep the suggestion.
func (s *suggestion) bytes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 1 << 10 // the structures, names and settings
	for _, f := range s.end.found {
		n += len(f.text)
	}
	return n + len(s.spot.before) + len(s.spot.after)
}

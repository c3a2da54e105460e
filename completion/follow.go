package completion

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// complete answers the request from what is known, from a stream that is under
// way, or by asking, in this order. Only the last needs a reason to, because
// only the last costs anything.
func (a *asking) complete(ctx context.Context) Answer {
	first := Decide(a.r, History{})
	if first.Reason == ReasonDisabled || first.Reason == ReasonSelection || !a.selectEntry() {
		a.report.Verdict = first
		return Answer{Outcome: NotAsked, Reason: orReason(first.Reason, ReasonSelection)}
	}
	if a.r.Invoked {
		a.waits = rankWait
	}
	// Most keys are answered from what is known, and nothing is ranked for them.
	ranked := false
	prepare := func(known bool) {
		if !ranked {
			q := a.windowRequest(a.r, a.doc, a.at, a.waits)
			q.Known, ranked = known, true
			a.o.Prepare(q)
		}
	}
	defer func() { prepare(true) }()
	deleted := a.sittings.arrive(a.r.Doc, a.r.At)
	for paused := time.Duration(0); ; {
		if ctx.Err() != nil {
			return ended(ctx)
		}
		f := a.sittings.find(a.r, a.doc, a.at)
		if !f.ok {
			h := a.sittings.history(a.r.Doc.URI())
			h.Deleted, h.Known = deleted, f.nothing
			verdict := Decide(a.r, h)
			a.report.Verdict, a.report.Missed = verdict, f.missed
			n, goesOn := a.next(f.through, fitted{})
			switch {
			case goesOn && (verdict.Reason == ReasonAccepted || verdict.Ask && a.r.Menu):
				a.askAhead(f.through, fitted{})
				return Answer{Outcome: NotAsked, Reason: ReasonAhead}
			case !verdict.Ask:
				return Answer{Outcome: NotAsked, Reason: verdict.Reason}
			case goesOn && verdict.Wait > 0:
				verdict.Wait = 0 // the line is whole: what is typed next is the next one
			}
			prepare(false)
			// The time that was spent waiting for a stream counts.
			if rest := verdict.Wait - max(a.o.Clock.Now().Sub(a.started), paused); rest > 0 {
				a.sittings.starve(a.r.Doc.URI())
				if !a.pause(ctx, rest) {
					return ended(ctx)
				}
				paused += rest // by a clock that may not move
				continue       // something may have come meanwhile
			}
			var news context.Context
			if f.hit, news, f.ok = a.sittings.begin(a.r, a.doc, a.at, n); !f.ok {
				return Answer{Outcome: Cancelled}
			}
			if news != nil {
				a.ask(news, f.suggestion, n)
			}
		}
		answer, ok := a.from(ctx, f.hit)
		if ok {
			a.lookAhead(f.hit, answer)
			return answer
		}
		if len(a.told) > 0 { // the stream was cut off: another one would say something else
			return Answer{Outcome: Shown, Candidates: a.told, Partial: true}
		}
	}
}

func orReason(reason, fallback string) string {
	if reason == "" {
		return fallback
	}
	return reason
}

// ask puts the question, for the line behind the place if n says so, and has the
// answer read in the background.
func (a *asking) ask(ctx context.Context, g *suggestion, n *next) {
	started := false
	defer func() {
		if !started { // making the question panicked
			g.mu.Lock()
			g.gone, g.decided = true, true
			g.change()
			g.mu.Unlock()
			g.settle(a.Engine)
		}
	}()
	here := *a
	if n != nil {
		here.doc, here.at = n.doc, n.at
	}
	_, prompt, rd := here.prompt()
	if n != nil {
		prompt.Priority = model.Ahead
	}
	a.report = here.report
	g.mu.Lock()
	g.rd, g.form, g.report = rd, rd.form, a.report
	g.mu.Unlock()
	started = a.sittings.start(func() { g.run(ctx, a.Engine, prompt) })
	a.asked = g
}

// from answers the request from a suggestion. It is false if the suggestion
// turned out to say something else than what was typed.
func (a *asking) from(ctx context.Context, h hit) (answer Answer, ok bool) {
	mine := a.asked == h.suggestion
	defer func() {
		if a.sittings.release(h.suggestion, len(answer.Candidates) > 0); mine {
			h.leave(&a.report)
			a.asked = nil
		}
	}()
	wait, end := context.WithCancel(ctx)
	defer end()
	var (
		lines  time.Time       // since when there are whole lines to be shown
		enough <-chan struct{} // closed when they are shown as they are
	)
	// Where nothing was typed, what has been found so far fits, and matters only
	// when whole lines of it begin to wait or have waited long enough.
	shown := func(n int) bool {
		waits := n > 0 && !a.r.Invoked && (lines.IsZero() || a.o.Clock.Now().Sub(lines) >= patience)
		return h.trail != (trail{}) || waits && len(a.told) == 0
	}
	for {
		l := h.look(shown)
		if l.panic != nil {
			panic(l.panic) // in the goroutine of the request, where it is known what to do about it
		}
		if ctx.Err() != nil {
			return ended(ctx), true
		}
		rest, fits := l.at(h.trail)
		switch {
		case l.gone:
			return Answer{}, false
		case l.decided && (mine || h.begins(h.trail) || l.end.outcome == Failed || errors.Is(l.end.err, model.ErrRefused)):
			if len(rest) == 0 && l.end.outcome == Shown {
				return Answer{}, false // it was shown, and typed
			}
			return a.answer(h, l, rest, mine), true
		case l.decided && len(rest) > 0:
			return a.answer(h, l, rest, mine), true
		case l.decided, !fits:
			return Answer{}, false
		case a.tell(h, l):
			// Who sees it grow need not be answered before it is whole.
		case l.lines == 1 && a.r.Progress != nil:
			// With the next line it will have settled, or not.
		case l.lines > 0 && len(rest) > 0 && !a.r.Invoked:
			now := a.o.Clock.Now()
			if lines.IsZero() {
				lines = now
				enough = a.after(wait, patience)
			}
			if a.typing(h) || now.Sub(lines) >= patience {
				return a.answer(h, l, rest, mine), true
			}
		case len(rest) > 0 && a.typing(h) && a.atLineEnd():
			if f := rest[0].wholeWords(); f.text != "" {
				return a.answer(h, l, []remnant{{f, rest[0].index}}, mine), true
			}
		}
		select {
		case <-l.changed:
		case <-enough:
			enough = nil
		case <-ctx.Done():
		}
	}
}

// typing reports whether the next key is likely to come soon. Such a person is
// shown what is there; the next request shows more.
func (a *asking) typing(h hit) bool {
	return !a.r.Invoked && !a.r.Paused && h.trail.typed != "" && a.sittings.history(a.r.Doc.URI()).Typing(a.o.Clock.Now().Sub(a.started))
}

// atLineEnd reports whether nothing follows the cursor on its line, so that the
// beginning of a line may be shown there.
func (a *asking) atLineEnd() bool {
	_, tail := lineParts(a.doc, a.at)
	return strings.TrimSpace(tail) == ""
}

// wholeWords is f without the word that it ends in, which may go on.
func (f fitted) wholeWords() fitted {
	f.text = strings.TrimRight(strings.TrimRightFunc(f.text, isWord), " \t")
	return f
}

// after is closed after d, unless ctx ends.
func (a *asking) after(ctx context.Context, d time.Duration) <-chan struct{} {
	c := make(chan struct{})
	go func() {
		if a.o.Clock.Sleep(ctx, d) == nil {
			close(c)
		}
	}()
	return c
}

// A remnant is what is left of one text of a suggestion.
type remnant struct {
	fitted
	index int
}

// at is what is left of the texts at the end of a trail; fits is false if
// something else was typed.
func (l look) at(way trail) (rest []remnant, fits bool) {
	if !l.decided && len(l.found) == 0 {
		return nil, true
	}
	for i, f := range l.found {
		left, ok := way.rest(f)
		if !ok {
			// Who has typed all of it and more has left nothing.
			fits = fits || way.ahead(f.text)
			continue
		}
		fits = true
		if n := l.cut - len(way.typed); i == 0 && n > 0 && n < len(left.text) {
			left.text = left.text[:n]
		}
		if l.form == onlyLine {
			left.text, _, _ = strings.Cut(left.text, "\n")
		}
		if strings.TrimSpace(left.text) != "" {
			rest = append(rest, remnant{left, i})
		}
	}
	return rest, fits
}

// accepted is how many bytes of a suggestion were accepted just before the
// request.
func (a *asking) accepted(h hit) int {
	if !a.r.Accepted {
		return 0
	}
	return len(h.trail.typed)
}

// answer is what is left of a suggestion, as an answer to the request.
func (a *asking) answer(h hit, l look, rest []remnant, mine bool) Answer {
	accepted := a.accepted(h)
	switch {
	case mine:
	case accepted > 0:
		a.report.Source = FromAccepted
	case h.ahead:
		a.report.Source = FromAhead
	case h.live:
		a.report.Source = FromLive
	default:
		a.report.Source = FromKept
	}
	if !mine {
		a.report.Missed = ""
	}
	answer := Answer{Outcome: Shown, Partial: true}
	if l.decided {
		answer, a.report.Steps = l.end.answer(nil), l.end.steps
	}
	names := h.names(len(l.found), accepted, a.o.NewID)
	for _, r := range rest {
		answer.Candidates = append(answer.Candidates, a.candidate(r.fitted, names[r.index]))
	}
	return answer
}

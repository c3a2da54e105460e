package completion

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// A Cost is what one stream has cost.
type Cost struct {
	// Usage is the last that the provider said. Where a stream was ended early
	// it cannot say the last word: Estimated tells that Output was counted here.
	Usage     model.Usage
	Estimated bool
	First     time.Duration // from asking to the first text; 0 if none came
	Kept      bool          // nobody was asked: the answer was kept from before
	Stop      model.Stop    // why the model ended the answer; "" where it did not
	EarlyEnd  string        // why the stream was ended before the model was done: one of the End constants, or ""
}

// pump streams the answer to prompt into take until it wants no more, and
// notes what it costs. The stream is over when pump returns.
func (e *Engine) pump(ctx context.Context, prompt model.Prompt, spent *Cost, take func(model.Chunk) bool) (stop model.Stop, err error) {
	asked := e.o.Clock.Now()
	for chunk, err := range e.o.Model.Stream(ctx, prompt) {
		if err != nil {
			return stop, err
		}
		if spent.Kept = spent.Kept || chunk.Kept; chunk.Text != "" && spent.First == 0 && !chunk.Kept {
			spent.First = e.o.Clock.Now().Sub(asked)
		}
		if chunk.Usage != nil {
			spent.Usage = *chunk.Usage
		}
		if chunk.Stop != "" {
			stop = chunk.Stop
		}
		if !take(chunk) {
			break
		}
	}
	return stop, nil
}

// close puts a count in the place of the one that an aborted stream does not
// send any more. What was said of the prompt stays.
func (c *Cost) close(count *tokens.Estimator, rd *reading, prompt model.Prompt, stop model.Stop) {
	c.EarlyEnd, c.Stop = rd.end, stop
	if stop != "" || rd.bytes == 0 || c.Kept {
		return
	}
	var text strings.Builder
	for _, p := range rd.fence.parts {
		text.Write(p.text)
		text.WriteByte('\n')
	}
	c.Usage.Output = max(c.Usage.Output, int(count.Count(prompt.Language, text.String())))
	c.Estimated = true
}

// An ending is what a whole stream has come to.
type ending struct {
	found   []fitted
	steps   []string
	outcome Outcome
	reason  string
	err     error
	partial bool
}

// conclude makes an ending of what was read. An answer that broke off may show
// its whole lines, because a person reads them as such; a refused one shows
// nothing, whatever it said before.
func conclude(rd *reading, stop model.Stop, err error) ending {
	if errors.Is(err, model.ErrRefused) {
		return ending{outcome: Empty, reason: ReasonRefused, err: err}
	}
	broken := err != nil
	if broken && !rd.marked() {
		return ending{outcome: Failed, reason: string(model.TroubleOf(err)), err: err}
	}
	found, steps := rd.finish(stop, broken)
	e := ending{found: found, steps: steps, outcome: Shown, err: err, partial: rd.cut}
	switch {
	case len(found) > 0:
	case broken:
		e.outcome, e.reason = Failed, string(model.TroubleOf(err))
	case len(steps) > 0:
		e.outcome, e.reason = Empty, ReasonUnfit
	default:
		e.outcome, e.reason = Empty, ReasonNothing
	}
	return e
}

// answer is the ending in the words of a request.
func (e ending) answer(all []Candidate) Answer {
	return Answer{Candidates: all, Outcome: e.outcome, Reason: e.reason, Err: e.err, Partial: e.partial}
}

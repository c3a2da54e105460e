package budget

import "github.com/claude-lsp/claude-lsp/internal/store"

// A Step says how far requests are cut down, so that a budget comes to its end
// gently. Each step has what the ones before it have.
type Step string

// The steps, in order.
const (
	Whole       Step = "whole"        // nothing is cut down
	NoPrewarm   Step = "no_prewarm"   // nothing is cached ahead any more
	SmallWindow Step = "small_window" // prompts are small
	InvokedOnly Step = "invoked_only" // only who asks by hand is answered by asking
	UsedUp      Step = "used_up"      // nothing paid is asked
)

// The percentages of the budget from which on the steps hold. What is cached
// ahead may be in vain, so it is given up first. A small window costs a tenth
// to a quarter of a large one, which makes the next fifteen percent last.
const (
	noPrewarmFrom   = 70
	smallWindowFrom = 80
	invokedOnlyFrom = 95
)

// SmallTokens is what a prompt has at most once windows are small: room for the
// text round the cursor and for the definitions that its line needs.
const SmallTokens = 12_000

// A standing is what a step is decided by. All amounts are of one day.
type standing struct {
	spent, limit store.MicroUSD // a limit of 0 is none
	largest      store.MicroUSD // what the most expensive request so far might have cost
	newest       store.MicroUSD // what the newest one might have cost
}

// step is the step for a standing. A budget of a few requests is left sooner
// for small windows, because a large one fits only once.
func (s standing) step() Step {
	if s.limit <= 0 {
		return Whole
	}
	switch reached := 100 * s.spent; {
	case reached >= 100*s.limit:
		return UsedUp
	case reached >= invokedOnlyFrom*s.limit && s.spent+s.newest > s.limit:
		return UsedUp
	case reached >= invokedOnlyFrom*s.limit:
		return InvokedOnly
	case reached >= smallWindowFrom*s.limit || s.spent+s.largest > s.limit:
		return SmallWindow
	case reached >= noPrewarmFrom*s.limit:
		return NoPrewarm
	}
	return Whole
}

// StepOf is the step for what was spent of a limit, for whoever makes no request.
func StepOf(spent, limit store.MicroUSD) Step { return standing{spent: spent, limit: limit}.step() }

// A Cut is what a step takes away.
type Cut struct {
	Prewarm     bool // nothing is to be cached ahead
	Tokens      int  // of a prompt at most; 0 is as many as the settings say
	InvokedOnly bool // nothing is to be asked because of typing
}

// Cut is what the step takes away. When all is used up, nothing more is: typing
// is to learn why it is not answered, or to be answered by the fallback.
func (s Step) Cut() Cut {
	switch s {
	case NoPrewarm:
		return Cut{Prewarm: true}
	case SmallWindow, UsedUp:
		return Cut{Prewarm: true, Tokens: SmallTokens}
	case InvokedOnly:
		return Cut{Prewarm: true, Tokens: SmallTokens, InvokedOnly: true}
	case Whole:
	}
	return Cut{}
}

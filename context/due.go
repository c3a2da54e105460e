package doccontext

import (
	"time"

	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// What a rebuild of the frozen part costs, and what it costs to have none, are
// both counted in tokens read from the cache, the cheapest thing there is: a
// token that is written costs 12.5 times as much (see internal/price).
//
// A window that holds what is not needed any more wastes, with each request,
// what reading that part costs. A rebuild is due when as much was wasted as it
// costs. That is the rule for whoever may rent or buy and does not know for how
// long: it never pays more than twice what would have been best, whatever comes.
const writtenForRead = 12.5

const (
	// minKeys is how many keys an epoch lasts at least in steady typing: at
	// most three rebuilds in 1,000 keys.
	minKeys = 350
	// minKeysPause is the same where something has come to an end: the document
	// was saved, or its user has come back to it. There half of the waste is
	// enough, since what comes next is likely something else.
	minKeysPause = 100
	// cacheLife is how long the provider's cache keeps what nobody reads.
	cacheLife = 5 * time.Minute
)

// A moment is what the decision to end an epoch is made from.
type moment struct {
	first   bool         // nothing is frozen
	frozen  tokens.Count // what is frozen of the workspace
	wanted  tokens.Count // what would be frozen of it
	rewrite tokens.Count // what of the prompt would be written anew, the document behind it included
	drift   float64      // share of what is wanted that is not frozen, from 0 to 1; what is needed most weighs most
	wasted  float64      // tokens read in vain since the epoch began
	keys    int          // requests that came since then, asked or not
	pause   bool         // something has come to an end
	cold    bool         // the cache has forgotten the document
	blind   bool         // what is frozen was chosen before the cursor was known, and now it is
}

// The reasons for which an epoch ends.
const (
	endFirst = "first" // there was none
	endGrown = "grown" // at least twice as much is there now, as while the workspace is read
	endCold  = "cold"  // all must be written anyway
	endBlind = "blind" // the cursor is known now; what does not depend on it is kept
	endDrift = "drift"
	endPause = "pause"
)

// due says why a rebuild is due, or "".
func (m moment) due() string {
	cost := (writtenForRead - 1) * float64(m.rewrite)
	switch {
	case m.first:
		return endFirst
	case m.drift == 0:
		return ""
	case m.cold:
		return endCold
	case m.blind:
		return endBlind
	case m.wanted >= 2*m.frozen:
		return endGrown
	case m.pause && m.keys >= minKeysPause && m.wasted >= cost/2:
		return endPause
	case m.keys >= minKeys && m.wasted >= cost:
		return endDrift
	}
	return ""
}

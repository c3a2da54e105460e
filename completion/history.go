package completion

import (
	"slices"
	"time"
)

// A History is what the requests so far tell about the next one. The zero value
// knows nothing.
type History struct {
	Gap     time.Duration // between two keys, as this person types; 0 if unknown
	First   time.Duration // from asking to the first text, as this provider answers; 0 if unknown
	Misses  int           // suggestions in a row that the person has typed something else than
	Typo    bool          // something was typed that a suggestion, followed until then, does not say
	Deleted bool          // the last edit did nothing but take text of a line away in front of the cursor
	Known   bool          // the model had nothing to say here a moment ago, and nothing has changed
	Starved time.Duration // for so long keys have come too fast to be asked for; 0 for the first one
}

const (
	// autoWait is the pause of the automatic debounce while nothing is known.
	autoWait = 75 * time.Millisecond
	minWait  = 25 * time.Millisecond
	maxWait  = 150 * time.Millisecond
	// maxMisses bounds how often misses double the pause.
	maxMisses = 3
	// starving is how many pauses long a burst of keys may go unasked.
	starving = 3
	// typoGaps is how many keys' time a person gets to take back what a
	// followed suggestion does not say. A correction comes two keys' time after
	// the slip.
	typoGaps = 3
)

// Pause is how long to wait before a question inside a line. A question costs
// money, a pause costs a person time, and most pauses cost nothing, because the
// next key comes in the middle of them:
//
//   - half of the time between two keys, so that steady typing asks and a burst
//     does not: a stream under way is not lost by typing on;
//   - but no more than a quarter of what the provider takes to begin: a model
//     that answers at once needs no long pause;
//   - twice as long for each suggestion in a row that was not wanted;
//   - and long enough for a correction where a suggestion was just left;
//   - but a burst of keys is not waited out: what has gone unasked for as long as
//     three pauses is asked for in the middle of it.
func (h History) Pause() time.Duration {
	pause := autoWait
	if h.Gap > 0 {
		pause = min(max(h.Gap/2, minWait), maxWait)
	}
	if h.First > 0 {
		pause = min(pause, max(h.First/4, minWait))
	}
	pause <<= min(h.Misses, maxMisses)
	if h.Typo {
		gap := h.Gap
		if gap == 0 {
			gap = 2 * autoWait
		}
		pause = max(pause, min(typoGaps*gap, 8*maxWait))
	}
	return min(pause, max(0, starving*pause-h.Starved))
}

// patience is how long someone who stopped typing waits for the rest of a block
// whose first line is there. Then the lines that are there are shown, and the
// rest when it is asked for: about seven lines at 60 tokens a second.
const patience = 1500 * time.Millisecond

// Typing reports whether somebody whose last key is so long ago is likely to
// press the next one soon. It is better to show such a person a line now; who
// has stopped is better served with the whole block.
func (h History) Typing(age time.Duration) bool {
	gap := h.Gap
	if gap == 0 {
		gap = 2 * autoWait
	}
	return age < 2*gap
}

// A rhythm is the last few of some durations.
type rhythm struct {
	last [15]time.Duration
	n    int
}

func (r *rhythm) add(d time.Duration) {
	r.last[r.n%len(r.last)] = d
	r.n++
}

// usual is the median, which a pause for thought does not move; 0 if there is
// none.
func (r *rhythm) usual() time.Duration {
	if r.n == 0 {
		return 0
	}
	all := slices.Clone(r.last[:min(r.n, len(r.last))])
	slices.Sort(all)
	return all[len(all)/2]
}

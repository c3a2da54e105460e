// Package link finds out how large a prompt the way to the provider can carry.
//
// A larger prompt knows more and takes longer: to upload, and for the provider
// to read. How much longer is measured on the requests that are made anyway, and
// the window is the largest whose size costs no more than a fifth of the time
// until the answer begins. The package decides and measures nothing itself.
package link

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"
)

// What the size of a prompt may cost, as a share of the time until the answer
// begins. Between the two a window stays as it is, because each change of it
// spoils the provider's prompt cache once.
const (
	Target     = 0.20 // above it a smaller window is taken
	climbBelow = 0.15 // a larger one has to be promised to stay under this
)

// The windows are of few sizes, each twice the one before, up to what the user
// allows.
const (
	smallest = 8_000  // tokens; less would not hold the definitions that a line needs
	first    = 32_000 // before anything is known: half a second of upload on a link of half a megabit
	steps    = 8      // the last one is 1,024,000
)

const (
	enough = 8                // so many requests of one size say how long it takes
	most   = 24               // so many are remembered of each size
	stale  = 15 * time.Minute // older ones may be of another network
	calm   = 2 * time.Minute  // after a smaller window was taken, no larger one is tried for so long; twice as long each time
	calmed = time.Hour        // but never longer, and that much later it is forgotten
	slower = 1.5              // by this factor the answers must have become later for a smaller window to be tried
)

// A Sample is one request whose answer has begun.
type Sample struct {
	Tokens    int           // of the whole prompt, as the provider counted them
	Upload    time.Duration // until the request was handed to the network
	FirstByte time.Duration // from the same moment until the answer began
}

// A Window is the size of prompts for one endpoint. It is safe for concurrent
// use; what it costs does not grow with the number of samples.
type Window struct {
	now func() time.Time

	mu      sync.Mutex
	step    int            // the present size
	limit   int            // what Tokens was last asked for
	seen    [steps][]timed // by the size of the prompt, the oldest first
	settled time.Duration  // how long an answer took to begin when the present size was new; 0: not known yet
	lowered time.Time      // when a smaller size was last taken
	patient time.Duration  // for how long after that no larger one is tried
	changes int
}

type timed struct {
	Sample
	at time.Time
}

// New returns a Window that knows nothing yet. now tells the time; nil is
// time.Now.
func New(now func() time.Time) *Window {
	if now == nil {
		now = time.Now
	}
	return &Window{now: now, step: stepOf(first), limit: math.MaxInt}
}

// Tokens is how many tokens a prompt may have now, at most limit.
func (w *Window) Tokens(limit int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.limit = limit
	return min(sizeOf(w.step), limit)
}

// Observe takes note of a request. The caller leaves out those whose prompt was
// not read from the provider's cache: they take long for another reason.
func (w *Window) Observe(s Sample) {
	if s.Tokens <= 0 || s.FirstByte <= 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	for i, list := range w.seen {
		w.seen[i] = slices.DeleteFunc(list, func(t timed) bool { return now.Sub(t.at) > stale })
	}
	i := stepOf(s.Tokens)
	if len(w.seen[i]) == most {
		w.seen[i] = slices.Delete(w.seen[i], 0, 1)
	}
	w.seen[i] = append(w.seen[i], timed{s, now})
	if i == w.present() { // requests of other sizes say nothing about whether this one is right
		w.decide(now)
	}
}

// present is the step in which the prompts are that fill the window.
func (w *Window) present() int { return stepOf(min(sizeOf(w.step), w.limit)) }

// decide changes the size where what was seen of it says so.
func (w *Window) decide(now time.Time) {
	here := w.present()
	f, ok := w.fit(here)
	if !ok {
		return
	}
	if w.settled == 0 {
		w.settled = f.takes
	}
	switch {
	case f.share(sizeAt(here, w.limit)) > Target:
		down := here
		for down > 0 && f.share(sizeAt(down, w.limit)) > Target {
			down--
		}
		w.lower(down, now)
	case !f.compared && float64(f.takes) > slower*float64(w.settled):
		// It may be the link or the provider. A smaller size will tell.
		w.lower(max(0, here-1), now)
	case now.Sub(w.lowered) < w.patient:
	case sizeOf(here) < w.limit && here+1 < steps && f.share(sizeAt(here+1, w.limit)) <= climbBelow:
		w.enter(here + 1)
	}
}

// lower goes over to a smaller size. The more often that was so of late, the
// longer it lasts: answers that come now early and now late must not move the
// window to and fro.
func (w *Window) lower(step int, now time.Time) {
	if step == w.present() {
		return
	}
	if now.Sub(w.lowered) > calmed {
		w.patient = calm / 2
	}
	w.lowered, w.patient = now, min(2*w.patient, calmed)
	w.enter(step)
}

// enter goes over to a size. What was seen of it before was another time.
func (w *Window) enter(step int) {
	w.step, w.settled = step, 0
	w.seen[step] = nil
	w.changes++
}

// A fit is how long an answer takes to begin: base, and some more for each
// token.
type fit struct {
	base     float64       // nanoseconds
	perToken float64       // nanoseconds
	takes    time.Duration // at the size that was fitted
	compared bool          // with prompts of another size; else the upload alone speaks
}

// share is the part of the time that a prompt of so many tokens costs by its
// size.
func (f fit) share(tokens int) float64 {
	cost := f.perToken * float64(tokens)
	return cost / (f.base + cost)
}

// fit explains the requests of one size. It is false where there were too few.
//
// What a token costs is learned in two ways, of which the dearer one counts. The
// upload is measured, but a system that takes the whole request into its buffers
// makes it look shorter than it is. So the answers to prompts of a smaller size
// are compared as well, the nearest of which enough were seen; of the difference
// only what chance does not explain counts (three standard errors).
func (w *Window) fit(step int) (fit, bool) {
	here, ok := summed(w.seen[step])
	if !ok {
		return fit{}, false
	}
	f := fit{perToken: here.uploadPerToken, takes: time.Duration(here.mean)}
	compare := func(other int) bool {
		there, ok := summed(w.seen[other])
		if !ok {
			return false
		}
		small, large := there, here
		if other > step {
			small, large = here, there
		}
		chance := 3 * math.Sqrt(here.error2+there.error2)
		f.perToken = max(f.perToken, (large.mean-small.mean-chance)/(large.tokens-small.tokens))
		return true
	}
	for other := step - 1; other >= 0 && !f.compared; other-- {
		f.compared = compare(other)
	}
	for other := step + 1; other < steps && !f.compared; other++ {
		f.compared = compare(other)
	}
	f.base = max(here.mean-f.perToken*here.tokens, float64(time.Millisecond))
	return f, true
}

// A summary is what requests of about one size have in common: of the quicker
// half, because what makes an answer late now and then is not the link.
type summary struct {
	mean           float64 // nanoseconds until the answer began
	error2         float64 // the square of the error that mean has by chance
	tokens         float64
	uploadPerToken float64 // nanoseconds
}

func summed(list []timed) (s summary, ok bool) {
	if len(list) < enough {
		return s, false
	}
	quick := slices.Clone(list)
	slices.SortFunc(quick, func(a, b timed) int { return cmp.Compare(a.FirstByte, b.FirstByte) })
	quick = quick[:(len(quick)+1)/2]
	n := float64(len(quick))
	for _, t := range quick {
		s.mean += float64(t.FirstByte) / n
		s.tokens += float64(t.Tokens) / n
		s.uploadPerToken += float64(t.Upload) / float64(t.Tokens) / n
	}
	for _, t := range quick {
		d := float64(t.FirstByte) - s.mean
		s.error2 += d * d / (n * n)
	}
	return s, true
}

// sizeOf is the size of a step in tokens.
func sizeOf(step int) int { return smallest << step }

// sizeAt is the size of a step, cut to limit.
func sizeAt(step, limit int) int { return min(sizeOf(step), limit) }

// stepOf is the smallest step that holds so many tokens.
func stepOf(tokens int) int {
	step := 0
	for step < steps-1 && sizeOf(step) < tokens {
		step++
	}
	return step
}

// A State is what a Window has learned, for showing.
type State struct {
	Tokens    int           // the present size
	Known     bool          // enough was seen of it for the rest to mean something
	FirstByte time.Duration // how long the answers take to begin, of the quicker half
	Cost      time.Duration // how much of that is by the size of the prompts
	Share     float64       // the same as a share, to be held against Target
	Changes   int           // how often the size was changed
}

// State tells what w knows by now.
func (w *Window) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	size := min(sizeOf(w.step), w.limit)
	s := State{Tokens: size, Changes: w.changes}
	if f, ok := w.fit(w.present()); ok {
		s.Known, s.FirstByte = true, f.takes
		s.Share = f.share(size)
		s.Cost = time.Duration(f.perToken * float64(size))
	}
	return s
}

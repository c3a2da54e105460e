// Package tokens says how many model tokens a text costs: an estimate, made
// without the model's tokenizer and corrected by what requests really cost.
//
// Claude's tokenizer is not public. The estimate rather says too much than too
// little, because too little is what costs: a prompt that passes a price step
// unnoticed is billed several times over, while one that is a little smaller
// than it might be is hardly worse.
package tokens

import (
	"math"
	"sync/atomic"
)

// A Count is a number of model tokens, never of bytes or characters.
type Count int

// How far the estimate may be corrected, either way. Beyond a factor of two
// something else is wrong, such as a prompt that was counted in part.
const (
	minRatio = 0.5
	maxRatio = 2.0
)

// How fast an observation moves the ratio: upwards within a few requests, so
// that a budget is kept, downwards only when more of them agree.
const (
	riseRate = 1.0 / 4
	fallRate = 1.0 / 16
)

// minObserved is the smallest estimate that says something about the ratio: in
// shorter prompts the provider's own wrapping weighs too much.
const minObserved Count = 200

// An Estimator counts tokens and learns from what was billed. It is safe for
// concurrent use; counting takes no lock.
type Estimator struct {
	ratio atomic.Uint64 // bits of a float64 in minRatio..maxRatio: real tokens for each estimated one
}

// NewEstimator returns an Estimator that has observed nothing.
func NewEstimator() *Estimator {
	e := &Estimator{}
	e.ratio.Store(math.Float64bits(1))
	return e
}

// Count estimates what text costs as part of a prompt. The language is an LSP
// language id; an unknown one or "" is right too. It reads the text once and
// allocates nothing.
//
// Parts that were cut behind a \n may be counted one by one: as long as nothing
// is observed meanwhile, their sum is what the whole costs, and less than one
// more for each part.
func (e *Estimator) Count(language, text string) Count {
	return scaled(float64(weigh(text))/16, e.scale(language))
}

// Bytes returns how many bytes surely fit in n tokens: the count of any text of
// that length is at most n. It is a bound for the worst text, less than half of
// what fits on average; use it to cut without counting, not to fill a budget.
func (e *Estimator) Bytes(language string, n Count) int {
	scale := max(1, e.scale(language))
	bytes := max(0, int(float64(n)/scale))
	for bytes > 0 && scaled(float64(bytes), scale) > n { // the division was rounded up
		bytes--
	}
	return bytes
}

// Observe takes note that a prompt estimated at the one count was billed as the
// other, and moves later estimates a little towards the truth.
func (e *Estimator) Observe(estimated, actual Count) {
	if estimated < minObserved || actual <= 0 {
		return
	}
	off := min(max(float64(actual)/float64(estimated), minRatio), maxRatio)
	rate := fallRate
	if off > 1 {
		rate = riseRate
	}
	for {
		old := e.ratio.Load()
		ratio := math.Float64frombits(old) * (1 + rate*(off-1))
		ratio = min(max(ratio, minRatio), maxRatio)
		if e.ratio.CompareAndSwap(old, math.Float64bits(ratio)) {
			return
		}
	}
}

// scale is what the weight of a text in the language is multiplied with.
func (e *Estimator) scale(language string) float64 {
	factor, known := factors[language]
	if !known {
		factor = 1
	}
	return math.Float64frombits(e.ratio.Load()) * factor
}

// scaled rounds up: a part of a token is a token.
func scaled(weight, scale float64) Count { return Count(math.Ceil(weight * scale)) }

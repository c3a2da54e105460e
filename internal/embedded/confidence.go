package embedded

import (
	"math"
	"slices"
)

// How likely an answer must be right to be said. The package comment says what
// share of the answers is right at these bounds.
const (
	sureTyped = 0.30 // the rest of a line of which something is typed
	sureFresh = 0.50 // a line of which nothing is
	sureNext  = 0.50 // all lines after the first one together
	sureAsked = 0.12 // the first line, where the user asked for an answer
)

// need returns how likely the first line must be right.
func (w *writer) need() float64 {
	switch {
	case w.asked:
		return sureAsked
	case w.q.fresh:
		return sureFresh
	}
	return sureTyped
}

// chance returns how likely the token that won the vote is the right one.
//
// It is a logistic regression, fitted to 70 000 tokens of Go's net and encoding,
// of three Go libraries and of two packages of Python's standard library, taken
// out of them as the benchmarks do it. Sorted into ten classes by it, the
// tokens of each class were right as often as it says, within three hundredths.
func (w *writer) chance(v vote) float64 {
	id, share := v.match.id(), min(max(v.share, 0.001), 0.999)
	z := -1.35 +
		0.37*math.Log(share/(1-share)) +
		0.69*math.Log1p(float64(v.level)) -
		0.51*math.Log1p(float64(v.rival+1)) +
		0.25*math.Log(float64(max(v.times, 1))) +
		0.39*math.Log1p(float64(v.match.meets))
	for _, f := range [...]struct {
		holds  bool
		weight float64
	}{
		{v.times == 1, -0.81},
		{v.rival < 0, 0.90},
		{w.lineBegins() && (w.begun || w.q.partial == ""), -0.90},
		{classOf(id) == str || classOf(id) == number, -0.68},
		{isName(id) && !w.known(id), -2.04},
		{id == lineEnd, 0.64},
		{id != v.match.in.ids[v.match.at], 0.47}, // a name that was replaced is one of the document's
	} {
		if f.holds {
			z += f.weight
		}
	}
	return 1 / (1 + math.Exp(-z))
}

// lineBegins reports whether the next token is the first one of its line.
func (w *writer) lineBegins() bool {
	n := len(w.context)
	return n == 0 || w.context[n-1].id == lineEnd
}

// known reports whether the document has the token.
func (w *writer) known(id uint32) bool {
	return slices.Contains(w.q.before.ids, id) || slices.Contains(w.q.after.ids, id)
}

func isName(id uint32) bool { return classOf(id) == name || classOf(id) == upperName }

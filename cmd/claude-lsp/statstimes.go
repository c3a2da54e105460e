package main

import (
	"fmt"
	"math"
	"strconv"

	"github.com/claude-lsp/claude-lsp/internal/store"
)

// took says how long requests took. It is known for models, and not for languages.
type took struct {
	First  *quantiles `json:"firstText"` // from asking the model to its first text
	Asked  *quantiles `json:"asked"`     // from a request to its answer, where the model was asked; the pause in front is in it
	Reused *quantiles `json:"reused"`    // the same, where the answer was known; null where there was none, as the others
}

// quantiles are times that so many of a hundred requests did not exceed. They
// are within 4.5 %.
type quantiles struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50Ms"`
	P90   float64 `json:"p90Ms"`
	P99   float64 `json:"p99Ms"`
}

// histograms are what the store has counted of times, added up.
type histograms struct{ first, asked, reused store.Histogram }

func (h *histograms) add(r store.LatencyRow) {
	of := map[store.LatencyKind]*store.Histogram{store.LatencyFirst: &h.first, store.LatencyAsked: &h.asked, store.LatencyReused: &h.reused}[r.Kind]
	if of == nil {
		return // a newer program counts more
	}
	if *of == nil {
		*of = store.Histogram{}
	}
	of.Add(r.Took)
}

// took is nil where nothing was counted.
func (h *histograms) took() *took {
	t := took{quantilesOf(h.first), quantilesOf(h.asked), quantilesOf(h.reused)}
	if t == (took{}) {
		return nil
	}
	return &t
}

func quantilesOf(h store.Histogram) *quantiles {
	if h.Count() == 0 {
		return nil
	}
	at := func(q float64) float64 { return math.Round(milliseconds(h.Quantile(q))*1000) / 1000 }
	return &quantiles{Count: h.Count(), P50: at(.5), P90: at(.9), P99: at(.99)}
}

// each is what one of n costs, to a millionth of a cent; nil of none.
func each(usd float64, n int) *float64 {
	if n <= 0 {
		return nil
	}
	return new(math.Round(usd/float64(n)*1e8) / 1e8)
}

// timeFact is a fact of how long something took.
func timeFact(name, short string, of func(*took) *quantiles) fact {
	return fact{name, short, func(g group) string {
		if g.took == nil || of(g.took) == nil {
			return unknown
		}
		q := of(g.took)
		unit, in := " ms", 1.0
		if q.P99 < 1 {
			unit, in = " µs", 1000
		}
		part := func(ms float64) string { return strconv.FormatFloat(math.Round(ms*in), 'f', -1, 64) }
		return fmt.Sprintf("%s / %s / %s%s", part(q.P50), part(q.P90), part(q.P99), unit)
	}}
}

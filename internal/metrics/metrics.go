// Package metrics counts, and shows what it has counted to Prometheus, in its
// text format 0.0.4 on an address of this machine.
//
// It is ours because the client library costs more than all of this is worth
// to those who never read it: see docs/decisions/019-figures.md.
package metrics

import (
	"math"
	"slices"
	"strings"
	"sync"
)

// Other is the value of a label for what is none of its values.
const Other = "other"

// A Label tells series of one name apart. Its values are all that it can say,
// and what is none of them is Other: so no path, text or key ever comes into
// one, whatever a caller hands in, and the number of series is bounded.
type Label struct {
	Name   string
	Values []string
}

func (l Label) clean(value string) string {
	if slices.Contains(l.Values, value) {
		return value
	}
	return Other
}

// A Kind is what a series is to Prometheus.
type Kind string

// The kinds.
const (
	KindCounter   Kind = "counter"
	KindGauge     Kind = "gauge"
	KindHistogram Kind = "histogram"
)

// A Family is all series of one name, as a page can list them.
type Family struct {
	Name   string
	Kind   Kind
	Help   string // one sentence
	Labels []Label
	Bounds []float64 // of a histogram: the upper ends of its buckets, without +Inf
}

// A Registry holds families. The zero value is ready; families are added
// before it is shown, and counting is safe for concurrent use.
type Registry struct {
	mu       sync.Mutex
	families []*family
}

// family is a Family and its series.
type family struct {
	Family
	registry *Registry
	read     func() float64     // of a gauge that is kept elsewhere; nil otherwise
	series   map[string]*series // by the values of the labels, joined
}

// A series is one line of figures, or the lines of one histogram.
type series struct {
	values  []string
	value   float64  // of a histogram the sum
	buckets []uint64 // how many observations fell into each, +Inf the last
}

// Families lists what is counted, in the order in which it was added.
func (r *Registry) Families() []Family {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Family, 0, len(r.families))
	for _, f := range r.families {
		all = append(all, f.Family)
	}
	return all
}

// add takes in a family. One without a label, and a counter of one, has all its
// series from the beginning, so that a rate sees the first event.
func (r *Registry) add(of Family, read func() float64) *family {
	f := &family{Family: of, registry: r, read: read, series: map[string]*series{}}
	switch {
	case len(of.Labels) == 0:
		f.at()
	case len(of.Labels) == 1 && of.Kind == KindCounter:
		for _, v := range of.Labels[0].Values {
			f.at(v)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.families = append(r.families, f)
	return f
}

// at is the series of some values, one for each label and in their order; the
// registry's mu is held, or nobody else has the family yet.
func (f *family) at(values ...string) *series {
	clean := make([]string, len(f.Labels))
	for i, l := range f.Labels {
		clean[i] = Other
		if i < len(values) {
			clean[i] = l.clean(values[i])
		}
	}
	key := strings.Join(clean, "\x00")
	s := f.series[key]
	if s == nil {
		s = &series{values: clean}
		if f.Kind == KindHistogram {
			s.buckets = make([]uint64, len(f.Bounds)+1)
		}
		f.series[key] = s
	}
	return s
}

// A Counter only grows.
type Counter struct{ f *family }

// Counter adds a family of counters.
func (r *Registry) Counter(name, help string, labels ...Label) Counter {
	return Counter{r.add(Family{Name: name, Kind: KindCounter, Help: help, Labels: labels}, nil)}
}

// Add adds n to the series of some values, in the order of the labels. What is
// less than 0 is not added.
func (c Counter) Add(n float64, values ...string) {
	if n < 0 || math.IsNaN(n) {
		return
	}
	c.f.registry.mu.Lock()
	defer c.f.registry.mu.Unlock()
	c.f.at(values...).value += n
}

// A Gauge goes up and down.
type Gauge struct{ f *family }

// Gauge adds a family of gauges.
func (r *Registry) Gauge(name, help string, labels ...Label) Gauge {
	return Gauge{r.add(Family{Name: name, Kind: KindGauge, Help: help, Labels: labels}, nil)}
}

// GaugeFunc adds a gauge whose value is asked for when it is to be shown.
func (r *Registry) GaugeFunc(name, help string, read func() float64) {
	r.add(Family{Name: name, Kind: KindGauge, Help: help}, read)
}

// Set sets the series of some values, in the order of the labels.
func (g Gauge) Set(n float64, values ...string) {
	g.f.registry.mu.Lock()
	defer g.f.registry.mu.Unlock()
	g.f.at(values...).value = n
}

// A Histogram counts values by size.
type Histogram struct{ f *family }

// Histogram adds a family of histograms. bounds are the upper ends of its
// buckets, ascending; one without an end is added.
func (r *Registry) Histogram(name, help string, bounds []float64, labels ...Label) Histogram {
	return Histogram{r.add(Family{Name: name, Kind: KindHistogram, Help: help, Labels: labels, Bounds: bounds}, nil)}
}

// Observe counts one value, in the unit of the name.
func (h Histogram) Observe(x float64, values ...string) {
	if math.IsNaN(x) { // a sum that has one in it stays so
		return
	}
	h.f.registry.mu.Lock()
	defer h.f.registry.mu.Unlock()
	s := h.f.at(values...)
	i, _ := slices.BinarySearch(h.f.Bounds, x)
	s.buckets[i]++
	s.value += x
}

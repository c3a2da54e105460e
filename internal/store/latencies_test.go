package store

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What is read back is near what was counted, over the whole range.
func TestQuantile(t *testing.T) {
	near := func(t *testing.T, got, want time.Duration) {
		t.Helper()
		if ratio := float64(got) / float64(want); ratio < 1/1.045 || ratio > 1.045 {
			t.Errorf("%v is read back as %v", want, got)
		}
	}
	for d := time.Microsecond; d <= longestLatency; d = d*13/10 + 1 {
		near(t, Histogram{bucketOf(d): 3}.Quantile(.5), d)
	}
	for _, d := range []time.Duration{-time.Second, 0, time.Nanosecond} { // clocks jump
		if got := bucketOf(d); got != 0 {
			t.Errorf("%v is in bucket %d", d, got)
		}
	}
	if bucketOf(100*time.Hour) != bucketOf(longestLatency) {
		t.Error("the number of buckets has no bound")
	}
	if got := (Histogram{}).Quantile(.5); got != 0 {
		t.Errorf("half of nothing took %v", got)
	}

	random := rand.New(rand.NewPCG(1, 2))
	var all []time.Duration
	h := Histogram{}
	for range 10_000 {
		d := time.Duration(float64(300*time.Millisecond) * random.ExpFloat64())
		all = append(all, max(d, time.Microsecond))
		h.Add(Histogram{bucketOf(d): 1})
	}
	slices.Sort(all)
	for _, q := range []float64{.01, .5, .9, .99, 1} {
		near(t, h.Quantile(q), all[int(q*10_000)-1])
	}
	if h.Count() != 10_000 {
		t.Errorf("%d were counted", h.Count())
	}
}

func TestLatencies(t *testing.T) {
	now := noon()
	path := filepath.Join(t.TempDir(), "store.db")
	open := func() *Store {
		s, _ := opened(t, Options{Path: path, Now: func() time.Time { return now }})
		return s
	}
	s := open()
	for _, took := range []time.Duration{300 * time.Millisecond, 300 * time.Millisecond, 400 * time.Millisecond} {
		s.AddLatency("m", LatencyFirst, took)
	}
	s.AddLatency("m", LatencyReused, 80*time.Microsecond)
	s.AddLatency(strings.Repeat("n", 100), LatencyFirst, time.Second)
	closed(t, s)
	now = now.AddDate(0, 0, 1)
	s = open()
	s.AddLatency("m", LatencyFirst, 300*time.Millisecond)
	closed(t, s)

	s = open()
	got, err := s.LatenciesSince(t.Context(), "2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	first := Histogram{bucketOf(300 * time.Millisecond): 2, bucketOf(400 * time.Millisecond): 1}
	want := []LatencyRow{
		{"2026-11-23", "m", LatencyFirst, first},
		{"2026-11-23", "m", LatencyReused, Histogram{bucketOf(80 * time.Microsecond): 1}},
		{"2026-11-23", strings.Repeat("n", longestName), LatencyFirst, Histogram{bucketOf(time.Second): 1}},
		{"2026-11-24", "m", LatencyFirst, Histogram{bucketOf(300 * time.Millisecond): 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, err = s.LatenciesSince(t.Context(), "2026-11-24"); err != nil || len(got) != 1 {
		t.Errorf("since the second day: %+v, %v", got, err)
	}
	closed(t, s)

	// Days of long ago go with the next that is written.
	now = now.AddDate(0, 0, keptLatencies)
	s = open()
	s.AddLatency("m", LatencyFirst, time.Second)
	closed(t, s)
	s = open()
	if got, err = s.LatenciesSince(t.Context(), ""); err != nil || len(got) != 2 || got[0].Day != "2026-11-24" {
		t.Errorf("after %d days: %+v, %v", keptLatencies, got, err)
	}
}

// A file that nobody has migrated yet has none, and its reader is not disturbed.
func TestLatenciesOfAnOlderSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	older := migrations[:latenciesSince-1]
	sqliteFile(t, path, append(slices.Clone(older), fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(older)))...)
	s, _ := opened(t, Options{Path: path, ReadOnly: true})
	if got, err := s.LatenciesSince(t.Context(), ""); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// The file may be unusable for as long as the process lives.
func TestLatenciesThatWaitAreBounded(t *testing.T) {
	s, _ := opened(t, Options{Path: t.TempDir()}) // a folder
	for i := range 2 * maxLatencies {
		s.AddLatency(fmt.Sprint(i), LatencyFirst, time.Second)
	}
	rows, sum := 0, 0
	for _, n := range s.latencies.unwritten() {
		rows++
		sum += int(n)
	}
	if rows > maxLatencies+1 || sum != 2*maxLatencies {
		t.Errorf("%d rows wait, with %d counted", rows, sum)
	}
	if _, err := s.LatenciesSince(t.Context(), ""); err == nil {
		t.Error("times of a store that cannot be read are no error")
	}
}

package store

import (
	"context"
	"database/sql"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// latenciesSchema makes the histograms of how long things took, by local day.
// Numbers and names alone stand in it.
const latenciesSchema = `
CREATE TABLE latencies (
	day    TEXT    NOT NULL, -- of the machine's own time zone, as 2026-11-23
	model  TEXT    NOT NULL, -- the provider's model id
	kind   TEXT    NOT NULL, -- what took so long
	bucket INTEGER NOT NULL, -- from 2^(bucket/8) microseconds to where the next begins
	n      INTEGER NOT NULL, -- how often
	PRIMARY KEY (day, model, kind, bucket)
) STRICT, WITHOUT ROWID`

// latenciesSince is the first schema that has the table.
var latenciesSince = slices.Index(migrations, latenciesSchema) + 1

const (
	// perDoubling is how many buckets double a time: what is read back is off by a
	// factor of 2^(1/16) at the most, which is 4.5 %.
	perDoubling = 8
	// longestLatency has the last bucket, and all that is longer.
	longestLatency = 10 * time.Minute
	// keptLatencies is how many days are kept.
	keptLatencies = 60
	// maxLatencies bounds the rows that wait to be written.
	maxLatencies = 2048
)

// A LatencyKind says what took so long.
type LatencyKind string

// The kinds.
const (
	LatencyFirst  LatencyKind = "first"  // from asking the model to its first text
	LatencyAsked  LatencyKind = "asked"  // from a request to its answer, where the model was asked
	LatencyReused LatencyKind = "reused" // the same, where the answer was known
)

// A Histogram counts durations by bucket.
type Histogram map[int]int

// bucketOf is where a duration is counted.
func bucketOf(d time.Duration) int {
	us := float64(min(d, longestLatency)) / float64(time.Microsecond)
	return int(perDoubling * math.Log2(max(us, 1)))
}

// Count is how many durations h has counted.
func (h Histogram) Count() int {
	n := 0
	for _, x := range h {
		n += x
	}
	return n
}

// Add adds what other has counted. h must not be nil.
func (h Histogram) Add(other Histogram) {
	for bucket, n := range other {
		h[bucket] += n
	}
}

// Quantile is the duration that a share q of all do not exceed, within 4.5 %;
// 0 where nothing was counted.
func (h Histogram) Quantile(q float64) time.Duration {
	rank := int(math.Ceil(q * float64(h.Count())))
	for _, bucket := range slices.Sorted(maps.Keys(h)) {
		if rank -= h[bucket]; rank <= 0 {
			middle := math.Exp2((float64(bucket) + .5) / perDoubling)
			return time.Duration(middle * float64(time.Microsecond))
		}
	}
	return 0
}

// A LatencyRow is what was counted of one kind and model on one day.
type LatencyRow struct {
	Day, Model string // as in OutcomesRow
	Kind       LatencyKind
	Took       Histogram
}

// AddLatency counts how long something took today. It never waits: the file is
// written in the background, a moment later.
func (s *Store) AddLatency(model string, kind LatencyKind, took time.Duration) {
	if len(model) > longestName {
		model = strings.ToValidUTF8(model[:longestName], "")
	}
	s.latencies.add(latency{s.today(), model, kind, bucketOf(took)}, tally(1), maxLatencies, func(k latency) latency {
		k.model = "other"
		return k
	})
	nudge(s.lately)
}

// LatenciesSince returns what all editors of this machine have counted on a
// day, as 2026-11-23, and later, in order of days, as far as it stands in the
// file. It waits for the first attempt to open the store, until ctx ends.
func (s *Store) LatenciesSince(ctx context.Context, day string) ([]LatencyRow, error) {
	var found []LatencyRow
	err := s.read(ctx, func(db *sql.DB) error {
		c, err := readSchema(ctx, db)
		if err != nil || c.version < latenciesSince {
			return err // a file that nobody has migrated yet has none
		}
		rows, err := db.QueryContext(ctx, `SELECT day, model, kind, bucket, n FROM latencies WHERE day >= ? ORDER BY day, model, kind`, day)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // rows.Err says what went wrong
		for rows.Next() {
			var k latency
			var n int
			if err := rows.Scan(&k.day, &k.model, &k.kind, &k.bucket, &n); err != nil {
				return err
			}
			last := len(found) - 1
			if last < 0 || found[last].Day != k.day || found[last].Model != k.model || found[last].Kind != k.kind {
				found = append(found, LatencyRow{Day: k.day, Model: k.model, Kind: k.kind, Took: Histogram{}})
				last++
			}
			found[last].Took[k.bucket] += n
		}
		return rows.Err()
	})
	return found, err
}

// latencies is the table of histograms.
type latencies struct {
	sums[latency, tally]
	now func() time.Time
}

// latency names one bucket.
type latency struct {
	day, model string
	kind       LatencyKind
	bucket     int
}

// A tally is a count that adds up.
type tally int

// Plus adds two up.
func (a tally) Plus(b tally) tally { return a + b }

func (t *latencies) insert(ctx context.Context, tx *sql.Tx) error {
	for k, n := range t.batch() {
		_, err := tx.ExecContext(ctx, `INSERT INTO latencies (day, model, kind, bucket, n) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (day, model, kind, bucket) DO UPDATE SET n = n + excluded.n`, k.day, k.model, k.kind, k.bucket, n)
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM latencies WHERE day < ?", t.now().AddDate(0, 0, -keptLatencies).Format(time.DateOnly))
	return err
}

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

type statsCmd struct {
	JSON bool `help:"Print the figures as JSON, for tools."`
}

// statsDays is how many days make the longer of the two periods, today included.
const statsDays = 30

// Run prints what the store has counted.
func (c statsCmd) Run() error {
	path, err := store.Path(os.Getenv)
	if err != nil {
		return fmt.Errorf("nothing is counted here: %w", err)
	}
	settings := config.New(config.Options{UserFile: config.UserFile(os.Environ()), Environ: os.Environ()})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s, err := readStats(ctx, path, settings.For("").Claude.BaseURL, time.Now())
	if err != nil {
		return fmt.Errorf("the store: %w", err)
	}
	if c.JSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(s)
	}
	return s.print(os.Stdout)
}

// readStats reads the store, and what it knows of the way to an endpoint, unless there is none: opening it would make one.
func readStats(ctx context.Context, path, baseURL string, now time.Time) (stats, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return newStats(path, now, rows{}), nil
	}
	st := store.Open(store.Options{Path: path})
	defer func() { _ = st.Close(ctx) }() // nothing was added
	all, err := readRows(ctx, st, now)
	if err != nil {
		return stats{}, err
	}
	s := newStats(path, now, all)
	s.Link, err = linkOf(ctx, st, baseURL, now)
	return s, err
}

// rows are what the store has counted in the longer period.
type rows struct {
	outcomes  []store.OutcomesRow
	spent     []store.SpentRow
	latencies []store.LatencyRow
}

func readRows(ctx context.Context, st *store.Store, now time.Time) (r rows, err error) {
	since := statsSince(now)
	if r.outcomes, err = st.OutcomesSince(ctx, since); err != nil {
		return rows{}, err
	}
	if r.spent, err = st.SpentSince(ctx, since); err != nil {
		return rows{}, err
	}
	r.latencies, err = st.LatenciesSince(ctx, since)
	return r, err
}

// linkOf is nil where nothing was measured.
func linkOf(ctx context.Context, st *store.Store, baseURL string, now time.Time) (*linkFigures, error) {
	l, known, err := st.LinkTo(ctx, endpointDigest(baseURL))
	if !known {
		return nil, err
	}
	return &linkFigures{
		Time: l.At.Format(time.RFC3339), Window: l.Window, FirstByteMS: milliseconds(l.FirstByte), BySizeMS: milliseconds(l.BySize),
		UpMbit: float64(l.Up) / 1e6, GzipRefused: l.Refused, says: measured(l, now),
	}, err
}

// stats are the figures of use. The names in JSON keep their meaning; more may
// come.
type stats struct {
	Store string       `json:"store"` // path of the file, whether it is there or not
	Today period       `json:"today"`
	Days  period       `json:"last30Days"` // today included
	Link  *linkFigures `json:"link"`       // null where nothing was measured
}

// linkFigures are what servers have last measured of the way to the endpoint in use.
type linkFigures struct {
	Time        string  `json:"time"` // RFC 3339
	Window      int     `json:"windowTokens"`
	FirstByteMS float64 `json:"firstByteMs"`
	BySizeMS    float64 `json:"bySizeMs"` // how much of that is by the size of the prompt
	UpMbit      float64 `json:"upMbitPerSecond"`
	GzipRefused bool    `json:"gzipRefused"`
	says        string
}

// A period has the figures of some days: all together, and by whose they were,
// the most shown first.
type period struct {
	From       string  `json:"from"` // as 2026-11-23, in local time, and so is To
	To         string  `json:"to"`   // included
	All        group   `json:"all"`
	ByLanguage []group `json:"byLanguage"`
	ByModel    []group `json:"byModel"`
	ByProvider []group `json:"byProvider"`
}

// A group is what became of some suggestions. A percentage of nothing is null.
type group struct {
	Name               string   `json:"name,omitempty"`
	Shown              int      `json:"shown"`
	Accepted           int      `json:"accepted"` // whole, without those that were undone
	AcceptedPercent    *float64 `json:"acceptedPercent"`
	PartlyByWords      int      `json:"partlyByWords"`
	PartlyByLines      int      `json:"partlyByLines"`
	TypedThrough       int      `json:"typedThrough"`
	Rejected           int      `json:"rejected"` // with those that were undone
	Undone             int      `json:"undone"`
	AcceptedCharacters int      `json:"acceptedCharacters"` // without those that were undone
	Kept               []kept   `json:"kept"`               // after 30 s, 2 min and 10 min
	*paid
	*took
}

// kept says how many of the accepted ones still stood after a while.
type kept struct {
	After   string   `json:"after"`
	Kept    int      `json:"kept"`
	Changed int      `json:"changed"`
	Percent *float64 `json:"percent"`
}

// paid is what some requests have cost. It is known for models, and not for languages.
type paid struct {
	Requests     int      `json:"requests"` // that were paid for, caching ahead among them
	USD          float64  `json:"usd"`
	PerCharacter *float64 `json:"usdPerAcceptedCharacter"` // of the models that cost something; null where none was accepted
	Tokens       *billed  `json:"tokens"`                  // of the requests for suggestions
	Warming      *billed  `json:"warming"`                 // of those that had a prompt cached ahead, which is for no suggestion
}

// billed is what requests of one kind have cost, in model tokens and in money.
// What was written to the cache is what a suggestion found changed in its prompt,
// or, of Warming, what was to be there before the first key.
type billed struct {
	Requests         int      `json:"requests"`
	Input            int      `json:"input"` // neither read from the prompt cache nor written to it
	CacheRead        int      `json:"cacheRead"`
	CacheWrite       int      `json:"cacheWrite"`
	Output           int      `json:"output"`
	CacheReadPercent *float64 `json:"cacheReadPercent"` // of the prompts
	USD              float64  `json:"usd"`
}

// newStats adds up.
func newStats(path string, now time.Time, r rows) stats {
	today := now.Format(time.DateOnly)
	return stats{
		Store: path,
		Today: newPeriod(today, today, r),
		Days:  newPeriod(statsSince(now), today, r),
	}
}

// statsSince is the first day of the longer period.
func statsSince(now time.Time) string { return now.AddDate(0, 0, 1-statsDays).Format(time.DateOnly) }

func newPeriod(from, to string, of rows) period {
	var all store.Outcomes
	languages, models, providers := map[string]store.Outcomes{}, map[string]store.Outcomes{}, map[string]store.Outcomes{}
	for _, r := range of.outcomes {
		if from <= r.Day && r.Day <= to {
			all = all.Plus(r.Outcomes)
			languages[r.Language] = languages[r.Language].Plus(r.Outcomes)
			models[r.Model] = models[r.Model].Plus(r.Outcomes)
			providers[r.Provider] = providers[r.Provider].Plus(r.Outcomes)
		}
	}
	type bill struct{ all, warming store.Spent }
	total, costs := bill{}, map[string]bill{}
	for _, r := range of.spent {
		if from <= r.Day && r.Day <= to {
			models[r.Model] = models[r.Model].Plus(store.Outcomes{}) // it is named, whatever came of it
			before := costs[r.Model]
			costs[r.Model] = bill{before.all.Plus(r.Spent), before.warming.Plus(r.Warming)}
			total = bill{total.all.Plus(r.Spent), total.warming.Plus(r.Warming)}
		}
	}
	var whole histograms
	times := map[string]*histograms{}
	for _, r := range of.latencies {
		if from <= r.Day && r.Day <= to {
			models[r.Model] = models[r.Model].Plus(store.Outcomes{})
			if times[r.Model] == nil {
				times[r.Model] = &histograms{}
			}
			whole.add(r)
			times[r.Model].add(r)
		}
	}
	p := period{From: from, To: to, All: groupOf("", all), ByLanguage: groups(languages), ByModel: groups(models), ByProvider: groups(providers)}
	p.All.paid, p.All.took = newPaid(total.all, total.warming), whole.took()
	paidFor := 0
	for i, m := range p.ByModel {
		if of, known := costs[m.Name]; known {
			p.ByModel[i].paid = newPaid(of.all, of.warming)
			p.ByModel[i].PerCharacter = each(p.ByModel[i].USD, m.AcceptedCharacters)
			paidFor += m.AcceptedCharacters
		}
		if of := times[m.Name]; of != nil {
			p.ByModel[i].took = of.took()
		}
	}
	p.All.PerCharacter = each(p.All.USD, paidFor)
	return p
}

// newPaid takes apart what all requests have cost and what those of them that
// cached ahead have.
func newPaid(all, warming store.Spent) *paid {
	a, w := all.Tokens, warming.Tokens
	return &paid{
		Requests: all.Requests, USD: all.Cost.USD(), Warming: newBilled(warming),
		Tokens: newBilled(store.Spent{
			Requests: all.Requests - warming.Requests, Cost: all.Cost - warming.Cost,
			Tokens: price.Tokens{
				Input: a.Input - w.Input, CacheRead: a.CacheRead - w.CacheRead, Output: a.Output - w.Output,
				CacheWrite5m: a.CacheWrite5m - w.CacheWrite5m, CacheWrite1h: a.CacheWrite1h - w.CacheWrite1h,
			},
		}),
	}
}

func newBilled(x store.Spent) *billed {
	written := x.Tokens.CacheWrite5m + x.Tokens.CacheWrite1h
	return &billed{
		Requests: x.Requests, Input: x.Tokens.Input, CacheRead: x.Tokens.CacheRead, CacheWrite: written, Output: x.Tokens.Output,
		CacheReadPercent: percent(x.Tokens.CacheRead, x.Tokens.Input+x.Tokens.CacheRead+written), USD: x.Cost.USD(),
	}
}

// groups are the named ones, the most shown first.
func groups(of map[string]store.Outcomes) []group {
	all := []group{}
	for name, x := range of {
		all = append(all, groupOf(cmp.Or(name, "unknown"), x))
	}
	slices.SortFunc(all, func(a, b group) int {
		return cmp.Or(cmp.Compare(b.Shown, a.Shown), cmp.Compare(a.Name, b.Name))
	})
	return all
}

func groupOf(name string, x store.Outcomes) group {
	whole := max(0, x.Accepted-x.Undone) // shortly after midnight, yesterday's may be undone
	g := group{
		Name: name, Shown: x.Shown, Accepted: whole, AcceptedPercent: percent(whole, x.Shown),
		PartlyByWords: x.PartlyWords, PartlyByLines: x.PartlyLines, TypedThrough: x.TypedThrough,
		Rejected: x.Rejected + x.Undone, Undone: x.Undone, AcceptedCharacters: max(0, x.Characters-x.UndoneCharacters),
	}
	for _, k := range []struct {
		after string
		of    store.Standing
	}{{"30s", x.After30s}, {"2m", x.After2m}, {"10m", x.After10m}} {
		g.Kept = append(g.Kept, kept{k.after, k.of.Kept, k.of.Changed, percent(k.of.Kept, k.of.Kept+k.of.Changed)})
	}
	return g
}

// percent is part of whole, to one decimal; nil of nothing.
func percent(part, whole int) *float64 {
	if whole <= 0 {
		return nil
	}
	return new(math.Round(float64(part)*1000/float64(whole)) / 10)
}

// empty reports whether nothing was counted at all.
func (p period) empty() bool { return len(p.ByLanguage) == 0 && len(p.ByModel) == 0 }

package store

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/price"
)

// spendingSchema makes the table of what was spent, by local day and model.
const spendingSchema = `
CREATE TABLE spending (
	day            TEXT    NOT NULL, -- of the machine's own time zone, as 2026-11-23
	model          TEXT    NOT NULL, -- the provider's model id
	requests       INTEGER NOT NULL,
	input          INTEGER NOT NULL, -- tokens, and so are the next four
	cache_read     INTEGER NOT NULL,
	cache_write_5m INTEGER NOT NULL,
	cache_write_1h INTEGER NOT NULL,
	output         INTEGER NOT NULL,
	micro_usd      INTEGER NOT NULL, -- millionths of a US dollar
	PRIMARY KEY (day, model)
) STRICT, WITHOUT ROWID`

// warmingSchema makes the table of the part of the spending that had prompts
// cached ahead. Spending has it too: programs that know only that table must
// hold a budget.
const warmingSchema = `
CREATE TABLE warming (
	day            TEXT    NOT NULL, -- these columns are as those of spending
	model          TEXT    NOT NULL,
	requests       INTEGER NOT NULL,
	input          INTEGER NOT NULL,
	cache_read     INTEGER NOT NULL,
	cache_write_5m INTEGER NOT NULL,
	cache_write_1h INTEGER NOT NULL,
	output         INTEGER NOT NULL,
	micro_usd      INTEGER NOT NULL,
	PRIMARY KEY (day, model)
) STRICT, WITHOUT ROWID`

// The statements on the two tables, which have the same columns.
const (
	selectSpending = `SELECT day, model, requests, input, cache_read, cache_write_5m, cache_write_1h, output, micro_usd
		FROM spending WHERE day >= ? ORDER BY day, model`
	insertSpending = `INSERT INTO spending
		(day, model, requests, input, cache_read, cache_write_5m, cache_write_1h, output, micro_usd) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (day, model) DO UPDATE SET requests = requests + excluded.requests, input = input + excluded.input,
		cache_read = cache_read + excluded.cache_read, cache_write_5m = cache_write_5m + excluded.cache_write_5m,
		cache_write_1h = cache_write_1h + excluded.cache_write_1h, output = output + excluded.output,
		micro_usd = micro_usd + excluded.micro_usd`
)

var (
	selectWarming = strings.Replace(selectSpending, "spending", "warming", 1)
	insertWarming = strings.Replace(insertSpending, "spending", "warming", 1)
)

// warmingSince is the first schema that has the table.
var warmingSince = slices.Index(migrations, warmingSchema) + 1

// MicroUSD is an amount of money in millionths of a US dollar: whole numbers,
// so that a sum does not depend on the order in which it was added up.
type MicroUSD int64

// MicroUSDOf converts an amount in US dollars. It rounds up, so that a budget
// is never overrun by rounding.
func MicroUSDOf(usd float64) MicroUSD { return MicroUSD(math.Ceil(usd*1e6 - 1e-6)) }

// USD returns the amount in US dollars.
func (m MicroUSD) USD() float64 { return float64(m) / 1e6 }

// Spent is what some requests have cost.
type Spent struct {
	Requests int
	Tokens   price.Tokens
	Cost     MicroUSD
}

// Plus adds two up.
func (a Spent) Plus(b Spent) Spent {
	return Spent{
		Requests: a.Requests + b.Requests,
		Tokens: price.Tokens{
			Input:        a.Tokens.Input + b.Tokens.Input,
			CacheRead:    a.Tokens.CacheRead + b.Tokens.CacheRead,
			CacheWrite5m: a.Tokens.CacheWrite5m + b.Tokens.CacheWrite5m,
			CacheWrite1h: a.Tokens.CacheWrite1h + b.Tokens.CacheWrite1h,
			Output:       a.Tokens.Output + b.Tokens.Output,
		},
		Cost: a.Cost + b.Cost,
	}
}

// AddSpend adds what a request of a model has cost to the sums of today. It
// never waits: the file is written in the background.
func (s *Store) AddSpend(model string, x Spent) {
	s.spending.add(spentOn{s.today(), model, false}, x, 0, nil)
	nudge(s.wake)
}

// AddWarming is AddSpend for a request that had a prompt cached ahead and was
// for no suggestion.
func (s *Store) AddWarming(model string, x Spent) {
	s.spending.add(spentOn{s.today(), model, true}, x, 0, nil)
	nudge(s.wake)
}

// Settle is AddSpend, or AddWarming, for a request that a Lease of a day has
// paid for: it counts on that day, also when it ended after midnight.
func (s *Store) Settle(day, model string, x Spent, warming bool) {
	s.spending.add(spentOn{cmp.Or(day, s.today()), model, warming}, x, 0, nil)
	nudge(s.wake)
}

// SpentToday returns what all editors of this machine have spent since local
// midnight, this process's newest requests included. It waits for the first
// attempt to open the store, until ctx ends.
//
// An error means that the sum is not known, and the sum returned is what this
// process alone knows. A store of a newer program is no error here; see Ready.
func (s *Store) SpentToday(ctx context.Context) (Spent, error) {
	day := s.today()
	var stored Spent
	err := s.read(ctx, func(db *sql.DB) error {
		s.commit.RLock()
		defer s.commit.RUnlock()
		var known Spent
		err := db.QueryRowContext(ctx, `SELECT coalesce(sum(requests), 0), coalesce(sum(input), 0), coalesce(sum(cache_read), 0),
			coalesce(sum(cache_write_5m), 0), coalesce(sum(cache_write_1h), 0), coalesce(sum(output), 0), coalesce(sum(micro_usd), 0)
			FROM spending WHERE day = ?`, day).Scan(&known.Requests, &known.Tokens.Input, &known.Tokens.CacheRead,
			&known.Tokens.CacheWrite5m, &known.Tokens.CacheWrite1h, &known.Tokens.Output, &known.Cost)
		stored = known.Plus(s.spending.waitingOn(day))
		return err
	})
	if err != nil {
		return s.spending.waitingOn(day), err
	}
	return stored, nil
}

// A SpentRow is what one model has cost on one day.
type SpentRow struct {
	Day   string // as 2026-11-23
	Model string
	Spent
	Warming Spent // the part of it that had prompts cached ahead
}

// SpentSince returns what all editors of this machine have spent on a day, as
// 2026-11-23, and later, in order of days, as far as it stands in the file. It
// waits for the first attempt to open the store, until ctx ends.
func (s *Store) SpentSince(ctx context.Context, day string) ([]SpentRow, error) {
	var found []SpentRow
	err := s.read(ctx, func(db *sql.DB) error {
		c, err := readSchema(ctx, db)
		if err != nil {
			return err
		}
		err = eachSpent(ctx, db, selectSpending, day, func(k spentOn, x Spent) {
			found = append(found, SpentRow{Day: k.day, Model: k.model, Spent: x})
		})
		if err != nil || c.version < warmingSince {
			return err // a file that nobody has migrated yet has no more
		}
		return eachSpent(ctx, db, selectWarming, day, func(k spentOn, x Spent) {
			for i, r := range found { // what was added between the two statements has no row yet
				if r.Day == k.day && r.Model == k.model {
					found[i].Warming = x
				}
			}
		})
	})
	return found, err
}

// eachSpent calls add for each row that a statement selects from a day on, in order of days.
func eachSpent(ctx context.Context, db *sql.DB, statement, day string, add func(spentOn, Spent)) error {
	rows, err := db.QueryContext(ctx, statement, day)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	for rows.Next() {
		var k spentOn
		var x Spent
		if err := rows.Scan(&k.day, &k.model, &x.Requests, &x.Tokens.Input, &x.Tokens.CacheRead, &x.Tokens.CacheWrite5m,
			&x.Tokens.CacheWrite1h, &x.Tokens.Output, &x.Cost); err != nil {
			return err
		}
		add(k, x)
	}
	return rows.Err()
}

// today names the day where the clock is: budgets are for people, and their
// day does not end at midnight UTC.
func (s *Store) today() string { return s.now().Format(time.DateOnly) }

// spending is the tables of what was spent, by day and model.
type spending struct {
	sums[spentOn, Spent]
}

// spentOn is a row, and whether it stands in warming too.
type spentOn struct {
	day, model string
	warming    bool
}

// waitingOn sums up what is not in the file yet.
func (t *spending) waitingOn(day string) Spent {
	var sum Spent
	for k, x := range t.unwritten() {
		if k.day == day {
			sum = sum.Plus(x)
		}
	}
	return sum
}

func (t *spending) insert(ctx context.Context, tx *sql.Tx) error {
	for k, x := range t.batch() {
		row := []any{
			k.day, k.model, x.Requests, x.Tokens.Input, x.Tokens.CacheRead, x.Tokens.CacheWrite5m, x.Tokens.CacheWrite1h,
			x.Tokens.Output, int64(x.Cost),
		}
		if _, err := tx.ExecContext(ctx, insertSpending, row...); err != nil {
			return err
		}
		if !k.warming {
			continue
		}
		if _, err := tx.ExecContext(ctx, insertWarming, row...); err != nil {
			return err
		}
	}
	return nil
}

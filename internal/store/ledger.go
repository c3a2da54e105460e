package store

import (
	"cmp"
	"context"
	"database/sql"
	"sync"
	"time"
)

// ledgerSchema makes the tables of the day's budget: which day it is of, and
// what of it is lent to processes that have not spent it yet.
const ledgerSchema = `
CREATE TABLE budget_day (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	day     TEXT    NOT NULL, -- the newest day that was asked for, as 2026-11-23
	carried INTEGER NOT NULL, -- millionths of a US dollar that count as spent on it beside its rows in spending
	alerted INTEGER NOT NULL  -- the highest percentage that was told
) STRICT;
INSERT INTO budget_day VALUES (1, '', 0, 0);
CREATE TABLE leases (
	holder    TEXT    PRIMARY KEY, -- names the process, at random
	day       TEXT    NOT NULL,
	micro_usd INTEGER NOT NULL,    -- that it may still spend, of the day's budget
	until     INTEGER NOT NULL     -- when it lapses unless it is renewed: milliseconds since 1970
) STRICT, WITHOUT ROWID`

// LeaseLife is how long a lease lasts that nobody renews: so long what a dead
// process has borrowed is missing. A lease that would last twice as long was
// made before the clock was set back, and counts for nothing either.
const LeaseLife = time.Minute

// alerts are the percentages of a budget that a person is told of.
var alerts = []int{100, 80, 50}

// A Claim asks for a part of the day's budget. It replaces what the process has
// borrowed before, so that nothing adds up wrongly when an answer is lost.
type Claim struct {
	Limit MicroUSD // the budget of a day
	Hold  MicroUSD // what requests under way may still cost: it stays lent
	Want  MicroUSD // what is wanted beyond that
	Least MicroUSD // what is of no use if it is less: then nothing is lent, and others may have it
	Need  MicroUSD // what the next request may cost: a budget that has less left is used up

	View bool // only look: nothing is lent, and nobody is told

	// Known is what an earlier Lease of Day told as spent. A file that was purged
	// or set aside meanwhile learns it from here.
	Day   string
	Known MicroUSD
}

// A Lease is what of the day's budget one process may spend. A process that
// has not renewed it until then must not spend from it.
type Lease struct {
	Day   string    // as 2026-11-23
	Spent MicroUSD  // by all processes, as far as it is settled
	Left  MicroUSD  // what this one may spend beyond its Claim's Hold
	Until time.Time // by the machine's clock
	Alert int       // 50, 80 or 100: a percentage of the budget that was just reached, and that nobody was told of; else 0
}

// Lease lends a part of the budget of today. It takes one transaction, and
// waits for it in line with whatever else is written, until ctx ends: it is
// for the background.
//
// What this process has added by AddSpend before the call counts as spent. An
// error says why the ledger cannot be relied on.
func (s *Store) Lease(ctx context.Context, c Claim) (Lease, error) {
	p := &pendingClaim{Claim: c, done: make(chan error, 1)}
	s.ledger.add(p)
	nudge(s.wake)
	select {
	case err := <-p.done:
		return p.lease, err
	case <-s.done:
		return Lease{}, ErrClosed
	case <-ctx.Done():
		return Lease{}, context.Cause(ctx)
	}
}

// ledger is the tables of the budget. What waits are claims. It stands behind
// spending in the store's list of tables: what was added before a claim is in
// the file, or in this very transaction, when the claim is looked at.
type ledger struct {
	now    func() time.Time
	holder string // names this process

	mu      sync.Mutex
	waiting []*pendingClaim
	taken   []*pendingClaim
	lent    bool // something of the budget is this process's
}

type pendingClaim struct {
	Claim
	lease Lease
	done  chan error // holds the end of it; of size 1
}

func (t *ledger) add(p *pendingClaim) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = append(t.waiting, p)
}

// giveBack gives back what was lent, because the process ends.
func (t *ledger) giveBack() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lent {
		t.waiting = append(t.waiting, &pendingClaim{done: make(chan error, 1)})
	}
}

// fail ends all claims that wait: the file cannot be written.
func (t *ledger) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.waiting {
		p.done <- err
	}
	t.waiting = nil
}

func (t *ledger) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken, t.waiting = t.waiting, nil
	return len(t.taken) > 0
}

func (t *ledger) insert(ctx context.Context, tx *sql.Tx) error {
	t.mu.Lock()
	claims := t.taken
	t.mu.Unlock()
	for _, p := range claims {
		var err error
		if p.lease, err = t.lend(ctx, tx, p.Claim); err != nil {
			return err
		}
	}
	return nil
}

func (t *ledger) end(written bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !written { // it is tried again, or fails with a reason
		t.waiting = append(t.taken, t.waiting...)
		t.taken = nil
		return
	}
	for _, p := range t.taken {
		t.lent = t.lent && p.View || p.Hold+p.lease.Left > 0
		p.done <- nil
	}
	t.taken = nil
}

// lend looks at one claim.
func (t *ledger) lend(ctx context.Context, tx *sql.Tx, c Claim) (Lease, error) {
	now := t.now()
	l := Lease{Day: now.Format(time.DateOnly), Until: now.Add(LeaseLife)}
	carried, alerted, err := openDay(ctx, tx, l.Day)
	if err != nil {
		return l, err
	}
	if l.Spent, err = spentOnDay(ctx, tx, l.Day); err != nil {
		return l, err
	}
	l.Spent += carried
	if c.Day == l.Day && c.Known > l.Spent {
		carried += c.Known - l.Spent
		l.Spent = c.Known
	}
	if c.View {
		return l, nil
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM leases WHERE holder = ? OR until <= ? OR until > ?`,
		t.holder, now.UnixMilli(), now.Add(2*LeaseLife).UnixMilli())
	if err != nil {
		return l, err
	}
	var others MicroUSD
	err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(micro_usd), 0) FROM leases WHERE day = ?`, l.Day).Scan(&others)
	if err != nil {
		return l, err
	}
	if l.Left = max(0, min(c.Want, c.Limit-l.Spent-others-c.Hold)); l.Left < c.Least {
		l.Left = 0
	}
	if c.Hold+l.Left > 0 {
		_, err = tx.ExecContext(ctx, `INSERT INTO leases (holder, day, micro_usd, until) VALUES (?, ?, ?, ?)`,
			t.holder, l.Day, int64(c.Hold+l.Left), l.Until.UnixMilli())
		if err != nil {
			return l, err
		}
	}
	if reached := c.reached(l.Spent); reached > alerted {
		l.Alert, alerted = reached, reached
	}
	_, err = tx.ExecContext(ctx, `UPDATE budget_day SET day = ?, carried = ?, alerted = ?`, l.Day, int64(carried), alerted)
	return l, err
}

// reached is the highest of the alerts that what was spent has come to. A
// budget of which less is left than a request may cost is used up.
func (c Claim) reached(spent MicroUSD) int {
	if c.Limit <= 0 {
		return 0
	}
	for _, percent := range alerts {
		if 100*spent >= MicroUSD(percent)*c.Limit || percent == 100 && spent+c.Need > c.Limit {
			return percent
		}
	}
	return 0
}

// openDay returns what counts as spent on a day beside its rows, and what was
// told of it. A later day than the last one begins anew. An earlier one does
// not: the clock was set back, or its owner has flown west, and what was spent
// on the later day goes on to count until the next midnight.
func openDay(ctx context.Context, tx *sql.Tx, day string) (carried MicroUSD, alerted int, err error) {
	var last string
	err = tx.QueryRowContext(ctx, `SELECT day, carried, alerted FROM budget_day`).Scan(&last, &carried, &alerted)
	if err != nil || day == last {
		return carried, alerted, err
	}
	if day > last {
		return 0, 0, nil
	}
	before, err := spentOnDay(ctx, tx, last)
	if err != nil {
		return 0, 0, err
	}
	known, err := spentOnDay(ctx, tx, day)
	return max(0, before+carried-known), alerted, err
}

// spentOnDay is what stands in the file as spent on a day.
func spentOnDay(ctx context.Context, tx *sql.Tx, day string) (sum MicroUSD, err error) {
	err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(micro_usd), 0) FROM spending WHERE day = ?`, day).Scan(&sum)
	return sum, err
}

// why is what ended a claim on a store in this state.
func (s State) why() error { return cmp.Or(s.Err, ErrUnavailable) }

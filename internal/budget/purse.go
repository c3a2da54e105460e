// Package budget says what may be spent today, and counts what was.
//
// The budget belongs to all editors of the machine together, and its ledger is
// a file. So each process borrows small slices of it in the background, and
// spends them in memory: no keystroke waits for a lock. A request takes what it
// may cost at the most before it is sent, and settles what it has cost when it
// is over. What is lent and what is spent never add up to more than the budget.
package budget

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

const (
	// patience is how long after a slice was asked for a request waits for it:
	// the first one of a process, and one that comes to a new day. While another
	// process holds the file for longer, nothing waits.
	patience = 100 * time.Millisecond
	// renew is how often a lease is renewed while something is spent, and what
	// the other editors spend is looked at.
	renew = 15 * time.Second
	// idle is how long nothing was spent before a slice is given back.
	idle = time.Minute
	// margin is how long before its end a lease is not believed any more: the
	// other processes have the same clock, and read it at another moment.
	margin = 5 * time.Second
	// leaseTimeout bounds one claim; the store itself gives up sooner.
	leaseTimeout = 15 * time.Second
	// attempts is how many claims a request waits for: others may be quicker to
	// take what came of one.
	attempts = 3
	// slices is into how many a budget is divided, if they are not too small for
	// a request.
	slices = 200
	// again is how long "there is nothing left" and "the ledger cannot be
	// written" are believed: an editor may give back, a disk get room.
	again = time.Second
)

// A Ledger is the file in which all processes write what they borrow and
// spend. store.Store is one.
type Ledger interface {
	// Lease is called in the background, by one goroutine at a time.
	Lease(ctx context.Context, c store.Claim) (store.Lease, error)
	// Settle writes down what a request has cost, on the day that paid for it; ""
	// is today. It must not wait.
	Settle(day, model string, x store.Spent, warming bool)
}

// Options are what a Purse needs. Ledger and Limit must be set.
type Options struct {
	Ledger  Ledger
	Limit   func() store.MicroUSD                          // the budget of a day by the present settings; 0 is none; must not wait
	Now     func() time.Time                               // nil means time.Now
	Alert   func(percent int, spent, limit store.MicroUSD) // told when a share of the budget is reached, once on the machine; nil is nobody
	Changed func()                                         // told that the step may be another one; nil is nobody
	Log     *zap.Logger                                    // nil logs nothing
}

// A Purse holds what this process may spend. It is safe for concurrent use.
type Purse struct {
	o    Options
	ask  chan struct{} // holds a token when a slice is wanted
	life context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	started bool // the goroutine that borrows
	closed  bool
	lease   store.Lease
	limit   store.MicroUSD // for which the lease was made
	left    store.MicroUSD // of the lease; nobody has taken it
	held    store.MicroUSD // taken by requests that are not settled
	settled store.MicroUSD // since the lease was made
	need    store.MicroUSD // of the newest request
	most    store.MicroUSD // of the most expensive request
	dry     bool           // the last claim did not get all that it wanted
	err     error          // why there is no lease
	used    time.Time      // when something was last taken
	asked   time.Time      // when the claim under way began; zero if there is none
	looked  time.Time      // when the last claim ended
	ended   chan struct{}  // closed when the claim under way, or the next one, ends
	step    Step           // as it was last told to Changed
}

// NewPurse returns an empty purse. It borrows nothing until Ready or Take.
func NewPurse(o Options) *Purse {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Alert == nil {
		o.Alert = func(int, store.MicroUSD, store.MicroUSD) {}
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	p := &Purse{o: o, ask: make(chan struct{}, 1), ended: make(chan struct{}), step: Whole}
	p.life, p.stop = context.WithCancel(context.Background())
	return p
}

// Close ends the borrowing. What was borrowed lapses with the ledger's own end.
func (p *Purse) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.stop()
	p.work.Wait()
}

// Ready borrows a slice ahead of the first request, if there is a budget. It
// returns at once.
func (p *Purse) Ready() {
	limit := p.o.Limit()
	p.mu.Lock()
	defer p.mu.Unlock()
	if limit > 0 && !p.started {
		p.used = p.o.Now()
		p.borrow()
	}
}

// A Hold is what a request has taken. It must be settled once.
type Hold struct {
	day    string // "" where there is no budget
	amount store.MicroUSD
}

// Take takes what a request may cost at the most. The error wraps
// model.ErrBudget and says why nothing may be spent, or is the cause with which
// ctx ended. Nothing is waited for but the very first slice, and that not long.
func (p *Purse) Take(ctx context.Context, need store.MicroUSD) (Hold, error) {
	limit := p.o.Limit()
	if limit <= 0 {
		return Hold{}, nil
	}
	for range attempts {
		h, wait, err := p.take(need, limit)
		if wait == nil {
			return h, err
		}
		select {
		case <-wait.ended:
		case <-ctx.Done():
			return Hold{}, context.Cause(ctx)
		case <-time.After(wait.rest):
			return Hold{}, fmt.Errorf("%w: what is left of budget.dailyUSD is not known yet: the store does not answer, because another process holds it or the disk is slow", model.ErrBudget)
		}
	}
	return Hold{}, fmt.Errorf("%w: what is left of budget.dailyUSD cannot be told while the clock jumps or others take all that is lent", model.ErrBudget)
}

// A wait is for the end of a claim.
type wait struct {
	ended <-chan struct{}
	rest  time.Duration
}

// take takes from what is there, or says what to wait for, or why not.
func (p *Purse) take(need, limit store.MicroUSD) (Hold, *wait, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Now()
	p.need, p.most, p.used = need, max(p.most, need), now
	valid := p.valid(limit, now)
	if valid && p.left >= need {
		p.left -= need
		p.held += need
		if p.left < p.slice(limit)/2 {
			p.borrow()
		}
		return Hold{day: p.lease.Day, amount: need}, nil, nil
	}
	fresh := p.asked.IsZero() && p.limit == limit && within(now.Sub(p.looked), again)
	switch {
	case fresh && p.err != nil:
		return Hold{}, nil, fmt.Errorf("%w: what was spent today is not known (%w), and budget.dailyUSD is set; mend the store or take the budget back", model.ErrBudget, p.err)
	case fresh && valid && p.dry:
		return Hold{}, nil, p.short(need, limit)
	}
	p.borrow()
	began := p.asked
	if began.IsZero() {
		began = now
	}
	return Hold{}, &wait{p.ended, max(0, patience-now.Sub(began))}, nil
}

// short says that what is left is too little for a request.
func (p *Purse) short(need, limit store.MicroUSD) error {
	spent := p.lease.Spent + p.settled
	if spent+need <= limit { // the rest is lent to others, or taken by requests under way
		return fmt.Errorf("%w: $%.4f of $%.2f (budget.dailyUSD) are spent, and other requests may use the rest; it is free again in a moment, or begins anew at midnight",
			model.ErrBudget, spent.USD(), limit.USD())
	}
	return fmt.Errorf("%w: $%.4f of $%.2f (budget.dailyUSD), and a request may cost $%.4f; it begins anew at midnight", model.ErrBudget, spent.USD(), limit.USD(), need.USD())
}

// Settle puts what a request has cost in the place of what it has taken.
func (p *Purse) Settle(h Hold, name string, x store.Spent, warming bool) {
	// First the ledger: a claim that begins now must count it in one of the two.
	if x != (store.Spent{}) {
		p.o.Ledger.Settle(h.day, name, x, warming)
	}
	if h.day == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held -= h.amount
	if h.day == p.lease.Day {
		p.left = max(0, p.left+h.amount-x.Cost)
		p.settled += x.Cost
	}
	if p.dry { // what it has not cost may be enough for the next one
		p.looked = time.Time{}
	}
	p.tell()
}

// Step is how far requests are to be cut down. It is asked for when one is
// about to be made, so it has a slice borrowed where there is none. It never
// waits; what other editors spend it knows from the last claim.
func (p *Purse) Step() Step {
	limit := p.o.Limit()
	if limit <= 0 {
		return Whole
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Now()
	p.used = now // a request is about to come
	if p.asked.IsZero() && (!within(now.Sub(p.looked), renew) || p.left < p.need && !within(now.Sub(p.looked), again)) {
		p.borrow()
	}
	return p.stepNow(limit, now)
}

// Now is the step at the moment, for whoever only looks.
func (p *Purse) Now() Step {
	limit := p.o.Limit()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stepNow(limit, p.o.Now())
}

// Spent is what all editors have spent today, as far as is known, and the
// budget; a budget of 0 is none, and known says whether the sum is.
func (p *Purse) Spent() (spent, limit store.MicroUSD, known bool) {
	limit = p.o.Limit()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lease.Day != p.o.Now().Format(time.DateOnly) {
		return 0, limit, false
	}
	return p.lease.Spent + p.settled, limit, true
}

func (p *Purse) stepNow(limit store.MicroUSD, now time.Time) Step {
	if p.lease.Day != now.Format(time.DateOnly) {
		return Whole
	}
	return standing{p.lease.Spent + p.settled, limit, p.most, p.need}.step()
}

// tell tells of a step that is another one than before. The lock must be held.
func (p *Purse) tell() {
	if step := p.stepNow(p.limit, p.o.Now()); step != p.step && !p.closed {
		p.step = step
		p.work.Go(p.o.Changed)
	}
}

// valid reports whether the lease may be spent from. It compares what the
// clock on the wall says, as the other processes do: a clock that was set
// forward has the lease end, one that was set back makes it last too long.
func (p *Purse) valid(limit store.MicroUSD, now time.Time) bool {
	rest := p.lease.Until.Round(0).Sub(now.Round(0))
	return p.err == nil && p.limit == limit && p.lease.Day == now.Format(time.DateOnly) && rest > margin && rest <= store.LeaseLife+margin
}

// slice is how much is borrowed at a time.
func (p *Purse) slice(limit store.MicroUSD) store.MicroUSD { return max(limit/slices, 2*p.need) }

// within reports whether something happened so long ago, and not in a future
// from which the clock was set back.
func within(ago, d time.Duration) bool { return ago >= 0 && ago < d }

// borrow has a slice borrowed in the background. The lock must be held.
func (p *Purse) borrow() {
	if p.closed {
		return
	}
	if !p.started {
		p.started = true
		p.work.Go(p.run)
	}
	select {
	case p.ask <- struct{}{}:
	default:
	}
}

// run borrows what is wanted, and renews what is borrowed.
func (p *Purse) run() {
	tick := time.NewTicker(renew)
	defer tick.Stop()
	for {
		select {
		case <-p.life.Done():
			return
		case <-p.ask:
			p.claim()
		case <-tick.C:
			p.mu.Lock()
			lent := p.left+p.held > 0
			p.mu.Unlock()
			if lent {
				p.claim()
			}
		}
	}
}

// claim makes one claim and puts what comes of it into the purse.
func (p *Purse) claim() {
	limit := p.o.Limit()
	p.mu.Lock()
	now := p.o.Now()
	c := store.Claim{Limit: limit, Hold: p.held, Least: p.need, Day: p.lease.Day, Known: p.lease.Spent}
	if step := p.stepNow(limit, now); step == InvokedOnly || step == UsedUp {
		c.Need = p.need // before, smaller requests may follow
	}
	if limit > 0 && within(now.Sub(p.used), idle) {
		c.Want = p.slice(limit)
	}
	p.left = min(p.left, c.Want) // what is more is given back
	before, settled := p.left, p.settled
	p.asked = now
	p.mu.Unlock()

	ctx, cancel := context.WithTimeout(p.life, leaseTimeout)
	l, err := p.o.Ledger.Lease(ctx, c)
	cancel()

	p.mu.Lock()
	if err == nil {
		p.left = max(0, l.Left+p.left-before) // what was taken and given back meanwhile is the difference
		p.lease, p.settled, p.dry = l, p.settled-settled, l.Left < c.Want
	}
	if news := err != nil && p.err == nil; news && !errors.Is(err, context.Canceled) {
		p.o.Log.Warn("what may be spent today is not known", zap.Error(err))
	}
	p.err, p.limit = err, limit
	p.asked, p.looked = time.Time{}, p.o.Now()
	close(p.ended)
	p.ended = make(chan struct{})
	p.tell()
	p.mu.Unlock()
	if l.Alert > 0 {
		p.o.Alert(l.Alert, l.Spent, limit)
	}
}

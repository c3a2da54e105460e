package budget

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/store"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// books are a ledger in memory, of as many purses as use it through a desk.
type books struct {
	mu    sync.Mutex
	spent store.MicroUSD
	lent  map[*desk]store.MicroUSD
	until map[*desk]time.Time
}

// A desk is where one process comes to the books.
type desk struct {
	*books
	takes  time.Duration // how long a claim takes
	err    error         // what every claim ends in
	claims []store.Claim
}

func newDesk(b *books) *desk {
	if b.lent == nil {
		b.lent, b.until = map[*desk]store.MicroUSD{}, map[*desk]time.Time{}
	}
	return &desk{books: b}
}

func (d *desk) Lease(ctx context.Context, c store.Claim) (store.Lease, error) {
	select {
	case <-time.After(d.takes):
	case <-ctx.Done():
		return store.Lease{}, ctx.Err()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.claims = append(d.claims, c)
	if d.err != nil {
		return store.Lease{}, d.err
	}
	now := time.Now()
	others := store.MicroUSD(0)
	for o, m := range d.lent {
		if o != d && now.Before(d.until[o]) {
			others += m
		}
	}
	l := store.Lease{Day: now.Format(time.DateOnly), Spent: d.spent, Until: now.Add(store.LeaseLife)}
	if l.Left = max(0, min(c.Want, c.Limit-d.spent-others-c.Hold)); l.Left < c.Least {
		l.Left = 0
	}
	d.lent[d], d.until[d] = c.Hold+l.Left, l.Until
	return l, nil
}

func (d *desk) Settle(_, _ string, x store.Spent, _ bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.spent += x.Cost
}

func (d *desk) total() (spent store.MicroUSD, claims int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.spent, len(d.claims)
}

func purseOf(d *desk, limit store.MicroUSD) *Purse {
	return NewPurse(Options{Ledger: d, Limit: func() store.MicroUSD { return limit }})
}

// buy buys one request.
func buy(t *testing.T, p *Purse, need, cost store.MicroUSD) error {
	t.Helper()
	h, err := p.Take(t.Context(), need)
	if err == nil {
		p.Settle(h, "m", store.Spent{Requests: 1, Cost: cost}, false)
	}
	return err
}

func TestWithoutABudgetNothingIsBorrowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(&books{})
		p := purseOf(d, 0)
		defer p.Close()
		p.Ready()
		if err := buy(t, p, 1000, 70); err != nil {
			t.Fatal(err)
		}
		if spent, claims := d.total(); spent != 70 || claims != 0 || p.Step() != Whole {
			t.Errorf("spent %d, %d claims, step %s", spent, claims, p.Step())
		}
	})
}

// Only the first request waits. All others spend what was borrowed, although
// each claim takes longer than a keystroke may.
func TestNoRequestWaitsForTheLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(&books{})
		d.takes = 50 * time.Millisecond
		p := purseOf(d, 1_000_000)
		defer p.Close()
		for i := range 200 {
			began := time.Now()
			if err := buy(t, p, 1000, 900); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(began); (waited > 0) != (i == 0) {
				t.Errorf("request %d waited %v", i, waited)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if spent, claims := d.total(); spent != 180_000 || claims > 100 {
			t.Errorf("spent %d, %d claims", spent, claims)
		}
	})
}

func TestWhatIsReadyNeedNotBeWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(&books{})
		d.takes = 50 * time.Millisecond
		p := purseOf(d, 1_000_000)
		defer p.Close()
		p.Ready()
		time.Sleep(time.Second)
		began := time.Now()
		if err := buy(t, p, 1000, 900); err != nil || time.Since(began) != 0 {
			t.Errorf("waited %v, %v", time.Since(began), err)
		}
	})
}

// Purses that spend one budget at once, each answer cheaper than it might have
// been, never spend more than it.
func TestSeveralPursesStayBelowTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, need, cost = 100_000, 1000, 700
		b := &books{}
		var work sync.WaitGroup
		for i := range 4 {
			d := newDesk(b)
			d.takes = time.Duration(i+1) * time.Millisecond
			work.Go(func() {
				p := purseOf(d, limit)
				defer p.Close()
				for failed := 0; failed < 300; time.Sleep(37 * time.Millisecond) {
					h, err := p.Take(t.Context(), need)
					if err != nil {
						if !errors.Is(err, model.ErrBudget) {
							t.Error(err)
						}
						failed++
						continue
					}
					failed = 0
					time.Sleep(300 * time.Millisecond) // the request
					p.Settle(h, "m", store.Spent{Requests: 1, Cost: cost}, false)
				}
				if step := p.Step(); step != UsedUp {
					t.Errorf("the step is %s", step)
				}
			})
		}
		work.Wait()
		if b.spent > limit || b.spent < limit-2*need {
			t.Errorf("spent %d of %d", b.spent, limit)
		}
	})
}

func TestALedgerThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(&books{})
		d.takes = 8 * time.Second
		p := purseOf(d, 1_000_000)
		defer p.Close()
		began := time.Now()
		err := buy(t, p, 1000, 900)
		if waited := time.Since(began); !errors.Is(err, model.ErrBudget) || waited != patience {
			t.Errorf("waited %v, %v", waited, err)
		}
		began = time.Now()
		if err := buy(t, p, 1000, 900); !errors.Is(err, model.ErrBudget) || time.Since(began) != 0 {
			t.Errorf("the second waited %v, %v", time.Since(began), err)
		}
		time.Sleep(10 * time.Second)
		if err := buy(t, p, 1000, 900); err != nil {
			t.Errorf("when it has answered: %v", err)
		}
	})
}

func TestALedgerThatCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(&books{})
		d.err = errors.New("read-only disk")
		p := purseOf(d, 1_000_000)
		defer p.Close()
		for range 5 {
			if err := buy(t, p, 1000, 900); !errors.Is(err, model.ErrBudget) || !errors.Is(err, d.err) {
				t.Errorf("%v", err)
			}
		}
		if _, claims := d.total(); claims != 1 {
			t.Errorf("%d claims within a moment", claims)
		}
		d.mu.Lock()
		d.err = nil
		d.mu.Unlock()
		time.Sleep(again)
		if err := buy(t, p, 1000, 900); err != nil {
			t.Errorf("when it can be written again: %v", err)
		}
	})
}

// Who does not type gives back what was borrowed, and asks for it again when a
// request is about to come.
func TestAnIdlePurseGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(&books{})
		d.takes = time.Millisecond
		p := purseOf(d, 1_000_000)
		defer p.Close()
		if err := buy(t, p, 1000, 900); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * idle)
		d.mu.Lock()
		if m := d.lent[d]; m != 0 {
			t.Errorf("%d are still lent", m)
		}
		n := len(d.claims)
		d.mu.Unlock()
		time.Sleep(time.Hour)
		if _, claims := d.total(); claims != n {
			t.Errorf("%d claims of somebody who is away", claims-n)
		}
		p.Step()
		time.Sleep(5 * time.Millisecond) // the request is made ready
		began := time.Now()
		if err := buy(t, p, 1000, 900); err != nil || time.Since(began) != 0 {
			t.Errorf("back again: waited %v, %v", time.Since(began), err)
		}
	})
}

// The clock is another one than the one that waits: it is set forward, back, and
// over midnight.
func TestAClockThatJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		off := time.Duration(0)
		d := newDesk(&books{})
		p := NewPurse(Options{
			Ledger: d, Limit: func() store.MicroUSD { return 1_000_000 },
			Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return time.Now().Add(off) },
		})
		defer p.Close()
		if err := buy(t, p, 1000, 900); err != nil {
			t.Fatal(err)
		}
		for _, jump := range []time.Duration{time.Hour, -2 * time.Hour, 48 * time.Hour} {
			_, before := d.total()
			mu.Lock()
			off = jump
			mu.Unlock()
			// The ledger has the right time, so what it lends cannot be used: the
			// lease is over, lasts too long or is of another day.
			if err := buy(t, p, 1000, 900); !errors.Is(err, model.ErrBudget) {
				t.Errorf("with the clock off by %v: %v", jump, err)
			}
			if _, claims := d.total(); claims == before {
				t.Errorf("with the clock off by %v nothing was claimed", jump)
			}
		}
	})
}

// answers is a model whose answers come as given.
type answers []model.Chunk

func (a answers) Stream(ctx context.Context, _ model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		for _, c := range a {
			if ctx.Err() != nil || !yield(c, nil) {
				return
			}
		}
	}
}

type fails struct{ err error }

func (f fails) Stream(context.Context, model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) { yield(model.Chunk{}, f.err) }
}

func TestWhatARequestCosts(t *testing.T) {
	used := &model.Usage{Input: 1000, CacheRead: 20_000, Output: 1}
	whole := &model.Usage{Input: 1000, CacheRead: 20_000, Output: 100}
	text := strings.Repeat("x := f(a, b)\n", 20)
	said := int(tokens.NewEstimator().Count("go", text))
	prompt := model.Prompt{
		Language: "go", Before: "x := ", MaxTokens: 100,
		Blocks: []model.Block{{ID: "1", Breakpoint: true, Parts: []model.Part{{Text: strings.Repeat("func f(a, b int) int\n", 100)}}}},
	}
	for _, tt := range []struct {
		name   string
		of     model.Streamer
		leave  bool // after the first chunk
		tokens func(store.Spent) bool
	}{
		{"a whole answer", answers{{Usage: used}, {Text: text, Usage: whole, Stop: model.StopEnd}}, false, func(x store.Spent) bool {
			return x.Tokens.Output == 100 && x.Tokens.CacheRead == 20_000 && x.Cost == 350
		}},
		{"one that was left", answers{{Text: text, Usage: used}, {Text: "never"}}, true, func(x store.Spent) bool { return x.Tokens.Output == said }},
		{"one that was left before it began", answers{{}, {}}, true, func(x store.Spent) bool {
			return x.Tokens.CacheWrite5m > 500 && x.Tokens.Input > formTokens && x.Tokens.Output == 0
		}},
		{"turned down", fails{model.ErrRateLimited}, false, func(x store.Spent) bool { return x == store.Spent{} }},
		{"without an answer in time", fails{model.ErrTimeout}, false, func(x store.Spent) bool { return x.Tokens.CacheWrite5m > 500 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &last{desk: newDesk(&books{})}
				p := NewPurse(Options{Ledger: l, Limit: func() store.MicroUSD { return 1_000_000 }})
				defer p.Close()
				pay := NewPayer(p, tokens.NewEstimator(), nil)
				for range pay.Over(tt.of, "claude-haiku-5-5").Stream(t.Context(), prompt) {
					if tt.leave {
						break
					}
				}
				if !tt.tokens(l.x) {
					t.Errorf("settled %+v", l.x)
				}
				if p.held != 0 {
					t.Errorf("%d are still held", p.held)
				}
			})
		})
	}
}

// last keeps what was settled last.
type last struct {
	*desk
	x store.Spent
}

func (l *last) Settle(day, name string, x store.Spent, warming bool) {
	l.x = x
	l.desk.Settle(day, name, x, warming)
}

func TestAnUnknownModelCountsAsTheDearest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		l := &last{desk: newDesk(&books{})}
		p := NewPurse(Options{Ledger: l, Limit: func() store.MicroUSD { return 10_000_000 }})
		defer p.Close()
		pay := NewPayer(p, tokens.NewEstimator(), func(name string) { told = append(told, name) })
		of := pay.Over(answers{{Usage: &model.Usage{Input: 100, Output: 10}, Stop: model.StopEnd}}, "house-model")
		for range 3 {
			for range of.Stream(t.Context(), model.Prompt{}) {
			}
		}
		if l.x.Cost != 1500 || len(told) != 1 || told[0] != "house-model" {
			t.Errorf("it costs %d, and %q were told of", l.x.Cost, told)
		}
	})
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/price"
)

// budgetOptions are the flags of the subcommand.
type budgetOptions struct {
	binary  string
	editors int
	daily   float64
	model   string
	every   time.Duration // between two keys of one editor
	byHand  int           // every so many keys somebody asks by hand
	killed  bool          // one editor is killed half-way
	limit   time.Duration
}

// spendAtOnce types in several editors that share one store and one small
// budget, as fast as nobody can, and tells by how much the API's bill passes
// it. Every few keys somebody asks by hand, because typing alone is not
// answered when little is left.
func spendAtOnce(ctx context.Context, w io.Writer, args []string) error {
	var o budgetOptions
	flags := flag.NewFlagSet("budget", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", "bin/claude-lsp", "the built server")
	flags.IntVar(&o.editors, "editors", 4, "how many editors type at once")
	flags.Float64Var(&o.daily, "daily", 0.05, "budget.dailyUSD")
	flags.StringVar(&o.model, "model", "claude-haiku-5-5", "the model that is paid")
	flags.DurationVar(&o.every, "every", 40*time.Millisecond, "between two keys of one editor")
	flags.IntVar(&o.byHand, "by-hand", 8, "every so many keys somebody asks by hand")
	flags.BoolVar(&o.killed, "kill", false, "kill one editor half-way, as with kill -9, and start another in its place")
	flags.DurationVar(&o.limit, "limit", 3*time.Minute, "how long it may take")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p, known := price.Lookup(o.model)
	if !known {
		return fmt.Errorf("the price of %s is not known", o.model)
	}
	b := &bill{price: p}
	api := messages.New(messages.Options{Forget: true, Done: b.add})
	api.Answer(func(messages.Request) messages.Answer {
		return messages.Answer{
			Text:      "````go\nresult := compute(first, second)\nreturn result, nil\n````",
			FirstByte: 60 * time.Millisecond, TokensPerSecond: 200,
		}
	})
	up := httptest.NewServer(api)
	defer func() {
		api.Close()
		up.CloseClientConnections()
		up.Close()
	}()
	home, err := os.MkdirTemp("", "claude-lsp-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(home) }()
	env := []string{
		"ANTHROPIC_API_KEY=sk-bench", "ANTHROPIC_BASE_URL=" + up.URL, "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_CACHE_MAXMB=0",
		fmt.Sprint("CLAUDE_LSP_BUDGET_DAILY_USD=", o.daily), "CLAUDE_LSP_MODEL=" + o.model, "CLAUDE_LSP_LOG_LEVEL=error",
	}
	text, err := sourceText(60_000)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, o.limit)
	defer stop()
	done := make(chan struct{}) // nothing more is to be got
	var (
		work  sync.WaitGroup
		keys  atomic.Int64
		began = time.Now()
		errs  = make([]error, o.editors)
	)
	for i := range o.editors {
		work.Go(func() {
			kill := o.killed && i == 0
			for err := errKilled; errors.Is(err, errKilled); kill = false {
				err = o.typeAlong(ctx, home, env, fmt.Sprintf("%d%v", i, kill), text, kill, b, &keys, done)
				errs[i] = err
			}
		})
	}
	// The run is over when the bill has not grown for a while. What a killed
	// editor has borrowed comes back after a minute.
	still := 10 * time.Second
	if o.killed {
		still = 80 * time.Second
	}
	for last, since := 0.0, time.Now(); time.Since(since) < still && ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		if now := b.total().usd; now != last || now == 0 {
			last, since = now, time.Now()
		}
	}
	close(done)
	work.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	all := b.total()
	fmt.Fprintf(w, "%d editors, one store, budget $%g a day: %d keys in %s, %d requests paid, %d of them left early\n",
		o.editors, o.daily, keys.Load(), time.Since(began).Round(time.Second), all.n, b.leftEarly())
	fmt.Fprintf(w, "the API's bill: $%.6f, %.2f %% of the budget; past it by %.2f %%\n", all.usd, 100*all.usd/o.daily, max(0, 100*(all.usd/o.daily-1)))
	books, err := o.books(context.WithoutCancel(ctx), home)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "the ledger says $%.6f, %+.2f %% of the bill\n", books, 100*(books/all.usd-1))
	if ctx.Err() != nil {
		return errors.New("the budget was not used up in time")
	}
	if all.usd > 1.02*o.daily {
		return errors.New("the budget was passed by more than 2 %")
	}
	return nil
}

// books is what the editors have written down as spent.
func (o budgetOptions) books(ctx context.Context, home string) (float64, error) {
	cmd := exec.CommandContext(ctx, o.binary, "stats", "--json")
	cmd.Env = homeEnv(home)
	out, err := cmd.Output()
	if err != nil {
		return 0, err
	}
	var s struct {
		Today struct {
			All struct {
				USD float64 `json:"usd"`
			} `json:"all"`
		} `json:"today"`
	}
	return s.Today.All.USD, json.Unmarshal(out, &s)
}

// errKilled says that an editor was killed as it was to be.
var errKilled = errors.New("the editor was killed")

// typeAlong types in one editor until done.
func (o budgetOptions) typeAlong(ctx context.Context, home string, env []string, name, text string, kill bool, b *bill, keys *atomic.Int64, done <-chan struct{}) error {
	c, err := start(ctx, o.binary, home, nil, env...)
	if err != nil {
		return err
	}
	if err := c.initialize(); err != nil {
		return err
	}
	uri := "file:///w/" + name + ".go"
	if err := c.open(uri, "package w\n\n// editor "+name+"\n\n\n"+text); err != nil {
		return err
	}
	tick := time.NewTicker(o.every)
	defer tick.Stop()
	const row = 4
	for n := 1; ; n++ {
		select {
		case <-done:
			return c.end()
		case <-ctx.Done():
			return errors.Join(ctx.Err(), c.end())
		case <-tick.C:
		}
		if kill && b.total().usd > o.daily/2 {
			_ = c.cmd.Process.Kill()
			_ = c.cmd.Wait() // "signal: killed"
			return errKilled
		}
		at := n - 1
		if err := c.typed(uri, n, row, at, string("abcdefghij klmno.pq(rstuvwxyz"[n%29])); err != nil {
			return err
		}
		kind := 2
		if n%o.byHand == 0 {
			kind = 1
		}
		if _, _, err := c.call("textDocument/inlineCompletion", map[string]any{
			"textDocument": map[string]any{"uri": uri}, "position": map[string]int{"line": row, "character": at + 1},
			"context": map[string]int{"triggerKind": kind},
		}); err != nil {
			return err
		}
		keys.Add(1)
	}
}

// total is all that was paid by now.
func (b *bill) total() account {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.keys
	all.join(b.rebuilds)
	all.join(b.warms)
	return all
}

// leftEarly counts the answers that were not heard to their end.
func (b *bill) leftEarly() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left
}

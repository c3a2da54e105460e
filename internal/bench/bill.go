package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/price"
)

// A bill is what the API would ask for.
type bill struct {
	price price.Price

	mu                    sync.Mutex
	keys, rebuilds, warms account
	counted, refused      int // requests to count tokens; those that the API turned down
	left                  int // requests that were left before the answer's end
}

// An account is the requests of one kind.
type account struct {
	n       int
	tokens  price.Tokens
	largest int // prompt, in tokens by the API's count
	wire    int // bytes of the bodies as they were sent
	usd     float64
}

// rebuilt is the share of a prompt from which on a request that writes it is
// called a rebuild.
const rebuilt = 0.25

func (b *bill) add(q messages.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := q.Usage
	if !q.Cancelled.IsZero() {
		b.left++
	}
	switch {
	case strings.HasSuffix(q.Path, "/count_tokens"):
		b.counted++
		return
	case q.Method != http.MethodPost || u.Prompt() == 0:
		if q.Refused != nil {
			b.refused++
		}
		return
	case q.Body.MaxTokens == 0:
		b.warms.add(q, b.price)
	case float64(u.CacheWrite5m+u.CacheWrite1h) > rebuilt*float64(u.Prompt()):
		b.rebuilds.add(q, b.price)
	default:
		b.keys.add(q, b.price)
	}
}

func (a *account) add(q messages.Request, p price.Price) {
	u := q.Usage
	a.n++
	a.wire += q.Wire
	a.largest = max(a.largest, u.Prompt())
	a.tokens.Input += u.Input
	a.tokens.CacheRead += u.CacheRead
	a.tokens.CacheWrite5m += u.CacheWrite5m
	a.tokens.CacheWrite1h += u.CacheWrite1h
	a.tokens.Output += u.Output
	a.usd += p.USD(price.Tokens{Input: u.Input, CacheRead: u.CacheRead, CacheWrite5m: u.CacheWrite5m, CacheWrite1h: u.CacheWrite1h, Output: u.Output})
}

// print prints the accounts, and what they come to for 1,000 keys.
func (b *bill) print(w io.Writer, keys int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "requests\tinput\tcache read\twritten 5m\twritten 1h\toutput\tread %\tlargest\tKB each\tUSD\t  kind")
	all := account{}
	for _, k := range []struct {
		name string
		account
	}{{"keystrokes", b.keys}, {"keystrokes that rebuild", b.rebuilds}, {"pre-warm", b.warms}} {
		k.row(tw, k.name)
		all.join(k.account)
	}
	all.row(tw, "all")
	if err := tw.Flush(); err != nil {
		return err
	}
	typing := b.keys
	typing.join(b.rebuilds)
	fmt.Fprintf(w, "\nread from the cache: %.1f %% of the input tokens of keystroke requests, %.1f %% with those that rebuild\n", b.keys.share(), typing.share())
	fmt.Fprintf(w, "cost of 1,000 keys: $%.4f (keystrokes %.4f, rebuilds %.4f, pre-warm %.4f); %d requests to count tokens\n",
		all.usd*1000/float64(keys), b.keys.usd*1000/float64(keys), b.rebuilds.usd*1000/float64(keys), b.warms.usd*1000/float64(keys), b.counted)
	if b.refused > 0 {
		return fmt.Errorf("the API turned down %d requests", b.refused)
	}
	return nil
}

// share is the percentage of the input that was read from the cache.
func (a account) share() float64 {
	t := a.tokens
	return percent(t.CacheRead, t.Input+t.CacheRead+t.CacheWrite5m+t.CacheWrite1h)
}

func (a *account) join(o account) {
	a.n += o.n
	a.tokens.Input += o.tokens.Input
	a.tokens.CacheRead += o.tokens.CacheRead
	a.tokens.CacheWrite5m += o.tokens.CacheWrite5m
	a.tokens.CacheWrite1h += o.tokens.CacheWrite1h
	a.tokens.Output += o.tokens.Output
	a.largest = max(a.largest, o.largest)
	a.wire += o.wire
	a.usd += o.usd
}

func (a account) row(w io.Writer, name string) {
	t := a.tokens
	fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t%.1f\t%d\t%.1f\t%.4f\t  %s\n", a.n, t.Input, t.CacheRead, t.CacheWrite5m, t.CacheWrite1h, t.Output,
		a.share(), a.largest, float64(a.wire)/1024/float64(max(1, a.n)), a.usd, name)
}

package budget

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/claude-lsp/claude-lsp/internal/store"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

const (
	// cached is how long a provider keeps what a prompt begins with.
	cached = 5 * time.Minute
	// maxPrefixes and maxBlocks bound what is remembered of prompts.
	maxPrefixes = 16
	maxBlocks   = 128
	// formTokens is what a prompt takes beside its texts: headings and marks.
	formTokens = 300
	// defaultOutput is how long an answer may be whose prompt does not say.
	defaultOutput = 256
)

// A Payer pays for requests out of a purse. It stands next to the provider,
// below whatever tries again, so that each attempt is paid for.
type Payer struct {
	purse   *Purse
	count   *tokens.Estimator
	now     func() time.Time
	unknown func(model string) // told once of each model without a known price, if there is a budget

	mu       sync.Mutex
	blocks   map[string]tokens.Count         // by ID
	prefixes map[[sha256.Size]byte]time.Time // when the provider was last known to have one cached
	told     map[string]bool
}

// NewPayer makes a payer. unknown may be nil; now is the purse's.
func NewPayer(p *Purse, count *tokens.Estimator, unknown func(model string)) *Payer {
	if unknown == nil {
		unknown = func(string) {}
	}
	return &Payer{
		purse: p, count: count, now: p.o.Now, unknown: unknown,
		blocks: map[string]tokens.Count{}, prefixes: map[[sha256.Size]byte]time.Time{}, told: map[string]bool{},
	}
}

// Over returns next, each of whose answers is paid for. name is the model of
// prompts that name none.
func (p *Payer) Over(next model.Streamer, name string) model.Streamer { return paying{p, next, name} }

type paying struct {
	*Payer
	next model.Streamer
	name string
}

// Stream implements model.Streamer.
func (p paying) Stream(ctx context.Context, prompt model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		b, err := p.begin(ctx, prompt, p.name, false)
		if err != nil {
			yield(model.Chunk{}, err)
			return
		}
		var end ending
		defer func() { b.settle(ctx, end) }() // also if yield panics
		for chunk, err := range p.next.Stream(ctx, prompt) {
			end.add(chunk, err)
			if !yield(chunk, err) {
				return
			}
		}
	}
}

// Warm pays for what warm does: it has the provider cache a prompt.
func (p *Payer) Warm(ctx context.Context, prompt model.Prompt, name string, warm func(context.Context, model.Prompt) (model.Usage, error)) (model.Usage, error) {
	b, err := p.begin(ctx, prompt, name, true)
	if err != nil {
		return model.Usage{}, err
	}
	end := ending{err: context.Canceled} // until something better is known
	defer func() { b.settle(ctx, end) }()
	usage, err := warm(ctx, prompt)
	end = ending{usage: &usage, err: err, whole: err == nil}
	if err != nil {
		end.usage = nil
	}
	return usage, err
}

// A bought is one request that money was taken for.
type bought struct {
	*Payer
	hold    Hold
	model   string
	price   price.Price
	prompt  model.Prompt
	size    size
	warming bool
}

// An ending is what is known of a request when it is over.
type ending struct {
	usage *model.Usage // the last that the provider said
	text  strings.Builder
	whole bool // the provider said all
	err   error
}

func (e *ending) add(c model.Chunk, err error) {
	if c.Usage != nil {
		e.usage = c.Usage
	}
	e.text.WriteString(c.Text)
	e.whole = e.whole || c.Stop != ""
	if err != nil {
		e.err = err
	}
}

// begin takes what a request may cost at the most.
func (p *Payer) begin(ctx context.Context, prompt model.Prompt, name string, warming bool) (*bought, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx) // nothing was sent, and nothing is paid
	}
	if prompt.Model != "" {
		name = prompt.Model
	}
	b := &bought{Payer: p, model: name, price: p.priceOf(name), prompt: prompt, size: p.measure(prompt), warming: warming}
	output := 0
	if !warming {
		if output = prompt.MaxTokens; output <= 0 {
			output = defaultOutput
		}
	}
	// At the most, the provider has cached nothing: it writes the rules for an
	// hour, the blocks for five minutes, and reads the rest.
	worst := price.Tokens{CacheWrite1h: b.size.rules, CacheWrite5m: b.size.blocks, Input: b.size.rest, Output: output}
	hold, err := p.purse.Take(ctx, store.MicroUSDOf(b.price.USD(worst)))
	if err != nil {
		return nil, err
	}
	b.hold = hold
	return b, nil
}

// priceOf is what a model costs. One whose price is not known counts as the
// dearest where a budget must hold, and as nothing otherwise.
func (p *Payer) priceOf(name string) price.Price {
	known, ok := price.Lookup(name)
	if ok || p.purse.o.Limit() <= 0 {
		return known
	}
	p.mu.Lock()
	told := p.told[name]
	if len(p.told) < maxPrefixes {
		p.told[name] = true
	}
	p.mu.Unlock()
	if !told {
		p.unknown(name)
	}
	return price.Dearest()
}

// settle writes down what the request has cost, as far as that is known.
func (b *bought) settle(ctx context.Context, end ending) {
	var used price.Tokens
	switch {
	case end.usage != nil:
		u := *end.usage
		if !end.whole { // the provider says the last word about the output at the end alone
			u.Output = max(u.Output, int(b.count.Count(b.prompt.Language, end.text.String())))
		}
		used = price.Tokens{Input: u.Input, CacheRead: u.CacheRead, CacheWrite5m: u.CacheWrite5m, CacheWrite1h: u.CacheWrite1h, Output: u.Output}
		if u.CacheRead+u.CacheWrite5m+u.CacheWrite1h > 0 {
			b.remember(b.size.prefix)
		}
	case !end.whole && (ctx.Err() != nil || !turnedDown(end.err)):
		used = b.guess()
	}
	x := store.Spent{Tokens: used}
	if used != (price.Tokens{}) {
		x.Requests, x.Cost = 1, store.MicroUSDOf(b.price.USD(used))
	}
	b.purse.Settle(b.hold, b.model, x, b.warming)
}

// turnedDown reports whether a request that said nothing of its cost ended in
// an error before the model began. One that was left, or that ran out of time,
// may be billed.
func turnedDown(err error) bool {
	return err != nil && !errors.Is(err, model.ErrTimeout) && !errors.Is(err, model.ErrIncomplete) && !errors.Is(err, context.Canceled)
}

// guess is what a request has cost that was left before the provider said it:
// the prompt, read from the cache as far as it was there a moment ago.
func (b *bought) guess() price.Tokens {
	t := price.Tokens{Input: b.size.rest}
	b.mu.Lock()
	at, known := b.prefixes[b.size.prefix]
	b.mu.Unlock()
	if known && within(b.now().Sub(at), cached) {
		t.CacheRead = b.size.rules + b.size.blocks
	} else {
		t.CacheWrite1h, t.CacheWrite5m = b.size.rules, b.size.blocks
	}
	return t
}

// A size is what a prompt counts, in tokens by the estimate.
type size struct {
	rules, blocks, rest int
	prefix              [sha256.Size]byte // names the rules and the blocks
}

// measure estimates what a prompt counts. Blocks stay the same for many
// requests, so their counts are kept.
func (p *Payer) measure(prompt model.Prompt) size {
	h := sha256.New()
	_, _ = io.WriteString(h, prompt.Model+"\n") // it never fails, and neither does the next
	s := size{rules: int(p.count.Count("markdown", prompt.Rules))}
	for _, b := range prompt.Blocks {
		_, _ = io.WriteString(h, b.ID+"\n")
		s.blocks += int(p.block(b))
	}
	s.prefix = [sha256.Size]byte(h.Sum(nil))
	s.rest = int(prompt.CountRest(p.count)) + formTokens
	return s
}

// block is what a block counts.
func (p *Payer) block(b model.Block) tokens.Count {
	p.mu.Lock()
	n, known := p.blocks[b.ID]
	p.mu.Unlock()
	if known && b.ID != "" {
		return n
	}
	n = b.Count(p.count)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.blocks) >= maxBlocks {
		clear(p.blocks) // counting all anew now and then costs less than knowing which to drop
	}
	p.blocks[b.ID] = n
	return n
}

// remember notes that the provider has a prefix cached.
func (p *Payer) remember(prefix [sha256.Size]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.prefixes[prefix]; !known && len(p.prefixes) >= maxPrefixes {
		clear(p.prefixes)
	}
	p.prefixes[prefix] = p.now()
}

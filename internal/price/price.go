// Package price says what models cost, as data.
package price

import "strings"

// A Price says what a model takes, in US dollars per million tokens.
type Price struct {
	Input        float64 // prompt tokens that touch no cache
	Output       float64
	CacheWrite5m float64 // prompt tokens written to the cache for five minutes
	CacheWrite1h float64 // prompt tokens written to the cache for an hour
	CacheRead    float64

	// Step is the number of prompt tokens, cached ones included, above which the
	// whole request is billed at Above; 0 where the price has no step.
	Step  int
	Above *Price
}

// Tokens counts the tokens of a request as they are billed. The prompt's size
// is the sum of all but Output.
type Tokens struct {
	Input        int
	CacheRead    int
	CacheWrite5m int
	CacheWrite1h int
	Output       int
}

// million is the number of tokens that a Price speaks of.
const million = 1e6

// USD returns what t costs, in US dollars.
func (p Price) USD(t Tokens) float64 {
	prompt := t.Input + t.CacheRead + t.CacheWrite5m + t.CacheWrite1h
	if p.Above != nil && prompt > p.Step {
		return p.Above.USD(t)
	}
	return (float64(t.Input)*p.Input +
		float64(t.CacheRead)*p.CacheRead +
		float64(t.CacheWrite5m)*p.CacheWrite5m +
		float64(t.CacheWrite1h)*p.CacheWrite1h +
		float64(t.Output)*p.Output) / million
}

// batched is what a batch takes of the price of each token.
const batched = 0.5

// Batch is the price of the same tokens in a batch, which is answered within a
// day and costs half of all of it.
func (p Price) Batch() Price {
	half := Price{
		Input: batched * p.Input, Output: batched * p.Output, CacheRead: batched * p.CacheRead,
		CacheWrite5m: batched * p.CacheWrite5m, CacheWrite1h: batched * p.CacheWrite1h, Step: p.Step,
	}
	if p.Above != nil {
		half.Above = new(p.Above.Batch())
	}
	return half
}

// The list prices of the first-party API as Anthropic's model and pricing pages
// gave them in October 2026. Regions and other clouds cost something else. A
// model is left out when its price was not published there: an unknown price is
// said to be unknown, and never guessed.
var prices = map[string]Price{
	"claude-haiku-5-5": {
		Input: .10, Output: .50, CacheWrite5m: .125, CacheWrite1h: .20, CacheRead: .01,
		Step:  100_000,
		Above: &Price{Input: .50, Output: 2.50, CacheWrite5m: .625, CacheWrite1h: 1, CacheRead: .05},
	},
	"claude-haiku-4-5": {Input: 1, Output: 5, CacheWrite5m: 1.25, CacheWrite1h: 2, CacheRead: .10},

	// The cache read of Sonnet 5.5 was reported by others (5 % of the input), not
	// read on the page itself.
	"claude-sonnet-5-5": {Input: 2, Output: 10, CacheWrite5m: 2.50, CacheWrite1h: 4, CacheRead: .10},
	"claude-sonnet-5":   {Input: 2, Output: 10, CacheWrite5m: 2.50, CacheWrite1h: 4, CacheRead: .20},

	// The cache writes of Opus 5.5 follow from the general rule: 1.25 and 2 times
	// the input.
	"claude-opus-5-5": {Input: 4, Output: 20, CacheWrite5m: 5, CacheWrite1h: 8, CacheRead: .20},
	"claude-opus-5":   {Input: 5, Output: 25, CacheWrite5m: 6.25, CacheWrite1h: 10, CacheRead: .50},
	"claude-opus-4-8": {Input: 5, Output: 25, CacheWrite5m: 6.25, CacheWrite1h: 10, CacheRead: .50},
	"claude-opus-4-7": {Input: 5, Output: 25, CacheWrite5m: 6.25, CacheWrite1h: 10, CacheRead: .50},
	"claude-opus-4-6": {Input: 5, Output: 25, CacheWrite5m: 6.25, CacheWrite1h: 10, CacheRead: .50},

	"claude-fable-5-1": {Input: 10, Output: 50, CacheWrite5m: 12.50, CacheWrite1h: 20, CacheRead: .25},
}

// Lookup returns the list price of a model by its id. Ids may carry a date
// ("claude-haiku-4-5-20251001", or with "@" as on Vertex) or "-latest". It is
// false for models whose price is not known, those of other clouds' regions
// and of local servers among them.
func Lookup(model string) (Price, bool) {
	id := strings.ToLower(strings.TrimSpace(model))
	if p, ok := prices[id]; ok {
		return p, true
	}
	p, ok := prices[undated(id)]
	return p, ok
}

// Dearest is the price that no model of the table exceeds in any kind of token:
// what an unknown model counts as where a budget must hold.
func Dearest() Price {
	var d Price
	for _, p := range prices {
		if p.Above != nil {
			p = *p.Above
		}
		d.Input, d.Output = max(d.Input, p.Input), max(d.Output, p.Output)
		d.CacheWrite5m, d.CacheWrite1h = max(d.CacheWrite5m, p.CacheWrite5m), max(d.CacheWrite1h, p.CacheWrite1h)
		d.CacheRead = max(d.CacheRead, p.CacheRead)
	}
	return d
}

// undated cuts a date or "latest" off the end of a model id. A further version
// number is not cut: claude-opus-5-7 is another model than claude-opus-5.
func undated(id string) string {
	i := strings.LastIndexAny(id, "-@")
	if i < 0 {
		return id
	}
	last := id[i+1:]
	if last == "latest" || len(last) == len("20251001") && strings.Trim(last, "0123456789") == "" {
		return id[:i]
	}
	return id
}

package claude

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// Warm has the API fill its prompt cache with what of p ends in a breakpoint,
// and answer nothing. It pays for that part as for any prompt, and for no
// output; usage says how much. A Stream of a prompt with the same beginning
// reads the cache then. What it compresses for that is kept as well.
//
// Nothing is sent, and the usage is zero, where there is nothing to fill or
// nobody who would do it: a prompt without rules and breakpoints, a model that
// is not Claude, and one for which the endpoint turned such a request down
// before. Errors are those of Stream.
func (c *Client) Warm(ctx context.Context, p model.Prompt) (model.Usage, error) {
	id := p.Model
	if id == "" {
		id = c.opts.Model
	}
	if _, refused := c.cold.Load(id); refused || !claudes(id) || !cacheable(p) {
		return model.Usage{}, nil
	}
	o, err := c.whole(ctx, c.endpoint, p, toWarm)
	var status *StatusError
	if errors.As(err, &status) && status.Kind() == model.ErrInvalidRequest && status.Status == http.StatusBadRequest { //nolint:errorlint // Kind returns the very error
		c.cold.Store(id, true)
	}
	if err != nil {
		return model.Usage{}, err
	}
	var d decoder
	if u := d.count(o.Usage); u != nil {
		return *u, nil
	}
	return model.Usage{}, fmt.Errorf("%w: the answer does not say what it has cost", model.ErrIncomplete)
}

// cacheable reports whether a request for p has a breakpoint.
func cacheable(p model.Prompt) bool {
	if !blank(p.Rules) {
		return true
	}
	for _, b := range p.Blocks {
		if b.Breakpoint {
			return true
		}
	}
	return false
}

// CountTokens returns how many tokens p has by the API's own count, which costs
// nothing and has a rate limit of its own. It sends all of p. An endpoint that
// does not count is asked once; the error is errors.ErrUnsupported from then
// on. Other errors are those of Stream.
func (c *Client) CountTokens(ctx context.Context, p model.Prompt) (int, error) {
	if c.uncounted.Load() {
		return 0, fmt.Errorf("%s does not count tokens: %w", c.base.Host, errors.ErrUnsupported)
	}
	o, err := c.whole(ctx, c.counting, p, toCount)
	var status *StatusError
	if errors.As(err, &status) && (status.Status == http.StatusNotFound || status.Status == http.StatusMethodNotAllowed) {
		c.uncounted.Store(true)
		return 0, fmt.Errorf("%s does not count tokens: %w: %w", c.base.Host, errors.ErrUnsupported, err)
	}
	if err != nil {
		return 0, err
	}
	if o.Tokens == nil || *o.Tokens <= 0 {
		return 0, fmt.Errorf("%w: the answer holds no count", model.ErrIncomplete)
	}
	return *o.Tokens, nil
}

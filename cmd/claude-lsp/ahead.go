package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/link"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// What the provider does beside answering: it fills the prompt cache ahead,
// measures the link, and corrects the estimate of tokens.

// Warm has the frozen part of a prompt read into the provider's cache, so that
// the first keystroke finds it there. It costs what writing costs. The error
// says why it was in vain; the next keystroke pays then.
func (p *provider) Warm(ctx context.Context, prompt model.Prompt) (model.Usage, error) {
	if kind := p.kind(); kind != config.ProviderClaude {
		return model.Usage{}, fmt.Errorf("%w: %s has no cache to be warmed", model.ErrConfig, kind)
	}
	client, err := p.claude()
	if err != nil {
		return model.Usage{}, err
	}
	w := p.way()
	if !w.paid.FirstWell() {
		return model.Usage{}, fmt.Errorf("%w: a standby answers, whose cache is another", model.ErrUnavailable)
	}
	if err := w.pace.Admit(ctx, model.Prewarm); err != nil {
		return model.Usage{}, err
	}
	return rekeyed(ctx, p.keys.keeperNow(), func() (model.Usage, error) {
		return p.payer.Warm(ctx, prompt, p.settings.For("").Model, client.Warm)
	})
}

// window is how many tokens a prompt may have, by the setting
// context.windowTokens and, with "auto", by what the link has shown so far.
func (p *provider) window(w config.WindowTokens) tokens.Count {
	if !w.Auto || p.kind() != config.ProviderClaude {
		return tokens.Count(w.Max)
	}
	p.mu.Lock()
	measured := p.link
	p.mu.Unlock()
	return tokens.Count(measured.Tokens(w.Max))
}

// sample is a request as the link sees it. It is false for a prompt that was
// mostly written to the cache: that takes long for another reason.
func sample(t claude.Transfer) (link.Sample, bool) {
	u := t.Usage
	written := u.CacheWrite5m + u.CacheWrite1h
	prompt := u.Input + u.CacheRead + written
	return link.Sample{Tokens: prompt, Upload: t.Upload, FirstByte: t.FirstByte}, 2*written < prompt
}

// How often prompts are counted by the provider. The estimate errs upwards by
// itself, so nothing is urgent; a count sends the whole prompt once more.
const (
	countPause = time.Minute
	countFrom  = 4_000 // tokens; a smaller prompt is far from every bound
)

// A counter has the provider count a prompt now and then, and corrects the
// estimate by it.
type counter struct {
	estimate *tokens.Estimator

	mu   sync.Mutex
	last time.Time
	of   [sha256.Size]byte // the frozen part that was counted last
	work sync.WaitGroup
	stop context.CancelFunc
	life context.Context
}

func newCounter(e *tokens.Estimator) *counter {
	c := &counter{estimate: e}
	c.life, c.stop = context.WithCancel(context.Background())
	return c
}

// due reports whether p should be counted now, and takes note that it will be:
// once for each frozen part, and not too often.
func (c *counter) due(p model.Prompt, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.life.Err() != nil || !c.last.IsZero() && now.Sub(c.last) < countPause {
		return false
	}
	frozen := sha256.New()
	for _, b := range p.Blocks {
		_, _ = io.WriteString(frozen, b.ID+"\n")
	}
	of := [sha256.Size]byte(frozen.Sum(nil))
	if of == c.of || p.Count(c.estimate) < countFrom {
		return false
	}
	c.last, c.of = now, of
	return true
}

// count asks count for the tokens of p, in the background, and learns.
func (c *counter) count(p model.Prompt, count func(context.Context, model.Prompt) (int, error), log *zap.Logger) {
	if !c.due(p, time.Now()) {
		return
	}
	c.work.Go(func() {
		ctx, cancel := context.WithTimeout(c.life, 30*time.Second)
		defer cancel()
		before := p.Count(c.estimate)
		n, err := count(ctx, p)
		switch {
		case err == nil:
			c.estimate.Observe(before, tokens.Count(n))
			log.Debug("a prompt was counted", zap.Int("estimated", int(before)), zap.Int("counted", n))
		case c.life.Err() == nil && !errors.Is(err, errors.ErrUnsupported):
			log.Debug("a prompt was not counted", zap.String("error", model.ForLog(err)))
		}
	})
}

// close ends what is under way.
func (c *counter) close() {
	c.mu.Lock()
	c.stop()
	c.mu.Unlock()
	c.work.Wait()
}

// A counting is a client whose prompts are counted now and then, once the answer
// is over: the way is free then.
type counting struct {
	p      *provider
	client *claude.Client
}

// Stream implements model.Streamer.
func (c counting) Stream(ctx context.Context, prompt model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		answered := false
		for chunk, err := range c.client.Stream(ctx, prompt) {
			answered = answered || chunk.Text != ""
			if !yield(chunk, err) {
				break
			}
		}
		if answered {
			c.p.counter.count(prompt, func(ctx context.Context, prompt model.Prompt) (int, error) {
				if err := c.p.way().pace.Admit(ctx, model.Background); err != nil {
					return 0, err
				}
				return c.client.CountTokens(ctx, prompt)
			}, c.p.log)
		}
	}
}

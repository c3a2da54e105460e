package main

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/budget"
	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/embedded"
	"github.com/claude-lsp/claude-lsp/internal/link"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// A provider is the model.Streamer that the settings name at the moment of the
// request, so that a change of settings needs no restart.
//
// Who answers, where and with which key is taken from the user's own settings
// and the environment alone, never from a folder's: see invariant 10.
type provider struct {
	settings *config.Loader
	embedded *embedded.Model
	log      *zap.Logger
	keys     *keys
	spent    *spent
	figures  func() *figures // nil: nobody can read them
	payer    *budget.Payer
	answers  *answers                  // kept ones; nil: none are used or kept
	corpus   func(ctx context.Context) // blocks until the embedded model knows the workspace, or ctx ends

	counter *counter
	ways    ways

	mu     sync.Mutex
	client *claude.Client
	made   clientKey       // what client was made from
	link   *link.Window    // what is known of the way to made.baseURL
	plain  map[string]bool // the addresses that turned compressed requests down
	up     int             // bits a second that the uplink has shown to carry; 0: not known
}

// clientKey is what a claude.Client depends on.
type clientKey struct {
	baseURL  string
	model    string
	timeouts config.Timeouts
	gzip     config.Gzip
}

func newProvider(settings *config.Loader, m *embedded.Model, e *tokens.Estimator, log *zap.Logger) *provider {
	return &provider{
		settings: settings, embedded: m, log: log, counter: newCounter(e),
		keys: &keys{settings: settings, log: log}, figures: func() *figures { return nil }, link: link.New(nil), plain: map[string]bool{},
	}
}

// kind is who answers: auto is decided by whether there is a key, or a place
// for one is named.
func (p *provider) kind() config.Provider {
	cfg := p.settings.For("")
	if cfg.Provider != config.ProviderAuto {
		return cfg.Provider
	}
	if p.keys.told() {
		return config.ProviderClaude // a key that cannot be used is told, not passed over
	}
	return config.ProviderEmbedded
}

// usesEmbedded reports whether the embedded model may be asked.
func (p *provider) usesEmbedded() bool {
	return p.kind() == config.ProviderEmbedded || p.settings.For("").Fallback == config.FallbackEmbedded
}

// name is what the status shows for a folder.
func (p *provider) name(folder string) (string, string) {
	switch kind := p.kind(); kind {
	case config.ProviderEmbedded:
		return string(kind), "embedded"
	default:
		return string(kind), p.settings.For(folder).Model
	}
}

// claude returns the client for the present settings.
func (p *provider) claude() (*claude.Client, error) {
	cfg := p.settings.For("")
	want := clientKey{baseURL: cfg.Claude.BaseURL, model: cfg.Model, timeouts: cfg.Claude.Timeouts, gzip: cfg.Context.Gzip}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client != nil && p.made == want {
		return p.client, nil
	}
	if p.client != nil && p.client.RefusesGzip() {
		p.plain[p.made.baseURL] = true // until the process ends, whatever is set meanwhile
	}
	gzip := map[config.Gzip]claude.Gzip{config.GzipAlways: claude.GzipAlways, config.GzipNever: claude.GzipNever}[want.gzip]
	if p.plain[want.baseURL] {
		gzip = claude.GzipNever
	}
	measured := p.link
	if want.baseURL != p.made.baseURL || want.model != p.made.model {
		measured = link.New(nil) // another way, and another model's pace
	}
	client, err := claude.New(claude.Options{
		Key:       p.keys.key,
		BaseURL:   want.baseURL,
		Model:     want.model,
		UserAgent: "claude-lsp/" + version,
		Timeouts: claude.Timeouts{
			Connect:   want.timeouts.Connect,
			FirstByte: want.timeouts.FirstByte,
			Total:     want.timeouts.Total,
		},
		Gzip: gzip,
		Observe: func(t claude.Transfer) {
			if s, ok := sample(t); ok {
				measured.Observe(s)
			}
			p.figures().transferred(t)
			p.noteLink(want.baseURL, t, measured)
		},
		Limits: func(l model.Limits) { p.way().pace.Limits(l) },
		Log:    p.log,
	})
	if err != nil {
		return nil, err
	}
	if p.client != nil {
		p.client.Close()
	}
	p.client, p.made, p.link = client, want, measured
	return client, nil
}

// Stream implements model.Streamer.
func (p *provider) Stream(ctx context.Context, prompt model.Prompt) iter.Seq2[model.Chunk, error] {
	switch kind := p.kind(); kind {
	case config.ProviderEmbedded:
		return p.continued(ctx, prompt)
	case config.ProviderClaude:
		return p.way().Stream(ctx, prompt)
	default:
		return broken{fmt.Errorf("%w: provider = %q has no effect yet; use \"claude\" or \"embedded\"", model.ErrConfig, kind)}.Stream(ctx, prompt)
	}
}

// continued asks the embedded model, once it has read the workspace.
func (p *provider) continued(ctx context.Context, prompt model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		p.corpus(ctx)
		for chunk, err := range p.embedded.Stream(ctx, prompt) {
			if !yield(chunk, err) {
				return
			}
		}
	}
}

// ready gets the key ahead of the first request.
func (p *provider) ready(ctx context.Context) {
	if p.kind() == config.ProviderClaude {
		_, _ = p.keys.key(ctx) // the first request says what is wrong with it
	}
}

// connect opens the connection ahead of the first request.
func (p *provider) connect(ctx context.Context) {
	if p.kind() != config.ProviderClaude {
		return
	}
	client, err := p.claude()
	if err != nil {
		return // the first request will say so
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := client.Connect(ctx); err != nil {
		p.log.Debug("the connection was not opened ahead", zap.Error(err))
	}
}

func (p *provider) close() {
	p.counter.close()
	p.ways.close()
	defer p.keys.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client != nil {
		p.client.Close()
	}
}

// broken is a model.Streamer that cannot answer.
type broken struct{ err error }

// Stream implements model.Streamer.
func (b broken) Stream(context.Context, model.Prompt) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) { yield(model.Chunk{}, b.err) }
}

// modelNames are the models that a person may choose in the editor.
func modelNames() []string { return claude.Models() }

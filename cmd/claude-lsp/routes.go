package main

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"reflect"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/route"
)

// The names of endpoints, for figures: an address may tell where somebody
// works.
const (
	firstEndpoint    = "first"
	allOfClaude      = "claude" // the first and its standbys, where the embedded model stands behind them
	embeddedEndpoint = "embedded"
)

// A way is how requests reach Claude under one state of the settings: the
// policies round all endpoints. Docs/decisions/014-route.md says why they are
// stacked so.
type way struct {
	model.Streamer
	made     wayKey
	paid     *route.Standby
	pace     *route.Pace // of the first endpoint
	standbys []*claude.Client
	keepers  []*credentials.Keeper // of the standbys' keys
}

// wayKey is what a way depends on. What only its clients depend on replaces
// them and not the way, so that breakers and paces go on.
type wayKey struct {
	baseURL, model string
	timeouts       config.Timeouts // of the standbys
	standby        []config.Endpoint
	hedge          bool
	fallback       config.Fallback
}

// ways keeps the present way.
type ways struct {
	counts route.Counts

	mu     sync.Mutex
	now    *way
	closed bool

	closing sync.WaitGroup // keepers of keys, which may have to tell a vault
}

// way returns the one for the present settings.
func (p *provider) way() *way {
	cfg := p.settings.For("")
	want := wayKey{
		baseURL: cfg.Claude.BaseURL, model: cfg.Model, timeouts: cfg.Claude.Timeouts,
		standby: cfg.Claude.Standby, hedge: cfg.Claude.Hedge, fallback: cfg.Fallback,
	}
	p.ways.mu.Lock()
	defer p.ways.mu.Unlock()
	if before := p.ways.now; before != nil {
		if p.ways.closed || reflect.DeepEqual(before.made, want) {
			return before
		}
		before.close(&p.ways.closing)
	}
	p.ways.now = p.newWay(want)
	return p.ways.now
}

// newWay stacks the policies: see package route.
func (p *provider) newWay(key wayKey) *way {
	w := &way{made: key}
	w.pace = route.NewPace(streamer(p.first), route.PaceOptions{Name: firstEndpoint, Observe: p.routed})
	endpoints := []route.Endpoint{{Name: firstEndpoint, Model: w.pace}}
	for i, e := range key.standby {
		name := standbyName(i)
		s, err := p.standby(w, name, e, key)
		if err != nil {
			p.log.Warn("a standby cannot be asked", zap.String("endpoint", name), zap.Error(err))
			s = broken{err}
		}
		endpoints = append(endpoints, route.Endpoint{Name: name, Model: s})
	}
	w.paid = route.NewStandby(endpoints, route.StandbyOptions{Observe: p.routed})
	all := model.Streamer(w.paid)
	if key.hedge && len(endpoints) > 1 {
		all = route.NewHedge(all, endpoints[1].Model, route.HedgeOptions{
			Name: firstEndpoint, Standby: endpoints[1].Name, If: w.paid.FirstWell, Observe: p.routed,
		})
	}
	all = route.NewRetry(all, route.RetryOptions{Observe: p.routed})
	if key.fallback == config.FallbackEmbedded {
		all = route.NewStandby([]route.Endpoint{
			{Name: allOfClaude, Model: all},
			{Name: embeddedEndpoint, Model: streamer(p.continued), Takes: func(err error) bool {
				return !errors.Is(err, model.ErrRefused) && !errors.Is(err, model.ErrShed)
			}},
		}, route.StandbyOptions{
			// Those within hold back the signs of life: what is seen here is text.
			Probe: 5 * time.Second, Silence: time.Minute, Observe: p.routed,
		})
	}
	w.Streamer = route.NewUseful(all, route.UsefulOptions{})
	return w
}

// close closes the clients of the standbys and, in the background because a
// keystroke may wait, who keeps their keys. Those of the first endpoint are the
// provider's.
func (w *way) close(background *sync.WaitGroup) {
	for _, c := range w.standbys {
		c.Close()
	}
	for _, k := range w.keepers {
		background.Go(k.Close)
	}
}

func (w *ways) close() {
	w.mu.Lock()
	if w.now != nil && !w.closed {
		w.now.close(&w.closing)
	}
	w.closed = true
	w.mu.Unlock()
	w.closing.Wait()
}

// A streamer is a function as a model.Streamer.
type streamer func(context.Context, model.Prompt) iter.Seq2[model.Chunk, error]

// Stream implements model.Streamer.
func (s streamer) Stream(ctx context.Context, p model.Prompt) iter.Seq2[model.Chunk, error] {
	return s(ctx, p)
}

// first asks the first endpoint, by the client for the present settings.
func (p *provider) first(ctx context.Context, prompt model.Prompt) iter.Seq2[model.Chunk, error] {
	client, err := p.claude()
	if err != nil {
		return broken{err}.Stream(ctx, prompt)
	}
	cfg := p.settings.For("")
	paid := p.payer.Over(rekeying{p.keys.keeperNow, metered{p.figures, firstEndpoint, counting{p, client}}, p.log}, cfg.Model)
	return p.cached(paid, cfg).Stream(ctx, prompt)
}

// standby makes what asks a standby endpoint, within its limits.
func (p *provider) standby(w *way, name string, e config.Endpoint, key wayKey) (model.Streamer, error) {
	var pace *route.Pace
	keeper := credentials.NewKeeper(sourceOf(e.Credentials), p.log)
	client, err := claude.New(claude.Options{
		Key:       func(ctx context.Context) (credentials.Key, error) { return keyOf(ctx, keeper) },
		BaseURL:   e.BaseURL,
		Model:     cmp.Or(e.Model, key.model),
		UserAgent: "claude-lsp/" + version,
		Timeouts:  claude.Timeouts{Connect: key.timeouts.Connect, FirstByte: key.timeouts.FirstByte, Total: key.timeouts.Total},
		Observe:   func(t claude.Transfer) { p.figures().transferred(t) },
		Limits:    func(l model.Limits) { pace.Limits(l) },
		Log:       p.log,
	})
	if err != nil {
		return nil, err
	}
	w.standbys, w.keepers = append(w.standbys, client), append(w.keepers, keeper)
	asked := cmp.Or(e.Model, key.model)
	pace = route.NewPace(withModel(p.payer.Over(rekeying{func() *credentials.Keeper { return keeper }, metered{p.figures, name, client}, p.log}, asked), e.Model), route.PaceOptions{Name: name, Observe: p.routed})
	return pace, nil
}

// withModel asks for another model than the prompt does, where name is not "",
// and says so of what was spent: it has a price of its own.
func withModel(next model.Streamer, name string) model.Streamer {
	if name == "" {
		return next
	}
	return streamer(func(ctx context.Context, prompt model.Prompt) iter.Seq2[model.Chunk, error] {
		prompt.Model = name
		return func(yield func(model.Chunk, error) bool) {
			for chunk, err := range next.Stream(ctx, prompt) {
				if chunk.Usage != nil {
					u := *chunk.Usage
					u.Model = name
					chunk.Usage = &u
				}
				if !yield(chunk, err) {
					return
				}
			}
		}
	})
}

// routed takes in what a policy did: it is counted and logged. What it has cost
// the payer knows, who stands below all policies.
func (p *provider) routed(e route.Event) {
	p.ways.counts.Observe(e)
	p.figures().routed(e)
	fields := []zap.Field{zap.String("endpoint", e.Endpoint), zap.String("trouble", string(e.Trouble)), zap.Stringer("priority", e.Priority)}
	switch e.Kind {
	case route.Switched:
		level := zap.WarnLevel
		if e.State == route.Open {
			level = zap.DebugLevel // it was said when that one went down
		}
		p.log.Log(level, "another endpoint is asked instead", fields...)
	case route.Breaker:
		p.log.Info("the breaker of an endpoint", zap.String("endpoint", e.Endpoint), zap.String("state", string(e.State)))
	case route.Retried:
		p.log.Debug("a request is put again", append(fields, zap.Duration("after", e.Wait))...)
	default:
		p.log.Debug("route: "+string(e.Kind), fields...)
	}
}

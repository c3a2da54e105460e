package main

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/budget"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/embedded"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/record"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/store"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// A house is all the parts, wired together.
type house struct {
	log       *zap.Logger
	level     zap.AtomicLevel
	settings  *config.Loader
	store     *lazyStore
	spent     *spent
	purse     *budget.Purse
	user      atomic.Pointer[user]    // who is told of what happens in the background; nil is nobody
	decisions *decisions              // nil: none are written down
	figures   atomic.Pointer[figures] // nil: nobody can read them
	exposing  chan struct{}           // holds one when the settings have changed; nil: nobody can ever read figures
	tokens    *tokens.Estimator
	workspace *workspace
	provider  *provider
	window    *doccontext.Collector
	engine    *completion.Engine
	recorder  *record.Recorder                            // nil: nothing is recorded
	offline   bool                                        // see houseOptions
	indexed   func(context.Context) (indexFigures, error) // what the store keeps of the index; nil: none is kept

	stop context.CancelFunc
	work sync.WaitGroup
}

type houseOptions struct {
	alsoLog zapcore.Core              // nil: none
	observe func(r completion.Report) // nil: none; called after the house's own
	quiet   bool                      // only errors are logged
	exposed bool                      // figures can be read where the settings say so
	offline bool                      // nobody will be asked, so no connection is opened ahead
	clock   clock                     // the engine's
	key     []byte                    // of the stand-ins for secrets; nil: one of this process
	answers bool                      // answers are kept between runs, and taken from there
	record  io.Writer                 // where the sitting is written down; nil: nowhere
}

// openHouse makes the parts. It opens no connection, no store and no file but
// the settings; start does.
func openHouse(o houseOptions) *house {
	h := &house{tokens: tokens.NewEstimator(), offline: o.offline}
	if o.exposed {
		h.exposing = make(chan struct{}, 1)
	}
	h.settings = config.New(config.Options{UserFile: config.UserFile(os.Environ()), Environ: os.Environ(), Price: promptPrice})
	cfg := h.settings.For("")
	var also []zapcore.Core
	if o.alsoLog != nil {
		also = append(also, o.alsoLog)
	}
	if o.quiet {
		cfg.Log.Level = config.LogError
	}
	log, level, trouble := newLog(cfg.Log, also...)
	h.log, h.level = log, level
	if trouble != nil {
		log.Warn("the log", zap.Error(trouble))
	}
	h.store = &lazyStore{log: log}
	h.spent = newSpent(h.store)
	h.spent.observe = func(name string, x store.Spent, warming bool) { h.figures.Load().paid(name, x, warming) }
	local := embedded.New(embedded.Options{})
	h.provider = newProvider(h.settings, local, h.tokens, log)
	h.provider.figures = h.figures.Load
	h.purse = h.newPurse()
	h.provider.spent, h.provider.payer = h.spent, budget.NewPayer(h.purse, h.tokens, h.unpriced)
	kept := entries{h.store, h.settings, log}
	if kept.limit() > 0 {
		h.indexed = kept.figures
	}
	secrets := newRedactor(cfg, o.key)
	h.workspace = newWorkspace(h.settings, local, h.provider, secrets, kept, log)
	if o.answers {
		h.provider.answers = newAnswers(h.store)
	}
	h.provider.corpus = h.workspace.indexed
	parts := record.Parts{Model: h.provider, Clock: o.clock, Observe: func(r completion.Report) {
		h.observe(r)
		if o.observe != nil {
			o.observe(r)
		}
	}}
	if o.record != nil {
		h.recorder = record.New(o.record, record.Options{Program: version, Platform: runtime.GOOS + "/" + runtime.GOARCH, Clock: parts.Clock, Log: log})
		parts = h.recorder.Around(parts)
	}
	ranker := rank.New(rank.Options{Index: h.workspace.index, Text: h.workspace.text})
	h.window = newWindow(h.tokens, o.clock, secrets, func(ctx context.Context, q rank.Query) rank.Ranking {
		if h.provider.kind() == config.ProviderEmbedded {
			return rank.Ranking{} // it has read the workspace itself
		}
		// With two processors, two goroutines that reckon would make a key wait for
		// its turn: the reading of the workspace sleeps meanwhile.
		defer h.workspace.turns.take()()
		return ranker.Rank(ctx, q)
	})
	options := engineOptions(parts, h.window, secrets, h.tokens)
	options.NewID, options.Warm, options.Warmed = rand.Text, h.provider.Warm, h.warmed
	options.Prepare = func(r doccontext.Request) {
		h.ready()
		h.window.Prepare(r)
	}
	h.engine = completion.New(options)
	return h
}

// newRedactor makes what takes secrets out of text and puts them back. Its key
// is this process's unless one is given, so nobody can have learned a stand-in
// before.
func newRedactor(cfg config.Config, key []byte) *redact.Redactor {
	if key == nil {
		key = []byte(rand.Text())
	}
	home, _ := os.UserHomeDir() // without one, homes are known by their usual places alone
	return redact.New(redact.Options{Key: key, Allow: cfg.Redact.Allow, Home: home})
}

// newWindow makes what chooses the windows. With a rank of nil there is no
// workspace.
func newWindow(counts *tokens.Estimator, clock completion.Clock, secrets *redact.Redactor, ranks func(context.Context, rank.Query) rank.Ranking) *doccontext.Collector {
	return doccontext.New(doccontext.Options{
		Rank:   ranks,
		Redact: func(path, text string) string { clean, _ := secrets.Text(path, text); return clean },
		Secret: secrets.SecretFile,
		Tokens: counts,
		Now:    clock.Now,
	})
}

// engineOptions are those of the house's engine, and of the one that replays.
func engineOptions(p record.Parts, window *doccontext.Collector, secrets *redact.Redactor, counts *tokens.Estimator) completion.Options {
	return completion.Options{
		Model: p.Model, Window: window.Window, Prepare: window.Prepare, Undo: secrets.Undo, Clock: p.Clock, Tokens: counts, Observe: p.Observe,
	}
}

// start begins what goes on in the background: watching the settings, getting
// the key and opening the connection ahead of the first request.
func (h *house) start(ctx context.Context, settingsChanged func()) {
	ctx, h.stop = context.WithCancel(ctx)
	h.work.Go(func() {
		h.settings.Watch(ctx, func() {
			h.level.SetLevel(logLevel(h.settings.For("").Log.Level))
			h.workspace.settingsChanged()
			settingsChanged()
			if !h.offline {
				h.work.Go(func() { h.provider.ready(ctx) })
			}
			select {
			case h.exposing <- struct{}{}:
			default: // it is told already
			}
		})
	})
	if !h.offline { // a command or a keyring is not asked for a key that nobody needs
		h.work.Go(func() { h.provider.ready(ctx) })
		h.work.Go(func() { h.provider.connect(ctx) })
	}
	h.work.Go(func() { inBackground(func() { h.workspace.run(ctx) }) })
	if h.exposing != nil {
		h.work.Go(func() { h.expose(ctx) })
	}
}

func (h *house) close() {
	if h.stop != nil {
		h.stop()
	}
	h.work.Wait()
	h.window.Close() // first: who waits for a ranking waits no longer
	h.engine.Close() // its streams are the provider's, and what they cost is still to be written down
	if h.recorder != nil {
		h.recorder.Close()
	}
	h.provider.close()
	h.purse.Close()
	h.spent.close()
	h.store.close()
	_ = h.log.Sync()
}

// ready has the store opened, and a part of the budget borrowed, before the
// first key needs them. It returns at once.
func (h *house) ready() {
	if h.provider.kind() != config.ProviderClaude {
		return
	}
	h.purse.Ready()
	if a := h.provider.answers; a != nil {
		a.ready(h.settings.For("").Cache.MaxMB)
	}
}

// observe writes down how a request went. What it has cost is written down by
// who has paid for it; see internal/budget.
func (h *house) observe(r completion.Report) {
	h.log.Debug("request", zap.String("outcome", string(r.Outcome)), zap.String("reason", r.Reason),
		zap.String("source", string(r.Source)), zap.Bool("outlived", r.Outlived),
		zap.Duration("first", r.First), zap.Duration("total", r.Total))
	h.figures.Load().reported(r)
	kind := h.provider.kind()
	if h.decisions != nil && h.settings.For("").Cache.MaxMB > 0 {
		h.decisions.add(r, kind)
	}
}

// warmed logs that a prompt was cached ahead.
func (h *house) warmed(w completion.Warming) {
	h.log.Debug("a prompt was cached ahead", zap.Int("read", w.Usage.CacheRead), zap.Int("written", w.Usage.CacheWrite5m+w.Usage.CacheWrite1h),
		zap.String("trouble", string(model.TroubleOf(w.Err))))
}

// clock is the time of the machine. A speed other than 0 and 1 makes it run
// that many times as fast from the moment at which the process began.
type clock struct{ speed float64 }

// born is when the process began, with the monotonic clock's reading.
var born = time.Now()

func (c clock) Now() time.Time {
	if c.real() {
		return time.Now()
	}
	return born.Add(time.Duration(float64(time.Since(born)) * c.speed))
}

func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	if !c.real() {
		d = time.Duration(float64(d) / c.speed)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c clock) real() bool { return c.speed == 0 || c.speed == 1 }

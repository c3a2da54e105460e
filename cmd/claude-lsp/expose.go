package main

import (
	"context"
	"net"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/metrics"
)

// retryListen is how long an address that cannot be opened is left alone. The
// server of another editor may have it, until that one ends.
const retryListen = 15 * time.Second

// expose shows the figures at metrics.listen, as soon and for as long as an
// address is set there, until ctx ends. It follows the setting without a
// restart.
func (h *house) expose(ctx context.Context) {
	said := "" // the address that could not be opened, so that it is told once
	for ctx.Err() == nil {
		address := h.settings.For("").Metrics.Listen
		if address == "" {
			h.figures.Store(nil)
			h.waitExposing(ctx, nil)
			continue
		}
		l, err := metrics.Listen(ctx, address)
		if err == nil {
			said = ""
			err = h.showFigures(ctx, l, address)
		}
		if err == nil {
			continue // the setting has changed, or ctx has ended
		}
		if address != said && ctx.Err() == nil {
			said = address
			h.log.Warn("the figures of this server cannot be read at metrics.listen; another server may have the address, and it is tried again", zap.Error(err))
		}
		again := time.NewTimer(retryListen)
		h.waitExposing(ctx, again.C)
		again.Stop()
	}
}

// waitExposing waits until the settings have changed, or for what comes sooner.
func (h *house) waitExposing(ctx context.Context, again <-chan time.Time) {
	select {
	case <-ctx.Done():
	case <-h.exposing:
	case <-again:
	}
}

// showFigures shows the figures until the setting names another address than
// the one that l has, or ctx ends.
func (h *house) showFigures(ctx context.Context, l net.Listener, address string) error {
	f := h.figures.Load()
	if f == nil {
		f = h.newFigures()
		h.figures.Store(f)
	}
	h.log.Info("Prometheus can read the figures of this server", zap.Stringer("address", l.Addr()))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- f.registry.Serve(ctx, l) }()
	for {
		select {
		case err := <-ended:
			return err
		case <-h.exposing:
			if h.settings.For("").Metrics.Listen != address {
				cancel()
				return <-ended
			}
		}
	}
}

// newFigures makes figures that look at the parts of the house.
func (h *house) newFigures() *figures {
	return newFigures(sight{
		window: func() int { return int(h.provider.window(h.settings.For("").Context.WindowTokens)) },
		files:  h.workspace.index.Len,
		bytes:  h.workspace.index.Bytes,
		states: h.provider.ways.counts.States(),
	})
}

package main

import (
	"time"

	"github.com/claude-lsp/claude-lsp/internal/claude"
	"github.com/claude-lsp/claude-lsp/internal/link"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// A body must be this large, and its sending take this long, to say something
// about the uplink: what the system's buffers swallow takes no time.
const (
	telling      = 16 << 10
	tellingAfter = 5 * time.Millisecond
)

// noteLink writes down what is known of the way to an endpoint, for doctor and
// stats, which run in other processes. It does not wait.
func (p *provider) noteLink(baseURL string, t claude.Transfer, measured *link.Window) {
	cfg := p.settings.For("")
	if cfg.Cache.MaxMB == 0 {
		return
	}
	st := p.spent.store.open()
	if st == nil {
		return
	}
	s := measured.State()
	l := store.Link{
		Endpoint: endpointDigest(baseURL), At: time.Now(), Window: cfg.Context.WindowTokens.Max,
		FirstByte: t.FirstByte, Plain: int(t.Plain), Sent: int(t.Wire),
	}
	if s.Known {
		l.FirstByte, l.BySize = s.FirstByte, s.Cost
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if cfg.Context.WindowTokens.Auto {
		l.Window = min(s.Tokens, cfg.Context.WindowTokens.Max)
	}
	if t.Wire >= telling && t.Upload >= tellingAfter {
		p.up = int(float64(t.Wire) * 8 / t.Upload.Seconds())
	}
	l.Up = p.up
	l.Refused = p.plain[baseURL] || p.client != nil && p.made.baseURL == baseURL && p.client.RefusesGzip()
	st.SetLink(l)
}

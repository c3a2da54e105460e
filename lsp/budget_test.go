package lsp

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// Settings are cut down to what may be spent, the status says how far, and what
// is reached is said once.
func TestABudgetIsToldAndKept(t *testing.T) {
	var thrifty atomic.Bool
	asked := make(chan completion.Settings, 10)
	e := engine(func(ctx context.Context, r completion.Request) (completion.Answer, error) {
		asked <- r.Settings
		return completion.Answer{Outcome: completion.Empty}, nil
	})
	s := begin(t, e, editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}}, func(o *Options) {
		o.Fit = func(s completion.Settings) completion.Settings {
			if thrifty.Load() {
				s.InvokedOnly, s.WindowTokens = true, 1000
			}
			return s
		}
		o.Budget = func() *Budget {
			b := &Budget{DailyUSD: 2, SpentUSD: new(0.5), Step: "whole"}
			if thrifty.Load() {
				b.SpentUSD, b.Step = new(1.95), "invoked_only"
			}
			return b
		}
	})
	s.server.Warn("budget: 50", "before the session has begun")
	s.Initialize()
	s.Open(uriA, "go", "a")
	s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items()
	if got := <-asked; got.InvokedOnly || got.WindowTokens != 95_000 {
		t.Errorf("asked with %+v", got)
	}
	if b := wantStatus(s).Budget; b == nil || b.DailyUSD != 2 || *b.SpentUSD != 0.5 || b.Step != "whole" {
		t.Errorf("the status says %+v", b)
	}
	s.All("claude-lsp/status")
	s.server.StatusChanged() // nothing is new
	thrifty.Store(true)
	s.server.StatusChanged()
	for range 2 {
		s.server.Warn("budget: 80", "80 % is used")
	}
	if m := s.Next("claude-lsp/status"); !strings.Contains(string(m.Params), `"step":"invoked_only"`) {
		t.Errorf("the status says %s", m.Params)
	}
	if m := s.Next("window/showMessage"); !strings.Contains(string(m.Params), "claude-lsp: 80 % is used") {
		t.Errorf("the message says %s", m.Params)
	}
	s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items()
	if got := <-asked; !got.InvokedOnly || got.WindowTokens != 1000 {
		t.Errorf("asked with %+v", got)
	}
	if again := s.All("window/showMessage"); len(again) != 0 {
		t.Errorf("said again: %+v", again)
	}
	s.Shutdown()
}

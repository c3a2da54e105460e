package lsp

import (
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// TestWindowSetting: a number is what the user set, and "auto" is asked for,
// with the number as its bound.
func TestWindowSetting(t *testing.T) {
	third := func(limit tokens.Count) tokens.Count { return limit / 3 }
	for _, tt := range []struct {
		name string
		set  config.WindowTokens
		auto func(tokens.Count) tokens.Count
		want tokens.Count
	}{
		{"a number", config.WindowTokens{Max: 9000}, third, 9000},
		{"auto", config.WindowTokens{Auto: true, Max: 9000}, third, 3000},
		{"auto, and nobody knows the link", config.WindowTokens{Auto: true, Max: 9000}, nil, 9000},
	} {
		s := &Server{opts: Options{AutoWindow: tt.auto}}
		cfg := config.Config{Context: config.Context{WindowTokens: tt.set}}
		if got := s.settings(cfg).WindowTokens; got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

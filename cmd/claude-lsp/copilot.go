package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/config"
)

// What clients of Copilot's server ask beside completions, see lsp/copilot.go.

// noKey says why nobody can answer for want of a key, and what to do about it;
// "" where somebody can.
func (p *provider) noKey() string {
	if p.kind() != config.ProviderClaude || p.keys.told() {
		return ""
	}
	variable := p.settings.For("").Credentials.Variable
	if variable == "" {
		variable = "ANTHROPIC_API_KEY"
	}
	return fmt.Sprintf("there is no key: set %s in the environment that starts your editor, or CLAUDE_LSP_PROVIDER=embedded to work without one", variable)
}

// report is what doctor prints, as Markdown. No finding holds a secret.
func (h *house) report(ctx context.Context) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# claude-lsp %s\n\n", version)
	for _, f := range h.findings(ctx, false) {
		mark := "ok"
		if !f.ok {
			mark = "**to do**"
		}
		fmt.Fprintf(&b, "- %s: %s: %s\n", f.what, mark, clean(f.says))
		if f.todo != "" {
			fmt.Fprintf(&b, "  - %s\n", clean(f.todo))
		}
	}
	return b.String()
}

// proxied reports whether the environment names a proxy for what is asked over
// https.
func proxied(getenv func(string) string) bool {
	return getenv("HTTPS_PROXY") != "" || getenv("https_proxy") != ""
}

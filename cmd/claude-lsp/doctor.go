package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/price"
)

type doctorCmd struct {
	Editor  string `placeholder:"NAME" help:"Print the set-up for one editor and nothing else: ${editors}."`
	Offline bool   `help:"Do not try to reach the endpoint."`
}

// A finding is one thing that was looked at.
type finding struct {
	what string
	ok   bool
	says string
	todo string // what to do about it; "" where nothing is to do
}

// Run looks at all that a completion needs. The exit code is 1 when something
// is to do before completions can come.
func (c doctorCmd) Run() error {
	if c.Editor != "" {
		snippet, ok := snippets[strings.ToLower(c.Editor)]
		if !ok {
			return fmt.Errorf("no set-up is known for %q; there is one for %s", c.Editor, editorNames())
		}
		_, err := fmt.Print(snippet)
		return err
	}
	h := openHouse(houseOptions{quiet: true})
	defer h.close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return c.print(os.Stdout, h.findings(ctx, c.Offline))
}

func (c doctorCmd) print(w io.Writer, findings []finding) error {
	fmt.Fprintf(w, "claude-lsp %s\n\n", version)
	bad := 0
	for _, f := range findings {
		mark := "ok"
		if !f.ok {
			mark = "!!"
			bad++
		}
		fmt.Fprintf(w, "%s  %-9s %s\n", mark, f.what, clean(f.says))
		if f.todo != "" {
			fmt.Fprintf(w, "              -> %s\n", clean(f.todo))
		}
	}
	fmt.Fprintf(w, "\nSet-up for an editor: claude-lsp doctor --editor NAME (%s)\n", editorNames())
	if bad > 0 {
		return exitError(1)
	}
	return nil
}

// findings are what doctor prints, in the order in which a request meets them.
func (h *house) findings(ctx context.Context, offline bool) []finding {
	cfg := h.settings.For("")
	found := h.settingsFindings()
	kind := h.provider.kind()
	key := h.keyFinding(ctx, kind)
	found = append(found, key)
	if kind == config.ProviderClaude {
		if key.ok && !offline {
			found = append(found, h.endpointFinding(ctx, cfg))
		}
		found = append(found, modelFinding(cfg))
	}
	found = append(found, h.sendingFindings(ctx, cfg, kind)...)
	found = append(found, h.storeFinding(ctx))
	return append(found, h.budgetFinding(ctx, cfg))
}

func (h *house) settingsFindings() []finding {
	warnings := h.settings.Warnings()
	if len(warnings) == 0 {
		return []finding{{what: "settings", ok: true, says: "nothing odd in " + config.UserFile(os.Environ())}}
	}
	var found []finding
	for _, w := range warnings {
		found = append(found, finding{what: "settings", says: w.String(), todo: "correct it there; the rest of the settings is in force"})
	}
	return found
}

// keyFinding tells where the key comes from and how old it is, never the key.
func (h *house) keyFinding(ctx context.Context, kind config.Provider) finding {
	f := finding{what: "key"}
	if kind != config.ProviderClaude && !h.provider.keys.told() {
		f.ok, f.says = true, "none found; the embedded model answers"
		f.todo = "for Claude's answers set ANTHROPIC_API_KEY in the environment that starts your editor, or see docs/keys.md"
		return f
	}
	_, err := h.provider.keys.key(ctx)
	state := h.provider.keys.keeperNow().State()
	if err != nil {
		f.says, f.todo = "from "+state.Place+": "+err.Error(), "docs/keys.md tells of every place that a key can come from"
		return f
	}
	now := time.Now()
	f.ok, f.says = true, "from "+state.Place+", "+age(state.Found.Made, now)
	if !state.Found.Ends.IsZero() {
		f.says += fmt.Sprintf(", lent for another %v", max(0, state.Found.Ends.Sub(now)).Round(time.Second))
	}
	if state.Found.Old(now) {
		f.todo = "a key should be replaced every 30 days: make a new one, put it there, and take the old one back; no restart is needed"
	}
	return f
}

// age words how old a key is.
func age(made, now time.Time) string {
	switch days := int(now.Sub(made) / (24 * time.Hour)); {
	case made.IsZero():
		return "of unknown age"
	case days < 1:
		return "less than a day old"
	case days == 1:
		return "1 day old"
	default:
		return fmt.Sprintf("%d days old", days)
	}
}

func (h *house) endpointFinding(ctx context.Context, cfg config.Config) finding {
	f := finding{what: "endpoint", says: cfg.Claude.BaseURL}
	if f.says == "" {
		f.says = firstParty
	}
	client, err := h.provider.claude()
	if err == nil {
		began := time.Now()
		if err = client.Connect(ctx); err == nil {
			f.ok = true
			f.says += fmt.Sprintf(", connected in %.0f ms", milliseconds(time.Since(began)))
			return f
		}
	}
	f.says += ": " + err.Error()
	f.todo = "check claude.baseURL or ANTHROPIC_BASE_URL, the network, HTTPS_PROXY and SSL_CERT_FILE"
	return f
}

func modelFinding(cfg config.Config) finding {
	f := finding{what: "model", ok: true, says: cfg.Model}
	if p, known := price.Lookup(cfg.Model); known {
		f.says += fmt.Sprintf(", $%.2f in and $%.2f out for a million tokens", p.Input, p.Output)
	} else {
		f.says += ", whose price is not known"
		f.todo = "its cost is not counted; "
		if cfg.Budget.DailyUSD > 0 {
			f.todo = "it counts as the dearest model towards budget.dailyUSD; "
		}
		f.todo += "known models: " + strings.Join(modelNames(), ", ")
	}
	return f
}

func (h *house) storeFinding(ctx context.Context) finding {
	f := finding{what: "store", todo: "completions work without it; what they cost and how they went (claude-lsp why) is not kept between runs"}
	st := h.store.open()
	if st == nil {
		f.says = h.store.why().Error()
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := st.Ready(ctx); err != nil {
		f.says = err.Error()
		return f
	}
	sum, err := st.SpentToday(ctx)
	if err != nil {
		f.says = err.Error()
		return f
	}
	return finding{what: "store", ok: true, says: fmt.Sprintf("%s; $%.4f spent today", st.Path(), sum.Cost.USD())}
}

func editorNames() string {
	names := make([]string, 0, len(snippets))
	for name := range snippets {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

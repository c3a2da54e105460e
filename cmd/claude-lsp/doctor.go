package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/price"
)

type doctorCmd struct {
	Editor  string `placeholder:"NAME" help:"Print the set-up for one editor and nothing else: ${editors}."`
	Offline bool   `help:"Do not try to reach the endpoint."`
	Bundle  string `placeholder:"FILE" help:"Write an archive for a bug report instead: versions, settings, figures and decisions, and no text, path or key; docs/bug-reports.md says what is in it."`
	Force   bool   `help:"Let --bundle replace a file."`
}

// A finding is one thing that was looked at.
type finding struct {
	what string
	ok   bool
	says string
	todo string // what to do about it; "" where nothing is to do; words of the program alone
	told string // what strangers are told in its place: no name, path, address or other words than the program's own
}

// Run looks at all that a completion needs. The exit code is 1 when something
// is to do before completions can come.
func (c doctorCmd) Run() error {
	if c.Editor != "" {
		text, err := snippet(c.Editor)
		if err != nil {
			return err
		}
		_, err = fmt.Print(text)
		return err
	}
	h := openHouse(houseOptions{quiet: true})
	defer h.close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if c.Bundle != "" {
		return c.bundle(ctx, os.Stdout, h)
	}
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
		return []finding{{what: "settings", ok: true, says: "nothing odd in " + config.UserFile(os.Environ()), told: "nothing odd"}}
	}
	var found []finding
	for _, w := range warnings {
		found = append(found, finding{what: "settings", says: w.String(), told: "something odd: settings.json tells where", todo: "correct it there; the rest of the settings is in force"})
	}
	return found
}

// keyFinding tells where the key comes from and how old it is, never the key.
func (h *house) keyFinding(ctx context.Context, kind config.Provider) finding {
	f := finding{what: "key"}
	if kind != config.ProviderClaude && !h.provider.keys.told() {
		f.ok, f.says = true, "none found; the embedded model answers"
		f.told = f.says
		f.todo = "for Claude's answers set ANTHROPIC_API_KEY in the environment that starts your editor, or see docs/keys.md"
		return f
	}
	source := h.settings.For("").Credentials.Source // a choice, never a place
	_, err := h.provider.keys.key(ctx)
	state := h.provider.keys.keeperNow().State()
	if err != nil {
		f.told = fmt.Sprintf("from the source %q: %s", source, model.TroubleOf(err))
		f.says, f.todo = "from "+state.Place+": "+err.Error(), "docs/keys.md tells of every place that a key can come from"
		return f
	}
	now := time.Now()
	how := ", " + age(state.Found.Made, now)
	if !state.Found.Ends.IsZero() {
		how += fmt.Sprintf(", lent for another %v", max(0, state.Found.Ends.Sub(now)).Round(time.Second))
	}
	f.ok, f.says, f.told = true, "from "+state.Place+how, fmt.Sprintf("from the source %q%s", source, how)
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
	f.told = whose(cfg.Claude.BaseURL)
	client, err := h.provider.claude()
	if err == nil {
		began := time.Now()
		if err = client.Connect(ctx); err == nil {
			f.ok = true
			how := fmt.Sprintf(", connected in %.0f ms", milliseconds(time.Since(began)))
			f.says, f.told = f.says+how, f.told+how
			return f
		}
	}
	f.says, f.told = f.says+": "+err.Error(), f.told+": "+string(model.TroubleOf(err))
	f.todo = "check claude.baseURL or ANTHROPIC_BASE_URL, the network, HTTPS_PROXY and SSL_CERT_FILE"
	return f
}

func modelFinding(cfg config.Config) finding {
	f := finding{what: "model", ok: true, says: cfg.Model}
	if p, known := price.Lookup(cfg.Model); known {
		how := fmt.Sprintf(", $%.2f in and $%.2f out for a million tokens", p.Input, p.Output)
		f.says, f.told = f.says+how, knownModel(cfg.Model)+how
	} else {
		f.told = "one whose price is not known"
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
	f := finding{what: "store", told: "cannot be used", todo: "completions work without it; what they cost and how they went (claude-lsp why) is not kept between runs"}
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
	spent := fmt.Sprintf("$%.4f spent today", sum.Cost.USD())
	return finding{what: "store", ok: true, says: st.Path() + "; " + spent, told: spent}
}

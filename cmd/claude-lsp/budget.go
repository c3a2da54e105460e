package main

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/budget"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/store"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
	"github.com/claude-lsp/claude-lsp/lsp"
)

// newPurse makes what holds this process's part of the budget of the day.
func (h *house) newPurse() *budget.Purse {
	return budget.NewPurse(budget.Options{
		Ledger:  h.spent,
		Limit:   func() store.MicroUSD { return store.MicroUSDOf(h.settings.For("").Budget.DailyUSD) },
		Alert:   h.budgetReached,
		Changed: func() { h.tell(func(u user) { u.StatusChanged() }) },
		Log:     h.log,
	})
}

// budgetFinding is what doctor says of the budget. It borrows nothing.
func (h *house) budgetFinding(ctx context.Context, cfg config.Config) finding {
	limit := cfg.Budget.DailyUSD
	if limit <= 0 {
		return finding{what: "budget", ok: true, says: "none set", told: "none set"}
	}
	f := finding{what: "budget", says: fmt.Sprintf("$%.2f a day", limit)}
	f.told = f.says
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	l, err := h.spent.Lease(ctx, store.Claim{Limit: store.MicroUSDOf(limit), View: true})
	if err != nil {
		f.says += "; what was spent today is not known: " + err.Error()
		f.todo = "nothing paid is asked until the store can be written: mend it, or take budget.dailyUSD back"
		return f
	}
	f.ok = true
	f.says += fmt.Sprintf(", of which $%.4f (%.0f %%) are spent", l.Spent.USD(), 100*l.Spent.USD()/limit)
	f.told = f.says
	switch step := budget.StepOf(l.Spent, store.MicroUSDOf(limit)); step {
	case budget.Whole:
	case budget.NoPrewarm:
		f.todo = "nothing is cached ahead any more today"
	case budget.SmallWindow:
		f.todo = fmt.Sprintf("prompts have at most %d tokens for the rest of the day", budget.SmallTokens)
	case budget.InvokedOnly:
		f.todo = "only asking by hand is answered for the rest of the day; budget.dailyUSD can be raised"
	case budget.UsedUp:
		f.todo = "nothing paid is asked until midnight; budget.dailyUSD can be raised"
	}
	return f
}

// budgetReached tells that a share of the budget is spent.
func (h *house) budgetReached(percent int, spent, limit store.MicroUSD) {
	h.log.Warn("budget", zap.Int("percent", percent), zap.Float64("spent_usd", spent.USD()), zap.Float64("limit_usd", limit.USD()))
	text := fmt.Sprintf("%d %% of budget.dailyUSD is used ($%.2f of $%.2f)", percent, spent.USD(), limit.USD())
	switch {
	case percent >= 100:
		text = "budget.dailyUSD is used up until midnight"
	case percent >= 80:
		text += ": prompts are smaller now"
	}
	h.tell(func(u user) { u.Warn(fmt.Sprintf("budget: %d", percent), text) })
}

// unpriced tells that a budget cannot know what a model costs.
func (h *house) unpriced(name string) {
	h.log.Warn("the price of the model is not known: it counts as the dearest one towards budget.dailyUSD", zap.String("model", name))
	h.tell(func(u user) { u.Warn("price: "+name, "unknown price: "+name+" counts as the dearest model") })
}

// A user is told of what happens in the background.
type user interface {
	// Warn shows a message. One with the same key is shown once an hour.
	Warn(key, text string)
	// StatusChanged has the status looked at again.
	StatusChanged()
}

// tell tells the user, if there is one.
func (h *house) tell(f func(user)) {
	if u := h.user.Load(); u != nil {
		f(*u)
	}
}

// fit cuts settings down to what is left of the budget of the day.
func (h *house) fit(s completion.Settings) completion.Settings {
	if h.provider.kind() != config.ProviderClaude {
		return s
	}
	cut := h.purse.Step().Cut()
	s.Prewarm = s.Prewarm && !cut.Prewarm
	s.InvokedOnly = cut.InvokedOnly
	if cut.Tokens > 0 {
		s.WindowTokens = min(s.WindowTokens, tokens.Count(cut.Tokens))
	}
	return s
}

// budgetState is what the status says of the budget; nil is none.
func (h *house) budgetState() *lsp.Budget {
	spent, limit, known := h.purse.Spent()
	if limit <= 0 {
		return nil
	}
	b := &lsp.Budget{DailyUSD: limit.USD(), Step: string(h.purse.Now())}
	if known {
		b.SpentUSD = new(spent.USD())
	}
	return b
}

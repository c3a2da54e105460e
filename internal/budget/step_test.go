package budget

import (
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/store"
)

func TestStep(t *testing.T) {
	const dollar = store.MicroUSD(1_000_000)
	for _, tt := range []struct {
		name string
		standing
		want Step
	}{
		{"no budget", standing{spent: dollar}, Whole},
		{"nothing spent", standing{limit: dollar}, Whole},
		{"a cent below 70 %", standing{spent: 690_000, limit: dollar}, Whole},
		{"70 %", standing{spent: 700_000, limit: dollar}, NoPrewarm},
		{"a millionth below 80 %", standing{spent: 799_999, limit: dollar}, NoPrewarm},
		{"80 %", standing{spent: 800_000, limit: dollar}, SmallWindow},
		{"95 %", standing{spent: 950_000, limit: dollar, newest: 2_000}, InvokedOnly},
		{"the next one does not fit", standing{spent: 998_500, limit: dollar, newest: 2_000}, UsedUp},
		{"the next one just fits", standing{spent: 998_000, limit: dollar, newest: 2_000}, InvokedOnly},
		{"100 %", standing{spent: dollar, limit: dollar}, UsedUp},
		{"more than all", standing{spent: 2 * dollar, limit: dollar}, UsedUp},
		{"a large window does not fit", standing{spent: 10_000, limit: 20_000, largest: 15_000, newest: 15_000}, SmallWindow},
		{"and a small one fits", standing{spent: 10_000, limit: 20_000, largest: 15_000, newest: 2_000}, SmallWindow},
		{"a budget of a millionth", standing{limit: 1, largest: 2, newest: 2}, SmallWindow},
	} {
		if got := tt.step(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Each step has what the ones before it have, but for the last, at which typing
// asks, to learn why nothing comes or to be answered by the fallback.
func TestCut(t *testing.T) {
	for _, tt := range []struct {
		step Step
		want Cut
	}{
		{Whole, Cut{}},
		{NoPrewarm, Cut{Prewarm: true}},
		{SmallWindow, Cut{Prewarm: true, Tokens: SmallTokens}},
		{InvokedOnly, Cut{Prewarm: true, Tokens: SmallTokens, InvokedOnly: true}},
		{UsedUp, Cut{Prewarm: true, Tokens: SmallTokens}},
	} {
		if got := tt.step.Cut(); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.step, got, tt.want)
		}
	}
}

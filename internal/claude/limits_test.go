package claude

import (
	"net/http"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

func TestLimitsOf(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header map[string]string
		want   model.Limits
		told   bool
	}{
		{name: "none"},
		{name: "one", header: map[string]string{"requests-limit": "50", "requests-remaining": "49", "requests-reset": "2026-01-01T00:00:00Z"}, want: model.Limits{Requests: model.Limit{Max: 50, Left: 49}}, told: true},
		{
			name:   "all",
			header: map[string]string{"requests-limit": "1", "requests-remaining": "0", "input-tokens-limit": "2000", "input-tokens-remaining": "1000", "output-tokens-limit": "30", "output-tokens-remaining": "20"},
			want:   model.Limits{Requests: model.Limit{Max: 1}, Input: model.Limit{Max: 2000, Left: 1000}, Output: model.Limit{Max: 30, Left: 20}}, told: true,
		},
		{name: "half", header: map[string]string{"requests-limit": "50"}},
		{name: "no number", header: map[string]string{"requests-limit": "many", "requests-remaining": "1"}},
		{name: "no limit", header: map[string]string{"requests-limit": "0", "requests-remaining": "0"}},
		{name: "below nothing", header: map[string]string{"requests-limit": "5", "requests-remaining": "-3"}, want: model.Limits{Requests: model.Limit{Max: 5}}, told: true},
	} {
		h := http.Header{}
		for name, v := range tt.header {
			h.Set("anthropic-ratelimit-"+name, v)
		}
		if got, told := limitsOf(h); got != tt.want || told != tt.told {
			t.Errorf("%s: %+v, %v", tt.name, got, told)
		}
	}
}

// TestLimitsAreTold: by every response of the Messages API, whatever it says;
// the counting of tokens has limits of its own.
func TestLimitsAreTold(t *testing.T) {
	told := 0
	api, c := strict(t, false, Options{Limits: func(l model.Limits) {
		if l.Requests.Max == 0 || l.Input.Max == 0 || l.Output.Max == 0 {
			t.Errorf("%+v", l)
		}
		told++
	}})
	api.Queue(messages.Answer{Text: "a"}, messages.Fail(529))
	for n := 1; n <= 2; n++ {
		ask(t.Context(), c)
		if told != n {
			t.Errorf("told %d times after %d requests", told, n)
		}
	}
	if _, err := c.CountTokens(t.Context(), window(0)); err != nil || told != 2 {
		t.Errorf("%v, told %d times", err, told)
	}
}

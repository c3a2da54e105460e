package config

import (
	"slices"
	"testing"
)

func TestNearestKey(t *testing.T) {
	for word, want := range map[string]string{
		"completion.debonce":      "completion.debounce",
		"completion.max_tokens":   "completion.maxTokens",
		"completion.maxtokens":    "completion.maxTokens",
		"completions.menu":        "completion.menu",
		"debounce":                "completion.debounce",
		"maxTokens":               "completion.maxTokens",
		"windowTokens":            "context.windowTokens",
		"claude.base_url":         "claude.baseURL",
		"claude.timeout.total":    "claude.timeouts.total",
		"enable":                  "enabled",
		"langauges.go.enabled":    "languages.go.enabled",
		"languages.go.enable":     "languages.go.enabled",
		"claude.standby[0].modle": "claude.standby[0].model",
		"modle":                   "model",
		"colour":                  "",
		"a":                       "",
		"":                        "",
		"editor.formatOnSave":     "",
	} {
		if got := nearest(word, keys(pathOf(word))); got != want {
			t.Errorf("%q is near to %q, want %q", word, got, want)
		}
	}
}

func pathOf(key string) []string {
	return slices.DeleteFunc(partsOf(replaceIndex(key)), func(p string) bool { return p == "" })
}

func replaceIndex(key string) string {
	if i := slices.Index([]byte(key), '['); i >= 0 {
		return key[:i] + "." + key[i:]
	}
	return key
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"é", "e", 1}, {"ab", "ba", 1},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("from %q to %q it is %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance(tt.b, tt.a); got != tt.want {
			t.Errorf("from %q to %q it is %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

package config

import (
	"reflect"
	"testing"
	"time"
)

// The defaults that the design names; tools outside the repository count on
// them.
func TestDefault(t *testing.T) {
	c := Default()
	for _, tt := range []struct {
		key       string
		got, want any
	}{
		{"enabled", c.Enabled, true},
		{"provider", c.Provider, ProviderAuto},
		{"fallback", c.Fallback, FallbackNone},
		{"model", c.Model, "claude-haiku-5-5"},
		{"completion.debounce", c.Completion.Debounce, Debounce{Auto: true}},
		{"completion.maxTokens", c.Completion.MaxTokens, 256},
		{"completion.multiline", c.Completion.Multiline, MultilineAuto},
		{"completion.menu", c.Completion.Menu, MenuAuto},
		{"context.windowTokens", c.Context.WindowTokens, WindowTokens{Max: 95_000}},
		{"context.prewarm", c.Context.Prewarm, true},
		{"context.gzip", c.Context.Gzip, GzipAuto},
		{"context.exclude", c.Context.Exclude, []string{}},
		{"budget.dailyUSD", c.Budget.DailyUSD, 0.0},
		{"cache.maxMB", c.Cache.MaxMB, 256},
		{"metrics.listen", c.Metrics.Listen, ""},
		{"claude.baseURL", c.Claude.BaseURL, ""},
		{"claude.standby", len(c.Claude.Standby), 0},
		{"claude.hedge", c.Claude.Hedge, false},
		{"claude.timeouts", c.Claude.Timeouts, Timeouts{Connect: 2 * time.Second, FirstByte: 10 * time.Second, Total: 20 * time.Second}},
		{"credentials.source", c.Credentials.Source, SourceEnv},
		{"redact.allow", c.Redact.Allow, []string{}},
		{"fim", c.FIM, FIM{}},
		{"models", len(c.Models), 0},
		{"rules", len(c.Rules), 0},
		{"log.level", c.Log.Level, LogInfo},
		{"log.file", c.Log.File, ""},
		{"languages", len(c.Languages), 0},
	} {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("%s is %v, want %v", tt.key, tt.got, tt.want)
		}
	}
}

func TestForLanguage(t *testing.T) {
	s := sit(t, "[languages.objective-c]\nenabled = false\n[languages.go]\nenabled = true\n", "", "CLAUDE_LSP_LANGUAGES_OBJECTIVE_CPP_ENABLED=false")
	c := s.For("")
	for id, want := range map[string]bool{
		"go": true, "rust": true, "": true, "objective-c": false, "Objective_C": false, "objective-cpp": false,
	} {
		if got := c.ForLanguage(id).Enabled; got != want {
			t.Errorf("enabled in %q is %v, want %v", id, got, want)
		}
	}
	c.Enabled = false
	if c.ForLanguage("go").Enabled {
		t.Error("languages.go.enabled = true switched on what is off everywhere")
	}
}

// Every row has what the documentation and the merging rely on.
func TestTable(t *testing.T) {
	for _, s := range Settings() {
		if s.Doc == "" || s.Group() == "" || s.Expects() == "something else" {
			t.Errorf("%s lacks a description: %+v", s.Key, s)
		}
		if s.DefaultValue() == nil && s.Unset == "" || s.DefaultValue() == "" && s.Unset == "" {
			t.Errorf("%s has no default and does not say what holds without it", s.Key)
		}
		if s.Default != nil {
			if v, _, ok := s.check(plainRaw(s), ""); !ok || !same(v, s.Default) {
				t.Errorf("%s: the default %v is no value of it", s.Key, s.Default)
			}
		}
		if (s.Type == URL || s.Type == Path || s.Type == Listen) && s.Trust != UserOnly {
			t.Errorf("%s names a place and may be set from elsewhere", s.Key)
		}
		if s.Trust == LowerOnly && s.wild >= 0 && s.Default == nil {
			t.Errorf("%s can only be lowered, but from what?", s.Key)
		}
	}
}

// plainRaw is a default as a file would bring it.
func plainRaw(s *Setting) any {
	switch v := s.DefaultValue().(type) {
	case int:
		return int64(v)
	case []string:
		list := []any{}
		for _, e := range v {
			list = append(list, e)
		}
		return list
	default:
		return v
	}
}

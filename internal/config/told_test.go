package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What strangers are told of settings holds no text of the user's, whatever the
// setting.
func TestTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hunted-folder", "config.toml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	const text = `model = "hunted-model"
huntedUnknown = 1
provider = "hunted-provider"
[completion]
debounce = "75ms"
[context]
windowTokens = "auto"
exclude = ["hunted-pattern", "b"]
[claude]
baseURL = "https://hunted.example"
hedge = true
[[claude.standby]]
baseURL = "https://hunted-standby.example"
credentials = { source = "env", variable = "HUNTED_VARIABLE" }
[credentials]
source = "command"
command = ["hunted-command"]
[languages.hunted-language]
enabled = false
[models.hunted-name]
provider = "claude"
maxTokens = 77
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l := New(Options{UserFile: file, Environ: []string{"CLAUDE_LSP_METRICS_LISTEN=127.0.0.1:7777", "CLAUDE_LSP_BUDGET_DAILY_USD=2.5", "CLAUDE_LSP_HUNTED=1"}})
	all, warnings := l.Told(""), l.ToldWarnings()
	for _, want := range []Told{
		{"model", "set", "file", 1},
		{"provider", "auto", "default", 0},
		{"completion.debounce", "75ms", "file", 5},
		{"context.windowTokens", fmt.Sprintf("auto, at most %d", Default().Context.WindowTokens.Max), "file", 7},
		{"context.exclude", "set, 2 of them", "file", 8},
		{"claude.baseURL", "set", "file", 10},
		{"claude.hedge", true, "file", 11},
		{"claude.standby[].credentials.variable", "set", "file", 14},
		{"credentials.source", "command", "file", 16},
		{"credentials.command", "set, 1 of them", "file", 17},
		{"credentials.file", "not set", "default", 0},
		{"metrics.listen", "set", "environment", 0},
		{"budget.dailyUSD", 2.5, "environment", 0},
		{"languages.<id>.enabled", false, "file", 19},
		{"models.<name>.maxTokens", 77, "file", 22},
	} {
		if !slices.Contains(all, want) {
			i := slices.IndexFunc(all, func(t Told) bool { return t.Key == want.Key })
			if i < 0 {
				t.Errorf("%s is not told", want.Key)
				continue
			}
			t.Errorf("told %+v, want %+v", all[i], want)
		}
	}
	for _, want := range []ToldWarning{{"", "file", 2, false}, {"provider", "file", 3, false}, {"", "environment", 0, false}} {
		if !slices.Contains(warnings, want) {
			t.Errorf("%+v is not among %+v", want, warnings)
		}
	}
	told, err := json.Marshal([]any{all, warnings})
	if err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{"hunted", "HUNTED", "7777", "\"b\"", filepath.Dir(file)} {
		if strings.Contains(string(told), no) {
			t.Errorf("%q is told: %s", no, told)
		}
	}
}

// No setting of a kind that may hold a text of the user's is told, and none is
// left out.
func TestToldKnowsEveryType(t *testing.T) {
	all := New(Options{}).Told("")
	for _, s := range Settings() {
		if s.wild >= 0 {
			continue
		}
		i := slices.IndexFunc(all, func(t Told) bool { return t.Key == s.Key })
		if i < 0 {
			t.Errorf("%s is not told", s.Key)
			continue
		}
		switch s.Type {
		case Text, URL, Path, Listen, List, Tables:
			if all[i].Value != "not set" {
				t.Errorf("%s, which nobody has set, is told as %v", s.Key, all[i].Value)
			}
		}
	}
}

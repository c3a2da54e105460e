package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// The names that the documentation promises.
func TestEnvName(t *testing.T) {
	names := map[string]string{}
	for _, s := range Settings() {
		names[s.Key] = s.Env()
	}
	for key, want := range map[string]string{
		"enabled":                           "CLAUDE_LSP_ENABLED",
		"completion.debounce":               "CLAUDE_LSP_COMPLETION_DEBOUNCE",
		"completion.maxTokens":              "CLAUDE_LSP_COMPLETION_MAX_TOKENS",
		"budget.dailyUSD":                   "CLAUDE_LSP_BUDGET_DAILY_USD",
		"cache.maxMB":                       "CLAUDE_LSP_CACHE_MAX_MB",
		"claude.baseURL":                    "CLAUDE_LSP_CLAUDE_BASE_URL",
		"claude.timeouts.firstByte":         "CLAUDE_LSP_CLAUDE_TIMEOUTS_FIRST_BYTE",
		"claude.standby":                    "CLAUDE_LSP_CLAUDE_STANDBY",
		"claude.standby[].baseURL":          "",
		"credentials.vault.roleIDFile":      "CLAUDE_LSP_CREDENTIALS_VAULT_ROLE_ID_FILE",
		"languages.<id>.enabled":            "CLAUDE_LSP_LANGUAGES_<ID>_ENABLED",
		"models.<name>.windowTokens":        "CLAUDE_LSP_MODELS_<NAME>_WINDOW_TOKENS",
		"claude.standby[].credentials.file": "",
	} {
		if names[key] != want {
			t.Errorf("%s is %q, want %q", key, names[key], want)
		}
	}
}

// Every setting has a variable of its own, which leads back to it; and a value
// set there is the one set in the user's file.
func TestEnvironRoundTrip(t *testing.T) {
	byName := map[string]string{}
	for _, s := range Settings() {
		env := s.Env()
		if env == "" {
			continue
		}
		name := strings.NewReplacer("<ID>", "MINE", "<NAME>", "MINE").Replace(env)
		if byName[name] != "" {
			t.Errorf("%s and %s share %s", s.Key, byName[name], name)
		}
		byName[name] = s.Key
		if back, _ := variable(name); back != s {
			t.Errorf("%s leads to %v and not to %s", name, back, s.Key)
			continue
		}
		if s.Type == Tables {
			continue
		}
		v := sample(s)
		text := fmt.Sprint(v)
		if s.Type == List {
			text = "one, two"
		}
		fromEnv := sit(t, "", "", name+"="+text)
		fromFile := sit(t, tomlLine(t, s, v), "")
		if got, want := held(fromEnv.For(""), s), held(fromFile.For(""), s); !reflect.DeepEqual(got, want) {
			t.Errorf("%s=%s holds %v, the file %v; %v", name, text, got, want, fromEnv.texts())
		}
		if got := held(fromEnv.For(""), s); reflect.DeepEqual(got, held(Default(), s)) {
			t.Errorf("%s=%s changed nothing", name, text)
		}
	}
	if len(byName) < 40 {
		t.Errorf("only %d variables", len(byName))
	}
}

func TestListFromText(t *testing.T) {
	for text, want := range map[string]string{
		"a":             `["a"]`,
		" a , b,,":      `["a" "b"]`,
		`["a,b", "c"]`:  `["a,b" "c"]`,
		"[ab].txt":      `["[ab].txt"]`,
		"[ab].txt,*.md": `["[ab].txt" "*.md"]`,
		",":             `[]`,
	} {
		if got := fmt.Sprintf("%q", listFromText(text)); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestUserFile(t *testing.T) {
	for _, tt := range []struct {
		goos string
		env  map[string]string
		want string
	}{
		{"linux", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x/claude-lsp/config.toml"},
		{"linux", map[string]string{"HOME": "/h"}, "/h/.config/claude-lsp/config.toml"},
		{"linux", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "relative"}, "/h/.config/claude-lsp/config.toml"},
		{"darwin", map[string]string{"HOME": "/h"}, "/h/Library/Application Support/claude-lsp/config.toml"},
		{"darwin", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x/claude-lsp/config.toml"},
		{"windows", map[string]string{"APPDATA": "/a"}, "/a/claude-lsp/config.toml"},
		{"linux", nil, ""},
		{"linux", map[string]string{"HOME": "repository"}, ""},
		{"windows", nil, ""},
	} {
		if got := userFile(tt.goos, tt.env); got != tt.want {
			t.Errorf("%s with %v: %q, want %q", tt.goos, tt.env, got, tt.want)
		}
	}
	if got := UserFile([]string{"XDG_CONFIG_HOME=/first", "XDG_CONFIG_HOME=/second", "=C:=C:\\", "nonsense"}); got != "/first/claude-lsp/config.toml" {
		t.Errorf("of two values %q counts, want that of os.Getenv", got)
	}
}

func TestHomeInPaths(t *testing.T) {
	s := sit(t, "log.file = '~/x/y.log'", "")
	if got, want := s.For("").Log.File, s.home+"/x/y.log"; got != want {
		t.Errorf("~/x/y.log is %s, want %s", got, want)
	}
}

func TestVariablesWithoutInnerUnderscores(t *testing.T) {
	l := New(Options{Environ: []string{"CLAUDE_LSP_COMPLETION_MAXTOKENS=77", "CLAUDE_LSP_BUDGET_DAILYUSD=2.5", "CLAUDE_LSP_CONTEXT_WINDOWTOKENS=9000"}})
	if c := l.For(""); c.Completion.MaxTokens != 77 || c.Budget.DailyUSD != 2.5 || c.Context.WindowTokens.Max != 9000 {
		t.Errorf("maxTokens %d, dailyUSD %v, windowTokens %d", c.Completion.MaxTokens, c.Budget.DailyUSD, c.Context.WindowTokens.Max)
	}
	if w := l.Warnings(); len(w) != 0 {
		t.Errorf("warnings %v", w)
	}
	seen := map[string]string{}
	for _, s := range Settings() {
		env := joined(s.Env())
		if other, twice := seen[env]; twice && env != "" {
			t.Errorf("%s and %s differ by underscores alone", other, s.Key)
		}
		seen[env] = s.Key
	}
}

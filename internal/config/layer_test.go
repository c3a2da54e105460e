package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLayers(t *testing.T) {
	for _, tt := range []struct {
		name                  string
		user, project, editor string
		environ               []string
		got                   func(Config) any
		want                  any
		warnings              []string // the beginnings of all of them
	}{
		{
			name: "the user's file", user: "[completion]\nmaxTokens = 64\n",
			got: func(c Config) any { return c.Completion.MaxTokens }, want: 64,
		},
		{
			name: "the editor wins over the file", user: "completion.maxTokens = 64\n", editor: `{"completion":{"maxTokens":512}}`,
			got: func(c Config) any { return c.Completion.MaxTokens }, want: 512,
		},
		{
			name: "the environment wins over the editor", editor: `{"completion.maxTokens":512}`, environ: []string{"CLAUDE_LSP_COMPLETION_MAX_TOKENS=8"},
			got: func(c Config) any { return c.Completion.MaxTokens }, want: 8,
		},
		{
			name: "an empty variable is not set", environ: []string{"CLAUDE_LSP_COMPLETION_MAX_TOKENS="},
			got: func(c Config) any { return c.Completion.MaxTokens }, want: 256,
		},

		{
			name: "a project lowers", user: "completion.maxTokens = 64", project: "completion.maxTokens = 32",
			got: func(c Config) any { return c.Completion.MaxTokens }, want: 32,
		},
		{
			name: "a project does not raise", user: "completion.maxTokens = 64", project: "\ncompletion.maxTokens = 65",
			got: func(c Config) any { return c.Completion.MaxTokens }, want: 64,
			warnings: []string{"PROJECT:2: completion.maxTokens is ignored here: it can only narrow"},
		},
		{
			name: "a project switches off", project: "enabled = false",
			got: func(c Config) any { return c.Enabled }, want: false,
		},
		{
			name: "a project does not switch on", user: "enabled = false", project: "enabled = true",
			got: func(c Config) any { return c.Enabled }, want: false,
			warnings: []string{"PROJECT:1: enabled is ignored here"},
		},
		{
			name: "what a project narrowed stays narrow in the editor", project: "context.windowTokens = 5000", editor: `{"context":{"windowTokens":6000}}`,
			got: func(c Config) any { return c.Context.WindowTokens.Max }, want: 5000,
			warnings: []string{"editor: context.windowTokens is ignored here"},
		},
		{
			name: "an editor that sends defaults is not warned of", user: "context.windowTokens = 5000\nprovider = \"embedded\"", editor: `{"context":{"windowTokens":95000},"provider":"auto"}`,
			got: func(c Config) any { return fmt.Sprintln(c.Context.WindowTokens.Max, c.Provider) }, want: "5000 embedded\n",
		},
		{
			name: "the environment may widen", user: "context.windowTokens = 5000", environ: []string{"CLAUDE_LSP_CONTEXT_WINDOW_TOKENS=90000"},
			got: func(c Config) any { return c.Context.WindowTokens.Max }, want: 90_000,
		},
		{
			name: "a window of the server's choice keeps its bound", user: "context.windowTokens = 5000", editor: `{"context.windowTokens":"auto"}`,
			got: func(c Config) any { return c.Context.WindowTokens }, want: WindowTokens{Auto: true, Max: 5000},
		},
		{
			name: "a project makes it one line", project: `completion.multiline = "never"`,
			got: func(c Config) any { return c.Completion.Multiline }, want: MultilineNever,
		},
		{
			name: "a project does not make it several", project: `completion.multiline = "always"`,
			got: func(c Config) any { return c.Completion.Multiline }, want: MultilineAuto,
			warnings: []string{"PROJECT:1: completion.multiline is ignored here"},
		},
		{
			name: "a project switches a language off", project: "[languages.sql]\nenabled = false",
			got: func(c Config) any { return c.ForLanguage("sql").Enabled }, want: false,
		},

		{
			name: "exclusions add up", user: `context.exclude = ["a"]`, project: `context.exclude = ["b", "a"]`, editor: `{"context.exclude":["c"]}`, environ: []string{"CLAUDE_LSP_CONTEXT_EXCLUDE=d, e"},
			got: func(c Config) any { return strings.Join(c.Context.Exclude, " ") }, want: "a b c d e",
		},
		{
			name: "an editor cannot empty them", user: `context.exclude = ["a"]`, editor: `{"context.exclude":[]}`,
			got: func(c Config) any { return strings.Join(c.Context.Exclude, " ") }, want: "a",
		},
		{
			name: "a project cannot take one back", user: `context.exclude = ["a"]`, project: `context.exclude = ["b", " !a"]`,
			got: func(c Config) any { return strings.Join(c.Context.Exclude, " ") }, want: "a",
			warnings: []string{"PROJECT:1: context.exclude is ignored here"},
		},
		{
			name: "the user can, and a project can exclude it again", user: `context.exclude = ["a", "!a"]`, project: `context.exclude = ["a"]`,
			got: func(c Config) any { return strings.Join(c.Context.Exclude, " ") }, want: "a !a a",
		},

		{
			name: "a budget is lowered from elsewhere", user: "budget.dailyUSD = 5", project: "budget.dailyUSD = 2.5",
			got: func(c Config) any { return c.Budget.DailyUSD }, want: 2.5,
		},
		{
			name: "no budget is more than any", user: "budget.dailyUSD = 5", editor: `{"budget":{"dailyUSD":0.0, "x": null}}`,
			got: func(c Config) any { return c.Budget.DailyUSD }, want: 5.0,
		},
		{
			name: "a first budget may come from anywhere", editor: `{"budget":{"dailyUSD":3}}`,
			got: func(c Config) any { return c.Budget.DailyUSD }, want: 3.0,
		},

		{
			name: "an endpoint from a project", project: "[claude]\nbaseURL = 'https://evil.example'",
			got: func(c Config) any { return c.Claude.BaseURL }, want: "",
			warnings: []string{"PROJECT:2: claude.baseURL is ignored here: it is taken from your own settings file and the environment alone; put it into USER or set CLAUDE_LSP_CLAUDE_BASE_URL"},
		},
		{
			name: "an endpoint from the editor", editor: `{"claude-lsp":{"claude":{"baseURL":"https://evil.example"}}}`,
			got: func(c Config) any { return c.Claude.BaseURL }, want: "",
			warnings: []string{"editor: claude.baseURL is ignored here"},
		},
		{
			name: "an endpoint from the SDKs' variable", user: "claude.baseURL = 'https://a.example'", environ: []string{"ANTHROPIC_BASE_URL=https://b.example"},
			got: func(c Config) any { return c.Claude.BaseURL }, want: "https://b.example",
		},
		{
			name: "our own variable wins", environ: []string{"CLAUDE_LSP_CLAUDE_BASE_URL=https://c.example", "ANTHROPIC_BASE_URL=https://b.example"},
			got: func(c Config) any { return c.Claude.BaseURL }, want: "https://c.example",
		},
		{
			name: "an endpoint that cannot be used does not become the first party's", user: "[claude]\nbaseURL = 8080",
			got: func(c Config) any { return c.Claude.BaseURL }, want: InvalidURL,
			warnings: []string{"USER:2: claude.baseURL must be an address"},
		},
		{
			name: "nor does one with a slip", environ: []string{"ANTHROPIC_BASE_URL=htps://b.example"},
			got: func(c Config) any { return c.Claude.BaseURL }, want: "htps://b.example",
			warnings: []string{"environment: ANTHROPIC_BASE_URL must be an address"},
		},
		{
			name: "nor does one in a broken line", user: "[claude]\nbaseURL = https://b.example\nhedge = false",
			got: func(c Config) any { return c.Claude.BaseURL }, want: InvalidURL,
			warnings: []string{"USER:2: claude.baseURL must be", "USER:2:11: claude.baseURL is broken: "},
		},

		{
			name: "a number without a unit", user: "completion.debounce = 75",
			got: func(c Config) any { return c.Completion.Debounce }, want: Debounce{Auto: true},
			warnings: []string{`USER:1: completion.debounce must be "auto" or a duration such as "150ms", from 0s to 10s; a number needs quotes and a unit`},
		},
		{
			name: "a duration", user: "completion.debounce = '75ms'\nclaude.timeouts.total = '1m30s'",
			got: func(c Config) any { return fmt.Sprint(c.Completion.Debounce, c.Claude.Timeouts.Total) }, want: fmt.Sprint(Debounce{D: 75 * time.Millisecond}, 90*time.Second),
		},
		{
			name: "a slip in a value", editor: `{"completion":{"menu":"alwyas"}}`,
			got: func(c Config) any { return c.Completion.Menu }, want: MenuAuto,
			warnings: []string{`editor: completion.menu must be "auto", "always" or "never"; did you mean "always"?`},
		},
		{
			name: "a slip in a key", user: "[completion]\n\n# comment\nmax_tokens = 3",
			got: func(c Config) any { return c.Completion.MaxTokens }, want: 256,
			warnings: []string{`USER:4: unknown setting "completion.max_tokens"; did you mean "completion.maxTokens"?`},
		},
		{
			name: "a slip in a variable", environ: []string{"CLAUDE_LSP_COMPLETION_MAX_TOKNS=3", "CLAUDE_LSPX=1"},
			got: func(c Config) any { return c.Completion.MaxTokens }, want: 256,
			warnings: []string{`environment: unknown setting "CLAUDE_LSP_COMPLETION_MAX_TOKNS"; did you mean "CLAUDE_LSP_COMPLETION_MAX_TOKENS"?`},
		},
		{
			name: "a value for a group", editor: `{"completion": true}`,
			got: func(c Config) any { return c.Completion.MaxTokens }, want: 256,
			warnings: []string{`editor: "completion" is a group of settings`},
		},
		{
			name: "a key in a settings file", user: "[claude]\napiKey = 'sk-secret'",
			got: func(c Config) any { return c.Claude.BaseURL }, want: "",
			warnings: []string{`USER:2: unknown setting "claude.apiKey"; no setting holds a key: put it into the environment variable ANTHROPIC_API_KEY`},
		},
		{
			name: "out of range", user: "completion.maxTokens = 0\ncache.maxMB = -1",
			got: func(c Config) any { return fmt.Sprint(c.Completion.MaxTokens, c.Cache.MaxMB) }, want: "256 256",
			warnings: []string{"USER:1: completion.maxTokens must be a whole number from 1 to 8192", "USER:2: cache.maxMB must be"},
		},
		{
			name: "a relative path", user: "log.file = 'x.log'",
			got: func(c Config) any { return c.Log.File }, want: "",
			warnings: []string{"USER:1: log.file must be an absolute path"},
		},
		{
			name: "a listening address that is not loopback", user: "metrics.listen = '0.0.0.0:9464'",
			got: func(c Config) any { return c.Metrics.Listen }, want: "",
			warnings: []string{"USER:1: metrics.listen must be a loopback address"},
		},
		{
			name: "true for a choice that has it", user: "context.gzip = false",
			got: func(c Config) any { return c.Context.Gzip }, want: GzipNever,
		},
		{
			name: "a value whose feature comes later", user: "provider = 'fim'",
			got: func(c Config) any { return c.Provider }, want: ProviderFIM,
			warnings: []string{`USER:1: provider = "fim" has no effect yet`},
		},
		{
			name: "a large window", user: "\ncontext.windowTokens = 200_000",
			got: func(c Config) any { return c.Context.WindowTokens.Max }, want: 200_000,
			warnings: []string{"USER:2: context.windowTokens is above 100000"},
		},

		{
			name: "tables of one's own", user: "[models.fast]\nmodel = 'x'\nmaxTokens = 9\n[[rules]]\nlanguages = ['go']\nuse = 'fast'\n[[rules]]\nwhen = 'invoked'",
			got: func(c Config) any { return fmt.Sprint(c.Models, c.Rules) },
			want: fmt.Sprint(map[string]Model{"fast": {Provider: ProviderClaude, Model: "x", MaxTokens: 9}},
				[]Rule{{Languages: []string{"go"}, When: WhenAlways, Use: "fast"}, {When: WhenInvoked}}),
			warnings: []string{"USER:2: models.fast.model has no effect yet", "USER:3: models.fast.maxTokens has", "USER:4: rules has no effect yet"},
		},
		{
			name: "a later list of tables takes the place of an earlier one", user: "[[claude.standby]]\nmodel = 'a'\n[[claude.standby]]\nmodel = 'b'",
			environ: []string{`CLAUDE_LSP_CLAUDE_STANDBY=[{"model":"c","credentials":{"source":"file"}}]`},
			got:     func(c Config) any { return fmt.Sprint(c.Claude.Standby) },
			want:    fmt.Sprint([]Endpoint{{Model: "c", Credentials: Credentials{Source: SourceFile}}}),
		},
		{
			name: "tables below a table of a list", user: "[[claude.standby]]\n[claude.standby.credentials.vault]\npath = 'a'\n[[claude.standby]]\n[claude.standby.credentials.vault]\npath = 'b'",
			got: func(c Config) any {
				return len(c.Claude.Standby) == 2 && c.Claude.Standby[1].Credentials.Vault.Path == "b"
			},
			want: true,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := sit(t, tt.user, tt.project, tt.environ...)
			s.SetEditor(json.RawMessage(tt.editor))
			if got := tt.got(s.For(s.folder)); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			texts := s.texts()
			if !slices.EqualFunc(texts, tt.warnings, strings.Contains) {
				t.Errorf("warnings\n\t%s\nwant\n\t%s", strings.Join(texts, "\n\t"), strings.Join(tt.warnings, "\n\t"))
			}
		})
	}
}

// No setting that is the user's own to decide comes from a project or an
// editor, however it is written; and no warning repeats a value.
func TestTrustOfEverySetting(t *testing.T) {
	for _, set := range scalars() {
		v := sample(set)
		user := sit(t, tomlLine(t, set, v), "")
		project := sit(t, "", tomlLine(t, set, v))
		editor := sit(t, "", "")
		editor.SetEditor(json.RawMessage(asJSON(t, nested(set, v))))
		initial := sit(t, "", "")
		initial.SetInitial(json.RawMessage(asJSON(t, map[string]any{Section: nested(set, v)})))
		folder := sit(t, "", "")
		folder.SetFolderEditor(folder.folder, json.RawMessage(asJSON(t, map[string]any{keyOf(set.path): v})))

		want := fmt.Sprintf("%+v", Default())
		if got := fmt.Sprintf("%+v", user.For("")); got == want {
			t.Errorf("%s = %v in the user's file changes nothing: %v", set.Key, v, user.texts())
		}
		inEditor := map[string]*sitting{"editor": editor, "initializationOptions": initial}
		if set.wild < 0 {
			inEditor["folder"] = folder
		}
		if set.Trust == UserOnly || set.Trust == Editor {
			if got := fmt.Sprintf("%+v", project.For(project.folder)); got != want {
				t.Errorf("%s was taken from a project's file", set.Key)
			}
			expectWarning(t, project, set)
		}
		for name, s := range inEditor {
			got := fmt.Sprintf("%+v", s.For(s.folder))
			if set.Trust == UserOnly {
				if got != want {
					t.Errorf("%s was taken from the %s", set.Key, name)
				}
				expectWarning(t, s, set)
			} else if set.Trust == Editor && got == want {
				t.Errorf("%s in the %s changes nothing: %v", set.Key, name, s.texts())
			}
		}
		if text, ok := v.(string); ok && set.Type != Choice {
			for _, s := range []*sitting{user, project, editor} {
				if strings.Contains(strings.Join(s.texts(), "\n"), text) {
					t.Errorf("a warning about %s repeats its value: %v", set.Key, s.texts())
				}
			}
		}
	}
}

func expectWarning(t *testing.T, s *sitting, set *Setting) {
	t.Helper()
	for _, w := range s.Warnings() {
		if strings.Contains(w.Text, "is ignored here") && strings.Contains(w.Text, "put it into") {
			return
		}
	}
	t.Errorf("%s is not said to be ignored: %v", set.Key, s.texts())
}

// Nothing from a project or an editor makes a limit wider, for any pair of
// values.
func TestLimitsOnlyShrink(t *testing.T) {
	for _, own := range []float64{0, 1, 2.5, 600} {
		for _, theirs := range []float64{0, 0.01, 1, 2.5, 601} {
			s := sit(t, fmt.Sprintf("budget.dailyUSD = %f", own), fmt.Sprintf("budget.dailyUSD = %f", theirs))
			s.SetEditor(json.RawMessage(fmt.Sprintf(`{"budget.dailyUSD": %f}`, theirs)))
			got := s.For(s.folder).Budget.DailyUSD
			if own != 0 && (got == 0 || got > own) {
				t.Errorf("a budget of %v became %v by %v", own, got, theirs)
			}
			if own == 0 && got != theirs {
				t.Errorf("the first budget of %v was not taken: %v", theirs, got)
			}
		}
	}
}

func TestOrigin(t *testing.T) {
	s := sit(t, "\nmodel = 'a'\n", "", "CLAUDE_LSP_LOG_LEVEL=warn")
	s.SetEditor(json.RawMessage(`{"completion.menu":"never"}`))
	for key, want := range map[string]string{
		"model": s.userFile() + ":2", "log.level": "environment:0", "completion.menu": "editor:0", "provider": ":0",
	} {
		source, line := s.Origin(s.folder, key)
		if got := fmt.Sprintf("%s:%d", source, line); got != want {
			t.Errorf("%s comes from %s, want %s", key, got, want)
		}
	}
}

func TestPriceOfALargeWindow(t *testing.T) {
	price := func(model string, tokens int) (float64, bool) {
		return float64(tokens) / 1e6, model == "claude-haiku-5-5"
	}
	l := New(Options{Environ: []string{"CLAUDE_LSP_CONTEXT_WINDOW_TOKENS=250000"}, Price: price})
	want := "context.windowTokens is above 100000: beyond that some models price the whole request higher; a full prompt costs $0.2500, one of 100000 tokens $0.1000"
	if got := l.Warnings(); len(got) != 1 || got[0].Text != want || got[0].Source != SourceEnvironment {
		t.Errorf("warned %v, want %s", got, want)
	}
}

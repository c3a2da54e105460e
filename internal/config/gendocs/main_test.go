package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/claude-lsp/claude-lsp/internal/config"
)

func TestPagesAreCurrent(t *testing.T) {
	for name, want := range pages() {
		got, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", name))
		if err != nil || string(got) != string(want) {
			t.Errorf("docs/%s is not what the table of settings says (%v): run go generate ./internal/config", name, err)
		}
	}
}

// Every setting is on the page, with its variable.
func TestPageIsComplete(t *testing.T) {
	page := string(markdown())
	for _, s := range config.Settings() {
		if !strings.Contains(page, "### `"+s.Key+"`\n") || !strings.Contains(page, s.Env()) {
			t.Errorf("%s is missing", s.Key)
		}
	}
	if strings.Contains(page, "EXAMPLE") || strings.Contains(page, "- Default: \n") {
		t.Error("something was not filled in")
	}
}

// The schema and the server agree about what a settings file may hold.
func TestSchema(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(schemaJSON(), &root); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		file string
		good bool
		only bool // the server says no to what the schema cannot express
	}{
		{file: example, good: true},
		{file: "", good: true},
		{file: "enabled = 1"},
		{file: "enabeld = true"},
		{file: "[completion]\nmaxTokens = 0"},
		{file: "[completion]\nmaxTokens = 1.5"},
		{file: "[completion]\nmaxTokens = 8193"},
		{file: "[completion]\ndebounce = 'auto'", good: true},
		{file: "[completion]\ndebounce = '1.5s'", good: true},
		{file: "[completion]\ndebounce = '0'", good: true},
		{file: "[completion]\ndebounce = '5'"},
		{file: "[completion]\ndebounce = 5"},
		{file: "[completion]\ndebounce = '11s'", only: true},
		{file: "[completion]\nmenu = 'sometimes'"},
		{file: "[completion]\nmenus = 'never'"},
		{file: "[context]\nwindowTokens = 'auto'", good: true},
		{file: "[context]\nwindowTokens = 90000", good: true},
		{file: "[context]\nwindowTokens = 'large'"},
		{file: "[context]\ngzip = false", good: true},
		{file: "[context]\nprewarm = 'auto'"},
		{file: "[context]\nexclude = 'x'"},
		{file: "[context]\nexclude = ['x', 1]"},
		{file: "[context]\nexclude = ['']"},
		{file: "[budget]\ndailyUSD = 2.5", good: true},
		{file: "[budget]\ndailyUSD = -1"},
		{file: "[claude]\nbaseURL = 'https://x.example/api'", good: true},
		{file: "[claude]\nbaseURL = 'x.example'"},
		{file: "[[claude.standby]]\nmodel = 'x'\ncredentials.source = 'vault'", good: true},
		{file: "[[claude.standby]]\nmodels = 'x'"},
		{file: "[claude.standby]\nmodel = 'x'"},
		{file: "[claude.timeouts]\nconnect = '2s'", good: true},
		{file: "[credentials]\nfile = 'relative'"},
		{file: "[credentials]\nfile = '~/key'", good: true},
		{file: "[credentials]\ncommand = ['pass', 'show']", good: true},
		{file: "[metrics]\nlisten = '127.0.0.1:1'", good: true},
		{file: "[metrics]\nlisten = '0.0.0.0:1'"},
		{file: "[models.fast]\nmodel = 'x'", good: true},
		{file: "[models.fast]\nmodle = 'x'"},
		{file: "[[rules]]\nlanguages = ['go']\nwhen = 'invoked'", good: true},
		{file: "[[rules]]\nwhen = 'never'"},
		{file: "[languages.go]\nenabled = false", good: true},
		{file: "[languages]\ngo = false"},
		{file: "model = ''"},
		{file: "model = \"a\\u001bb\""},
		{file: "[log]\nlevel = 'trace'"},
	} {
		var v map[string]any
		if err := toml.Unmarshal([]byte(tt.file), &v); err != nil {
			t.Fatal(tt.file, err)
		}
		trouble := violation(root, decoded(t, v), "")
		if got := trouble == ""; got != (tt.good || tt.only) {
			t.Errorf("the schema takes this: %v (%s)\n%s", got, trouble, tt.file)
		}
		if warnings := serverSays(t, tt.file); len(warnings) > 0 == tt.good {
			t.Errorf("the server says of this: %v\n%s", warnings, tt.file)
		}
	}
}

// serverSays are the warnings about a user's file, without the notices.
func serverSays(t *testing.T, text string) []config.Warning {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l := config.New(config.Options{UserFile: path, Environ: []string{"HOME=" + t.TempDir(), "USERPROFILE=" + t.TempDir()}})
	return slices.DeleteFunc(l.Warnings(), func(w config.Warning) bool { return w.Notice })
}

// Every default is a value that its schema takes.
func TestSchemaTakesDefaults(t *testing.T) {
	for _, s := range config.Settings() {
		if d := s.DefaultValue(); d != nil {
			var l map[string]any
			data, err := json.Marshal(leaf(s))
			if err == nil {
				err = json.Unmarshal(data, &l)
			}
			if err != nil {
				t.Fatal(err)
			}
			if trouble := violation(l, decoded(t, d), s.Key); trouble != "" {
				t.Error(trouble)
			}
		}
	}
}

// decoded is v in the types that encoding/json decodes into.
func decoded(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// violation says where v breaks a schema, for the keywords that ours uses. A
// keyword it does not know fails, so that it cannot fall behind.
func violation(s map[string]any, v any, at string) string {
	for keyword, want := range s {
		if trouble := violates(s, keyword, want, v, at); trouble != "" {
			return trouble
		}
	}
	return ""
}

func violates(s map[string]any, keyword string, want, v any, at string) string {
	no := func(holds bool) string {
		if holds {
			return ""
		}
		return fmt.Sprintf("%s: %v breaks %s %v", at, v, keyword, want)
	}
	text, isText := v.(string)
	number, isNumber := v.(float64)
	list, isList := v.([]any)
	object, isObject := v.(map[string]any)
	switch keyword {
	case "$schema", "$id", "title", "description", "default", "x-trust", "x-environment", "x-later":
	case "type":
		switch want {
		case "object":
			return no(isObject)
		case "array":
			return no(isList)
		case "string":
			return no(isText)
		case "number":
			return no(isNumber)
		case "integer":
			return no(isNumber && number == math.Trunc(number))
		case "boolean":
			_, is := v.(bool)
			return no(is)
		}
		return no(false)
	case "const":
		return no(v == want)
	case "enum":
		return no(slices.Contains(want.([]any), v))
	case "minimum":
		return no(!isNumber || number >= want.(float64))
	case "maximum":
		return no(!isNumber || number <= want.(float64))
	case "minLength":
		return no(!isText || float64(len([]rune(text))) >= want.(float64))
	case "maxLength":
		return no(!isText || float64(len([]rune(text))) <= want.(float64))
	case "maxItems":
		return no(!isList || float64(len(list)) <= want.(float64))
	case "pattern":
		p := regexp.MustCompile(`\\u([0-9a-f]{4})`).ReplaceAllString(want.(string), `\x{$1}`)
		return no(!isText || regexp.MustCompile(p).MatchString(text))
	case "anyOf":
		return no(slices.ContainsFunc(want.([]any), func(one any) bool { return violation(one.(map[string]any), v, at) == "" }))
	case "items":
		for i, e := range list {
			if trouble := violation(want.(map[string]any), e, fmt.Sprintf("%s[%d]", at, i)); trouble != "" {
				return trouble
			}
		}
	case "propertyNames":
		for name := range object {
			if trouble := violation(want.(map[string]any), name, at); trouble != "" {
				return trouble
			}
		}
	case "properties":
		for name, e := range object {
			if p, ok := want.(map[string]any)[name].(map[string]any); ok {
				if trouble := violation(p, e, at+"."+name); trouble != "" {
					return trouble
				}
			}
		}
	case "additionalProperties":
		known, _ := s["properties"].(map[string]any)
		for name, e := range object {
			if known[name] != nil {
				continue
			}
			if below, ok := want.(map[string]any); !ok {
				return fmt.Sprintf("%s: %s is not known", at, name)
			} else if trouble := violation(below, e, at+"."+name); trouble != "" {
				return trouble
			}
		}
	default:
		return "the test does not know the keyword " + keyword
	}
	return ""
}

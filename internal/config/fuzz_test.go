package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"
)

// atMost reports how c is wider than own in what a repository may not widen;
// "" if it is not.
func atMost(c, own Config) string {
	for _, s := range scalars() {
		if s.wild >= 0 {
			continue
		}
		d, was := held(c, s), held(own, s)
		switch s.Trust {
		case UserOnly:
			if fmt.Sprint(d) != fmt.Sprint(was) {
				return s.Key + " changed"
			}
		case LowerOnly:
			if list, ok := d.([]string); ok {
				if had := was.([]string); len(list) < len(had) || fmt.Sprint(list[:len(had)]) != fmt.Sprint(had) {
					return s.Key + " lost a pattern"
				}
				for _, p := range list[len(was.([]string)):] {
					if takesBack(p) {
						return s.Key + " got the pattern " + p
					}
				}
			} else if w, ok := d.(WindowTokens); ok {
				if w.Max > was.(WindowTokens).Max || w.Max < int(s.Min) {
					return fmt.Sprintf("%s became %v", s.Key, w)
				}
			} else if _, ok := s.narrows(was, d); !ok {
				return fmt.Sprintf("%s became %v", s.Key, d)
			}
		}
	}
	if len(c.Models)+len(c.Rules)+len(c.Claude.Standby) > 0 {
		return "a table that names providers was filled"
	}
	return ""
}

// sound reports what is wrong with warnings.
func sound(warnings []Warning) string {
	for _, w := range warnings {
		if w.Text == "" || w.Source == "" || strings.ContainsFunc(w.Text, unicode.IsControl) || len(w.Text) > 2000 {
			return fmt.Sprintf("%#v", w)
		}
	}
	return ""
}

// own is what the user chose before a hostile source has its say.
func own() layer {
	l := parseTOML("USER", []byte("languages.go.enabled = false\nprovider = 'embedded'\nclaude.baseURL = 'https://own.example'\n"+
		"[budget]\ndailyUSD = 2\n[context]\nwindowTokens = 9000\nexclude = ['private/']\n"))
	l.kind = ofUser
	return l
}

func checkHostile(t *testing.T, l layer) {
	m := newMerger("USER", "/home/u")
	m.lay(own())
	before := newMerger("USER", "/home/u")
	before.lay(own())
	m.lay(l)
	c := m.draft.config()
	if wider := atMost(c, before.draft.config()); wider != "" {
		t.Error(wider)
	}
	if c.ForLanguage("go").Enabled {
		t.Error("a language was switched on")
	}
	if wrong := sound(m.warnings); wrong != "" {
		t.Error(wrong)
	}
}

func FuzzTOML(f *testing.F) {
	for _, s := range scalars() {
		f.Add([]byte(tomlLine(f, s, sample(s))))
	}
	f.Add([]byte("[[claude.standby]]\nbaseURL = 'x'\n[claude.standby.credentials]\nsource='file'\n[[rules]]\n[claude\nx = [\n"))
	f.Add([]byte("\ufeff[context]\r\nexclude = ['!private/', \"\\u0021x\"]\r\nwindowTokens = 'auto'\r\n[languages.go]\r\nenabled = true"))
	f.Add([]byte("\"claude.standby.[99999999]\" = {baseURL = 'x'}\n'' = 1\n\x1b = 2"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := parseTOML("PROJECT", data)
		l.kind = ofProject
		for _, e := range l.entries {
			if e.line < 1 || e.line > 1+strings.Count(string(data), "\n") {
				t.Errorf("%s is in line %d", e.key(), e.line)
			}
		}
		for _, w := range l.broken {
			if w.Line < 1 || w.Line > 1+strings.Count(string(data), "\n") || w.Column < 0 {
				t.Errorf("a file of %d bytes is broken in %d:%d", len(data), w.Line, w.Column)
			}
		}
		checkHostile(t, l)

		// As the user's own file nearly anything goes, but it does not panic,
		// and the warnings can be shown.
		l.kind = ofUser
		m := newMerger("USER", "/home/u")
		m.lay(l)
		m.draft.config()
		if wrong := sound(m.warnings); wrong != "" {
			t.Error(wrong)
		}
	})
}

func FuzzEditor(f *testing.F) {
	for _, s := range scalars() {
		f.Add([]byte(asJSON(f, nested(s, sample(s)))))
		f.Add([]byte(asJSON(f, map[string]any{Section + "." + s.Key: sample(s)})))
	}
	f.Add([]byte(`{"claude-lsp":[],"claude-lsp.enabled":{},"rules":[{},{"use":[]}]}`))
	f.Add([]byte(`{"claude":{"standby":[{"baseURL":"x"}],"standby.[5]":{"model":"y"}}}`))
	f.Add([]byte(`[[],{"a":1e999}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := parseEditor(json.RawMessage(data))
		if err != nil {
			if len(l.entries) > 0 {
				t.Error("an error and values")
			}
			return
		}
		checkHostile(t, ofTheEditor(l))
	})
}

func FuzzEnviron(f *testing.F) {
	for _, s := range Settings() {
		f.Add(s.Env(), fmt.Sprint(sample(s)))
	}
	f.Add("CLAUDE_LSP_CLAUDE_STANDBY", `[{"model":"x"},{"credentials":{"source":"file"}}]`)
	f.Add("CLAUDE_LSP_RULES", `{"x":1}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		m := newMerger("USER", "/home/u")
		m.lay(parseEnviron([]string{name + "=" + text}))
		m.draft.config()
		if wrong := sound(m.warnings); wrong != "" {
			t.Error(wrong)
		}
	})
}

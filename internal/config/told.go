package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Told is a setting as strangers may see it, in a bug report. It holds no name,
// address, path, pattern or other text of the user's.
type Told struct {
	Key    string `json:"key"`            // as in the table: a name of the user's own stays <name>
	Value  any    `json:"value"`          // of texts and lists only whether they are set
	Source string `json:"source"`         // "default", "file", "editor" or "environment"
	Line   int    `json:"line,omitempty"` // in the file
}

// ToldWarning is a Warning as strangers may see it.
type ToldWarning struct {
	Key    string `json:"key"` // as in Told; "" is no setting
	Source string `json:"source"`
	Line   int    `json:"line,omitempty"`
	Notice bool   `json:"notice,omitempty"`
}

// Told tells what holds in a folder: all settings that have one value, and of
// the others those that are set.
func (l *Loader) Told(folder string) []Told {
	m := l.mergedFor(folder)
	d := m.config.draft()
	var all []Told
	for _, s := range table().rows {
		if s.wild < 0 {
			all = append(all, s.told(d, place{}, m.origins[s.Key]))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m.origins)) {
		if s, at := table().find(concreteParts(key)); s != nil && s.wild >= 0 && d.has(s, at) {
			all = append(all, s.told(d, at, m.origins[key]))
		}
	}
	return all
}

// ToldWarnings are the Warnings as strangers may see them.
func (l *Loader) ToldWarnings() []ToldWarning {
	all := []ToldWarning{}
	for _, w := range l.Warnings() {
		t := ToldWarning{Source: kindOf(w.Source), Line: w.Line, Notice: w.Notice}
		if s, _ := table().find(concreteParts(w.Key)); s != nil {
			t.Key = s.Key
		}
		all = append(all, t)
	}
	return all
}

// told is one setting. What a type does not make harmless is not told: the types
// whose values are are named one by one.
func (s *Setting) told(d *draft, at place, from origin) Told {
	t := Told{Key: s.Key, Source: kindOf(from.source), Line: from.line, Value: "not set"}
	v := s.get(d, at)
	switch s.Type {
	case Bool, Int, Number:
		t.Value = v
	case Duration:
		t.Value = fmt.Sprint(v)
	case Choice:
		t.Value = ""
		if text, ok := v.(string); ok && slices.Contains(s.Values, text) {
			t.Value = text
		}
	default:
		if !emptyValue(v) && from != (origin{}) {
			t.Value = "set"
		}
	}
	switch v := v.(type) {
	case WindowTokens:
		t.Value = v.Max
		if v.Auto {
			t.Value = fmt.Sprintf("auto, at most %d", v.Max)
		}
	case Debounce:
		t.Value = v.D.String()
		if v.Auto {
			t.Value = "auto"
		}
	case []string:
		if len(v) > 0 {
			t.Value = fmt.Sprintf("set, %d of them", len(v))
		}
	}
	return t
}

// kindOf is a source without the path of its file.
func kindOf(source string) string {
	switch source {
	case "":
		return "default"
	case SourceEditor, SourceEnvironment:
		return source
	default:
		return "file"
	}
}

// concreteParts takes apart what keyOf has written.
func concreteParts(key string) []string {
	return strings.Split(strings.ReplaceAll(key, "[", ".["), ".")
}

func emptyValue(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	default:
		return false
	}
}

// draft is c as the rows of the table look at it. It must not be written to.
func (c Config) draft() *draft {
	d := &draft{Config: c, models: map[string]*Model{}, languages: map[string]*Language{}}
	for name, m := range c.Models {
		d.models[name] = &m
	}
	for id, l := range c.Languages {
		d.languages[id] = &l
	}
	return d
}

// has reports whether the user's own name, or the place in a list, is there:
// asking for one that is not would add it.
func (d *draft) has(s *Setting, at place) bool {
	switch s.path[0] {
	case "models":
		return d.models[at.name] != nil
	case "languages":
		return d.languages[at.name] != nil
	case "claude":
		return at.index < len(d.Claude.Standby)
	case "rules":
		return at.index < len(d.Rules)
	}
	return false
}

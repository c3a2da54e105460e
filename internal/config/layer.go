package config

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A layer is what one source says, taken apart but not checked.
type layer struct {
	kind    kind
	source  string // as in Warning
	entries []entry
	broken  []Warning // about lines that could not be read
	remarks []Warning // about the source's form, where nothing was lost
}

// A kind of layer: how far its source is trusted. The zero value is the one
// that is trusted least.
type kind uint8

const (
	ofProject kind = iota
	ofEditor
	ofUser
	ofEnvironment
)

// An entry is one value under one key.
type entry struct {
	path []string // concrete parts: claude standby [0] baseURL
	raw  any      // see check
	line int
	name string // environment variable
}

func (e entry) key() string { return keyOf(e.path) }

// ofTheEditor makes one layer of all that the editor said, the newest last: of
// each key only the newest value is kept. Otherwise an editor could not take
// back what it had narrowed itself.
func ofTheEditor(layers ...layer) layer {
	sum := layer{kind: ofEditor, source: SourceEditor}
	newest := map[string]int{}
	for i, l := range layers {
		for _, e := range l.entries {
			newest[e.key()] = i
		}
	}
	for i, l := range layers {
		for _, e := range l.entries {
			if newest[e.key()] == i {
				sum.entries = append(sum.entries, e)
			}
		}
	}
	return sum
}

// An origin is where the value that holds comes from.
type origin struct {
	source string
	line   int
}

// A merger lays layers over each other.
type merger struct {
	draft    *draft
	origins  map[string]origin // by concrete key
	warnings []Warning
	userFile string // for advice
	home     string
	said     int // warnings about the layer at hand
	noticed  map[string]bool
}

func newMerger(userFile, home string) *merger {
	return &merger{draft: newDraft(), origins: map[string]origin{}, userFile: userFile, home: home}
}

// lay puts l over what is there.
func (m *merger) lay(l layer) {
	m.said, m.noticed = 0, map[string]bool{}
	for _, w := range slices.Concat(l.broken, l.remarks) {
		m.warn(w)
	}
	for _, e := range l.entries {
		m.set(l, e)
	}
}

func (m *merger) warn(w Warning) {
	m.said++
	switch {
	case m.said < maxWarnings:
		m.warnings = append(m.warnings, w)
	case m.said == maxWarnings:
		m.warnings = append(m.warnings, Warning{Source: w.Source, Text: "there is more to warn of than is said here"})
	}
}

func (m *merger) set(l layer, e entry) {
	s, at := table().find(e.path)
	if s == nil {
		m.unknown(l, e)
		return
	}
	say := func(format string, args ...any) {
		m.warn(Warning{Source: l.source, Line: e.line, Key: e.key(), Text: e.called() + " " + fmt.Sprintf(format, args...)})
	}
	v, hint, ok := s.check(e.raw, m.home)
	fromElsewhere := l.kind == ofProject || l.kind == ofEditor
	if fromElsewhere && (s.Trust == UserOnly || s.Trust == Editor && l.kind == ofProject) {
		// VS Code sends every setting, also those that were left alone.
		if l.kind == ofProject || !ok || !same(v, s.Default) {
			say("is ignored here: %s; %s", s.whose(), m.advice(s, e))
		}
		return
	}
	if !ok {
		if hint != "" {
			hint = "; " + hint
		}
		if s.Type == URL {
			m.closeURL(s, at, e)
			say("must be %s%s; nothing is sent until it is put right", s.Expects(), hint)
			return
		}
		say("must be %s%s; it is ignored", s.Expects(), hint)
		return
	}
	if s.Trust == LowerOnly && fromElsewhere || s.Trust == EditorLowers && l.kind == ofProject {
		narrower, ok := s.narrows(s.get(m.draft, at), v)
		if !ok {
			if l.kind == ofProject || !same(v, s.Default) {
				say("is ignored here: it can only narrow what your own settings allow; %s", m.advice(s, e))
			}
			return
		}
		v = narrower
	}
	m.put(s, at, v)
	m.origins[e.key()] = origin{l.source, e.line}
	m.notice(l, s, e, v)
}

// put sets v, with regard to what held before.
func (m *merger) put(s *Setting, at place, v any) {
	switch v := v.(type) {
	case []string:
		if s.Trust == LowerOnly { // exclusions of all sources add up
			sum := slices.Clone(s.get(m.draft, at).([]string))
			for _, p := range v {
				// A repeated pattern says nothing new, unless one with a !
				// stands between: then the last one counts.
				if !slices.Contains(sum, p) || slices.ContainsFunc(sum, takesBack) {
					sum = append(sum, p)
				}
			}
			s.put(m.draft, at, sum)
			return
		}
	case WindowTokens:
		if v.Auto && v.Max == 0 {
			v.Max = s.get(m.draft, at).(WindowTokens).Max
			s.put(m.draft, at, v)
			return
		}
	}
	s.put(m.draft, at, v)
}

// closeURL keeps an address that cannot be used in place of the default one:
// what was meant for somebody else's server must not go to the first party.
func (m *merger) closeURL(s *Setting, at place, e entry) {
	text, ok := e.raw.(string)
	if !ok || !plain(text) {
		text = InvalidURL
	}
	s.put(m.draft, at, text)
	m.origins[e.key()] = origin{}
}

// notice says once that a setting does nothing yet.
func (m *merger) notice(l layer, s *Setting, e entry, v any) {
	value := ""
	if text, ok := v.(string); ok && slices.Contains(s.LaterValues, text) {
		value = fmt.Sprintf(" = %q", text)
	}
	if !s.Later && value == "" || s.inTables() || l.kind == ofEditor && same(v, s.Default) || m.noticed[s.Key] {
		return
	}
	m.noticed[s.Key] = true
	m.warn(Warning{
		Source: l.source, Line: e.line, Key: e.key(), Notice: true,
		Text: e.called() + value + " has no effect yet: it comes in a later version",
	})
}

// called is the entry's name for people.
func (e entry) called() string {
	if e.name != "" {
		return e.name
	}
	return shown(e.key())
}

// whose says why a setting is not taken from just anywhere.
func (s *Setting) whose() string {
	if s.Trust == Editor {
		return "a project can only narrow what is sent"
	}
	return "it is taken from your own settings file and the environment alone"
}

// advice says where a value can be put so that it counts.
func (m *merger) advice(s *Setting, e entry) string {
	file := m.userFile
	if file == "" {
		file = "your own settings file"
	}
	name := s.Env()
	if s.wild >= 0 && name != "" {
		name = envName(e.path)
	}
	if s.Trust == Editor || s.Trust == EditorLowers {
		return fmt.Sprintf("put it into %s or your editor's settings", file)
	}
	if name == "" || strings.ContainsFunc(name, notInName) {
		return "put it into " + file
	}
	return fmt.Sprintf("put it into %s or set %s", file, name)
}

func notInName(r rune) bool {
	return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
}

// unknown warns of a key that is no setting.
func (m *merger) unknown(l layer, e entry) {
	key := e.key()
	if list, ok := e.raw.([]any); ok && len(list) == 0 && isGroup(e.path) {
		return // Lua has one empty table for lists and groups alike
	}
	text := fmt.Sprintf("unknown setting %q", e.called())
	switch {
	case m.said >= maxWarnings: // not said, so not looked for
	case isGroup(e.path):
		text = fmt.Sprintf("%q is a group of settings and holds no value itself", e.called())
	case slices.Contains([]string{"apikey", "authtoken", "key", "token", "secret"}, letters(lastPart(key))):
		text += "; no setting holds a key: put it into the environment variable ANTHROPIC_API_KEY, or see credentials.source"
	case e.name != "":
		if near := nearest(e.name, variables(e.name)); near != "" {
			text += fmt.Sprintf("; did you mean %q?", near)
		}
	default:
		if near := nearest(key, keys(e.path)); near != "" {
			text += fmt.Sprintf("; did you mean %q?", shown(near))
		}
	}
	m.warn(Warning{Source: l.source, Line: e.line, Key: shown(key), Text: text})
}

// isGroup reports whether there are settings below path.
func isGroup(path []string) bool {
	for _, s := range table().rows {
		if len(s.path) > len(path) && slices.EqualFunc(s.path[:len(path)], path, func(want, got string) bool {
			_, index := indexOf(got)
			return want == got || want[0] == '<' || want == "[]" && index
		}) {
			return true
		}
	}
	return false
}

// keys are all keys, with path's own names in the place of wild parts.
func keys(path []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range table().rows {
			p := slices.Clone(s.path)
			if s.wild >= 0 && s.wild < len(path) {
				p[s.wild] = path[s.wild]
			}
			if !yield(keyOf(p)) {
				return
			}
		}
	}
}

// same reports whether a checked value is the setting's default.
func same(v, d any) bool {
	if list, ok := v.([]string); ok {
		def, ok := d.([]string)
		return ok && slices.Equal(list, def)
	}
	if t, ok := v.(tables); ok {
		return t.n == 0
	}
	return v == d
}

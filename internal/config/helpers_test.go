package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A sitting is a user's file, a workspace folder and a Loader over both.
type sitting struct {
	t            *testing.T
	home, folder string
	environ      []string
	*Loader
}

// sit writes the files whose text is not "" and starts a Loader.
func sit(t *testing.T, user, project string, environ ...string) *sitting {
	t.Helper()
	home, folder := t.TempDir(), t.TempDir()
	s := &sitting{t: t, home: home, folder: folder, environ: append(environ, "HOME="+home, "USERPROFILE="+home)}
	if user != "" {
		s.write(s.userFile(), user)
	}
	if project != "" {
		s.write(s.projectFile(), project)
	}
	s.Loader = New(Options{UserFile: s.userFile(), Environ: s.environ})
	return s
}

func (s *sitting) userFile() string    { return filepath.Join(s.home, "config.toml") }
func (s *sitting) projectFile() string { return filepath.Join(s.folder, ProjectFile) }

func (s *sitting) write(path, text string) {
	s.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// texts are the warnings, with short names for the files.
func (s *sitting) texts() []string {
	var texts []string
	for _, w := range s.Warnings() {
		text := w.String()
		text = strings.ReplaceAll(text, s.userFile(), "USER")
		texts = append(texts, strings.ReplaceAll(text, s.projectFile(), "PROJECT"))
	}
	return texts
}

// sample is a value of the setting that is not its default, narrower than it
// where it can be, as JSON holds it.
func sample(s *Setting) any {
	switch s.Type {
	case Bool:
		return !(s.Default == true)
	case Int, Number:
		return s.Min + 1
	case Choice:
		return s.Values[len(s.Values)-1]
	case Duration:
		return "1s"
	case URL:
		return "http://127.0.0.1:1/" + strings.ReplaceAll(s.Key, "<", "")
	case Path:
		return filepath.Join(os.TempDir(), "some", "file")
	case Listen:
		return "127.0.0.1:9464"
	case List:
		return []any{"one", "two"}
	default:
		return "some-text"
	}
}

// nested is the object that sets s to v.
func nested(s *Setting, v any) map[string]any {
	for _, part := range slices.Backward(s.path) {
		switch {
		case part == "[]":
			v = []any{v}
		case part[0] == '<':
			v = map[string]any{"mine": v}
		default:
			v = map[string]any{part: v}
		}
	}
	return v.(map[string]any)
}

// line is s = v as a line of TOML, in which JSON's texts, numbers and lists are
// the same.
func tomlLine(t testing.TB, s *Setting, v any) string {
	t.Helper()
	key, value := strings.ReplaceAll(s.Key, "<id>", "mine"), v
	key = strings.ReplaceAll(key, "<name>", "mine")
	if list, element, ok := strings.Cut(key, "[]."); ok {
		return list + " = [{" + element + " = " + asJSON(t, value) + "}]\n"
	}
	return key + " = " + asJSON(t, value) + "\n"
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// scalars are the settings that hold one value, with a place in which s.get
// finds what sample and nested set.
func scalars() []*Setting {
	return slices.DeleteFunc(slices.Clone(Settings()), func(s *Setting) bool { return s.Type == Tables })
}

// held is what c holds for s, at the place that nested and tomlLine set.
func held(c Config, s *Setting) any {
	d := &draft{Config: c, models: map[string]*Model{}, languages: map[string]*Language{}}
	for name, m := range c.Models {
		d.models[name] = &m
	}
	for id, l := range c.Languages {
		d.languages[id] = &l
	}
	return s.get(d, place{name: "mine"})
}

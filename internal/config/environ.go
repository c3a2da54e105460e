package config

import (
	"encoding/json"
	"iter"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// parseEnviron takes the settings out of an environment, in the form of
// os.Environ. A variable that is set to nothing counts as not set, as it does
// for Anthropic's own SDKs.
func parseEnviron(environ []string) layer {
	l := layer{kind: ofEnvironment, source: SourceEnvironment}
	byName := environment(environ)
	// What other programs read too comes first, so that our own name wins.
	for _, s := range table().rows {
		if text := byName[s.AlsoEnv]; s.AlsoEnv != "" && text != "" {
			l.entries = append(l.entries, entry{path: s.path, raw: fromText(s, text), name: s.AlsoEnv})
		}
	}
	for _, name := range sortedNames(byName) {
		text := byName[name]
		if !strings.HasPrefix(name, EnvPrefix) || text == "" {
			continue
		}
		s, path := variable(name)
		if s == nil {
			l.entries = append(l.entries, entry{path: []string{name}, raw: text, name: name})
			continue
		}
		e := entry{path: path, raw: fromText(s, text), name: name}
		if s.Type == Tables {
			l.jsonTables(e, text)
			continue
		}
		l.entries = append(l.entries, e)
	}
	return l
}

// jsonTables adds a list of tables written as JSON.
func (l *layer) jsonTables(e entry, text string) {
	from := len(l.entries)
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var list []any
	if err := d.Decode(&list); err != nil {
		l.entries = append(l.entries, e)
		return
	}
	l.array(e.path, list)
	for i := range l.entries[from:] {
		l.entries[from+i].name = e.name
	}
}

// environment is an environment by names. As for os.Getenv the first of equal
// names counts, and Windows does not tell upper from lower case.
func environment(environ []string) map[string]string {
	byName := make(map[string]string, len(environ))
	for _, e := range environ {
		name, text, ok := strings.Cut(e, "=")
		if runtime.GOOS == "windows" {
			name = strings.ToUpper(name)
		}
		if _, twice := byName[name]; ok && name != "" && !twice {
			byName[name] = text
		}
	}
	return byName
}

func sortedNames(byName map[string]string) []string {
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// variable is the setting that a variable is the name of, and its path.
func variable(name string) (*Setting, []string) {
	for _, s := range table().rows {
		env := s.Env()
		if env == "" {
			continue
		}
		if s.wild < 0 {
			if env == name {
				return s, s.path
			}
			continue
		}
		before, after := env[:strings.IndexByte(env, '<')], env[strings.IndexByte(env, '>')+1:]
		own, ok := strings.CutPrefix(name, before)
		if own, ok = cutSuffix(own, after, ok); ok && own != "" && len(own) <= maxName {
			path := slices.Clone(s.path)
			path[s.wild] = canonicalName(own)
			return s, path
		}
	}
	// People who write the key in upper case get no underscore inside its words:
	// CLAUDE_LSP_COMPLETION_MAXTOKENS. No two settings differ by underscores alone.
	for _, s := range table().rows {
		if env := s.Env(); env != "" && s.wild < 0 && joined(env) == joined(name) {
			return s, s.path
		}
	}
	return nil, nil
}

// joined is a variable's name without its underscores.
func joined(name string) string { return strings.ReplaceAll(name, "_", "") }

func cutSuffix(text, suffix string, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	return strings.CutSuffix(text, suffix)
}

// variables are the names of all variables; the wild part of each is what
// stands in its place in name.
func variables(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range table().rows {
			env := s.Env()
			if before, after, ok := strings.Cut(env, "<"); ok {
				_, after, _ = strings.Cut(after, ">")
				own, _, _ := strings.Cut(strings.TrimPrefix(name, before), "_")
				env = before + own + after
			}
			if env != "" && !yield(env) {
				return
			}
		}
	}
}

// fromText is a variable's text as the raw value that the setting expects. What
// cannot be read as one stays text, and check will say so.
func fromText(s *Setting, text string) any {
	switch s.Type {
	case Bool:
		if b, err := strconv.ParseBool(text); err == nil {
			return b
		}
	case Int, Number:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f
		}
	case Choice:
		if b, err := strconv.ParseBool(text); err == nil && s.Bools {
			return b
		}
	case List:
		return listFromText(text)
	}
	return text
}

// listFromText reads a list with commas between its elements, or a JSON list
// for elements that hold commas themselves. A pattern may begin with a bracket
// too, so that what is no JSON is taken by its commas.
func listFromText(text string) []any {
	list := []any{}
	if strings.HasPrefix(text, "[") && json.Unmarshal([]byte(text), &list) == nil {
		return list
	}
	list = []any{}
	for e := range strings.SplitSeq(text, ",") {
		if e = strings.TrimSpace(e); e != "" {
			list = append(list, e)
		}
	}
	return list
}

// UserFile is where the user's own settings file is looked for, by an
// environment in the form of os.Environ: claude-lsp/config.toml in
// $XDG_CONFIG_HOME on every system, because whoever sets that variable means
// it; without it ~/.config, on macOS ~/Library/Application Support, on Windows
// %AppData%. It is "" where the environment names no such place.
func UserFile(environ []string) string { return userFile(runtime.GOOS, environment(environ)) }

func userFile(goos string, env map[string]string) string {
	folder := env["XDG_CONFIG_HOME"]
	if !filepath.IsAbs(folder) { // the XDG specification says to ignore it then
		folder = ""
	}
	if folder == "" {
		switch goos {
		case "darwin":
			folder = filepath.Join(home(goos, env), "Library", "Application Support")
		case "windows":
			folder = env["APPDATA"]
		default:
			folder = filepath.Join(home(goos, env), ".config")
		}
	}
	// A relative place would be inside whatever folder the server was started
	// in, which may be a repository.
	if !filepath.IsAbs(folder) {
		return ""
	}
	return filepath.Join(folder, "claude-lsp", "config.toml")
}

func home(goos string, env map[string]string) string {
	if goos == "windows" {
		return env["USERPROFILE"]
	}
	return env["HOME"]
}

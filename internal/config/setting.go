package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Setting is one row of the table of settings: the only place that knows the
// key. Reading, checking, the documentation and the schema all follow it.
type Setting struct {
	// Key is the full name. One part may stand for many: <id> and <name> for
	// names that the user chooses, [] for the place in a list of tables.
	Key     string
	Type    Type
	Auto    bool     // the word "auto" is a value too; of an Int or a Duration
	Bools   bool     // true and false are taken for "always" and "never"; of a Choice
	Values  []string // of a Choice, the most usual first
	Min     float64  // least value of an Int or a Number; of a Duration in seconds
	Max     float64  // greatest value, likewise; of a List or Tables the greatest number of elements
	Default any      // nil where the setting is missing unless it is set
	Unset   string   // what holds while it is missing, in words, where Default does not say it
	Doc     string   // what it means, in whole sentences
	Trust   Trust

	// AlsoEnv is a variable that other programs read too. The setting's own
	// variable comes before it.
	AlsoEnv string

	Later       bool     // nothing reads the value yet; setting it gets a notice
	LaterValues []string // the values of which that is so

	group string // heading in the documentation
	path  []string
	wild  int                          // index of the part that stands for many, or -1
	field func(d *draft, at place) any // a pointer to where the value goes
}

// A place is what the wild part of a key stands for.
type place struct {
	name  string
	index int
}

// A Type says what a value looks like in a file.
type Type uint8

// The types, with the Go type of a checked value.
const (
	Bool     Type = iota // bool
	Int                  // int; WindowTokens with Auto
	Number               // float64
	Text                 // string, one line
	Choice               // string, one of Values
	Duration             // time.Duration; Debounce with Auto; text such as "150ms"
	URL                  // string, http or https
	Path                 // string, absolute; ~/ at the beginning is the home folder
	Listen               // string, loopback host:port, or ""
	List                 // []string
	Tables               // a list of tables, whose keys have rows of their own
)

// Trust says whose word counts for a setting. A repository may bring a project
// file, and editors keep settings in repositories too, so neither can send
// more than the user's own file and the environment allow.
type Trust uint8

// The degrees of trust, the strictest first.
const (
	// UserOnly settings name an endpoint, a credential, a command, a file, a
	// listen address, a provider, or what is let through: they are taken from
	// the user's own file and the environment alone.
	UserOnly Trust = iota
	// LowerOnly settings say how much is sent or spent. Project and editor can
	// make it less, never more.
	LowerOnly
	// EditorLowers settings are free for the editor; a project can make them
	// smaller.
	EditorLowers
	// Editor settings are free for the editor. A project cannot set them.
	Editor
)

// DurationPattern is the form of durations, as a regular expression: a subset
// of what Go reads, so that the schema and the server agree.
const DurationPattern = `^(0|([0-9]+(\.[0-9]+)?(ms|s|m|h))+)$`

// EnvPrefix begins the name of every environment variable that is a setting.
const EnvPrefix = "CLAUDE_LSP_"

// Env is the setting's environment variable. Wild parts stay: <ID> is the
// user's name in upper case. It is "" for keys inside a list of tables, which
// the environment can only set as a whole, in JSON.
func (s *Setting) Env() string {
	if s.inTables() {
		return ""
	}
	return envName(s.path)
}

// Group is the heading under which the setting is documented.
func (s *Setting) Group() string { return s.group }

// Parts are the parts of the key.
func (s *Setting) Parts() []string { return slices.Clone(s.path) }

func (s *Setting) inTables() bool { return s.wild >= 0 && s.path[s.wild] == "[]" }

// envName puts an underscore between words and between parts: claude.baseURL
// is CLAUDE_LSP_CLAUDE_BASE_URL. A run of capitals is one word.
func envName(path []string) string {
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(EnvPrefix, "_"))
	for _, part := range path {
		b.WriteByte('_')
		runes := []rune(part)
		for i, r := range runes {
			if i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) ||
				i+1 < len(runes) && unicode.IsLower(runes[i+1])) && unicode.IsLetter(runes[i-1]) {
				b.WriteByte('_')
			}
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

// match reports whether path names s, and what the wild part stands for. A
// user's name may itself hold dots, so it takes every part that is left over.
func (s *Setting) match(path []string) (place, bool) {
	if s.wild < 0 {
		return place{}, slices.Equal(path, s.path)
	}
	before, after := s.path[:s.wild], s.path[s.wild+1:]
	n := len(path) - len(before) - len(after)
	if n < 1 || !slices.Equal(path[:len(before)], before) || !slices.Equal(path[len(path)-len(after):], after) {
		return place{}, false
	}
	middle := path[len(before) : len(before)+n]
	if s.inTables() {
		i, ok := indexOf(middle[0])
		return place{index: i}, ok && n == 1
	}
	name := strings.Join(middle, ".")
	return place{name: canonicalName(name)}, name != "" && len(name) <= maxName
}

// maxName bounds what a user may call a model or a language, in bytes.
const maxName = 64

// indexOf reads a part of the form [3].
func indexOf(part string) (int, bool) {
	digits, ok := strings.CutPrefix(part, "[")
	if !ok {
		return 0, false
	}
	if digits, ok = strings.CutSuffix(digits, "]"); !ok {
		return 0, false
	}
	i, err := strconv.Atoi(digits)
	return i, err == nil && i >= 0
}

// keyOf writes a path as a key, for people: claude.standby[0].baseURL.
func keyOf(path []string) string {
	var b strings.Builder
	for i, part := range path {
		if i > 0 && !strings.HasPrefix(part, "[") {
			b.WriteByte('.')
		}
		b.WriteString(part)
	}
	return b.String()
}

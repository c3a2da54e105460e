package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Expects says what a value has to be, for a sentence that begins with "must
// be".
func (s *Setting) Expects() string {
	auto := ""
	if s.Auto {
		auto = `"auto" or `
	}
	switch s.Type {
	case Bool:
		return "true or false"
	case Int:
		return fmt.Sprintf("%sa whole number from %.0f to %.0f", auto, s.Min, s.Max)
	case Number:
		return fmt.Sprintf("a number from %.0f to %.0f", s.Min, s.Max)
	case Text:
		return "a line of text"
	case Choice:
		quoted := make([]string, len(s.Values))
		for i, v := range s.Values {
			quoted[i] = strconv.Quote(v)
		}
		last := len(quoted) - 1
		return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
	case Duration:
		return fmt.Sprintf(`%sa duration such as "150ms", from %s to %s`, auto, short(seconds(s.Min)), short(seconds(s.Max)))
	case URL:
		return "an address that begins with https:// or http://"
	case Path:
		return "an absolute path, or one that begins with ~/"
	case Listen:
		return `a loopback address with a port, such as "127.0.0.1:9464"`
	case List:
		return "a list of texts"
	case Tables:
		return fmt.Sprintf("a list of at most %.0f tables", s.Max)
	}
	return "something else"
}

// short writes a duration as a person would: 10m and not 10m0s.
func short(d time.Duration) string {
	text := d.String()
	text, _ = strings.CutSuffix(text, "m0s")
	if len(text) < len(d.String()) {
		text += "m"
	}
	return text
}

// DefaultValue is the default as a file would hold it: a bool, a number, text
// or a list. It is nil where the setting is missing unless it is set.
func (s *Setting) DefaultValue() any {
	switch d := s.Default.(type) {
	case Debounce:
		if d.Auto {
			return "auto"
		}
		return short(d.D)
	case WindowTokens:
		return d.Max
	case time.Duration:
		return short(d)
	}
	return s.Default
}

// String names the sources whose word counts.
func (t Trust) String() string {
	switch t {
	case UserOnly:
		return "your own file and the environment alone"
	case LowerOnly:
		return "your own file and the environment; the editor and the project's file can only narrow it"
	case EditorLowers:
		return "your own file, the editor and the environment; the project's file can only narrow it"
	case Editor:
		return "your own file, the editor and the environment"
	}
	return "nowhere"
}

package config

import (
	"fmt"
	"math"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// A raw value is what a source held before it was checked: a bool, int64,
// float64, string, []any of such values, tables or foreign.
type (
	// tables stands for a list of tables; what is in them comes as entries of
	// its own.
	tables struct{ n int }
	// foreign is a value of a kind that no setting has, such as a date.
	foreign struct{}
)

// maxText bounds a text value, in bytes.
const maxText = 4096

var durationForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(DurationPattern) })

// check turns a raw value into a value of the setting's type. If the raw value
// is not one, hint may say what about it was nearly right. The text of a value
// is never repeated in a hint: it may be a secret in the wrong place.
func (s *Setting) check(raw any, home string) (v any, hint string, ok bool) {
	switch s.Type {
	case Bool:
		v, ok = raw.(bool)
	case Int:
		return s.checkInt(raw)
	case Number:
		f, isNumber := number(raw)
		return f, "", isNumber && f >= s.Min && f <= s.Max
	case Duration:
		return s.checkDuration(raw)
	case Choice:
		return s.checkChoice(raw)
	case List:
		return s.checkList(raw)
	case Tables:
		if list, isList := raw.([]any); isList && len(list) == 0 {
			return tables{}, "", true
		}
		t, isTables := raw.(tables)
		return t, "", isTables && float64(t.n) <= s.Max
	case Text, URL, Path, Listen:
		text, isText := raw.(string)
		if !isText || !plain(text) {
			return nil, "", false
		}
		return s.checkText(text, home)
	}
	return v, "", ok
}

func (s *Setting) checkInt(raw any) (any, string, bool) {
	if s.Auto && raw == "auto" {
		return WindowTokens{Auto: true}, "", true
	}
	f, ok := number(raw)
	if !ok || f != math.Trunc(f) || f < s.Min || f > s.Max {
		return nil, "", false
	}
	if s.Auto {
		return WindowTokens{Max: int(f)}, "", true
	}
	return int(f), "", true
}

func (s *Setting) checkDuration(raw any) (any, string, bool) {
	if s.Auto && raw == "auto" {
		return Debounce{Auto: true}, "", true
	}
	text, ok := raw.(string)
	if !ok {
		if _, ok := number(raw); ok {
			return nil, "a number needs quotes and a unit", false
		}
		return nil, "", false
	}
	if len(text) > maxName || !durationForm().MatchString(text) {
		return nil, "", false
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < seconds(s.Min) || d > seconds(s.Max) {
		return nil, "", false
	}
	if s.Auto {
		return Debounce{D: d}, "", true
	}
	return d, "", true
}

func (s *Setting) checkChoice(raw any) (any, string, bool) {
	if b, ok := raw.(bool); ok && s.Bools {
		if b {
			return "always", "", true
		}
		return "never", "", true
	}
	text, ok := raw.(string)
	if !ok {
		return nil, "", false
	}
	if slices.Contains(s.Values, text) {
		return text, "", true
	}
	if near := nearest(text, slices.Values(s.Values)); near != "" {
		return nil, fmt.Sprintf("did you mean %q?", near), false
	}
	return nil, "", false
}

func (s *Setting) checkList(raw any) (any, string, bool) {
	elements, ok := raw.([]any)
	if !ok || float64(len(elements)) > s.Max {
		return nil, "", false
	}
	list := make([]string, 0, len(elements))
	for i, e := range elements {
		text, ok := e.(string)
		if !ok || !plain(text) || text == "" {
			return nil, fmt.Sprintf("element %d is not", i+1), false
		}
		list = append(list, text)
	}
	return list, "", true
}

// checkText is check for the types that are written as text of any content.
func (s *Setting) checkText(text, home string) (any, string, bool) {
	switch s.Type {
	case URL:
		return text, "", text == "" || httpURL(text)
	case Path:
		if rest, ok := strings.CutPrefix(text, "~/"); ok && home != "" {
			text = filepath.Join(home, rest)
		}
		// A relative path would depend on the folder in which the editor
		// happened to start the server, which may be a repository.
		return text, "", text == "" || filepath.IsAbs(text)
	case Listen:
		return text, "", text == "" || loopback(text)
	default:
		return text, "", text != "" || s.Default == "" || s.Default == nil
	}
}

// httpURL reports whether text is an address that a client can be given.
// Whether it may be used without TLS is decided by who opens the connection.
func httpURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.Opaque == ""
}

func loopback(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n > 65535 {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// plain reports whether text is one line without control characters, which
// would end up in headers, logs and terminals.
func plain(text string) bool {
	return len(text) <= maxText && !strings.ContainsFunc(text, unicode.IsControl)
}

// number is a raw number as a float; all ranges are well inside of what a float
// holds exactly.
func number(raw any) (float64, bool) {
	switch n := raw.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, !math.IsNaN(n)
	}
	return 0, false
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// narrows reports whether v asks for no more than old, which is all that a
// project, or the editor for some settings, may do. What it returns beside is
// the value to put: a list is added to, and a window chosen by the server stays
// under the number that held.
func (s *Setting) narrows(old, v any) (any, bool) {
	switch v := v.(type) {
	case bool:
		return v, old.(bool) || !v
	case int:
		return v, v <= old.(int)
	case float64: // a budget, where 0 is no limit
		had := old.(float64)
		return v, had == 0 || v != 0 && v <= had
	case WindowTokens:
		had := old.(WindowTokens)
		if v.Auto {
			return WindowTokens{Auto: true, Max: had.Max}, true
		}
		return v, v.Max <= had.Max
	case string: // completion.multiline
		return v, v == old || v == "never"
	case []string:
		// A pattern with ! takes back what somebody else excluded.
		return v, !slices.ContainsFunc(v, takesBack)
	}
	return old, false
}

// takesBack reports whether a pattern takes an exclusion back. The space that
// may stand before its ! counts as nothing here, to be on the safe side.
func takesBack(pattern string) bool { return strings.HasPrefix(strings.TrimSpace(pattern), "!") }

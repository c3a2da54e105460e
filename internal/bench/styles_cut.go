package main

import (
	"math/rand/v2"
	"regexp"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A source is a file that holes are cut from.
type source struct {
	path, lang, text string
	lines            []string
	at               []int // where each line begins, and where one behind the last would
	states           []syntax.State
}

func newSource(path, text string) source {
	s := source{path: path, lang: syntax.IDForPath(path), text: text, lines: strings.Split(text, "\n")}
	at, st := 0, syntax.State{}
	for _, line := range s.lines {
		s.at, s.states = append(s.at, at), append(s.states, st)
		st = syntax.ByID(s.lang).After(line+"\n", st)
		at += len(line) + 1
	}
	s.at = append(s.at, at)
	return s
}

// A cutter takes something out that begins on line i, or finds nothing there.
type cutter struct {
	kind string
	cut  func(s source, i int, r *rand.Rand) (from, to int, ok bool)
}

// The kinds of holes.
var cutters = []cutter{
	{"rest", restOfLine},
	{"arguments", insideBrackets},
	{"string", insideString},
	{"statement", statement},
	{"body", blockBody},
	{"closed_body", blockAndCloser},
	{"function", wholeFunction},
	{"branch", branch},
	{"item", listItem},
	{"comment", commentLine},
	{"chunk", chunk},
	{"element", element},
	{"value", valueOfKey},
}

// holeFrom cuts one hole of some kind from s, or tells that there was none.
func holeFrom(s source, r *rand.Rand) (hole, bool) {
	c := cutters[r.IntN(len(cutters))]
	for n := range 400 {
		if n%40 == 39 { // the file has hardly anything of this kind
			c = cutters[r.IntN(len(cutters))]
		}
		i := r.IntN(len(s.lines))
		from, to, ok := c.cut(s, i, r)
		if !ok || from < 0 || to > len(s.text) || from >= to {
			continue
		}
		h := hole{path: s.path, lang: s.lang, kind: c.kind, prefix: s.text[:from], want: s.text[from:to], suffix: s.text[to:]}
		if h.clear() {
			return h, true
		}
	}
	return hole{}, false
}

// clear reports whether it can be told what an answer adds: a line that stands
// there twice can be an echo as well as news.
func (h hole) clear() bool {
	text := strings.TrimSpace(h.want)
	if len(text) < 2 || len(h.want) > 1500 || strings.TrimSpace(h.prefix) == "" || strings.Contains(text, "CURSOR") {
		return false
	}
	if h.alike() || h.aligned() {
		return false
	}
	lines := strings.Split(text, "\n")
	first, last := strings.TrimSpace(lines[0]), strings.TrimSpace(lines[len(lines)-1])
	over := strings.Split(strings.TrimSpace(h.above(4)), "\n")
	under := strings.Split(strings.TrimSpace(h.below(4)), "\n")
	// Brackets alone may stand one below the other.
	return strings.IndexFunc(first, isLetter) >= 0 && !startsLike(first, strings.TrimSpace(over[len(over)-1])) &&
		(last != strings.TrimSpace(under[0]) || strings.IndexFunc(last, isLetter) < 0)
}

// alike reports whether the text begins as the line in front of it ends: it
// could be an echo.
func (h hole) alike() bool {
	for n := 4; n <= len(h.want); n++ {
		if strings.HasSuffix(h.head(), h.want[:n]) {
			return true
		}
	}
	return false
}

// aligned reports whether blanks at the cursor, or the marks of indentation,
// are a matter of taste.
func (h hole) aligned() bool {
	if strings.TrimSpace(h.head()) != "" && (strings.HasPrefix(h.want, "  ") || strings.HasPrefix(h.want, "\t") ||
		strings.HasPrefix(h.want, " ") && strings.HasSuffix(h.head(), " ") || strings.HasSuffix(h.head(), "  ") || strings.HasSuffix(h.head(), "\t")) {
		return true
	}
	tabs := h.indent().Tabs
	for line := range strings.SplitSeq(h.want, "\n") {
		if strings.Contains(syntax.Leading(line), "\t") != tabs && len(syntax.Leading(line)) > 1 {
			return true
		}
	}
	return false
}

func startsLike(line, other string) bool {
	return len(other) > 3 && strings.HasPrefix(line, other) || line == other
}

func isLetter(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 0x7f
}

// whole takes out the lines from i to j, with the cursor on a blank line that is
// indented, on one that is not, or at the end of the line above.
func (s source) whole(i, j int, r *rand.Rand) (from, to int, ok bool) {
	for j > i && strings.TrimSpace(s.lines[j-1]) == "" {
		j--
	}
	if i < 1 || j <= i || strings.TrimSpace(s.lines[i]) == "" {
		return 0, 0, false
	}
	from, to = s.at[i], s.at[j]-1
	switch r.IntN(5) {
	case 0:
	case 1:
		from-- // the break in front of it belongs to the hole
	default:
		from += len(syntax.Leading(s.lines[i]))
	}
	return from, to, true
}

func (s source) code(i int) bool {
	return s.states[i].In() == syntax.InCode && strings.TrimSpace(s.lines[i]) != "" && !s.isComment(i)
}

func (s source) isComment(i int) bool {
	line := strings.TrimSpace(s.lines[i])
	for _, mark := range syntax.ByID(s.lang).LineComments() {
		if strings.HasPrefix(line, mark) {
			return true
		}
	}
	return strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "<!--")
}

func (s source) columns(i int) int {
	return syntax.Indent{Width: 4}.Columns(syntax.Leading(s.lines[i]))
}

// deeper is the first line from i on that is not indented more than columns;
// blank lines do not count.
func (s source) deeper(i, columns int) int {
	j := i
	for k := i; k < len(s.lines); k++ {
		switch {
		case strings.TrimSpace(s.lines[k]) == "":
		case s.columns(k) <= columns:
			return j
		default:
			j = k + 1
		}
	}
	return j
}

// restOfLine begins anywhere on the line, more often where people pause.
func restOfLine(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	line := strings.TrimRight(s.lines[i], " \t")
	lead := len(syntax.Leading(line))
	if !s.code(i) || len(line) < lead+6 {
		return 0, 0, false
	}
	var at []int
	for k := lead + 1; k < len(line)-1; k++ {
		if strings.IndexByte("(=. ,:", line[k]) >= 0 || r.IntN(12) == 0 && line[k] < 0x80 && line[k+1] < 0x80 {
			at = append(at, k+1)
		}
	}
	if len(at) == 0 {
		return 0, 0, false
	}
	from = s.at[i] + at[r.IntN(len(at))]
	return from, s.at[i] + len(line), strings.TrimSpace(s.text[from:s.at[i]+len(line)]) != ""
}

// insideBrackets is what stands between two brackets of one line, or the end
// of it: the editor has closed the bracket already.
func insideBrackets(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	line := s.lines[i]
	if !s.code(i) {
		return 0, 0, false
	}
	open, depth := -1, 0
	for t := range syntax.ByID(s.lang).Scan(line, s.states[i]) {
		switch {
		case t.Kind == syntax.Open && open < 0 && r.IntN(2) == 0:
			open, depth = t.To, 1
		case t.Kind == syntax.Open && open >= 0:
			depth++
		case t.Kind == syntax.Close && open >= 0:
			if depth--; depth > 0 {
				continue
			}
			if comma := strings.Index(line[open:t.From], ", "); comma > 0 && r.IntN(2) == 0 {
				open += comma + 2
			}
			return s.at[i] + open, s.at[i] + t.From, true
		}
	}
	return 0, 0, false
}

// insideString is the rest of a string's text in front of its closing quote.
func insideString(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	if !s.code(i) {
		return 0, 0, false
	}
	line := s.lines[i]
	for t := range syntax.ByID(s.lang).Scan(line, s.states[i]) {
		text := line[t.From:t.To]
		if t.Kind != syntax.String || len(text) < 10 || text[0] != text[len(text)-1] || strings.Contains(text, `\`) || text[1] == text[0] {
			continue
		}
		begin := 1
		if k := strings.IndexByte(text, ' '); k > 0 && r.IntN(2) == 0 {
			begin = k + 1
		}
		return s.at[i] + t.From + begin, s.at[i] + t.To - 1, true
	}
	return 0, 0, false
}

func statement(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	if i == 0 || !s.code(i) || i+1 >= len(s.lines) || s.columns(i) == 0 || syntax.ByID(s.lang).Opens(s.lines[i]) || syntax.ByID(s.lang).Closes(s.lines[i]) {
		return 0, 0, false
	}
	return s.whole(i, i+1, r)
}

func blockBody(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	if !s.code(i) || !syntax.ByID(s.lang).Opens(s.lines[i]) {
		return 0, 0, false
	}
	j := s.deeper(i+1, s.columns(i))
	if n := j - i - 1; n < 2 || n > 12 {
		return 0, 0, false
	}
	return s.whole(i+1, j, r)
}

// blockAndCloser is a body together with the line that ends it.
func blockAndCloser(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	if !s.code(i) || !syntax.ByID(s.lang).Opens(s.lines[i]) {
		return 0, 0, false
	}
	j := s.deeper(i+1, s.columns(i))
	if n := j - i - 1; n < 1 || n > 10 || j >= len(s.lines) || !closing.MatchString(s.lines[j]) || s.columns(j) != s.columns(i) {
		return 0, 0, false
	}
	return s.whole(i+1, j+1, r)
}

var (
	closing   = regexp.MustCompile(`^\s*(\}|\)|\]|end|done|fi|esac)[;,)]*$`)
	signature = regexp.MustCompile(`^\s*(export |pub |public |private |protected |static |async |local |final |override )*(func|def|function|fn|sub|void|int|char|bool|String|defp|fun)\b.*[({:]?`)
	branches  = regexp.MustCompile(`^\s*(\} )?(else|elif|elsif|case|except|catch|rescue|when|default|finally)\b`)
	openTag   = regexp.MustCompile(`^\s*<([a-zA-Z][\w-]*)`)
	keyed     = regexp.MustCompile(`^\s*(- )?["']?[\w.-]+["']?\s*[:=]\s*`)
)

// wholeFunction is a small function below its comment, from its signature to
// its end.
func wholeFunction(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	if i == 0 || !s.code(i) || !signature.MatchString(s.lines[i]) || !syntax.ByID(s.lang).Opens(s.lines[i]) || !s.isComment(i-1) {
		return 0, 0, false
	}
	j := s.deeper(i+1, s.columns(i))
	if j < len(s.lines) && closing.MatchString(s.lines[j]) {
		j++
	}
	if n := j - i; n < 2 || n > 15 {
		return 0, 0, false
	}
	return s.whole(i, j, r)
}

func branch(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	if !s.code(i) || !branches.MatchString(s.lines[i]) || strings.HasPrefix(strings.TrimSpace(s.lines[i]), "}") {
		return 0, 0, false
	}
	j := s.deeper(i+1, s.columns(i))
	if n := j - i; n < 1 || n > 10 {
		return 0, 0, false
	}
	return s.whole(i, j, r)
}

// listItem is a line of a literal whose neighbours look like it.
func listItem(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	if i < 2 || i+1 >= len(s.lines) || !s.code(i) || s.columns(i-1) != s.columns(i) || s.columns(i) == 0 ||
		!strings.HasSuffix(s.lines[i], ",") || !strings.HasSuffix(s.lines[i-1], ",") {
		return 0, 0, false
	}
	return s.whole(i, i+1, r)
}

// commentLine is a line of a comment, or the end of one.
func commentLine(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	inside := s.states[i].In() == syntax.InComment || s.isComment(i)
	line := strings.TrimRight(s.lines[i], " \t")
	words := strings.Fields(line)
	if !inside || i == 0 || len(words) < 5 || strings.Contains(line, "*/") {
		return 0, 0, false
	}
	from = s.at[i] + strings.Index(line, words[2])
	if r.IntN(2) == 0 {
		from = s.at[i] + strings.LastIndex(line, words[len(words)-2])
	}
	return from, s.at[i] + len(line), true
}

// chunk is what stands between two blank lines: a paragraph, a rule of a style
// sheet, a recipe, a table of settings, a statement of SQL.
func chunk(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	if i < 2 || strings.TrimSpace(s.lines[i-1]) != "" || strings.TrimSpace(s.lines[i]) == "" || s.states[i].In() == syntax.InString {
		return 0, 0, false
	}
	j := i
	for j < len(s.lines) && strings.TrimSpace(s.lines[j]) != "" {
		j++
	}
	if j-i > 8 || j == len(s.lines) {
		return 0, 0, false
	}
	return s.whole(i, j, r)
}

// element is an element of markup over several lines.
func element(s source, i int, r *rand.Rand) (from, to int, ok bool) {
	m := openTag.FindStringSubmatch(s.lines[i])
	if m == nil {
		return 0, 0, false
	}
	for j := i + 1; j < min(i+10, len(s.lines)); j++ {
		if s.columns(j) == s.columns(i) && strings.HasPrefix(strings.TrimSpace(s.lines[j]), "</"+m[1]+">") {
			return s.whole(i, j+1, r)
		}
	}
	return 0, 0, false
}

// valueOfKey is what belongs to a key of a data file.
func valueOfKey(s source, i int, _ *rand.Rand) (from, to int, ok bool) {
	switch s.lang {
	case "yaml", "toml", "json", "ini", "css", "scss", "makefile", "terraform", "dotenv":
	default:
		return 0, 0, false
	}
	key := keyed.FindString(s.lines[i])
	line := strings.TrimRight(s.lines[i], " \t")
	return s.at[i] + len(key), s.at[i] + len(line), key != "" && len(key) < len(line) && s.code(i)
}

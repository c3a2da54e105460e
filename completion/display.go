package completion

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// dropDisplay takes off what some answers put in front of every line (line
// numbers, a console's prompts, block-quote marks) or round all of it (quotation
// marks, escapes). It is on all lines, or it is the code's own; and the code has
// to have no use for it.
func dropDisplay(p *place, d draft) (draft, bool) {
	if d.growing && strings.Count(strings.TrimRight(d.text, "\n"), "\n") == 0 && numbered.MatchString(d.text) {
		return d, false // the next line tells
	}
	if text, ok := p.withoutNumbers(d.text); ok {
		d.text = text
	} else if text, ok := p.withoutPrompts(d.text); ok {
		d.text = text
	} else if text, ok := p.withoutQuotes(d.text); ok {
		d.text = text
	} else if text, ok := p.unescaped(d.text); ok {
		d.text = text
	}
	return d, true
}

// The pairs of quotation marks that no language has for its strings.
var quotations = [][2]string{{"“", "”"}, {"„", "“"}, {"«", "»"}, {"「", "」"}, {"‘", "’"}}

// withoutQuotes takes quotation marks off that stand round an answer which is
// code. Those of strings are taken for such where a statement stands in them.
func (p *place) withoutQuotes(text string) (string, bool) {
	s := strings.TrimSpace(text)
	if p.in != syntax.InCode || proseLanguages[p.lang.ID()] {
		return "", false
	}
	for _, marks := range quotations {
		if inner, ok := strings.CutPrefix(s, marks[0]); ok {
			inner, ok = strings.CutSuffix(inner, marks[1])
			return inner, ok && !strings.Contains(inner, marks[0])
		}
	}
	if len(s) > 4 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] && s[len(s)-2] == ';' && p.headBlank() && p.restBlank() {
		inner := s[1 : len(s)-1]
		return inner, strings.IndexByte(inner, s[0]) < 0 && p.wantsStatement()
	}
	return "", false
}

// unescaped takes back the escapes of HTML where the language has none.
func (p *place) unescaped(text string) (string, bool) {
	if p.hasTags() || p.in != syntax.InCode || strings.ContainsAny(text, "<>") || !entity.MatchString(text) || entity.MatchString(p.before) || entity.MatchString(p.after) {
		return "", false
	}
	return html.UnescapeString(text), true
}

var entity = regexp.MustCompile(`&(?:lt|gt|amp|quot|#39);`)

// numbered matches a line with its number in front. What parts the two is no
// operator in front of which a number would stand alone.
var numbered = regexp.MustCompile(`^[ \t]*(\d+)(?:[ ]*(?:\||│|→|:)|\t)[ ]?`)

// withoutNumbers takes line numbers off. They count up by one from line to
// line; a single one is known by being that of the cursor's line.
func (p *place) withoutNumbers(text string) (string, bool) {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	at := 1 + strings.Count(p.before, "\n")
	last := -1
	for i, line := range lines {
		m := numbered.FindStringSubmatch(line)
		if m == nil {
			return "", false
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || last >= 0 && n != last+1 || (len(lines) == 1 || strings.HasSuffix(strings.TrimSpace(m[0]), ":")) && last < 0 && n != at {
			return "", false
		}
		last = n
		lines[i] = line[len(m[0]):]
	}
	return strings.Join(lines, "\n"), true
}

// withoutPrompts takes a console's prompts, or block-quote marks, off. What a
// console printed between them goes too.
func (p *place) withoutPrompts(text string) (string, bool) {
	if p.in != syntax.InCode || proseLanguages[p.lang.ID()] || !p.headBlank() {
		return "", false
	}
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	marks := []string{"> "}
	switch {
	case strings.HasPrefix(lines[0], ">>> "):
		marks = []string{">>> ", "... "}
	case strings.HasPrefix(lines[0], "$ ") && p.lang.ID() == "shellscript":
		marks = []string{"$ "}
	case strings.HasPrefix(lines[0], "In ["):
		return p.withoutCells(lines)
	}
	var out []string
	prompted := 0
	for _, line := range lines {
		found := false
		for _, mark := range marks {
			if rest, ok := strings.CutPrefix(line, mark); ok || line == strings.TrimSpace(mark) {
				if !ok {
					rest = ""
				}
				out, found = append(out, rest), true
				prompted++
				break
			}
		}
		if !found && (len(marks[0]) == 2 || prompted == 0) && line != "" {
			return "", false
		}
		if !found && line == "" {
			out = append(out, "")
		}
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n"), prompted > 0
}

// withoutCells takes off the numbers of a notebook's cells.
func (p *place) withoutCells(lines []string) (string, bool) {
	var out []string
	for _, line := range lines {
		line = strings.TrimLeft(line, " ")
		m := cell.FindString(line)
		if m == "" {
			return "", false
		}
		out = append(out, line[len(m):])
	}
	return strings.Join(out, "\n"), true
}

var cell = regexp.MustCompile(`^(?:In \[\d+\]|\.\.\.): ?`)

// isTable reports whether lines begin with a Markdown table, which is talk
// where no text is wanted.
func isTable(lines []string) bool {
	if len(lines) < 2 {
		return false
	}
	head, rule := strings.TrimSpace(lines[0]), strings.TrimSpace(lines[1])
	return strings.HasPrefix(head, "|") && strings.HasPrefix(rule, "|") && strings.Contains(rule, "--") && strings.Trim(rule, "|-: ") == ""
}

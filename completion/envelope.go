package completion

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A field is a string that an answer's data structure holds: a member of an
// object, with the names that lead to it, or the content of an element.
type field struct {
	name  string // of the innermost member
	value string
}

// Names under which structures keep what is not the text: what was asked, why,
// and in which format.
var besides = wordSet(`explanation explanations reason reasoning rationale thought thoughts thinking analysis
	name action command op tool_name tool_use call_id comment comments note notes description summary language lang type role tool function path file filename
	file_path filepath uri id status model confidence format stop_reason finish_reason message title old old_text
	oldtext old_string old_str search before prefix suffix context`)

// Names under which they keep the text itself.
var contents = wordSet(`completion completions code insert insertion insert_text inserttext inserted text content
	answer output result response snippet suggestion suggestions fill middle infill replacement replace new new_text
	newtext new_string new_str new_code value body missing generated_code generated completed hole source`)

// Of them, the names that hardly anything but an answer has.
var answers = wordSet(`completion completions insert insertion insert_text inserttext inserted suggestion suggestions fill
	middle infill new_text newtext new_string new_str new_code missing generated_code hole`)

// openEnvelope takes the text out of a data structure that an answer came in,
// where the structure cannot be the code itself: a JSON object or a tool call,
// elements, a YAML block. Where there is more than one text in it and nothing
// says which is meant, nothing is shown.
func openEnvelope(p *place, d draft) (draft, bool) {
	s := strings.TrimSpace(d.text)
	if s == "" {
		return d, true
	}
	switch {
	case strings.IndexByte(`{["`, s[0]) >= 0 && !p.startsList(s):
		fields, err := jsonFields(s)
		if err != nil {
			return d, !p.brokenEnvelope(s)
		}
		if !p.isEnvelope(d, s, fields) {
			return d, true
		}
		text, ok := theText(p, fields)
		d.text = text
		return d, ok
	case s[0] == '<':
		inner, ok := p.element(s)
		if ok {
			d.text = inner
		}
		return d, ok || !d.growing || p.hasTags() || !startsElement(s)
	}
	if inner, ok := p.yamlBlock(s); ok {
		d.text = inner
	}
	return d, true
}

// tells reports whether one of the fields is a text by its name, or by being
// lines of code.
func (p *place) tells(fields []field) bool {
	for _, f := range fields {
		if contents[strings.ToLower(f.name)] || strings.Contains(f.value, "\n") || codeLike(p.lang, f.value) {
			return true
		}
	}
	return false
}

// theText is the one field that holds the text.
func theText(p *place, fields []field) (string, bool) {
	var found []field
	for _, f := range fields {
		name := strings.ToLower(f.name)
		if !besides[name] && (contents[name] || !spoken(p.lang, f.value)) && !strings.EqualFold(f.value, p.lang.ID()) {
			found = append(found, f)
		}
	}
	if len(found) > 1 { // the names tell
		var named []field
		for _, f := range found {
			if contents[strings.ToLower(f.name)] {
				named = append(named, f)
			}
		}
		if len(named) == 0 || len(named) > 1 && named[0].name != named[1].name {
			return "", false
		}
		found = named // of several under one name, the first
	}
	if len(found) == 0 {
		return "", false
	}
	text := unixBreaks(found[0].value)
	return strings.TrimRight(text, "\n"), strings.TrimSpace(text) != ""
}

// Languages in which a JSON object can be an expression.
var objectLanguages = wordSet(`json jsonc json5 jsonl yaml dockercompose javascript javascriptreact typescript typescriptreact
	vue svelte astro html python ruby dart terraform hcl jsonnet starlark groovy coffeescript mojo elixir crystal bicep toml
	nix markdown mdx quarto plaintext`)

// startsList reports whether s begins a list or an index, which is no envelope.
func (p *place) startsList(s string) bool {
	return s[0] == '[' && !strings.HasPrefix(strings.TrimLeft(s[1:], " \n\t"), "{")
}

// isEnvelope reports whether the JSON value s with these fields cannot be meant
// for the document: its language has no such expressions, or none can stand
// where the cursor is, or its names are those that answers have and the
// document has not.
func (p *place) isEnvelope(d draft, s string, fields []field) bool {
	id := p.lang.ID()
	if s[0] == '"' { // one string, of lines of code
		return p.in == syntax.InCode && p.headBlank() && p.restBlank() && strings.Contains(fields[0].value, "\n") && !strings.HasPrefix(id, "json")
	}
	own := objectLanguages[id]
	known, sure, code, quoted := false, false, false, false // quoted: it is JSON inside a JSON string
	for _, f := range fields {
		name := strings.ToLower(f.name)
		if !contents[name] && !besides[name] || own && contents[name] && (strings.Contains(p.before, `"`+f.name+`"`) || strings.Contains(p.after, `"`+f.name+`"`)) {
			known = false
			break
		}
		known = known || contents[name]
		sure = sure || answers[name] || strings.HasPrefix(name, "lang") && strings.EqualFold(f.value, id)
		quoted = quoted || contents[name] && strings.IndexAny(strings.TrimSpace(f.value), "\"{}[]") == 0
		code = code || contents[name] && (json.Valid([]byte(f.value)) || strings.ContainsAny(f.value, "()[]{}=;:\n"))
	}
	switch {
	case p.in != syntax.InCode || proseLanguages[id]:
		return known
	case strings.HasPrefix(id, "json"):
		return known && (p.wantsName() || sure || quoted)
	case own && id == "yaml":
		return known && (sure || d.info == "json")
	case own:
		return known && (sure || code || d.info == "json") || p.tells(fields) && p.headBlank() && p.wantsStatement()
	case id == "go" && p.head != "" && (wordByte(p.head[len(p.head)-1]) || p.head[len(p.head)-1] == ']'):
		return known && (sure || code) // else it may be the value of a type
	}
	return known || p.tells(fields) || s[0] == '{' && len(fields) > 0 && p.headBlank() && p.wantsStatement()
}

// brokenEnvelope reports whether s begins as an envelope does that cannot be
// opened, or not yet.
func (p *place) brokenEnvelope(s string) bool {
	if s[0] != '{' || strings.HasPrefix(p.lang.ID(), "json") {
		return false
	}
	rest, ok := strings.CutPrefix(strings.TrimLeftFunc(s[1:], unicode.IsSpace), `"`)
	name, rest, more := strings.Cut(rest, `"`)
	name = strings.ToLower(name)
	if !ok || !more || !strings.HasPrefix(strings.TrimSpace(rest), ":") {
		return false
	}
	return answers[name] || !objectLanguages[p.lang.ID()] && (contents[name] || besides[name])
}

// wantsName reports whether the cursor stands where a member of an object has
// to begin with its name.
func (p *place) wantsName() bool {
	n := len(p.bal.stack)
	last := strings.TrimRight(p.before, " \t\n")
	return n > 0 && p.bal.known && p.bal.stack[n-1] == '{' && last != "" && strings.IndexByte("{,", last[len(last)-1]) >= 0
}

// wantsStatement reports whether the cursor stands where a statement begins and
// no expression is open.
func (p *place) wantsStatement() bool {
	n := len(p.bal.stack)
	if n > 0 && p.bal.stack[n-1] != '{' || !p.bal.known {
		return false
	}
	last := strings.TrimRight(p.before, " \t\n")
	return last == "" || strings.IndexByte(",:=([?&|+", last[len(last)-1]) < 0 || p.lang.IndentBlocks() && last[len(last)-1] == ':' && n == 0
}

var errBehind = errors.New("something stands behind the value")

// jsonFields reads s, which has to be one JSON value and nothing else, and
// lists its strings in their order. Line breaks inside strings, which models
// forget to escape, are let through.
func jsonFields(s string) ([]field, error) {
	dec := json.NewDecoder(strings.NewReader(escapeBreaks(s)))
	var fields []field
	if err := readJSON(dec, "", &fields); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errBehind
	}
	return fields, nil
}

// readJSON reads one value.
func readJSON(dec *json.Decoder, name string, fields *[]field) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	switch t := t.(type) {
	case string:
		if inner, err := jsonFields(t); err == nil && strings.HasPrefix(t, "{") { // a tool call's arguments
			*fields = append(*fields, inner...)
			return nil
		}
		*fields = append(*fields, field{name, t})
	case json.Delim:
		for dec.More() {
			inner := name
			if t == '{' {
				key, err := dec.Token()
				if err != nil {
					return err
				}
				inner, _ = key.(string)
			}
			if err := readJSON(dec, inner, fields); err != nil {
				return err
			}
		}
		_, err = dec.Token() // the closing bracket
	}
	return err
}

// escapeBreaks escapes the control characters inside the strings of s.
func escapeBreaks(s string) string {
	if strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\t') < 0 {
		return s
	}
	var b strings.Builder
	in := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"':
			in = !in
		case in && c == '\\' && i+1 < len(s):
			b.WriteByte(c)
			i++
			c = s[i]
		case in && c == '\n':
			b.WriteString(`\n`)
			continue
		case in && c == '\t':
			b.WriteString(`\t`)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// yamlBlock takes the text out of a YAML mapping whose one member is a block.
func (p *place) yamlBlock(s string) (string, bool) {
	head, rest, ok := strings.Cut(s, "\n")
	name, mark, colon := strings.Cut(strings.TrimSpace(head), ":")
	mark = strings.TrimSpace(mark)
	if !ok || !colon || !contents[strings.ToLower(name)] || mark == "" || strings.IndexByte("|>", mark[0]) < 0 || strings.Trim(mark[1:], "+-0123456789") != "" {
		return "", false
	}
	if p.lang.ID() == "yaml" && !answers[strings.ToLower(name)] || strings.Contains(p.before, name+":") || strings.Contains(p.after, name+":") {
		return "", false
	}
	lines := strings.Split(rest, "\n")
	lead := -1
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); strings.TrimSpace(line) != "" && (lead < 0 || n < lead) {
			lead = n
		}
	}
	for i, line := range lines {
		switch {
		case strings.TrimSpace(line) == "":
			lines[i] = ""
		case lead == 0:
			return "", false
		default:
			lines[i] = line[lead:]
		}
	}
	return strings.Join(lines, "\n"), true
}

package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxBroken is how many broken lines of a file are passed over before the rest
// is given up. Each may cost a look at all that follows it.
const maxBroken = 20

// maxDepth bounds how deep the parts of a key may be nested; no setting comes
// near it.
const maxDepth = 16

// parseTOML takes a settings file apart. Broken lines are reported and passed
// over, so that one slip does not cost the exclusions and limits that the rest
// of the file holds.
//
// It uses the parser below go-toml's decoder, because the decoder tells the
// line of its first error only and keeps no lines of good values.
func parseTOML(source string, data []byte) layer {
	l := layer{source: source}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if bytes.IndexByte(data, 0) >= 0 {
		l.broken = []Warning{{Source: source, Line: 1, Text: "is not a text file in UTF-8; save it as one"}}
		return l
	}
	r := &tomlReader{layer: &l, lists: map[string]int{}, seen: map[string]bool{}, lines: lineCounter{data: data, line: 1}}
	for from := 0; ; {
		next, ok := r.read(data, from)
		if ok {
			return l
		}
		if r.passed >= maxBroken {
			l.broken = append(l.broken, Warning{Source: source, Line: r.lines.at(next), Text: "too much of the file is broken; the rest of it is not read"})
			return l
		}
		from = next
	}
}

// A tomlReader collects the entries of one file.
type tomlReader struct {
	layer *layer
	table []string       // the table at hand; nil at the top
	lost  bool           // the header of the table at hand is broken, so nobody knows whose its keys are
	lists map[string]int // how many elements each list of tables has by now
	seen  map[string]bool
	lines lineCounter
	base  int // where in the file the parser began

	passed int // broken lines passed over
	broken int // the last line on which one was noticed
}

// read reads data from an offset on, to the end or to the first broken line. It
// returns the offset after that line and false.
func (r *tomlReader) read(data []byte, from int) (next int, ok bool) {
	r.base = from
	var p unstable.Parser
	rest := slices.Clip(data[from:]) // the parser takes offsets from capacities
	p.Reset(rest)
	end := 0 // of the last good expression, in rest
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			end = r.header(e, end)
		case unstable.KeyValue:
			end = int(e.Raw.Offset + e.Raw.Length)
			if !r.lost {
				r.keyValue(r.table, e)
			}
		}
	}
	err := p.Error()
	if err == nil {
		return len(data), true
	}
	at := end
	if broken := new(unstable.ParserError); errors.As(err, &broken) {
		at = int(p.Range(broken.Highlight).Offset)
	}
	line := r.lines.at(from + at)
	w := Warning{Source: r.layer.source, Line: line, Column: from + at - r.lines.start + 1}

	// A value can run over many lines before it turns out to be broken; the
	// line to pass over is the one on which it begins.
	begin := min(beginning(rest, end), max(r.lines.start-from, 0))
	next = lineEnd(rest, begin)
	began := r.lines.at(from + begin)
	w.Key, w.Text = r.passOver(string(rest[begin:next]), began)
	w.Text += ": " + err.Error()
	if began < line {
		w.Text += fmt.Sprintf(" (it begins in line %d)", began)
	}
	// What is broken because it belongs to a broken value was said already.
	if began >= r.broken {
		r.layer.broken = append(r.layer.broken, w)
	}
	r.passed++
	r.broken = max(r.broken, line)
	return from + next, false
}

// passOver makes the best of a broken line. It returns the key that the line
// is about, where that can be seen, and says so.
func (r *tomlReader) passOver(text string, line int) (key, says string) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "[") {
		// The keys below are this table's, if it is known which that is.
		r.table = strings.Split(strings.Trim(text, "[] \t"), ".")
		r.lost = strings.HasPrefix(text, "[[") || !isGroup(r.table)
		return "", "the name of a table is broken"
	}
	name, _, ok := strings.Cut(text, "=")
	name = strings.Trim(name, " \t\"'")
	if r.lost || !ok || name == "" || strings.ContainsFunc(name, notInKey) {
		return "", "broken"
	}
	path := append(slices.Clone(r.table), strings.Split(name, ".")...)
	key = shown(keyOf(path))
	s, _ := table().find(path)
	if s == nil {
		if near := nearest(keyOf(path), keys(path)); near != "" {
			return key, fmt.Sprintf("%s is broken (did you mean %q?)", key, near)
		}
		return key, key + " is broken"
	}
	if s.Type == URL { // see Claude.BaseURL
		r.add(path, foreign{}, line)
	}
	return key, key + " is broken"
}

func notInKey(r rune) bool {
	return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '-' && r != '.'
}

// beginning is where the first line after end begins that is neither empty nor
// a comment.
func beginning(text []byte, end int) int {
	at := end
	if end > 0 {
		at = lineEnd(text, end)
	}
	for at < len(text) {
		line := bytes.TrimSpace(text[at:lineEnd(text, at)])
		if len(line) > 0 && line[0] != '#' {
			return at
		}
		at = lineEnd(text, at)
	}
	return at
}

// lineEnd is the offset after the line break that follows at.
func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// header begins a table and returns where its header ends.
func (r *tomlReader) header(e *unstable.Node, end int) int {
	name, last := parts(e.Key())
	if last != nil {
		end = int(last.Raw.Offset + last.Raw.Length)
	}
	r.lost = len(name) > maxDepth
	r.table = r.resolve(name)
	if e.Kind != unstable.ArrayTable || r.lost {
		return end
	}
	// The innermost list grows, though resolve has gone into its last element.
	list := r.resolve(name[:len(name)-1])
	list = append(list, name[len(name)-1])
	key := keyOf(list)
	r.lists[key]++
	if r.lists[key] == 1 {
		r.add(list, tables{}, r.lines.at(r.base+end))
	}
	r.table = list
	r.table = append(r.table, fmt.Sprintf("[%d]", r.lists[key]-1))
	return end
}

// resolve puts the index of the last element after each name of a list.
func (r *tomlReader) resolve(name []string) []string {
	var path []string
	for _, part := range name {
		path = append(path, part)
		if n := r.lists[keyOf(path)]; n > 0 {
			path = append(path, fmt.Sprintf("[%d]", n-1))
		}
	}
	return path
}

// keyValue adds what one line, or one place of an inline table, says.
func (r *tomlReader) keyValue(table []string, e *unstable.Node) {
	name, _ := parts(e.Key())
	path := append(slices.Clone(table), name...)
	line := r.lines.at(r.base + int(e.Raw.Offset))
	if len(path) > maxDepth {
		return
	}
	r.value(path, e.Value(), line)
}

func (r *tomlReader) value(path []string, v *unstable.Node, line int) {
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			r.keyValue(path, it.Node())
		}
	case unstable.Array:
		r.array(path, v, line)
	default:
		r.add(path, scalar(v), line)
	}
}

// array adds a list of values, or the elements of a list of tables.
func (r *tomlReader) array(path []string, v *unstable.Node, line int) {
	list, groups := []any{}, 0
	for it := v.Children(); it.Next(); {
		if it.Node().Kind == unstable.InlineTable {
			groups++
			list = append(list, foreign{})
		} else {
			list = append(list, scalar(it.Node()))
		}
	}
	if groups == 0 || groups < len(list) {
		r.add(path, list, line)
		return
	}
	r.add(path, tables{groups}, line)
	i := 0
	for it := v.Children(); it.Next(); i++ {
		r.value(append(slices.Clone(path), fmt.Sprintf("[%d]", i)), it.Node(), line)
	}
}

func (r *tomlReader) add(path []string, raw any, line int) {
	key := keyOf(path)
	if r.seen[key] {
		r.layer.remarks = append(r.layer.remarks, Warning{
			Source: r.layer.source, Line: line, Key: shown(key),
			Text: shown(key) + " is set twice; the later value counts",
		})
	}
	r.seen[key] = true
	r.layer.entries = append(r.layer.entries, entry{path: path, raw: raw, line: line})
}

// parts are the parts of a key, and the node of the last one. A quoted part
// with dots counts as several, as people write "completion.menu" who come from
// an editor's settings.
func parts(it unstable.Iterator) (path []string, last *unstable.Node) {
	for it.Next() {
		last = it.Node()
		path = append(path, strings.Split(string(last.Data), ".")...)
	}
	return path, last
}

// scalar is a value as check takes it.
func scalar(v *unstable.Node) any {
	text := string(v.Data)
	switch v.Kind {
	case unstable.String:
		return text
	case unstable.Bool:
		return text == "true"
	case unstable.Integer:
		if n, err := strconv.ParseInt(text, 0, 64); err == nil {
			return n
		}
	case unstable.Float:
		if f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64); err == nil {
			return f
		}
	}
	return foreign{}
}

// A lineCounter finds the lines of growing offsets in one pass.
type lineCounter struct {
	data  []byte
	line  int // number of the line at hand, from 1
	start int // where it begins
}

// at is the number of the line that holds an offset.
func (c *lineCounter) at(offset int) int {
	if offset < c.start {
		c.line, c.start = 1, 0
	}
	for {
		i := bytes.IndexByte(c.data[c.start:offset], '\n')
		if i < 0 {
			return c.line
		}
		c.line, c.start = c.line+1, c.start+i+1
	}
}

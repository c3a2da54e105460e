package main

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A session is an editing session as a file holds it: someone turns one text
// into another, key by key.
type session struct {
	Name   string   `json:"session"`
	Spans  [][2]int `json:"spans"` // rows of New that were written, each from and to
	New    string   `json:"new"`   // the text in the end
	Whole  bool     `json:"final_equals_commit"`
	Events []event  `json:"events"`
}

// An event is one thing that happens in the editor.
type event struct {
	At   int64  `json:"t"` // milliseconds from the start
	Kind string `json:"k"` // open, cursor, change, req, save or close

	URI     string `json:"uri"`     // open
	Lang    string `json:"lang"`    // open: the file's extension
	Version int    `json:"version"` // open
	Text    string `json:"text"`    // open

	NewVersion int    `json:"v"` // change
	Range      [4]int `json:"r"` // change: line and column of begin and end, columns in UTF-16
	Typed      string `json:"s"` // change

	Place [2]int  `json:"p"`     // req: line and column of the cursor
	Truth *[2]int `json:"truth"` // req: row and character of the same place in New; nil while something wrong stands before the cursor
}

// A plan is a session made ready: whoever plays it only sends and looks at the
// clock.
type plan struct {
	name  string
	new   string
	spans [][2]int // rows of new that were written
	lines int      // of an answer
	uri   string
	lang  string
	steps []step
	keys  []*key
}

// A step is a message that is due at some time of the session.
type step struct {
	due    time.Duration
	method string
	params any
	edits  bool // the text is another one afterwards, or closed
	key    *key // the request for a completion, or nil
}

// A key is a request for a completion after a keystroke.
type key struct {
	n    int
	line string // the cursor's line
	at   position
	in   int // byte of line at which the cursor stands

	before, after string // some text on both sides of the cursor, to know the place by in a prompt
	truth         int    // byte of the final text at which the cursor stands; -1 if what was typed is wrong
	rest          string // what a model that knows the final text answers

	asked  int    // requests that came upstream while it was the newest; guarded by the upstream
	played played // the player's own, until the session is over
	judged judged
}

// How much text on each side tells one place from another.
const (
	bytesBefore = 300
	bytesAfter  = 200
)

// prepare works a session out. An answer of the model has so many lines.
func prepare(s session, lines int) (*plan, error) {
	p := &plan{name: s.Name, new: s.New, spans: s.Spans, lines: lines}
	text := ""
	for i, e := range s.Events {
		st := step{due: time.Duration(e.At) * time.Millisecond}
		document := map[string]any{"uri": p.uri}
		switch e.Kind {
		case "open":
			p.uri, p.lang, text = e.URI, syntax.IDForPath(path.Base(e.URI)), e.Text
			st.method = "textDocument/didOpen"
			st.params = map[string]any{"textDocument": map[string]any{
				"uri": e.URI, "languageId": p.lang, "version": e.Version, "text": e.Text,
			}}
		case "change":
			r := span{position{e.Range[0], e.Range[1]}, position{e.Range[2], e.Range[3]}}
			next, err := edited(text, r, e.Typed)
			if err != nil {
				return nil, fmt.Errorf("%s, event %d: %w", s.Name, i, err)
			}
			text = next
			document["version"] = e.NewVersion
			st.method, st.edits = "textDocument/didChange", true
			st.params = map[string]any{"textDocument": document, "contentChanges": []any{map[string]any{"range": r, "text": e.Typed}}}
		case "req":
			k, err := p.key(e, text)
			if err != nil {
				return nil, fmt.Errorf("%s, event %d: %w", s.Name, i, err)
			}
			p.keys = append(p.keys, k)
			st.method, st.key = "textDocument/inlineCompletion", k
			st.params = map[string]any{"textDocument": document, "position": k.at, "context": map[string]int{"triggerKind": 2}}
		case "save":
			st.method, st.params = "textDocument/didSave", map[string]any{"textDocument": document}
		case "close":
			st.method, st.edits = "textDocument/didClose", true
			st.params = map[string]any{"textDocument": document}
		case "cursor": // no message says where the cursor is
			continue
		default:
			return nil, fmt.Errorf("%s, event %d: nobody knows what %q is", s.Name, i, e.Kind)
		}
		p.steps = append(p.steps, st)
	}
	switch {
	case p.uri == "" || len(p.keys) == 0:
		return nil, fmt.Errorf("%s has no document or no key", s.Name)
	case s.Whole && text != s.New:
		return nil, fmt.Errorf("%s does not end in its final text", s.Name)
	}
	return p, nil
}

// key is a request for a completion in text.
func (p *plan) key(e event, text string) (*key, error) {
	k := &key{n: len(p.keys), at: position{e.Place[0], e.Place[1]}, truth: -1}
	offset, err := offsetOf(text, k.at)
	if err != nil {
		return nil, err
	}
	start, _ := lineStart(text, k.at.Line)
	k.line, k.in = lineAt(text, start), offset-start
	k.before, k.after = lastBytes(text[:offset], bytesBefore), firstBytes(text[offset:], bytesAfter)
	if e.Truth == nil {
		return k, nil
	}
	row, char := e.Truth[0], e.Truth[1]
	rows := strings.Split(p.new, "\n")
	if row >= len(rows) || char > len([]rune(rows[row])) {
		return nil, fmt.Errorf("the final text has no row %d, character %d", row, char)
	}
	// The row's characters are counted one by one here, not in UTF-16.
	k.truth = len(strings.Join(rows[:row], "\n")) + len(string([]rune(rows[row])[:char]))
	if row > 0 {
		k.truth++
	}
	k.rest = p.restAt(k.truth, k.truth)
	return k, nil
}

// restAt is what a model that knows the final text answers at one of its places,
// for a person who writes the rows round from: so many lines, and nothing of
// what stands in the document already behind the rows that are written.
func (p *plan) restAt(from, at int) string {
	row := strings.Count(p.new[:from], "\n")
	end := row + 1
	for _, span := range p.spans {
		if span[0] <= row && row < span[1] {
			end = span[1]
		}
	}
	row = strings.Count(p.new[:at], "\n")
	if row >= end {
		return ""
	}
	rest := strings.SplitAfter(p.new[at:], "\n")
	return strings.TrimSuffix(strings.Join(rest[:min(len(rest), p.lines, end-row)], ""), "\n")
}

// right reports whether an item, accepted at the key, leads towards the final
// text: what it adds is what stands there in the end. fits is false where it
// is no change of the cursor's line round the cursor.
func (p *plan) right(k *key, i item) (right, fits bool) {
	from := k.in
	if r := i.Range; r != nil {
		begin, ok1 := column(k.line, r.Start.Character)
		end, ok2 := column(k.line, r.End.Character)
		if !ok1 || !ok2 || r.Start.Line != k.at.Line || r.End.Line != k.at.Line || begin > k.in || end < k.in {
			return false, false
		}
		from = begin
	}
	added, ok := strings.CutPrefix(strings.ReplaceAll(i.Text, "\r\n", "\n"), k.line[from:k.in])
	if !ok || added == "" || k.truth < 0 {
		return false, true
	}
	return strings.HasPrefix(p.new[k.truth:], added), true
}

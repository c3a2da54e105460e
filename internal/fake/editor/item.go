package editor

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// InlineOptions say why inline completion is asked for.
type InlineOptions struct {
	Invoked  bool      // the user asked for it; otherwise typing did
	Selected *Selected // the entry chosen in the completion menu
}

// Selected is the entry chosen in the completion menu.
type Selected struct {
	Range Range  `json:"range"`
	Text  string `json:"text"`
}

// An Item is a suggestion of the server, inline or of the menu.
type Item struct {
	Text    string   // what goes in
	Range   Range    // what it replaces
	Command *Command // what runs afterwards

	Label         string // this and the rest are of the menu alone
	FilterText    string
	Detail        string
	Documentation string
	Kind          int
	Preselect     bool

	Raw json.RawMessage // as the server sent it

	uri     string
	version int
	also    []Edit // additional edits
}

// A Command is run by the server.
type Command struct {
	Title     string            `json:"title"`
	Command   string            `json:"command"`
	Arguments []json.RawMessage `json:"arguments,omitempty"`
}

// Inline asks for inline completion.
func (e *Editor) Inline(uri string, at Position, options InlineOptions) *Call {
	e.t.Helper()
	if !has(e.server.Inline) {
		e.t.Fatalf("the server announced no inlineCompletionProvider")
	}
	context := map[string]any{"triggerKind": 2}
	if options.Invoked {
		context["triggerKind"] = 1
	}
	if options.Selected != nil {
		context["selectedCompletionInfo"] = options.Selected
	}
	return e.ask("textDocument/inlineCompletion", uri, at, context)
}

// Completion asks for the completion menu. The trigger is the character that was
// typed, or "" when typing a word or the user asked.
func (e *Editor) Completion(uri string, at Position, trigger string) *Call {
	e.t.Helper()
	if !has(e.server.Completion) {
		e.t.Fatalf("the server announced no completionProvider")
	}
	context := map[string]any{"triggerKind": 1}
	if trigger != "" {
		context = map[string]any{"triggerKind": 2, "triggerCharacter": trigger}
	}
	return e.ask("textDocument/completion", uri, at, context)
}

// ask sends a request about a place, and keeps what the document was then.
func (e *Editor) ask(method, uri string, at Position, context any) *Call {
	e.t.Helper()
	d := e.document(uri)
	if _, err := e.encoding.offset(d.content, at); err != nil {
		e.t.Fatalf("the text has no %v", err)
	}
	c := &Call{Method: method, uri: uri, version: d.version, text: d.content, at: at}
	return e.call(c, map[string]any{
		"textDocument": map[string]any{"uri": uri},
		"position":     at,
		"context":      context,
	})
}

// Items waits for the answer to Inline or Completion and checks that every item
// is one that an editor can show. It fails the test for an error and for null,
// which leaves an old ghost text on the screen of some editors.
func (c *Call) Items() []Item {
	c.e.t.Helper()
	result, err := c.Wait()
	if err != nil {
		c.e.t.Fatalf("%s failed: %v", c, err)
	}
	list := struct{ Items []json.RawMessage }{}
	switch {
	case bytes.HasPrefix(result, []byte("[")):
		_ = json.Unmarshal(result, &list.Items) // an array it is
	case json.Unmarshal(result, &list) != nil || list.Items == nil:
		c.e.t.Errorf("the answer to %s is %s and no list", c, result)
	}
	var items []Item
	for _, raw := range list.Items {
		item, wrong := c.item(raw)
		if wrong != nil {
			c.e.t.Errorf("an item of %s: %v: %s", c, wrong, raw)
			continue
		}
		items = append(items, item)
	}
	return items
}

// Incomplete reports whether the answer to Completion asks the editor to ask
// again when more is typed.
func (c *Call) Incomplete() bool {
	c.e.t.Helper()
	result, _ := c.Wait()
	var list struct{ IsIncomplete bool }
	return json.Unmarshal(result, &list) == nil && list.IsIncomplete
}

// item reads one item and says why an editor could not use it.
func (c *Call) item(raw json.RawMessage) (Item, error) {
	var in struct {
		InsertText       *string  // of an inline item; a snippet is an object and an error here
		Range            *Range   // of an inline item
		Command          *Command // of both
		Label            string   // the rest is of the menu
		FilterText       string
		Detail           string
		Documentation    json.RawMessage
		Kind             int
		Preselect        bool
		InsertTextFormat int
		TextEdit         *struct {
			Range, Insert *Range
			NewText       string
		}
		AdditionalTextEdits []struct {
			Range   Range
			NewText string
		}
	}
	item := Item{Raw: raw, uri: c.uri, version: c.version}
	if err := json.Unmarshal(raw, &in); err != nil {
		return item, fmt.Errorf("it cannot be read: %w", err)
	}
	item.Command, item.Label, item.FilterText = in.Command, in.Label, in.FilterText
	item.Detail, item.Kind, item.Preselect = in.Detail, in.Kind, in.Preselect
	item.Documentation = documentation(in.Documentation)
	for _, also := range in.AdditionalTextEdits {
		item.also = append(item.also, Edit{&also.Range, also.NewText})
	}
	switch inline := c.Method == "textDocument/inlineCompletion"; {
	case inline && (in.InsertText == nil || in.Range == nil):
		return item, fmt.Errorf("it has no text or no range")
	case inline:
		item.Text, item.Range = *in.InsertText, *in.Range
	case in.Label == "":
		return item, fmt.Errorf("it has no label")
	case in.InsertTextFormat == 2 && !c.e.options.Snippets || in.Kind == 15: // 15 makes Helix read it as a snippet
		return item, fmt.Errorf("it is a snippet, which the editor cannot insert")
	case in.TextEdit != nil && in.TextEdit.Range == nil:
		return item, fmt.Errorf("it has no range; the editor did not offer insertReplaceSupport")
	case in.TextEdit != nil:
		item.Text, item.Range = in.TextEdit.NewText, *in.TextEdit.Range
		if in.InsertTextFormat == 2 {
			var err error
			if item.Text, err = expand(item.Text, c.typed(Range{Position{item.Range.Start.Line, 0}, item.Range.Start})); err != nil {
				return item, err
			}
		}
	default:
		item.Text, item.Range = in.Label, c.word()
		if in.InsertText != nil {
			item.Text = *in.InsertText
		}
	}
	r := item.Range
	if r.Start.Line != c.at.Line || r.End.Line != c.at.Line || r.Start.Character > c.at.Character || r.End.Character < c.at.Character {
		return item, fmt.Errorf("its range does not lie on the line of the cursor %v, round it", c.at)
	}
	if c.Method == "textDocument/completion" {
		if typed := c.typed(r); !subsequence(typed, cmp.Or(in.FilterText, in.Label)) {
			return item, fmt.Errorf("no menu shows it, because %q was typed", typed)
		}
	}
	if after, err := c.e.encoding.apply(c.text, Edit{&r, item.Text}); err != nil {
		return item, err
	} else if after == c.text {
		return item, fmt.Errorf("it changes nothing")
	}
	return item, nil
}

// expand is what a snippet inserts behind the head of a line. Of snippets the
// editor knows what a whole suggestion needs: the cursor's place at the end, and
// characters that stand for themselves.
func expand(snippet, head string) (string, error) {
	text, ends := strings.CutSuffix(snippet, "$0")
	if !ends {
		return "", fmt.Errorf("the snippet %q does not end with $0", snippet)
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`\$}`, text[i+1]) >= 0:
			i++
			b.WriteByte(text[i])
		case c == '$' || c == '}':
			return "", fmt.Errorf("the snippet %q has a %c that stands for something", snippet, c)
		default:
			b.WriteByte(c)
		}
	}
	indent := head[:len(head)-len(strings.TrimLeft(head, " \t"))]
	return strings.ReplaceAll(b.String(), "\n", "\n"+indent), nil
}

// word is the range of the letters before the cursor, which an item without a
// range replaces.
func (c *Call) word() Range {
	line := strings.TrimRight(splitLines(c.text)[c.at.Line], "\r\n")
	from, column := 0, 0
	for _, r := range line {
		if column == c.at.Character {
			break
		}
		column += c.e.encoding.width(string(r))
		if r != '_' && !('0' <= r && r <= '9') && !('A' <= r && r <= 'Z') && !('a' <= r && r <= 'z') {
			from = column
		}
	}
	return Range{Position{c.at.Line, from}, c.at}
}

// typed is the text from the begin of a range to the cursor, which menus match
// with the filter text of an item.
func (c *Call) typed(r Range) string {
	from, err1 := c.e.encoding.offset(c.text, r.Start)
	to, err2 := c.e.encoding.offset(c.text, c.at)
	if err1 != nil || err2 != nil {
		return "" // applying the range says what is wrong with it
	}
	return c.text[from:to]
}

// subsequence reports whether the letters of typed stand in filter in this
// order, as the menus of all editors want at least.
func subsequence(typed, filter string) bool {
	filter = strings.ToLower(filter)
	for _, r := range strings.ToLower(typed) {
		i := strings.IndexRune(filter, r)
		if i < 0 {
			return false
		}
		filter = filter[i+utf8.RuneLen(r):]
	}
	return true
}

// documentation is a string or an object with the string in it.
func documentation(raw json.RawMessage) string {
	var plain string
	if json.Unmarshal(raw, &plain) == nil {
		return plain
	}
	var markup struct{ Value string }
	_ = json.Unmarshal(raw, &markup) // what is neither is shown as nothing
	return markup.Value
}

// Accept puts an item into the editor's own copy and tells the server, as an
// editor does: first the change, then the item's command. It returns the call of
// the command, and nil when none is run.
func (e *Editor) Accept(item Item) *Call {
	e.t.Helper()
	d := e.document(item.uri)
	if d.version != item.version {
		e.t.Fatalf("the item was made for version %d of %s, which is at %d", item.version, item.uri, d.version)
	}
	edits := append(slices.Clone(item.also), Edit{&item.Range, item.Text})
	// Additional edits refer to the same text as the item. From the end of the
	// text to its begin, none moves another.
	slices.SortStableFunc(edits, func(a, b Edit) int {
		if d := b.Range.Start.Line - a.Range.Start.Line; d != 0 {
			return d
		}
		return b.Range.Start.Character - a.Range.Start.Character
	})
	e.Change(item.uri, edits...)
	if item.Command == nil || e.options.NoCommands {
		return nil
	}
	if e.server.Execute == nil || !slices.Contains(e.server.Execute.Commands, item.Command.Command) {
		e.t.Errorf("the item's command %s is none that the server announced", item.Command.Command)
	}
	return e.Request("workspace/executeCommand", map[string]any{
		"command": item.Command.Command, "arguments": item.Command.Arguments,
	})
}

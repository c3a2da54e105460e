package dropin

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// panelRows are the ways beside inlineCompletion in which code is asked for.
func panelRows() []row {
	return []row{
		{n: 12, capability: "panel completions (10), partial results, work-done progress, cancellable", check: panel, how: "ten items one by one under one token, begin, reports and end under the other; both ways to cancel"},
		{
			n: 13, capability: "next edit suggestions, with diagnostics, cross-file", check: nextEdits, how: "its methods answer with an empty list",
			not: "comes later; until then there is never an edit",
		},
	}
}

// tenAnswers are ten different ones.
func tenAnswers() []string {
	var all []string
	for i := range 10 {
		all = append(all, fmt.Sprintf("compute%d(a, b)", i))
	}
	return all
}

// reported are the values that came under a token.
func (c *client) reported(token string) (values []json.RawMessage) {
	for _, m := range c.All("$/progress") {
		var in struct {
			Token any
			Value json.RawMessage
		}
		if json.Unmarshal(m.Params, &in) == nil && in.Token == token {
			values = append(values, in.Value)
		}
	}
	return values
}

func panel(t *probe) {
	const method = "textDocument/copilotPanelCompletion"
	c := connect(t, setup{})
	c.says(tenAnswers()...)
	whole := func(items []item) {
		t.Helper()
		texts, ids := map[string]bool{}, map[string]bool{}
		for _, i := range items {
			texts[i.InsertText], ids[i.id()] = true, true
			if !strings.HasPrefix(i.InsertText, "compute") || i.Command.Title == "" {
				t.Errorf("an item is %+v", i)
			}
		}
		if len(items) != 10 || len(texts) != 10 || len(ids) != 10 {
			t.Errorf("%d items, %d different, %d ids; want 10", len(items), len(texts), len(ids))
		}
	}
	list := func(raw json.RawMessage) []item {
		t.Helper()
		var in struct{ Items []item }
		if err := json.Unmarshal(raw, &in); err != nil || in.Items == nil {
			t.Errorf("no list of items: %s", raw)
		}
		return in.Items
	}
	request := func(p place, more map[string]any) *editor.Call {
		params := map[string]any{"textDocument": map[string]any{"uri": p.uri, "version": c.Version(p.uri)}, "position": p.at}
		maps.Copy(params, more)
		return c.Request(method, params)
	}
	all := list(result[json.RawMessage](c, request(c.draw("whole.go", half), nil)))
	whole(all)
	if len(all) > 0 {
		result[any](c, c.Request("workspace/executeCommand", map[string]any{"command": all[0].Command.Command, "arguments": all[0].Command.Arguments}))
		if code(c.Request("workspace/executeCommand", map[string]any{"command": "github.copilot.didAcceptPanelCompletionItem", "arguments": []any{all[0].id()}})) != 0 {
			t.Errorf("Copilot's name of the command is not taken")
		}
	}

	p := c.draw("parts.go", half)
	left := list(result[json.RawMessage](c, request(p, map[string]any{"partialResultToken": "parts", "workDoneToken": "work"})))
	if len(left) != 0 {
		t.Errorf("what was told in parts is told again: %d items", len(left))
	}
	messages := c.All("$/progress")
	var parts []item
	var kinds []string
	for _, m := range messages {
		var in struct {
			Token string
			Value json.RawMessage
		}
		_ = json.Unmarshal(m.Params, &in)
		switch in.Token {
		case "parts":
			one := list(in.Value)
			if len(one) != 1 {
				t.Errorf("a partial result has %d items, want one", len(one))
			}
			parts = append(parts, one...)
		case "work":
			var v struct {
				Kind, Title string
				Cancellable bool
			}
			_ = json.Unmarshal(in.Value, &v)
			kinds = append(kinds, v.Kind)
			if v.Kind == "begin" && (v.Title == "" || !v.Cancellable) {
				t.Errorf("progress begins with %s", in.Value)
			}
		}
	}
	whole(parts)
	if len(kinds) < 3 || kinds[0] != "begin" || kinds[1] != "report" || kinds[len(kinds)-1] != "end" {
		t.Errorf("the progress is %v; want begin, reports, end", kinds)
	}
	panelGrows(t, c, request)
	panelEnds(t, c, request)
	c.Shutdown()
}

// panelGrows finds the first entry while the model still writes the second.
func panelGrows(t *probe, c *client, request func(place, map[string]any) *editor.Call) {
	hold := make(chan struct{})
	c.api.Queue(messages.Answer{Chunks: []string{"```\nfirst(a)\n```\n\n```\nsec", "ond(b)\n```\n"}, Hold: hold})
	call := request(c.draw("grows.go", half), map[string]any{"partialResultToken": "grows"})
	first := c.Next("$/progress")
	if text := string(first.Params); !strings.Contains(text, "first(a)") || strings.Contains(text, "sec") {
		t.Errorf("while the model writes the second entry, the panel is told %s", text)
	}
	if paid := c.paid(); !paid[len(paid)-1].Ended.IsZero() {
		t.Errorf("the answer had ended when the first entry came")
	}
	close(hold)
	result[json.RawMessage](c, call)
	if text := string(c.Next("$/progress").Params); !strings.Contains(text, "second(b)") {
		t.Errorf("the second entry is %s", text)
	}
}

// panelEnds ends panels that have no end.
func panelEnds(t *probe, c *client, request func(place, map[string]any) *editor.Call) {
	for i, tt := range []struct {
		how string
		end func(call *editor.Call, token string)
	}{
		{"$/cancelRequest", func(call *editor.Call, _ string) { c.Cancel(call) }},
		{"window/workDoneProgress/cancel", func(_ *editor.Call, token string) {
			c.Notify("window/workDoneProgress/cancel", map[string]any{"token": token})
		}},
	} {
		before := len(c.paid())
		c.api.Queue(messages.Answer{Break: &messages.Break{How: messages.Stall, After: messages.Headers}})
		token := fmt.Sprint("stalled", i)
		call := request(c.draw(fmt.Sprintf("stalled%d.go", i), half), map[string]any{"workDoneToken": token})
		c.upstream("the panel's request", func([]messages.Request) bool {
			return len(c.paid()) > before && c.paid()[before].Status != 0
		})
		tt.end(call, token)
		if got := code(call); got != editor.RequestCancelled {
			t.Errorf("after %s the panel ends with %d, want %d", tt.how, got, editor.RequestCancelled)
		}
		c.upstream("the panel's request to be aborted", func([]messages.Request) bool {
			return !c.paid()[before].Cancelled.IsZero()
		})
		if all := c.reported(token); len(all) == 0 || !strings.Contains(string(all[len(all)-1]), `"end"`) {
			t.Errorf("after %s the progress has no end: %s", tt.how, all)
		}
	}
}

func nextEdits(t *probe) {
	c := connect(t, setup{})
	c.says("a + b")
	p := c.draw("a.go", half)
	for _, more := range []map[string]any{
		nil,
		{"context": map[string]any{"triggerKind": 2}},
		{"diagnostics": []any{map[string]any{"severity": "error", "message": "missing return", "range": editor.Range{}}}},
	} {
		params := map[string]any{"textDocument": map[string]any{"uri": p.uri, "version": c.Version(p.uri)}, "position": p.at}
		maps.Copy(params, more)
		got := result[struct{ Edits []any }](c, c.Request("textDocument/copilotInlineEdit", params))
		if got.Edits == nil || len(got.Edits) != 0 {
			t.Errorf("edits are %v, want an empty list", got.Edits)
		}
	}
	c.Notify("textDocument/didShowInlineEdit", map[string]any{"item": map[string]any{"command": map[string]any{
		"title": "Accept inline edit", "command": "github.copilot.didAcceptNextEditSuggestionItem", "arguments": []string{"x"},
	}}})
	for _, command := range []string{"didAccept", "didReject", "didIgnore"} {
		name := "github.copilot." + command + "NextEditSuggestionItem"
		if n := code(c.Request("workspace/executeCommand", map[string]any{"command": name, "arguments": []string{"x"}})); n != 0 {
			t.Errorf("%s fails with %d", name, n)
		}
	}
	if n := len(c.paid()); n != 0 {
		t.Errorf("%d requests went upstream for nothing", n)
	}
	c.Shutdown()
}

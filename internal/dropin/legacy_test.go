package dropin

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// A legacy item is one of getCompletions.
type legacyItem struct {
	UUID        string
	Text        string
	DisplayText string
	Position    editor.Position
	Range       editor.Range
	DocVersion  int
}

// legacyDoc is how the old methods name a place.
func (c *client) legacyDoc(p place) map[string]any {
	return map[string]any{
		"uri": p.uri, "version": c.Version(p.uri), "position": p.at, "insertSpaces": false, "tabSize": 4,
		"indentSize": 4, "path": strings.TrimPrefix(p.uri, "file://"), "relativePath": "a.go", "languageId": "go", // what copilot.lua adds
	}
}

func (c *client) legacy(method string, p place) []legacyItem {
	c.t.Helper()
	got := result[struct{ Completions []legacyItem }](c, c.Request(method, map[string]any{"doc": c.legacyDoc(p)}))
	if got.Completions == nil {
		c.t.Errorf("%s is answered without a list", method)
	}
	return got.Completions
}

// legacyTwins are the methods of copilot.lua, of Sublime's LSP-copilot and of
// older copilot.vim.
func legacyTwins(t *probe) {
	state := t.TempDir()
	c := start(t, setup{env: []string{"XDG_STATE_HOME=" + state}})
	c.Allow("PanelSolution", "PanelSolutionsDone")
	c.Initialize()
	ok := func(method string, params any) {
		t.Helper()
		if got := result[any](c, c.Request(method, params)); got != "OK" {
			t.Errorf("%s is answered with %v, want OK", method, got)
		}
	}
	ok("setEditorInfo", map[string]any{
		"editorInfo": map[string]any{"name": "vim", "version": "9"}, "editorPluginInfo": map[string]any{"name": "copilot.vim", "version": "1"},
		"editorConfiguration": map[string]any{"disabledLanguages": []any{}},
	})
	if v := result[struct{ Version string }](c, c.Request("getVersion", map[string]any{})); v.Version == "" {
		t.Errorf("getVersion tells no version")
	}

	c.says("a + b", "b + a", "sum(a, b)")
	p := c.draw("one.go", half)
	one := c.legacy("getCompletions", p)
	p2 := c.draw("cycle.go", half)
	cycle := c.legacy("getCompletionsCycling", p2)
	if len(one) != 1 || len(cycle) != 3 {
		t.Fatalf("%d and %d completions, want 1 and 3", len(one), len(cycle))
	}
	for i, l := range slices.Concat(one, cycle) {
		at := p
		if i > 0 {
			at = p2
		}
		text := c.Text(at.uri)
		// Clients insert either of the two: text over range, or displayText at the cursor.
		if over, at := put(text, l.Range, l.Text), put(text, editor.Range{Start: at.at, End: at.at}, l.DisplayText); over != at {
			t.Errorf("text and displayText differ: %q and %q", over, at)
		}
		if l.UUID == "" || l.Position != at.at || l.DocVersion != c.Version(at.uri) || l.DisplayText == "" {
			t.Errorf("a completion is %+v", l)
		}
	}
	ok("notifyShown", map[string]any{"uuid": one[0].UUID})
	c.Change(p.uri, editor.Edit{Range: &one[0].Range, Text: one[0].Text})
	ok("notifyAccepted", map[string]any{"uuid": one[0].UUID, "acceptedLength": len(one[0].Text)})
	ok("notifyShown", map[string]any{"uuid": cycle[0].UUID})
	ok("notifyRejected", map[string]any{"uuids": []string{cycle[0].UUID, cycle[1].UUID, cycle[2].UUID}})
	for method, params := range map[string]any{
		"notifyShown": map[string]any{"uuid": "nobody"}, "notifyAccepted": map[string]any{"uuid": "nobody"}, "notifyRejected": map[string]any{"uuids": []string{}},
	} {
		ok(method, params)
	}

	old := c.legacyDoc(p2)
	old["version"] = c.Version(p2.uri) + 7
	got := result[struct{ Completions []legacyItem }](c, c.Request("getCompletions", map[string]any{"doc": old}))
	if got.Completions == nil || len(got.Completions) != 0 {
		t.Errorf("of another version of the text came %+v, want an empty list", got.Completions)
	}
	legacyPanel(t, c)
	for method, want := range map[string]string{"signInInitiate": "AlreadySignedIn", "signInConfirm": "OK", "checkStatus": "OK"} {
		if got := result[struct{ Status, User string }](c, c.Request(method, map[string]any{"userCode": "x"})); got.Status != want || got.User == "" {
			t.Errorf("%s says %+v, want %s of somebody", method, got, want)
		}
	}
	c.Shutdown()
	c.run.Exit()
	if got := stats(t, state).Today.All; got.Accepted != 1 || got.Rejected < 1 {
		t.Errorf("stats say %+v, want 1 accepted and what was rejected", got)
	}
}

func legacyPanel(t *probe, c *client) {
	t.Helper()
	c.says(tenAnswers()...)
	p := c.draw("panel.go", half)
	got := result[struct{ SolutionCountTarget int }](c, c.Request("getPanelCompletions", map[string]any{"doc": c.legacyDoc(p), "panelId": "panel:1"}))
	if got.SolutionCountTarget < 1 {
		t.Errorf("solutionCountTarget is %d", got.SolutionCountTarget)
	}
	done := c.Next("PanelSolutionsDone")
	var end struct{ PanelID, Status, Message string }
	if err := json.Unmarshal(done.Params, &end); err != nil || end.PanelID != "panel:1" || end.Status != "OK" {
		t.Errorf("the panel ends with %s", done.Params)
	}
	seen := map[string]bool{}
	for _, m := range c.All("PanelSolution") {
		var s struct {
			PanelID, CompletionText, DisplayText, SolutionID string
			Score                                            *float64
			Range                                            editor.Range
		}
		if err := json.Unmarshal(m.Params, &s); err != nil || s.PanelID != "panel:1" || s.SolutionID == "" || s.Score == nil || s.DisplayText == "" {
			t.Errorf("a solution is %s: %v", m.Params, err)
		}
		after := put(c.Text(p.uri), s.Range, s.CompletionText)
		if !strings.Contains(after, "\treturn compute") {
			t.Errorf("with a solution the text is %q", after)
		}
		seen[after] = true
	}
	if len(seen) != 10 {
		t.Errorf("%d different solutions, want 10", len(seen))
	}
	// For a document that is not open the panel ends as well.
	call := c.Request("getPanelCompletions", map[string]any{"panelId": "panel:2", "doc": map[string]any{
		"uri": c.uri("nowhere.go"), "version": 0, "position": editor.Position{},
	}})
	if code(call) == 0 {
		end := c.Next("PanelSolutionsDone")
		if !strings.Contains(string(end.Params), "panel:2") {
			t.Errorf("the second panel ends with %s", end.Params)
		}
	}
}

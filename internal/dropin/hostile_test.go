package dropin

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// calls are the requests of Copilot's clients and of our own, and what else the
// protocol has; notes are their notifications.
var (
	calls = []string{
		"textDocument/inlineCompletion", "textDocument/completion", "workspace/executeCommand", "claude-lsp/status", "claude-lsp/context", "claude-lsp/models",
		"signIn", "signInInitiate", "signInConfirm", "signOut", "checkStatus", "checkQuota", "checkFileStatus", "copilot/models", "getVersion", "setEditorInfo",
		"getCompletions", "getCompletionsCycling", "getPanelCompletions", "textDocument/copilotPanelCompletion", "textDocument/copilotInlineEdit",
		"notifyShown", "notifyAccepted", "notifyRejected", "notifyNextEditRejected", "context/registerProviders", "context/unregisterProviders", "debug/diagnostics",
		"conversation/create", "textDocument/hover", "", "$/unknown", "\x00", strings.Repeat("long/", 2000),
	}
	notes = []string{
		"initialized", "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave", "textDocument/didFocus",
		"textDocument/didShowCompletion", "textDocument/didPartiallyAcceptCompletion", "claude-lsp/didRejectCompletion", "claude-lsp/diagnostics",
		"textDocument/didShowInlineEdit", "workspace/didChangeConfiguration", "workspace/didChangeWorkspaceFolders", "workspace/didChangeWatchedFiles",
		"notebookDocument/didOpen", "notebookDocument/didChange", "notebookDocument/didClose", "notebookDocument/didSave", "vs/didAddWorkspaceFolder",
		"vs/didRemoveWorkspaceFolder", "context/update", "$/cancelRequest", "$/setTrace", "$/progress", "window/workDoneProgress/cancel", "github/didChangeAuth",
	}
)

// hostile are params that no client should send. UNKNOWN is the URI of a
// document that is not open, OPEN that of one that is, and ID an item's.
var hostile = []string{
	``, `null`, `{}`, `[]`, `"text"`, `7`, `true`, `[[[[]]]]`,
	`{"textDocument":null,"position":null,"context":null,"doc":null,"item":null,"command":null,"arguments":null,"settings":null,"event":null,"token":null,"id":null,"uuid":null,"uuids":null,"providers":null,"changes":null,"contentChanges":null,"notebookDocument":null,"cellTextDocuments":null,"change":null,"uri":null,"value":null}`,
	`{"textDocument":7,"position":"here","context":[],"doc":"x","item":[],"command":7,"arguments":"x","settings":7,"event":[],"token":{},"id":{},"uuid":7,"uuids":"x","providers":"x","changes":7,"contentChanges":{},"notebookDocument":[],"cellTextDocuments":7,"change":"x","uri":7,"value":7}`,
	`{"textDocument":{},"position":{},"context":{},"doc":{},"item":{},"command":"","arguments":[],"event":{},"providers":[{}],"changes":[{}],"contentChanges":[{}],"notebookDocument":{},"cellTextDocuments":[{}],"change":{}}`,
	`{"textDocument":{"uri":"UNKNOWN","version":null},"position":{"line":0,"character":0},"doc":{"uri":"UNKNOWN","version":0,"position":{"line":0,"character":0}},"uri":"UNKNOWN","panelId":"p1","contentChanges":[{"text":""}]}`,
	`{"textDocument":{"uri":"","version":1},"position":{"line":0,"character":0},"doc":{"uri":"","version":1,"position":{}},"uri":"","panelId":"p2","contentChanges":[{"text":""}]}`,
	`{"textDocument":{"uri":"%zz://\u0000","version":1},"doc":{"uri":"::::"},"uri":"file://%","event":{"added":[{"uri":"::","name":7}],"removed":[{"uri":7}]},"changes":[{"uri":"::","type":99}],"name":"x"}`,
	`{"textDocument":{"uri":"OPEN"},"position":{"line":-1,"character":-1},"context":{"triggerKind":2},"doc":{"uri":"OPEN","position":{"line":-1,"character":-1}},"panelId":"p3"}`,
	`{"textDocument":{"uri":"OPEN"},"position":{"line":4294967295,"character":4294967295},"context":{"triggerKind":2},"doc":{"uri":"OPEN","version":0,"position":{"line":2147483647,"character":2147483647}},"panelId":"p4"}`,
	`{"textDocument":{"uri":"OPEN"},"position":{"line":1e300,"character":99999999999999999999},"context":{"triggerKind":1e9},"doc":{"uri":"OPEN","position":{"line":1e300,"character":0.5}},"panelId":7}`,
	`{"textDocument":{"uri":"OPEN","version":99999999999999},"position":{"line":0,"character":0},"context":{"triggerKind":-7},"doc":{"uri":"OPEN","version":-99999999999999,"position":{"line":0,"character":0}}}`,
	`{"textDocument":{"uri":"OPEN"},"position":{"line":0,"character":0},"context":{"triggerKind":"automatic","selectedCompletionInfo":{"text":7,"range":[]}},"formattingOptions":"tabs"}`,
	`{"textDocument":{"uri":"OPEN"},"position":{"line":0,"character":0},"context":{"triggerKind":2,"selectedCompletionInfo":{"text":"x","range":{"start":{"line":9,"character":9},"end":{"line":0,"character":0}}}},"formattingOptions":{"tabSize":-4,"insertSpaces":"maybe"}}`,
	`{"textDocument":{"uri":"OPEN"},"position":{"line":0,"character":0},"context":{"triggerKind":2},"formattingOptions":{"tabSize":1e99,"insertSpaces":null},"doc":{"uri":"OPEN","position":{"line":0,"character":0},"tabSize":1000000000,"insertSpaces":7}}`,
	`{"textDocument":{"uri":"OPEN"},"position":{"line":0,"character":0},"context":{"triggerKind":2},"contextItems":"x","doc":{"uri":"OPEN","position":{"line":0,"character":0}},"partialResultToken":7,"workDoneToken":8}`,
	`{"textDocument":{"uri":"OPEN"},"position":{"line":0,"character":0},"context":{"triggerKind":2},"contextItems":{"providers":[{"id":7,"contextItems":[{},7,null,{"name":7,"value":[]},{"uri":"::","value":"v","importance":-1e9}]},null],"updating":7}}`,
	`{"textDocument":{"uri":"OPEN","version":2},"contentChanges":[{"range":{"start":{"line":9999,"character":0},"end":{"line":0,"character":0}},"text":"x"}]}`,
	`{"textDocument":{"uri":"OPEN","version":-5},"contentChanges":[{"range":{"start":{"line":-1,"character":-1},"end":{"line":-1,"character":-1}},"text":7}]}`,
	`{"item":{"command":{"arguments":["nobody"]}},"acceptedLength":5,"uuid":"nobody","uuids":["nobody","","nobody"],"command":"claude-lsp.accept","arguments":["nobody"],"reason":"?"}`,
	`{"item":{"command":{"arguments":["ID"]}},"acceptedLength":-5,"uuid":"ID","uuids":["ID"],"command":"claude-lsp.accept","arguments":[7]}`,
	`{"item":{"command":{"arguments":["ID"]}},"acceptedLength":1e18,"uuid":"ID","uuids":[7],"command":"claude-lsp.accept","arguments":[{}]}`,
	`{"item":{"command":{"arguments":["ID"]}},"acceptedLength":"many","uuid":"ID","uuids":[["ID"]],"command":"github.copilot.didAcceptCompletionItem","arguments":[null]}`,
	`{"item":{"command":{"arguments":["ID"]}},"acceptedLength":0,"uuid":"ID","command":"claude-lsp.snooze","arguments":[-1]}`,
	`{"item":{"command":{"arguments":["ID"]}},"acceptedLength":0.5,"uuid":"ID","command":"claude-lsp.snooze","arguments":[1e300]}`,
	`{"item":{"command":{"arguments":[]}},"uuid":"","uuids":[],"command":"claude-lsp.chooseModel","arguments":[7]}`,
	`{"item":{"command":"x"},"command":"github.copilot.finishDeviceFlow","arguments":[{"a":[]}]}`,
	`{"command":"rm -rf","arguments":["/"]}`,
	`{"settings":{"claude-lsp":7,"github":{"copilot":7},"github.copilot":[],"http":"x"},"providers":[{"id":"","selector":7},{"id":"x","selector":[7,{},null,{"language":7,"pattern":"[["}]}]}`,
	`{"settings":{"claude-lsp":{"completion":{"debounce":-1,"maxTokens":1e99}},"github":{"copilot":{"enable":[true],"selectedCompletionModel":{}}},"disabledLanguages":[7,null,{"languageId":7}]}}`,
	`{"notebookDocument":{"uri":"nb:1","notebookType":7,"version":"x","cells":[{"kind":9,"document":7},null]},"cellTextDocuments":[{"uri":"nb:1#a","languageId":7,"version":"x","text":7},null]}`,
	`{"notebookDocument":{"uri":"nb:2","notebookType":"j","version":1,"cells":[{"kind":2,"document":"nb:2#a"}]},"cellTextDocuments":[{"uri":"nb:2#a","languageId":"python","version":1,"text":"x"}]}`,
	`{"notebookDocument":{"uri":"nb:2","version":2},"change":{"cells":{"structure":{"array":{"start":99,"deleteCount":1e9,"cells":[{"kind":2,"document":"nb:2#z"}]},"didOpen":[],"didClose":[{"uri":"nb:9#q"}]},"textContent":[{"document":{"uri":"nb:2#nowhere","version":1},"changes":[{"text":"x"}]}]}}}`,
	`{"notebookDocument":{"uri":"nb:2","version":3},"change":{"cells":{"structure":{"array":{"start":-1,"deleteCount":-1}}}}}`,
	`{"notebookDocument":{"uri":"nb:7"},"cellTextDocuments":[{"uri":"nb:7#a"}]}`,
	`{"a":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`,
	`{"textDocument":{"uri":"file:///rows/\ud800.go","languageId":"\ud800","version":1,"text":"\ud800\u0000"},"position":{"line":0,"character":1}}`,
}

// A client that sends nonsense, in whatever phase of a session, gets one answer
// to each request, and can go on; so can one that comes to its senses.
func TestHostileClient(t *testing.T) {
	p := &probe{TB: t}
	c := start(p, setup{})
	everything := []string{
		"window/showMessage", "window/showMessageRequest", "window/showDocument", "client/registerCapability", "PanelSolution", "PanelSolutionsDone",
		"copilot/quotaChange", "copilot/quotaWarning", "$/logTrace", "claude-lsp/inlineCompletionProgress",
	}
	c.Allow(everything...)
	for _, method := range everything[1:4] {
		c.Handle(method, func(json.RawMessage) (any, *editor.Error) { return nil, nil })
	}
	c.says("a + b")
	sent := 0
	send := func(id int, method, params string) {
		t.Helper()
		name, err := json.Marshal(method)
		if err != nil {
			t.Fatal(err)
		}
		sent++
		message := `{"jsonrpc":"2.0",`
		if id > 0 {
			message += fmt.Sprintf(`"id":%d,`, id)
		}
		message += `"method":` + string(name)
		if params != "" {
			message += `,"params":` + params
		}
		c.Raw([]byte(frame(message + "}")))
	}
	before, after := 0, 0
	for _, method := range calls[:len(calls)-4] {
		if got := code(c.Request(method, map[string]any{})); got != -32002 {
			t.Errorf("%s before initialize ends with %d, want -32002", method, got)
		}
		before++
	}
	for _, method := range notes {
		send(0, method, `{"textDocument":{"uri":"file:///rows/early.go","languageId":"go","version":1,"text":"early"}}`)
	}
	c.Initialize()
	open := c.draw("open.go", half)
	got := c.items(c.ask(open, nil))
	if len(got) != 1 {
		t.Fatalf("%d items", len(got))
	}
	fill := strings.NewReplacer("OPEN", open.uri, "UNKNOWN", c.uri("unknown.go"), `"ID"`, fmt.Sprintf("%q", got[0].id()))
	for _, params := range hostile {
		params = fill.Replace(params)
		for _, method := range notes {
			send(0, method, params)
		}
		// All requests at once, as many clients' are; each must be answered.
		var pending []*editor.Call
		for _, method := range calls {
			var value any
			if params != "" {
				value = json.RawMessage(params)
			}
			pending = append(pending, c.Request(method, value))
		}
		for _, call := range pending {
			if _, err := call.Wait(); err != nil && err.Code == -32603 {
				t.Errorf("%s with %.200s ends in an internal error: %v", call, params, err)
			}
			sent++
		}
	}
	// It was switched off, signed out, and told to leave languages and files alone.
	// A person who puts that right has completions as before.
	result[any](c, c.Request("workspace/executeCommand", map[string]any{"command": "claude-lsp.enable"}))
	c.Request("signIn", map[string]any{}).Forget()
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{
		"claude-lsp": map[string]any{"completion": map[string]any{"debounce": "0ms"}}, "github": map[string]any{"copilot": map[string]any{"enable": map[string]any{"*": true}}},
	}})
	fresh := c.draw("fresh.go", strings.ReplaceAll(half, "add", "fresh"))
	if got := c.items(c.ask(fresh, nil)); len(got) != 1 {
		t.Errorf("after %d odd messages %d items come", sent, len(got))
	}
	if raw, err := c.Request("shutdown", nil).Wait(); err != nil || string(raw) != "null" {
		t.Errorf("shutdown is answered with %s, %v", raw, err)
	}
	for _, method := range calls[:len(calls)-4] {
		if got := code(c.Request(method, map[string]any{})); got != -32600 {
			t.Errorf("%s after shutdown ends with %d, want -32600", method, got)
		}
		after++
	}
	for _, method := range notes {
		send(0, method, `{}`)
	}
	c.Notify("exit", nil)
	c.WaitEnd()
	if n := c.run.Exit(); n != 0 {
		t.Errorf("exit code %d", n)
	}
	if sent < 1000 || before < 25 || after < 25 {
		t.Errorf("only %d, %d and %d messages were sent", before, sent, after)
	}
	t.Logf("%d messages that no client should send, %d before initialize and %d after shutdown", sent, before, after)
}

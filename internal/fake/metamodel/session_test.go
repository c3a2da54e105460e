package metamodel

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// asks is a session in which the client has asked for a method under id 1.
func asks(method, params string) *Session {
	s := NewSession()
	s.Client(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":1,"method":%q,"params":%s}`, method, params))
	return s
}

// Messages as servers should send them.
func TestGoodMessages(t *testing.T) {
	for _, tt := range []struct{ name, method, params, answer string }{
		{"inline list", "textDocument/inlineCompletion", `{}`, `"result":{"items":[{"insertText":"a","range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"command":{"title":"t","command":"c","arguments":[1,{"a":null}]}}]}`},
		{"inline array", "textDocument/inlineCompletion", `{}`, `"result":[{"insertText":{"kind":"snippet","value":"$0"}}]`},
		{"inline null", "textDocument/inlineCompletion", `{}`, `"result":null`},
		{"menu", "textDocument/completion", `{}`, `"result":{"isIncomplete":true,"items":[{"label":"l","kind":1,"documentation":{"kind":"markdown","value":"v"},"textEdit":{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"newText":"n"}}]}`},
		{"initialize", "initialize", `{}`, `"result":{"capabilities":{"positionEncoding":"utf-8","textDocumentSync":{"openClose":true,"change":2,"save":{}},"inlineCompletionProvider":true,"notebookDocumentSync":{"notebookSelector":[{"notebook":"*"}]}},"serverInfo":{"name":"n"}}`},
		{"shutdown", "shutdown", `{}`, `"result":null`},
		{"anything", "workspace/executeCommand", `{}`, `"result":{"a":[1.5e3,true]}`},
		{"superseded", "textDocument/inlineCompletion", `{}`, `"error":{"code":-32802,"message":"m"}`},
		{"not signed in", "getCompletions", `{}`, `"error":{"code":1000,"message":"m"}`},
		{"no such method", "who/knows", `{}`, `"error":{"code":-32601,"message":"m"}`},
		{"refused initialize", "initialize", `{}`, `"error":{"code":-32600,"message":"m","data":{"retry":false}}`},
		{"own status", "claude-lsp/status", `{}`, `"result":{"state":"ready","provider":"claude","model":"m","trouble":null,"costToday":0.5,"shown":1,"accepted":0}`},
		{"signed in", "signIn", `{}`, `"result":{"status":"AlreadySignedIn","user":"u"}`},
		{"device flow", "signIn", `{}`, `"result":{"status":"PromptUserDeviceFlow","userCode":"c","verificationUri":"https://example.org"}`},
	} {
		if found := asks(tt.method, tt.params).Server([]byte(`{"jsonrpc":"2.0","id":1,` + tt.answer + `}`)); found != nil {
			t.Errorf("%s: %v", tt.name, found)
		}
	}
	s := asks("textDocument/inlineCompletion", `{"partialResultToken":"p","workDoneToken":7}`)
	for _, message := range []string{
		`"method":"window/logMessage","params":{"type":5,"message":"m"}`,
		`"id":"a","method":"workspace/configuration","params":{"items":[{"section":"s"}]}`,
		`"id":3,"method":"window/workDoneProgress/create","params":{"token":"w"}`,
		`"method":"$/progress","params":{"token":"w","value":{"kind":"begin","title":"t","percentage":0}}`,
		`"method":"$/progress","params":{"token":7,"value":{"kind":"end"}}`,
		`"method":"$/progress","params":{"token":"p","value":[{"insertText":"a"}]}`,
		`"id":4,"method":"client/registerCapability","params":{"registrations":[
			{"id":"1","method":"workspace/didChangeWatchedFiles","registerOptions":{"watchers":[{"globPattern":"**/x"}]}},
			{"id":"2","method":"workspace/didChangeConfiguration","registerOptions":{"section":["s"]}},
			{"id":"3","method":"notebookDocument/sync","registerOptions":{"notebookSelector":[{"notebook":"*"}]}},
			{"id":"4","method":"workspace/didChangeWorkspaceFolders"}]}`,
		`"id":5,"method":"workspace/workspaceFolders"`,
		`"method":"didChangeStatus","params":{"busy":false,"kind":"Normal"}`,
		`"id":null,"error":{"code":-32700,"message":"m"}`,
	} {
		if found := s.Server([]byte(`{"jsonrpc":"2.0",` + message + `}`)); found != nil {
			t.Errorf("%s: %v", message, found)
		}
	}
}

// Each of these differs from a good message in one thing, which must be named.
func TestDefects(t *testing.T) {
	const (
		at   = `{"start":{"line":0,"character":0},"end":{"line":0,"character":0}}`
		item = `{"insertText":"a","range":` + at + `}`
	)
	for _, tt := range []struct{ method, message, want string }{
		{"", `"method":"window/logMessage","params":{"type":6,"message":"m"}`, "params.type: is 6, which MessageType does not have"},
		{"", `"method":"window/logMessage","params":{"type":"3","message":"m"}`, "params.type: is the string"},
		{"", `"method":"window/logMessage","params":{"type":3}`, `params: lacks "message"`},
		{"", `"method":"window/logMessage","params":{"type":3,"message":"m","level":1}`, `has "level"`},
		{"", `"method":"window/logMessage","params":{"type":3,"type":3,"message":"m"}`, `"type" is given twice`},
		{"", `"method":"window/logMessage","params":[]`, "is an array, not an object"},
		{"", `"method":"window/logMessage"`, "params: are missing"},
		{"", `"id":1,"method":"window/logMessage","params":{"type":3,"message":"m"}`, "no request window/logMessage"},
		{"", `"method":"textDocument/didOpen","params":{}`, "notification of the client"},
		{"", `"method":"who/knows","params":{}`, "no notification who/knows"},
		{"", `"id":1.5,"method":"workspace/workspaceFolders"`, "id: "},
		{"", `"id":1,"method":"workspace/workspaceFolders","params":{}`, "has none"},
		{"", `"id":1,"method":"workspace/configuration","params":{"items":[{"scopeUri":"a b"}]}`, "params.items[0].scopeUri: "},
		{"", `"method":"textDocument/publishDiagnostics","params":{"uri":"nowhere","diagnostics":[]}`, "not a URI"},
		{"", `"method":"$/progress","params":{"token":"w","value":{"kind":"end"}}`, "which nobody gave"},
		{"", `"method":"$/progress","params":{"token":7,"value":{"kind":"stop"}}`, "params.value"},
		{"", `"method":"$/progress","params":{"token":7,"value":{"kind":"report","percentage":-1}}`, "which is no uinteger"},
		{"textDocument/inlineCompletion", `"method":"$/progress","params":{"token":"p","value":{"items":[]}}`, "is an object, not an array"},
		{"", `"id":1,"method":"client/registerCapability","params":{"registrations":[{"id":"1","method":"workspace/didChangeWatchedFiles","registerOptions":{"watchers":[{"glob":"x"}]}}]}`, `has "glob"`},
		{"", `"id":1,"method":"client/registerCapability","params":{"registrations":[{"id":"1","method":"who/knows"}]}`, "no method who/knows"},
		{"", `"id":1,"method":"client/registerCapability","params":{"registrations":[{"id":"1","method":"workspace/didChangeWorkspaceFolders","registerOptions":{}}]}`, "has no options"},
		{"", `"id":1,"result":null`, "nobody asked"},
		{"shutdown", `"id":1,"result":{}`, "not null"},
		{"shutdown", `"id":1`, "neither a result nor an error"},
		{"shutdown", `"id":1,"result":null,"error":{"code":-32603,"message":"m"}`, "a result and an error"},
		{"shutdown", `"id":1,"result":null,"more":1`, `the member "more"`},
		{"shutdown", `"id":1,"error":{"code":-1,"message":"m"}`, "error.code: is -1"},
		{"shutdown", `"id":1,"error":{"code":-32603,"message":" "}`, "says nothing"},
		{"shutdown", `"id":1,"error":{"code":-32603}`, `lacks "message"`},
		{"shutdown", `"id":1,"error":null`, "is null, not an object"},
		{"initialize", `"id":1,"error":{"code":-32600,"message":"m","data":{"again":false}}`, `lacks "retry"`},
		{"initialize", `"id":1,"result":{"capabilities":{"inlineCompletion":true}}`, `has "inlineCompletion"`},
		{"initialize", `"id":1,"result":{"capabilities":{"textDocumentSync":4}}`, "result.capabilities.textDocumentSync"},
		{"initialize", `"id":1,"result":{"capabilities":{"completionProvider":{"triggerCharacters":"."}}}`, "result.capabilities.completionProvider.triggerCharacters: is the string"},
		{"who/knows", `"id":1,"result":null`, "answers who/knows"},
		{"workspace/configuration", `"id":1,"result":[]`, "only the server asks"},
		{"claude-lsp/status", `"id":1,"result":{"state":"fine","provider":"p","model":"m","trouble":null,"costToday":null,"shown":0,"accepted":0}`, "ClaudeState does not have"},
		{"claude-lsp/status", `"id":1,"result":{"state":"ready","provider":"p","model":"m","costToday":null,"shown":0,"accepted":0}`, `lacks "trouble"`},
		{"notifyShown", `"id":1,"result":"ok"`, `not "OK"`},
		{"signIn", `"id":1,"result":{"status":"PromptUserDeviceFlow","userCode":1,"verificationUri":"https://example.org"}`, "userCode"},
	} {
		s := asks(tt.method, `{"workDoneToken":7,"partialResultToken":"p"}`)
		if tt.method == "" {
			s = NewSession()
			s.Client([]byte(`{"jsonrpc":"2.0","id":"w","method":"textDocument/completion","params":{"workDoneToken":7}}`))
		}
		wants(t, s, tt.message, tt.want)
	}
	for _, tt := range []struct{ result, want string }{
		{`{"items":` + item + `}`, "result.items: is an object, not an array"},
		{`{"items":[` + strings.Replace(item, "insertText", "text", 1) + `]}`, `result.items[0]: lacks "insertText"`},
		{`{"items":[` + strings.Replace(item, `"line":0`, `"line":-1`, 1) + `]}`, "result.items[0].range.start.line: is -1"},
		{`{"items":[` + strings.Replace(item, `"line":0`, `"line":1e2`, 1) + `]}`, "which is no uinteger"},
		{`{"items":[` + strings.Replace(item, `"line":0`, `"line":2147483648`, 1) + `]}`, "which is no uinteger"},
		{`{"items":[{"insertText":{"kind":"plain","value":""}}]}`, `is the string "plain", not "snippet"`},
		{`{"items":[` + item + `],"isIncomplete":false}`, `has "isIncomplete"`},
		{`"none"`, "not one of InlineCompletionList, InlineCompletionItem[], null"},
	} {
		wants(t, asks("textDocument/inlineCompletion", `{}`), `"id":1,"result":`+tt.result, tt.want)
	}
}

// wants asserts that one of the defects of a message holds the text want.
func wants(t *testing.T, s *Session, message, want string) {
	t.Helper()
	found := s.Server([]byte(`{"jsonrpc":"2.0",` + message + `}`))
	var all []string
	for _, d := range found {
		all = append(all, d.String())
	}
	if !strings.Contains(strings.Join(all, "\n"), want) {
		t.Errorf("%s\ngot %q, want %q", message, all, want)
	}
}

func TestNoMessage(t *testing.T) {
	for body, want := range map[string]string{
		`[]`: "not an object", `{`: "message", `{}x`: "follows", `{"id":1,"result":null}`: "jsonrpc", `{"jsonrpc":"2.0","method":1}`: "not a string",
	} {
		if found := NewSession().Server([]byte(body)); len(found) != 1 || !strings.Contains(found[0].String(), want) {
			t.Errorf("%s: got %v, want %q", body, found, want)
		}
	}
}

// A file of our own that does not fit together must be found when it is read.
func TestBrokenModelsAreRefused(t *testing.T) {
	for file, want := range map[string]string{
		`{"requests":[{"method":"shutdown"}]}`: "twice",
		`{"structures":[{"name":"New","properties":[{"name":"a","type":{"kind":"reference","name":"Nowhere"}}]}]}`: "Nowhere",
		`{"structures":[{"name":"New","properties":[{"name":"a","type":{"kind":"guess"}}]}]}`:                      "guess",
	} {
		plain := unpacked(t)
		if _, err := read(plain, []byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", file, err, want)
		}
	}
}

// The model that lies here is the one of the module that the server is built
// with.
func TestModelIsThatOfTheModule(t *testing.T) {
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "go.lsp.dev/protocol").Output()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "internal", "genlsp", "testdata", "metaModel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var theirs, ours file
	if err := json.Unmarshal(raw, &theirs); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(unpacked(t), &ours); err != nil {
		t.Fatal(err)
	}
	if len(ours.Structures) < 380 || len(ours.Requests) < 65 {
		t.Errorf("only %d structures and %d requests", len(ours.Structures), len(ours.Requests))
	}
	for _, f := range []*file{&theirs, &ours} { // what is kept as it was written differs in its blanks
		m := &model{structures: map[string]*structure{}, aliases: map[string]*typ{}, enumerations: map[string]*enumeration{}, requests: map[string]*method{}, notifications: map[string]*method{}}
		if err := m.add(f); err != nil {
			t.Fatal(err)
		}
		m.eachType(func(t *typ) { t.Value = nil })
	}
	if !reflect.DeepEqual(theirs, ours) {
		t.Error("the module has another model: run go generate ./internal/fake/metamodel")
	}
}

func unpacked(t *testing.T) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// Whatever a server sends, the check says something of it and does not break.
func FuzzServer(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"result":{"items":[{"insertText":"a"}]}}`))
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":"client/registerCapability","params":{"registrations":[{"id":"1","method":"workspace/didChangeWatchedFiles","registerOptions":{}}]}}`))
	f.Add([]byte(`{"jsonrpc":"2.0","method":"$/progress","params":{"token":7,"value":{"kind":"end"}}}`))
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"error":{"code":-32802,"message":"m"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		s := asks("textDocument/inlineCompletion", `{"workDoneToken":7}`)
		if found := s.Server(body); found == nil && !json.Valid(body) {
			t.Errorf("%q is no JSON, and passed", body)
		}
	})
}

// Whatever of a good message is changed, the check notices: each object gets a
// property more and loses each of its own, and each value becomes one of another
// kind. What it cannot notice is named, with the reason.
func TestEveryMutationIsNoticed(t *testing.T) {
	const range0 = `{"start":{"line":0,"character":0},"end":{"line":0,"character":1}}`
	for _, tt := range []struct {
		method, result string
		unnoticed      []string // paths that end so; a property may be optional, or anything
	}{
		{
			"textDocument/inlineCompletion", `{"items":[{"insertText":"a","filterText":"f","range":` + range0 + `,"command":{"title":"t","command":"c","arguments":["id"]}}]}`,
			[]string{"-filterText", "-range", "]-command", "-arguments", "arguments[0]="},
		},
		{
			"textDocument/completion", `{"isIncomplete":true,"items":[{"label":"l","kind":1,"sortText":"s","insertTextFormat":1,"textEdit":{"range":` + range0 + `,"newText":"n"}}]}`,
			[]string{"-kind", "-sortText", "-insertTextFormat", "-textEdit"},
		},
		{
			"initialize", `{"capabilities":{"positionEncoding":"utf-8","textDocumentSync":{"openClose":true,"change":2,"save":{"includeText":false}},"executeCommandProvider":{"commands":["c"]},"workspace":{"workspaceFolders":{"supported":true}}},"serverInfo":{"name":"n","version":"v"}}`,
			[]string{"-positionEncoding", "-textDocumentSync", "-openClose", "-change", "-save", "-includeText", "-executeCommandProvider", "-workspace", "-workspaceFolders", "-supported", "-serverInfo", "-version"},
		},
		{
			"claude-lsp/status", `{"state":"trouble","provider":"p","model":"m","trouble":{"kind":"k","message":"m"},"costToday":1.5,"budget":{"dailyUSD":1,"spentUSD":2,"step":"whole"},"shown":1,"accepted":2}`,
			[]string{"-budget"},
		},
		{"getCompletions", `{"completions":[{"uuid":"u","text":"t","displayText":"d","position":{"line":0,"character":0},"range":` + range0 + `,"docVersion":1}]}`, nil},
	} {
		v, err := parse([]byte(tt.result))
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		mutations(v, "", func(how string) {
			count++
			found := asks(tt.method, `{}`).model.check(v, shared().requests[tt.method].Result, "result")
			expected := !slices.ContainsFunc(tt.unnoticed, func(suffix string) bool { return strings.HasSuffix(how, suffix) })
			if (found != nil) != expected {
				t.Errorf("%s with %s: found %v, want something: %v", tt.method, how, found, expected)
			}
		})
		if count < 10 {
			t.Errorf("only %d mutations of %s", count, tt.method)
		}
	}
}

// mutations calls try with each one in place, and takes it back: a property
// more (+name), one less (-name), a value of another kind (name=).
func mutations(v value, path string, try func(how string)) {
	switch v := v.(type) {
	case object:
		v["mutation"] = true
		try(path + "+mutation")
		delete(v, "mutation")
		for _, name := range sortedKeys(v) {
			old := v[name]
			delete(v, name)
			try(path + "-" + name)
			v[name] = otherKind(old)
			try(path + "." + name + "=")
			v[name] = old
			mutations(old, path+"."+name, try)
		}
	case []value:
		for i, old := range v {
			v[i] = otherKind(old)
			try(fmt.Sprintf("%s[%d]=", path, i))
			v[i] = old
			mutations(old, fmt.Sprintf("%s[%d]", path, i), try)
		}
	}
}

func otherKind(v value) value {
	if _, ok := v.([]value); ok {
		return json.Number("7.5")
	}
	return []value{}
}

package editor

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const uri = "file:///w/a.go"

// sends makes a taker that sends something else before the usual null answer.
func sends(messages ...string) func(s *server, id, params json.RawMessage) {
	return func(s *server, id, params json.RawMessage) {
		for _, m := range messages {
			s.say("%s", m)
		}
		if id != nil {
			s.say(`{"jsonrpc":"2.0","id":%s,"result":null}`, id)
		}
	}
}

// answers makes a taker that answers with a result.
func answers(result string) func(s *server, id, params json.RawMessage) {
	return func(s *server, id, _ json.RawMessage) { s.say(`{"jsonrpc":"2.0","id":%s,"result":%s}`, id, result) }
}

type takes = map[string]func(s *server, id, params json.RawMessage)

func TestWholeSession(t *testing.T) {
	s := &server{takes: takes{
		"textDocument/inlineCompletion": answers(`{"items":[{"insertText":"é()","range":{"start":{"line":0,"character":2},"end":{"line":0,"character":2}},"command":{"title":"","command":"accept","arguments":["id-1"]}}]}`),
		"textDocument/didOpen":          sends(`{"jsonrpc":"2.0","method":"window/logMessage","params":{"type":3,"message":"hello"}}`),
		"initialized": sends(
			`{"jsonrpc":"2.0","id":"r1","method":"workspace/configuration","params":{"items":[{"section":"claude-lsp"},{"scopeUri":"file:///w","section":"claude-lsp"},{"section":"other"}]}}`,
			`{"jsonrpc":"2.0","id":"r2","method":"window/workDoneProgress/create","params":{"token":"p"}}`,
			`{"jsonrpc":"2.0","method":"$/progress","params":{"token":"p","value":{"kind":"begin","title":"Reading"}}}`,
			`{"jsonrpc":"2.0","method":"$/progress","params":{"token":"p","value":{"kind":"end"}}}`,
		),
	}}
	e := Start(t, serve(s), Options{
		Name: "Test", Encodings: []string{"utf-8"}, Folders: []string{"file:///w"}, InlineCompletion: true,
		InitializationOptions: map[string]any{"a": 1}, Configuration: map[string]any{"claude-lsp": map[string]any{"enabled": true}},
	})
	e.Allow("$/progress", "window/workDoneProgress/create", "never/sent")
	e.Initialize()
	if got := string(e.Next("workspace/configuration").Params); !strings.Contains(got, "claude-lsp") {
		t.Errorf("configuration was asked with %s", got)
	}
	e.Open(uri, "go", "f\n")
	if got := string(e.Next("window/logMessage").Params); !strings.Contains(got, "hello") {
		t.Errorf("log message %s", got)
	}
	at := e.Type(uri, e.After(uri, "f"), "ü")
	if at != (Position{0, 3}) {
		t.Errorf("typed up to %v, want column 3 in utf-8", at)
	}
	e.Change(uri, Edit{&Range{Position{0, 1}, Position{0, 3}}, "x"})
	items := e.Inline(uri, Position{0, 2}, InlineOptions{Invoked: true}).Items()
	if len(items) != 1 || items[0].Text != "é()" {
		t.Fatalf("items %v", items)
	}
	if result, err := e.Accept(items[0]).Wait(); err != nil || string(result) != "null" {
		t.Errorf("the command was answered by %s, %v", result, err)
	}
	if e.Text(uri) != "fxé()\n" || e.Version(uri) != 3 {
		t.Errorf("text %q, version %d", e.Text(uri), e.Version(uri))
	}
	e.Configure("file:///w", "claude-lsp", map[string]any{"enabled": false})
	cancelled := e.Request("textDocument/willSaveWaitUntil", nil)
	e.Cancel(cancelled)
	cancelled.Forget()
	e.CloseDocument(uri)
	e.Shutdown()

	want := map[string][]string{
		"textDocument/didOpen": {`{"textDocument":{"languageId":"go","text":"f\n","uri":"file:///w/a.go","version":0}}`},
		"textDocument/didChange": {
			`{"contentChanges":[{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":1}},"text":"ü"}],"textDocument":{"uri":"file:///w/a.go","version":1}}`,
			`{"contentChanges":[{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":3}},"text":"x"}],"textDocument":{"uri":"file:///w/a.go","version":2}}`,
			`{"contentChanges":[{"range":{"start":{"line":0,"character":2},"end":{"line":0,"character":2}},"text":"é()"}],"textDocument":{"uri":"file:///w/a.go","version":3}}`,
		},
		"textDocument/inlineCompletion":    {`{"context":{"triggerKind":1},"position":{"line":0,"character":2},"textDocument":{"uri":"file:///w/a.go"}}`},
		"workspace/executeCommand":         {`{"arguments":["id-1"],"command":"accept"}`},
		"workspace/didChangeConfiguration": {`{"settings":null}`},
		"$/cancelRequest":                  {`{"id":4}`},
		"textDocument/didClose":            {`{"textDocument":{"uri":"file:///w/a.go"}}`},
		"":                                 {`[{"enabled":true},{"enabled":true},null]`, "null"},
	}
	for method, messages := range want {
		if diff := cmp.Diff(messages, s.got(method)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", method, diff)
		}
	}
}

// Each server does one thing that no server may do, and the editor says so.
// question is a method that may be answered by anything.
const question = "workspace/executeCommand"

func TestWhatAServerMustNotDo(t *testing.T) {
	note := `{"jsonrpc":"2.0","method":"window/logMessage","params":{"type":3,"message":"m"}}`
	ask := func(e *Editor) { e.Request(question, nil).Forget() }
	tests := []struct {
		name    string
		server  *server
		session func(e *Editor) // between Initialize and Shutdown
		want    string          // in the first failure
	}{
		{"answer twice", &server{takes: takes{question: func(s *server, id, _ json.RawMessage) {
			s.say(`{"jsonrpc":"2.0","id":%s,"result":1}`, id)
			s.say(`{"jsonrpc":"2.0","id":%s,"result":1}`, id)
		}}}, ask, "answered workspace/executeCommand (id 2) twice"},
		{"answer what nobody asked", &server{takes: takes{question: sends(`{"jsonrpc":"2.0","id":99,"result":1}`)}}, ask, "id 99, which nobody asked"},
		{"answer with the wrong kind of id", &server{takes: takes{question: sends(`{"jsonrpc":"2.0","id":"2","result":1}`)}}, ask, `id "2", which nobody asked`},
		{"say what nobody looks at", &server{takes: takes{question: sends(note)}}, ask, "did not look at 1 messages of the server:\nwindow/logMessage"},
		{"talk before initialize", &server{takes: takes{"initialize": func(s *server, id, _ json.RawMessage) {
			s.say(`{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{}}`)
			s.say(`{"jsonrpc":"2.0","id":%s,"result":{"capabilities":{}}}`, id)
		}}}, func(*Editor) {}, "before its answer to initialize"},
		{"talk after exit", &server{takes: takes{"exit": func(s *server, _, _ json.RawMessage) {
			for range 100 { // the editor needs a moment to have sent exit
				s.say("%s", note)
			}
			s.conn.Close()
		}}}, func(e *Editor) { e.Allow("window/logMessage") }, "window/logMessage after exit"},
		{"go before exit", &server{takes: takes{question: func(s *server, _, _ json.RawMessage) { s.conn.Close() }}}, func(e *Editor) { e.Request(question, nil).Wait() }, "has closed the connection"},
		{"choose an encoding of its own", &server{capabilities: `{"positionEncoding":"utf-32"}`}, func(*Editor) {}, `chose to count in "utf-32"`},
		{"request without a capability", &server{takes: takes{question: sends(`{"jsonrpc":"2.0","id":1,"method":"workspace/configuration","params":{"items":[]}}`)}}, func(e *Editor) { ask(e); e.Next("workspace/configuration") }, "no capability for"},
		{"request what nobody knows", &server{takes: takes{question: sends(`{"jsonrpc":"2.0","id":1,"method":"who/knows"}`)}}, func(e *Editor) { ask(e); e.Next("who/knows") }, "no capability for"},
		{"report on no token", &server{takes: takes{question: sends(`{"jsonrpc":"2.0","method":"$/progress","params":{"token":1,"value":{"kind":"report"}}}`)}}, func(e *Editor) { ask(e); e.Next("$/progress") }, "token was not created"},
		{"end before beginning", &server{takes: takes{question: sends(
			`{"jsonrpc":"2.0","id":1,"method":"window/workDoneProgress/create","params":{"token":1}}`,
			`{"jsonrpc":"2.0","method":"$/progress","params":{"token":1,"value":{"kind":"end"}}}`)}}, func(e *Editor) { ask(e); e.Allow("window/workDoneProgress/create"); e.Next("$/progress") }, "a end does not follow create"},
		{"answer null for a list", &server{takes: takes{}}, func(e *Editor) { e.Open(uri, "go", "x"); e.Inline(uri, Position{}, InlineOptions{}).Items() }, "null and no list"},
		{"say what the protocol has not", &server{takes: takes{question: sends(`{"jsonrpc":"2.0","method":"window/logMessage","params":{"type":3,"message":"m","level":1}}`)}}, ask, `params: has "level", which the model does not know`},
		{"answer what was not asked for", &server{capabilities: `{"textDocumentSync":{"openClose":1}}`}, func(*Editor) {}, "result.capabilities.textDocumentSync"},
		{"print on stdout", &server{takes: takes{question: func(s *server, id, _ json.RawMessage) { s.write("panic: oh\n") }}}, ask, "broken framing"},
		{"give a length that is too short", &server{takes: takes{question: func(s *server, _, _ json.RawMessage) { s.write("Content-Length: 5\r\n\r\n" + note) }}}, ask, "not one JSON object"},
		{"give a length that is too long", &server{takes: takes{question: func(s *server, _, _ json.RawMessage) { s.write("Content-Length: 200\r\n\r\n" + note); s.conn.Close() }}}, ask, "of 200 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := failures(t, func(t testing.TB) {
				e := Start(t, serve(tt.server), Options{Encodings: []string{"utf-8", "utf-16"}})
				e.Initialize()
				tt.session(e)
				e.Shutdown()
			})
			if len(got) == 0 || !strings.Contains(got[0], tt.want) {
				t.Errorf("failures %q, want the first to say %q", got, tt.want)
			}
		})
	}
}

// A test that is careless about a good server fails as well.
func TestWhatATestMustNotDo(t *testing.T) {
	tests := []struct {
		name    string
		session func(e *Editor)
		want    string
	}{
		{"not look at an answer", func(e *Editor) { e.Request(question, nil); e.Shutdown() }, "did not look at the answer to workspace/executeCommand"},
		{"edit what is not open", func(e *Editor) { e.Change(uri) }, "is not open"},
		{"open twice", func(e *Editor) { e.Open(uri, "go", ""); e.Open(uri, "go", "") }, "is open already"},
		{"edit outside the text", func(e *Editor) {
			e.Open(uri, "go", "ab")
			e.Change(uri, Insert(Position{0, 3}, "x"))
		}, "column 3"},
		{"ask outside the text", func(e *Editor) { e.Open(uri, "go", "ab"); e.Completion(uri, Position{1, 0}, "") }, "line 1 of 1"},
		{"wait for what never comes", func(e *Editor) { e.Next("never") }, "waiting for a message never: nothing within"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the deadline takes no time
				got := failures(t, func(t testing.TB) {
					e := Start(t, serve(&server{}), Options{Encodings: []string{"utf-8"}})
					e.Initialize()
					tt.session(e)
				})
				if len(got) == 0 || !strings.Contains(got[0], tt.want) {
					t.Errorf("failures %q, want the first to say %q", got, tt.want)
				}
			})
		})
	}
}

func TestNeverAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := func(*server, json.RawMessage, json.RawMessage) {}
		got := failures(t, func(t testing.TB) {
			e := Start(t, serve(&server{takes: takes{question: silent}}), Options{Encodings: []string{"utf-8"}})
			e.Initialize()
			e.Request(question, nil).Forget()
			e.Close()
		})
		if want := []string{"never answered: workspace/executeCommand (id 2)"}; !slices.Equal(got, want) {
			t.Errorf("failures %q, want %q", got, want)
		}
	})
}

func TestExpand(t *testing.T) {
	for _, tt := range []struct{ snippet, head, want, wrong string }{
		{"a, b)$0", "\tf(", "a, b)", ""},
		{`\\n \$x \} \q$0`, "", `\n $x } \q`, ""},
		{"{\n\tb\r\n\\}$0", "\t if ", "{\n\t \tb\r\n\t }", ""},
		{"a", "", "", "does not end"},
		{"${1:a}$0", "", "", "stands for something"},
		{"a}$0", "", "", "stands for something"},
	} {
		got, err := expand(tt.snippet, tt.head)
		if got != tt.want || (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
			t.Errorf("%q becomes %q, %v; want %q, %q", tt.snippet, got, err, tt.want, tt.wrong)
		}
	}
}

func TestItems(t *testing.T) {
	const at0 = `{"start":{"line":0,"character":3},"end":{"line":0,"character":3}}`
	tests := []struct {
		name, method, item, want string // want is in the failure; "" where the item is good
	}{
		{"empty range", "inlineCompletion", `{"insertText":"x","range":` + at0 + `}`, ""},
		{"text after the cursor", "inlineCompletion", `{"insertText":"x","range":{"start":{"line":0,"character":0},"end":{"line":0,"character":4}}}`, ""},
		{"no range", "inlineCompletion", `{"insertText":"x"}`, "no range"},
		{"snippet", "inlineCompletion", `{"insertText":{"kind":"snippet","value":"x"},"range":` + at0 + `}`, "cannot be read"},
		{"changes nothing", "inlineCompletion", `{"insertText":"","range":` + at0 + `}`, "changes nothing"},
		{"range over two lines", "inlineCompletion", `{"insertText":"x","range":{"start":{"line":0,"character":3},"end":{"line":1,"character":0}}}`, "on the line of the cursor"},
		{"range behind the cursor", "inlineCompletion", `{"insertText":"x","range":{"start":{"line":0,"character":4},"end":{"line":0,"character":4}}}`, "round it"},
		{"range outside the text", "inlineCompletion", `{"insertText":"x","range":{"start":{"line":0,"character":3},"end":{"line":0,"character":9}}}`, "column 9"},
		{"label alone", "completion", `{"label":"return nil"}`, ""},
		{"text edit", "completion", `{"label":"return nil","kind":1,"filterText":"ret","textEdit":{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":3}},"newText":"return"},"documentation":{"kind":"markdown","value":"d"}}`, ""},
		{"no label", "completion", `{"insertText":"x"}`, "label"},
		{"kind snippet", "completion", `{"label":"return","kind":15}`, "snippet"},
		{"format snippet", "completion", `{"label":"return","insertTextFormat":2}`, "snippet"},
		{"filtered away", "completion", `{"label":"return","filterText":"nil"}`, `because "ret" was typed`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := failures(t, func(t testing.TB) {
				list := `{"items":[` + tt.item + `]}`
				if tt.method == "completion" {
					list = `{"isIncomplete":true,"items":[` + tt.item + `]}`
				}
				s := &server{takes: takes{"textDocument/" + tt.method: answers(list)}}
				e := Start(t, serve(s), Options{Encodings: []string{"utf-8"}})
				e.Initialize()
				e.Open(uri, "go", "ret \n")
				ask := func() *Call { return e.Inline(uri, Position{0, 3}, InlineOptions{}) }
				if tt.method == "completion" {
					ask = func() *Call { return e.Completion(uri, Position{0, 3}, "") }
				}
				call := ask()
				if n := len(call.Items()); n != 1 && tt.want == "" {
					t.Errorf("%d items", n)
				}
				if tt.method == "completion" && !call.Incomplete() {
					t.Errorf("the list is said to be complete")
				}
				e.Shutdown()
			})
			other := func(failure string) bool { return tt.want == "" || !strings.Contains(failure, tt.want) }
			if slices.ContainsFunc(got, other) || tt.want != "" && len(got) == 0 {
				t.Errorf("failures %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAcceptFromTheMenu(t *testing.T) {
	s := &server{takes: takes{"textDocument/completion": answers(`[{"label":"return nil","command":{"title":"","command":"accept"},
		"additionalTextEdits":[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"newText":"import a\n"}]}]`)}}
	e := Start(t, serve(s), Options{Encodings: []string{"utf-8"}, NoCommands: true, StringIDs: true})
	e.Initialize()
	e.Open(uri, "go", "package p\n\tret\n")
	items := e.Completion(uri, e.After(uri, "ret"), "").Items()
	if call := e.Accept(items[0]); call != nil {
		t.Errorf("%s was sent by an editor that runs no commands", call)
	}
	if want := "import a\npackage p\n\treturn nil\n"; e.Text(uri) != want {
		t.Errorf("text %q, want %q", e.Text(uri), want)
	}
	e.Shutdown()
}

func TestAcceptRefusesWhatIsStale(t *testing.T) {
	got := failures(t, func(t testing.TB) {
		s := &server{takes: takes{"textDocument/completion": answers(`[{"label":"return"}]`)}}
		e := Start(t, serve(s), Options{Encodings: []string{"utf-8"}})
		e.Initialize()
		e.Open(uri, "go", "ret")
		items := e.Completion(uri, Position{0, 3}, "").Items()
		e.Type(uri, Position{0, 3}, "u")
		e.Accept(items[0])
	})
	if len(got) != 1 || !strings.Contains(got[0], "made for version 0") {
		t.Errorf("failures %q", got)
	}
}

func TestFullSync(t *testing.T) {
	s := &server{capabilities: `{"textDocumentSync":1}`}
	e := Start(t, serve(s), Options{})
	e.Initialize()
	e.Open(uri, "go", "a😀b")
	e.ChangeTo(uri, 7, Insert(Position{0, 3}, "x"), Insert(Position{0, 0}, "y"))
	e.Shutdown()
	want := []string{`{"contentChanges":[{"text":"ya😀xb"}],"textDocument":{"uri":"file:///w/a.go","version":7}}`}
	if diff := cmp.Diff(want, s.got("textDocument/didChange")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestColumns(t *testing.T) {
	const content = "aé\r\n😀b\rc\n"
	tests := []struct {
		columns columns
		want    []Position // of each border of characters
	}{
		{utf8Columns, []Position{{0, 0}, {0, 1}, {0, 3}, {1, 0}, {1, 4}, {1, 5}, {2, 0}, {2, 1}, {3, 0}}},
		{utf16Columns, []Position{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 2}, {1, 3}, {2, 0}, {2, 1}, {3, 0}}},
		{utf32Columns, []Position{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {2, 0}, {2, 1}, {3, 0}}},
	}
	offsets := []int{0, 1, 3, 5, 9, 10, 11, 12, 13}
	for _, tt := range tests {
		for i, want := range tt.want {
			if got := tt.columns.position(content, offsets[i]); got != want {
				t.Errorf("%s: position(%d) = %v, want %v", tt.columns, offsets[i], got, want)
			}
			if got, err := tt.columns.offset(content, want); err != nil || got != offsets[i] {
				t.Errorf("%s: offset(%v) = %d, %v, want %d", tt.columns, want, got, err, offsets[i])
			}
		}
	}
	if _, err := utf16Columns.offset(content, Position{1, 1}); err == nil {
		t.Error("a place inside of a surrogate pair is taken for one")
	}
}

func TestReadFrame(t *testing.T) {
	tests := []struct {
		name, wire, body, err string
	}{
		{"one", "Content-Length: 2\r\n\r\n{}", "{}", ""},
		{"type", "Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}", "{}", ""},
		{"end", "", "", "EOF"},
		{"newline alone", "Content-Length: 2\n\n{}", "", "does not end with"},
		{"sign", "Content-Length: +2\r\n\r\n{}", "", "not a length"},
		{"zero before", "Content-Length: 02\r\n\r\n{}", "", "not a length"},
		{"twice", "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", "", "one too many"},
		{"none", "\r\n{}", "", "without Content-Length"},
		{"other", "X: 1\r\n\r\n", "", "has no header"},
		{"text", "hello\r\n", "", "is no header"},
		{"cut header", "Content-Le", "", "inside the header"},
		{"cut body", "Content-Length: 3\r\n\r\n{}", "", "after 2 of 3 bytes"},
	}
	for _, tt := range tests {
		body, err := readFrame(bufio.NewReader(strings.NewReader(tt.wire)))
		switch {
		case tt.err == "" && (err != nil || string(body) != tt.body):
			t.Errorf("%s: %q, %v", tt.name, body, err)
		case tt.err == "EOF" && !errors.Is(err, io.EOF):
			t.Errorf("%s: %v, want a clean end", tt.name, err)
		case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
			t.Errorf("%s: %v, want %q", tt.name, err, tt.err)
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct{ body, err string }{
		{`{"jsonrpc":"2.0","id":1,"result":null}`, ""},
		{`{"jsonrpc":"2.0","id":"a","error":{"code":-32800,"message":"m","data":1}}`, ""},
		{`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}`, ""},
		{`{"jsonrpc":"2.0","method":"a","params":[]}`, ""},
		{`{"jsonrpc":"2.0","id":-3,"method":"a"}`, ""},
		{`[{"jsonrpc":"2.0","method":"a"}]`, "not one JSON object"},
		{`{"jsonrpc":"2.0","method":"a"}{}`, "not one JSON object"},
		{`{"method":"a"}`, "jsonrpc is"},
		{`{"jsonrpc":"2.0","method":"a","extra":1}`, `unknown member "extra"`},
		{`{"jsonrpc":"2.0","id":1.5,"method":"a"}`, "neither a whole number"},
		{`{"jsonrpc":"2.0","id":null,"method":"a"}`, "neither a whole number"},
		{`{"jsonrpc":"2.0","id":1,"method":"a","result":1}`, "at once"},
		{`{"jsonrpc":"2.0","method":""}`, "no name"},
		{`{"jsonrpc":"2.0","method":"a","params":null}`, "neither an object nor an array"},
		{`{"jsonrpc":"2.0","id":1}`, "either a result or an error"},
		{`{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"m"}}`, "either a result or an error"},
		{`{"jsonrpc":"2.0","result":1}`, "neither a request nor a response"},
		{`{"jsonrpc":"2.0","id":1,"error":{"code":1}}`, "lacks a code or a message"},
		{`{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m","more":1}}`, "lacks a code or a message"},
		{"{\"jsonrpc\":\"2.0\",\"method\":\"\xff\"}", "not UTF-8"},
	}
	for _, tt := range tests {
		_, err := parse([]byte(tt.body))
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %v, want %q", tt.body, err, tt.err)
		}
	}
}

package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const uriA = "file:///w/a.go"

// engine answers by a function.
type engine func(ctx context.Context, r completion.Request) (completion.Answer, error)

func (e engine) Complete(ctx context.Context, r completion.Request) (completion.Answer, error) {
	return e(ctx, r)
}

func (e engine) Prepare(completion.Request) {}

// says always suggests the same text.
func says(texts ...string) engine {
	return func(_ context.Context, r completion.Request) (completion.Answer, error) {
		a := completion.Answer{Outcome: completion.Shown}
		for i, t := range texts {
			a.Candidates = append(a.Candidates, completion.Candidate{ID: fmt.Sprint(i), Text: t, From: r.At, To: r.At})
		}
		return a, nil
	}
}

// hangs answers only when its context ends; begun gets one value a request.
func hangs(begun chan<- completion.Request) engine {
	return func(ctx context.Context, r completion.Request) (completion.Answer, error) {
		begun <- r
		<-ctx.Done()
		return completion.Answer{Outcome: completion.Stale}, context.Cause(ctx)
	}
}

func fails(err error) engine {
	return func(context.Context, completion.Request) (completion.Answer, error) {
		return completion.Answer{Outcome: completion.Failed, Err: err}, nil
	}
}

// space is a Workspace that notes what it is told.
type space struct {
	mu      sync.Mutex
	folders [][]string
	texts   map[string]string
	touched []string
	secret  string // a path that is not allowed
	hidden  string // one that may not stand beside others
}

func (w *space) Folders(paths []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.folders = append(w.folders, paths)
}

func (w *space) Changed(d *document.Document, path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.texts == nil {
		w.texts = map[string]string{}
	}
	w.texts[path] = d.Text()
}

func (w *space) Closed(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.texts, path)
}

func (w *space) Touched(paths []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.touched = append(w.touched, paths...)
}

func (w *space) Allowed(path string) (bool, string) { return path != w.secret, "secret_file" }

func (w *space) Shareable(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return path != w.secret && path != w.hidden
}

// A session is a server under test with a strict editor at its other end.
type session struct {
	*editor.Editor
	server *Server
	space  *space
	ended  chan error
}

func begin(t *testing.T, e Engine, o editor.Options, more ...func(*Options)) *session {
	t.Helper()
	here, there := net.Pipe()
	s := &session{space: &space{}, ended: make(chan error, 1)}
	opts := Options{Name: "claude-lsp", Version: "1", Engine: e, Settings: config.New(config.Options{}), Workspace: s.space}
	for _, f := range more {
		f(&opts)
	}
	s.server = New(opts)
	go func() { s.ended <- s.server.Serve(context.Background(), there) }()
	s.Editor = editor.Start(t, here, o)
	s.Allow("claude-lsp/status", "window/logMessage")
	t.Cleanup(func() {
		s.Close()
		select {
		case err := <-s.ended:
			s.ended <- err
		case <-time.After(10 * time.Second):
			t.Error("the server did not end")
		}
	})
	return s
}

// open begins a session of an editor with inline completion and one document.
func open(t *testing.T, e Engine, text string) *session {
	t.Helper()
	s := begin(t, e, editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}})
	s.Initialize()
	s.Open(uriA, "go", text)
	return s
}

func pos(line, character int) editor.Position {
	return editor.Position{Line: line, Character: character}
}

func wantCode(t *testing.T, c *editor.Call, code int) {
	t.Helper()
	result, err := c.Wait()
	if err == nil || err.Code != code {
		t.Errorf("%s was answered with %s, %v; want error %d", c, result, err, code)
	}
}

func TestEditsApplyInWireOrder(t *testing.T) {
	seen := make(chan completion.Request, 1)
	s := open(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		seen <- r
		return completion.Answer{Outcome: completion.Empty}, nil
	}), "package a\n")
	where := pos(1, 0)
	for i := range 3000 {
		where = s.Type(uriA, where, string(rune('a'+i%26)))
		if i%40 == 39 {
			where = s.Type(uriA, where, "\n")
		}
	}
	s.Inline(uriA, where, editor.InlineOptions{}).Items()
	r := <-seen
	if got, want := r.Doc.Text(), s.Text(uriA); got != want {
		t.Errorf("after 3000 edits the server has another text than the editor:\n%.200q\n%.200q", got, want)
	}
	if got, want := int(r.Doc.Version()), s.Version(uriA); got != want {
		t.Errorf("version %d, want %d", got, want)
	}
	s.Shutdown()
}

func TestRequestsEndAsTheProtocolSays(t *testing.T) {
	t.Run("superseded by a newer one of the document", func(t *testing.T) {
		begun := make(chan completion.Request, 2)
		s := open(t, hangs(begun), "a")
		s.Open("file:///w/b.go", "go", "b")
		first := s.Inline(uriA, pos(0, 1), editor.InlineOptions{})
		other := s.Inline("file:///w/b.go", pos(0, 1), editor.InlineOptions{})
		<-begun
		<-begun
		second := s.Inline(uriA, pos(0, 1), editor.InlineOptions{})
		wantCode(t, first, -32802)
		<-begun
		if other.Answered() {
			t.Error("a request for another document was ended too")
		}
		s.Cancel(second)
		s.Cancel(other)
		wantCode(t, second, -32800)
		wantCode(t, other, -32800)
		s.Shutdown()
	})
	t.Run("superseded although it is slower to begin", func(t *testing.T) {
		begun := make(chan completion.Request, 2)
		s := open(t, hangs(begun), "a")
		s.Allow("$/progress")
		wantStatus(s)
		s.server.sending.Lock() // the first one waits with its report of progress
		first := s.Request("textDocument/inlineCompletion", map[string]any{
			"textDocument": map[string]any{"uri": uriA}, "position": pos(0, 1),
			"context": map[string]any{"triggerKind": 2}, "workDoneToken": "w",
		})
		second := s.Inline(uriA, pos(0, 1), editor.InlineOptions{})
		<-begun // of the second
		s.server.sending.Unlock()
		wantCode(t, first, -32802)
		if second.Answered() {
			t.Error("the newer request was ended by the older one")
		}
		s.Cancel(second)
		wantCode(t, second, -32800)
		s.Shutdown()
	})
	t.Run("overtaken by an edit", func(t *testing.T) {
		begun := make(chan completion.Request, 1)
		s := open(t, hangs(begun), "a")
		c := s.Inline(uriA, pos(0, 1), editor.InlineOptions{})
		<-begun
		s.Type(uriA, pos(0, 1), "x")
		wantCode(t, c, -32801)
		s.Shutdown()
	})
	t.Run("its document was closed", func(t *testing.T) {
		begun := make(chan completion.Request, 1)
		s := open(t, hangs(begun), "a")
		c := s.Inline(uriA, pos(0, 1), editor.InlineOptions{})
		<-begun
		s.CloseDocument(uriA)
		wantCode(t, c, -32801)
		s.Shutdown()
	})
	t.Run("shutdown", func(t *testing.T) {
		begun := make(chan completion.Request, 1)
		s := open(t, hangs(begun), "a")
		c := s.Inline(uriA, pos(0, 1), editor.InlineOptions{})
		<-begun
		if _, err := s.Request("shutdown", nil).Wait(); err != nil {
			t.Error(err)
		}
		wantCode(t, c, -32802)
		s.Notify("exit", nil)
		s.WaitEnd()
	})
	t.Run("an answer that comes with the edit is not returned", func(t *testing.T) {
		begun, release := make(chan bool), make(chan bool)
		s := open(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
			begun <- true
			<-release // deaf to its context
			return completion.Answer{Outcome: completion.Shown, Candidates: []completion.Candidate{{ID: "1", Text: "x", From: r.At, To: r.At}}}, nil
		}), "a")
		c := s.Inline(uriA, pos(0, 1), editor.InlineOptions{})
		<-begun
		s.Type(uriA, pos(0, 1), "y")
		wantStatus(s) // handled after the edit
		release <- true
		wantCode(t, c, -32801)
		s.Shutdown()
	})
}

// wantStatus asks for the status, and so waits until all before it is handled.
func wantStatus(s *session) Status {
	var st Status
	raw, err := s.Request(methodStatus, nil).Wait()
	if err != nil || json.Unmarshal(raw, &st) != nil {
		panic(fmt.Sprintf("status: %s, %v", raw, err))
	}
	return st
}

func TestNothingEndsTheSessionBadly(t *testing.T) {
	s := open(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		if strings.Contains(r.Doc.Text(), "panic") {
			panic("as the text says")
		}
		return says("ok")(context.Background(), r)
	}), "panic")
	wantCode(t, s.Inline(uriA, pos(0, 1), editor.InlineOptions{}), -32603)

	wantCode(t, s.Request("textDocument/inlineCompletion", map[string]any{"textDocument": 5}), -32602)
	wantCode(t, s.Request("textDocument/inlineCompletion", map[string]any{
		"textDocument": map[string]any{"uri": uriA}, "position": map[string]any{"line": -1, "character": 0}, "context": map[string]any{"triggerKind": 1},
	}), -32602)
	wantCode(t, s.Request("textDocument/hover", map[string]any{}), -32601)
	wantCode(t, s.Request("initialize", map[string]any{}), -32600)
	s.Notify("$/unknown", map[string]any{})
	s.Notify("textDocument/didChange", map[string]any{"textDocument": "no"})
	s.Notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": "file:///w/none.go", "version": 1}, "contentChanges": []any{}})
	s.Notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": "file:///w/none.go"}})
	s.Notify("$/cancelRequest", map[string]any{"id": 99})
	s.Notify("$/cancelRequest", map[string]any{"id": 1.5})

	for _, late := range []struct{ line, character int }{{0, 99}, {99, 0}} { // outside the text: its nearest place
		raw, err := s.Request("textDocument/inlineCompletion", map[string]any{
			"textDocument": map[string]any{"uri": "file:///w/none.go"}, "position": map[string]any{"line": late.line, "character": late.character},
			"context": map[string]any{"triggerKind": 1},
		}).Wait()
		if err != nil || string(raw) != `{"items":[]}` {
			t.Errorf("a document that is not open: %s, %v", raw, err)
		}
	}
	s.Change(uriA, editor.Edit{Text: "fine"}) // the whole text
	if items := s.Inline(uriA, pos(0, 4), editor.InlineOptions{}).Items(); len(items) != 1 {
		t.Errorf("after all that there are %d items, want 1", len(items))
	}
	s.Shutdown()
	if err := <-s.ended; err != nil {
		t.Errorf("the session ended with %v", err)
	} else {
		s.ended <- err
	}
}

func TestSessionEnds(t *testing.T) {
	for _, tt := range []struct {
		name string
		play func(s *session)
		want error
	}{
		{"shutdown and exit", func(s *session) { s.Initialize(); s.Shutdown() }, nil},
		{"exit without shutdown", func(s *session) { s.Initialize(); wantStatus(s); s.Notify("exit", nil); s.WaitEnd() }, ErrNoShutdown},
		{"exit before initialize", func(s *session) { s.Notify("exit", nil); s.WaitEnd() }, ErrNoShutdown},
		{"end of input", func(s *session) { s.Initialize(); s.Close() }, ErrNoShutdown},
		{"broken framing", func(s *session) { s.Initialize(); s.Raw([]byte("nonsense\r\n\r\n")); s.WaitEnd() }, errBrokenFraming},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := begin(t, says(), editor.Options{})
			tt.play(s)
			err := <-s.ended
			s.ended <- err
			if !errors.Is(err, tt.want) || tt.want == nil && err != nil {
				t.Errorf("Serve returned %v, want %v", err, tt.want)
			}
		})
	}
}

// halves is a connection whose two directions end apart, as pipes do.
type halves struct {
	io.Reader
	io.Writer
}

func (halves) Close() error { return nil }

// TestEndOfInputWaitsForNobody: what is under way when the client goes is ended,
// however long the model would take.
func TestEndOfInputWaitsForNobody(t *testing.T) {
	begun := make(chan completion.Request, 1)
	in, send := io.Pipe()
	s := New(Options{Engine: hangs(begun), Settings: config.New(config.Options{}), Workspace: &space{}})
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(t.Context(), halves{in, io.Discard}) }()
	for _, body := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{"textDocument":{"inlineCompletion":{}}}}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"` + uriA + `","languageId":"go","version":1,"text":"a"}}}`,
		`{"jsonrpc":"2.0","id":2,"method":"textDocument/inlineCompletion","params":{"textDocument":{"uri":"` + uriA + `"},"position":{"line":0,"character":1},"context":{"triggerKind":1}}}`,
	} {
		if _, err := io.WriteString(send, frame(body)); err != nil {
			t.Fatal(err)
		}
	}
	<-begun
	if err := send.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, ErrNoShutdown) {
		t.Errorf("Serve returned %v, want ErrNoShutdown", err)
	}
}

func TestMessagesOutOfTurn(t *testing.T) {
	s := begin(t, says("x"), editor.Options{})
	wantCode(t, s.Request("textDocument/inlineCompletion", map[string]any{}), -32002)
	s.Notify("textDocument/didOpen", map[string]any{})
	s.Initialize()
	if _, err := s.Request("shutdown", nil).Wait(); err != nil {
		t.Error(err)
	}
	wantCode(t, s.Request("claude-lsp/status", nil), -32600)
	s.Notify("exit", nil)
	s.WaitEnd()
}

func TestInitializeIsLenient(t *testing.T) {
	s := begin(t, says("x"), editor.Options{})
	raw, err := s.Request("initialize", map[string]any{
		"processId": "odd", "rootUri": 7, "trace": []int{}, "workspaceFolders": "none", "initializationOptions": 3,
		"capabilities": map[string]any{"general": map[string]any{"positionEncodings": "utf-8"}, "textDocument": map[string]any{"completion": true}},
	}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	s.Initialized(raw)
	s.Allow("window/showMessage") // the options that are no object
	s.Shutdown()
}

func TestTroubleIsNoPopupPerKey(t *testing.T) {
	trouble := fmt.Errorf("%w: set ANTHROPIC_API_KEY", model.ErrNoKey)
	current := fails(trouble)
	s := open(t, engine(func(ctx context.Context, r completion.Request) (completion.Answer, error) { return current(ctx, r) }), "a")
	for range 5 {
		if items := s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items(); len(items) != 0 {
			t.Errorf("%d items in trouble", len(items))
		}
	}
	st := wantStatus(s)
	if st.State != StateTrouble || st.Trouble == nil || st.Trouble.Kind != "no_key" || !strings.Contains(st.Trouble.Message, "ANTHROPIC_API_KEY") {
		t.Errorf("status %+v, trouble %+v", st, st.Trouble)
	}
	if m := s.Next("window/showMessage"); !strings.Contains(string(m.Params), "ANTHROPIC_API_KEY") {
		t.Errorf("the message does not say what to set: %s", m.Params)
	}
	current = says("x")
	if items := s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items(); len(items) != 1 {
		t.Errorf("%d items after the trouble, want 1", len(items))
	}
	if st := wantStatus(s); st.State != StateReady || st.Trouble != nil {
		t.Errorf("after the trouble the status is %+v", st)
	}
	if again := s.All("window/showMessage"); len(again) != 0 {
		t.Errorf("shown again: %+v", again)
	}
	s.Shutdown()
}

// TestPickingAModelCanBeCancelled: the question to the user is withdrawn as any
// request is.
func TestPickingAModelCanBeCancelled(t *testing.T) {
	asked, answer := make(chan bool), make(chan bool)
	s := begin(t, says(), editor.Options{}, func(o *Options) { o.Models = func() []string { return []string{"a", "b"} } })
	s.Handle("window/showMessageRequest", func(json.RawMessage) (any, *editor.Error) {
		asked <- true
		<-answer
		return nil, nil
	})
	s.Allow("window/showMessageRequest")
	s.Initialize()
	c := s.Request("workspace/executeCommand", map[string]any{"command": commandChooseModel})
	<-asked
	s.Cancel(c)
	answer <- true
	wantCode(t, c, -32800)
	s.Shutdown()
}

func TestCommands(t *testing.T) {
	s := open(t, says("x"), "a")
	run := func(command string, args ...any) Status {
		t.Helper()
		raw, err := s.Request("workspace/executeCommand", map[string]any{"command": command, "arguments": args}).Wait()
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		var st Status
		if err := json.Unmarshal(raw, &st); err != nil {
			t.Fatal(err)
		}
		return st
	}
	items := func() int {
		t.Helper()
		return len(s.Inline(uriA, pos(0, 1), editor.InlineOptions{Invoked: true}).Items())
	}
	if st := run(commandDisable); st.State != StateDisabled || items() != 0 {
		t.Errorf("disabled: %+v and %d items", st, items())
	}
	if st := run(commandEnable); st.State != StateReady || items() != 1 {
		t.Errorf("enabled: %+v", st)
	}
	if st := run(commandSnooze, 10); st.State != StateSnoozed || st.Snoozed == "" || items() != 0 {
		t.Errorf("snoozed: %+v", st)
	}
	if st := run(commandSnooze, 0); st.State != StateReady || items() != 1 {
		t.Errorf("awake: %+v", st)
	}
	if st := run(commandChooseModel, "claude-opus-5"); st.Model != "claude-opus-5" {
		t.Errorf("chosen: %+v", st)
	}
	for _, bad := range []map[string]any{
		{"command": "claude-lsp.nonsense"},
		{"command": commandSnooze, "arguments": []any{"long"}},
		{"command": commandAccept},
		{"command": commandChooseModel}, // nobody told which there are
	} {
		wantCode(t, s.Request("workspace/executeCommand", bad), -32602)
	}
	s.Shutdown()
}

func TestSecretFilesGetNothing(t *testing.T) {
	asked := false
	s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		asked = true
		if len(r.Others) != 0 {
			t.Errorf("the secret file would be shown to the model: %v", r.Others)
		}
		return says("x")(context.Background(), r)
	}), editor.Options{InlineCompletion: true})
	s.space.secret = "/w/.env"
	s.Initialize()
	s.Open("file:///w/.env", "plaintext", "KEY=1")
	s.Open(uriA, "go", "a")
	if items := s.Inline("file:///w/.env", pos(0, 1), editor.InlineOptions{Invoked: true}).Items(); len(items) != 0 || asked {
		t.Error("a secret file was completed")
	}
	if items := s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items(); len(items) != 1 {
		t.Errorf("%d items for an ordinary file", len(items))
	}
	s.Shutdown()
}

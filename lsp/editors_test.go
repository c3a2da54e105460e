package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// What each kind of client sends and expects, in the small.

func TestItemsStandRightInEveryEncoding(t *testing.T) {
	for _, encodings := range [][]string{nil, {"utf-8"}, {"utf-16"}, {"utf-32"}, {"utf-32", "utf-8", "utf-16"}, {"utf-16", "latin-1"}} {
		t.Run(strings.Join(encodings, " "), func(t *testing.T) {
			s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
				return completion.Answer{Outcome: completion.Shown, Candidates: []completion.Candidate{
					{ID: "1", Text: "日本)", From: r.At, To: r.At + document.Offset(len("é😀)"))},
				}}, nil
			}), editor.Options{InlineCompletion: true, Encodings: encodings})
			s.Initialize()
			s.Open(uriA, "go", "f(\"é😀\", é😀)\r\nnext")
			at := s.After(uriA, "\", ")
			items := s.Inline(uriA, at, editor.InlineOptions{}).Items()
			if len(items) != 1 {
				t.Fatalf("%d items", len(items))
			}
			s.Accept(items[0]).Wait()
			if got, want := s.Text(uriA), "f(\"é😀\", 日本)\r\nnext"; got != want {
				t.Errorf("the text is %q, want %q", got, want)
			}
			if st := wantStatus(s); st.Accepted != 1 {
				t.Errorf("%d accepted, want 1: the edit and the command are one acceptance", st.Accepted)
			}
			s.Shutdown()
		})
	}
}

func TestMenuItems(t *testing.T) {
	for _, tt := range []struct {
		name, doc, text   string // the cursor is drawn in doc
		replaces          int    // bytes after the cursor
		label, filter, to string // to is the document after accepting
	}{
		{"in a word", "int f() {\n\tret‸\n}", "urn a + b;", 0, "return a + b;", "return a + b;", "int f() {\n\treturn a + b;\n}"},
		{"several lines, own indentation", "int f() {\n\tif‸\n}", " (a) {\n\t\tg();\n\t}", 0, "if (a) { …", "if (a) {", "int f() {\n\tif (a) {\n\t\tg();\n\t}\n}"},
		{"no word", "x = ‸", "f(1)", 0, "f(1)", "f(1)", "x = f(1)"},
		{"begins with a line break", "{‸", "\n\tg();\n}", 0, "g(); …", " ", "{\n\tg();\n}"},
		{"replaces what follows", "f(a‸)", ", b)", 1, "a, b)", "a, b)", "f(a, b)"},
		{"wide word", "größe‸", "n()", 0, "größen()", "größen()", "größen()"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, cursor := at(tt.doc)
			s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
				if r.Invoked {
					t.Error("a menu that comes up by itself is no demand of the user")
				}
				return completion.Answer{Outcome: completion.Shown, Candidates: []completion.Candidate{
					{ID: "1", Text: tt.text, From: r.At, To: r.At + document.Offset(tt.replaces)},
				}}, nil
			}), editor.Options{Name: "helix", Encodings: []string{"utf-8", "utf-32", "utf-16"}, NoCommands: true})
			s.Initialize()
			s.Open(uriA, "c", text)
			where := s.After(uriA, text[:cursor])
			call := s.Completion(uriA, where, "")
			items := call.Items()
			if len(items) != 1 {
				t.Fatalf("%d items", len(items))
			}
			it := items[0]
			if it.Label != tt.label || it.FilterText != tt.filter || it.Kind != 1 {
				t.Errorf("label %q, filter %q, kind %d; want %q, %q, 1", it.Label, it.FilterText, it.Kind, tt.label, tt.filter)
			}
			if !strings.Contains(it.Documentation, strings.TrimSpace(tt.text)) || !strings.HasPrefix(it.Documentation, "```c\n") {
				t.Errorf("the preview is %q", it.Documentation)
			}
			raw, _ := call.Wait()
			if !strings.Contains(string(raw), `"isIncomplete":true`) {
				t.Errorf("the list is complete: %s", raw)
			}
			s.Accept(it)
			if got := s.Text(uriA); got != tt.to {
				t.Errorf("after accepting the text is %q, want %q", got, tt.to)
			}
			if st := wantStatus(s); st.Accepted != 1 {
				t.Errorf("%d accepted, want 1, inferred from the edit", st.Accepted)
			}
			s.Shutdown()
		})
	}
}

// Helix asks once for a word, at its second letter, and not again for the next.
func TestMenuOutlivesTheTypingThatNarrowsIt(t *testing.T) {
	for _, tt := range []struct {
		name  string
		typed []string
		want  int // items; -1: the request ends as stale
	}{
		{"nothing", nil, 1},
		{"the next letters", []string{"u", "r"}, 1},
		{"another letter", []string{"x"}, 0},
		{"the whole of it", []string{"urn a;"}, 0},
		{"a line break", []string{"\n"}, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			begun, release := make(chan bool), make(chan bool)
			s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
				begun <- true
				<-release
				return says("urn a;")(context.Background(), r)
			}), editor.Options{Name: "helix", NoCommands: true})
			s.Initialize()
			s.Open(uriA, "c", "ret")
			call := s.Completion(uriA, pos(0, 3), "")
			<-begun
			at := pos(0, 3)
			for _, typed := range tt.typed {
				at = s.Type(uriA, at, typed)
			}
			wantStatus(s) // the edits are handled
			release <- true
			if tt.want < 0 {
				wantCode(t, call, -32801)
			} else if n := len(call.Items()); n != tt.want {
				t.Errorf("%d items, want %d", n, tt.want)
			}
			s.Shutdown()
		})
	}
}

// kakoune-lsp takes an entry whose filter text differs from its text for a
// snippet, and indents its lines once more.
func TestKakouneFiltersByAllOfTheText(t *testing.T) {
	for name, want := range map[string]string{"kakoune-lsp": `"filterText":"for {\n\t\tx()\n\t}"`, "another editor": `"filterText":"for {"`} {
		s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
			return completion.Answer{Outcome: completion.Shown, Candidates: []completion.Candidate{{ID: "1", Text: "r {\n\t\tx()\n\t}", From: r.At, To: r.At}}}, nil
		}), editor.Options{Name: name, NoCommands: true})
		s.Initialize()
		s.Open(uriA, "go", "\tfo")
		items := s.Completion(uriA, s.After(uriA, "\tfo"), "").Items()
		if len(items) != 1 || !strings.Contains(string(items[0].Raw), want) {
			t.Errorf("%s: got %s, want %s", name, items[0].Raw, want)
		}
		s.Accept(items[0])
		if got := s.Text(uriA); got != "\tfor {\n\t\tx()\n\t}" {
			t.Errorf("%s: after accepting the text is %q", name, got)
		}
		s.Shutdown()
	}
}

func TestNeovimGetsItsOwnLineBreaks(t *testing.T) {
	for name, want := range map[string]string{"Neovim": "a\nb", "Visual Studio Code": "a\r\nb"} {
		s := begin(t, says("a\r\nb"), editor.Options{Name: name, InlineCompletion: true})
		s.Initialize()
		s.Open(uriA, "c", "x\r\n")
		if items := s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items(); len(items) != 1 || items[0].Text != want {
			t.Errorf("%s got %+v, want %q", name, items, want)
		}
		s.Shutdown()
	}
}

// An editor that asks after a pause says that the person has paused.
func TestNeovimAsksAfterAPause(t *testing.T) {
	for name, want := range map[string]bool{"Neovim": true, "Visual Studio Code": false} {
		got := make(chan bool, 1)
		s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
			got <- r.Paused
			return completion.Answer{Outcome: completion.Empty}, nil
		}), editor.Options{Name: name, InlineCompletion: true})
		s.Initialize()
		s.Open(uriA, "go", "a")
		s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items()
		if paused := <-got; paused != want {
			t.Errorf("%s: paused is %v", name, paused)
		}
		s.Shutdown()
	}
}

func TestMenuIsForThoseWithoutInline(t *testing.T) {
	s := begin(t, says("x"), editor.Options{InlineCompletion: true})
	if raw := s.Initialize(); strings.Contains(string(raw), "completionProvider") && !strings.Contains(string(raw), "inlineCompletionProvider") {
		t.Errorf("capabilities: %s", raw)
	} else if strings.Contains(string(raw), `"completionProvider"`) {
		t.Errorf("an editor with inline completion was offered the menu too: %s", raw)
	}
	s.Shutdown()

	s = begin(t, says("x"), editor.Options{InlineCompletion: true, InitializationOptions: map[string]any{"completion": map[string]any{"menu": "always"}}})
	if raw := s.Initialize(); !strings.Contains(string(raw), `"completionProvider"`) {
		t.Errorf("completion.menu = always was not heard: %s", raw)
	}
	s.Open(uriA, "go", "a")
	if n := len(s.Completion(uriA, pos(0, 1), "").Items()); n != 1 {
		t.Errorf("%d menu items", n)
	}
	s.Shutdown()
}

func TestTriggerKinds(t *testing.T) {
	var invoked []bool
	s := open(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		invoked = append(invoked, r.Invoked)
		return completion.Answer{Outcome: completion.Empty}, nil
	}), "a")
	for _, kind := range []int{1, 2, 0, 1} { // after a 0, the client counts as the draft did
		if _, err := s.Request("textDocument/inlineCompletion", map[string]any{
			"textDocument": map[string]any{"uri": uriA}, "position": pos(0, 1), "context": map[string]any{"triggerKind": kind},
		}).Wait(); err != nil {
			t.Error(err)
		}
	}
	s.Shutdown()
	if want := []bool{true, false, true, false}; !equal(invoked, want) {
		t.Errorf("invoked %v, want %v", invoked, want)
	}
}

func equal(a, b []bool) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestSelectedEntryReachesTheEngine(t *testing.T) {
	got := make(chan *completion.Selected, 1)
	s := open(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		got <- r.Selected
		return completion.Answer{Outcome: completion.Empty}, nil
	}), "é.ret")
	s.Inline(uriA, pos(0, 5), editor.InlineOptions{Selected: &editor.Selected{Range: editor.Range{Start: pos(0, 2), End: pos(0, 5)}, Text: "returned"}}).Items()
	if sel := <-got; sel == nil || *sel != (completion.Selected{From: 3, To: 6, Text: "returned"}) {
		t.Errorf("selected %+v", sel)
	}
	s.Shutdown()
}

func TestSettingsComeFromTheEditor(t *testing.T) {
	got := make(chan completion.Request, 1)
	s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		got <- r
		return completion.Answer{Outcome: completion.Empty}, nil
	}), editor.Options{
		InlineCompletion:      true,
		Folders:               []string{"file:///w", "file:///w/inner"},
		InitializationOptions: map[string]any{"completion": map[string]any{"maxTokens": 11}},
		Configuration:         map[string]any{"claude-lsp": map[string]any{"completion.maxTokens": 22}},
	})
	s.Initialize()
	s.Open(uriA, "go", "a")
	s.Open("file:///w/inner/b.go", "go", "b")
	maxTokens := func(uri string) int {
		t.Helper()
		s.Inline(uri, pos(0, 1), editor.InlineOptions{}).Items()
		r := <-got
		return r.Settings.MaxTokens
	}
	eventually(t, func() bool { return maxTokens(uriA) == 22 })
	s.Configure("file:///w/inner", "claude-lsp", map[string]any{"completion": map[string]any{"maxTokens": 33}})
	eventually(t, func() bool { return maxTokens("file:///w/inner/b.go") == 33 })
	if n := maxTokens(uriA); n != 22 {
		t.Errorf("the outer folder has %d, want 22", n)
	}
	// Pushed, with a key that does not exist: a warning that names the right one.
	s.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"claude-lsp": map[string]any{"completion": map[string]any{"maxTokns": 5}}}})
	if m := s.Next("window/showMessage"); !strings.Contains(string(m.Params), "completion.maxTokens") {
		t.Errorf("the warning is %s", m.Params)
	}
	for _, foreign := range []map[string]any{{}, {"gopls": map[string]any{"staticcheck": true}}} { // as Emacs does
		s.Notify("workspace/didChangeConfiguration", map[string]any{"settings": foreign})
	}
	wantStatus(s)
	if again := s.All("window/showMessage"); len(again) != 0 {
		t.Errorf("settings of others are warned of: %+v", again)
	}
	s.Allow("workspace/configuration")
	s.Shutdown()
}

// eventually waits for something that another goroutine does.
func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come about")
		}
	}
}

// TestSwitchedOffStaysAtHome: what has no suggestions is not shown beside others
// either.
func TestSwitchedOffStaysAtHome(t *testing.T) {
	seen := make(chan completion.Request, 1)
	s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		seen <- r
		return completion.Answer{Outcome: completion.Empty}, nil
	}), editor.Options{
		InlineCompletion:      true,
		Folders:               []string{"file:///w", "file:///off"},
		InitializationOptions: map[string]any{"languages": map[string]any{"markdown": map[string]any{"enabled": false}}},
	}, func(o *Options) {
		o.Settings.SetFolderEditor("/off", []byte(`{"enabled": false}`))
	})
	s.Initialize()
	s.Open(uriA, "go", "package a\n")
	s.Open("file:///w/b.go", "go", "package b\n")
	s.Open("file:///w/diary.md", "markdown", "dear diary\n")
	s.Open("file:///off/c.go", "go", "package c\n")
	s.Inline(uriA, pos(1, 0), editor.InlineOptions{Invoked: true}).Items()
	var paths []string
	for _, other := range (<-seen).Others {
		paths = append(paths, other.Path)
	}
	if !slices.Equal(paths, []string{"w/b.go"}) {
		t.Errorf("beside the document stand %v, want w/b.go alone", paths)
	}
	s.Shutdown()
}

func TestLanguageOfAnUnknownMode(t *testing.T) {
	got := make(chan string, 1)
	s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		got <- r.Doc.Language()
		return completion.Answer{Outcome: completion.Empty}, nil
	}), editor.Options{InlineCompletion: true})
	s.Initialize()
	for _, tt := range []struct{ uri, id, want string }{
		{"file:///w/a.c", "prog", "c"},
		{"file:///w/a.c", "cpp", "cpp"},
		{"file:///w/a.xyz", "prog", "prog"},
		{"file:///w/notes.txt", "plaintext", "plaintext"},
	} {
		s.Open(tt.uri, tt.id, "")
		s.Inline(tt.uri, pos(0, 0), editor.InlineOptions{}).Items()
		if id := <-got; id != tt.want {
			t.Errorf("%s of %s is taken for %s, want %s", tt.id, tt.uri, id, tt.want)
		}
		s.CloseDocument(tt.uri)
	}
	s.Shutdown()
}

func TestFolders(t *testing.T) {
	paths := make(chan string, 1)
	s := begin(t, engine(func(_ context.Context, r completion.Request) (completion.Answer, error) {
		paths <- r.Folder + " " + r.Path
		return completion.Answer{Outcome: completion.Empty}, nil
	}), editor.Options{InlineCompletion: true, Folders: []string{"file:///w", "file:///v%20w"}})
	s.Initialize()
	want := func(uri, place string) {
		t.Helper()
		s.Inline(uri, pos(0, 0), editor.InlineOptions{}).Items()
		if got := <-paths; got != place {
			t.Errorf("%s is placed at %q, want %q", uri, got, place)
		}
	}
	s.Open("file:///w/sub/a.go", "go", "")
	s.Open("file:///v%20w/b.go", "go", "")
	s.Open("file:///elsewhere/c.go", "go", "")
	s.Open("untitled:Untitled-1", "go", "")
	want("file:///w/sub/a.go", "/w w/sub/a.go")
	want("file:///v%20w/b.go", "/v w v w/b.go")
	want("file:///elsewhere/c.go", " c.go")
	want("untitled:Untitled-1", " Untitled-1")
	s.Notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{
		"added": []any{map[string]any{"uri": "file:///w/sub", "name": "sub"}}, "removed": []any{map[string]any{"uri": "file:///v%20w", "name": "v"}},
	}})
	want("file:///w/sub/a.go", "/w/sub sub/a.go")
	want("file:///v%20w/b.go", " b.go")
	s.Notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{
		"added": []any{}, "removed": []any{map[string]any{"uri": "file:///w/sub/", "name": "sub"}},
	}})
	want("file:///w/sub/a.go", "/w sub/a.go") // the only folder again
	s.Shutdown()
	if n := len(s.space.folders); n != 3 {
		t.Errorf("the workspace was told %d times", n)
	}
}

// Helix names a root path although it has no folder.
func TestRootWithoutFolders(t *testing.T) {
	for _, tt := range []struct{ params, want string }{
		{`{"rootPath":"/w/p","rootUri":null,"workspaceFolders":[],"capabilities":{}}`, ""},
		{`{"rootPath":"/w/p","rootUri":null,"capabilities":{}}`, "/w/p"},
		{`{"rootUri":"file:///w/q","workspaceFolders":null,"capabilities":{}}`, "/w/q"},
		{`{"rootUri":"file:///w/q","workspaceFolders":[{"uri":"file:///r","name":"r"}],"capabilities":{}}`, "/r"},
		{`{"capabilities":{}}`, ""},
	} {
		var p lenient
		if err := json.Unmarshal([]byte(tt.params), &p.value); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range p.folders() {
			got += f.path
		}
		if got != tt.want {
			t.Errorf("%s: folder %q, want %q", tt.params, got, tt.want)
		}
	}
}

func TestTrace(t *testing.T) {
	s := open(t, says("x"), "a")
	if _, err := s.Request("workspace/executeCommand", map[string]any{"command": commandDisable}).Wait(); err != nil {
		t.Fatal(err)
	}
	s.Notify("$/setTrace", map[string]any{"value": "verbose"})
	s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items()
	if m := s.Next("$/logTrace"); !strings.Contains(string(m.Params), "disabled") {
		t.Errorf("traced %s", m.Params)
	}
	if m := s.Next("$/logTrace"); !strings.Contains(string(m.Params), "inlineCompletion took") {
		t.Errorf("traced %s", m.Params)
	}
	s.Notify("$/setTrace", map[string]any{"value": "off"})
	s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items()
	wantStatus(s)
	if m := s.All("$/logTrace"); len(m) != 0 {
		t.Errorf("traced %d messages when it was off", len(m))
	}
	s.Shutdown()
}

func TestProgressIsShown(t *testing.T) {
	s := open(t, says("x"), "a")
	wantStatus(s)
	report, end := s.server.Progress("Reading")
	s.Next("window/workDoneProgress/create")
	report("half", 50)
	end("done")
	report("late", 60)
	text := ""
	for range 3 {
		text += string(s.Next("$/progress").Params)
	}
	for _, want := range []string{`"kind":"begin"`, `"title":"Reading"`, `"percentage":0`, `"half"`, `"percentage":50`, `"kind":"end"`, `"done"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
	s.Shutdown()
}

func TestServerEndsWithItsParent(t *testing.T) {
	parent := exec.Command("sleep", "60")
	if err := parent.Start(); err != nil {
		t.Skipf("no process to be the parent: %v", err)
	}
	s := begin(t, says(), editor.Options{}, func(o *Options) { o.ParentPoll = 5 * time.Millisecond })
	raw, err := s.Request("initialize", map[string]any{"processId": parent.Process.Pid, "capabilities": map[string]any{}}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	s.Initialized(raw)
	_ = parent.Process.Kill()
	_ = parent.Wait()
	s.WaitEnd()
}

// deaf is an output that nobody reads after the first message.
type deaf struct {
	messages int
	free     chan struct{}
}

func (d *deaf) Write(b []byte) (int, error) {
	if d.messages++; d.messages > 1 {
		<-d.free
	}
	return len(b), nil
}

// TestServerEndsWithItsParentUnread: an editor that crashed may leave our output
// in other hands, full and unread; a line of the log waits there already.
func TestServerEndsWithItsParentUnread(t *testing.T) {
	parent := exec.Command("sleep", "60")
	if err := parent.Start(); err != nil {
		t.Skipf("no process to be the parent: %v", err)
	}
	clientLog := NewClientLog()
	s := New(Options{
		Engine: says(), Settings: config.New(config.Options{}), Workspace: &space{},
		Log: zap.New(clientLog), ClientLog: clientLog, ParentPoll: 5 * time.Millisecond,
	})
	in, send := io.Pipe()
	out := &deaf{free: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(t.Context(), halves{in, out}) }()
	for _, body := range []string{
		fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":%d,"capabilities":{}}}`, parent.Process.Pid),
		`{"jsonrpc":"2.0","method":"textDocument/didClose","params":{"textDocument":{"uri":"file:///unknown"}}}`,
	} {
		if _, err := io.WriteString(send, frame(body)); err != nil {
			t.Fatal(err)
		}
	}
	_ = parent.Process.Kill()
	_ = parent.Wait()
	select {
	case err := <-ended:
		if !errors.Is(err, ErrNoShutdown) {
			t.Errorf("Serve returned %v, want ErrNoShutdown", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the server outlives its parent")
	}
	close(out.free) // lets the goroutines end that wait to write
	_ = send.Close()
}

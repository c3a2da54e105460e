package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// grows says how the answer grows before it gives it: each text is a step of the
// candidate before the next "|", which ends it.
func grows(steps ...string) engine {
	return func(_ context.Context, r completion.Request) (completion.Answer, error) {
		var done []completion.Candidate
		now := completion.Candidate{ID: "0", From: r.At, To: r.At}
		for _, text := range steps {
			if text == "|" {
				done = append(done, now)
				now.ID = fmt.Sprint(len(done))
			} else {
				now.Text = text
			}
			if r.Progress == nil {
				continue
			}
			if text == "|" {
				r.Progress(completion.Progress{Candidates: done, Whole: len(done)})
			} else {
				r.Progress(completion.Progress{Candidates: append(slices.Clip(done), now), Whole: len(done)})
			}
		}
		return completion.Answer{Outcome: completion.Shown, Candidates: done}, nil
	}
}

var growing = map[string]any{"claudeLsp": map[string]any{"inlineCompletionProgress": true}}

func TestInlineProgress(t *testing.T) {
	s := begin(t, grows("a()", "a()\n\tb()", "|", "c()", "|"), editor.Options{InlineCompletion: true, Experimental: growing})
	s.Initialize()
	s.Open(uriA, "go", "x\n")
	c := s.Inline(uriA, pos(0, 1), editor.InlineOptions{})
	items := c.Items()
	var got []string
	for _, m := range s.All(methodInlineProgress) {
		var p struct {
			TextDocument struct {
				URI     string
				Version int
			}
			Position editor.Position
			Item     struct {
				InsertText string
				Range      editor.Range
				Command    editor.Command
			}
		}
		if err := json.Unmarshal(m.Params, &p); err != nil {
			t.Fatal(err)
		}
		if p.TextDocument.URI != uriA || p.TextDocument.Version != s.Version(uriA) || p.Position != pos(0, 1) ||
			p.Item.Range != (editor.Range{Start: pos(0, 1), End: pos(0, 1)}) || p.Item.Command.Command != commandAccept || string(p.Item.Command.Arguments[0]) != `"0"` {
			t.Errorf("%s", m.Params)
		}
		got = append(got, p.Item.InsertText)
	}
	if want := "a()|a()\n\tb()"; strings.Join(got, "|") != want || len(items) != 2 {
		t.Errorf("told %q, want %q; then %d items", got, want, len(items))
	}
	var st Status
	result, _ := s.Request(methodStatus, nil).Wait()
	if err := json.Unmarshal(result, &st); err != nil || st.Shown != 1 {
		t.Errorf("a suggestion that has grown counts as %d", st.Shown)
	}
	s.Shutdown()
}

// Who did not say that it shows such things is not sent any.
func TestInlineProgressIsAskedFor(t *testing.T) {
	s := open(t, grows("a()", "|"), "x\n")
	if items := s.Inline(uriA, pos(0, 1), editor.InlineOptions{}).Items(); len(items) != 1 {
		t.Errorf("%d items", len(items))
	}
	s.Shutdown() // the editor fails the test for a message that nobody expected
}

// What was shown while it grew can be accepted, and a request that was overtaken
// is silent.
func TestInlineProgressOvertaken(t *testing.T) {
	told, more := make(chan struct{}), make(chan struct{})
	var reports []completion.FeedbackKind
	e := engine(func(ctx context.Context, r completion.Request) (completion.Answer, error) {
		if r.Doc.Version() > 1 {
			return completion.Answer{Outcome: completion.Empty}, nil
		}
		c := completion.Candidate{ID: "7", Text: "a()", From: r.At, To: r.At}
		r.Progress(completion.Progress{Candidates: []completion.Candidate{c}})
		close(told)
		<-ctx.Done()
		c.Text = "a()\nb()"
		r.Progress(completion.Progress{Candidates: []completion.Candidate{c}})
		close(more)
		return completion.Answer{Outcome: completion.Stale}, context.Cause(ctx)
	})
	s := begin(t, e, editor.Options{InlineCompletion: true, Experimental: growing}, func(o *Options) {
		o.Feedback = func(f completion.Feedback) { reports = append(reports, f.Kind) }
	})
	s.Initialize()
	s.Open(uriA, "go", "x\n")
	c := s.Inline(uriA, pos(0, 1), editor.InlineOptions{})
	<-told
	s.Change(uriA, editor.Insert(pos(0, 1), "a()"))
	<-more
	wantCode(t, c, -32801)
	if n := len(s.All(methodInlineProgress)); n != 1 {
		t.Errorf("%d notifications", n)
	}
	s.Shutdown()
	if fmt.Sprint(reports) != "[shown accepted]" {
		t.Errorf("reported %v", reports)
	}
}

func TestPartialResults(t *testing.T) {
	for _, method := range []string{"textDocument/inlineCompletion", "textDocument/completion"} {
		for _, token := range []string{"p", ""} {
			s := begin(t, grows("a()", "|", "b()", "|", "c()", "|"), editor.Options{InlineCompletion: strings.Contains(method, "inline")})
			s.Initialize()
			s.Open(uriA, "go", "x\n")
			params := map[string]any{"textDocument": map[string]any{"uri": uriA}, "position": pos(0, 1), "context": map[string]any{"triggerKind": 1}, "workDoneToken": "w"}
			if token != "" {
				params["partialResultToken"] = token
			}
			c := s.Request(method, params)
			result, err := c.Wait()
			if err != nil {
				t.Fatal(err)
			}
			var list struct{ Items []json.RawMessage }
			if json.Unmarshal(result, &list) != nil || list.Items == nil {
				t.Fatalf("%s", result)
			}
			var reported []string
			for _, m := range s.All("$/progress") {
				var p struct {
					Token string
					Value json.RawMessage
				}
				_ = json.Unmarshal(m.Params, &p)
				if p.Token == "p" {
					reported = append(reported, string(p.Value))
				}
			}
			switch {
			case token == "" && (len(list.Items) != 3 || len(reported) != 0), token != "" && (len(list.Items) != 0 || len(reported) != 3):
				t.Errorf("%s with the token %q: %d items, and reported %q", method, token, len(list.Items), reported)
			}
			s.Shutdown()
		}
	}
}

// Trouble and nothing are a plain empty list, whatever the token.
func TestPartialResultsOfNothing(t *testing.T) {
	s := begin(t, fails(context.DeadlineExceeded), editor.Options{InlineCompletion: true})
	s.Initialize()
	s.Open(uriA, "go", "x\n")
	c := s.Request("textDocument/inlineCompletion", map[string]any{"textDocument": map[string]any{"uri": uriA}, "position": pos(0, 1), "context": map[string]any{"triggerKind": 2}, "partialResultToken": 5})
	if result, err := c.Wait(); err != nil || string(result) != `{"items":[]}` {
		t.Errorf("%s, %v", result, err)
	}
	s.Shutdown()
}

func TestModels(t *testing.T) {
	s := begin(t, says("a"), editor.Options{InlineCompletion: true}, func(o *Options) {
		o.Models = func() []string { return []string{"small", "large"} }
		o.Provider = func(string) (string, string) { return "claude", "own" }
	})
	s.Initialize()
	for _, want := range []string{
		`{"models":[{"name":"own","current":true},{"name":"small","current":false},{"name":"large","current":false}]}`,
		`{"models":[{"name":"small","current":false},{"name":"large","current":true}]}`,
	} {
		if result, err := s.Request(methodModels, nil).Wait(); err != nil || string(result) != want {
			t.Errorf("%s, %v; want %s", result, err, want)
		}
		_, _ = s.Request("workspace/executeCommand", map[string]any{"command": commandChooseModel, "arguments": []string{"large"}}).Wait()
	}
	s.Shutdown()
}

func TestContextRequest(t *testing.T) {
	s := begin(t, says("a"), editor.Options{InlineCompletion: true}, func(o *Options) {
		o.Context = func(_ context.Context, r completion.Request, full bool) (string, json.RawMessage, error) {
			return fmt.Sprintln(r.Doc.Text(), r.At, full), json.RawMessage(`{"tokens":1}`), nil
		}
	})
	s.Initialize()
	s.Open(uriA, "go", "é\nab")
	params := map[string]any{"textDocument": map[string]any{"uri": uriA}, "position": pos(1, 1), "full": true}
	if result, err := s.Request(methodContext, params).Wait(); err != nil || string(result) != `{"text":"é\nab 4 true\n","report":{"tokens":1}}` {
		t.Errorf("%s, %v", result, err)
	}
	s.space.secret = "/w/a.go"
	wantCode(t, s.Request(methodContext, params), -32803)
	params["textDocument"] = map[string]any{"uri": "file:///w/b.go"}
	wantCode(t, s.Request(methodContext, params), -32602)
	s.Shutdown()
}

package record

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	f, err := Create(path, false)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString("the first")
	_ = f.Close()
	if st, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	if _, err := Create(path, false); err == nil || !strings.Contains(err.Error(), "--overwrite") {
		t.Errorf("a file that is there: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "the first" {
		t.Errorf("the file holds %q now", text)
	}
	f, err = Create(path, true)
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	if text, _ := os.ReadFile(path); len(text) > 0 {
		t.Errorf("the new file holds %q", text)
	}
}

// answering is an engine that answers at once.
type answering struct{}

func (answering) Prepare(completion.Request) {}

func (answering) Complete(context.Context, completion.Request) (completion.Answer, error) {
	return completion.Answer{Outcome: completion.Empty}, nil
}

// ends plays requests for a document to a recorder, and returns the end of what
// was written.
func ends(t testing.TB, w io.Writer, o Options, n, size int) {
	t.Helper()
	o.Clock = wall{}
	r := New(w, o)
	e := r.Engine(answering{})
	for i := range n {
		d := document.New("file:///w/a.go", "go", int32(i), strings.Repeat("a line\n", size/7)+strings.Repeat("x", i))
		if _, err := e.Complete(t.Context(), completion.Request{Doc: d, Path: "a.go"}); err != nil {
			t.Fatal(err)
		}
	}
	r.Close()
	r.Declined("after the end")
}

func TestRecordingEnds(t *testing.T) {
	core, logged := observer.New(zap.WarnLevel)
	log := zap.New(core)
	t.Run("in order", func(t *testing.T) {
		var file bytes.Buffer
		ends(t, &file, Options{Log: log}, 3, 100)
		if rec, err := Read(&file); err != nil || rec.Cut || rec.Events[len(rec.Events)-1].End.Why != EndClosed || logged.Len() != 0 {
			t.Errorf("%+v, %v, %v", rec, err, logged.All())
		}
	})
	t.Run("when the file is full", func(t *testing.T) {
		var file bytes.Buffer
		ends(t, &file, Options{Log: log, MaxBytes: 3000}, 100, 100)
		rec, err := Read(bytes.NewReader(file.Bytes()))
		if err != nil || rec.Events[len(rec.Events)-1].End.Why != EndSize || file.Len() > 3000 {
			t.Errorf("%d bytes, %v:\n%s", file.Len(), err, file.String())
		}
		if logged.FilterMessageSnippet("ended before").Len() != 1 {
			t.Errorf("the log has %v", logged.All())
		}
	})
	t.Run("when the disk is slow", func(t *testing.T) {
		w := &stuck{free: make(chan struct{})}
		r := New(w, Options{Log: log, Clock: wall{}, maxQueued: 1 << 20})
		e := r.Engine(answering{})
		text := strings.Repeat("a line\n", 20_000)
		for range 20 { // the first one waits for the disk, and what is behind it for the first one
			d := document.New("file:///w/a.go", "go", 1, text)
			_, _ = e.Complete(t.Context(), completion.Request{Doc: d, Path: "a.go"})
		}
		close(w.free)
		r.Close()
		if rec, err := Read(&w.file); err != nil || rec.Events[len(rec.Events)-1].End.Why != EndSlow {
			t.Errorf("%v", err)
		}
	})
	t.Run("when the disk is full", func(t *testing.T) {
		ends(t, broken{}, Options{Log: log}, 3, 100)
		if n := logged.FilterMessageSnippet("cannot be written").Len(); n != 1 {
			t.Errorf("it was logged %d times: %v", n, logged.All())
		}
	})
}

// A mistake while writing must not end the process, nor keep what goes on waiting
// to be written.
func TestRecorderPanics(t *testing.T) {
	core, logged := observer.New(zap.ErrorLevel)
	ends(t, exploding{}, Options{Log: zap.New(core)}, 3, 100)
	if logged.FilterMessageSnippet("panicked").Len() != 1 {
		t.Errorf("the log has %v", logged.All())
	}
}

type exploding struct{}

func (exploding) Write([]byte) (int, error) { panic("on purpose") }

// stuck is a disk that takes nothing before it is free.
type stuck struct {
	free chan struct{}
	file bytes.Buffer
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.free
	return s.file.Write(p)
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space") }

// What happened on lines that were left is in the file after a second, for whoever
// looks into it and for the case that the process is killed.
func TestFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var file bytes.Buffer
		r := New(&file, Options{Clock: wall{}})
		for _, text := range []string{"x", "x\n"} { // the first line is left
			_, _ = r.Engine(answering{}).Complete(t.Context(), completion.Request{Doc: document.New("file:///a", "go", 1, text), Path: "a"})
		}
		time.Sleep(flushEach + time.Millisecond)
		synctest.Wait()
		if rec, err := Read(bytes.NewReader(file.Bytes())); err != nil || !rec.Cut || len(rec.Events) != 3 {
			t.Errorf("%v:\n%s", err, file.String())
		}
		r.Close()
	})
}

// An engine that panics is recorded as such, and still panics.
func TestPanic(t *testing.T) {
	var file bytes.Buffer
	r := New(&file, Options{Clock: wall{}})
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was lost")
			}
		}()
		_, _ = r.Engine(panicking{}).Complete(t.Context(), completion.Request{Doc: document.New("file:///a", "go", 1, ""), Path: "a"})
	}()
	r.Close()
	if !strings.Contains(file.String(), `"outcome":"panic"`) {
		t.Errorf("recorded:\n%s", file.String())
	}
	rec, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if result := Play(rec, func(Parts) Closer { return panicking{} }); result.Different() != 1 || result.Requests[0].Got.Reason != "on purpose" {
		t.Errorf("played %+v", result.Requests[0].Got)
	}
}

type panicking struct{}

func (panicking) Complete(context.Context, completion.Request) (completion.Answer, error) {
	panic("on purpose")
}

func (panicking) Close() {}

func (panicking) Prepare(completion.Request) {}

// A field that the engine looks at and the recording does not know would play
// something else: whoever adds one must add it here too, and to the format.
func TestAllIsRecorded(t *testing.T) {
	for _, tt := range []struct {
		of     any
		fields string
	}{
		// Folder is a place on one machine, and the engine does not look at it.
		{completion.Request{}, "Doc At Path Folder Others Recent Given Invoked Choices Menu Paused Accepted Selected Settings Serial"},
		{completion.Selected{}, "From To Text"},
		{doccontext.Given{}, "Path Text"},
		{syntax.Indent{}, "Tabs Width"},
		{doccontext.Recent{}, "Edits Seen Suggestions Diagnostics"},
		{trail.Edit{}, "Path Line Before After Cut"},
		{trail.Seen{}, "Path FirstLine LastLine"},
		{trail.Suggestion{}, "Path Line Lead Text Accepted"},
		{trail.Diagnostic{}, "FirstLine LastLine Message"},
		// Prewarm is not of an answer: documents are prepared beside requests.
		{completion.Settings{}, "Model Disabled MaxTokens WindowTokens Multiline Debounce Ahead InvokedOnly Indent Prewarm"},
		{completion.Candidate{}, "ID Text From To"},
		{completion.Answer{}, "Candidates Outcome Reason Err Partial"},
		{model.Chunk{}, "Text Markdown Usage Stop Kept"},
	} {
		var names []string
		for f := range reflect.TypeOf(tt.of).Fields() {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != tt.fields {
			t.Errorf("%T has the fields %s, and the recording knows %s", tt.of, got, tt.fields)
		}
	}
	s := completion.Settings{Model: "m", Disabled: true, MaxTokens: 1, WindowTokens: 2, Multiline: "never", Debounce: -1, Ahead: true, InvokedOnly: true, Indent: syntax.Indent{Tabs: true, Width: 3}}
	if got := settingsOf(s).completion(); got != s {
		t.Errorf("%+v became %+v", s, got)
	}
}

func TestRead(t *testing.T) {
	const (
		head = `{"claude-lsp-recording":1,"program":"x","platform":"y","holds":""}` + "\n"
		open = `{"us":1,"open":{"doc":1,"path":"a.go","language":"go","version":1,"text":"aé"}}` + "\n"
		ask  = `{"us":2,"request":{"n":1,"doc":1,"at":1,"line":1,"column":2,"settings":{"debounceNS":0}}}` + "\n"
	)
	for _, tt := range []struct {
		name, text string
		is         error
		says       string
	}{
		{"whole", head + open + ask + `{"us":3,"end":{"why":"closed"}}` + "\n", nil, ""},
		{"empty", "", ErrForeign, "serve --record"},
		{"another kind of file", "package main\n", ErrForeign, "serve --record"},
		{"other JSON", "{}\n", ErrForeign, ""},
		{"newer", `{"claude-lsp-recording":99,"program":"v9"}` + "\n", ErrNewer, "claude-lsp v9"},
		{"damaged", head + open + "{\"us\":2,\"req\n" + ask, ErrDamaged, "line 3"},
		{"no event", head + `{"us":1}` + "\n", ErrDamaged, "0 events"},
		{"two events", head + `{"us":1,"declined":{"reason":"a"},"end":{"why":"b"}}` + "\n", ErrDamaged, "2 events"},
		{"two events in a line", head + `{"us":1,"declined":{"reason":"a"}} {}` + "\n", ErrDamaged, "line 2"},
		{"an unknown event", head + `{"us":1,"jump":{}}` + "\n", ErrDamaged, "jump"},
		{"a lost line", head + ask, ErrDamaged, "no document 1"},
		{"an edit that does not fit", head + open + `{"us":2,"change":{"doc":1,"version":2,"edits":[{"from":2,"to":2,"text":"x"}]}}` + "\n", ErrDamaged, "does not fit"},
		{"a request outside", head + open + strings.Replace(ask, `"at":1`, `"at":9`, 1), ErrDamaged, "outside"},
		{"a request in a character", head + open + strings.Replace(ask, `"at":1`, `"at":2`, 1), ErrDamaged, "character"},
		{"back in time", head + strings.Replace(open, `"us":1`, `"us":5`, 1) + ask, ErrDamaged, "time"},
		{"the same request", head + open + ask + ask, ErrDamaged, "new request"},
		{"an edit that nobody made", head + open + strings.Replace(ask, `"at":1`, `"at":1,"recent":{"edits":[{"was":1}]}`, 1), ErrDamaged, "no 1 of 0"},
		{"an answer to nothing", head + `{"us":1,"chunk":{"question":4,"text":"a"}}` + "\n", ErrDamaged, "no question 4"},
	} {
		rec, err := Read(strings.NewReader(tt.text))
		if !errors.Is(err, tt.is) || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %v, %q", tt.name, err, tt.is, tt.says)
		}
		if err == nil && rec.Cut {
			t.Errorf("%s: it is said to be cut off", tt.name)
		}
	}
	for _, text := range []string{head, head + open, head + open + ask[:20], head + open + ask} { // killed
		if rec, err := Read(strings.NewReader(text)); err != nil || !rec.Cut {
			t.Errorf("%q: %+v, %v", text, rec, err)
		}
	}
}

// Bytes that are no UTF-8 come back as they were.
func TestText(t *testing.T) {
	for _, want := range []Text{"", "a < b && c > d\u2028", "\xff\xfe", "é\x00"} {
		data, err := want.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var got Text
		if err := got.UnmarshalJSON(data); err != nil || got != want {
			t.Errorf("%q is written as %s and read as %q (%v)", want, data, got, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	ends(f, &file, Options{}, 3, 20)
	f.Add(file.Bytes())
	f.Add([]byte(`{"claude-lsp-recording":1}
{"us":1,"open":{"doc":1,"path":"a.go","language":"go","version":1,"text":"a\n"}}
{"us":2,"request":{"n":1,"doc":1,"at":2,"settings":{"debounceNS":0}}}
{"us":2,"pause":{"n":1,"request":1,"us":5}}
{"us":9,"woke":{"pause":1}}
{"us":9,"question":{"n":1,"path":"a.go","before":2,"after":0}}
{"us":11,"chunk":{"question":1,"text":"x","usage":{"Input":1}}}
{"us":12,"answered":{"question":1,"trouble":"offline"}}
{"us":13,"ended":{"request":1,"cause":"stale"}}
{"us":13,"decision":{"request":1,"outcome":"stale"}}
{"us":14,"feedback":{"candidate":1,"what":"accepted"}}
`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rec, err := Read(bytes.NewReader(data))
		if err != nil || len(rec.Events) > 100 {
			return
		}
		Play(rec, engineOf)
	})
}

// What a request costs that is written down, on the side of whoever asks.
func BenchmarkRequest(b *testing.B) {
	docs := []*document.Document{document.New("file:///a", "go", 1, strings.Repeat("a line\n", 6000))}
	for i := range 64 {
		next, err := docs[i].Apply(int32(i), document.Change{From: 9, To: 9, Text: "x"})
		if err != nil {
			b.Fatal(err)
		}
		docs = append(docs, next)
	}
	r := New(io.Discard, Options{Clock: wall{}, MaxBytes: 1 << 40})
	defer r.Close()
	e := r.Engine(answering{})
	i := 0
	for b.Loop() {
		i++
		_, _ = e.Complete(b.Context(), completion.Request{Doc: docs[i%64], At: 9, Path: "a"})
	}
}

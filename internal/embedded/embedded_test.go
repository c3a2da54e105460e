package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// at makes a prompt of a document in which ‸ stands for the cursor.
func at(tb testing.TB, language, path, document string) model.Prompt {
	tb.Helper()
	before, after, ok := strings.Cut(document, "‸")
	if !ok {
		tb.Fatalf("no cursor in %q", document)
	}
	return model.Prompt{Language: language, Path: path, Before: before, After: after}
}

// What the files of the workspace say in most of the tests below.
const (
	serverGo = `package server

func (s *Server) Open(ctx context.Context, name string) error {
	f, err := s.files.Open(ctx, name)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer f.Close()
	return nil
}

func (s *Server) Read(ctx context.Context, name string) error {
	f, err := s.files.Read(ctx, name)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	defer f.Close()
	return nil
}
`
	clientGo = `package client

func (c *Client) Get(ctx context.Context) error {
	f, err := c.get(ctx)
	if err != nil {
		return err
	}
	defer f.Close()
	return nil
}

func (c *Client) Put(ctx context.Context) error {
	f, err := c.put(ctx)
	if err != nil {
		return err
	}
	defer f.Close()
	return nil
}
`
	tasksPy = `def first(items):
    for item in items:
        if item is None:
            continue
        yield item.name


def second(items):
    for item in items:
        if item is None:
            continue
        yield item.size
`
)

func workspace() *Model {
	m := New(Options{})
	m.Update("server/server.go", "go", serverGo)
	m.Update("client/client.go", "go", clientGo)
	m.Update("tasks.py", "python", tasksPy)
	return m
}

func TestStream(t *testing.T) {
	tests := []struct {
		name, language, path string
		document             string
		oneLine              bool
		maxTokens            int
		want                 string
	}{
		{
			name: "the rest of a line", language: "go", path: "client/new.go", oneLine: true,
			document: "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err ‸\n",
			want:     "!= nil {",
		},
		{
			name: "a word that is half typed", language: "go", path: "client/new.go", oneLine: true,
			document: "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdef‸\n",
			want:     "er f.Close()",
		},
		{
			name: "a block, up to its end", language: "go", path: "client/new.go",
			document: "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err ‸\n\tuse(f)\n}\n",
			want:     "!= nil {\n\t\treturn err\n\t}",
		},
		{
			name: "a block that the cursor's line begins", language: "go", path: "client/new.go",
			document: "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err != nil {‸\n\tuse(f)\n}\n",
			want:     "\n\t\treturn err\n\t}",
		},
		{
			name: "a bracket that is closed already stays so", language: "go", path: "client/new.go",
			document: "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err != nil {‸\n\t}\n\tuse(f)\n}\n",
			want:     "\n\t\treturn err",
		},
		{
			name: "what stands after the cursor on its line is not written again", language: "go", path: "client/new.go",
			document: "package client\n\nfunc (c *Client) Get(ctx ‸) error {\n}\n",
			want:     "context.Context",
		},
		{
			name: "nor is the line after it", language: "go", path: "client/new.go",
			document: "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err ‸\n\t\treturn err\n\t}\n}\n",
			want:     "!= nil {",
		},
		{
			name: "indented as the document is", language: "go", path: "client/new.go",
			document: "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n  f, err := c.do(ctx)\n  if ok {\n    f, err = c.do(ctx)\n    if err ‸\n    use(f)\n  }\n}\n",
			want:     "!= nil {\n      return err\n    }",
		},
		{
			name: "blocks by indentation", language: "python", path: "more.py",
			document: "def third(items):\n    for item in items:\n        if item ‸\n\n\ndef fourth(): pass\n",
			want:     "is None:\n            continue",
		},
		{
			name: "the document itself is enough", language: "ruby", path: "a.rb", oneLine: true,
			document: "validates :name, presence: true\nvalidates :size, presence: true\nvalidates :kind, pre‸\n",
			want:     "sence: true",
		},
		{name: "nothing like it anywhere", language: "go", path: "client/new.go", document: "package client\n\nvar unheardOf ‸\n"},
		{name: "in a comment", language: "go", path: "client/new.go", document: "package client\n\n// if err ‸\n"},
		{name: "inside a word", language: "go", path: "client/new.go", document: "package client\n\nfunc f() {\n\tif err != nil {\n\t\tret‸urn err\n"},
		{name: "an empty document", language: "go", path: "client/new.go", document: "‸"},
		{name: "another language", language: "rust", path: "a.rs", document: "if err ‸\n"},
		{name: "a whole line", language: "go", path: "client/new.go", document: "package client\n\nfunc f() {\n\tdefer f.Close()‸\n}\n"},
		{
			name: "no line longer than there is room for", language: "go", path: "client/new.go", maxTokens: 3,
			document: "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err ‸\n\tuse(f)\n}\n",
			want:     "!= nil {",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := at(t, tt.language, tt.path, tt.document)
			p.OneLine, p.MaxTokens = tt.oneLine, tt.maxTokens
			m := workspace()
			if got := answer(t, m, p); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			// The same with the other kinds of line break: the answer's own are \n always.
			for _, eol := range []string{"\r\n", "\r"} {
				p.Before, p.After = strings.ReplaceAll(strings.ReplaceAll(p.Before, "\r\n", "\n"), "\n", eol), strings.ReplaceAll(strings.ReplaceAll(p.After, "\r\n", "\n"), "\n", eol)
				if got := answer(t, m, p); got != tt.want {
					t.Errorf("with %q: got %q, want %q", eol, got, tt.want)
				}
			}
		})
	}
}

func TestNamesMayDiffer(t *testing.T) {
	const handlers = `package lsp

func (s *Server) didSave(c *call) (any, error) {
	var p protocol.DidSaveTextDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s.saves.onSave(p)
	return nil, nil
}

func (s *Server) didOpen(c *call) (any, error) {
	var p protocol.DidOpenTextDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s.opens.onOpen(p)
	return nil, nil
}
`
	const start = "package lsp\n\nfunc (s *Server) didClose(c *call) (any, error) {\n\tvar p protocol.DidCloseTextDocumentParams\n\t"
	tests := []struct {
		name, document string
		oneLine, asked bool
		want           string
	}{
		{name: "a block after a name of its own", document: start + "‸\n\treturn nil, nil\n}\n", want: "if err := c.decode(&p); err != nil {\n\t\treturn nil, err\n\t}"},
		{name: "one that has begun", document: start + "if err := ‸\n\treturn nil, nil\n}\n", want: "c.decode(&p); err != nil {\n\t\treturn nil, err\n\t}"},
		{
			name: "a variable of another name", oneLine: true,
			document: "package lsp\n\nfunc (s *Server) didClose(c *call) (any, error) {\n\tvar params protocol.DidCloseTextDocumentParams\n\tif err := c.dec‸\n}\n",
			want:     "ode(&params); err != nil {",
		},
		{
			name: "a name made like the others", oneLine: true, asked: true,
			document: start + "if err := c.decode(&p); err != nil {\n\t\treturn nil, err\n\t}\n\ts.closes.‸\n\treturn nil, nil\n}\n",
			want:     "onClose(p)",
		},
		{name: "not so likely that it is said unasked", document: "package lsp\n\nfunc (s *Server) didClose() {\n\ts.closes.‸\n}\n"},
		{name: "a line deeper than there can be one", document: start + "\t\t‸\n\treturn nil, nil\n}\n"},
	}
	for _, tt := range tests {
		m := New(Options{})
		m.Update("lsp/handlers.go", "go", handlers)
		p := at(t, "go", "lsp/didclose.go", tt.document)
		p.OneLine, p.Invoked = tt.oneLine, tt.asked
		if got := answer(t, m, p); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestClosed(t *testing.T) {
	tests := []struct {
		name, document string
		want           bool // the innermost open bracket has its other half
	}{
		{"nothing follows", "func f() {\n\tg(‸", false},
		{"the editor has closed it", "func f() {\n\tg(‸)\n}\n", true},
		{"only the outer one is closed", "func f() {\n\tg(‸\n}\n", false},
		{"both of one kind, one closed", "g(\n\th(‸\n)\n", false},
		{"both of one kind, both closed", "g(\n\th(‸\n))\n", true},
		{"later lines are whole", "func f() {‸\n}\nfunc g() { h() }\n", true},
		{"later lines do not close it", "func f() {‸\n\nfunc g() { h() }\n", false},
		{"the start is cut off", "g(‸)\n}\n}\n", true},
		{"nothing is open", "g()‸\n", false},
	}
	for _, tt := range tests {
		q, ok := newQuery(at(t, "go", "a.go", tt.document))
		if !ok {
			t.Fatalf("%s: nothing to continue", tt.name)
		}
		if got := q.closed(q.open); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestStreamLineByLine(t *testing.T) {
	p := at(t, "go", "client/new.go", "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err ‸\n\tuse(f)\n}\n")
	var got []string
	for c, err := range workspace().Stream(context.Background(), p) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c.Text)
	}
	if want := []string{"!= nil {", "\n\t\treturn err", "\n\t}", ""}; !slices.Equal(got, want) {
		t.Errorf("chunks %q, want %q", got, want)
	}
	for range workspace().Stream(context.Background(), p) {
		break // must not panic, and leaves nothing behind
	}
}

func TestBlocksAreText(t *testing.T) {
	p := at(t, "go", "new.go", "package x\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err ‸\n")
	p.OneLine = true
	m := New(Options{})
	if got := answer(t, m, p); got != "" {
		t.Fatalf("with no other text: %q", got)
	}
	p.Blocks = []model.Block{{Parts: []model.Part{{Path: "client/client.go", Text: clientGo}, {Path: "tasks.py", Text: tasksPy}}}}
	if got := answer(t, m, p); got != "!= nil {" {
		t.Errorf("with a block: %q", got)
	}
}

func TestRemove(t *testing.T) {
	p := at(t, "python", "more.py", "def third(items):\n    for item in ‸\n")
	m := workspace()
	if got := answer(t, m, p); got == "" {
		t.Fatal("no answer to begin with")
	}
	m.Remove("tasks.py")
	m.Remove("tasks.py")
	m.Remove("never there")
	if got := answer(t, m, p); got != "" {
		t.Errorf("after the file was removed: %q", got)
	}
	if len(m.calls) != 0 {
		t.Errorf("%d paths are kept in mind with no call running", len(m.calls))
	}
}

func TestNearerFileDecides(t *testing.T) {
	m := New(Options{})
	m.Update("a/x.go", "go", "package a\n\nfunc f() {\n\tlog.Print(one, 1)\n\tlog.Print(one, 1)\n}\n")
	m.Update("b/x.go", "go", "package b\n\nfunc f() {\n\tlog.Print(two, 2)\n\tlog.Print(two, 2)\n}\n")
	for dir, want := range map[string]string{"a": "one, 1)", "b": "two, 2)"} {
		p := at(t, "go", dir+"/new.go", "package p\n\nfunc g() {\n\tone, two()\n\tlog.Print(‸\n}\n")
		c := m.corpus.Load()
		w, ok := newWriter(context.Background(), c, p)
		if !ok {
			t.Fatal("nothing to continue")
		}
		w.field.follow(token{identity(syntax.Open, "("), "("})
		v := w.field.vote(lineEnd, func(*match) bool { return true })
		if got := v.match.next.text; !strings.HasPrefix(want, got) {
			t.Errorf("in %s: %q, want %q", dir, got, want)
		}
	}
}

func TestOrderOfUpdatesDoesNotMatter(t *testing.T) {
	type file struct{ path, text string }
	var files []file
	for i := range 40 {
		files = append(files, file{fmt.Sprintf("d%d/%s/f%d.go", i%3, strings.Repeat("e/", i%4), i), strings.ReplaceAll(serverGo, "name", fmt.Sprintf("name%d", i%5))})
	}
	one := newSource(files[0].path, syntax.ByID("go"), files[0].text, syntax.State{}).size()
	p := at(t, "go", "d1/new.go", "package server\n\nfunc (s *Server) Write(ctx context.Context, name3 string) error {\n\tf, err := s.‸\n")
	for _, limit := range []int64{0, one * 12} {
		var want string
		var kept []string
		for turn := range files {
			m := New(Options{MaxBytes: limit})
			for i := range files {
				f := files[(i*7+turn)%len(files)]
				m.Update(f.path, "go", f.text)
			}
			c := m.corpus.Load()
			var paths []string
			for _, s := range c.sources {
				paths = append(paths, s.path)
			}
			if limit > 0 && c.bytes > limit {
				t.Fatalf("%d bytes, the limit is %d", c.bytes, limit)
			}
			got := answer(t, m, p)
			if turn == 0 {
				want, kept = got, paths
				if limit > 0 && (len(kept) < 5 || len(kept) > 12) {
					t.Fatalf("%d files kept where about twelve have room", len(kept))
				}
				continue
			}
			if got != want || !slices.Equal(paths, kept) {
				t.Fatalf("turn %d: %q from %d files, before it was %q from %d", turn, got, len(paths), want, len(kept))
			}
		}
	}
}

func TestTooLongAFileIsLeftOut(t *testing.T) {
	m := New(Options{})
	m.Update("a.go", "go", serverGo)
	m.Update("a.go", "go", strings.Repeat("x\n", maxText/2))
	if c := m.corpus.Load(); len(c.sources) != 0 || c.bytes != 0 {
		t.Errorf("%d files, %d bytes", len(c.sources), c.bytes)
	}
}

// The call that began last counts, whichever is done last.
func TestOvertakenUpdate(t *testing.T) {
	m := New(Options{})
	first := m.begin("a.go")
	second := m.begin("a.go")
	src := func(text string) *source { return newSource("a.go", syntax.ByID("go"), text, syntax.State{}) }
	m.end(second, "a.go", src("new"))
	m.end(first, "a.go", src("old"))
	if got := m.corpus.Load().sources[0].text; got != "new" {
		t.Errorf("the text is %q", got)
	}
}

func TestContextEnds(t *testing.T) {
	cause := errors.New("superseded")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	p := at(t, "go", "client/new.go", "package client\n\nfunc f() {\n\tif err ‸\n")
	var last error
	for c, err := range workspace().Stream(ctx, p) {
		if last = err; c.Stop != "" || c.Text != "" {
			t.Errorf("a chunk %+v of an answer that nobody wants", c)
		}
	}
	if !errors.Is(last, cause) {
		t.Errorf("the error is %v, want %v", last, cause)
	}

	// In the middle of an answer: nothing more comes but the error.
	ctx, cancel = context.WithCancelCause(context.Background())
	defer cancel(nil)
	p = at(t, "go", "client/new.go", "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err ‸\n\tuse(f)\n}\n")
	n := 0
	for _, err := range workspace().Stream(ctx, p) {
		n++
		last = err
		cancel(cause)
	}
	if n != 2 || !errors.Is(last, cause) {
		t.Errorf("%d pairs, the last with %v", n, last)
	}
}

func TestUpdateWhileStreaming(t *testing.T) {
	m := workspace()
	p := at(t, "go", "client/new.go", "package client\n\nfunc (c *Client) Do(ctx context.Context) error {\n\tf, err := c.do(ctx)\n\tif err ‸\n")
	p.OneLine = true
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 50 {
				path := fmt.Sprintf("other/f%d.go", (i+j)%5)
				if j%7 == 0 {
					m.Remove(path)
				} else {
					m.Update(path, "go", serverGo)
				}
			}
		})
		wg.Go(func() {
			for range 50 {
				if got := answer(t, m, p); got != "!= nil {" {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzStream(f *testing.F) {
	f.Add("go", "if err ", "\n}\n", serverGo, false)
	f.Add("python", "def f():\n    for x in ", "", tasksPy, true)
	f.Add("go", "f(a, [", ")]}", "f(a, [b])\nf(a, [b])\n", false)
	f.Add("html", "<a ", ">", "<a b='c'>\r<a b='c'>\r\n", false)
	f.Fuzz(func(t *testing.T, language, before, after, other string, oneLine bool) {
		m := New(Options{MaxBytes: 1 << 20})
		m.Update("a", language, other)
		m.Update("b/c", language, before+after)
		p := model.Prompt{Language: language, Path: "d", Before: before, After: after, OneLine: oneLine, MaxTokens: 50}
		got := answer(t, m, p)
		if got != answer(t, m, p) {
			t.Fatal("not the same twice")
		}
		if len(got) > 50*tokenBytes {
			t.Fatalf("%d bytes where %d are allowed", len(got), 50*tokenBytes)
		}
		if oneLine && strings.ContainsAny(got, "\r\n") {
			t.Fatalf("several lines: %q", got)
		}
		if strings.Contains(got, "\r") {
			t.Fatalf("a carriage return: %q", got)
		}
	})
}

package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// Only what a person has decided about is told: what was whole on the screen for
// long enough, and then taken or not. The steps are those of TestOutcomes.
func TestWhatWasDecidedIsTold(t *testing.T) {
	for _, tt := range []struct {
		name, doc string
		steps     []string
		want      string // + accepted, - refused: what stood before it|its text
	}{
		{"accepted", "a\nx := ‸", []string{"offer f(1)", "insert f(1)", "close"}, "+1 x := |f(1)"},
		{"accepted by the client's report", "‸", []string{"offer abc(1)", "insert abc( 1 )", "accept 0", "close"}, "+0 |abc(1)"},
		{"the second of several", "‸", []string{"offer one()|two()", "insert two()", "close"}, "+0 |two()"},
		{"something else was typed", "\tx := ‸", []string{"offer f(1)", "wait 1s", "type g", "offer h", "close"}, "-0 \tx := |f(1)"},
		{"deleted", "ab‸", []string{"offer cd", "wait 1s", "delete 2", "nothing", "close"}, "-0 ab|cd"},
		{"moved away", "a‸\nb", []string{"offer cd", "wait 1s", "go a\nb‸", "offer ef", "close"}, "-0 a|cd"},
		{"closed", "‸", []string{"offer cd", "wait 1s", "close"}, "-0 |cd"},
		{"several lines", "‸", []string{"offer a()\nb()", "wait 1s", "type x", "nothing", "close"}, "-0 |a()\nb()"},
		{"the last that was there", "‸", []string{"offer one()", "wait 1s", "offer two()|three()", "wait 1s", "type x", "nothing", "close"}, "-0 |two()"},
		{"the one that was typed along", "‸", []string{"offer one()|two()", "wait 1s", "type tw", "type x", "nothing", "close"}, "-0 |two()"},
		{"undone", "‸", []string{"offer f(1)", "insert f(1)", "wait 9s", "delete 4", "close"}, "+0 |f(1) -0 |f(1)"},
		{"a part, taken back", "‸", []string{"offer return nil, err", "insert return nil", "delete 10", "offer x", "close"}, "-0 |return nil, err"},

		{"gone before it could be read", "‸", []string{"offer return nil", "wait 749ms", "type p", "wait 9s", "close"}, ""},
		{"typed through", "‸", []string{"offer ok()", "wait 1s", "type ok()", "close"}, ""},
		{"taken off the screen", "‸", []string{"offer cd", "wait 1s", "nothing", "type x", "offer yz", "close"}, ""},
		{"a part of it", "‸", []string{"offer return nil, err", "insert return nil", "type x", "offer y", "close"}, ""},
		{"a slip that was taken back", "‸", []string{"offer return nil", "wait 1s", "type x", "delete 1", "again return nil", "insert return nil", "close"}, "+0 |return nil"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, tt.doc)
			for _, step := range tt.steps {
				d.do(step)
			}
			var all []string
			for _, s := range d.told {
				sign := "-"
				if s.Accepted {
					sign = "+"
				}
				all = append(all, fmt.Sprintf("%s%d %s|%s", sign, s.Line, s.Lead, s.Text))
				if s.Path != string(deskURI) {
					t.Errorf("of %q", s.Path)
				}
			}
			if got := strings.Join(all, " "); got != tt.want {
				t.Errorf("told %q, want %q", got, tt.want)
			}
		})
	}
}

// listens takes down what requests are told of a moment ago, and suggests a text.
func listens(told *[]completion.Request, text string) engine {
	return func(ctx context.Context, r completion.Request) (completion.Answer, error) {
		*told = append(*told, r)
		return says(text)(ctx, r)
	}
}

const (
	uriB = "file:///w/sub/b.go"
	uriC = "file:///elsewhere/c.go"
)

func TestRequestsAreToldOfAMomentAgo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []completion.Request
		s := begin(t, listens(&told, "f()"), editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}})
		s.Initialize()
		s.Open(uriA, "go", strings.Repeat("a\n", 100))
		s.Open(uriB, "go", "b\n")
		s.Open(uriC, "go", "c\n")
		where := pos(0, 1)
		for _, key := range " := 1" {
			where = s.Type(uriB, where, string(key))
		}
		s.Inline(uriB, pos(0, 6), editor.InlineOptions{}).Items()
		time.Sleep(time.Second)
		s.Type(uriB, pos(0, 6), ";")
		s.Type(uriC, pos(0, 1), "\n")
		s.CloseDocument(uriC)
		s.Notify(methodDiagnostics, map[string]any{
			"textDocument": map[string]any{"uri": uriA, "version": 0},
			"diagnostics": []any{
				map[string]any{"range": editor.Range{Start: pos(49, 0), End: pos(50, 1)}, "severity": 1, "message": "undefined: x"},
				map[string]any{"range": editor.Range{Start: pos(49, 0), End: pos(50, 1)}, "severity": 4, "message": "a hint"},
				map[string]any{"range": editor.Range{Start: pos(990, 0), End: pos(999, 1)}, "message": "at the end"},
			},
		})
		s.Notify(methodDiagnostics, map[string]any{ // about another text
			"textDocument": map[string]any{"uri": uriA, "version": 7}, "diagnostics": []any{},
		})
		s.Notify(methodDiagnostics, map[string]any{"textDocument": map[string]any{"uri": "file:///w/none.go"}, "diagnostics": []any{}})
		time.Sleep(settledAfter + time.Second)
		s.Inline(uriA, pos(50, 1), editor.InlineOptions{}).Items()
		got := told[len(told)-1].Recent
		want := completion.Request{}.Recent
		want.Edits = []trail.Edit{{Path: "c.go", Line: 1, After: "\n"}, {Path: "sub/b.go", Before: "b\n", After: "b := 1;\n"}}
		want.Seen = []trail.Seen{{Path: "a.go", FirstLine: 30, LastLine: 70}, {Path: "sub/b.go", LastLine: 1}}
		want.Suggestions = []trail.Suggestion{{Path: "sub/b.go", Lead: "b := 1", Text: "f()"}}
		want.Diagnostics = []trail.Diagnostic{{FirstLine: 49, LastLine: 50, Message: "undefined: x"}, {FirstLine: 100, LastLine: 100, Message: "at the end"}}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("told\n%+v\nwant\n%+v", got, want)
		}
		s.Inline(uriB, pos(0, 7), editor.InlineOptions{}).Items()
		notes := told[len(told)-1].Recent.Notes("sub/b.go", 0, trail.NotesBytes)
		if !strings.Contains(notes, "refused") || !strings.Contains(notes, "here:\nb := 1f()") {
			t.Errorf("the notes of the next request are\n%s", notes)
		}
		s.Shutdown()
	})
}

// The request that follows a refusal knows of it, and one after a slip was taken
// back does not.
func TestTheNextRequestKnowsWhatWasRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		wait time.Duration
		undo bool
		want string
	}{
		{"refused", time.Second, false, "x := f()"},
		{"refused before it could be read", readable / 2, false, ""},
		{"a slip", time.Second, true, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			var told []completion.Request
			s := begin(t, listens(&told, "f()"), editor.Options{InlineCompletion: true})
			s.Initialize()
			s.Open(uriA, "go", "x := ")
			s.Inline(uriA, pos(0, 5), editor.InlineOptions{}).Items()
			time.Sleep(tt.wait)
			where := s.Type(uriA, pos(0, 5), "g")
			if tt.undo {
				s.Change(uriA, editor.Edit{Range: &editor.Range{Start: pos(0, 5), End: pos(0, 6)}})
				s.Inline(uriA, pos(0, 5), editor.InlineOptions{}).Items() // it is there again
				where = s.Type(uriA, pos(0, 5), "f")
			}
			s.Inline(uriA, where, editor.InlineOptions{}).Items()
			got := ""
			for _, r := range told[len(told)-1].Recent.Suggestions {
				got += r.Lead + r.Text
			}
			if got != tt.want {
				t.Errorf("%s: the next request is told %q, want %q", tt.name, got, tt.want)
			}
			s.Shutdown()
		})
	}
}

// What may not be shown is not told: secret files are never followed, and others
// are left out for as long as the rules or the settings say so, also when they
// are closed.
func TestTheTrailIsNarrowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []completion.Request
		s := begin(t, listens(&told, "f()"), editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}})
		const secret, hidden, plain = "file:///w/.env", "file:///w/hidden.go", "file:///w/notes.txt"
		s.space.secret, s.space.hidden = "/w/.env", "/w/hidden.go"
		s.Initialize()
		for uri, language := range map[string]string{uriA: "go", secret: "plaintext", hidden: "go", plain: "plaintext", uriB: "go"} {
			s.Open(uri, language, "a\n")
		}
		for _, uri := range []string{secret, hidden, plain, uriB} {
			s.Type(uri, pos(0, 1), "b")
		}
		s.Notify(methodDiagnostics, map[string]any{
			"textDocument": map[string]any{"uri": secret}, "diagnostics": []any{map[string]any{"range": editor.Range{}, "message": "m"}},
		})
		edits := func(uri string) string {
			t.Helper()
			s.Inline(uri, pos(0, 1), editor.InlineOptions{}).Items()
			var paths []string
			for _, e := range told[len(told)-1].Recent.Edits {
				paths = append(paths, e.Path)
			}
			return strings.Join(paths, " ")
		}
		expect := func(what, uri, want string) {
			t.Helper()
			if got := edits(uri); got != want {
				t.Errorf("%s: told of %q, want %q", what, got, want)
			}
		}
		expect("open", uriA, "sub/b.go notes.txt")
		expect("its own", hidden, "sub/b.go notes.txt hidden.go")
		for _, uri := range []string{secret, hidden, plain, uriB} {
			s.CloseDocument(uri)
		}
		expect("closed", uriA, "sub/b.go notes.txt")
		settings := func(on bool) {
			s.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"claude-lsp": map[string]any{
				"languages": map[string]any{"plaintext": map[string]any{"enabled": on}},
			}}})
		}
		settings(false)
		expect("a language that is switched off", uriA, "sub/b.go")
		settings(true)
		s.space.mu.Lock()
		s.space.hidden = "/w/sub/b.go"
		s.space.mu.Unlock()
		time.Sleep(2 * judgeAgain)
		edits(uriA) // the workspace is asked in the background
		synctest.Wait()
		expect("ignored since", uriA, "notes.txt hidden.go")
		s.Open(uriB, "go", "another\n")
		expect("opened again, and still ignored", uriA, "notes.txt hidden.go")
		if n := len(s.server.trail.left); n != 3 {
			t.Errorf("%d closed documents are remembered, want 3", n)
		}
		for i := range 2 * maxLeft {
			uri := fmt.Sprintf("file:///w/%d.go", i)
			s.Open(uri, "go", "a")
			s.CloseDocument(uri)
		}
		wantStatus(s)
		if n := len(s.server.trail.left); n > maxLeft {
			t.Errorf("%d closed documents are remembered", n)
		}
		s.Shutdown()
	})
}

// The other cells of a notebook are one text with a cell, and come first.
func TestCellsOfANotebook(t *testing.T) {
	var told []completion.Request
	s := begin(t, listens(&told, "f()"), editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}})
	s.Initialize()
	cell := func(n int) string { return fmt.Sprintf("vscode-notebook-cell:/w/x.ipynb#W%d", n) }
	s.Open(cell(0), "python", "import os\n")
	s.Open("vscode-notebook-cell:/w/other.ipynb#W0", "python", "a = 1\n")
	s.Open(cell(1), "python", "x = os.\n")
	s.Open(cell(2), "python", "y = x\n")
	s.Open(uriA, "go", "a\n")
	s.Type(cell(0), pos(0, 9), "x")
	s.Type(uriA, pos(0, 1), "b")
	s.Inline(cell(1), pos(0, 7), editor.InlineOptions{}).Items()
	r := told[0]
	var paths []string
	for _, o := range r.Others {
		paths = append(paths, o.Path)
	}
	if want := []string{"x.ipynb#W0", "x.ipynb#W2", "a.go", "other.ipynb#W0"}; r.Path != "x.ipynb#W1" || !slices.Equal(paths, want) {
		t.Errorf("%s with %v beside it, want %v", r.Path, paths, want)
	}
	if len(r.Recent.Edits) != 2 || r.Recent.Edits[1].Path != "x.ipynb#W0" {
		t.Errorf("edits %+v", r.Recent.Edits)
	}
	s.Shutdown()
}

// A name that is changed in several places by one message is several edits, and
// what a formatter does is one.
func TestEditsOfOneMessage(t *testing.T) {
	var told []completion.Request
	s := begin(t, listens(&told, "f()"), editor.Options{InlineCompletion: true})
	s.Initialize()
	s.Open(uriA, "go", strings.Repeat("a\nb\nc\n", 100))
	change := func(lines ...int) {
		var edits []editor.Edit
		for _, line := range lines {
			edits = append(edits, editor.Edit{Range: &editor.Range{Start: pos(line, 0), End: pos(line, 1)}, Text: "z"})
		}
		s.Change(uriA, edits...)
	}
	count := func() int {
		s.Inline(uriA, pos(0, 0), editor.InlineOptions{}).Items()
		return len(told[len(told)-1].Recent.Edits)
	}
	change(0, 30, 60)
	if n := count(); n != 3 {
		t.Errorf("%d edits, want 3", n)
	}
	change(90, 93, 96, 99, 102, 105, 108, 111, 114, 117)
	if n := count(); n != 4 {
		t.Errorf("%d edits, want 4", n)
	}
	s.Shutdown()
}

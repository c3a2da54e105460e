package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/embedded"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// changes numbers the changes of files, so that each has a time of its own,
// long before the fake clock's present.
var changes int

// put writes a file of one function for each name.
func put(t *testing.T, path string, functions ...string) {
	t.Helper()
	text := "package a\n"
	for _, f := range functions {
		text += "\nfunc " + f + "() {}\n"
	}
	putText(t, path, text)
}

func putText(t *testing.T, path, text string) {
	t.Helper()
	changes++
	at := time.Date(1999, 1, 1, 0, 0, changes, 0, time.UTC)
	for _, err := range []error{os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644), os.Chtimes(path, at, at)} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// following runs test in a bubble with a workspace that follows folders below a
// new one.
func following(t *testing.T, test func(t *testing.T, w *workspace, dir string)) {
	t.Helper()
	t.Setenv("ANTHROPIC_API_KEY", "sk-test") // the index is for every provider
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		settings := config.New(config.Options{})
		log := zap.NewNop()
		model := embedded.New(embedded.Options{})
		w := newWorkspace(settings, model, newProvider(settings, model, tokens.NewEstimator(), log), redact.New(redact.Options{}), nil, log)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			w.run(ctx)
			close(ended)
		}()
		test(t, w, dir)
		stop()
		<-ended
	})
}

// knows waits until all has settled and compares what the index has.
func knows(t *testing.T, w *workspace, want string) {
	t.Helper()
	time.Sleep(2 * settle)
	synctest.Wait()
	var all []string
	for _, f := range w.index.All() {
		line := f.Path + ":"
		for _, s := range f.Symbols {
			line += " " + s.Name
		}
		all = append(all, line)
	}
	if got := strings.Join(all, "; "); got != want {
		t.Errorf("the index has\n%s\nwant\n%s", got, want)
	}
}

func doc(text string) *document.Document { return document.New("file:///x.go", "go", 1, text) }

func TestTheIndexFollowsTheDisk(t *testing.T) {
	following(t, func(t *testing.T, w *workspace, dir string) {
		path := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
		put(t, path("a.go"), "A")
		put(t, path("sub/b.go"), "B")
		w.Folders([]string{dir})
		w.wait(t.Context())
		knows(t, w, "a.go: A; sub/b.go: B")

		put(t, path("a.go"), "A", "A2")
		put(t, path("new.go"), "New")
		putText(t, path("notes.bin"), "\x00")
		w.Touched([]string{path("a.go"), path("new.go"), path("notes.bin"), path(".git/index"), "/elsewhere/x.go"})
		knows(t, w, "a.go: A A2; new.go: New; sub/b.go: B")

		if err := os.Rename(path("sub"), path("other")); err != nil {
			t.Fatal(err)
		}
		w.Touched([]string{path("sub"), path("other")})
		knows(t, w, "a.go: A A2; new.go: New; other/b.go: B")

		if err := os.Remove(path("new.go")); err != nil {
			t.Fatal(err)
		}
		w.Touched([]string{path("new.go")})
		knows(t, w, "a.go: A A2; other/b.go: B")

		putText(t, path(".claude-lsp-ignore"), "other/\n")
		w.Touched([]string{path(".claude-lsp-ignore")})
		knows(t, w, ".claude-lsp-ignore:; a.go: A A2")

		if err := os.Remove(path(".claude-lsp-ignore")); err != nil {
			t.Fatal(err)
		}
		var many []string
		for i := range maxTouched + 10 {
			many = append(many, path(fmt.Sprint("t", i)))
		}
		w.Touched(many) // too many to look at one by one
		knows(t, w, "a.go: A A2; other/b.go: B")

		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		w.Touched([]string{dir})
		w.mu.Lock()
		w.rescan = true
		w.mu.Unlock()
		w.poke()
		knows(t, w, "")
	})
}

// An editor that tells of nothing is not the only one who changes files.
func TestTheDiskIsLookedAtNowAndThen(t *testing.T) {
	following(t, func(t *testing.T, w *workspace, dir string) {
		path := filepath.Join(dir, "a.go")
		put(t, path, "A")
		w.Folders([]string{dir})
		knows(t, w, "a.go: A")
		put(t, filepath.Join(dir, "b.go"), "B")
		other := filepath.Join(dir, "typed.txt")
		w.Changed(document.New("file:///typed.txt", "plaintext", 1, "x"), other)
		knows(t, w, "a.go: A; typed.txt:")
		time.Sleep(rescanSoon)
		w.Changed(document.New("file:///typed.txt", "plaintext", 2, "xy"), other)
		knows(t, w, "a.go: A; b.go: B; typed.txt:")
	})
}

func TestTheIndexFollowsDocuments(t *testing.T) {
	following(t, func(t *testing.T, w *workspace, dir string) {
		path := filepath.Join(dir, "a.go")
		put(t, path, "Disk")
		putText(t, filepath.Join(dir, ".gitignore"), "made.go\n")
		put(t, filepath.Join(dir, "made.go"), "Made")
		w.Folders([]string{dir})
		knows(t, w, ".gitignore:; a.go: Disk")
		if text, ok := w.text("a.go"); !ok || !strings.Contains(text, "Disk") {
			t.Errorf("on the disk: %q, %v", text, ok)
		}

		w.Changed(doc("package a\n\nfunc Typed() {}\n"), path)
		w.Changed(doc("package a\n\nfunc Generated() {}\n"), filepath.Join(dir, "made.go"))
		w.Changed(doc("package b\n\nfunc Foreign() {}\n"), "/elsewhere/a.go")
		if text, ok := w.text("a.go"); !ok || !strings.Contains(text, "Typed") {
			t.Errorf("while it is open: %q, %v", text, ok)
		}
		knows(t, w, ".gitignore:; a.go: Typed")

		w.Closed(path)
		knows(t, w, ".gitignore:; a.go: Disk")
		put(t, filepath.Join(dir, "new.go"), "New")
		for name, want := range map[string]bool{"a.go": true, "new.go": true, "made.go": false, "none.go": false, "../x.go": false, "": false} {
			if _, ok := w.text(name); ok != want {
				t.Errorf("text(%q) is %v, want %v", name, ok, want)
			}
		}
	})
}

func TestWithoutAFolderTheDocumentsAreTheWorkspace(t *testing.T) {
	following(t, func(t *testing.T, w *workspace, dir string) {
		w.Folders(nil)
		w.Changed(doc("package a\n\nfunc One() {}\n"), "/one/a.go")
		w.Changed(doc("package a\n\nfunc Two() {}\n"), "/two/b.go")
		w.Changed(doc("TOKEN=1"), "/two/.env")
		knows(t, w, "a.go: One; b.go: Two")
		if text, ok := w.text("b.go"); !ok || !strings.Contains(text, "Two") {
			t.Errorf("b.go is %q, %v", text, ok)
		}
		w.Closed("/one/a.go")
		knows(t, w, "b.go: Two")
		put(t, filepath.Join(dir, "c.go"), "Three")
		w.Folders([]string{dir}) // and now there is a folder
		knows(t, w, "c.go: Three")
	})
}

// With a second folder all files get other names, also those that are open.
func TestASecondFolder(t *testing.T) {
	following(t, func(t *testing.T, w *workspace, dir string) {
		one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
		put(t, filepath.Join(one, "a.go"), "A")
		put(t, filepath.Join(one, "b.go"), "B")
		put(t, filepath.Join(two, "a.go"), "A2")
		w.Folders([]string{one})
		w.Changed(doc("package a\n\nfunc Typed() {}\n"), filepath.Join(one, "b.go"))
		knows(t, w, "a.go: A; b.go: Typed")
		w.Folders([]string{one, two})
		knows(t, w, "one/a.go: A; one/b.go: Typed; two/a.go: A2")
		if text, ok := w.text("two/a.go"); !ok || !strings.Contains(text, "A2") {
			t.Errorf("two/a.go is %q, %v", text, ok)
		}
		w.Folders([]string{two})
		knows(t, w, "a.go: A2")
	})
}

// Where suggestions are off nothing is sent, and so nothing is known.
func TestWhatIsSwitchedOffIsNotRead(t *testing.T) {
	following(t, func(t *testing.T, w *workspace, dir string) {
		put(t, filepath.Join(dir, "a.go"), "A")
		putText(t, filepath.Join(dir, "a.py"), "def a(): pass\n")
		w.Folders([]string{dir})
		w.Changed(doc("package a\n\nfunc B() {}\n"), filepath.Join(dir, "b.go"))
		knows(t, w, "a.go: A; a.py: a; b.go: B")
		w.settings.SetEditor(json.RawMessage(`{"languages": {"go": {"enabled": false}}}`))
		w.settingsChanged()
		knows(t, w, "a.py: a")
		if _, ok := w.text("a.go"); ok {
			t.Error("the text of a.go is given away")
		}
		w.settings.SetEditor(json.RawMessage(`{}`))
		w.settingsChanged()
		knows(t, w, "a.go: A; a.py: a; b.go: B")
	})
}

// An editor tells all of its settings when any has changed, and some do so with
// every save: the files are listed again only where other ones are to be read.
func TestOtherSettingsListNothingAgain(t *testing.T) {
	following(t, func(t *testing.T, w *workspace, dir string) {
		put(t, filepath.Join(dir, "a.go"), "A")
		w.Folders([]string{dir})
		knows(t, w, "a.go: A")
		for _, tt := range []struct {
			settings string
			again    bool
			knows    string
		}{
			{`{}`, false, "a.go: A"},
			{`{"model": "claude-opus-5", "completion": {"maxTokens": 100}, "log": {"level": "debug"}}`, false, "a.go: A"},
			{`{"context": {"exclude": ["private/"]}}`, true, "a.go: A"},
			{`{"context": {"exclude": ["private/"], "windowTokens": 9000}}`, false, "a.go: A"},
			{`{"languages": {"go": {"enabled": true}}, "context": {"exclude": ["private/"]}}`, false, "a.go: A"},
			{`{"languages": {"python": {"enabled": false}}, "context": {"exclude": ["private/"]}}`, true, "a.go: A"},
			{`{"enabled": false}`, true, ""},
			{`{}`, true, "a.go: A"},
		} {
			before := w.files
			w.settings.SetEditor(json.RawMessage(tt.settings))
			w.settings.SetFolderEditor(dir, json.RawMessage(tt.settings))
			w.settingsChanged()
			w.settingsChanged()
			if again := w.files != before; again != tt.again {
				t.Errorf("%s: listed again is %v, want %v", tt.settings, again, tt.again)
			}
			knows(t, w, tt.knows)
		}
	})
}

func TestTheWorkerSleepsWhileARequestIsActive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns turns
		waited := func() time.Duration {
			began := time.Now()
			turns.wait(t.Context())
			return time.Since(began)
		}
		if d := waited(); d != 0 {
			t.Errorf("it waited %v for nobody", d)
		}
		first, second := turns.take(), turns.take()
		time.AfterFunc(100*time.Millisecond, first)
		time.AfterFunc(300*time.Millisecond, second)
		if d := waited(); d != 300*time.Millisecond {
			t.Errorf("it waited %v for two requests", d)
		}
		end := turns.take()
		if d := waited(); d != patience {
			t.Errorf("it waited %v for one that hangs", d)
		}
		yielded := turns.yield()
		if d := waited(); d != 0 {
			t.Errorf("it waited %v for one that waits for it", d)
		}
		yielded()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		began := time.Now()
		if turns.wait(ctx); time.Since(began) != 50*time.Millisecond {
			t.Errorf("it waited %v after its end", time.Since(began))
		}
		end()
		end()
		if d := waited(); d != 0 {
			t.Errorf("it waited %v at the end", d)
		}
	})
}

func TestPaceOfListing(t *testing.T) {
	now := time.Unix(1e9, 0)
	var p pace
	if p.due(now) {
		t.Error("what was never listed is not due again")
	}
	for i, step := range []struct {
		took  time.Duration
		found bool
		want  time.Duration
	}{
		{time.Millisecond, false, rescanSoon},
		{time.Millisecond, false, 2 * rescanSoon},
		{time.Millisecond, true, rescanSoon},
		{10 * time.Second, true, 500 * time.Second},
		{time.Millisecond, false, rescanLate},
		{time.Millisecond, false, rescanLate},
	} {
		p = p.after(now, step.took, step.found)
		if p.pause != step.want || p.due(now.Add(step.want-1)) || !p.due(now.Add(step.want)) {
			t.Errorf("step %d: %v, want %v", i, p.pause, step.want)
		}
	}
}

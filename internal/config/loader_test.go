package config

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What stands in the place of the user's file never stops the server.
func TestFilesThatCannotBeRead(t *testing.T) {
	for _, tt := range []struct {
		name string
		put  func(t *testing.T, path string)
		want string // part of the warning; "" for none
	}{
		{"nothing", func(*testing.T, string) {}, ""},
		{"a folder", func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) }, "cannot be read: it is a folder"},
		{"a large file", func(t *testing.T, path string) {
			must(t, os.WriteFile(path, nil, 0o600))
			must(t, os.Truncate(path, 100<<20))
		}, "cannot be read: it is larger than 1 MiB"},
		{"a link to nothing", func(t *testing.T, path string) { link(t, filepath.Base(path)+"x", path) }, ""},
		{"a link round in a circle", func(t *testing.T, path string) { link(t, path, path) }, "cannot be read: "},
		{"a device", func(t *testing.T, path string) { link(t, os.DevNull, path) }, "cannot be read: it is not a regular file"},
		{"an empty file", func(t *testing.T, path string) { must(t, os.WriteFile(path, nil, 0o600)) }, ""},
		{"a file of bytes", func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("\x7fELF\x00\x01"), 0o600)) }, ":1: is not a text file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := sit(t, "", "")
			tt.put(t, s.userFile())
			tt.put(t, s.projectFile())
			s.Loader = New(Options{UserFile: s.userFile(), Environ: s.environ})
			if got := s.For(s.folder).Completion.MaxTokens; got != 256 {
				t.Errorf("maxTokens is %d", got)
			}
			texts := strings.Join(s.texts(), "\n")
			for _, file := range []string{"USER", "PROJECT"} {
				if tt.want == "" && texts != "" || tt.want != "" && !strings.Contains(texts, file) || !strings.Contains(texts, tt.want) {
					t.Errorf("warnings %q, want %q about %s", texts, tt.want, file)
				}
			}
		})
	}
}

// A link in a repository reads no file outside of it; one inside is fine.
func TestProjectFileIsALink(t *testing.T) {
	s := sit(t, "", "")
	s.write(filepath.Join(s.home, "elsewhere.toml"), "private-name = 1\nenabled = false\n")
	link(t, filepath.Join(s.home, "elsewhere.toml"), s.projectFile())
	if !s.For(s.folder).Enabled {
		t.Error("a file outside of the workspace folder was read")
	}
	if texts := strings.Join(s.texts(), "\n"); !strings.Contains(texts, "PROJECT: cannot be read") || strings.Contains(texts, "private") {
		t.Errorf("warnings %q", texts)
	}

	in := sit(t, "", "")
	in.write(filepath.Join(in.folder, "settings.toml"), "enabled = false\n")
	link(t, "settings.toml", in.projectFile())
	if in.For(in.folder).Enabled {
		t.Errorf("a link inside of the folder was not followed: %v", in.texts())
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Skip("links cannot be made here:", err)
	}
}

// Each folder has its own file and its own word from the editor.
func TestFolders(t *testing.T) {
	s := sit(t, "", "enabled = false")
	other := t.TempDir()
	s.SetFolderEditor(other, json.RawMessage(`{"completion.menu":"never"}`))
	if s.For(s.folder).Enabled || !s.For(other).Enabled || !s.For("").Enabled {
		t.Error("the project's file holds in its folder alone")
	}
	if s.For(other).Completion.Menu != MenuNever || s.For(s.folder).Completion.Menu != MenuAuto {
		t.Error("the editor's word about a folder holds there alone")
	}
	if s.For(s.folder + string(filepath.Separator)).Enabled {
		t.Error("a slash at the end makes it another folder")
	}
	if !s.For("relative").Enabled || len(s.result.Load().folders) != 3 {
		t.Error("a relative path is no workspace folder")
	}
	s.write(filepath.Join(other, ProjectFile), "nonsense = 1")
	s.Forget(other)
	if got := len(s.Warnings()); got != 0 {
		t.Errorf("%d warnings", got)
	}
	if s.For(other).Completion.Menu != MenuAuto || len(s.Warnings()) != 1 {
		t.Error("a folder that left and came back is read anew")
	}
}

func TestEditorForms(t *testing.T) {
	for _, raw := range []string{
		`{"completion":{"menu":"never"}}`,
		`{"completion.menu":"never"}`,
		`{"claude-lsp":{"completion":{"menu":"never"}}}`,
		`{"claude-lsp":{"completion.menu":"never"},"editor":{"tabSize":2}}`,
		`{"claude-lsp.completion.menu":"never","other.key":1}`,
		`{"completion":{"menu":"never","multiline":null},"languages":[],"rules":{},"context":{"exclude":{}}}`,
	} {
		s := sit(t, "", "")
		s.SetEditor(json.RawMessage(raw))
		if got := s.For("").Completion.Menu; got != MenuNever {
			t.Errorf("%s sets the menu to %q", raw, got)
		}
		for _, w := range s.Warnings() {
			t.Errorf("%s: %s", raw, w)
		}
	}
}

// The editor may take back what it said, but no empty message takes back what
// it said at the beginning, and no broken one takes back anything.
func TestEditorOverTime(t *testing.T) {
	s := sit(t, "", "")
	steps := []struct {
		name string
		do   func()
		want string
	}{
		{"initializationOptions", func() { s.SetInitial(json.RawMessage(`{"enabled":false,"completion":{"menu":"never"}}`)) }, "false never"},
		{"an empty change", func() { s.SetEditor(json.RawMessage(`{}`)) }, "false never"},
		{"a null change", func() { s.SetEditor(json.RawMessage(`null`)) }, "false never"},
		{"no change", func() { s.SetEditor(nil) }, "false never"},
		{"switched on again", func() { s.SetEditor(json.RawMessage(`{"enabled":true}`)) }, "true never"},
		{"for the folder", func() { s.SetFolderEditor(s.folder, json.RawMessage(`{"completion":{"menu":"always"}}`)) }, "true always"},
		{"broken", func() { s.SetEditor(json.RawMessage(`{"enabled":`)) }, "true always"},
		{"no object", func() { s.SetFolderEditor(s.folder, json.RawMessage(`"on"`)) }, "true always"},
		{"two values", func() { s.SetEditor(json.RawMessage(`{} {}`)) }, "true always"},
		{"a change back", func() { s.SetEditor(json.RawMessage(`{"enabled":false}`)) }, "false always"},
	}
	for _, step := range steps {
		step.do()
		c := s.For(s.folder)
		if got := fmt.Sprint(c.Enabled, " ", c.Completion.Menu); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
	if got := s.texts(); len(got) != 1 || !strings.Contains(got[0], "editor: the editor's settings are not an object") {
		t.Errorf("warnings %q", got)
	}
}

// A watched sitting counts the calls of Watch.
func watch(t *testing.T, user, project string, test func(s *sitting, calls func() int)) {
	s := sit(t, user, project)
	synctest.Test(t, func(t *testing.T) {
		s.t = t
		s.For(s.folder)
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		n := 0
		go s.Watch(ctx, func() { mu.Lock(); n++; mu.Unlock() })
		test(s, func() int { mu.Lock(); defer mu.Unlock(); return n })
		cancel()
		synctest.Wait()
	})
}

// pass lets time go by: enough for a change to be seen twice.
func pass() { time.Sleep(3 * time.Second); synctest.Wait() }

func TestWatch(t *testing.T) {
	watch(t, "completion.maxTokens = 10", "", func(s *sitting, calls func() int) {
		for i, step := range []struct {
			name string
			do   func()
			want int // maxTokens
			new  bool
		}{
			{"nothing happens", func() {}, 10, false},
			{"another value", func() { s.write(s.userFile(), "completion.maxTokens = 20") }, 20, true},
			{"of the same length", func() { s.write(s.userFile(), "completion.maxTokens = 30") }, 30, true},
			{"written again as it was", func() { s.write(s.userFile(), "completion.maxTokens = 30") }, 30, false},
			{"a comment", func() { s.write(s.userFile(), "completion.maxTokens = 30 # why") }, 30, false},
			{"broken", func() { s.write(s.userFile(), "completion.maxTokens = \nenabled = false") }, 30, true},
			{"mended", func() { s.write(s.userFile(), "completion.maxTokens = 40\n") }, 40, true},
			{"unknown keys beside", func() { s.write(s.userFile(), "completion.maxTokens = 40\nx = 1") }, 40, true},
			{"removed", func() { must(s.t, os.Remove(s.userFile())) }, 256, true},
			{"a project's file appears", func() { s.write(s.projectFile(), "completion.maxTokens = 50") }, 50, true},
			{"a folder in place of it", func() { must(s.t, os.Remove(s.projectFile())); must(s.t, os.Mkdir(s.projectFile(), 0o700)) }, 50, true},
			{"and gone", func() { must(s.t, os.Remove(s.projectFile())) }, 256, true},
			{"the folder is gone", func() { must(s.t, os.RemoveAll(s.folder)) }, 256, false},
		} {
			before := calls()
			step.do()
			pass()
			c := s.For(s.folder)
			if c.Completion.MaxTokens != step.want || !c.Enabled {
				t.Errorf("%d %s: maxTokens is %d, want %d; enabled %v", i, step.name, c.Completion.MaxTokens, step.want, c.Enabled)
			}
			if isNew := calls() - before; isNew != 0 && !step.new || isNew != 1 && step.new {
				t.Errorf("%d %s: %d calls, want one: %v", i, step.name, isNew, step.new)
			}
		}
		if got := s.texts(); len(got) != 0 {
			t.Errorf("warnings of the past stay: %v", got)
		}
	})
}

// Somebody writes a file slowly, in pieces of which some are good and some are
// not: nothing but the whole is ever seen.
func TestHalfWrittenFile(t *testing.T) {
	const good, next = "enabled = false\ncompletion.maxTokens = 10\n", "enabled = false\ncompletion.maxTokens = 200\n"
	watch(t, good, "", func(s *sitting, calls func() int) {
		for n := 0; n <= len(next); n++ {
			s.write(s.userFile(), next[:n])
			time.Sleep(150 * time.Millisecond)
			synctest.Wait()
			if c := s.For(""); c.Enabled || c.Completion.MaxTokens != 10 && c.Completion.MaxTokens != 200 {
				t.Errorf("after %d bytes: enabled %v, maxTokens %d", n, c.Enabled, c.Completion.MaxTokens)
			}
		}
		pass()
		if got := s.For("").Completion.MaxTokens; got != 200 {
			t.Errorf("in the end maxTokens is %d", got)
		}
		if calls() != 1 {
			t.Errorf("%d calls, want one for the whole", calls())
		}
	})
}

// What was good stays while the file is broken, and the warning says so.
func TestBrokenAfterGood(t *testing.T) {
	watch(t, "enabled = false\n", "", func(s *sitting, calls func() int) {
		s.write(s.userFile(), "enabled = true\nmodel = 'x\n")
		pass()
		if s.For("").Enabled {
			t.Error("a broken file was taken")
		}
		if got := s.texts(); len(got) != 1 || !strings.HasPrefix(got[0], "USER:2:11: model is broken: ") || !strings.HasSuffix(got[0], "what was read from it before stays") {
			t.Errorf("warnings %q", got)
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	s := sit(t, "completion.maxTokens = 10", "enabled = false")
	s.opts.Every = time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { s.Watch(ctx, func() { s.For(s.folder) }) })
	for i := range 4 {
		all.Go(func() {
			for j := range 100 {
				s.For(s.folder)
				s.Warnings()
				s.Origin(s.folder, "enabled")
				switch i {
				case 0:
					s.SetEditor(json.RawMessage(fmt.Sprintf(`{"completion.maxTokens": %d}`, 1+j)))
				case 1:
					s.SetFolderEditor(s.folder, json.RawMessage(`{"completion.menu":"never"}`))
				case 2:
					s.write(s.userFile(), fmt.Sprintf("completion.maxTokens = %d", 1+j))
				case 3:
					s.Forget(s.folder)
				}
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	cancel()
	all.Wait()
	if s.For(s.folder).Enabled {
		t.Error("the project's file was lost on the way")
	}
}

// For is called on every keystroke.
func TestForAllocatesNothing(t *testing.T) {
	s := sit(t, "", "")
	s.For(s.folder)
	if n := testing.AllocsPerRun(100, func() { s.For(s.folder) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkFor(b *testing.B) {
	l := New(Options{})
	folder := b.TempDir()
	for b.Loop() {
		l.For(folder)
	}
}

func BenchmarkNew(b *testing.B) {
	file := filepath.Join(b.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte("[completion]\nmaxTokens = 10\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	environ := os.Environ()
	for b.Loop() {
		New(Options{UserFile: file, Environ: environ})
	}
}

func BenchmarkLookAgain(b *testing.B) {
	file := filepath.Join(b.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte("[completion]\nmaxTokens = 10\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(file, old, old); err != nil {
		b.Fatal(err)
	}
	l := New(Options{UserFile: file})
	l.For(b.TempDir())
	for b.Loop() {
		l.lookAgain()
	}
}

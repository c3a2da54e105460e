package main_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

var update = flag.Bool("update", false, "rewrite the want sections of the stories with what came out")

// A story is a session told as a txtar file: its first line says what a user
// sees, its sections what is given and what must come out. testdata/stories/README.md
// lists the sections.
type story struct {
	file    string
	archive *txtar.Archive
	given   map[string]string
	args    []string // of the server
}

func TestStories(t *testing.T) { eachStory(t, "../../testdata/stories", (*story).play) }

// eachStory plays those of a folder.
func eachStory(t *testing.T, folder string, play func(*story, *testing.T)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, file := range files {
		ran++
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := story{file: file, archive: archive, given: map[string]string{}}
			for _, f := range archive.Files {
				s.given[f.Name] = string(f.Data)
			}
			play(&s, t)
		})
	}
	if ran == 0 {
		t.Fatalf("no stories under %s", folder)
	}
}

// sections are the names that are no files of the workspace.
var sections = map[string]bool{
	"settings.json": true, "editor.json": true, "answer.json": true, "env": true, "open": true, "type": true, "refuse": true,
	"model": true, "want": true, "want.reason": true, "want.trouble": true, "want.prompt": true, "want.not.prompt": true, "want.items": true,
	"want.progress": true,
}

// editorOptions is the section editor.json.
type editorOptions struct {
	Menu      bool     // an editor without inline completion
	Invoked   bool     // the user asks
	Encodings []string // position encodings that it offers
	CRLF      bool     // line breaks of all files are CRLF
	Grows     bool     // it shows suggestions while they grow
	Notebook  []string // files that are the cells of one notebook, in this order
}

func (s *story) play(t *testing.T) {
	var how editorOptions
	s.json(t, "editor.json", &how)
	workspace := t.TempDir()
	uri := func(name string) string { return "file://" + filepath.ToSlash(filepath.Join(workspace, name)) }

	var cursorFile, before string
	texts := map[string]string{}
	for _, f := range s.archive.Files {
		if sections[f.Name] {
			continue
		}
		text := string(f.Data)
		if how.CRLF {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		if head, tail, drawn := strings.Cut(text, "‸"); drawn {
			cursorFile, before, text = f.Name, head, head+tail
			if !strings.Contains(string(f.Data), "‸\n") || tail == "\n" {
				text = strings.TrimSuffix(text, "\n") // so that a file can end at the cursor
			}
		}
		texts[f.Name] = text
		if slices.Contains(how.Notebook, f.Name) {
			continue // it is a part of another file
		}
		write(t, filepath.Join(workspace, f.Name), text)
	}
	if cursorFile == "" {
		t.Fatal("no file has the cursor ‸")
	}

	api, env := s.upstream(t, how.Grows)
	var settings any
	s.json(t, "settings.json", &settings)
	e, p := startProcess(t, env, editor.Options{
		InlineCompletion: !how.Menu, Encodings: how.Encodings, Folders: []string{uri("")}, InitializationOptions: settings, NoCommands: how.Menu,
		Experimental: map[string]any{"claudeLsp": map[string]any{"inlineCompletionProgress": how.Grows}},
	}, s.args...)
	e.Initialize()
	e.Notify("$/setTrace", map[string]any{"value": "verbose"})
	for name := range strings.FieldsSeq(s.given["open"]) {
		e.Open(uri(name), syntax.IDForPath(name), texts[name])
	}
	doc := uri(cursorFile)
	if how.Notebook == nil {
		e.Open(doc, syntax.IDForPath(cursorFile), texts[cursorFile])
	} else {
		var cells []editor.Cell
		for _, name := range how.Notebook {
			c := editor.Cell{URI: "vscode-notebook-cell:" + strings.TrimPrefix(uri("book.ipynb"), "file://") + "#" + name, Language: syntax.IDForPath(name), Content: texts[name]}
			if cells = append(cells, c); name == cursorFile {
				doc = c.URI
			}
		}
		e.OpenNotebook(uri("book.ipynb"), cells...)
	}
	at := position(before, how.Encodings)
	for _, key := range strings.TrimSuffix(s.given["type"], "\n") {
		at = e.Type(doc, at, string(key))
	}

	ask := func() []editor.Item {
		if how.Menu {
			return e.Completion(doc, at, "").Items()
		}
		return e.Inline(doc, at, editor.InlineOptions{Invoked: how.Invoked}).Items()
	}
	items := ask()
	if keys, ok := s.given["refuse"]; ok {
		time.Sleep(time.Second) // the server's own clock says whether there was time to read it
		for _, key := range strings.TrimSuffix(keys, "\n") {
			at = e.Type(doc, at, string(key))
		}
		items = ask()
	}
	s.compareItems(t, items)
	s.compareProgress(t, e)
	got := e.Text(doc)
	if len(items) > 0 {
		if call := e.Accept(items[0]); call != nil {
			if _, err := call.Wait(); err != nil {
				t.Errorf("the accept command failed: %v", err)
			}
		}
		got = e.Text(doc)
	}
	s.compare(t, texts[cursorFile], got, how.CRLF)
	s.compareReason(t, e)
	s.compareTrouble(t, e)
	s.comparePrompt(t, api)
	e.Shutdown()
	p.Exit()
}

// upstream is the fake Claude, and the environment that leads to it.
func (s *story) upstream(t *testing.T, grows bool) (api *messages.API, env []string) {
	t.Helper()
	api = messages.Start(t, messages.Options{Keys: []string{"sk-story"}})
	api.Answer(func(messages.Request) messages.Answer {
		a := s.answer(t)
		if grows { // slowly enough that each line is seen
			a.PerChunk = 50 * time.Millisecond
		}
		return a
	})
	env = []string{"ANTHROPIC_BASE_URL=" + api.URL(), "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms"}
	if own, ok := s.given["env"]; ok {
		return api, append(env, strings.Fields(own)...)
	}
	return api, append(env, "ANTHROPIC_API_KEY=sk-story")
}

func (s *story) json(t *testing.T, section string, into any) {
	t.Helper()
	if text, ok := s.given[section]; ok {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatalf("%s: %v", section, err)
		}
	}
}

// answer is what the fake Claude says: the section model, one chunk a line.
func (s *story) answer(t *testing.T) messages.Answer {
	var a messages.Answer
	var more struct {
		Status           int
		Stop, How        string
		After            int
		Thinking         string
		Unknown, Newline bool // Newline keeps the line break at the end of the section
	}
	s.json(t, "answer.json", &more)
	text := s.given["model"]
	if !more.Newline {
		text = strings.TrimSuffix(text, "\n")
	}
	a.Chunks = strings.SplitAfter(text, "\n")
	a.Stop, a.Thinking, a.Unknown = more.Stop, more.Thinking, more.Unknown
	if more.Status != 0 {
		a.Fault = &messages.Fault{Status: more.Status}
	}
	switch more.How {
	case "":
	case "eof":
		a.Break = &messages.Break{How: messages.EOF, After: more.After}
	case "refuse":
		a.Break = &messages.Break{How: messages.Refuse, After: more.After}
	case "error":
		a.Break = messages.Overloaded(more.After)
	default:
		t.Fatalf("answer.json: how is %q", more.How)
	}
	return a
}

// compare holds the text after accepting against the section want; without one
// nothing may have been inserted.
func (s *story) compare(t *testing.T, before, got string, crlf bool) {
	t.Helper()
	want, ok := s.given["want"]
	if !ok {
		if got != before && !*update {
			t.Errorf("nothing was to be inserted; the text is now:\n%s", got)
		}
		return
	}
	if crlf {
		want = strings.ReplaceAll(want, "\n", "\r\n")
	}
	if strings.TrimSuffix(got, "\n") == strings.TrimSuffix(want, "\n") || crlf && strings.TrimRight(got, "\r\n") == strings.TrimRight(want, "\r\n") {
		return
	}
	if *update {
		s.rewrite(t, "want", strings.ReplaceAll(got, "\r\n", "\n"))
		return
	}
	t.Errorf("the text is\n%q\nwant\n%q", got, want)
}

func (s *story) rewrite(t *testing.T, section, text string) {
	t.Helper()
	for i := range s.archive.Files {
		if s.archive.Files[i].Name == section {
			s.archive.Files[i].Data = []byte(strings.TrimSuffix(text, "\n") + "\n")
		}
	}
	write(t, s.file, string(txtar.Format(s.archive)))
}

// compareItems holds the texts of all items, in order, against want.items.
func (s *story) compareItems(t *testing.T, items []editor.Item) {
	t.Helper()
	want, ok := s.given["want.items"]
	if !ok {
		return
	}
	var got strings.Builder
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	for _, it := range items {
		if err := enc.Encode(it.Text); err != nil {
			t.Fatal(err)
		}
	}
	if got.String() != want {
		t.Errorf("the items are\n%swant\n%s", got.String(), want)
	}
}

// compareProgress holds what the suggestion was while it grew against
// want.progress, in the form of want.items. A busy machine may see several lines
// at once, and so miss some of the steps, but no other ones.
func (s *story) compareProgress(t *testing.T, e *editor.Editor) {
	t.Helper()
	want := strings.SplitAfter(s.given["want.progress"], "\n")
	all := e.All("claude-lsp/inlineCompletionProgress")
	for _, m := range all {
		var p struct {
			Item struct{ InsertText json.RawMessage }
		}
		if err := json.Unmarshal(m.Params, &p); err != nil {
			t.Fatal(err)
		}
		i := slices.Index(want, string(p.Item.InsertText)+"\n")
		if i < 0 {
			t.Errorf("it grew to %s, which is none of what is to come\n%s", p.Item.InsertText, strings.Join(want, ""))
			return
		}
		want = want[i+1:]
	}
	if _, ok := s.given["want.progress"]; ok && len(all) == 0 {
		t.Error("it did not grow")
	}
}

func (s *story) compareReason(t *testing.T, e *editor.Editor) {
	t.Helper()
	want := strings.TrimSpace(s.given["want.reason"])
	if want == "" {
		e.Allow("$/logTrace")
		return
	}
	if m := e.Next("$/logTrace"); !strings.Contains(string(m.Params), want) {
		t.Errorf("the reason is %s, want %s", m.Params, want)
	}
	e.Allow("$/logTrace")
}

func (s *story) compareTrouble(t *testing.T, e *editor.Editor) {
	t.Helper()
	raw, err := e.Request("claude-lsp/status", nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	var st struct {
		Trouble *struct{ Kind, Message string }
	}
	if err := json.Unmarshal(raw, &st); err != nil {
		t.Fatal(err)
	}
	want, got := strings.TrimSpace(s.given["want.trouble"]), ""
	if st.Trouble != nil {
		got = st.Trouble.Kind
		e.Allow("window/showMessage")
	}
	if got != want {
		t.Errorf("the trouble is %q, want %q (%s)", got, want, raw)
	}
}

// comparePrompt looks for lines in what was sent upstream.
func (s *story) comparePrompt(t *testing.T, api *messages.API) {
	t.Helper()
	var sent bytes.Buffer
	for _, r := range api.Requests() {
		sent.Write(r.Raw)
	}
	contains := func(line string) bool {
		quoted, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(sent.Bytes(), bytes.Trim(quoted, `"`))
	}
	for line := range strings.Lines(s.given["want.prompt"]) {
		if line = strings.TrimSuffix(line, "\n"); !contains(line) {
			t.Errorf("nothing that was sent has %q", line)
		}
	}
	for line := range strings.Lines(s.given["want.not.prompt"]) {
		if line = strings.TrimSuffix(line, "\n"); contains(line) {
			t.Errorf("%q was sent", line)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

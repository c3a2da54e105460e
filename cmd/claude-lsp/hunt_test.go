package main_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/fake/planted"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A hideout is a file with secrets of its own, so that what is found somewhere
// tells where it came from.
type hideout struct {
	name    string
	secrets []planted.Secret
	finder  *planted.Finder
	open    bool // a file in which completions are asked for
	closed  bool // and none come
}

// A search looks for planted secrets in all that leaves the server.
type search struct {
	t         *testing.T
	folder    string // the workspace
	home      string
	api       *messages.API
	env       []string
	hideouts  []hideout
	secrets   []planted.Secret // of all hideouts
	answer    atomic.Pointer[string]
	logs      bytes.Buffer // what came on stderr and in messages of the log
	prints    bytes.Buffer // what the commands printed
	figures   bytes.Buffer // what Prometheus would read
	metrics   string       // where it would
	shown     int          // suggestions
	restored  int          // suggestions in which a stand-in was a secret again
	withheld  int          // answers with another document's stand-in, of which nothing was shown
	recording int
	leaks     int // that were told of: more say no more
}

// aLine is the kind of what is no secret but stands in a file that is never read.
const aLine = "line"

// standIn is a stand-in as a prompt has it.
var standIn = regexp.MustCompile(`REDACTED_SECRET_x7q_[a-z0-9_]+?_q7x`)

// Secrets of every kind that is known stand in ordinary files, in files that
// are never read and in such that git ignores. Whatever is typed beside them,
// accepted, refused, kept and printed, no byte of them leaves the server, but
// in a suggestion for the document that has it.
func TestSecretHunt(t *testing.T) {
	h := newSearch(t)
	// The first sitting reads everything, the second finds what was kept, and the
	// third has a menu in the place of ghost text.
	seen := h.sitting(editor.Options{InlineCompletion: true}, true)
	old := h.sitting(editor.Options{InlineCompletion: true}, false)
	h.sitting(editor.Options{}, false)
	h.commands()

	kinds := map[string]bool{}
	for _, s := range h.secrets {
		if s.Kind != aLine {
			kinds[s.Kind] = true
		}
	}
	if len(kinds) < 40 || h.shown < 50 || h.restored < 10 || h.withheld < 10 || seen < 40 || old < 40 {
		t.Errorf("too little was tried: %d kinds, %d suggestions shown, %d secrets restored, %d answers withheld, %d and %d stand-ins seen",
			len(kinds), h.shown, h.restored, h.withheld, seen, old)
	}
	requests, upstream := h.upstream()
	files, disk := h.disk()
	h.clean("the log", h.logs.Bytes())
	h.clean("what the commands print", h.prints.Bytes())
	h.clean("the figures", h.figures.Bytes())
	t.Logf("%d kinds, %d secrets in %d files; searched: %d requests upstream with %d KB, %d files on disk with %d KB, %d KB of logs, %d KB of output, %d KB of figures; "+
		"%d suggestions, %d secrets restored, %d answers withheld", len(kinds), len(h.secrets), len(h.hideouts),
		requests, upstream>>10, files, disk>>10, h.logs.Len()>>10, h.prints.Len()>>10, h.figures.Len()>>10, h.shown, h.restored, h.withheld)
}

func newSearch(t *testing.T) *search {
	h := &search{t: t, folder: t.TempDir(), home: t.TempDir()}
	h.api = messages.New(messages.Options{})
	up := httptest.NewServer(h.api)
	t.Cleanup(func() {
		h.api.Close()
		up.CloseClientConnections()
		up.Close()
	})
	h.api.Answer(func(q messages.Request) messages.Answer {
		text := "next(value)"
		if given := h.answer.Load(); given != nil {
			text = *given
		} else if names := standIn.FindAllString(q.Body.Prompt(), -1); len(names) > 0 {
			text = "next(" + names[len(q.Raw)%len(names)] + ")" // of this document or of another one
		}
		return messages.Answer{Text: "```\n" + text + "\n```"}
	})
	h.metrics = freeAddress(t)
	h.env = []string{
		"CLAUDE_LSP_METRICS_LISTEN=" + h.metrics,
		"ANTHROPIC_API_KEY=sk-hunt", "ANTHROPIC_BASE_URL=" + up.URL, "HOME=" + h.home, "USERPROFILE=" + h.home,
		"XDG_CONFIG_HOME=" + filepath.Join(h.home, "config"), "XDG_STATE_HOME=" + filepath.Join(h.home, "state"), "XDG_CACHE_HOME=" + filepath.Join(h.home, "cache"),
		"CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms", "CLAUDE_LSP_LOG_LEVEL=debug", "CLAUDE_LSP_LOG_FILE=" + filepath.Join(h.home, "server.log"),
	}
	for i, place := range []struct {
		name         string
		open, closed bool
	}{
		{"shop/config.go", true, false},
		{"shop/settings.py", true, false},
		{"deploy/values.yaml", true, false},
		{"data.json", true, false},
		{"shop/closed.go", false, false},
		{"tools/closed.py", false, false},
		{".env", true, true},
		{"tls/server.key", true, true},
		{"infra/terraform.tfvars", false, true},
		{"out/ignored.go", true, false}, // which the user may complete in, and no other may show
		{"private/notes.py", true, true},
	} {
		extension := strings.TrimPrefix(filepath.Ext(place.name), ".")
		secrets := planted.Secrets(uint64(100 + i))
		if extension != "yaml" { // a manifest of Kubernetes is none inside a string
			secrets = slices.DeleteFunc(secrets, func(s planted.Secret) bool { return s.Kind == "kubernetes-secret" })
		}
		if place.closed { // of such a file not even what is no secret
			line := fmt.Sprintf("a quiet line of %s", place.name)
			secrets = append(secrets, planted.Secret{Kind: aLine, Text: line, Parts: []string{line}})
		}
		write(t, filepath.Join(h.folder, filepath.FromSlash(place.name)), planted.File(extension, secrets))
		h.hideouts = append(h.hideouts, hideout{place.name, secrets, planted.NewFinder(secrets), place.open, place.closed})
		h.secrets = append(h.secrets, secrets...)
	}
	write(t, filepath.Join(h.folder, ".gitignore"), "/out/\n")
	write(t, filepath.Join(h.folder, ".claude-lsp-ignore"), "private/\n")
	write(t, filepath.Join(h.folder, "shop/price.go"), "package main\n\n// Price is what a customer pays.\nfunc Price(value string) int { return len(value0) + len(value) }\n")
	if _, err := exec.LookPath("git"); err == nil {
		if out, err := exec.Command("git", "-C", h.folder, "init", "-q").CombinedOutput(); err != nil {
			t.Fatalf("git init: %v\n%s", err, out)
		}
	}
	return h
}

// sitting is a session that goes through all open hideouts. It returns how many
// stand-ins the model was shown.
func (h *search) sitting(o editor.Options, edits bool) int {
	h.t.Helper()
	h.recording++
	before := len(h.api.Requests())
	o.Folders = []string{"file://" + filepath.ToSlash(h.folder)}
	read := h.reads()
	e, p := startProcess(h.t, h.env, o, "--record", filepath.Join(h.home, fmt.Sprintf("sitting%d.jsonl", h.recording)))
	e.Allow("$/logTrace")
	e.Initialize()
	e.Notify("$/setTrace", map[string]any{"value": "verbose"})
	for deadline := time.Now().Add(30 * time.Second); h.reads() == read; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatal("the workspace was not read")
		}
	}
	for _, place := range h.hideouts {
		if place.open {
			text, err := os.ReadFile(filepath.Join(h.folder, filepath.FromSlash(place.name)))
			if err != nil {
				h.t.Fatal(err)
			}
			e.Open(h.uri(place.name), syntax.IDForPath(place.name), string(text))
		}
	}
	h.answer.Store(nil)
	for _, place := range h.hideouts {
		if place.open {
			h.walk(e, o, place, edits)
		}
	}
	var names []string
	for _, q := range h.api.Requests()[before:] {
		for _, name := range standIn.FindAllString(q.Body.Prompt(), -1) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	h.offer(e, o, names)
	h.disk() // the store while it is open
	h.figures.WriteString(scrape(h.t, h.metrics, "claude_lsp_"))
	e.Shutdown()
	e.Close()
	if code := p.Exit(); code != 0 {
		h.t.Errorf("exit code %d", code)
	}
	h.logs.Write(p.Stderr.Bytes())
	for _, method := range []string{"window/logMessage", "$/logTrace", "$/progress", "claude-lsp/status"} {
		for _, m := range e.All(method) {
			h.logs.Write(m.Params)
		}
	}
	return len(names)
}

func (h *search) uri(name string) string {
	return "file://" + filepath.ToSlash(filepath.Join(h.folder, filepath.FromSlash(name)))
}

// reads is how often a workspace was read, by the log.
func (h *search) reads() int {
	log, _ := os.ReadFile(filepath.Join(h.home, "server.log")) // there is none at first
	return bytes.Count(log, []byte("the workspace was read"))
}

// walk asks behind every few lines of a file and inside them, pastes a secret,
// and refuses what is offered.
func (h *search) walk(e *editor.Editor, o editor.Options, place hideout, edits bool) {
	uri := h.uri(place.name)
	for n, line := range strings.Split(e.Text(uri), "\n") {
		if n%15 == h.recording {
			h.ask(e, o, place, editor.Position{Line: n, Character: len(line)})
			h.ask(e, o, place, editor.Position{Line: n, Character: len(line) * 2 / 3})
		}
	}
	if !edits {
		return
	}
	for i, s := range place.secrets {
		if i%16 != 0 || strings.Contains(s.Text, "\n") {
			continue
		}
		end := position(e.Text(uri), nil)
		e.Change(uri, editor.Insert(end, "\ntoken := \""+strings.ReplaceAll(s.Text, `"`, `\"`)+"\"\nuse(")) // as if pasted
		at := position(e.Text(uri), nil)
		h.ask(e, o, place, at)
		at = e.Type(uri, at, "other") // which refuses it
		h.ask(e, o, place, at)
	}
}

// offer has the model answer with stand-ins of all documents in each of them.
func (h *search) offer(e *editor.Editor, o editor.Options, names []string) {
	for i, name := range names {
		if i%30 != h.recording {
			continue
		}
		answer := "give(\"" + name + "\")"
		h.answer.Store(&answer)
		for _, place := range h.hideouts {
			if place.open {
				uri := h.uri(place.name)
				e.Change(uri, editor.Insert(position(e.Text(uri), nil), fmt.Sprintf("\nplace%d := ", i)))
				if h.ask(e, o, place, position(e.Text(uri), nil)) == 0 && !place.closed {
					h.withheld++
				}
			}
		}
		if i%120 == h.recording {
			h.refuse(e, o)
		}
	}
	h.answer.Store(nil)
}

// refuse waits until what is offered in any document counts as read, types
// something else there, and asks again, so that the model is told of the refusal.
func (h *search) refuse(e *editor.Editor, o editor.Options) {
	time.Sleep(time.Second)
	for _, place := range h.hideouts {
		if place.open {
			uri := h.uri(place.name)
			h.ask(e, o, place, e.Type(uri, position(e.Text(uri), nil), "x"))
		}
	}
}

// ask asks for suggestions at a place, looks into them, and returns how many
// there are.
func (h *search) ask(e *editor.Editor, o editor.Options, place hideout, at editor.Position) int {
	h.t.Helper()
	var items []editor.Item
	if o.InlineCompletion {
		items = e.Inline(h.uri(place.name), at, editor.InlineOptions{Invoked: true}).Items()
	} else {
		items = e.Completion(h.uri(place.name), at, "").Items()
	}
	for _, item := range items {
		h.shown++
		if standIn.MatchString(item.Text) {
			h.t.Errorf("%s: a stand-in is shown: %s", place.name, item.Text)
		}
		if _, _, own := planted.Leak(item.Text, place.secrets); own {
			h.restored++
		}
		for _, other := range h.hideouts {
			if other.name == place.name {
				continue
			}
			if kind, part, found := planted.Leak(item.Text, other.secrets); found {
				h.t.Errorf("%q of a %s of %s is suggested in %s", part, kind, other.name, place.name)
			}
		}
	}
	return len(items)
}

// commands prints all that the commands tell.
func (h *search) commands() {
	h.t.Helper()
	list := [][]string{{"why", "--json", "--all", "-n", "1000"}, {"why"}, {"stats"}, {"stats", "--json"}, {"doctor", "--offline"}}
	for _, place := range h.hideouts {
		at := filepath.Join(h.folder, filepath.FromSlash(place.name)) + ":12:3"
		list = append(list, []string{"context", at, "--json", "--full"}, []string{"context", at, "--full"}, []string{"complete", at, "--json"})
	}
	answer := "plain"
	h.answer.Store(&answer)
	for _, args := range list {
		cmd := command(h.t, h.env, args...)
		cmd.Dir = h.folder
		out, err := cmd.CombinedOutput()
		if args[0] == "complete" {
			// It shows the lines round the place, as the terminal's owner has them.
			out = nil
		} else if err != nil && len(out) == 0 {
			h.t.Errorf("%v: %v", args, err)
		}
		h.prints.Write(out)
	}
}

// clean searches data.
func (h *search) clean(where string, data []byte) {
	h.t.Helper()
	for _, place := range h.hideouts {
		if kind, at, found := place.finder.Find(data); found && h.leaks < 20 {
			h.leaks++
			h.t.Errorf("a %s of %s is in %s: %q", kind, place.name, where, data[max(0, at-100):min(len(data), at+60)])
		}
	}
}

// upstream searches every request that was sent.
func (h *search) upstream() (requests, size int) {
	for _, q := range h.api.Requests() {
		requests++
		size += len(q.Raw)
		left := !q.Cancelled.IsZero() || q.Refused != nil && strings.Contains(q.Refused.Message, "could not be read") // the server ended meanwhile
		if q.Refused != nil && !left {
			h.t.Errorf("the Messages API refused %s: %v", q.Path, q.Refused)
		}
		h.clean("a request's body", q.Raw)
		h.clean("a request's prompt", []byte(q.Body.Prompt())) // without JSON's escapes
		h.clean("a request's head", fmt.Append(nil, q.Path, q.Query, q.Header))
	}
	return requests, size
}

// disk searches every file that the server has written: the store with its
// log, the recordings, its own log.
func (h *search) disk() (files, size int) {
	stored := false
	err := filepath.WalkDir(h.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		files++
		size += len(data)
		stored = stored || bytes.HasPrefix(data, []byte("SQLite format 3"))
		h.clean(filepath.Base(path), data)
		return err
	})
	if err != nil || !stored {
		h.t.Errorf("%d files were searched, the store among them: %v, %v", files, stored, err)
	}
	return files, size
}

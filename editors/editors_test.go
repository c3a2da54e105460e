package editors

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// built is the folder with the server.
var built string

func TestMain(m *testing.M) {
	if isTap() {
		os.Exit(tap())
	}
	if isOther() {
		os.Exit(other())
	}
	os.Exit(func() int {
		var err error
		if built, err = build(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(built)
		return m.Run()
	}())
}

// build builds the server. It also looks at every source: go test remembers
// which files a test has looked at, and runs it again when they change; what
// the compiler reads it cannot know.
func build() (string, error) {
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "claude-lsp-editors-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-ldflags", "-s -w", "-o", dir, "../cmd/claude-lsp").CombinedOutput() // stripped, as it is released
	if err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("building the server: %w\n%s", err, out)
	}
	return dir, nil
}

// fetched says which target of the Makefile fetches a program, other than
// editors. It fetches into the folder of its name.
var fetched = map[string]string{"emacs": "editor-emacs", "kak": "editor-kakoune"}

// program returns the path of a fetched program, or ends the test with the
// reason why there is none.
func program(t *testing.T, name string) string {
	t.Helper()
	target := fetched[name]
	if target == "" {
		target = "editors"
	}
	return programOf(t, target, name)
}

// programOf does so for a program that a target of the Makefile other than
// editors fetches, into the folder of its name.
func programOf(t *testing.T, target, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", ".cache", target, "bin", name))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("no %s, which `make %s` fetches: %v", name, target, err)
	}
	t.Skipf("no %s here: run `make %s`, which needs Debian's apt-get and a network (%v)", name, target, err)
	return ""
}

// slow marks a test of an editor that takes minutes to fetch: `make test` leaves
// it out, `make test-editors` has it.
func slow(t *testing.T) {
	t.Helper()
	if os.Getenv("EDITORS") != "all" {
		t.Skip("a part of `make test-editors`, which sets EDITORS=all")
	}
}

// A world is all that one scenario can see: folders of its own, an API of its
// own and nothing of the person who runs the tests.
type world struct {
	t   *testing.T
	dir string // holds home, the project and the logs
	api *messages.API
	env []string
}

// The key that every world has, unless it is taken away.
const key = "sk-ant-api03-only-for-tests"

// tempDir is t.TempDir for processes that we did not start ourselves: the server
// is the editor's child, and may still write down what was spent when the editor
// is gone.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "claude-lsp-editors") //nolint:usetesting // t.TempDir gives up at the first file that comes late
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			err := os.RemoveAll(dir)
			if err == nil {
				return
			}
			if time.Now().After(end) {
				t.Errorf("the world could not be removed: %v", err)
				return
			}
		}
	})
	return dir
}

// newWorld makes one, beside those of other tests: they wait most of their time,
// so that there may be more of them than there are cores. The fake API answers with author.
func newWorld(t *testing.T, author func(before, after string) messages.Answer) *world {
	t.Helper()
	t.Parallel()
	return makeWorld(t, author)
}

// makeWorld makes one for a test that has said itself that it may run beside others.
func makeWorld(t *testing.T, author func(before, after string) messages.Answer) *world {
	t.Helper()
	w := &world{t: t, dir: tempDir(t), api: messages.Start(t, messages.Options{})}
	w.api.Answer(func(r messages.Request) messages.Answer { return author(aroundCursor(r)) })
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, "ANTHROPIC_") && !strings.HasPrefix(name, "CLAUDE_LSP_") && !strings.HasPrefix(name, "XDG_") &&
			!strings.HasPrefix(name, "TMUX") && !strings.HasPrefix(name, "LC_") {
			w.env = append(w.env, v)
		}
	}
	w.set("PATH", w.server()+string(os.PathListSeparator)+os.Getenv("PATH"))
	w.set(wireLog, filepath.Join(w.dir, "wire.log"))
	w.set(realServer, filepath.Join(built, "claude-lsp"))
	w.set("HOME", w.folder("home"))
	for _, name := range []string{"CONFIG", "CACHE", "DATA", "STATE", "RUNTIME"} {
		suffix := "_HOME"
		if name == "RUNTIME" {
			suffix = "_DIR"
		}
		w.set("XDG_"+name+suffix, w.folder("home", strings.ToLower(name)))
	}
	w.set("LANG", "C.UTF-8")
	w.set("ANTHROPIC_BASE_URL", w.api.URL())
	w.set("ANTHROPIC_API_KEY", key)
	w.set("CLAUDE_LSP_LOG_LEVEL", "debug")
	w.set("CLAUDE_LSP_LOG_FILE", filepath.Join(w.dir, "server.log"))
	if out, err := exec.CommandContext(t.Context(), "git", "init", "--quiet", w.folder("project")).CombinedOutput(); err != nil {
		t.Fatalf("making the project: %v: %s", err, out)
	}
	t.Cleanup(func() {
		w.allowed()
		if !t.Failed() {
			return
		}
		w.log("server.log")
		for _, r := range w.api.Requests() {
			before, after := aroundCursor(r)
			t.Logf("asked: %q ‸ %q", before, after)
		}
	})
	return w
}

// server is a folder that stands first in the editors' PATH, so that the
// configuration a user copies works as it is. What it holds under the server's
// name is the tap.
func (w *world) server() string {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	dir := w.folder("bin")
	if err := os.Symlink(self, filepath.Join(dir, "claude-lsp")); err != nil {
		w.t.Fatal(err)
	}
	return dir
}

// set gives the editors an environment variable; "" takes it away.
func (w *world) set(name, value string) {
	if value == "" {
		w.env = append(w.env, name+"=") // the last one counts, and empty means unset to the server
		return
	}
	w.env = append(w.env, name+"="+value)
}

// folder makes one in the world.
func (w *world) folder(parts ...string) string {
	w.t.Helper()
	dir := filepath.Join(append([]string{w.dir}, parts...)...)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.t.Fatal(err)
	}
	return dir
}

// write puts a file into the project and returns its path.
func (w *world) write(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.folder("project"), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// holds asserts the bytes of a file.
func (w *world) holds(path, want string) {
	w.t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		w.t.Errorf("%s holds %q, %v; want %q", filepath.Base(path), got, err, want)
	}
}

// eventuallyHolds waits until a file has a text somewhere.
func (w *world) eventuallyHolds(path, part string) {
	w.t.Helper()
	text := func() string { b, _ := os.ReadFile(path); return string(b) }
	eventually(w.t, fmt.Sprintf("%q in %s", part, filepath.Base(path)), text, func() bool { return strings.Contains(text(), part) })
}

// asked waits until the API has had n requests for an answer.
func (w *world) asked(n int) {
	w.t.Helper()
	eventually(w.t, fmt.Sprintf("request %d at the API", n), func() string {
		return fmt.Sprintf("%d requests", w.requests())
	}, func() bool { return w.requests() >= n })
}

// allSaid reports whether the API has ended every answer.
func (w *world) allSaid() bool {
	return !slices.ContainsFunc(w.api.Requests(), func(r messages.Request) bool { return r.Ended.IsZero() })
}

// requests counts the requests that were for an answer and not to fill the
// prompt cache.
func (w *world) requests() int {
	n := 0
	for _, r := range w.api.Requests() {
		if r.Body.MaxTokens > 0 {
			n++
		}
	}
	return n
}

// log adds the end of a log file to the test's output.
func (w *world) log(parts ...string) {
	path := filepath.Join(append([]string{w.dir}, parts...)...)
	text, err := os.ReadFile(path)
	if err != nil {
		return
	}
	const most = 6000
	w.t.Logf("the end of %s:\n%s", filepath.Base(path), text[max(0, len(text)-most):])
}

// patience is how long a scenario waits for anything: no measure of speed, but
// of when to give up on a loaded machine.
const patience = 20 * time.Second

// eventually waits until a condition holds. seen describes what there is
// instead, for the failure.
func eventually(t *testing.T, what string, seen func() string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for %s; there is:\n%s", patience, what, seen())
		}
	}
}

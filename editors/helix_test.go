package editors

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// A helix is a running Helix with a file open. Its languages are the snippet
// that `claude-lsp doctor` prints, without the server of the language itself.
type helix struct {
	*terminal
	w    *world
	file string
}

// startHelix opens a file of the world's project in Helix.
func startHelix(t *testing.T, w *world, file string) *helix {
	t.Helper()
	hx := program(t, "hx")
	snippet, err := os.ReadFile("../cmd/claude-lsp/snippets/helix.toml")
	if err != nil {
		t.Fatal(err)
	}
	languages := strings.Replace(string(snippet), `"gopls", `, "", 1)
	if languages == string(snippet) {
		t.Fatal("the snippet for Helix no longer names gopls; adapt this test")
	}
	// Helix's own pauses are long enough to see; a shorter one is a setting of
	// Helix, not another behaviour.
	for name, text := range map[string]string{"languages.toml": languages, "config.toml": "[editor]\nidle-timeout = 50\ncompletion-timeout = 5\n"} {
		if err := os.WriteFile(filepath.Join(w.folder("home", "config", "helix"), name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := &helix{terminal: startTerminal(t, 100, 30, filepath.Dir(file), w.env, hx, "-v", file), w: w, file: file}
	t.Cleanup(func() {
		if t.Failed() {
			w.log("home", "cache", "helix", "helix.log")
		}
	})
	h.sees(filepath.Base(file))
	eventually(t, "the document to be opened at the server", h.screen, func() bool {
		log, err := os.ReadFile(filepath.Join(w.dir, "home", "cache", "helix", "helix.log"))
		return err == nil && strings.Contains(string(log), `"textDocument/didOpen"`) // what -v is for
	})
	return h
}

// inserts goes to the end of a line and into insert mode.
func (h *helix) inserts(line string) {
	h.t.Helper()
	h.keys(line, "G", "A")
	h.sees("INS")
}

// accepts chooses the first entry of the menu and takes it.
func (h *helix) accepts() {
	h.t.Helper()
	h.keys("Tab")
	time.Sleep(100 * time.Millisecond) // the entry is marked by colours alone
	h.keys("Enter")
}

// saves writes the file, leaves, and asserts what stands on the disk then.
func (h *helix) saves(want string) {
	h.t.Helper()
	h.keys("Escape")
	h.sees("NOR")
	h.w.answered()
	h.types(":wq")
	h.keys("Enter")
	h.ended()
	h.w.holds(h.file, want)
}

func TestHelixTypeSeeAccept(t *testing.T) {
	w := newWorld(t, writes("package sums\n\nfunc Add(a, b int) int {\n\treturn a + b¦"))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("retu")
	h.sees("return a + b")
	h.accepts()
	h.saves("package sums\n\nfunc Add(a, b int) int {\n\treturn a + b\n}\n")
}

// The menu shows one line; the whole suggestion stands beside it.
func TestHelixSeveralLines(t *testing.T) {
	w := newWorld(t, writes("package sums\n\nfunc Sum(list []int) int {\n\tsum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum¦"))
	h := startHelix(t, w, w.write("sums.go", "package sums\n\nfunc Sum(list []int) int {\n\tsum := 0\n\t\n}\n"))
	h.inserts("5")
	h.types("for")
	h.sees("for _, n := range list {")
	h.keys("Tab")
	h.sees("return sum") // in the preview or, chosen, in the text
	time.Sleep(100 * time.Millisecond)
	h.keys("Enter")
	h.saves("package sums\n\nfunc Sum(list []int) int {\n\tsum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum\n}\n")
}

// Helix takes no request back; the server has to see that the person went on.
func TestHelixTypesOnWhileASlowAnswerIsUnderWay(t *testing.T) {
	w := newWorld(t, func(before, after string) messages.Answer {
		if strings.HasSuffix(before, "\tre") {
			slow := fenced("STALE answer")
			slow.FirstByte = 1500 * time.Millisecond
			return slow
		}
		return writes("package sums\n\nfunc Add(a, b int) int {\n\tresult := a + b¦")(before, after)
	})
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("re")
	w.asked(1)
	asked := time.Now()
	h.types("sul")
	h.sees("result := a + b")
	for time.Since(asked) < 2*time.Second {
		if screen := h.screen(); strings.Contains(screen, "STALE") {
			t.Fatalf("a stale answer is on the screen:\n%s", screen)
		}
		time.Sleep(20 * time.Millisecond)
	}
	h.accepts()
	h.saves("package sums\n\nfunc Add(a, b int) int {\n\tresult := a + b\n}\n")
}

func TestHelixRejects(t *testing.T) {
	w := newWorld(t, writes("package sums\n\nfunc Add(a, b int) int {\n\treturn a + b¦"))
	h := startHelix(t, w, w.write("sums.go", adding))
	h.inserts("4")
	h.types("retu")
	h.sees("return a + b")
	h.keys("Escape")
	h.seesNo("return a + b")
	h.saves("package sums\n\nfunc Add(a, b int) int {\n\tretu\n}\n")
}

func TestHelixWideCharacters(t *testing.T) {
	for _, tt := range []struct{ name, before, after string }{
		{"two bytes", `	name := "é" + `, ` + "ö"`},
		{"two UTF-16 units", `	name := "😀" + `, ` + "👍"`},
		{"two columns", `	name := "日本語" + `, ` + "東京"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, writes("package names\n\nfunc f() {\n"+tt.before+"first"+tt.after+"¦"))
			h := startHelix(t, w, w.write("names.go", "package names\n\nfunc f() {\n"+tt.before+"\n}\n"))
			h.inserts("4")
			h.types("fir")
			h.sees("first" + tt.after)
			h.accepts()
			h.saves("package names\n\nfunc f() {\n" + tt.before + "first" + tt.after + "\n}\n")
		})
	}
}

func TestHelixCRLF(t *testing.T) {
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	w := newWorld(t, writes("package sums\n\nfunc Sum(list []int) int {\n\tsum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum¦"))
	h := startHelix(t, w, w.write("sums.go", crlf("package sums\n\nfunc Sum(list []int) int {\n\tsum := 0\n\t\n}\n")))
	h.inserts("5")
	h.types("for")
	h.sees("for _, n := range list {")
	h.accepts()
	h.saves(crlf("package sums\n\nfunc Sum(list []int) int {\n\tsum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum\n}\n"))
}

// Without a key the embedded model answers from the project's own text.
func TestHelixWithoutAKey(t *testing.T) {
	w := newWorld(t, writes("nothing, because nobody asks¦"))
	w.set("ANTHROPIC_API_KEY", "")
	w.set("ANTHROPIC_BASE_URL", "")
	w.write("other.go", strings.Repeat("\tif err != nil {\n\t\treturn fmt.Errorf(\"reading the settings: %w\", err)\n\t}\n", 4))
	h := startHelix(t, w, w.write("settings.go", "package settings\n\nfunc read() error {\n\tif err != nil {\n\t\treturn fmt.\n\t}\n}\n"))
	h.inserts("5")
	h.types("Err")
	h.sees("reading the settings")
	h.accepts()
	h.saves("package settings\n\nfunc read() error {\n\tif err != nil {\n\t\treturn fmt.Errorf(\"reading the settings: %w\", err)\n\t}\n}\n")
	if n := w.requests(); n != 0 {
		t.Errorf("%d requests went to the API without a key", n)
	}
}

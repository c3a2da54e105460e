package editors

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// adding is the file that most scenarios begin with; the cursor goes to its
// line 4.
const adding = "package sums\n\nfunc Add(a, b int) int {\n\t\n}\n"

func TestNeovimTypeSeeAccept(t *testing.T) {
	w := newWorld(t, writes("package sums\n\nfunc Add(a, b int) int {\n\treturn a + b¦"))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.types("ret")
	v.sees("urn a + b")
	if screen := v.screen(); !strings.Contains(screen, "return a + b") {
		t.Errorf("the ghost text does not stand behind what was typed:\n%s", screen)
	}
	v.accepts()
	v.saves("package sums\n\nfunc Add(a, b int) int {\n\treturn a + b\n}\n")
	v.quits()
}

func TestNeovimTypesAlongTheGhost(t *testing.T) {
	w := newWorld(t, writes("package sums\n\nfunc Add(a, b int) int {\n\treturn a + b¦"))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.types("re")
	v.sees("turn a + b")
	v.types("turn ")
	v.sees("a + b")
	v.accepts()
	v.saves("package sums\n\nfunc Add(a, b int) int {\n\treturn a + b\n}\n")
}

func TestNeovimSeveralLines(t *testing.T) {
	w := newWorld(t, writes("package sums\n\nfunc Sum(list []int) int {\n\tsum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum¦"))
	v := startNeovim(t, w, w.write("sums.go", "package sums\n\nfunc Sum(list []int) int {\n\t\n}\n"))
	v.keys("4GA")
	v.types("sum := 0")
	v.keys("<CR>")
	v.sees("for _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum")
	v.accepts()
	v.saves("package sums\n\nfunc Sum(list []int) int {\n\tsum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum\n}\n")
}

// While a slow answer is under way the person types something else. Neovim
// draws late answers where they were asked for, and accepting one would spoil
// the text; so the server must never send one.
func TestNeovimTypesOnWhileASlowAnswerIsUnderWay(t *testing.T) {
	w := newWorld(t, func(before, after string) messages.Answer {
		if strings.HasSuffix(before, "\tre") {
			slow := fenced("STALE answer")
			slow.FirstByte = 1500 * time.Millisecond
			return slow
		}
		return writes("package sums\n\nfunc Add(a, b int) int {\n\tresult := a + b¦")(before, after)
	})
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.types("re")
	w.asked(1)
	asked := time.Now()
	v.types("sult := ")
	v.sees("a + b")
	for time.Since(asked) < 2*time.Second {
		if screen := v.screen(); strings.Contains(screen, "STALE") {
			t.Fatalf("a stale answer is on the screen:\n%s", screen)
		}
		time.Sleep(20 * time.Millisecond)
	}
	v.sees("a + b")
	v.accepts()
	v.saves("package sums\n\nfunc Add(a, b int) int {\n\tresult := a + b\n}\n")
}

// What the person does not want leaves no trace.
func TestNeovimRejects(t *testing.T) {
	w := newWorld(t, writes("package sums\n\nfunc Add(a, b int) int {\n\treturn a + b¦"))
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.types("return ")
	v.sees("a + b")
	v.keys("<Esc>")
	v.sees("")
	v.saves("package sums\n\nfunc Add(a, b int) int {\n\treturn \n}\n")
}

func TestNeovimWideCharacters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, before, typed, ghost string }{
		{"two bytes", `	name := "é" + `, "fir", `st + "ö"`},
		{"two UTF-16 units", `	name := "😀" + `, "fir", `st + "👍"`},
		{"two columns", `	name := "日本語" + `, "fir", `st + "東京"`},
		{"a flag and a family", `	name := "🇫🇷👨‍👩‍👧" + `, "fir", `st`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, writes("package names\n\nfunc f() {\n"+tt.before+tt.typed+tt.ghost+"¦"))
			v := startNeovim(t, w, w.write("names.go", "package names\n\nfunc f() {\n"+tt.before+"\n}\n"))
			v.keys("4GA")
			v.types(tt.typed)
			v.sees(tt.ghost)
			v.accepts()
			v.saves("package names\n\nfunc f() {\n" + tt.before + tt.typed + tt.ghost + "\n}\n")
		})
	}
}

func TestNeovimCRLF(t *testing.T) {
	w := newWorld(t, writes("package sums\n\nfunc Sum(list []int) int {\n\tsum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum¦"))
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	v := startNeovim(t, w, w.write("sums.go", crlf("package sums\n\nfunc Sum(list []int) int {\n\t\n}\n")))
	v.keys("4GA")
	v.types("sum := 0")
	v.keys("<CR>")
	v.sees("for _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum")
	v.accepts()
	v.saves(crlf("package sums\n\nfunc Sum(list []int) int {\n\tsum := 0\n\tfor _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum\n}\n"))
}

// A key that is refused is said once, however much is typed; once the API
// takes it, suggestions come without a restart.
func TestNeovimWrongKeyThenARightOne(t *testing.T) {
	good := make(chan struct{})
	w := newWorld(t, func(before, after string) messages.Answer {
		select {
		case <-good:
			return writes("package sums\n\nfunc Add(a, b int) int {\n\treturn a + b¦")(before, after)
		default:
			return messages.Fail(http.StatusUnauthorized)
		}
	})
	v := startNeovim(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.types("re")
	w.asked(1)
	told := func() int { return strings.Count(v.text("messages"), "API key refused: run claude-lsp doctor") }
	eventually(t, "a message that says what to set", v.screen, func() bool { return told() > 0 })
	v.types("t")
	time.Sleep(500 * time.Millisecond) // Neovim asks 200 ms after a key
	v.types("u")
	time.Sleep(500 * time.Millisecond)
	if n := told(); n != 1 {
		t.Errorf("the trouble was said %d times:\n%s", n, v.text("messages"))
	}
	if v.stopped != 0 {
		t.Errorf("the message is longer than the line it is for, so Neovim stopped the person %d times", v.stopped)
	}
	if ghost := v.ghost(); ghost != "" {
		t.Errorf("a ghost text without a key: %q", ghost)
	}

	close(good)
	v.types("rn ")
	v.sees("a + b")
	v.accepts()
	v.saves("package sums\n\nfunc Add(a, b int) int {\n\treturn a + b\n}\n")
}

// Without a key the embedded model answers from the project's own text.
func TestNeovimWithoutAKey(t *testing.T) {
	w := newWorld(t, writes("nothing, because nobody asks¦"))
	w.set("ANTHROPIC_API_KEY", "")
	w.set("ANTHROPIC_BASE_URL", "")
	w.write("other.go", strings.Repeat("\tif err != nil {\n\t\treturn fmt.Errorf(\"reading the settings: %w\", err)\n\t}\n", 4))
	v := startNeovim(t, w, w.write("settings.go", "package settings\n\nfunc read() error {\n\t\n}\n"))
	v.keys("4GA")
	v.types("if err != nil {")
	v.keys("<CR>")
	v.types("return fmt.Err")
	eventually(t, "a ghost text that goes on as the project does", v.screen, func() bool {
		return strings.HasPrefix(v.ghost(), `orf("reading the settings: %w", err)`)
	})
	v.accepts()
	if got := v.buffer(); !strings.Contains(got, `return fmt.Errorf("reading the settings: %w", err)`) {
		t.Errorf("the buffer holds %q", got)
	}
	if n := w.requests(); n != 0 {
		t.Errorf("%d requests went to the API without a key", n)
	}
}

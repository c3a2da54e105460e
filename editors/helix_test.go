package editors

import (
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

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
	h.chooses()
	h.sees("return sum") // in the preview or, chosen, in the text
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
	t.Parallel()
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

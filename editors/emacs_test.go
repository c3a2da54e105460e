package editors

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

const (
	leadInC     = "int add(int a, int b)\n{\n\t"
	addingInC   = leadInC + "\n}\n"
	returnsInC  = leadInC + "return a + b;\n}\n"
	authorOfAdd = leadInC + "return a + b;¦"
)

func TestEmacsTypeAskAccept(t *testing.T) {
	w := newWorld(t, writes(authorOfAdd))
	e := startEmacs(t, w, w.write("sums.c", addingInC))
	e.goes("3")
	e.types("ret")
	e.completes()
	e.sees("return a + b;")
	e.saves(returnsInC)
	w.counted("shown 1, accepted 1, words 0, typed 0, rejected 0, undone 0, characters 10")
}

// Several lines come in one piece, with the indentation that they were given
// and none of Emacs' own. The menu has the first one.
func TestEmacsSeveralLines(t *testing.T) {
	const (
		begin = "int sum(const int *list, int n)\n{\n\tint s = 0;\n\t"
		loop  = "for (int i = 0; i < n; i++) {\n\t\tif (list[i] > 0)\n\t\t\ts += list[i];\n\t}\n\treturn s;"
	)
	w := newWorld(t, writes(begin+loop+"¦"))
	e := startEmacs(t, w, w.write("sums.c", begin+"\n}\n"), "(setq c-basic-offset 3)")
	e.goes("4")
	e.types("fo")
	e.completes()
	e.sees("return s;")
	e.saves(begin + loop + "\n}\n")
}

// Emacs offers all ways to count and the server takes the first one that it
// likes; each of them must put the text where it belongs.
func TestEmacsWideCharacters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, counts, before, after string }{
		{"two bytes", "utf-8", `	char *name = "é" `, ` "ö";`},
		{"two UTF-16 units", "utf-16", `	char *name = "😀" `, ` "👍";`},
		{"two columns", "utf-32", `	char *name = "日本語" `, ` "東京";`},
		{"a combining sign", "utf-32", "	char *name = \"e\u0301😀\" ", " \"o\u0308\";"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, writes("void f(void)\n{\n"+tt.before+"first"+tt.after+"¦"))
			only := `(advice-add 'eglot-client-capabilities :filter-return (lambda (all)
				(plist-put (plist-get all :general) :positionEncodings ["` + tt.counts + `"]) all))`
			if tt.counts == "utf-8" {
				only = "" // as Emacs comes
			}
			e := startEmacs(t, w, w.write("names.c", "void f(void)\n{\n"+tt.before+"\n}\n"), only)
			e.goes("3")
			e.types("fir")
			e.completes()
			e.sees("first ")
			offered, chosen := e.initialized()
			if chosen != tt.counts || only == "" && len(offered) != 3 {
				t.Errorf("Emacs offered %q, and the server chose %q; want %s", offered, chosen, tt.counts)
			}
			e.saves("void f(void)\n{\n" + tt.before + "first" + tt.after + "\n}\n")
		})
	}
}

// Emacs waits for no answer once a key is pressed, and tells nobody; the server
// has to see that the person went on.
func TestEmacsTypesOnWhileASlowAnswerIsUnderWay(t *testing.T) {
	w := newWorld(t, func(before, after string) messages.Answer {
		if strings.HasSuffix(before, "\tre") {
			slow := fenced("STALE answer")
			slow.FirstByte = 1500 * time.Millisecond
			return slow
		}
		return writes(leadInC+"result = a + b;¦")(before, after)
	})
	e := startEmacs(t, w, w.write("sums.c", addingInC), "(setq completion-preview-idle-delay 60)")
	e.goes("3")
	e.types("re")
	e.completes()
	w.asked(1)
	asked := time.Now()
	e.types("sul")
	e.completes()
	e.sees("result = a + b;")
	for time.Since(asked) < 2*time.Second {
		if screen := e.screen(); strings.Contains(screen, "STALE") {
			t.Fatalf("a stale answer is on the screen:\n%s", screen)
		}
		time.Sleep(20 * time.Millisecond)
	}
	e.saves(leadInC + "result = a + b;\n}\n")
	if codes := w.refusals(); !slices.Contains(codes, -32802) && !slices.Contains(codes, -32801) {
		t.Errorf("the first request ended with none of the errors that say so: %d", codes)
	}
}

// Upstream trouble is no trouble of Emacs: nothing is suggested, nothing pops
// up, and when it is over suggestions come again.
func TestEmacsTooManyRequests(t *testing.T) {
	over := make(chan struct{})
	w := newWorld(t, func(before, after string) messages.Answer {
		select {
		case <-over:
			return writes(authorOfAdd)(before, after)
		default:
			return messages.Fail(http.StatusTooManyRequests)
		}
	})
	e := startEmacs(t, w, w.write("sums.c", addingInC))
	e.goes("3")
	e.types("ret")
	e.completes()
	e.sees("No match")
	close(over)
	for end := time.Now().Add(patience); !strings.Contains(e.screen(), "return a + b;") && time.Now().Before(end); time.Sleep(time.Second) {
		e.completes()
	}
	e.saves(returnsInC)
	w.noErrors()
}

// A language can be switched off in Emacs' own way, by a variable that a
// project may set too.
func TestEmacsDisabledLanguage(t *testing.T) {
	w := newWorld(t, writes(authorOfAdd))
	e := startEmacs(t, w, w.write("sums.c", addingInC),
		`(setq-default eglot-workspace-configuration '(:claude-lsp (:languages (:c (:enabled :json-false)))))`)
	e.goes("3")
	e.types("ret")
	e.completes()
	e.sees("No match")
	e.saves(leadInC + "ret\n}\n")
	if n := w.requests(); n != 0 {
		t.Errorf("%d requests for a language that is switched off", n)
	}
}

func TestEmacsTwoBuffers(t *testing.T) {
	const other = "int mul(int a, int b)\n{\n\t"
	w := newWorld(t, func(before, after string) messages.Answer {
		if strings.Contains(before, "File being edited: mul.c") {
			return writes(other+"return a * b;¦")(before, after)
		}
		return writes(authorOfAdd)(before, after)
	})
	mul := w.write("mul.c", other+"\n}\n")
	e := startEmacs(t, w, w.write("sums.c", addingInC))
	e.goes("3")
	e.types("ret")
	e.keys("C-x", "C-f")
	e.sees("Find file")
	e.types("mul.c")
	e.keys("Enter")
	w.said("textDocument/didOpen", "mul.c", e.screen)
	e.goes("3")
	e.types("ret")
	e.completes()
	e.sees("return a * b;")
	e.keys("C-x", "C-s")
	e.sees("Wrote ")
	e.keys("C-x", "b", "Enter")
	e.sees("int add")
	e.completes()
	e.sees("return a + b;")
	e.saves(returnsInC)
	w.holds(mul, other+"return a * b;\n}\n")
}

// Emacs 30 shows what completion-at-point would put in as ghost text.
func TestEmacsGhostText(t *testing.T) {
	const whole = "if (a > b)\n\t\treturn a;\n\treturn b;"
	const begin = "int larger(int a, int b)\n{\n\t"
	w := newWorld(t, writes(begin+whole+"¦"))
	e := startEmacs(t, w, w.write("sums.c", begin+"\n}\n"))
	e.goes("3")
	e.types("if")
	e.sees("if (a > b)")
	e.keys("C-g") // it goes, and nothing of it stays
	e.seesNo("if (a > b)")
	e.types(" ")
	e.sees("if (a > b)")
	e.keys("Tab")
	e.sees("return b;")
	e.saves(begin + whole + "\n}\n")
}

func TestEmacsCRLF(t *testing.T) {
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	w := newWorld(t, writes(leadInC+"if (a > b)\n\t\treturn a;\n\treturn b;¦"))
	e := startEmacs(t, w, w.write("sums.c", crlf(addingInC)))
	e.goes("3")
	e.types("i")
	e.completes()
	e.sees("return b;")
	e.saves(crlf(leadInC + "if (a > b)\n\t\treturn a;\n\treturn b;\n}\n"))
}

func TestEmacsUndoesAnAcceptance(t *testing.T) {
	w := newWorld(t, writes(authorOfAdd))
	e := startEmacs(t, w, w.write("sums.c", addingInC))
	e.goes("3")
	e.types("ret")
	e.completes()
	e.sees("return a + b;")
	e.keys("C-_")
	e.seesNo("return a + b;")
	e.saves(leadInC + "ret\n}\n")
}

// The server ends as the protocol wants it, with its last answer given.
func TestEmacsShutsDown(t *testing.T) {
	w := newWorld(t, writes(authorOfAdd))
	e := startEmacs(t, w, w.write("sums.c", addingInC))
	e.keys("Escape", "x")
	e.sees("M-x")
	e.types("eglot-shutdown")
	e.keys("Enter")
	said := func() (all []string) {
		for _, m := range w.wire() {
			if m.Method == "shutdown" || m.Method == "exit" {
				all = append(all, m.Method)
			}
		}
		return all
	}
	eventually(t, "shutdown and exit", e.screen, func() bool { return slices.Equal(said(), []string{"shutdown", "exit"}) })
	w.answered()
	e.keys("C-x", "C-c") // nothing was changed, so it asks nothing
	e.ended()
}

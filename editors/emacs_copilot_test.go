package editors

import (
	"fmt"
	"os"
	"testing"
)

// startCopilotEl opens a file in Emacs with copilot.el, whose sources cannot be
// had from a package registry: the variable COPILOT_EL says where a checkout is.
// Without it these tests are skipped, in CI too.
func startCopilotEl(t *testing.T, w *world, file string) *emacs {
	t.Helper()
	checkout := os.Getenv("COPILOT_EL")
	if checkout == "" {
		t.Skip("COPILOT_EL names no checkout of copilot.el")
	}
	return startEmacsWith(t, w, "emacs-copilot.el", file, fmt.Sprintf("(add-to-list 'load-path %q)\n(require 'copilot)", checkout))
}

// The ghost text comes while typing, and the key of the plugin takes it.
func TestCopilotElSeeAccept(t *testing.T) {
	const begin, whole = "int larger(int a, int b)\n{\n\t", "if (a > b)\n\t\treturn a;\n\treturn b;"
	w := newWorld(t, writes(begin+whole+"¦"))
	e := startCopilotEl(t, w, w.write("sums.c", begin+"\n}\n"))
	e.goes("3")
	e.types("if")
	e.sees("if (a > b)")
	e.sees("return b;")
	e.keys("Tab")
	w.said("workspace/executeCommand", "", e.screen)
	e.saves(begin + whole + "\n}\n")
}

// A part of it is taken, and what is left stays on the screen.
func TestCopilotElAcceptsAWord(t *testing.T) {
	w := newWorld(t, writes(authorOfAdd))
	e := startCopilotEl(t, w, w.write("sums.c", addingInC))
	e.goes("3")
	e.types("ret")
	e.sees("return a + b;")
	e.evals("(copilot-accept-completion-by-word)")
	w.said("textDocument/didPartiallyAcceptCompletion", "", e.screen)
	e.evals("(copilot-clear-overlay)")
	e.seesNo("a + b;")
	e.saves(leadInC + "return\n}\n")
}

// It counts in UTF-16 whatever it writes.
func TestCopilotElWideCharacters(t *testing.T) {
	const before, after = `	char *name = "日本😀" `, ` "ö";`
	w := newWorld(t, writes("void f(void)\n{\n"+before+"first"+after+"¦"))
	e := startCopilotEl(t, w, w.write("names.c", "void f(void)\n{\n"+before+"\n}\n"))
	e.goes("3")
	e.types("fir")
	e.sees("first")
	e.keys("Tab")
	e.saves("void f(void)\n{\n" + before + "first" + after + "\n}\n")
}

// Sign-in is answered from the key.
func TestCopilotElSignsIn(t *testing.T) {
	w := newWorld(t, writes(authorOfAdd))
	e := startCopilotEl(t, w, w.write("sums.c", addingInC))
	e.keys("Escape", "x")
	e.sees("M-x")
	e.types("copilot-login")
	e.keys("Enter")
	e.sees("Already signed in as")
	e.keys("C-x", "C-c")
	e.ended()
}

// The budget of the day is the quota, by all the names that are read.
func TestCopilotElShowsTheQuota(t *testing.T) {
	w := newWorld(t, writes(authorOfAdd))
	w.set("CLAUDE_LSP_BUDGET_DAILY_USD", "5")
	e := startCopilotEl(t, w, w.write("sums.c", addingInC))
	e.goes("3")
	e.types("ret")
	e.sees("return a + b;")
	e.evals("(copilot-quota)")
	e.sees("chat: 0% remaining, completions: 100% remaining, premium: 0% rem") // the line goes on below
}

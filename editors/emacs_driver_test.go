package editors

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An emacs is a running Emacs in a terminal with a file open. Its init file is
// the snippet that `claude-lsp doctor` prints.
type emacs struct {
	*terminal
	w    *world
	file string
}

// What a test adds to the snippet: no files and no windows of Emacs' own that
// would get in its way.
const emacsForTests = `
(setq inhibit-startup-screen t make-backup-files nil auto-save-default nil create-lockfiles nil
      vc-handled-backends nil native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil initial-scratch-message nil
      confirm-kill-processes nil electric-indent-mode nil eglot-report-progress nil
      eglot-sync-connect nil eglot-events-buffer-config '(:size 0 :format short))
(setq-default indent-tabs-mode t tab-width 8 c-basic-offset 8)
`

// startEmacs opens a file of the world's project in Emacs, with more Lisp in
// its init file, and waits until the server has the document.
func startEmacs(t *testing.T, w *world, file string, lisp ...string) *emacs {
	t.Helper()
	return startEmacsWith(t, w, "emacs.el", file, lisp...)
}

// startEmacsWith does so with another snippet.
func startEmacsWith(t *testing.T, w *world, name, file string, lisp ...string) *emacs {
	t.Helper()
	slow(t)
	program := program(t, "emacs")
	snippet, err := os.ReadFile("../cmd/claude-lsp/snippets/" + name)
	if err != nil {
		t.Fatal(err)
	}
	init := string(snippet) + emacsForTests + strings.Join(lisp, "\n")
	if err := os.WriteFile(filepath.Join(w.folder("home", ".emacs.d"), "init.el"), []byte(init), 0o600); err != nil {
		t.Fatal(err)
	}
	e := &emacs{terminal: startTerminal(t, 100, 30, filepath.Dir(file), w.env, program, "-nw", file), w: w, file: file}
	w.said("textDocument/didOpen", filepath.Base(file), e.screen)
	return e
}

// goes moves the cursor to the end of a line.
func (e *emacs) goes(line string) {
	e.t.Helper()
	e.keys("M-g", "g")
	e.sees("Goto line")
	e.types(line)
	e.keys("Enter", "C-e")
	e.sees("L" + line + " ")
}

// completes asks for what belongs at the cursor, and puts it in if it is one.
func (e *emacs) completes() {
	e.t.Helper()
	e.keys("Escape", "Tab")
}

// saves writes the file, leaves Emacs, and asserts what stands on the disk then.
func (e *emacs) saves(want string) {
	e.t.Helper()
	e.w.answered()
	e.keys("C-x", "C-s")
	e.sees("Wrote ")
	e.keys("C-x", "C-c")
	e.ended()
	e.w.holds(e.file, want)
}

// evals runs Lisp in Emacs, as a person does by M-:.
func (e *emacs) evals(lisp string) {
	e.t.Helper()
	e.keys("Escape", ":")
	e.sees("Eval:")
	e.types(lisp)
	e.keys("Enter")
}

// initialized is what both sides have agreed on.
func (e *emacs) initialized() (offered []string, chosen string) {
	e.t.Helper()
	all := e.w.exchanges()
	if len(all) == 0 || all[0].request.Method != "initialize" || len(all[0].responses) != 1 {
		e.t.Fatal("the wire log does not begin with initialize")
	}
	var asked struct {
		Params struct {
			Capabilities struct {
				General struct{ PositionEncodings []string }
			}
		}
	}
	var answer struct {
		Capabilities struct{ PositionEncoding string }
	}
	if err := json.Unmarshal(all[0].request.Body, &asked); err != nil {
		e.t.Fatal(err)
	}
	if err := json.Unmarshal(all[0].responses[0].Result, &answer); err != nil {
		e.t.Fatal(err)
	}
	return asked.Params.Capabilities.General.PositionEncodings, answer.Capabilities.PositionEncoding
}

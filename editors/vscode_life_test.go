package editors

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func (v *visit) survivesTheServer(t *testing.T) {
	pid := v.server()
	if pid == 0 {
		t.Fatal("no server runs")
	}
	server, err := os.FindProcess(pid)
	if err == nil {
		err = server.Kill()
	}
	if err != nil {
		t.Fatal(err)
	}
	v.s.says(writes(lead1 + "return a + b¦"))
	eventually(t, "another server", func() string { return v.text("status") }, func() bool { n := v.server(); return n != 0 && n != pid })
	v.says("(sparkle)")
	v.begins(sumsGo)
	v.types("retu")
	v.sees("rn a + b")
	v.noPopup()
}

// server is the process id of the server inside the extension; 0: none runs.
func (v *vscode) server() int {
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range links {
		if exe, err := os.Readlink(link); err == nil && strings.HasPrefix(exe, filepath.Join(v.w.dir, "extensions")) {
			if n, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
				return n
			}
		}
	}
	return 0
}

// replaces puts a script in the place of the program that PATH finds, and
// returns what puts that back.
func (v *vscode) replaces(script string) (back func()) {
	v.t.Helper()
	link := filepath.Join(v.w.dir, "bin", "claude-lsp")
	was, err := os.Readlink(link)
	if err == nil {
		err = os.Remove(link)
	}
	if err == nil {
		err = os.WriteFile(link, []byte("#!/bin/sh\n"+script+"\n"), 0o700)
	}
	if err != nil {
		v.t.Fatal(err)
	}
	return func() {
		v.t.Helper()
		if err := os.Remove(link); err != nil {
			v.t.Fatal(err)
		}
		if err := os.Symlink(was, link); err != nil {
			v.t.Fatal(err)
		}
	}
}

// A server that ends again and again is started five times more, later each
// time. Then the person is asked.
func (v *visit) givesUp(t *testing.T) {
	starts := filepath.Join(v.w.dir, "starts")
	back := v.replaces("echo >>" + strconv.Quote(starts) + "; exit 1")
	v.palette("Restart Server")
	v.says("(sync)")
	v.popup("ends again and again")
	v.says("(error)")
	if all := v.list("popups"); len(all) != 1 {
		t.Errorf("there are %d messages: %q", len(all), all)
	}
	v.shot("asked")
	if b, _ := os.ReadFile(starts); len(b) != 6 {
		t.Errorf("it was started %d times, want once and five times more", len(b))
	}
	back()
}

// How far a large workspace was read is in the status bar meanwhile.
func (v *visit) showsProgress(t *testing.T) {
	dir := v.w.folder("project", "many")
	for i := range 4000 {
		text := fmt.Sprintf("package many\n\n// F%d is one of many.\nfunc F%d() int { return %d }\n", i, i, i)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%d.go", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	v.must("button", "Restart") // of the message
	v.says("(sparkle)")
	seen := func() string { return strings.Join(v.list("passed"), "\n") }
	eventually(t, "progress", seen, func() bool { return strings.Contains(seen(), "Reading the workspace") })
	v.noPopup()
}

// Nothing there to start: a message that says what to do.
func (v *visit) missesTheProgram(t *testing.T) {
	if err := os.Remove(filepath.Join(v.w.dir, "bin", "claude-lsp")); err != nil {
		t.Fatal(err)
	}
	v.palette("Restart Server")
	v.popup("claude-lsp was not found")
	v.says("(error)")
	if all := v.list("popups"); slices.ContainsFunc(all, func(p string) bool { return !strings.Contains(p, "was not found") }) {
		t.Errorf("there are messages beside: %q", all)
	}
}

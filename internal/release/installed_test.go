package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// start is a run of an installed program with a home of its own and no key.
func start(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	home := t.TempDir()
	cmd := exec.Command(program, args...)
	cmd.Dir = home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "LocalAppData=" + home, "APPDATA=" + home}
	return cmd
}

// pipes are a program's standard input and output as a connection.
type pipes struct {
	io.Reader
	io.WriteCloser
}

// session has a program serve a strict editor from initialize to exit: it says
// its version, answers from the document's own text, and ends with 0.
func session(t *testing.T, program, version string, args ...string) {
	t.Helper()
	cmd := start(t, program, append(args, "--stdio")...)
	cmd.Env = append(cmd.Env, "CLAUDE_LSP_COMPLETION_DEBOUNCE=0ms")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirs, err := os.Pipe() // StdoutPipe is closed by Wait while there is still something to read
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = theirs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	t.Cleanup(func() { _ = out.Close() })
	e := editor.Start(t, pipes{out, in}, editor.Options{InlineCompletion: true})
	e.Allow("window/logMessage", "claude-lsp/status", "$/progress", "window/workDoneProgress/create", "workspace/configuration")
	raw, rerr := e.Request("initialize", map[string]any{"capabilities": map[string]any{}}).Wait()
	if rerr != nil {
		t.Fatal(rerr)
	}
	var result struct {
		ServerInfo struct{ Name, Version string }
	}
	if err := json.Unmarshal(raw, &result); err != nil || result.ServerInfo.Name != "claude-lsp" || result.ServerInfo.Version != version {
		t.Errorf("it says it is %+v, %v, want version %s", result.ServerInfo, err, version)
	}
	e.Initialized(raw)
	uri := "file://" + filepath.ToSlash(cmd.Dir) + "/a.go"
	text := "package a\n\nfunc first(name string) error {\n\treturn registry.Lookup(name)\n}\n\nfunc second(name string) error {\n\treturn registry.\n}\n"
	e.Open(uri, "go", text)
	if items := e.Inline(uri, editor.Position{Line: 7, Character: 17}, editor.InlineOptions{Invoked: true}).Items(); len(items) == 0 {
		t.Error("it suggests nothing, where the document itself has the line")
	}
	e.Shutdown()
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// binary is the server as it is shipped, built once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "claude-lsp-binary")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "claude-lsp")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	cmd := exec.Command("go", "build", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// command is a run of the binary with a home of its own and nothing else of
// the environment.
func command(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.Command(path, args...)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
		"XDG_CONFIG_HOME=" + filepath.Join(home, "config"), "XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_CACHE_HOME=" + filepath.Join(home, "cache"),
	}, env...)
	return cmd
}

// process is a running server as a connection.
type process struct {
	io.Reader
	io.WriteCloser
	cmd    *exec.Cmd
	stderr *bytes.Buffer
	exit   func() int
}

// startServer runs the server and connects a strict editor with it.
func startServer(t testing.TB, env []string, o editor.Options) *editor.Editor {
	t.Helper()
	e, _ := startProcess(t, env, o)
	return e
}

func startProcess(t testing.TB, env []string, o editor.Options, args ...string) (*editor.Editor, *process) {
	t.Helper()
	p := &process{cmd: command(t, env, append([]string{"--stdio"}, args...)...), stderr: &bytes.Buffer{}}
	p.cmd.Stderr = p.stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	// Not StdoutPipe, which Wait closes while there is still something to read.
	out, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout = theirs
	p.Reader, p.WriteCloser = out, in
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	p.exit = sync.OnceValue(func() int {
		kill := time.AfterFunc(20*time.Second, func() { _ = p.cmd.Process.Kill() })
		defer kill.Stop()
		var bad *exec.ExitError
		if err := p.cmd.Wait(); errors.As(err, &bad) {
			return bad.ExitCode()
		}
		return 0
	})
	t.Cleanup(func() {
		_ = in.Close()
		code := p.exit()
		_ = out.Close()
		if text := p.stderr.String(); strings.Contains(text, "panic") || t.Failed() {
			t.Logf("exit code %d, log:\n%s", code, text)
		}
		if strings.Contains(p.stderr.String(), "panic") {
			t.Error("the server panicked")
		}
	})
	e := editor.Start(t, p, o)
	e.Allow("window/logMessage", "claude-lsp/status", "$/progress", "window/workDoneProgress/create", "workspace/configuration")
	return e, p
}

// position is the place behind a text, in the encoding that the server will
// choose of those offered.
func position(before string, offered []string) editor.Position {
	line := strings.Count(before, "\n")
	last := before[strings.LastIndex(before, "\n")+1:]
	utf8, utf32 := false, false
	for _, o := range offered {
		utf8, utf32 = utf8 || o == "utf-8", utf32 || o == "utf-32"
	}
	switch {
	case utf8:
		return editor.Position{Line: line, Character: len(last)}
	case utf32 && offered[0] == "utf-32":
		return editor.Position{Line: line, Character: len([]rune(last))}
	default:
		return editor.Position{Line: line, Character: len(utf16.Encode([]rune(last)))}
	}
}

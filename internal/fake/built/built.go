// Package built runs the server as it is shipped: compiled once for all tests
// of a package, in a process and with a home of its own, at the other end of a
// strict editor.
package built

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// binary is the path of the server.
var binary = sync.OnceValues(func() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	if err := look(root); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "claude-lsp-binary")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "claude-lsp")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	cmd := exec.Command("go", "build", "-o", path, "./cmd/claude-lsp")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// Root is the folder of the module that the test belongs to.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", errors.New("no go.mod here or above")
		}
		dir = above
	}
}

// look reads the folders of the sources. go test remembers what a test has
// read and runs it again when that changes; of what the go command reads to
// build the server it knows nothing.
func look(root string) error {
	for _, room := range []string{"cmd", "lsp", "completion", "context", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, room), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "testdata" {
				return fs.SkipDir
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Main runs the tests of a package and removes the server that they have had
// built. TestMain calls it.
func Main(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// Binary returns the path of the server.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Command is a run of the server with a home of its own and nothing of this
// process's environment but env.
func Command(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	home := t.TempDir()
	cmd := exec.CommandContext(context.Background(), Binary(t), args...) // it ends as the test lets it end
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
		"XDG_CONFIG_HOME=" + filepath.Join(home, "config"), "XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_CACHE_HOME=" + filepath.Join(home, "cache"),
	}, env...)
	return cmd
}

// A Process is a running server as a connection.
type Process struct {
	io.Reader
	io.WriteCloser
	Cmd    *exec.Cmd
	Stderr *bytes.Buffer // complete once Exit has returned
	Exit   func() int    // waits for the end and returns the exit code; kills what does not end in 20 s
}

// Start runs `claude-lsp --stdio` and connects a strict editor with it. The
// test fails when the server panics.
func Start(t testing.TB, env []string, o editor.Options, args ...string) (*editor.Editor, *Process) {
	t.Helper()
	p := &Process{Cmd: Command(t, env, append([]string{"--stdio"}, args...)...), Stderr: &bytes.Buffer{}}
	p.Cmd.Stderr = p.Stderr
	in, err := p.Cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	// Not StdoutPipe, which Wait closes while there is still something to read.
	out, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Cmd.Stdout = theirs
	p.Reader, p.WriteCloser = out, in
	if err := p.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	p.Exit = sync.OnceValue(func() int {
		kill := time.AfterFunc(20*time.Second, func() { _ = p.Cmd.Process.Kill() })
		defer kill.Stop()
		var bad *exec.ExitError
		if err := p.Cmd.Wait(); errors.As(err, &bad) {
			return bad.ExitCode()
		}
		return 0
	})
	t.Cleanup(func() {
		_ = in.Close()
		code := p.Exit()
		_ = out.Close()
		if text := p.Stderr.String(); strings.Contains(text, "panic") || t.Failed() {
			t.Logf("exit code %d, log:\n%s", code, text)
		}
		if strings.Contains(p.Stderr.String(), "panic") {
			t.Errorf("the server panicked")
		}
	})
	e := editor.Start(t, p, o)
	e.Allow("window/logMessage", "claude-lsp/status", "$/progress", "window/workDoneProgress/create", "workspace/configuration")
	return e, p
}

package editors

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A terminal is a real one without a window: a pane of a tmux server of its
// own.
type terminal struct {
	t      *testing.T
	tmux   string
	socket string
	env    []string
}

// startTerminal runs a program in a terminal of the size given, in dir and
// with env, until the test ends.
func startTerminal(t *testing.T, columns, rows int, dir string, env []string, command ...string) *terminal {
	t.Helper()
	e := &terminal{t: t, tmux: program(t, "tmux"), socket: filepath.Join(shortFolder(t), "tmux"), env: env}
	e.run(append([]string{
		"-f", "/dev/null",
		"set-option", "-g", "default-terminal", "tmux-256color", ";",
		"set-option", "-g", "escape-time", "10", ";", // else Escape and a key soon after are one
		"set-option", "-g", "status", "off", ";",
		"new-session", "-d", "-x", fmt.Sprint(columns), "-y", fmt.Sprint(rows), "-c", dir, "--",
	}, command...)...)
	t.Cleanup(func() {
		_ = exec.Command(e.tmux, "-S", e.socket, "kill-server").Run() // it may have ended with its program
	})
	return e
}

// shortFolder makes a folder for sockets: their paths may have about 100
// bytes, and those of t.TempDir hold the test's name.
func shortFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ed") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// run runs a command of tmux and returns what it prints.
func (e *terminal) run(args ...string) string {
	e.t.Helper()
	c := exec.CommandContext(e.t.Context(), e.tmux, append([]string{"-S", e.socket}, args...)...)
	c.Env = e.env
	out, err := c.CombinedOutput()
	if err != nil {
		e.t.Fatalf("tmux %s: %v: %s", args[0], err, out)
	}
	return string(out)
}

// screen is what stands on the screen, without the blanks at the ends of the
// lines.
func (e *terminal) screen() string {
	e.t.Helper()
	var lines []string
	for l := range strings.Lines(e.run("capture-pane", "-p")) {
		lines = append(lines, strings.TrimRight(l, " \n"))
	}
	return strings.Join(lines, "\n")
}

// keys presses keys in tmux's notation, such as Escape.
func (e *terminal) keys(keys ...string) {
	e.t.Helper()
	e.run(append([]string{"send-keys"}, keys...)...)
}

// types does so as a quick person does, one key after the other.
func (e *terminal) types(text string) {
	e.t.Helper()
	for _, r := range text {
		e.run("send-keys", "-l", "--", strings.ReplaceAll(string(r), ";", `\;`))
		time.Sleep(30 * time.Millisecond)
	}
}

// pastes does so as a terminal does, all at once and marked as pasted.
func (e *terminal) pastes(text string) {
	e.t.Helper()
	e.run("set-buffer", "--", text)
	e.run("paste-buffer", "-p", "-r")
}

// sees waits until the screen shows a text.
func (e *terminal) sees(want string) {
	e.t.Helper()
	eventually(e.t, fmt.Sprintf("%q on the screen", want), e.screen, func() bool { return strings.Contains(e.screen(), want) })
}

// seesNo waits until a text is gone.
func (e *terminal) seesNo(unwanted string) {
	e.t.Helper()
	eventually(e.t, fmt.Sprintf("%q to leave the screen", unwanted), e.screen, func() bool { return !strings.Contains(e.screen(), unwanted) })
}

// ended waits until the program has ended, which ends its tmux as well.
func (e *terminal) ended() {
	e.t.Helper()
	alive := func() bool { return exec.Command(e.tmux, "-S", e.socket, "has-session").Run() == nil }
	eventually(e.t, "the program to end", func() string {
		if alive() {
			return e.screen()
		}
		return ""
	}, func() bool { return !alive() })
}

package editors

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A neovim is a running Neovim with a file open, as a person has it in front
// of them. Its configuration is the snippet that `claude-lsp doctor` prints.
type neovim struct {
	t    *testing.T
	w    *world
	in   io.WriteCloser
	out  *bufio.Scanner
	kill func()
	file string

	stopped int // how often Neovim waited for a key
}

// startNeovim opens a file of the world's project in Neovim and waits until
// the server is ready.
func startNeovim(t *testing.T, w *world, file string) *neovim {
	t.Helper()
	snippet, err := filepath.Abs("../cmd/claude-lsp/snippets/neovim.lua")
	if err != nil {
		t.Fatal(err)
	}
	return startNeovimWith(t, w, snippet, file)
}

// startNeovimWith does so with a configuration other than the snippet.
func startNeovimWith(t *testing.T, w *world, init, file string) *neovim {
	t.Helper()
	return startNeovimOf(t, w, program(t, "nvim"), init, file)
}

// startNeovimOf does so with a Neovim of another release.
func startNeovimOf(t *testing.T, w *world, nvim, init, file string) *neovim {
	t.Helper()
	screen, err := filepath.Abs("neovim/test/screen.lua")
	if err != nil {
		t.Fatal(err)
	}
	drive, err := filepath.Abs("neovim/test/drive.lua")
	if err != nil {
		t.Fatal(err)
	}
	ctx, kill := context.WithCancel(t.Context())
	t.Cleanup(kill)
	c := exec.CommandContext(ctx, nvim, "-l", drive,
		nvim, "--embed", "-u", init, "-i", "NONE", "-n", "-c", "luafile "+screen, file)
	c.Env, c.Dir, c.Stderr = w.env, filepath.Dir(file), os.Stderr
	c.WaitDelay = time.Second
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	v := &neovim{t: t, w: w, in: in, out: bufio.NewScanner(out), kill: kill, file: file}
	t.Cleanup(func() {
		if t.Failed() {
			w.log("home", "state", "nvim", "lsp.log")
		}
		in.Close()
		_ = c.Wait() // the scenario says what went wrong
	})
	eventually(t, "the server to be ready", v.screen, func() bool { return v.lua("return require('screen').ready()") == true })
	return v
}

// call calls a function of Neovim's API. Where Neovim waits for a key before
// it goes on, as after a message that is longer than a line, it presses Enter
// as a person has to, and counts.
func (v *neovim) call(method string, args ...any) any {
	v.t.Helper()
	if mode, ok := v.send("nvim_get_mode").(map[string]any); ok && mode["blocking"] == true {
		v.stopped++
		v.send("nvim_input", "<CR>")
	}
	return v.send(method, args...)
}

// send calls a function of Neovim's API.
func (v *neovim) send(method string, args ...any) any {
	v.t.Helper()
	line, err := json.Marshal(append([]any{method}, args...))
	if err != nil {
		v.t.Fatal(err)
	}
	late := time.AfterFunc(patience, v.kill)
	defer late.Stop()
	if _, err := fmt.Fprintf(v.in, "%s\n", line); err != nil {
		v.t.Fatalf("%s: %v", method, err)
	}
	if !v.out.Scan() {
		v.t.Fatalf("%s: Neovim has ended, or did not answer within %v (%v)", method, patience, v.out.Err())
	}
	var reply struct {
		OK    []any
		Error string
	}
	if err := json.Unmarshal(v.out.Bytes(), &reply); err != nil {
		v.t.Fatalf("%s: %v in %q", method, err, v.out.Text())
	}
	if reply.Error != "" {
		v.t.Fatalf("%s: %s", method, reply.Error)
	}
	if len(reply.OK) == 0 {
		return nil
	}
	return reply.OK[0]
}

// lua runs code in the driven Neovim.
func (v *neovim) lua(code string, args ...any) any {
	v.t.Helper()
	if args == nil {
		args = []any{}
	}
	return v.call("nvim_exec_lua", code, args)
}

// text is the result of a function of screen.lua.
func (v *neovim) text(function string) string {
	v.t.Helper()
	s, ok := v.lua("return require('screen')." + function + "()").(string)
	if !ok {
		v.t.Fatalf("%s returned no text", function)
	}
	return s
}

func (v *neovim) screen() string { v.t.Helper(); return v.text("screen") }
func (v *neovim) ghost() string  { v.t.Helper(); return v.text("ghost") }

// keys presses keys in Neovim's notation, all at once.
func (v *neovim) keys(keys string) { v.t.Helper(); v.call("nvim_input", keys) }

// types does so as a quick person does, one key after the other.
func (v *neovim) types(text string) {
	v.t.Helper()
	for _, r := range text {
		v.keys(strings.ReplaceAll(string(r), "<", "<lt>"))
		time.Sleep(30 * time.Millisecond)
	}
}

// typesThrough types the first n characters of what the ghost says, and asserts
// at each key that it stays, and is shorter by that key.
func (v *neovim) typesThrough(ghost string, n int) {
	v.t.Helper()
	for i := range n {
		old, want := ghost[i:], ghost[i+1:]
		v.keys(strings.ReplaceAll(ghost[i:i+1], "<", "<lt>"))
		eventually(v.t, fmt.Sprintf("the ghost text %q", want), v.screen, func() bool {
			now := v.ghost()
			if now != want && now != old {
				v.t.Fatalf("typing through %q, the ghost text is %q", old, now)
			}
			return now == want
		})
	}
}

// presses presses keys, and waits until Neovim has asked for the place to which
// they led, and was answered. It returns what it was offered there.
func (v *neovim) presses(keys string) (offered []string) {
	v.t.Helper()
	before := len(v.asked())
	v.keys(keys)
	var last *exchange
	eventually(v.t, fmt.Sprintf("an answer to what %q led to", keys), v.screen, func() bool {
		all := v.asked()
		if len(all) <= before {
			return false
		}
		last = all[len(all)-1]
		p := last.request.Params
		return len(last.responses) > 0 &&
			v.text("place") == fmt.Sprintf("%s %d:%d version %d", p.TextDocument.URI, p.Position.Line, p.Position.Character, last.version)
	})
	var list struct {
		Items []struct{ InsertText string }
	}
	if err := json.Unmarshal(last.responses[0].Result, &list); err != nil {
		v.t.Fatalf("%s was answered with %s", last.request.Body, last.responses[0].Body)
	}
	for _, item := range list.Items {
		offered = append(offered, item.InsertText)
	}
	return offered
}

// asked are the requests for ghost text.
func (v *neovim) asked() []*exchange {
	v.t.Helper()
	return slices.DeleteFunc(v.w.exchanges(), func(x *exchange) bool { return x.request.Method != "textDocument/inlineCompletion" })
}

// sees waits for a ghost text.
func (v *neovim) sees(want string) {
	v.t.Helper()
	eventually(v.t, fmt.Sprintf("the ghost text %q", want), func() string {
		return fmt.Sprintf("ghost text %q on the screen\n%s", v.ghost(), v.screen())
	}, func() bool { return v.ghost() == want })
}

// accepts presses the key of the snippet and waits until the ghost text has
// become text, with the cursor behind it.
func (v *neovim) accepts() {
	v.t.Helper()
	want := v.text("ahead")
	v.keys("<Tab>")
	eventually(v.t, "the suggestion to be inserted", v.screen, func() bool { return v.text("before") == want })
}

// buffer is the text of the buffer, with plain line ends.
func (v *neovim) buffer() string {
	v.t.Helper()
	s, _ := v.lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')").(string)
	return s
}

// saves writes the file, and asserts what stands on the disk then.
func (v *neovim) saves(want string) {
	v.t.Helper()
	v.keys("<Esc>")
	v.call("nvim_command", "write")
	v.w.answered()
	v.w.holds(v.file, want)
}

// quits closes the servers as closing the editor does.
func (v *neovim) quits() {
	v.t.Helper()
	if v.lua("return require('screen').stop()") != true {
		v.t.Error("the server did not end when the editor asked it to")
	}
}

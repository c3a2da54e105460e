package editors

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A release is a Neovim that our plugin is tested with.
type release struct {
	name   string
	target string // of the Makefile, which fetches it
	init   string // the least that a user writes to have the plugin work
}

var releases = []release{
	{name: "0.12", target: "editors", init: "vim.lsp.enable('claude_lsp')"},
	{name: "0.10", target: "editor-neovim-0.10"},
}

// onEach runs a scenario in each Neovim.
func onEach(t *testing.T, scenario func(t *testing.T, r release)) {
	t.Helper()
	t.Parallel()
	for _, r := range releases {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			scenario(t, r)
		})
	}
}

// plugin opens a file in a Neovim that has our plugin in its packpath, as
// README.md tells, and in init.lua the least that makes it work.
func (r release) plugin(t *testing.T, w *world, file string) *neovim {
	t.Helper()
	return r.pluginWith(t, w, r.init, file)
}

// pluginWith does so with another init.lua.
func (r release) pluginWith(t *testing.T, w *world, init, file string) *neovim {
	t.Helper()
	nvim := programOf(t, r.target, "nvim")
	source, err := filepath.Abs("neovim")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(source, filepath.Join(w.folder("home", "data", "nvim", "site", "pack", "plugins", "start"), "claude-lsp")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.dir, "init.lua")
	if err := os.WriteFile(path, []byte(init), 0o600); err != nil {
		t.Fatal(err)
	}
	return startNeovimOf(t, w, nvim, path, file)
}

// scripted opens a file in a Neovim whose server is test/scripted.lua. options
// is what stands in setup{} beside that.
func (r release) scripted(t *testing.T, options, file, text string) *neovim {
	t.Helper()
	w := makeWorld(t, writes("nothing¦"))
	script, err := filepath.Abs("neovim/test/scripted.lua")
	if err != nil {
		t.Fatal(err)
	}
	return r.pluginWith(t, w, fmt.Sprintf("dofile(%q)\nrequire('claude_lsp').setup{ cmd = require('scripted').start, %s }", script, options), w.write(file, text))
}

// is waits until an expression of Lua, in which s is the scripted server, is
// what is wanted.
func (v *neovim) is(expression string, want any) {
	v.t.Helper()
	var got any
	eventually(v.t, fmt.Sprintf("%s = %v", expression, want), func() string { return fmt.Sprintf("%v on the screen\n%s", got, v.screen()) }, func() bool {
		got = v.lua("local s = package.loaded.scripted\nreturn " + expression)
		return fmt.Sprint(got) == fmt.Sprint(want)
	})
}

// does runs a statement of Lua, in which s is the scripted server.
func (v *neovim) does(statement string) {
	v.t.Helper()
	v.lua("local s = package.loaded.scripted\n" + statement)
}

// runs is what the binary prints.
func (w *world) runs(arguments ...string) string {
	w.t.Helper()
	c := exec.CommandContext(w.t.Context(), filepath.Join(built, "claude-lsp"), arguments...)
	c.Env = w.env
	out, err := c.CombinedOutput()
	if err != nil {
		w.t.Fatalf("claude-lsp %v: %v: %s", arguments, err, out)
	}
	return string(out)
}

// notes are the notifications of the client by one method, as the wire has them.
func (w *world) notes(method string) (params []map[string]any) {
	w.t.Helper()
	for _, m := range w.wire() {
		if m.Server || m.Method != method {
			continue
		}
		var body struct{ Params map[string]any }
		if err := json.Unmarshal(m.Body, &body); err != nil {
			w.t.Fatal(err)
		}
		params = append(params, body.Params)
	}
	return params
}

// shows waits until a window shows a buffer of the plugin's that contains all
// of the words, and returns its text.
func (v *neovim) shows(name string, words ...string) string {
	v.t.Helper()
	text := func() string {
		s, _ := v.lua(`local b = vim.fn.bufnr('claude-lsp://' .. ...)
if b < 0 or vim.fn.bufwinid(b) < 0 then return '' end
return table.concat(vim.api.nvim_buf_get_lines(b, 0, -1, false), '\n')`, name).(string)
		return s
	}
	var got string
	eventually(v.t, fmt.Sprintf("a window with %q", words), func() string { return got + "\n" + v.screen() }, func() bool {
		got = text()
		for _, word := range words {
			if !strings.Contains(got, word) {
				return false
			}
		}
		return got != ""
	})
	return got
}

// runLua runs test/unit.lua in a Neovim.
func runLua(t *testing.T, nvim string) {
	t.Helper()
	w := &world{t: t, dir: tempDir(t)}
	c := exec.CommandContext(t.Context(), nvim, "-u", "NONE", "-i", "NONE", "-l", filepath.Join("neovim", "test", "unit.lua"))
	c.Env = append(os.Environ(), "XDG_STATE_HOME="+w.folder("state"), "XDG_CONFIG_HOME="+w.folder("config"), "XDG_DATA_HOME="+w.folder("data"))
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), " checks, 0 failed") {
		t.Errorf("%v:\n%s", err, out)
	}
}

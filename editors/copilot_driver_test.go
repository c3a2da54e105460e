package editors

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A client is a set-up of Neovim with plugins that were written for Copilot's
// server, as a user has it who changes the command alone: docs/copilot.md tells
// them nothing else.
//
// No package registry has these plugins. Environment variables name checkouts of
// them: COPILOT_LUA that of copilot.lua, and so on. What has none is skipped, in
// CI too.
type client struct {
	plugins []string // the repositories, without their owners
	init    string   // init.lua, once they are on the runtime path
}

// checkout is the folder with a plugin's sources.
func checkout(t *testing.T, plugin string) string {
	t.Helper()
	variable := strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(plugin))
	dir := os.Getenv(variable)
	if dir == "" {
		t.Skipf("%s names no checkout of %s", variable, plugin)
	}
	return dir
}

// start opens a file in Neovim with the client's plugins and waits until the
// server is attached.
func (c client) start(t *testing.T, w *world, file string) *neovim {
	t.Helper()
	var init strings.Builder
	for _, p := range c.plugins {
		fmt.Fprintf(&init, "vim.opt.runtimepath:prepend(%q)\n", checkout(t, p))
	}
	init.WriteString(c.init)
	path := filepath.Join(w.dir, "init.lua")
	if err := os.WriteFile(path, []byte(init.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	v := startNeovimWith(t, w, path, file)
	return v
}

// troubled are the words of messages that tell a person that something failed.
var troubled = regexp.MustCompile(`(?i)\bE\d+:|error|traceback|fail|warn|RPC\[`)

// calm asserts that the plugin has told of no trouble, and that all its requests
// were answered, without an error but those that say that the person went on.
func (v *neovim) calm() {
	v.t.Helper()
	v.w.answered()
	v.w.noErrors()
	if told := v.text("messages"); troubled.MatchString(told) {
		v.t.Errorf("the plugin told of trouble:\n%s", told)
	}
}

// told waits until a message has said these words.
func (v *neovim) told(words string) {
	v.t.Helper()
	eventually(v.t, fmt.Sprintf("the message %q", words), func() string { return v.text("messages") + "\n" + v.screen() }, func() bool {
		return strings.Contains(v.text("messages"), words)
	})
}

// becomes waits until the buffer has this text.
func (v *neovim) becomes(want string) {
	v.t.Helper()
	eventually(v.t, fmt.Sprintf("the text %q", want), func() string { return fmt.Sprintf("%q\n%s", v.buffer(), v.screen()) }, func() bool { return v.buffer() == want })
}

// answersTo are the answers to the editor's requests by one method.
func (w *world) answersTo(method string) (bodies []string) {
	w.t.Helper()
	for _, x := range w.exchanges() {
		for _, r := range x.responses {
			if x.request.Method == method {
				bodies = append(bodies, string(r.Body))
			}
		}
	}
	return bodies
}

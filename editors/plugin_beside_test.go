package editors

import (
	"strings"
	"testing"
	"time"
)

// newest is the Neovim that has ghost text of its own, and a menu for completion.
var newest = releases[0]

// Who likes Neovim's own ghost text has our keys, parts and reports with it.
func TestPluginWithNeovimsOwnGhost(t *testing.T) {
	w := newWorld(t, writes(lead+"return first + second¦"))
	v := newest.pluginWith(t, w, "require('claude_lsp').setup{ ghost = 'native' }", w.write("sums.go", adding))
	v.keys("4GA")
	v.sees("return first + second")
	v.is("#vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_get_namespaces()['nvim.lsp.inline_completion'], 0, -1, {})", 1)
	v.keys("re<M-Right>")
	v.sees(" first + second")
	v.accepts()
	v.saves(lead + "return first + second\n}\n")
	eventually(t, "the part to be reported", v.screen, func() bool {
		all := w.notes("textDocument/didPartiallyAcceptCompletion")
		return len(all) == 1 && all[0]["acceptedLength"] == 6.0
	})
	v.keys("S")
	v.sees("return first + second")
	v.keys("<C-]>")
	v.sees("")
	eventually(t, "the refusal to be reported", v.screen, func() bool { return len(w.notes("claude-lsp/didRejectCompletion")) == 1 })
}

// Somebody who has switched Neovim's ghost text on for all servers sees each
// suggestion once.
func TestPluginDrawsOnce(t *testing.T) {
	t.Parallel()
	const everywhere = "vim.lsp.inline_completion.enable()"
	for name, init := range map[string]string{"before": everywhere + "\n" + newest.init, "after": newest.init + "\n" + everywhere} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, writes(lead+"return a + b¦"))
			v := newest.pluginWith(t, w, init, w.write("sums.go", adding))
			v.keys("4GA")
			v.sees("return a + b")
			time.Sleep(400 * time.Millisecond) // Neovim asks 200 ms after a key
			if screen := v.screen(); strings.Count(screen, "return a + b") != 1 || v.ghost() != "return a + b" {
				t.Errorf("the suggestion is drawn more than once:\n%s", screen)
			}
			v.accepts()
			v.saves(lead + "return a + b\n}\n")
		})
	}
}

// What vim.lsp.config says holds beside what setup{} says.
func TestPluginIsConfiguredAsOtherServersAre(t *testing.T) {
	w := newWorld(t, writes(lead+"if a > b {\n\t\treturn a\n\t}¦"))
	w.set("CLAUDE_LSP_COMPLETION_MULTILINE", "")
	v := newest.pluginWith(t, w, "vim.lsp.config('claude_lsp', { root_markers = { 'sums.go' } })\n"+
		"require('claude_lsp').setup{ settings = { completion = { multiline = 'never' } }, cmd_env = { CLAUDE_LSP_LOG_LEVEL = 'error' } }",
		w.write("sums.go", adding))
	v.is("vim.fs.basename(vim.lsp.get_clients()[1].root_dir)", "project")
	v.keys("4GA")
	v.sees("if a > b {")
	v.accepts()
	v.saves(lead + "if a > b {\n}\n")
}

// With completion.menu = "always" the suggestion is an entry of the menu too.
func TestPluginInTheMenu(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := newest.pluginWith(t, w, `vim.o.completeopt = 'menuone,noinsert'
vim.api.nvim_create_autocmd('LspAttach', {
  callback = function(e) vim.lsp.completion.enable(true, e.data.client_id, e.buf) end,
})
require('claude_lsp').setup{ settings = { completion = { menu = 'always' } } }`, w.write("sums.go", adding))
	v.keys("4GAret")
	v.sees("urn a + b")
	v.lua("vim.lsp.completion.get()")
	v.is("vim.fn.pumvisible()", 1)
	v.sees("urn a + b")
	v.keys("<C-y>")
	eventually(t, "the entry to be inserted", v.screen, func() bool { return v.buffer() == lead+"return a + b\n}" })
	v.sees("")
	w.askedOnce(lead, "return a + b")
	v.saves(lead + "return a + b\n}\n")
}

// Completion plugins call functions from mappings with <expr>, in which the text
// cannot be changed. And Tab goes on through a snippet where there is no
// suggestion.
func TestPluginBesideOtherMappings(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes(lead+"return a + b¦"))
		v := r.pluginWith(t, w, r.init+`
vim.keymap.set('i', '<C-l>', function() return require('claude_lsp').accept() and '' or 'none' end, { expr = true })`, w.write("sums.go", adding))
		v.keys("4GA")
		v.sees("return a + b")
		v.keys("<C-l>")
		eventually(t, "the suggestion to be inserted", v.screen, func() bool { return v.buffer() == lead+"return a + b\n}" })
		v.sees("")
		v.keys("<C-l>")
		v.saves(lead + "return a + bnone\n}\n")
		if r.name == "0.10" {
			return // it has no mapping for snippets in insert mode
		}
		v.keys("A;")
		v.lua("vim.snippet.expand('f($1)$0')")
		v.keys("x<Tab>y")
		v.saves(lead + "return a + bnone;f(x)y\n}\n")
	})
}

package editors

import (
	"strings"
	"testing"
)

// withLspconfig is nvim-lspconfig's client of Copilot's server. Neovim's own
// ghost text goes with it, and so do plugins that use whatever is called copilot.
const withLspconfig = `vim.lsp.config('copilot', { cmd = { 'claude-lsp', '--stdio' } })
vim.lsp.enable('copilot')
`

var lspconfig = client{
	plugins: []string{"nvim-lspconfig"},
	init: withLspconfig + `vim.lsp.inline_completion.enable()
vim.keymap.set('i', '<Tab>', function() if not vim.lsp.inline_completion.get() then return '<Tab>' end end, { expr = true })
`,
}

func TestLspconfigAccepts(t *testing.T) {
	w := newWorld(t, writes(lead+block+"¦"))
	v := lspconfig.start(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.types("if")
	v.sees(block[2:])
	v.accepts()
	w.said("workspace/executeCommand", "", v.screen)
	w.counted("shown 1, accepted 1, words 0, typed 0, rejected 0, undone 0, characters 22")
	v.saves(lead + block + "\n}\n")
	v.calm()
}

func TestLspconfigSignsOutAndIn(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := lspconfig.start(t, w, w.write("sums.go", adding))
	v.call("nvim_command", "LspCopilotSignIn")
	v.told("Already signed in as claude.")
	v.call("nvim_command", "LspCopilotSignOut")
	v.told("Not signed in.")
	if got := v.presses("4GA"); len(got) != 0 {
		t.Errorf("offered %q", got)
	}
	v.keys("<Esc>")
	v.call("nvim_command", "LspCopilotSignIn")
	eventually(t, "a second sign-in", v.screen, func() bool { return len(w.answersTo("signIn")) == 2 })
	v.keys("A")
	v.sees("return a + b")
	v.keys("<Esc>")
	v.calm()
}

// Without a key, and with nobody else to answer, sign-in says what to do.
func TestLspconfigWithoutAKey(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	w.set("ANTHROPIC_API_KEY", "")
	w.set("CLAUDE_LSP_PROVIDER", "claude")
	v := lspconfig.start(t, w, w.write("sums.go", adding))
	v.lua("vim.o.cmdheight = 5") // it is a long message
	v.call("nvim_command", "LspCopilotSignIn")
	v.told("ANTHROPIC_API_KEY")
	if got := v.presses("4GA"); len(got) != 0 || w.requests() != 0 {
		t.Errorf("offered %q after %d requests", got, w.requests())
	}
}

// Plugins that show next edit suggestions alone are silent, as there are none.
func TestNextEditPluginsAreSilent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]client{
		"sidekick":    {plugins: []string{"nvim-lspconfig", "sidekick.nvim"}, init: withLspconfig + "require('sidekick').setup({})\n"},
		"copilot-lsp": {plugins: []string{"copilot-lsp"}, init: "vim.g.copilot_nes_debounce = 100\nvim.lsp.config('copilot_ls', { cmd = { 'claude-lsp', '--stdio' } })\nvim.lsp.enable('copilot_ls')\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, writes(lead+"return a + b¦"))
			v := c.start(t, w, w.write("sums.go", adding))
			v.keys("4GAreturn a<Esc>")
			w.said("textDocument/copilotInlineEdit", "sums.go", v.screen)
			v.keys("x")
			eventually(t, "another question", v.screen, func() bool { return len(w.answersTo("textDocument/copilotInlineEdit")) > 1 })
			v.calm()
			if told := strings.TrimSpace(v.text("messages")); told != "" || v.stopped > 0 || w.requests() > 0 {
				t.Errorf("told %q, stopped %d times, asked %d times", told, v.stopped, w.requests())
			}
		})
	}
}

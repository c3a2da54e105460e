package editors

import (
	"strings"
	"testing"
	"time"
)

// Its 1.41 starts its client by a function of Neovim's that newer ones call
// deprecated: that is no business of ours, and would be a message.
var copilotVim = client{
	plugins: []string{"copilot.vim"},
	init:    "vim.g.copilot_command = vim.fn.exepath('claude-lsp')\nvim.o.cmdheight = 15\nvim.deprecate = function() end\n",
}

func TestCopilotVimAccepts(t *testing.T) {
	w := newWorld(t, writes(lead+block+"¦"))
	v := copilotVim.start(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.types("if")
	v.sees(block[2:])
	w.said("textDocument/didShowCompletion", "", v.screen)
	v.keys("<Tab>")
	v.becomes(lead + block + "\n}")
	w.counted("shown 1, accepted 1, words 0, typed 0, rejected 0, undone 0, characters 22")
	v.saves(lead + block + "\n}\n")
	v.calm()
}

func TestCopilotVimAcceptsParts(t *testing.T) {
	w := newWorld(t, writes(lead+"return first + second¦"))
	v := copilotVim.start(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.sees("return first + second")
	v.keys("<M-Right>")
	v.becomes(lead + "return\n}")
	v.sees(" first + second")
	v.saves(lead + "return\n}\n")
	v.calm()
	v.quits()
	w.counted("shown 1, accepted 0, words 1, typed 0, rejected 0, undone 0, characters 6")
	w.askedOnce(lead, "return first + second")
}

func TestCopilotVimCyclesAndDismisses(t *testing.T) {
	w := newWorld(t, choices(lead, "return a + b", "return b + a", "return 3"))
	v := copilotVim.start(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.sees("return a + b")
	time.Sleep(150 * time.Millisecond) // sooner, no person can want another one
	v.keys("<M-]>")
	v.sees("return b + a (2/3)")
	v.keys("<M-[>")
	v.sees("return a + b (1/3)")
	v.keys("<C-]>")
	v.sees("")
	v.keys("<Esc>")
	v.calm()
}

// In wide characters the columns of the editor, of the protocol and of the text
// differ.
func TestCopilotVimWideCharacters(t *testing.T) {
	const before, after = "\tname := f(\"日本😀\", ", ", \"ö\")"
	w := newWorld(t, writes("package sums\n\nfunc f() {\n"+before+"first¦"))
	v := copilotVim.start(t, w, w.write("sums.go", "package sums\n\nfunc f() {\n"+before+after+"\n}\n"))
	v.keys("4G$" + strings.Repeat("h", len(after)-2) + "i")
	v.sees("first" + after)
	v.keys("<Tab>")
	v.saves("package sums\n\nfunc f() {\n" + before + "first" + after + "\n}\n")
	v.calm()
}

func TestCopilotVimPanel(t *testing.T) {
	w := newWorld(t, choices(lead, "return a + b", "return b + a"))
	v := copilotVim.start(t, w, w.write("sums.go", adding))
	v.keys("4G")
	v.call("nvim_command", "Copilot panel")
	eventually(t, "the panel", v.screen, func() bool { return strings.Contains(v.screen(), "Synthesized 2 completions") })
	v.keys("/b + a<CR><CR>")
	eventually(t, "the entry to be inserted", v.screen, func() bool {
		return strings.Contains(v.buffer(), "return b + a\n}")
	})
	v.calm()
}

func TestCopilotVimSignsOutAndIn(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := copilotVim.start(t, w, w.write("sums.go", adding))
	says := func(command, words string) {
		t.Helper()
		v.call("nvim_command", "Copilot "+command)
		eventually(t, words, v.screen, func() bool { return strings.Contains(v.screen(), words) })
	}
	says("status", "Copilot: Ready")
	says("signout", "Signed out")
	says("status", "Not authenticated")
	v.keys("4GA")
	v.sees("")
	v.keys("<Esc>")
	says("setup", "Authenticated as GitHub user")
	says("restart", "Restarting language server")
	says("status", "Copilot: Ready")
	v.keys("A")
	v.sees("return a + b")
	v.keys("<Esc>")
	v.calm()
}

package editors

import (
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

var copilotLua = client{
	plugins: []string{"copilot.lua"},
	init: `require('copilot').setup({
  server = { type = 'binary', custom_server_filepath = 'claude-lsp' },
  suggestion = { auto_trigger = true, keymap = { accept_word = '<M-w>', accept_line = '<M-e>' } },
})
`,
}

const block = "if a > b {\n\t\treturn a\n\t}"

func TestCopilotLuaAccepts(t *testing.T) {
	w := newWorld(t, writes(lead+block+"¦"))
	v := copilotLua.start(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.sees(block)
	v.typesThrough(block, 3)
	v.keys("<M-l>")
	v.becomes(lead + block + "\n}")
	w.counted("shown 1, accepted 1, words 0, typed 0, rejected 0, undone 0, characters 21")
	v.saves(lead + block + "\n}\n")
	v.calm()
	w.askedOnce(lead, block)
}

// It reports each word as the whole suggestion, before its edit comes.
func TestCopilotLuaAcceptsParts(t *testing.T) {
	w := newWorld(t, writes(lead+block+"¦"))
	v := copilotLua.start(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.sees(block)
	for _, part := range [][3]string{
		{"<M-w>", "if ", "a > b {\n\t\treturn a\n\t}"},
		{"<M-w>", "if a ", "> b {\n\t\treturn a\n\t}"},
		{"<M-e>", "if a > b {\n\t\t", "return a\n\t}"},
	} {
		v.keys(part[0])
		v.becomes(lead + part[1] + "\n}")
		v.sees(part[2])
	}
	v.saves(lead + "if a > b {\n\t\t\n}\n")
	v.calm()
	v.quits()
	w.counted("shown 1, accepted 0, words 1, typed 0, rejected 0, undone 0, characters 13")
	if n := len(w.answersTo("notifyAccepted")); n != 3 {
		t.Errorf("it reported %d acceptances", n)
	}
}

func TestCopilotLuaCyclesAndDismisses(t *testing.T) {
	w := newWorld(t, choices(lead, "return a + b", "return b + a", "return 3"))
	v := copilotLua.start(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.sees("return a + b")
	time.Sleep(150 * time.Millisecond) // sooner, no person can want another one
	for _, want := range []string{"return b + a (2/3)", "return 3 (3/3)", "return a + b (1/3)"} {
		v.keys("<M-]>")
		v.sees(want)
	}
	v.keys("<C-]>")
	v.sees("")
	w.counted("shown 1, accepted 0, words 0, typed 0, rejected 1, undone 0, characters 0")
	v.keys("<Esc>")
	v.calm()
}

// The panel shows what is finished while the model still writes, and one of it
// is taken.
func TestCopilotLuaPanel(t *testing.T) {
	goOn := make(chan struct{})
	w := newWorld(t, func(string, string) messages.Answer {
		return messages.Answer{Chunks: []string{"```\nreturn a + b\n```\n\n```\nret", "urn b + a\n```\n"}, Hold: goOn}
	})
	v := copilotLua.start(t, w, w.write("sums.go", adding))
	v.lua("vim.b.copilot_suggestion_auto_trigger = false")
	v.keys("4GA<M-CR>")
	shows := func(text string) func() bool { return func() bool { return strings.Contains(v.screen(), text) } }
	eventually(t, "the first entry", v.screen, shows("return a + b"))
	if w.allSaid() || !strings.Contains(v.screen(), "[loading]") {
		t.Errorf("the first entry came with the end of the answer:\n%s", v.screen())
	}
	close(goOn)
	eventually(t, "the second entry", v.screen, shows("return b + a"))
	eventually(t, "the end", v.screen, shows("Synthesized 2/2"))
	for _, does := range []string{"jump_next", "jump_next", "accept"} {
		v.call("nvim_command", "Copilot panel "+does)
	}
	v.becomes(lead + "return b + a\n}")
	v.calm()
	w.counted("shown 1, accepted 1, words 0, typed 0, rejected 0, undone 0, characters 12")
}

func TestCopilotLuaCommands(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := copilotLua.start(t, w, w.write("sums.go", adding))
	v.lua("vim.o.cmdheight = 15") // what the plugin says has several lines
	for _, tt := range [][2]string{
		{"status", "Online\nBuffer status: attached"},
		{"auth", "Authenticated as GitHub user: claude"},
		{"auth info", "(status: OK)"},
		{"model list", "claude-opus-5 [claude-opus-5]"},
		{"model set claude-opus-5", "Copilot model set to: claude-opus-5"},
	} {
		v.call("nvim_command", "Copilot "+tt[0])
		v.told(tt[1])
	}
	v.keys("4GA")
	v.sees("return a + b")
	if all := w.api.Requests(); all[len(all)-1].Body.Model != "claude-opus-5" {
		t.Errorf("the model that was set is not the one that was asked: %s", all[len(all)-1].Body.Model)
	}
	v.keys("<Esc>")
	v.calm()
}

// Who signs out has peace, and signs in again.
func TestCopilotLuaSignsOutAndIn(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := copilotLua.start(t, w, w.write("sums.go", adding))
	v.lua("vim.o.cmdheight = 15") // what the plugin says has several lines
	v.call("nvim_command", "Copilot auth signout")
	v.told("Signed out as GitHub user claude")
	v.keys("4GA")
	w.said("checkStatus", "", v.screen) // signed out, it asks for nothing else
	w.answered()
	v.sees("")
	v.keys("<Esc>")
	v.call("nvim_command", "Copilot status")
	v.told("Not authenticated")
	v.call("nvim_command", "Copilot auth signin")
	v.told("signed in again, and suggestions are on; claude answers") // ours: the plugin knows flows alone, and says that it failed
	v.call("nvim_command", "Copilot status")
	v.told("Buffer status: attached")
	w.noErrors() // and it asks again within half a minute, for which it believes that nobody is signed in
}

// The plugin starts another server, and goes on with it.
func TestCopilotLuaRestarts(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	v := copilotLua.start(t, w, w.write("sums.go", adding))
	v.call("nvim_command", "Copilot disable")
	eventually(t, "the server to end", v.screen, func() bool { return v.lua("return #vim.lsp.get_clients()") == 0.0 })
	v.call("nvim_command", "Copilot enable")
	eventually(t, "another server", v.screen, func() bool { return v.lua("return require('screen').ready()") == true })
	v.keys("4GA")
	v.sees("return a + b")
	v.keys("<Esc>")
	v.calm()
}

// A service that has had enough is not the editor's trouble.
func TestCopilotLuaIsSilentInTrouble(t *testing.T) {
	w := newWorld(t, func(string, string) messages.Answer {
		return messages.Answer{Fault: &messages.Fault{Status: 429}}
	})
	v := copilotLua.start(t, w, w.write("sums.go", adding))
	v.lua("vim.o.cmdheight = 15") // what the plugin says has several lines
	v.keys("4GAret")
	w.asked(1)
	v.keys("u")
	eventually(t, "the status", v.screen, func() bool { return v.lua("return require('copilot.status').data.status") == "Warning" })
	v.sees("")
	w.noErrors()
	if told := v.text("messages"); strings.Count(told, "\n") > 1 {
		t.Errorf("the plugin told of\n%s", told)
	}
}

// Two editors in one project, with a plugin each, share what is kept and do not
// disturb each other.
func TestCopilotPluginsBesideEachOther(t *testing.T) {
	w := newWorld(t, writes(lead+"return a + b¦"))
	one, two := w.write("sums.go", adding), w.write("adds.go", adding)
	a, b := copilotLua.start(t, w, one), copilotVim.start(t, w, two)
	a.keys("4GA")
	b.keys("4GA")
	a.sees("return a + b")
	b.sees("return a + b")
	a.keys("<M-l>")
	b.keys("<Tab>")
	a.saves(lead + "return a + b\n}\n")
	b.saves(lead + "return a + b\n}\n")
	w.counted("shown 2, accepted 2, words 0, typed 0, rejected 0, undone 0, characters 24")
	a.calm()
	b.calm()
}

package editors

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

func TestPluginTypeSeeAccept(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes(lead+"return a + b¦"))
		v := r.plugin(t, w, w.write("sums.go", adding))
		v.keys("4GA")
		v.types("ret")
		v.sees("urn a + b")
		if screen := v.screen(); !strings.Contains(screen, "return a + b") {
			t.Errorf("the ghost text does not stand behind what was typed:\n%s", screen)
		}
		v.accepts()
		v.saves(lead + "return a + b\n}\n")
		w.counted("shown 1, accepted 1, words 0, typed 0, rejected 0, undone 0, characters 9")
		v.quits()
	})
}

// What is typed along stays on the screen, without a request of the editor.
func TestPluginTypesThrough(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes(lead+"return a + b¦"))
		v := r.plugin(t, w, w.write("sums.go", adding))
		v.keys("4GA")
		v.sees("return a + b")
		asked := len(v.asked())
		v.typesThrough("return a + b", len("return a"))
		if n := len(v.asked()); n != asked {
			t.Errorf("typing along made %d requests", n-asked)
		}
		v.keys("<BS><BS>")
		v.sees(" a + b")
		if n := len(v.asked()); n != asked {
			t.Errorf("taking back what was typed along made %d requests", n-asked)
		}
		w.askedOnce(lead, "return a + b")
		v.accepts()
		v.saves(lead + "return a + b\n}\n")
	})
}

func TestPluginSeveralLines(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		const body = "for _, n := range list {\n\t\tsum += n\n\t}\n\treturn sum"
		w := makeWorld(t, writes(lead+"sum := 0\n\t"+body+"¦"))
		v := r.plugin(t, w, w.write("sums.go", adding))
		v.call("nvim_command", "set tabstop=4 shiftwidth=4")
		v.keys("4GA")
		v.types("sum := 0")
		v.keys("<CR>")
		v.sees(body)
		if screen := v.screen(); !strings.Contains(screen, "\n        sum += n\n    }\n    return sum\n}") {
			t.Errorf("the lines do not stand where they will:\n%s", screen)
		}
		v.accepts()
		v.saves(lead + "sum := 0\n\t" + body + "\n}\n")
	})
}

// Each part that is accepted stands in the text, the rest stays on offer, and the
// server is told how much was taken.
func TestPluginAcceptsParts(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		const text = "for range 3 {\n\t\tsay(\"日本 😀\")\n\t}"
		parts := []string{"<M-Right>", "for", "<M-Right>", " range", "<M-C-Right>", " 3 {", "<M-C-Right>", "\n\t\tsay(\"日本 😀\")", "<M-C-Right>", "\n\t}"}
		w := makeWorld(t, writes(lead+text+"¦"))
		v := r.plugin(t, w, w.write("sums.go", adding))
		v.keys("4GA")
		v.sees(text)
		asked, stands := len(v.asked()), ""
		for i := 0; i < len(parts); i += 2 {
			v.keys(parts[i])
			stands += parts[i+1]
			eventually(t, "the part to be inserted", v.screen, func() bool { return v.buffer() == lead+stands+"\n}" })
			if stands != text {
				v.sees(text[len(stands):])
				if n := len(v.asked()); n != asked {
					t.Errorf("behind %q the editor made %d requests", stands, n-asked)
				}
			}
		}
		v.saves(lead + text + "\n}\n")
		reported := func() string {
			said := ""
			for _, p := range w.notes("textDocument/didPartiallyAcceptCompletion") {
				said += fmt.Sprint(p["acceptedLength"], " ")
			}
			for _, x := range w.exchanges() {
				if x.request.Method == "workspace/executeCommand" {
					said += "all "
				}
			}
			return said
		}
		// The emoji is one letter, four bytes and two units.
		eventually(t, "the parts to be reported", reported, func() bool { return reported() == "3 9 13 28 all " })
	})
}

func TestPluginWideCharacters(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes("package names\n\nfunc f() {\n\tname := \"é😀日本\"\t+ \"first ö 👍\" + 東京¦"))
		v := r.plugin(t, w, w.write("names.go", "package names\n\nfunc f() {\n\tname := \"é😀日本\"\t\n}\n"))
		v.keys("4GA")
		v.types("+ \"fir")
		v.sees("st ö 👍\" + 東京")
		v.keys("st ö")
		v.sees(" 👍\" + 東京")
		v.accepts()
		v.saves("package names\n\nfunc f() {\n\tname := \"é😀日本\"\t+ \"first ö 👍\" + 東京\n}\n")
	})
}

func TestPluginCRLF(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
		const text = "if a > b {\n\t\treturn a\n\t}"
		w := makeWorld(t, writes(lead+text+"¦"))
		v := r.plugin(t, w, w.write("sums.go", crlf(adding)))
		v.keys("4GA")
		v.sees(text)
		v.keys("if <M-C-Right>")
		v.sees("\n\t\treturn a\n\t}")
		v.accepts()
		v.saves(crlf(lead + text + "\n}\n"))
	})
}

// The first undo takes back what was accepted, the second what was typed.
func TestPluginUndo(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes(lead+"if a > b {\n\t\treturn a\n\t}¦"))
		v := r.plugin(t, w, w.write("sums.go", adding))
		v.keys("4GA")
		v.types("if ")
		v.sees("a > b {\n\t\treturn a\n\t}")
		v.accepts()
		for _, want := range []string{lead + "if \n}", lead + "\n}"} {
			v.keys("<Esc>u")
			eventually(t, "the undo", v.buffer, func() bool { return v.buffer() == want })
		}
		v.keys("<C-r><C-r>")
		v.saves(lead + "if a > b {\n\t\treturn a\n\t}\n}\n")
	})
}

func TestPluginLeavesInsertMode(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes(lead+"return a + b¦"))
		v := r.plugin(t, w, w.write("sums.go", adding))
		v.keys("4GA")
		v.types("return ")
		v.sees("a + b")
		v.keys("<Esc>")
		v.sees("")
		v.keys("A")
		v.sees("a + b")
		w.askedOnce(lead, "return a + b")
		v.saves(lead + "return \n}\n")
	})
}

// Another window on the same buffer shows the text, its cursor stays, and what is
// accepted goes where the person is.
func TestPluginTwoWindows(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes(lead+"if a > b {\n\t\treturn a\n\t}¦"))
		v := r.plugin(t, w, w.write("sums.go", adding))
		v.call("nvim_command", "split | normal! G")
		v.call("nvim_command", "wincmd w")
		v.keys("4GA")
		v.sees("if a > b {\n\t\treturn a\n\t}")
		v.accepts()
		v.is("vim.fn.line('.', vim.fn.win_getid(1))", 7) // still on the last line, which has moved
		v.is("vim.fn.line('.')", 6)
		v.saves(lead + "if a > b {\n\t\treturn a\n\t}\n}\n")
	})
}

// Repeating a change repeats what was typed, once. While a macro is recorded
// nothing is suggested: the Tab in it would be another one the next time.
func TestPluginRepeatsAndRecords(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes(lead+"return a + b¦"))
		v := r.plugin(t, w, w.write("sums.go", adding))
		v.keys("4GA")
		v.types("return ")
		v.sees("a + b")
		v.accepts()
		v.keys("<Esc>ggO// x<Esc>.")
		eventually(t, "the repeated change", v.buffer, func() bool { return v.buffer() == "// x\n// x\n"+lead+"return a + b\n}" })
		v.keys("6GS")
		v.sees("return a + b")
		v.keys("<Esc>qqS")
		v.types("ret")
		v.sees("")
		v.keys("<Tab>x<Esc>q@q")
		v.saves("// x\n// x\n" + lead + "ret\tx\n}\n")
	})
}

// Where there is no suggestion the keys do what they did before, and a key that
// the user has mapped stays the user's.
func TestPluginKeys(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes("nothing¦"))
		v := r.pluginWith(t, w, r.init+"\nvim.keymap.set('i', '<M-Right>', 'mine')", w.write("sums.go", adding))
		v.keys("4GAa<Tab>b<M-Right>")
		v.saves(lead + "a\tbmine\n}\n")
	})
}

func TestPluginNamedKeys(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes(lead+"return a + b¦"))
		v := r.pluginWith(t, w, "vim.keymap.set('i', '<C-l>', 'mine')\n"+
			"require('claude_lsp').setup{ keys = { accept = '<C-l>', accept_word = false } }", w.write("sums.go", adding))
		v.keys("4GA")
		v.sees("return a + b")
		v.keys("<C-l>")
		v.saves(lead + "return a + b\n}\n")
		v.is("vim.fn.maparg('<M-Right>', 'i')", "")
		v.lua("require('claude_lsp').setup{ keys = { accept = '<C-e>' } }")
		v.is("vim.fn.maparg('<C-l>', 'i')", "")
		v.keys("S")
		v.sees("return a + b")
		v.keys("<C-e>")
		v.saves(lead + "return a + b\n}\n")
	})
}

// What is wrong is seen in the status line and explained by :ClaudeLsp status,
// and goes away when all is well again.
func TestPluginTrouble(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		for _, tt := range []struct {
			status      int
			line, words string
		}{
			{http.StatusUnauthorized, "claude! unauthorized", "key was refused"},
			{http.StatusTooManyRequests, "claude! rate limited", "rate limited"},
		} {
			t.Run(tt.line, func(t *testing.T) {
				t.Parallel()
				good := make(chan struct{})
				w := makeWorld(t, func(before, after string) messages.Answer {
					select {
					case <-good:
						return writes(lead+"return a + b¦")(before, after)
					default:
						return messages.Fail(tt.status)
					}
				})
				v := r.pluginWith(t, w, r.init+"\nvim.o.laststatus = 2\nvim.o.statusline = [=[%f [%{v:lua.require'claude_lsp'.statusline()}]]=]", w.write("sums.go", adding))
				line := func(want string) {
					t.Helper()
					eventually(t, "the status line "+want, v.screen, func() bool { return strings.Contains(v.screen(), "sums.go ["+want) })
				}
				line("claude-haiku-5-5]")
				v.keys("4GA")
				v.types("re")
				line(tt.line + "]")
				v.keys("<Esc>")
				v.call("nvim_command", "ClaudeLsp status")
				v.shows("status", "state     trouble", tt.words)
				v.keys("q")
				close(good)
				var typed time.Time // what the service has forbidden ends by itself, so it is tried again
				eventually(t, "suggestions to come back", v.screen, func() bool {
					if v.ghost() == "a + b" {
						return true
					}
					if time.Since(typed) > time.Second {
						v.keys("<Esc>4GSreturn ")
						typed = time.Now()
					}
					return false
				})
				line("claude-haiku-5-5")
			})
		}
	})
}

func TestPluginSwitches(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes(lead+"return a + b¦"))
		v := r.plugin(t, w, w.write("sums.go", adding))
		for _, tt := range []struct{ off, line string }{
			{"disable", "claude off"},
			{"snooze 10", "claude off for 10 min"},
		} {
			v.keys("4GA")
			v.sees("return a + b")
			v.keys("<Cmd>ClaudeLsp " + tt.off + "<CR>")
			v.sees("")
			v.is("require('claude_lsp').statusline()", tt.line)
			asked := len(v.asked())
			v.keys("r")
			eventually(t, "the editor to ask", v.screen, func() bool { return len(v.asked()) > asked })
			w.answered()
			if ghost := v.ghost(); ghost != "" {
				t.Errorf("after %s there is the ghost text %q", tt.off, ghost)
			}
			v.keys("<BS><Esc>")
			v.call("nvim_command", "ClaudeLsp enable")
			v.is("require('claude_lsp').status().state", "ready")
		}
		v.call("nvim_command", "ClaudeLsp model claude-sonnet-5")
		v.is("require('claude_lsp').status().model", "claude-sonnet-5")
		v.call("nvim_command", "ClaudeLsp model default")
		v.is("require('claude_lsp').status().model", "claude-haiku-5-5")
		v.keys(":ClaudeLsp snooze soon<CR>")
		eventually(t, "what is wrong with a wrong number", v.screen, func() bool {
			return strings.Contains(v.text("messages"), `"soon" is no number of minutes`)
		})
	})
}

func TestPluginViews(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes(lead+"return a + b¦"))
		v := r.plugin(t, w, w.write("sums.go", adding))
		v.keys("4GA")
		v.sees("return a + b")
		v.keys("<Esc>")
		v.call("nvim_command", "ClaudeLsp context")
		v.shows("context", "sums.go", "token")
		v.keys("q")
		why := func() string { return w.runs("why") } // it is written down in the background
		eventually(t, "the request to be written down", why, func() bool { return strings.Contains(why(), "asked the model") })
		v.call("nvim_command", "ClaudeLsp why -n 5")
		v.shows("why", "shown, asked the model")
		v.keys("q")
		v.call("nvim_command", "ClaudeLsp stats")
		v.shows("stats", "shown")
		v.keys("q")
		v.is("#vim.api.nvim_list_wins()", 1)
		v.call("nvim_command", "ClaudeLsp log")
		v.is("vim.fn.expand('%:t')", "server.log")
		v.call("nvim_command", "bprevious")
		v.is("table.concat(vim.fn.getcompletion('ClaudeLsp s', 'cmdline'), ' ')", "snooze stats status")
		v.call("nvim_command", "ClaudeLsp restart")
		v.is("vim.lsp.get_clients()[1] and vim.lsp.get_clients()[1].id or 0", 2)
		v.keys("4G")
		v.call("nvim_command", "ClaudeLsp trigger")
		v.sees("return a + b")
	})
}

func TestPluginHealth(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		w := makeWorld(t, writes("nothing¦"))
		v := r.pluginWith(t, w, r.init+"\nvim.g.loaded_copilot = 1\nvim.keymap.set('i', '<M-C-Right>', 'x', { desc = 'my own' })", w.write("sums.go", adding))
		v.call("nvim_command", "ClaudeLsp health")
		text := v.buffer()
		for _, want := range []string{
			"Neovim " + r.name, runtime.GOOS + "/" + runtime.GOARCH + ") at ", "environment", "client 1 in ", "accept: <Tab>", "copilot.vim is loaded",
			"<M-C-Right> is mapped by somebody else (my own)",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the report lacks %q", want)
			}
		}
		if strings.Contains(text, key) {
			t.Error("the report holds the key")
		}
		if t.Failed() {
			t.Log(text)
		}
	})
}

package editors

import (
	"strings"
	"testing"
	"time"
)

// at is the file in which the scripted server answers, with the cursor at its end.
const at = "one\n\tval"

// Whatever comes late is neither drawn nor accepted: not an answer for a text
// that has changed, not one for a place that was left, and no lines of either.
func TestPluginDropsWhatIsStale(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		v := r.scripted(t, "", "a.txt", at)
		v.keys("GA")
		v.is("#s.asked()", 1)
		v.keys("u")
		v.is("#s.asked()", 2)
		v.does("s.answer(1, { s.item('STALE', 'a') }) s.grow(1, s.item('STALE', 'a'))")
		v.keys("<Left>")
		v.is("#s.asked()", 3)
		v.does("s.grow(2, s.item('STALE', 'b')) s.answer(2, { s.item('STALE', 'b') })")
		v.does("s.grow(3, s.item('STALE', 'c'), 0)") // of an older version
		if ghost := v.ghost(); ghost != "" {
			t.Errorf("there is the ghost text %q", ghost)
		}
		v.does("s.answer(3, { s.item('fresh', 'c') })")
		v.sees("fresh")
		v.keys("<Esc>")
		v.is("#s.asked()", 3)
		v.keys("a")
		v.is("#s.asked()", 4)
		v.keys("<Esc>")
		v.does("s.answer(4, { s.item('STALE', 'd') })")
		if screen := v.screen(); strings.Contains(screen, "STALE") {
			t.Errorf("a stale answer is on the screen:\n%s", screen)
		}
		v.saves("one\n\tvalu\n")
	})
}

// The ghost text grows as lines arrive, also while it is typed along, and what
// has come can be accepted.
func TestPluginGrows(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		v := r.scripted(t, "", "a.txt", at)
		v.is("s.initialize.capabilities.experimental.claudeLsp.inlineCompletionProgress", true)
		v.keys("GA")
		v.is("#s.asked()", 1)
		v.does("s.grow(1, s.item('ue :=', 'a'))")
		v.sees("ue :=")
		v.does("s.grow(1, s.item('ue :=\\n\\t\\tten', 'a'))")
		v.sees("ue :=\n\t\tten")
		v.keys("u") // the server has to be asked for this place, and goes on there
		v.is("#s.asked()", 2)
		v.sees("e :=\n\t\tten")
		v.does("s.asked()[1].answer({ code = -32801, message = 'the text has changed' }) s.grow(2, s.item('e :=\\n\\t\\tten\\n\\tend', 'b'))")
		v.sees("e :=\n\t\tten\n\tend")
		v.does("s.answer(2, { s.item('e :=\\n\\t\\tten\\n\\tend\\nend', 'b') })")
		v.sees("e :=\n\t\tten\n\tend\nend")
		v.keys("e ")
		v.sees(":=\n\t\tten\n\tend\nend")
		v.is("#s.asked()", 2)
		v.is("#s.told('textDocument/didShowCompletion')", 2) // each once
		v.keys("<Tab>")
		v.saves("one\n\tvalue :=\n\t\tten\n\tend\nend\n")
		v.is("s.requests[4].params.arguments[1]", "b") // behind the status and two requests
	})
}

// The same with the real server: the lines of an answer are on the screen before
// it ends, and stay when it does.
func TestPluginGrowsWithTheServer(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		const body = "for _, n := range list {\n\t\tif n > 0 {\n\t\t\tsum += n\n\t\t}\n\t}"
		on := make(chan struct{})
		w := makeWorld(t, halfway(writes(lead+body+"¦"), "n > 0 {\n", on))
		v := r.plugin(t, w, w.write("sums.go", adding))
		v.keys("4GA")
		// How many of the lines that have come have settled is the server's affair.
		first := len("for _, n := range list {")
		grows := func(typed string) func() bool {
			return func() bool {
				now := typed + v.ghost()
				if now != typed && !strings.HasPrefix(body, now) {
					t.Fatalf("with the ghost text there is %q", now)
				}
				return len(now) >= first && len(now) < len(body)
			}
		}
		eventually(t, "the first line", v.screen, grows(""))
		v.keys("for")
		v.is("vim.api.nvim_get_current_line()", "\tfor")
		eventually(t, "the rest of the first line", v.screen, grows("for"))
		close(on)
		v.sees(body[len("for"):])
		w.askedOnce(lead, body)
		v.accepts()
		v.saves(lead + body + "\n}\n")
	})
}

func TestPluginGoesThroughCandidates(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		v := r.scripted(t, "", "a.txt", at)
		v.keys("GA")
		v.is("#s.asked()", 1)
		v.does("s.answer(1, { s.item('ue', 'a') })")
		v.sees("ue")
		v.keys("<M-]>") // only one is known
		v.is("#s.asked()", 2)
		v.is("s.asked()[2].params.context.triggerKind", 1)
		v.does("s.answer(2, { s.item('ue', 'b'), s.item('ley', 'c'), s.item('id()\\n\\tend', 'd') })")
		v.sees("ley (2/3)")
		v.keys("<M-]>")
		v.sees("id()\n\tend (3/3)")
		v.keys("<M-]>")
		v.sees("ue (1/3)")
		v.keys("<M-[>")
		v.sees("id()\n\tend (3/3)")
		v.is("#s.told('textDocument/didShowCompletion')", 4)
		v.keys("id<Tab>")
		v.saves("one\n\tvalid()\n\tend\n")
		v.is("#s.asked() > 2 and s.requests[4].params.arguments[1] or ''", "d")
	})
}

// Text behind the cursor that belongs to the suggestion stands there once, on the
// screen and in the file.
func TestPluginTakesThePlaceOfClosers(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		for _, tt := range []struct{ name, text, screen, want string }{
			{"the same closer", "a, b)", "call(a, b);", "call(a, b);"},
			{"one further in", "a, b) or (c", "call(a, b) or (c;", "call(a, b) or (c;"},
			{"several lines", "\n  a,\n)", "call(\n  a,\n);", "call(\n  a,\n);"},
			{"another one", "a]", "call(a];", "call(a];"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				v := r.scripted(t, "", "a.txt", "call();\n")
				v.keys("0f)i")
				v.is("#s.asked()", 1)
				v.does("s.answer(1, { s.item([==[\n" + tt.text + "]==], 'a', { start = { line = 0, character = 5 }, ['end'] = { line = 0, character = 6 } }) })")
				eventually(t, "the suggestion on the screen", v.screen, func() bool { return strings.HasPrefix(v.screen(), tt.screen+"\n") })
				v.keys("<Tab>")
				v.saves(tt.want + "\n")
			})
		}
	})
}

// What was dismissed is told, and does not come back by itself.
func TestPluginDismisses(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		v := r.scripted(t, "", "a.txt", at)
		v.keys("GA")
		v.is("#s.asked()", 1)
		v.does("s.answer(1, { s.item('ue', 'a') })")
		v.sees("ue")
		v.keys("<C-]>")
		v.sees("")
		v.is("s.told('claude-lsp/didRejectCompletion')[1].item.command.arguments[1]", "a")
		v.keys("<M-Bslash>")
		v.is("#s.asked()", 2)
		v.is("s.asked()[2].params.context.triggerKind", 1)
		v.does("s.answer(2, { s.item('ue', 'b') })")
		v.sees("ue")
		v.saves(at + "\n")
	})
}

// Nothing is asked where it has no place.
func TestPluginKeepsOut(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		for _, tt := range []struct{ name, options, command string }{
			{"by hand alone", "auto = false", ""},
			{"a buffer of the user's choice", "", "let b:claude_lsp = v:false"},
			{"a file that is only read", "", "set readonly"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				v := r.scripted(t, tt.options, "a.txt", at)
				v.call("nvim_command", tt.command)
				v.keys("GAx")
				v.is("vim.fn.mode() .. vim.api.nvim_get_current_line()", "i\tvalx")
				time.Sleep(50 * time.Millisecond) // a request is sent at once or not at all
				v.is("#s.asked()", 0)
				if tt.options != "" {
					v.keys("<M-Bslash>")
					v.is("#s.asked()", 1)
				}
			})
		}
	})
}

func TestPluginIsNotWantedInAFileType(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		v := r.scripted(t, "filetypes = { toml = false }", "a.txt", at)
		v.call("nvim_command", "edit b.toml")
		v.call("nvim_command", "split c.txt")
		v.is("#vim.lsp.get_clients({ bufnr = vim.fn.bufnr('c.txt') })", 1)
		v.is("#vim.lsp.get_clients({ bufnr = vim.fn.bufnr('b.toml') })", 0)
	})
}

// The popup menu and the ghost text stand side by side; what is chosen in the
// menu is text like any other.
func TestPluginBesideTheMenu(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		v := r.scripted(t, "", "a.txt", "value\nvary\nva")
		v.call("nvim_command", "set completeopt=menuone,noselect")
		v.keys("GA")
		v.is("#s.asked()", 1)
		v.does("s.answer(1, { s.item('lid', 'a') })")
		v.sees("lid")
		v.keys("<C-n>")
		v.is("vim.fn.pumvisible()", 1)
		v.sees("lid")
		v.keys("r")
		v.is("s.asked()[#s.asked()].params.position.character", 3)
		v.does("s.answer(#s.asked(), { s.item('nish', 'b') })")
		v.sees("nish")
		v.keys("<Tab>")
		v.saves("value\nvary\nvarnish\n")
	})
}

// What other servers say of the buffer goes to ours, at their places in its
// encoding.
func TestPluginHandsDiagnosticsOn(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		v := r.scripted(t, "", "a.txt", "é😀x\n")
		v.does(`local n = vim.api.nvim_create_namespace('other')
vim.diagnostic.set(n, 0, {
  { lnum = 0, col = 6, end_lnum = 0, end_col = 7, message = 'no x', severity = 1 },
  { lnum = 0, col = 0, message = 'a hint', severity = 4 },
})`)
		v.is("#s.told('claude-lsp/diagnostics')", 1)
		v.is("#s.told('claude-lsp/diagnostics')[1].diagnostics", 1)
		v.is("vim.inspect(s.told('claude-lsp/diagnostics')[1].diagnostics[1].range, { newline = '', indent = '' })",
			`{["end"] = {character = 4,line = 0},start = {character = 3,line = 0}}`)
		v.does("vim.diagnostic.reset()")
		v.is("#s.told('claude-lsp/diagnostics')", 2)
		v.is("#s.told('claude-lsp/diagnostics')[2].diagnostics", 0)
	})
}

// Options that are wrong are told of in one message that says what is right; the
// rest of them holds.
func TestPluginOptions(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		v := r.scripted(t, "gohst = 'own', ghost = 'mine', auto = 'yes', keys = { acept = '<C-l>' }, diagnostics = false", "a.txt", at)
		said := v.text("messages")
		for _, want := range []string{
			"there is no option `gohst`", "`ghost` is 'own' or 'native'", "`auto` is true or false", "`keys` has no `acept`",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("the messages lack %q:\n%s", want, said)
			}
		}
		v.is("require('claude_lsp.options').get().diagnostics", false)
		v.keys("GA")
		v.is("#s.asked()", 1)
	})
}

func TestPluginLua(t *testing.T) {
	onEach(t, func(t *testing.T, r release) {
		runLua(t, programOf(t, r.target, "nvim"))
	})
}

package editors

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

var blink = client{
	plugins: []string{"nvim-lspconfig", "blink.cmp", "blink-copilot"},
	init: withLspconfig + `require('blink.cmp').setup({
  fuzzy = { implementation = 'lua' }, -- its other one is fetched
  sources = { default = { 'copilot' }, providers = { copilot = { name = 'copilot', module = 'blink-copilot', async = true } } },
})
`,
}

// The entry is found by the word that is being typed, goes in as a whole, and
// leaves what stands behind the cursor. It is paid for once, though the plugin asks
// five times.
func TestBlinkCopilotAccepts(t *testing.T) {
	t.Parallel()
	const above = "package sums\n\nfunc f() {\n"
	for _, tt := range []struct{ name, before, after, text string }{
		{"a line", "\t", "", "return a + b"},
		{"a block", "\t", "", block},
		{"in a long line", "\tvalue := strings.Repeat(strings.ToUpper(", ")", "name), 2"},
		{"in a short line", "\tf(", ")", "alpha, beta, gamma"},
		{"wide characters", "\tname := \"日本😀\" + ", "", "first"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, writes(above+tt.before+tt.text+"¦"))
			v := blink.start(t, w, w.write("sums.go", above+tt.before+tt.after+"\n}\n"))
			v.keys("4GA" + strings.Repeat("<Left>", len(tt.after)) + tt.text[:2])
			eventually(t, "the menu", v.screen, func() bool { return v.lua("return require('blink.cmp').is_menu_visible()") == true })
			eventually(t, "five answers", v.screen, func() bool { return len(w.answersTo("textDocument/inlineCompletion")) == 5 })
			v.keys("<C-y>")
			v.becomes(above + tt.before + tt.text + tt.after + "\n}")
			v.saves(above + tt.before + tt.text + tt.after + "\n}\n")
			v.calm()
			if n, asked := w.askedFor(above+tt.before, tt.text); n != 1 {
				t.Errorf("%d requests for it, and %d others; the plugin asked %d times", n, asked, len(w.answersTo("textDocument/inlineCompletion")))
			}
			w.counted("shown 1, accepted 1, words 0, typed 0, rejected 0, undone 0, characters " + strconv.Itoa(utf8.RuneCountInString(tt.text[2:])))
		})
	}
}

var copilotCmp = client{
	plugins: []string{"copilot.lua", "nvim-cmp", "copilot-cmp"},
	init: `require('copilot').setup({
  server = { type = 'binary', custom_server_filepath = 'claude-lsp' },
  suggestion = { enabled = false }, panel = { enabled = false },
})
require('copilot_cmp').setup()
local cmp = require('cmp')
cmp.setup({ sources = { { name = 'copilot' } }, mapping = { ['<C-y>'] = cmp.mapping.confirm({ select = true }) } })
`,
}

func TestCopilotCmpAccepts(t *testing.T) {
	w := newWorld(t, writes(lead+block+"¦"))
	v := copilotCmp.start(t, w, w.write("sums.go", adding))
	v.keys("4GA")
	v.types("if")
	eventually(t, "the menu", v.screen, func() bool { return v.lua("return require('cmp').visible()") == true })
	v.keys("<C-y>")
	v.becomes(lead + block + "\n}")
	v.saves(lead + block + "\n}\n")
	v.calm()
}

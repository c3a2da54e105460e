-- What `vim.lsp.enable('claude_lsp')` starts, on Neovim 0.11 and newer. Change
-- it with `vim.lsp.config('claude_lsp', {...})` or `require('claude_lsp').setup{}`.

-- A plugin manager may have put this folder on the path after 'plugin' was read.
require('claude_lsp').load()

return require('claude_lsp.server').config()

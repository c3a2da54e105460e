-- Neovim 0.12 or newer, in init.lua
vim.lsp.config('claude_lsp', { cmd = { 'claude-lsp', '--stdio' }, root_markers = { '.git' } })
vim.lsp.enable('claude_lsp')
vim.lsp.inline_completion.enable()
vim.keymap.set('i', '<Tab>', function()
  if not vim.lsp.inline_completion.get() then return '<Tab>' end
end, { expr = true, desc = 'Accept the suggestion' })

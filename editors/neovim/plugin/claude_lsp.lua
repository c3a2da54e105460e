-- Read by Neovim at its start. With 0.11 or newer nothing happens until
-- `vim.lsp.enable('claude_lsp')`; 0.10 has no such function, so there to install
-- the plugin is to enable it. `vim.g.loaded_claude_lsp = 1` keeps it away.

if vim.g.loaded_claude_lsp then return end
vim.g.loaded_claude_lsp = 1

if vim.fn.has('nvim-0.10') == 0 then
  vim.notify_once('claude-lsp needs Neovim 0.10 or newer', vim.log.levels.WARN)
  return
end

require('claude_lsp').load()

if vim.fn.has('nvim-0.11') == 0 then
  -- Later, so that a setup{} in a file that is read after this one counts.
  local function start() require('claude_lsp.server').autostart() end
  if vim.v.vim_did_enter == 1 then
    start()
  else
    vim.api.nvim_create_autocmd('VimEnter', { once = true, callback = start })
  end
end

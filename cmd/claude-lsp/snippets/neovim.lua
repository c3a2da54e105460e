-- Neovim 0.12 or newer, in init.lua
vim.lsp.config('claude_lsp', { cmd = { 'claude-lsp', '--stdio' }, root_markers = { '.git' } })
vim.lsp.enable('claude_lsp')
vim.lsp.inline_completion.enable()

-- Neovim inserts where the suggestion began. If you have typed some of it since,
-- that has to be replaced; if you have typed something else, there is nothing to accept.
local function over_what_was_typed(item)
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local from = item.range
  if not from or from.end_row ~= row - 1 or from.end_col >= col then return item end
  local line = vim.api.nvim_get_current_line()
  local typed = line:sub(from.start_col + 1, col)
  if not vim.startswith(item.insert_text, typed) then return end
  -- A bracket that was closed by itself may stand in the suggestion too: ask anew.
  if typed:find('[%(%[{"\'`]') and line:find('^[%)%]}"\'`]', col + 1) then
    vim.api.nvim_exec_autocmds('CursorMovedI', {})
    return
  end
  item.range = vim.range(from.buf, from.start_row, from.start_col, row - 1, col)
  return item
end
vim.keymap.set('i', '<Tab>', function()
  if not vim.lsp.inline_completion.get({ on_accept = over_what_was_typed }) then return '<Tab>' end
end, { expr = true, desc = 'Accept the suggestion' })

-- Buffers that only show something.

local M = {}

-- Shows lines in a window of their own, below. The same name is shown in the
-- same window; q closes it.
---@param name string such as "context"
---@param lines string[]
---@return integer bufnr
function M.show(name, lines)
  local full = 'claude-lsp://' .. name
  local bufnr = vim.fn.bufnr('^' .. vim.fn.escape(full, '*?[]{}\\,') .. '$')
  if bufnr < 0 then
    bufnr = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(bufnr, full)
    vim.bo[bufnr].bufhidden = 'wipe'
    vim.keymap.set('n', 'q', '<C-w>c', { buffer = bufnr, desc = 'Close' })
  end
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].modified = false
  vim.bo[bufnr].filetype = 'claudelsp'
  local window = vim.fn.bufwinid(bufnr)
  if window < 0 then
    local height = math.min(math.max(#lines, 3), math.floor(vim.o.lines / 2))
    vim.cmd(('botright %dsplit'):format(height))
    window = vim.api.nvim_get_current_win()
    vim.api.nvim_win_set_buf(window, bufnr)
    vim.wo[window][0].wrap = name == 'status' -- the others are tables
    vim.wo[window][0].linebreak = true
    vim.wo[window][0].number = false
    vim.wo[window][0].relativenumber = false
  else
    vim.api.nvim_set_current_win(window)
  end
  vim.api.nvim_win_set_cursor(window, { 1, 0 })
  return bufnr
end

return M

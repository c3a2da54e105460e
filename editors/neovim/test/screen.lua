-- What a person sees, as functions for the driven Neovim. It is loaded after
-- the user's own configuration.

local M = {}

-- The ghost text in the current buffer, every line of it; "" when there is
-- none. Neovim's client and the plugins, ours and Copilot's, keep it as marks.
local drawers = { 'nvim.lsp.inline_completion', 'claude_lsp', 'copilot.suggestion', 'github-copilot' }

function M.ghost()
  local spaces = vim.api.nvim_get_namespaces()
  local found, marks = '', {}
  for _, name in ipairs(drawers) do
    if spaces[name] then vim.list_extend(marks, vim.api.nvim_buf_get_extmarks(0, spaces[name], 0, -1, { details = true })) end
  end
  for _, mark in ipairs(marks) do
    local function add(chunks)
      for _, chunk in ipairs(chunks) do
        found = found .. chunk[1]
      end
    end
    add(mark[4].virt_text or {})
    for _, line in ipairs(mark[4].virt_lines or {}) do
      found = found .. '\n'
      add(line)
    end
  end
  return found
end

-- The text up to the cursor.
function M.before()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  return table.concat(vim.api.nvim_buf_get_text(0, 0, 0, row - 1, col, {}), '\n')
end

-- The same with the ghost text, as if that stood there.
function M.ahead()
  return M.before() .. M.ghost()
end

-- Where the cursor stands, as the protocol counts where all is ASCII, and the
-- version of the text that the server is told.
function M.place()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local version = vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]
  return ('%s %d:%d version %d'):format(vim.uri_from_bufnr(0), row - 1, col, version)
end

-- Whether the server is attached and has said that it offers ghost text.
function M.ready()
  return #vim.lsp.get_clients({ bufnr = 0, method = 'textDocument/inlineCompletion' }) > 0
end

-- The lines of the grid, with ghost text, messages and all.
function M.screen()
  vim.cmd.redraw()
  local lines = {}
  for row = 1, vim.o.lines do
    local line = ''
    for column = 1, vim.o.columns do
      line = line .. vim.fn.screenstring(row, column)
    end
    lines[row] = line:gsub('%s+$', '')
  end
  return table.concat(lines, '\n')
end

-- What was shown as a message since the start.
function M.messages()
  return vim.api.nvim_exec2('messages', { output = true }).output
end

-- Stops the servers as closing the editor does, and says whether they ended.
function M.stop()
  vim.lsp.stop_client(vim.lsp.get_clients())
  return vim.wait(5000, function() return #vim.lsp.get_clients() == 0 end)
end

package.loaded['screen'] = M

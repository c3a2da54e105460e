-- Tells the server what other servers say of the buffer at hand: a line with an
-- error in it is often the one where help is wanted. docs/protocol.md describes
-- the notification.

local server = require('claude_lsp.server')
local text = require('claude_lsp.text')

local M = {}

local most = 64 -- the server reads no more
local pause = 100 -- milliseconds; other servers report in bursts

---@type table<integer, uv.uv_timer_t>
local waiting = {}

-- The errors and warnings of a buffer as the protocol has them.
function M.of(bufnr, encoding)
  local severity = { min = vim.diagnostic.severity.WARN }
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(bufnr, { severity = severity })) do
    if #found == most then break end
    local function position(row, col)
      local line = vim.api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or ''
      return { line = row, character = text.character(line, math.min(col, #line), encoding) }
    end
    found[#found + 1] = {
      range = { start = position(d.lnum, d.col), ['end'] = position(d.end_lnum or d.lnum, d.end_col or d.col) },
      severity = d.severity,
      message = d.message,
      source = d.source,
    }
  end
  return found
end

-- No version goes with them: they are about the text that the server has, since
-- that is what the other servers have been sent too.
local function send(bufnr)
  local client = vim.api.nvim_buf_is_loaded(bufnr) and server.client(bufnr)
  if not client then return end
  server.notify(client, 'claude-lsp/diagnostics', {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    diagnostics = M.of(bufnr, client.offset_encoding),
  })
end

local function soon(bufnr)
  if waiting[bufnr] or bufnr ~= vim.api.nvim_get_current_buf() then return end
  waiting[bufnr] = vim.defer_fn(function()
    waiting[bufnr] = nil
    send(bufnr)
  end, pause)
end

function M.attach(bufnr)
  local group = vim.api.nvim_create_augroup('claude_lsp.diagnostics.' .. bufnr, {})
  vim.api.nvim_create_autocmd({ 'DiagnosticChanged', 'BufEnter' }, {
    group = group,
    buffer = bufnr,
    callback = function() soon(bufnr) end,
  })
  if #vim.diagnostic.get(bufnr) > 0 then soon(bufnr) end
end

return M

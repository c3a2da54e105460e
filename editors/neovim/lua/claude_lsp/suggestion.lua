-- A suggestion, and whether it still fits the text.
--
-- Only what the buffer holds decides: a suggestion fits while the text from
-- where it begins to the cursor is its own beginning, and while nothing changed
-- behind the cursor. So what is typed along needs no request, what is accepted in
-- part needs none either, and what is stale can neither be drawn nor accepted.

local text = require('claude_lsp.text')

local M = {}

local space = vim.api.nvim_create_namespace('claude_lsp.anchor')

---@class claude_lsp.Suggestion
---@field bufnr integer
---@field item table as the server sent it
---@field text string what is inserted, with plain line ends
---@field crlf boolean whether the server's text has the other ones
---@field anchor integer extmark where the text begins; it moves with edits above
---@field tail string text behind the cursor that the last part takes the place of
---@field after string the line behind the cursor, the tail first

-- Makes a suggestion of an item that is an answer for a place; nil where it
-- cannot be shown there.
---@return claude_lsp.Suggestion?
function M.new(bufnr, item, row, col, encoding)
  if type(item) ~= 'table' or type(item.insertText) ~= 'string' then return nil end
  local line = vim.api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or ''
  local from, to = col, col
  local range = item.range
  if range and range ~= vim.NIL then
    if range.start.line ~= row or range['end'].line ~= row then return nil end
    from, to = text.byte(line, range.start.character, encoding), text.byte(line, range['end'].character, encoding)
  end
  if from > col or to < col then return nil end
  local crlf = item.insertText:find('\r\n', 1, true) ~= nil
  local s = {
    bufnr = bufnr,
    item = item,
    text = crlf and item.insertText:gsub('\r\n', '\n') or item.insertText,
    crlf = crlf,
    tail = line:sub(col + 1, to),
    after = line:sub(col + 1),
  }
  if not vim.startswith(s.text, line:sub(from + 1, col)) then return nil end
  s.anchor = vim.api.nvim_buf_set_extmark(bufnr, space, row, from, { right_gravity = false })
  return s
end

-- What of the suggestion is still to come at a place, and what of it stands
-- there; nil where it does not fit, or all of it stands there.
---@return string?, string?
function M.rest(s, row, col)
  local at = vim.api.nvim_buf_get_extmark_by_id(s.bufnr, space, s.anchor, {})
  if not at[1] or at[1] > row or (at[1] == row and at[2] > col) then return nil end
  local line = vim.api.nvim_buf_get_lines(s.bufnr, row, row + 1, false)[1]
  if not line or line:sub(col + 1) ~= s.after then return nil end
  local typed = table.concat(vim.api.nvim_buf_get_text(s.bufnr, at[1], at[2], row, col, {}), '\n')
  if #typed >= #s.text or not vim.startswith(s.text, typed) then return nil end
  return s.text:sub(#typed + 1), typed
end

-- How much of the suggestion a part is, in UTF-16 units from its start.
function M.length(s, part)
  local n = text.character(part, #part, 'utf-16')
  if s.crlf then n = n + select(2, part:gsub('\n', '')) end
  return n
end

-- What names it to the server; nil where the server gave it no name.
function M.id(s)
  local command = s.item.command
  return command and command ~= vim.NIL and command.arguments and command.arguments[1] or nil
end

-- Forgets where it began. It is of no use afterwards.
function M.drop(s)
  if vim.api.nvim_buf_is_valid(s.bufnr) then vim.api.nvim_buf_del_extmark(s.bufnr, space, s.anchor) end
end

return M

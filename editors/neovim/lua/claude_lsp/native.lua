-- Neovim's own ghost text (0.12 and newer), with what it lacks: it inserts where
-- the suggestion began, so what was typed since has to be replaced; and it knows
-- no parts.

local server = require('claude_lsp.server')
local text = require('claude_lsp.text')

local M = {}

-- The item as it is to be inserted at the cursor; nil where something else was
-- typed than it says, so that there is nothing to accept.
local function over_what_was_typed(item)
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local from = item.range
  if not from or from.end_row ~= row - 1 or from.end_col >= col then return item end
  local line = vim.api.nvim_get_current_line()
  local typed = line:sub(from.start_col + 1, col)
  if not vim.startswith(item.insert_text, typed) then return nil end
  -- A bracket that was closed by itself may stand in the suggestion too: ask anew.
  if typed:find('[%(%[{"\'`]') and line:find('^[%)%]}"\'`]', col + 1) then
    M.trigger()
    return nil
  end
  item.range = vim.range(from.buf, from.start_row, from.start_col, row - 1, col)
  return item
end

-- The same for a part. Neovim forgets the suggestion then, asks again, and is
-- offered the rest of it.
local function only(part)
  return function(item)
    local command = item.command
    item = over_what_was_typed(item)
    if not item or type(item.insert_text) ~= 'string' then return item end
    local row, col = unpack(vim.api.nvim_win_get_cursor(0))
    local from = item.range and item.range.start_col or col
    local typed, rest = item.insert_text:sub(1, col - from), item.insert_text:sub(col - from + 1)
    local taken = text[part](rest)
    if taken == rest then return item end
    local insert = typed .. taken
    local client = vim.lsp.get_client_by_id(item.client_id)
    if client and client.name == server.name and command then
      server.notify(client, 'textDocument/didPartiallyAcceptCompletion', {
        item = { insertText = item.insert_text, command = command },
        acceptedLength = text.character(insert, #insert, 'utf-16'),
      })
    end
    item.insert_text, item.range = insert, vim.range(item.range and item.range.buf or 0, row - 1, from, row - 1, col)
    item.command = nil -- it would report that all was accepted
    return item
  end
end

function M.visible()
  local space = vim.api.nvim_get_namespaces()['nvim.lsp.inline_completion']
  return space ~= nil and #vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { limit = 1 }) > 0
end

---@param part 'word'|'line'|nil
function M.accept(part)
  return vim.lsp.inline_completion.get({ on_accept = part and only(part) or over_what_was_typed })
end

function M.cycle(turn) vim.lsp.inline_completion.select({ count = turn }) end

-- Neovim has no function to ask by hand; moving the cursor is what it goes by.
function M.trigger() vim.api.nvim_exec_autocmds('CursorMovedI', { buffer = vim.api.nvim_get_current_buf() }) end

-- Neovim keeps to itself which item it shows, but hands it to whoever accepts it.
function M.dismiss()
  if not M.visible() then return false end
  return vim.lsp.inline_completion.get({
    on_accept = function(item)
      local client = vim.lsp.get_client_by_id(item.client_id)
      if client and client.name == server.name and item.command then
        server.notify(client, 'claude-lsp/didRejectCompletion', { item = { insertText = item.insert_text, command = item.command } })
      end
      return nil
    end,
  })
end

function M.clear() end

function M.attach(bufnr) vim.lsp.inline_completion.enable(true, { bufnr = bufnr }) end

return M

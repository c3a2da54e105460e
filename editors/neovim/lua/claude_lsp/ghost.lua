-- Our own ghost text: asks, shows, follows what is typed, accepts. One state for
-- each buffer; what decides is always the buffer as it is at that moment.

local draw = require('claude_lsp.draw')
local server = require('claude_lsp.server')
local suggestion = require('claude_lsp.suggestion')
local text = require('claude_lsp.text')

local M = {}

local method = 'textDocument/inlineCompletion'
local automatic, invoked = 2, 1 -- the protocol's trigger kinds, which change after typing or by hand

---@class claude_lsp.Ghost
---@field list claude_lsp.Suggestion[] what was offered, the best first; empty: nothing
---@field index integer which of them is shown
---@field counted boolean whether to say which of how many
---@field growing boolean whether the answer is still being written
---@field pending table? the request that is under way, and where it was made
---@field seen string? the place at which was last looked
---@field told table<string, true> what the server knows to be shown since there was nothing

---@type table<integer, claude_lsp.Ghost>
local ghosts = {}

-- The cursor, rows and bytes from 0.
local function cursor()
  local at = vim.api.nvim_win_get_cursor(0)
  return at[1] - 1, at[2]
end

-- A word for the text and the cursor as they are: if it is the same, nothing moved.
local function place(bufnr)
  local row, col = cursor()
  return ('%d %d:%d'):format(vim.api.nvim_buf_get_changedtick(bufnr), row, col)
end

local function inserting(bufnr)
  return vim.api.nvim_get_current_buf() == bufnr and vim.api.nvim_get_mode().mode:sub(1, 1) == 'i'
end

-- Whether suggestions have no place here. While a macro is recorded or runs
-- there is none: a key that accepted one would do something else the next time.
local function unwanted(bufnr)
  local bo = vim.bo[bufnr]
  return bo.buftype ~= '' or bo.readonly or not bo.modifiable or vim.b[bufnr].claude_lsp == false
    or vim.fn.reg_recording() ~= '' or vim.fn.reg_executing() ~= ''
end

local function forget(g)
  for _, s in ipairs(g.list) do
    suggestion.drop(s)
  end
  g.list, g.index, g.counted, g.growing = {}, 1, false, false
end

local function hide(bufnr, g)
  forget(g)
  draw.clear(bufnr)
  g.told = {}
end

-- Gives a pending request up: nobody waits for it any more.
local function cancel(bufnr, g)
  local client = g.pending and server.client(bufnr)
  if client and g.pending.id then server.cancel(client, g.pending.id) end
  g.pending = nil
end

-- Reports what became of a suggestion, where the server gave it a name.
local function report(s, notification, more)
  local client = server.client(s.bufnr)
  if not client or not suggestion.id(s) then return end
  server.notify(client, notification, vim.tbl_extend('error', { item = s.item }, more or {}))
end

-- Draws the suggestion that is chosen, if it fits. Returns whether it does.
local function show(bufnr, g)
  local s = g.list[g.index]
  if not s then return false end
  local row, col = cursor()
  local rest = suggestion.rest(s, row, col)
  if not rest then return false end
  draw.show(s, rest, row, col, g.counted and ('(%d/%d)'):format(g.index, #g.list) or nil)
  local id = suggestion.id(s)
  if id and not g.told[id] then
    g.told[id] = true
    report(s, 'textDocument/didShowCompletion')
  end
  return true
end

-- Shows items that are the answer for the cursor as it is.
---@param turn integer by how many candidates the user wanted to go on
local function offer(bufnr, g, items, encoding, turn)
  local before = g.list[g.index] and g.list[g.index].text
  forget(g)
  local row, col = cursor()
  for _, item in ipairs(items) do
    g.list[#g.list + 1] = suggestion.new(bufnr, item, row, col, encoding)
  end
  if turn ~= 0 then
    g.counted = #g.list > 1
    for i = 1, #g.list do -- the nearest in this direction that is not the one seen
      local at = (turn > 0) and i or (#g.list + 1 - i)
      if g.list[at].text ~= before then
        g.index = at
        break
      end
    end
  end
  if not show(bufnr, g) then hide(bufnr, g) end
end

-- Asks for the cursor's place. The server has its own pause after a key, and
-- ends what it was asked before; so a request goes out at once.
local function ask(bufnr, g, kind, turn)
  local client = server.client(bufnr)
  if not client then return end
  local row, col = cursor()
  local line = vim.api.nvim_get_current_line()
  local pending = {
    place = place(bufnr),
    position = { line = row, character = text.character(line, col, client.offset_encoding) },
  }
  g.pending = pending
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    position = pending.position,
    context = { triggerKind = kind },
  }
  local sent, id = server.request(client, method, params, function(err, result)
    if g.pending ~= pending then return end -- a newer one is under way, or nobody waits
    g.pending = nil
    g.growing = false
    -- An error takes nothing back: the text has moved on, or will have been asked about anew.
    if err or not inserting(bufnr) or place(bufnr) ~= pending.place then return end
    local items = type(result) == 'table' and (result.items or result) or {}
    offer(bufnr, g, items, client.offset_encoding, turn or 0)
  end, bufnr)
  pending.id = id
  if not sent then g.pending = nil end
end

-- Looks at the buffer after anything that may have moved the cursor or the text.
local function look(bufnr)
  local g = ghosts[bufnr]
  if not g or not inserting(bufnr) then return end
  local now = place(bufnr)
  if g.seen == now then return end
  g.seen = now
  if unwanted(bufnr) then
    cancel(bufnr, g)
    hide(bufnr, g)
    return
  end
  local fits = show(bufnr, g)
  if fits and not g.growing then
    g.pending = nil -- its answer would be for another place
    return
  end
  if not fits then hide(bufnr, g) end
  if require('claude_lsp.options').get().auto then ask(bufnr, g, automatic) end
end

-- What the server has written so far of the answer that is under way.
function M.progress(client_id, params)
  local bufnr = vim.api.nvim_get_current_buf()
  local g, client = ghosts[bufnr], vim.lsp.get_client_by_id(client_id)
  local pending = g and g.pending
  if not pending or not client or not inserting(bufnr) or pending.place ~= place(bufnr) then return end
  local doc, at = params.textDocument, params.position
  if doc.uri ~= vim.uri_from_bufnr(bufnr) or not vim.deep_equal(at, pending.position) then return end
  local version = doc.version
  if type(version) == 'number' and version ~= vim.lsp.util.buf_versions[bufnr] then return end
  if g.counted then return end -- the user goes through candidates
  offer(bufnr, g, { params.item }, client.offset_encoding, 0)
  g.growing = true
end

function M.visible()
  local g = ghosts[vim.api.nvim_get_current_buf()]
  local s = g and g.list[g.index]
  return s ~= nil and inserting(s.bufnr) and suggestion.rest(s, cursor()) ~= nil
end

-- Puts a suggestion into the text, or its next word or line.
---@param part 'word'|'line'|nil
function M.accept(part)
  local bufnr = vim.api.nvim_get_current_buf()
  local g = ghosts[bufnr]
  local s = g and g.list[g.index]
  if not s or not inserting(bufnr) then return false end
  local row, col = cursor()
  local rest, typed = suggestion.rest(s, row, col)
  if not rest then
    hide(bufnr, g)
    return false
  end
  local taken = part and text[part](rest) or rest
  local whole = taken == rest
  vim.go.undolevels = vim.go.undolevels -- the first undo takes back this and not what was typed
  local lines = vim.split(taken, '\n', { plain = true })
  local ok, problem = pcall(vim.api.nvim_buf_set_text, bufnr, row, col, row, col + (whole and #s.tail or 0), lines)
  if not ok then
    -- The text cannot be changed within a mapping with <expr>, as completion plugins have them: right after it.
    if not problem:find('E565') then error(problem, 0) end
    vim.schedule(function() M.accept(part) end)
    return true
  end
  vim.api.nvim_win_set_cursor(0, { row + #lines, (#lines == 1 and col or 0) + #lines[#lines] })
  if not whole then
    report(s, 'textDocument/didPartiallyAcceptCompletion', { acceptedLength = suggestion.length(s, typed .. taken) })
    look(bufnr)
    return true
  end
  local command, client = s.item.command, server.client(bufnr)
  cancel(bufnr, g)
  hide(bufnr, g)
  if client and command and command ~= vim.NIL then server.execute(client, command.command, command.arguments or {}, nil, bufnr) end
  return true
end

function M.cycle(turn)
  local bufnr = vim.api.nvim_get_current_buf()
  local g = ghosts[bufnr]
  if not g or not inserting(bufnr) or unwanted(bufnr) then return end
  if #g.list > 1 then
    g.index, g.counted = (g.index - 1 + turn) % #g.list + 1, true
    if not show(bufnr, g) then hide(bufnr, g) end
  else
    ask(bufnr, g, invoked, turn)
  end
end

function M.trigger()
  local bufnr = vim.api.nvim_get_current_buf()
  local g = ghosts[bufnr]
  if g and inserting(bufnr) then
    g.seen = place(bufnr)
    ask(bufnr, g, invoked)
  end
end

function M.dismiss()
  local bufnr = vim.api.nvim_get_current_buf()
  local g = ghosts[bufnr]
  if not g or not M.visible() then return false end
  report(g.list[g.index], 'claude-lsp/didRejectCompletion')
  cancel(bufnr, g)
  hide(bufnr, g)
  g.seen = place(bufnr) -- nothing is asked until something moves
  return true
end

-- Takes every ghost text away, as when suggestions are switched off.
function M.clear()
  for bufnr, g in pairs(ghosts) do
    cancel(bufnr, g)
    hide(bufnr, g)
  end
end

function M.attach(bufnr, client)
  -- Neovim's own would draw the same suggestion a second time.
  if vim.lsp.inline_completion then vim.lsp.inline_completion.enable(false, { client_id = client.id }) end
  ghosts[bufnr] = ghosts[bufnr] or { list = {}, index = 1, counted = false, growing = false, told = {} }
  local group = vim.api.nvim_create_augroup('claude_lsp.ghost.' .. bufnr, {})
  vim.api.nvim_create_autocmd({ 'InsertEnter', 'CursorMovedI', 'TextChangedI', 'TextChangedP' }, {
    group = group,
    buffer = bufnr,
    callback = function(event)
      -- At InsertEnter the mode has not changed yet, nor the cursor moved.
      if event.event == 'InsertEnter' then
        vim.schedule(function() look(bufnr) end)
      else
        look(bufnr)
      end
    end,
  })
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave' }, {
    group = group,
    buffer = bufnr,
    callback = function()
      local g = ghosts[bufnr]
      if not g then return end
      cancel(bufnr, g)
      hide(bufnr, g)
      g.seen = nil
    end,
  })
  vim.schedule(function() look(bufnr) end) -- the server may have come while somebody types
end

function M.detach(bufnr)
  local g = ghosts[bufnr]
  if not g then return end
  ghosts[bufnr] = nil
  hide(bufnr, g)
  pcall(vim.api.nvim_del_augroup_by_name, 'claude_lsp.ghost.' .. bufnr)
end

return M

-- The plugin's door: what a configuration may call. Everything else is private
-- to the plugin and may change.

local M = {}

-- Loads what listens to Neovim, once. It starts no server.
function M.load()
  if M.loaded then return end
  M.loaded = true
  require('claude_lsp.attach').listen()
  require('claude_lsp.commands').create()
end

-- Takes options over (claude_lsp.options names them all, |claude-lsp-options|
-- explains them) and enables the server. It may be left out, and be called again.
---@param given table?
function M.setup(given)
  local options = require('claude_lsp.options')
  options.set(given)
  M.load()
  require('claude_lsp.keys').remap()
  local server = require('claude_lsp.server')
  if vim.fn.has('nvim-0.11') == 0 then
    -- Before VimEnter the plugin's own file does it, when all of them were read.
    if vim.v.vim_did_enter == 1 or not vim.g.loaded_claude_lsp then server.autostart() end
    return
  end
  vim.lsp.config(server.name, server.overrides(given or {}))
  if options.get().autostart then vim.lsp.enable(server.name) end
end

-- The ghost text of the buffer at hand: our own, or Neovim's.
local function ghost()
  return require(require('claude_lsp.options').get().ghost == 'native' and 'claude_lsp.native' or 'claude_lsp.ghost')
end

-- Whether a suggestion stands behind the cursor that can be accepted.
---@return boolean
function M.visible() return ghost().visible() end

-- Accepts the suggestion, its next word, or the rest of its line (or the next
-- line). They return false where there is nothing to accept.
---@return boolean
function M.accept() return ghost().accept() end
---@return boolean
function M.accept_word() return ghost().accept('word') end
---@return boolean
function M.accept_line() return ghost().accept('line') end

-- Shows the next or the former candidate; where only one is known, more are
-- asked for.
function M.next() ghost().cycle(1) end
function M.prev() ghost().cycle(-1) end

-- Takes the suggestion away and tells the server that it was not wanted.
---@return boolean # whether there was one
function M.dismiss() return ghost().dismiss() end

-- Asks for a suggestion by hand, whatever automatic asking would say.
function M.trigger()
  if vim.api.nvim_get_mode().mode:sub(1, 1) == 'i' then
    ghost().trigger()
    return
  end
  -- From normal mode it is for the end of the line, where `A` would go.
  vim.cmd('startinsert!')
  vim.api.nvim_create_autocmd('InsertEnter', {
    once = true,
    callback = function() vim.schedule(function() ghost().trigger() end) end,
  })
end

-- What the server said of itself last, as docs/protocol.md describes
-- claude-lsp/status; nil before that. No request.
---@return table?
function M.status() return require('claude_lsp.status').current() end

-- A few words for the status line, '' where no server is attached. No request.
---@return string
function M.statusline() return require('claude_lsp.status').line() end

return M

-- The keys. Each does what it did before wherever there is no suggestion.

local M = {}

local actions = {
  { name = 'accept', desc = 'Accept the suggestion' },
  { name = 'accept_word', desc = 'Accept the next word of the suggestion' },
  { name = 'accept_line', desc = 'Accept the next line of the suggestion' },
  { name = 'next', desc = 'Show the next suggestion' },
  { name = 'prev', desc = 'Show the former suggestion' },
  { name = 'dismiss', desc = 'Take the suggestion away' },
  { name = 'trigger', desc = 'Ask for a suggestion', always = true },
}

---@type string[]? the keys that are ours; nil before the first server
local mapped

-- What a key did before us: a function that returns the keys to press. nil where
-- that is somebody's own mapping, which is to stay.
local function before(key)
  local old = vim.fn.maparg(key, 'i', false, true)
  if vim.tbl_isempty(old) then return function() return key end end
  -- From 0.11 on Neovim itself has one: Tab goes through a snippet.
  local own = (old.desc or ''):find('^vim%.snippet%.jump ')
  if own and old.callback and old.expr == 1 then return function() return old.callback() or '' end end
end

-- Whose the key for an action is: 'ours', 'theirs' or 'none', and the key.
function M.owner(action)
  local keys = require('claude_lsp.options').get().keys
  local key = keys and keys[action]
  if not key then return 'none' end
  local now = vim.fn.maparg(key, 'i', false, true)
  return (now.desc or ''):find('^claude%-lsp: ') and 'ours' or 'theirs', key, now
end

-- Sets the keys, once. It comes late, when a suggestion may be shown for the
-- first time, so that the user's own mappings are there.
function M.map()
  if mapped then return end
  mapped = {}
  local options = require('claude_lsp.options')
  for _, action in ipairs(actions) do
    local key = options.get().keys and options.get().keys[action.name]
    local fallback = key and before(key)
    if key and not fallback and options.asked_for_key(action.name) then
      fallback = function() return key end
    end
    if key and fallback then
      local run = ('<Cmd>lua require("claude_lsp").%s()<CR>'):format(action.name)
      vim.keymap.set('i', key, function()
        if action.always or require('claude_lsp').visible() then return run end
        return fallback()
      end, { expr = true, desc = 'claude-lsp: ' .. action.desc })
      table.insert(mapped, key)
    end
  end
end

-- Sets them anew after the options have changed. A mapping of Neovim's own that
-- one of them stood before does not come back.
function M.remap()
  if not mapped then return end
  for _, key in ipairs(mapped) do
    if (vim.fn.maparg(key, 'i', false, true).desc or ''):find('^claude%-lsp: ') then vim.keymap.del('i', key) end
  end
  mapped = nil
  M.map()
end

return M

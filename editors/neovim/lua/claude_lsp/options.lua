-- The options of setup{}, checked once.

local M = {}

-- Each with its default. Nothing of it is read from a project.
M.defaults = {
  cmd = { 'claude-lsp', '--stdio' }, -- how the server is started
  cmd_env = {}, -- its environment, beside Neovim's: keys, endpoints, CLAUDE_LSP_*
  settings = {}, -- docs/settings.md, but for what only the environment may set
  root_markers = { '.git' }, -- what a project's folder is known by
  filetypes = { ['*'] = true, gitrebase = false }, -- where the server is attached
  autostart = true, -- setup{} enables the server
  ghost = 'own', -- who draws: 'own', or 'native' from Neovim 0.12 on
  auto = true, -- ask while typing; false: by trigger() alone
  keys = { -- false: none of them; each may be false
    accept = '<Tab>',
    accept_word = '<M-Right>',
    accept_line = '<M-C-Right>',
    next = '<M-]>',
    prev = '<M-[>',
    dismiss = '<C-]>',
    trigger = '<M-\\>',
  },
  diagnostics = true, -- hand the buffer's errors and warnings to the server
}

local current = vim.deepcopy(M.defaults)
-- The keys that setup{} named: they are set also where they take another's place.
local asked_keys = {}

-- What would have been meant by a name that there is not.
local function nearest(name, known)
  for _, other in ipairs(known) do
    if other:gsub('[-_]', '') == name:lower():gsub('[-_]', '') or vim.startswith(other, name) or vim.startswith(name, other) then
      return (' Did you mean `%s`?'):format(other)
    end
  end
  return (' There are: %s.'):format(table.concat(known, ', '))
end

local function is_list_of_strings(v)
  return type(v) == 'table' and vim.islist(v) and vim.iter(v):all(function(s) return type(s) == 'string' end)
end

-- Each returns what is wrong with a value, or nil.
local checks = {
  cmd = function(v)
    if type(v) == 'function' then return end
    if not is_list_of_strings(v) or #v == 0 then return "is a list of strings, such as { 'claude-lsp', '--stdio' }" end
  end,
  cmd_env = function(v)
    if type(v) ~= 'table' then return "is a table of strings, such as { ANTHROPIC_API_KEY = '...' }" end
    for name, value in pairs(v) do
      if type(name) ~= 'string' or (type(value) ~= 'string' and type(value) ~= 'number') then
        return 'holds names and strings; ' .. tostring(name) .. ' has a ' .. type(value) -- not the value: it may be a key
      end
    end
  end,
  settings = function(v)
    if type(v) ~= 'table' then return "is a table, such as { completion = { multiline = 'never' } }" end
  end,
  root_markers = function(v)
    if type(v) ~= 'table' or not vim.islist(v) then return "is a list of names, such as { '.git' }" end
  end,
  filetypes = function(v)
    if type(v) ~= 'table' then return "is a table, such as { ['*'] = true, markdown = false }" end
    for name, on in pairs(v) do
      if type(name) ~= 'string' or type(on) ~= 'boolean' then
        return ("says true or false for each file type: { %s = true }"):format(type(name) == 'string' and name or tostring(on))
      end
    end
  end,
  ghost = function(v)
    if v ~= 'own' and v ~= 'native' then return "is 'own' or 'native'" end
    if v == 'native' and not vim.lsp.inline_completion then
      return "can be 'native' from Neovim 0.12 on; leave it out"
    end
  end,
  keys = function(v)
    if v == false then return end
    if type(v) ~= 'table' then return "is a table of keys, or false for none" end
    for name, key in pairs(v) do
      if M.defaults.keys[name] == nil then
        return ('has no `%s`.%s'):format(name, nearest(tostring(name), vim.tbl_keys(M.defaults.keys)))
      end
      if key ~= false and (type(key) ~= 'string' or key == '') then return ('`%s` is a key such as <Tab>, or false'):format(name) end
    end
  end,
}
for _, name in ipairs({ 'autostart', 'auto', 'diagnostics' }) do
  checks[name] = function(v)
    if type(v) ~= 'boolean' then return 'is true or false' end
  end
end

-- Says what is wrong with options, one sentence each.
---@return string[]
function M.problems(given)
  if given ~= nil and type(given) ~= 'table' then return { 'setup{} takes a table' } end
  local found = {}
  local names = vim.tbl_keys(M.defaults)
  table.sort(names)
  for name, value in vim.spairs(given or {}) do
    local check = checks[name]
    local wrong = check and check(value)
    if not check then
      table.insert(found, ('there is no option `%s`.%s'):format(tostring(name), nearest(tostring(name), names)))
    elseif wrong then
      table.insert(found, ('`%s` %s'):format(name, wrong))
    end
  end
  return found
end

-- Takes options over. One that is wrong keeps its default and is told of: an
-- editor without suggestions would be the worse answer to a slip.
function M.set(given)
  local wrong = M.problems(given)
  if #wrong > 0 then vim.notify('claude-lsp: ' .. table.concat(wrong, '\nclaude-lsp: '), vim.log.levels.WARN) end
  current, asked_keys = vim.deepcopy(M.defaults), {}
  if type(given) ~= 'table' then return end
  for name, value in pairs(given) do
    if checks[name] and not checks[name](value) then
      if name == 'filetypes' or (name == 'keys' and value) then
        current[name] = vim.tbl_extend('force', current[name], value)
      else
        current[name] = vim.deepcopy(value)
      end
      if name == 'keys' and value then asked_keys = value end
    end
  end
end

-- The options that hold. Not to be changed.
function M.get() return current end

-- Whether the user named the key for an action.
function M.asked_for_key(action) return type(asked_keys[action]) == 'string' end

-- Whether the server is wanted for files of a type.
function M.wants(filetype)
  local on = current.filetypes[filetype]
  if on == nil then on = current.filetypes['*'] end
  return on == true
end

return M

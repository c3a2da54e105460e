-- :checkhealth claude_lsp

local M = {}

local health = vim.health

-- Plugins that draw ghost text too, or take the same key, and how to tell that
-- they are loaded.
local others = {
  { name = 'copilot.lua', loaded = function() return package.loaded['copilot.suggestion'] end, cure = "switch its ghost text off: suggestion = { enabled = false }" },
  { name = 'copilot.vim', loaded = function() return vim.g.loaded_copilot end, cure = 'remove it, or :Copilot disable' },
  { name = 'supermaven-nvim', loaded = function() return package.loaded['supermaven-nvim'] end, cure = 'set disable_inline_completion = true in its setup' },
  { name = 'codeium / windsurf', loaded = function() return vim.g.loaded_codeium or package.loaded['codeium'] end, cure = 'switch its virtual text off' },
  { name = 'minuet-ai.nvim', loaded = function() return package.loaded['minuet.virtualtext'] end, cure = 'set auto_trigger_ft = {} in its virtualtext' },
  { name = 'llm.nvim', loaded = function() return package.loaded['llm.completion'] end, cure = 'set enable_suggestions_on_startup = false' },
}

local function neovim(options)
  health.start('Neovim')
  health.ok(('Neovim %s; ghost text: %s'):format(tostring(vim.version()), options.ghost == 'native' and "Neovim's" or 'our own'))
end

local function binary()
  health.start('The server')
  local words, env = require('claude_lsp.cli').program()
  if not words then
    health.info('reached over a connection; the program is not looked at')
    return
  end
  if vim.fn.executable(words[1]) == 0 then
    health.error(('%s is not executable'):format(words[1]), {
      'install claude-lsp so that it is on the PATH that Neovim has, or name it: cmd = { "/path/to/claude-lsp", "--stdio" }',
    })
    return
  end
  local function run(...)
    local cmd = vim.list_extend(vim.list_extend({}, words), { ... })
    local ok, done = pcall(function() return vim.system(cmd, { env = env, text = true }):wait(10000) end)
    if not ok then return { code = -1, stdout = '', stderr = tostring(done) } end
    return done
  end
  local version = run('version')
  if version.code ~= 0 then
    health.error(('%s does not run: %s'):format(words[1], vim.trim(version.stderr or '')))
    return
  end
  health.ok(('%s at %s'):format(vim.trim(version.stdout), vim.fn.exepath(words[1])))
  -- Where the key comes from, and the rest that the server knows of itself.
  local doctor = run('doctor', '--offline')
  local report, advice = health.info, nil
  local function flush()
    if advice then report(advice[1], #advice > 1 and vim.list_slice(advice, 2) or nil) end
  end
  for line in vim.gsplit(doctor.stdout or '', '\n') do
    local mark, rest = line:match('^(%S+)%s+(%S.*)$')
    local cure = line:match('^%s+%->%s*(.*)$')
    if cure and advice then
      advice[#advice + 1] = cure
    elseif mark == 'ok' or mark == '!!' then
      flush()
      report = mark == 'ok' and health.ok or health.warn
      advice = { rest }
    end
  end
  flush()
  if doctor.code ~= 0 and not advice then health.error('claude-lsp doctor failed: ' .. vim.trim(doctor.stderr or '')) end
end

local function attached()
  health.start('Attached')
  local server = require('claude_lsp.server')
  local clients = vim.lsp.get_clients({ name = server.name })
  if #clients == 0 then
    local advice = vim.fn.has('nvim-0.11') == 1 and "put vim.lsp.enable('claude_lsp') into init.lua, and open a file"
      or 'open a file; the options autostart and filetypes say where the server is attached'
    health.warn('no server is running', { advice })
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    health.ok(('client %d in %s, %d buffer%s, positions in %s'):format(
      client.id, client.config.root_dir or 'no folder', buffers, buffers == 1 and '' or 's', client.offset_encoding))
  end
end

local function conflicts(options)
  health.start('Keys and neighbours')
  local keys = require('claude_lsp.keys')
  for _, action in ipairs({ 'accept', 'accept_word', 'accept_line' }) do
    local owner, key, now = keys.owner(action)
    if owner == 'ours' then
      health.ok(('%s: %s'):format(action, key))
    elseif owner == 'theirs' and not vim.tbl_isempty(now) and #vim.lsp.get_clients({ name = 'claude_lsp' }) > 0 then
      health.warn(('%s is mapped by somebody else (%s), so it does not %s'):format(key, now.desc or now.rhs or 'a function', action), {
        ("let that mapping call require('claude_lsp').%s(), which returns whether it did something, or name another key"):format(action),
      })
    elseif owner == 'theirs' then
      health.info(('%s will be %s as soon as a server is attached'):format(key, action))
    else
      health.info(('no key for %s'):format(action))
    end
  end
  local found = false
  for _, other in ipairs(others) do
    if other.loaded() then
      found = true
      health.warn(other.name .. ' is loaded: two ghost texts at one place cannot be read', { other.cure })
    end
  end
  if not found then health.ok('no other plugin that draws ghost text') end
  if options.ghost == 'own' and vim.lsp.inline_completion then
    for _, client in ipairs(vim.lsp.get_clients({ name = 'claude_lsp' })) do
      if vim.lsp.inline_completion.is_enabled({ client_id = client.id }) and vim.lsp.inline_completion.is_enabled({ bufnr = 0, client_id = client.id }) then
        health.warn("Neovim's inline completion draws our suggestions too", {
          "leave vim.lsp.inline_completion.enable() out, or set ghost = 'native'",
        })
      end
    end
  end
end

function M.check()
  local options = require('claude_lsp.options').get()
  neovim(options)
  binary()
  attached()
  conflicts(options)
end

return M

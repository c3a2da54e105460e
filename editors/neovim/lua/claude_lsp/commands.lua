-- :ClaudeLsp and its subcommands.

local server = require('claude_lsp.server')

local M = {}

local function tell(message, level) vim.notify('claude-lsp: ' .. message, level or vim.log.levels.INFO) end

-- The client to speak to, or nil after saying that there is none.
local function client_or_tell()
  local client = server.client(vim.api.nvim_get_current_buf()) or server.client()
  if not client then tell('no server is running; :ClaudeLsp health says why', vim.log.levels.WARN) end
  return client
end

-- Runs one of the server's commands and says what follows from it.
local function execute(command, arguments, said)
  local client = client_or_tell()
  if not client then return end
  server.execute(client, command, arguments, function(err, status)
    if err then return tell(err.message, vim.log.levels.ERROR) end
    if type(status) == 'table' then require('claude_lsp.status').received(client.id, status) end
    tell(said(status))
  end, vim.api.nvim_get_current_buf())
end

-- Shows the output of the binary.
local function show_output(name, arguments, input)
  require('claude_lsp.cli').run(arguments, function(lines) require('claude_lsp.view').show(name, lines) end, input)
end

local function choose_model(name)
  execute('claude-lsp.chooseModel', { name }, function() return name == '' and 'the model of the settings' or 'the model is ' .. name end)
end

local function context(bang)
  local client = client_or_tell()
  if not client then return end
  local bufnr = vim.api.nvim_get_current_buf()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local line, file = vim.api.nvim_get_current_line(), vim.api.nvim_buf_get_name(bufnr)
  local character = require('claude_lsp.text').character
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    position = { line = row - 1, character = character(line, col, client.offset_encoding) },
    full = bang,
  }
  server.request(client, 'claude-lsp/context', params, function(err, result)
    if not err then return require('claude_lsp.view').show('context', vim.split(result.text, '\n', { plain = true })) end
    if err.code ~= vim.lsp.protocol.ErrorCodes.MethodNotFound then return tell(err.message, vim.log.levels.ERROR) end
    -- An older server: its command line is handed the text.
    local arguments = { 'context', '--stdin', ('%s:%d:%d'):format(file, row, character(line, col, 'utf-32') + 1) }
    if bang then table.insert(arguments, 2, '--full') end
    show_output('context', arguments, table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n') .. '\n')
  end, bufnr)
end

-- The server's log is Neovim's: what it writes to its standard error is kept there.
local function log_file()
  local _, env = require('claude_lsp.cli').program()
  local own = env and env.CLAUDE_LSP_LOG_FILE or vim.env.CLAUDE_LSP_LOG_FILE
  if own and own ~= '' then return own end
  return vim.lsp.log and vim.lsp.log.get_filename and vim.lsp.log.get_filename() or vim.lsp.get_log_path()
end

---@type table<string, { run: fun(arguments: string[], bang: boolean), complete?: string[] }>
M.subcommands = {
  status = {
    run = function()
      local client = client_or_tell()
      if not client then return end
      local status = require('claude_lsp.status')
      status.ask(client, vim.api.nvim_get_current_buf(), function(known, err)
        if not known then return tell(err.message, vim.log.levels.ERROR) end
        require('claude_lsp.view').show('status', status.describe(known))
      end)
    end,
  },
  why = {
    run = function(arguments) show_output('why', vim.list_extend({ 'why' }, arguments)) end,
    complete = { '--all', '--last', '--language', '--since', '--json' },
  },
  stats = {
    run = function(arguments) show_output('stats', vim.list_extend({ 'stats' }, arguments)) end,
    complete = { '--json' },
  },
  context = { run = function(_, bang) context(bang) end },
  enable = { run = function() execute('claude-lsp.enable', {}, function() return 'suggestions are on' end) end },
  disable = { run = function() execute('claude-lsp.disable', {}, function() return 'suggestions are off' end) end },
  snooze = {
    run = function(arguments)
      local minutes = arguments[1] and tonumber(arguments[1]) or nil
      if arguments[1] and not minutes then return tell(('%q is no number of minutes'):format(arguments[1]), vim.log.levels.ERROR) end
      execute('claude-lsp.snooze', minutes and { minutes } or {}, function(status)
        if minutes == 0 then return 'suggestions are on' end
        local left = require('claude_lsp.status').minutes_until(status and status.snoozedUntil, os.time())
        return ('suggestions are off for %s minutes'):format(left or minutes or 5)
      end)
    end,
    complete = { '5', '10', '30', '60' },
  },
  model = {
    run = function(arguments)
      if arguments[1] then return choose_model(arguments[1] == 'default' and '' or arguments[1]) end
      local client = client_or_tell()
      if not client then return end
      server.request(client, 'claude-lsp/models', vim.empty_dict(), function(err, result)
        -- An older server asks by itself.
        if err then return execute('claude-lsp.chooseModel', {}, function(s) return 'the model is ' .. (s and s.model or 'as it was') end) end
        vim.ui.select(result.models, {
          prompt = 'Which model shall suggest?',
          format_item = function(m) return m.current and m.name .. ' (now)' or m.name end,
        }, function(m)
          if m then choose_model(m.name) end
        end)
      end, vim.api.nvim_get_current_buf())
    end,
    complete = { 'default' },
  },
  log = { run = function() vim.cmd.edit(vim.fn.fnameescape(log_file())) end },
  restart = { run = function() server.restart() end },
  trigger = { run = function() require('claude_lsp').trigger() end },
  health = { run = function() vim.cmd('checkhealth claude_lsp') end },
}

-- What may stand next on the command line.
---@param line string up to the cursor
function M.complete(lead, line)
  local words = vim.split(line:gsub('^.-ClaudeLsp!?%s*', ''), '%s+')
  local choices
  if #words <= 1 then
    choices = vim.tbl_keys(M.subcommands)
  else
    local sub = M.subcommands[words[1]]
    choices = sub and sub.complete or {}
  end
  choices = vim.tbl_filter(function(c) return vim.startswith(c, lead) end, choices)
  if #words <= 1 then table.sort(choices) end
  return choices
end

function M.create()
  vim.api.nvim_create_user_command('ClaudeLsp', function(given)
    local name = given.fargs[1] or 'status'
    local sub = M.subcommands[name]
    if not sub then
      local names = vim.tbl_keys(M.subcommands)
      table.sort(names)
      return tell(('there is no :ClaudeLsp %s; there are %s'):format(name, table.concat(names, ', ')), vim.log.levels.ERROR)
    end
    sub.run(vim.list_slice(given.fargs, 2), given.bang)
  end, {
    nargs = '*',
    bang = true,
    desc = 'claude-lsp: status, why, context, ...',
    complete = function(lead, line, at) return M.complete(lead, line:sub(1, at)) end,
  })
end

return M

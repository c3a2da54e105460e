-- The server as Neovim's client sees it: how it is started, found and spoken to,
-- the same way for each version of Neovim.

local M = {}

M.name = 'claude_lsp'

local has_011 = vim.fn.has('nvim-0.11') == 1

-- What this client can do beyond what Neovim's says of itself.
local function capabilities(options)
  local own = options.ghost == 'own'
  return vim.tbl_deep_extend('force', vim.lsp.protocol.make_client_capabilities(), {
    textDocument = { inlineCompletion = { dynamicRegistration = false } },
    -- Neovim's own ghost text has no use for the lines that have come so far.
    experimental = { claudeLsp = { inlineCompletionProgress = own } },
  })
end

-- The project's folder of a buffer, or nil.
local function root(bufnr, markers) return vim.fs.root(bufnr, markers) end

-- The client's configuration, as vim.lsp.config and vim.lsp.start take it.
function M.config()
  local options = require('claude_lsp.options').get()
  return {
    name = M.name,
    cmd = options.cmd,
    cmd_env = options.cmd_env,
    root_markers = options.root_markers,
    -- A function, because it alone can keep the server from a buffer. It goes by
    -- the markers as they are in the end: the user's vim.lsp.config may name others.
    root_dir = has_011 and function(bufnr, go)
      if not require('claude_lsp.options').wants(vim.bo[bufnr].filetype) then return end
      if vim.bo[bufnr].buftype ~= '' then return end
      go(root(bufnr, vim.lsp.config[M.name].root_markers or options.root_markers))
    end or nil,
    init_options = vim.tbl_isempty(options.settings) and vim.empty_dict() or options.settings,
    settings = { ['claude-lsp'] = vim.tbl_isempty(options.settings) and vim.empty_dict() or options.settings },
    capabilities = capabilities(options),
    handlers = {
      ['claude-lsp/status'] = function(_, status, ctx) require('claude_lsp.status').received(ctx.client_id, status) end,
      ['claude-lsp/inlineCompletionProgress'] = function(_, params, ctx)
        require('claude_lsp.ghost').progress(ctx.client_id, params)
      end,
    },
  }
end

-- What setup{} has to tell vim.lsp.config: what was given alone, so that
-- nothing is undone that was told it elsewhere.
function M.overrides(given)
  local all, some = M.config(), {}
  for _, name in ipairs({ 'cmd', 'cmd_env', 'root_markers' }) do
    if given[name] ~= nil then some[name] = all[name] end
  end
  if given.settings ~= nil then
    some.settings, some.init_options = all.settings, all.init_options
  end
  if given.ghost ~= nil then some.capabilities = all.capabilities end
  return some
end

-- Attaches the server to a buffer, on Neovim 0.10.
local function start(bufnr)
  local options = require('claude_lsp.options').get()
  if vim.bo[bufnr].buftype ~= '' or not require('claude_lsp.options').wants(vim.bo[bufnr].filetype) then return end
  local config = M.config()
  config.root_dir = root(bufnr, options.root_markers)
  vim.lsp.start(config, { bufnr = bufnr })
end

-- On Neovim 0.10: attaches the server to the buffers there are and to those that
-- will come, unless the options say otherwise.
function M.autostart()
  if has_011 or not require('claude_lsp.options').get().autostart then return end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('claude_lsp.start', {}),
    callback = function(event) start(event.buf) end,
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) then start(bufnr) end
  end
end

-- The client of a buffer, or else any; nil where there is none.
---@param bufnr integer?
---@return vim.lsp.Client?
function M.client(bufnr) return vim.lsp.get_clients({ name = M.name, bufnr = bufnr })[1] end

-- Sends a request. What Neovim has not told of the buffer yet goes first.
---@return boolean, integer? # whether it was sent, and its id
function M.request(client, method, params, handler, bufnr)
  if has_011 then return client:request(method, params, handler, bufnr) end
  return client.request(method, params, handler, bufnr)
end

function M.notify(client, method, params)
  if has_011 then return client:notify(method, params) end
  return client.notify(method, params)
end

function M.cancel(client, id)
  if has_011 then return client:cancel_request(id) end
  return client.cancel_request(id)
end

function M.stop(client)
  if has_011 then return client:stop() end
  return client.stop()
end

function M.is_stopped(client)
  if has_011 then return client:is_stopped() end
  return client.is_stopped()
end

-- Runs a command of the server's; answered is called with what came of it.
function M.execute(client, command, arguments, answered, bufnr)
  -- An empty list would be written as an object.
  local params = { command = command, arguments = #arguments > 0 and arguments or nil }
  M.request(client, 'workspace/executeCommand', params, answered or function() end, bufnr)
end

-- Stops the server and starts it anew for the same buffers, with the options as
-- they are now. An `:edit` would lose what is not written.
function M.restart()
  local clients = vim.lsp.get_clients({ name = M.name })
  local buffers = {}
  for _, client in ipairs(clients) do
    for bufnr in pairs(client.attached_buffers) do
      buffers[bufnr] = true
    end
    M.stop(client)
  end
  if vim.tbl_isempty(buffers) then buffers[vim.api.nvim_get_current_buf()] = true end
  local function begin()
    for bufnr in pairs(buffers) do
      if vim.api.nvim_buf_is_loaded(bufnr) then
        if has_011 then
          local config = vim.deepcopy(vim.lsp.config[M.name])
          config.root_dir = root(bufnr, config.root_markers or {})
          vim.lsp.start(config, { bufnr = bufnr })
        else
          start(bufnr)
        end
      end
    end
  end
  local tries = 0
  local function wait()
    tries = tries + 1
    if vim.iter(clients):all(M.is_stopped) or tries > 100 then return begin() end
    if tries == 30 then -- it had three seconds
      for _, client in ipairs(clients) do
        vim.lsp.stop_client(client.id, true)
      end
    end
    vim.defer_fn(wait, 100)
  end
  wait()
end

return M

-- What is set up when the server is attached to a buffer, whoever attached it.

local M = {}

---@type table<integer, true> the clients that are ours; when one is gone, Neovim no longer knows its name
local ours = {}

-- Listens for the server, once.
function M.listen()
  local server = require('claude_lsp.server')
  local group = vim.api.nvim_create_augroup('claude_lsp', {})
  require('claude_lsp.draw').colours(group)
  vim.api.nvim_create_autocmd('LspAttach', {
    group = group,
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if not client or client.name ~= server.name then return end
      ours[client.id] = true
      local options = require('claude_lsp.options').get()
      require('claude_lsp.' .. (options.ghost == 'native' and 'native' or 'ghost')).attach(event.buf, client)
      require('claude_lsp.keys').map()
      require('claude_lsp.status').ask(client, event.buf)
      if options.diagnostics then require('claude_lsp.diagnostics').attach(event.buf) end
    end,
  })
  vim.api.nvim_create_autocmd('LspDetach', {
    group = group,
    callback = function(event)
      local id = event.data.client_id
      if not ours[id] then return end
      require('claude_lsp.status').lost(id)
      -- After a restart the next one may be there before this one has gone.
      for _, client in ipairs(vim.lsp.get_clients({ name = server.name, bufnr = event.buf })) do
        if client.id ~= id then return end
      end
      require('claude_lsp.ghost').detach(event.buf)
    end,
  })
end

return M

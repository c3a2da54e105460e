-- A server inside Neovim that says what the test tells it to say, and when: for
-- what a good server never does, or does at a moment that no test can choose.
-- `cmd` of the configuration is its start function.

local M = { requests = {}, notes = {} }

local dispatch

-- Starts it, as vim.lsp.rpc.start does.
function M.start(dispatchers)
  dispatch = dispatchers
  local id, closed = 0, false
  return {
    request = function(method, params, callback, sent)
      id = id + 1
      local at = id
      if method == 'initialize' then
        M.initialize = params
        callback(nil, {
          capabilities = {
            positionEncoding = M.encoding or 'utf-16',
            textDocumentSync = { openClose = true, change = 2 },
            inlineCompletionProvider = true,
            executeCommandProvider = { commands = { 'claude-lsp.accept' } },
          },
        })
      elseif method == 'shutdown' then
        callback(nil, nil)
      else
        M.requests[#M.requests + 1] = {
          method = method,
          params = params,
          answer = function(err, result)
            -- Neovim counts the request as open until then.
            if sent then sent(at) end
            callback(err, result)
          end,
        }
      end
      return true, at
    end,
    notify = function(method, params)
      M.notes[#M.notes + 1] = { method = method, params = params }
      if method == 'exit' then
        closed = true
        vim.schedule(function() dispatchers.on_exit(0, 0) end)
      end
      return true
    end,
    is_closing = function() return closed end,
    terminate = function()
      closed = true
      dispatchers.on_exit(0, 15)
    end,
  }
end

-- The requests for ghost text so far.
function M.asked()
  return vim.tbl_filter(function(r) return r.method == 'textDocument/inlineCompletion' end, M.requests)
end

-- An item at the place of a request, with its name.
function M.item(text, id, range)
  return { insertText = text, range = range, command = { title = 'Accepted', command = 'claude-lsp.accept', arguments = { id } } }
end

-- Answers the n-th request for ghost text with items.
function M.answer(n, items) M.asked()[n].answer(nil, { items = items }) end

-- Shows the lines that have come of the answer to the n-th request.
function M.grow(n, item, version)
  local params = M.asked()[n].params
  dispatch.notification('claude-lsp/inlineCompletionProgress', {
    textDocument = { uri = params.textDocument.uri, version = version or vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()] },
    position = params.position,
    item = item,
  })
end

-- Sends a notification of the server's.
function M.notify(method, params) dispatch.notification(method, params) end

-- What the client has told with a notification: the parameters, the first first.
function M.told(method)
  return vim.iter(M.notes):filter(function(n) return n.method == method end):map(function(n) return n.params end):totable()
end

package.loaded['scripted'] = M

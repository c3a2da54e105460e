-- Runs the same binary as the server, with the same environment, so that it
-- reads the same settings and the same store.

local M = {}

-- The words that start the binary, without those that make it a server: what
-- stands before them may be a wrapper, such as `direnv exec . claude-lsp`.
---@return string[]?, table<string, string>? # nil where the server is no program of ours
function M.program()
  local options = require('claude_lsp.options').get()
  local client = require('claude_lsp.server').client()
  local config = client and client.config or (vim.fn.has('nvim-0.11') == 1 and vim.lsp.config.claude_lsp) or options
  local cmd = config.cmd
  if type(cmd) ~= 'table' then return nil end
  local words = {}
  for _, word in ipairs(cmd) do
    if word == 'serve' or (word:sub(1, 1) == '-' and #words > 0) then break end
    words[#words + 1] = word
  end
  return words, config.cmd_env
end

-- Runs a subcommand; answered gets its lines, whichever way it ended, and whether
-- that was well.
---@param arguments string[]
---@param answered fun(lines: string[], ok: boolean)
---@param input string? its standard input
function M.run(arguments, answered, input)
  local words, env = M.program()
  if not words then return answered({ 'The server is reached over a connection, so there is no program to ask.' }, false) end
  local cmd = vim.list_extend(vim.list_extend({}, words), arguments)
  local ok, problem = pcall(vim.system, cmd, { env = env, text = true, timeout = 30000, stdin = input }, function(done)
    vim.schedule(function()
      local said = vim.trim(done.stdout or '') ~= '' and done.stdout or done.stderr or ''
      if done.code ~= 0 and done.stderr and said ~= done.stderr then said = said .. done.stderr end
      answered(vim.split((said:gsub('%s+$', '')), '\n', { plain = true }), done.code == 0)
    end)
  end)
  if not ok then answered({ ('%s does not start: %s'):format(cmd[1], tostring(problem):gsub('\n.*', '')) }, false) end
end

return M

-- What the server says of itself, and the words for the status line.

local M = {}

---@type table<integer, table> by client
local known = {}

-- Keeps a status and lets the editor know: the event User ClaudeLspStatus is for
-- status lines that draw when they are told to.
function M.received(client_id, status)
  if type(status) ~= 'table' then return end
  known[client_id] = status
  if status.state ~= 'ready' and status.state ~= 'trouble' then require('claude_lsp.ghost').clear() end
  vim.api.nvim_exec_autocmds('User', { pattern = 'ClaudeLspStatus', modeline = false, data = status })
  vim.cmd('redrawstatus!')
end

-- Asks once; after that the server tells by itself. answered is called with the
-- status, or with nil and what went wrong.
function M.ask(client, bufnr, answered)
  require('claude_lsp.server').request(client, 'claude-lsp/status', vim.empty_dict(), function(err, status)
    if not err then M.received(client.id, status) end
    if answered then answered(not err and status or nil, err) end
  end, bufnr)
end

function M.lost(client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  if not client or vim.tbl_isempty(client.attached_buffers) then known[client_id] = nil end
end

-- The status of the server of the buffer at hand.
function M.current()
  local client = require('claude_lsp.server').client(vim.api.nvim_get_current_buf())
  return client and known[client.id]
end

local function money(usd) return type(usd) == 'number' and usd > 0 and (' $%.2f'):format(usd) or '' end

-- The minutes until a time of RFC 3339, at least one; nil where it is none.
function M.minutes_until(time, now)
  local y, mo, d, h, mi, s, zone = (time or ''):match('^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)%.?%d*(.*)$')
  if not y then return nil end
  local at = os.time({ year = y, month = mo, day = d, hour = h, min = mi, sec = s, isdst = false })
  local utc = os.date('!*t', at) --[[@as osdate]]
  utc.isdst = false
  at = at + os.difftime(at, os.time(utc)) -- as if the words were in UTC
  local sign, zh, zm = zone:match('^([+-])(%d+):(%d+)$')
  if sign then at = at - (sign == '+' and 1 or -1) * (zh * 3600 + zm * 60) end
  return math.max(1, math.ceil((at - now) / 60))
end

-- A few words, from what is known already.
function M.line()
  local status = M.current()
  if not status then return '' end
  if status.state == 'disabled' then return 'claude off' end
  if status.state == 'snoozed' then
    local minutes = M.minutes_until(status.snoozedUntil, os.time())
    return minutes and ('claude off for %d min'):format(minutes) or 'claude off'
  end
  if status.state == 'trouble' then
    local kind = type(status.trouble) == 'table' and status.trouble.kind or 'trouble'
    return 'claude! ' .. tostring(kind):gsub('_', ' ')
  end
  return (status.provider == 'embedded' and 'embedded' or status.model or 'claude') .. money(status.costToday)
end

-- All of it, as lines for people.
---@return string[]
function M.describe(status)
  local lines = { ('state     %s'):format(status.state) }
  local function add(name, value) lines[#lines + 1] = ('%-9s %s'):format(name, value) end
  if type(status.trouble) == 'table' then add('trouble', ('%s (%s)'):format(status.trouble.message, status.trouble.kind)) end
  if status.snoozedUntil then add('until', status.snoozedUntil) end
  add('provider', status.provider)
  add('model', status.model)
  add('today', type(status.costToday) == 'number' and ('$%.4f, of all editors'):format(status.costToday) or 'unknown')
  local budget = type(status.budget) == 'table' and status.budget
  if budget then
    local spent = type(budget.spentUSD) == 'number' and ('$%.2f of '):format(budget.spentUSD) or ''
    add('budget', ('%s$%.2f, step %s'):format(spent, budget.dailyUSD, budget.step))
  end
  add('session', ('%d shown, %d accepted'):format(status.shown or 0, status.accepted or 0))
  return lines
end

return M

-- Draws a suggestion as ghost text: marks in a namespace of its own.

local text = require('claude_lsp.text')

local M = {}

M.space = vim.api.nvim_create_namespace('claude_lsp')

-- Names the colours, now and whenever the user chooses others.
function M.colours(group)
  local function link()
    local newer = vim.fn.hlexists('ComplHint') == 1
    vim.api.nvim_set_hl(0, 'ClaudeLspGhost', { link = newer and 'ComplHint' or 'Comment', default = true })
    vim.api.nvim_set_hl(0, 'ClaudeLspGhostCount', { link = newer and 'ComplHintMore' or 'NonText', default = true })
  end
  link()
  vim.api.nvim_create_autocmd('ColorScheme', { group = group, callback = link })
end

function M.clear(bufnr)
  if vim.api.nvim_buf_is_valid(bufnr) then vim.api.nvim_buf_clear_namespace(bufnr, M.space, 0, -1) end
end

-- Draws what is to come at the cursor.
---@param s claude_lsp.Suggestion
---@param rest string
---@param row integer
---@param col integer
---@param count string? which of how many it is
function M.show(s, rest, row, col, count)
  M.clear(s.bufnr)
  local function mark(at, chunks, position, lines)
    vim.api.nvim_buf_set_extmark(s.bufnr, M.space, row, at, {
      virt_text = chunks,
      virt_text_pos = position,
      virt_lines = lines,
      hl_mode = 'combine',
    })
  end
  local lines = vim.split(rest, '\n', { plain = true })
  local first = text.untab(lines[1], vim.fn.virtcol('.') - 1, vim.bo[s.bufnr].tabstop)
  local chunk = { first, 'ClaudeLspGhost' }
  local hint = count and { ' ' .. count, 'ClaudeLspGhostCount' }

  if #lines > 1 then
    local below = {}
    for i = 2, #lines do
      below[#below + 1] = { { lines[i], 'ClaudeLspGhost' } }
    end
    -- What follows the cursor will stand behind the last line, so it is drawn there.
    local behind = s.after:sub(#s.tail + 1)
    if behind ~= '' then table.insert(below[#below], { behind, 'Normal' }) end
    if hint then table.insert(below[#below], hint) end
    mark(col, { chunk }, 'inline', below)
    if s.after ~= '' then
      mark(col, { { (' '):rep(vim.fn.strdisplaywidth(s.after, vim.fn.virtcol('.') - 1)), 'Normal' } }, 'overlay')
    end
    return
  end
  local pieces = text.weave(first, s.tail)
  if not pieces then -- it looks different from what it replaces: as much of it as covers that, then the rest
    local over, covered, wide = '', 0, vim.fn.strdisplaywidth(s.tail)
    for _, character in ipairs(vim.fn.split(first, '\\zs')) do
      local width = vim.fn.strdisplaywidth(character)
      if covered + width > wide then break end
      over, covered = over .. character, covered + width
    end
    mark(col, { { over, 'ClaudeLspGhost' }, { (' '):rep(wide - covered) } }, 'overlay')
    pieces = { { at = #s.tail, text = first:sub(#over + 1) } }
  end
  for _, piece in ipairs(pieces) do
    mark(col + piece.at, { { piece.text, 'ClaudeLspGhost' } }, 'inline')
  end
  if hint then mark(col + #s.tail, { hint }, 'inline') end
end

return M

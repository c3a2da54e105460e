-- Parts of text, and how they are counted. Pure.

local M = {}

local has_new_index = vim.fn.has('nvim-0.11') == 1

-- The byte at which a character of a line begins, where characters are counted
-- in an encoding of the protocol. What lies behind the end is the end.
---@param line string
---@param character integer
---@param encoding string "utf-8", "utf-16" or "utf-32"
---@return integer
function M.byte(line, character, encoding)
  if encoding == 'utf-8' then return math.min(character, #line) end
  if has_new_index then return vim.str_byteindex(line, encoding, character, false) end
  local ok, byte = pcall(vim.str_byteindex, line, character, encoding == 'utf-16')
  return ok and byte or #line
end

-- The reverse: how many characters stand before a byte of a text.
---@param text string
---@param byte integer
---@param encoding string
---@return integer
function M.character(text, byte, encoding)
  if encoding == 'utf-8' then return byte end
  if has_new_index then return vim.str_utfindex(text, encoding, byte, false) end
  local utf32, utf16 = vim.str_utfindex(text, math.min(byte, #text))
  return encoding == 'utf-16' and utf16 or utf32
end

-- The next word of a text, with the blanks in front of it; a sign that is no
-- word counts as one together with those that follow it. Bytes from 128 on
-- belong to words: other letters are more frequent in code than other signs.
function M.word(text)
  return text:match('^%s*[%w_\128-\255]+') or text:match('^%s*[^%w_%s\128-\255]+') or text
end

-- The rest of the line, or if that is empty the next line.
function M.line(text) return text:match('^\n*[^\n]+') or text end

-- A line of text as it looks from a screen column on, with blanks for tabs:
-- where a mark pushes text aside Neovim 0.10 draws a tab as ^I.
function M.untab(text, column, tabstop)
  if not text:find('\t', 1, true) then return text end
  local out = {}
  for plain, tab in text:gmatch('([^\t]*)(\t?)') do
    table.insert(out, plain)
    column = column + vim.fn.strdisplaywidth(plain, column)
    if tab ~= '' then
      local width = tabstop - column % tabstop
      table.insert(out, (' '):rep(width))
      column = column + width
    end
  end
  return table.concat(out)
end

-- How text that is to be inserted lies between the text that it replaces: pieces
-- {at, text}, where at counts the bytes of the old text that stand before it.
-- nil where the old text is not a part of the new one in this order.
--
-- It is matched from the end: what is replaced are closing brackets that the
-- editor has put there, and the new text's last ones are those.
function M.weave(new, old)
  -- Bytes of wide characters may look alike without being one character.
  if old:find('[\128-\255]') and new:sub(-#old) ~= old then return nil end
  local pieces, i = {}, #new
  local last = #new
  for j = #old, 1, -1 do
    while i > 0 and new:byte(i) ~= old:byte(j) do i = i - 1 end
    if i == 0 then return nil end
    if i < last then table.insert(pieces, 1, { at = j, text = new:sub(i + 1, last) }) end
    i = i - 1
    last = i
  end
  if last > 0 then table.insert(pieces, 1, { at = 0, text = new:sub(1, last) }) end
  return pieces
end

return M

-- Tests of the plugin's parts that need no server: `nvim -l unit.lua`, run by the
-- Go tests. It prints what fails, and ends with 1 then.

local here = vim.fs.dirname(vim.fs.dirname(vim.fs.normalize(vim.fn.fnamemodify(arg[0], ':p'))))
vim.opt.runtimepath:prepend(here)

local failed, ran = 0, 0

local function is(what, got, want)
  ran = ran + 1
  if vim.deep_equal(got, want) then return end
  failed = failed + 1
  print(('%s: got %s, want %s'):format(what, vim.inspect(got), vim.inspect(want)))
end

local text = require('claude_lsp.text')

-- Bytes and characters, there and back, in each encoding: é has 2 bytes and 1
-- unit, 日 has 3 and 1, 😀 has 4 and 2.
local line = 'aé日😀z'
for encoding, starts in pairs({
  ['utf-8'] = { [0] = 0, [1] = 1, [3] = 3, [6] = 6, [10] = 10, [11] = 11 },
  ['utf-16'] = { [0] = 0, [1] = 1, [2] = 3, [3] = 6, [5] = 10, [6] = 11 },
  ['utf-32'] = { [0] = 0, [1] = 1, [2] = 3, [3] = 6, [4] = 10, [5] = 11 },
}) do
  for character, byte in pairs(starts) do
    is(('byte of %d in %s'):format(character, encoding), text.byte(line, character, encoding), byte)
    is(('character of byte %d in %s'):format(byte, encoding), text.character(line, byte, encoding), character)
  end
  is('behind the end in ' .. encoding, text.byte(line, 99, encoding), #line)
end

for from, want in pairs({
  ['foo bar'] = 'foo',
  ['  foo bar'] = '  foo',
  [' += n'] = ' +=',
  ['...日本 x'] = '...',
  ['日本 x'] = '日本',
  ['\n\t}'] = '\n\t}',
  ['   '] = '   ',
}) do
  is('word of ' .. vim.inspect(from), text.word(from), want)
end
for from, want in pairs({ ['a\nb'] = 'a', ['\n\tb\nc'] = '\n\tb', ['\n\nb\nc'] = '\n\nb', ['\n'] = '\n', ['a'] = 'a' }) do
  is('line of ' .. vim.inspect(from), text.line(from), want)
end

is('no tab', text.untab('ab', 3, 4), 'ab')
is('a tab from column 3', text.untab('a\tb', 3, 4), 'a    b')
is('a tab behind wide characters', text.untab('日\tb\t', 0, 4), '日  b   ')

for _, case in ipairs({
  { 'a, b)', ')', { { at = 0, text = 'a, b' } } },
  { 'a)) {', '))', { { at = 0, text = 'a' }, { at = 2, text = ' {' } } },
  { 'a(b)c)', '))', { { at = 0, text = 'a(b' }, { at = 1, text = 'c' } } },
  { ')', ')', {} },
  { 'x', '', { { at = 0, text = 'x' } } },
  { 'x', ')', nil },
  { 'é', 'è', nil },
  { 'a»', '»', { { at = 0, text = 'a' } } },
}) do
  is(('%s over %s'):format(case[1], case[2]), text.weave(case[1], case[2]), case[3])
end

-- A suggestion follows what is typed, and nothing else.
local suggestion = require('claude_lsp.suggestion')
local function buffer(lines)
  local b = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(b, 0, -1, false, lines)
  return b
end
do
  local b = buffer({ 'first', '\tre;' })
  local item = {
    insertText = 'return 😀\r\n\tx',
    range = { start = { line = 1, character = 1 }, ['end'] = { line = 1, character = 3 } },
    command = { arguments = { 'id' } },
  }
  local s = assert(suggestion.new(b, item, 1, 3, 'utf-16'))
  is('its name', suggestion.id(s), 'id')
  is('the rest', { suggestion.rest(s, 1, 3) }, { 'turn 😀\n\tx', 're' })
  is('another place', suggestion.rest(s, 0, 3), nil)
  is('before it', suggestion.rest(s, 1, 0), nil)
  vim.api.nvim_buf_set_text(b, 1, 3, 1, 3, { 'turn 😀', '\t' })
  is('typed over a line end', { suggestion.rest(s, 2, 1) }, { 'x', 'return 😀\n\t' })
  is('its length, with the line end that the server sent', suggestion.length(s, 'return 😀\n\t'), 12)
  vim.api.nvim_buf_set_lines(b, 0, 0, false, { 'above' })
  is('below an edit', suggestion.rest(s, 3, 1), 'x')
  vim.api.nvim_buf_set_text(b, 3, 1, 3, 1, { 'y' })
  is('something else was typed', suggestion.rest(s, 3, 2), nil)
  vim.api.nvim_buf_set_text(b, 3, 1, 3, 2, { 'x' })
  is('all of it was typed', suggestion.rest(s, 3, 2), nil)
  vim.api.nvim_buf_set_text(b, 3, 1, 3, 2, { '' })
  vim.api.nvim_buf_set_text(b, 3, 2, 3, 2, { ')' })
  is('a bracket was closed by itself', suggestion.rest(s, 3, 1), nil)
  for what, bad in pairs({
    ['no text'] = { range = item.range },
    ['a snippet'] = { insertText = { kind = 'snippet', value = 'x' } },
    ['two lines'] = { insertText = 'x', range = { start = { line = 0, character = 0 }, ['end'] = { line = 1, character = 0 } } },
    ['behind the cursor'] = { insertText = 'x', range = { start = { line = 1, character = 2 }, ['end'] = { line = 1, character = 2 } } },
    ['other text'] = { insertText = 'other', range = { start = { line = 1, character = 0 }, ['end'] = { line = 1, character = 1 } } },
  }) do
    is(what, suggestion.new(b, bad, 1, 1, 'utf-8'), nil)
  end
end

-- Options.
local options = require('claude_lsp.options')
is('no options', options.problems(nil), {})
is('good options', options.problems({ cmd = { 'x' }, keys = { accept = false }, filetypes = { go = true }, settings = {} }), {})
is('keys off', options.problems({ keys = false }), {})
is('no table', options.problems('x'), { 'setup{} takes a table' })
is('a near name', options.problems({ filetype = {} }), { 'there is no option `filetype`. Did you mean `filetypes`?' })
is('a command that is one string', options.problems({ cmd = 'claude-lsp --stdio' }), {
  "`cmd` is a list of strings, such as { 'claude-lsp', '--stdio' }",
})
local secret = options.problems({ cmd_env = { ANTHROPIC_API_KEY = { 'sk-secret' } } })
is('no value of the environment is told', { #secret, secret[1]:find('sk%-secret') }, { 1 })
options.set({ filetypes = { markdown = false } })
is('file types', { options.wants('go'), options.wants('markdown'), options.wants('gitrebase') }, { true, false, false })
options.set({ filetypes = { ['*'] = false, go = true } })
is('some file types', { options.wants('go'), options.wants('lua') }, { true, false })
options.set(nil)

-- The words of the status.
local status = require('claude_lsp.status')
local now = 1700000000 -- 2023-11-14T22:13:20Z
is('minutes', status.minutes_until('2023-11-14T22:23:20Z', now), 10)
is('minutes elsewhere', status.minutes_until('2023-11-15T00:18:20.5+02:00', now), 5)
is('over', status.minutes_until('2023-11-14T22:00:00Z', now), 1)
is('no time', status.minutes_until('soon', now), nil)

local describe = table.concat(status.describe({
  state = 'trouble', provider = 'claude', model = 'm', trouble = { kind = 'rate_limited', message = 'Slow down' },
  costToday = vim.NIL, budget = { dailyUSD = 2, spentUSD = vim.NIL, step = 'whole' }, shown = 3, accepted = 1,
}), '\n')
for _, want in ipairs({ 'Slow down (rate_limited)', 'unknown', '$2.00, step whole', '3 shown, 1 accepted' }) do
  is(want, describe:find(want, 1, true) ~= nil, true)
end

-- The binary beside the server.
local cli = require('claude_lsp.cli')
for _, case in ipairs({
  { { 'claude-lsp', '--stdio' }, { 'claude-lsp' } },
  { { 'claude-lsp', 'serve', '--listen=x' }, { 'claude-lsp' } },
  { { 'direnv', 'exec', '.', 'claude-lsp', '--stdio' }, { 'direnv', 'exec', '.', 'claude-lsp' } },
}) do
  options.set({ cmd = case[1] })
  if vim.fn.has('nvim-0.11') == 1 then vim.lsp.config('claude_lsp', { cmd = case[1] }) end
  is('program of ' .. table.concat(case[1], ' '), (cli.program()), case[2])
end
options.set(nil)

-- Completion of the command line.
local commands = require('claude_lsp.commands')
is('subcommands', commands.complete('st', 'ClaudeLsp st'), { 'stats', 'status' })
is('a range in front', commands.complete('wh', 'silent ClaudeLsp! wh'), { 'why' })
is('minutes to choose', commands.complete('', 'ClaudeLsp snooze '), { '5', '10', '30', '60' })
is('nothing to choose', commands.complete('', 'ClaudeLsp restart '), {})

-- The help file: every tag can be found.
local tags = vim.fn.tempname()
vim.fn.mkdir(tags, 'p')
assert(vim.uv.fs_copyfile(here .. '/doc/claude-lsp.txt', tags .. '/claude-lsp.txt'))
vim.cmd.helptags(tags)
local help = vim.iter(io.lines(tags .. '/tags')):map(function(l) return (l:match('^[^\t]+')) end):totable()
-- Plugin managers make tags for folders at the top of a repository alone, so
-- they are kept with the page. `:helptags editors/neovim/doc` makes them anew.
is('the kept tags', vim.fn.readfile(here .. '/doc/tags'), vim.fn.readfile(tags .. '/tags'))
is(':help claude-lsp', vim.tbl_contains(help, 'claude-lsp'), true)
local page = table.concat(vim.fn.readfile(here .. '/doc/claude-lsp.txt'), '\n')
for link in page:gmatch('|(claude%-lsp[^|%s]*)|') do
  is('|' .. link .. '|', vim.tbl_contains(help, link), true)
end
for name in pairs(options.defaults) do
  is('help for the option ' .. name, page:find('\n' .. name .. ' ', 1, true) ~= nil, true)
end
for name in pairs(commands.subcommands) do
  is('help for :ClaudeLsp ' .. name, page:find('\n:ClaudeLsp%S* ' .. name) ~= nil, true)
end

print(('%d checks, %d failed'):format(ran, failed))
os.exit(failed > 0 and 1 or 0)

-- Lets a program drive a Neovim that has a real input loop.
--
--   nvim -l drive.lua PROGRAM [ARGUMENT...]
--
-- starts PROGRAM, a Neovim with --embed, and attaches a screen to it. Then each
-- line of the standard input is a call of its API, as JSON: ["nvim_input",
-- "ihello"]. Each line of the standard output is what came of it: {"ok":
-- RESULT} or {"error": "..."}. The end of the input ends both.
--
-- Two Neovims, because one that runs a script (`nvim -l`) reads no keys: there
-- is no insert mode in it, no autocommand and no timer.

local child = vim.fn.jobstart(vim.list_slice(arg, 1, #arg), { rpc = true })
assert(child > 0, 'the Neovim to be driven does not start')
vim.rpcrequest(child, 'nvim_ui_attach', 100, 30, { rgb = true })

for line in io.lines() do
  local call = vim.json.decode(line)
  local ok, result = pcall(vim.rpcrequest, child, unpack(call))
  -- "ok" is a list, so that a result of nil does not vanish.
  io.stdout:write(vim.json.encode(ok and { ok = { result } } or { error = tostring(result) }), '\n')
  io.stdout:flush()
end

vim.fn.jobstop(child)
vim.fn.jobwait({ child }, 5000)

# Kakoune with kakoune-lsp, in kakrc; suggestions come as menu entries.
evaluate-commands %sh{ kak-lsp }
lsp-enable
# It stands beside the servers that kakoune-lsp starts for a language, and so behind lsp-enable.
hook global BufSetOption filetype=.+ %{
    set-option -add buffer lsp_servers %{
        [claude-lsp]
        args = ["--stdio"]
        root_globs = [".git", ".hg"]
    }
}

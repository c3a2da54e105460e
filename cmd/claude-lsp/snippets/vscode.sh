# Visual Studio Code needs no settings but the extension, which brings the server along:
# take the file for your system from the release.
code --install-extension claude-lsp-linux-x64.vsix

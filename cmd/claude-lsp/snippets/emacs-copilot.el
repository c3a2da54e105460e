;; Emacs with copilot.el, in init.el: the plugin stays, the server is another.
(setq copilot-server-executable "claude-lsp")
(add-hook 'prog-mode-hook #'copilot-mode)

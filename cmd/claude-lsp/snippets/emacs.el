;; Emacs 29 or newer, in init.el. C-M-i asks for a suggestion and puts it in.
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(prog-mode . ("claude-lsp" "--stdio"))))
(add-hook 'prog-mode-hook #'eglot-ensure)

;; Emacs 30 or newer: suggestions show as ghost text while you type, TAB puts them in.
(when (fboundp 'completion-preview-mode)
  (setq completion-preview-minimum-symbol-length nil
        completion-preview-idle-delay 0.2)
  (add-hook 'prog-mode-hook #'completion-preview-mode))

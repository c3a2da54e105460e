;; Emacs 29 or newer with eglot, in init.el; suggestions come by completion-at-point.
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(prog-mode . ("claude-lsp" "--stdio"))))

// A module of its own, so that what makes a release does not become a
// dependency of the server.
module github.com/claude-lsp/claude-lsp/internal/release

go 1.26.0

replace github.com/claude-lsp/claude-lsp => ../..

require (
	github.com/claude-lsp/claude-lsp v0.0.0-00010101000000-000000000000
	github.com/google/licensecheck v0.3.1
	golang.org/x/mod v0.43.0
)

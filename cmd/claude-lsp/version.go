package main

import (
	"fmt"
	"runtime"
)

type versionCmd struct{}

// Run prints the version, and what it was built with, on one line.
func (versionCmd) Run() error {
	_, err := fmt.Printf("claude-lsp %s (%s %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

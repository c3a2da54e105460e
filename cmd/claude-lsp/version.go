package main

import (
	"fmt"
	"runtime"
)

type versionCmd struct{}

// Run prints the version, and what it was built with, on one line.
func (versionCmd) Run() error {
	_, err := fmt.Println(versionLine())
	return err
}

func versionLine() string {
	return fmt.Sprintf("claude-lsp %s (%s %s/%s)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

//go:build !windows

package lsp

import (
	"errors"
	"syscall"
)

// processLives reports whether a process exists. One that belongs to somebody
// else (EPERM) does.
func processLives(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

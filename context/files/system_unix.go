//go:build unix

package files

import (
	"os/exec"
	"syscall"
)

// openNonblock keeps the opening of a pipe from waiting for its writer.
const openNonblock = syscall.O_NONBLOCK

func hideWindow(*exec.Cmd) {}

package files

import (
	"os/exec"
	"syscall"
)

// openNonblock is not needed: no name in a folder opens a pipe here.
const openNonblock = 0

// hideWindow keeps a console from flashing up: the server has none to share
// when an editor with windows has started it.
func hideWindow(cmd *exec.Cmd) {
	const createNoWindow = 0x08000000
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: createNoWindow}
}

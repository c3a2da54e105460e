package lsp

import "syscall"

// processLives reports whether a process exists: a handle to one that ended is
// signalled. A process that may not be opened is taken to live.
func processLives(pid int) bool {
	const synchronize = 0x00100000
	h, err := syscall.OpenProcess(synchronize, false, uint32(pid))
	if err != nil {
		const invalidParameter = syscall.Errno(87) // what Windows says of an id that no process has
		return err != invalidParameter
	}
	defer func() { _ = syscall.CloseHandle(h) }()
	event, err := syscall.WaitForSingleObject(h, 0)
	return err != nil || event == syscall.WAIT_TIMEOUT
}

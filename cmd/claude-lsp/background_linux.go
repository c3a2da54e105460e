package main

import (
	"runtime"
	"syscall"
)

// behind is the priority of what works in the background, as nice gives it.
const behind = 15

// inBackground runs f on a thread of its own that the system lets wait for all
// others: on two processors the reading of a large workspace would make each key
// wait for its turn, the editor's too.
func inBackground(f func()) {
	runtime.LockOSThread()                                   // and never unlock it: the thread ends with its goroutine
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, behind) // without it all works the same
	f()
}

//go:build unix

package doccontext

import (
	"syscall"
	"testing"
)

func makeFIFO(t testing.TB, name string) {
	t.Helper()
	if err := syscall.Mkfifo(name, 0o644); err != nil {
		t.Fatal(err)
	}
}

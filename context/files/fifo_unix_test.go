//go:build unix

package files

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

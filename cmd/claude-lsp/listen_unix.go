//go:build unix

package main

import (
	"net"
	"os"
	"syscall"
)

// listenUnix makes a socket that only its owner may connect to: the mask is
// set before the socket exists, so that there is no moment in between.
func listenUnix(path string) (net.Listener, error) {
	if st, err := os.Lstat(path); err == nil && st.Mode()&os.ModeSocket != 0 {
		if conn, err := net.Dial("unix", path); err == nil {
			_ = conn.Close()
			return nil, &net.OpError{Op: "listen", Net: "unix", Err: syscall.EADDRINUSE}
		}
		_ = os.Remove(path) // of a server that has ended
	}
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	return net.Listen("unix", path)
}

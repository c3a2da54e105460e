//go:build unix

package main

import (
	"context"
	"net"
	"os"
	"syscall"
)

// listenUnix makes a socket that only its owner may connect to: the mask is
// set before the socket exists, so that there is no moment in between.
func listenUnix(ctx context.Context, path string) (net.Listener, error) {
	if st, err := os.Lstat(path); err == nil && st.Mode()&os.ModeSocket != 0 {
		if conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path); err == nil {
			_ = conn.Close()
			return nil, &net.OpError{Op: "listen", Net: "unix", Err: syscall.EADDRINUSE}
		}
		_ = os.Remove(path) // of a server that has ended
	}
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	return (&net.ListenConfig{}).Listen(ctx, "unix", path)
}

//go:build unix

package credentials

import (
	"io/fs"
	"os"
	"syscall"
)

// private says why a file is no place for a secret, or nil.
func private(path string, st fs.FileInfo) error {
	if st.Mode().Perm()&0o077 != 0 {
		return Unusable("others can read or change %s (mode %04o); run: chmod 600 %s", path, st.Mode().Perm(), path)
	}
	// Root can read everything anyway, and is who puts files there for services.
	if sys, ok := st.Sys().(*syscall.Stat_t); ok && sys.Uid != 0 && int(sys.Uid) != os.Geteuid() {
		return Unusable("%s belongs to somebody else; make a file of your own", path)
	}
	return nil
}

//go:build !unix

package credentials

import "io/fs"

// private leaves it to the system: files below a user's profile are nobody
// else's on Windows, and the mode that Go shows there says nothing of readers.
func private(string, fs.FileInfo) error { return nil }

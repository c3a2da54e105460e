package credentials

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// maxSecret bounds what is read of a file or a command, in bytes. Keys are a
// few hundred bytes long, signed tokens a few thousand.
const maxSecret = 64 << 10

// A file holds the key and nothing else.
type file struct {
	path string
	kind Kind
}

// File is a file that holds the key and nothing else. It is refused where
// others can read it. A file that is replaced is noticed within ten seconds,
// and at once when the service refuses the key.
func File(path string, kind Kind) Source { return file{path, kind} }

func (f file) Get(context.Context, bool) (Found, error) {
	if f.path == "" {
		return Found{}, Missing("credentials.source is file, and credentials.file names none")
	}
	secret, made, err := ReadPrivate(f.path)
	if err != nil {
		return Found{}, err
	}
	key, err := NewKey(secret, f.kind)
	if err != nil {
		return Found{}, Unusable("%s: %w", f.path, err)
	}
	return Found{Key: key, Made: made, Hold: 10 * time.Second}, nil
}

func (f file) Name() string { return "the file " + f.path }

func (file) Close() {}

// ReadPrivate returns what a file holds, and when it was written last. A file
// that others than its owner can read, and one that belongs to somebody else
// than the user or the system's administrator, is an error that says how to
// mend it. What is looked at is the open file, so that it cannot be another
// than the one that is read.
func ReadPrivate(path string) (text string, written time.Time, err error) {
	// Only a regular file may be opened: opening a pipe waits for its writer.
	if st, err := os.Stat(path); err != nil {
		return "", time.Time{}, unreadable(path, err)
	} else if !st.Mode().IsRegular() {
		return "", time.Time{}, Missing("%s is no file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", time.Time{}, unreadable(path, err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return "", time.Time{}, unreadable(path, err)
	}
	if err := private(path, st); err != nil {
		return "", time.Time{}, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return "", time.Time{}, unreadable(path, err)
	case len(data) > maxSecret:
		return "", time.Time{}, Unusable("%s is longer than any key; it must hold the key and nothing else", path)
	}
	return string(data), st.ModTime(), nil
}

func unreadable(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return Missing("there is no file %s", path)
	}
	return Missing("%w", err)
}

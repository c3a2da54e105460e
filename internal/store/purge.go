package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files are all files that a store at path has come to: itself with its log,
// and what was set aside, each with its own.
func Files(path string) ([]string, error) {
	dir, name := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var all []string
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), name)
		if ours && !e.IsDir() && (slices.Contains([]string{"", "-wal", "-shm", "-journal"}, rest) ||
			strings.HasPrefix(rest, asideMark) || strings.HasPrefix(rest, purgeMark)) {
			all = append(all, filepath.Join(dir, e.Name()))
		}
	}
	return all, err
}

// The ends of names that a store's files may get.
const (
	asideMark = ".set-aside-"
	purgeMark = ".purged-"
)

// Purge removes all files of a store. Processes that have it open notice within
// a minute, or with the next thing they write, and begin a new one.
func Purge(path string) error {
	// The file goes before its log, as it does when it is set aside: a process
	// that comes meanwhile must not find a log that is another file's.
	var errs []error
	for _, companion := range []string{"", "-wal", "-shm", "-journal"} {
		err := os.Rename(path+companion, path+purgeMark+strings.TrimPrefix(companion, "-"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	all, err := Files(path)
	if err != nil {
		return err
	}
	for _, name := range all {
		rest := strings.TrimPrefix(name, path)
		if !strings.HasPrefix(rest, asideMark) && !strings.HasPrefix(rest, purgeMark) {
			continue // another process has begun a new one
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

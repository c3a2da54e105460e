package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Why Read does not return a file's text, beside the errors of the file system.
var (
	ErrSecret     = errors.New("the file may hold secrets")
	ErrOutside    = errors.New("the file is not in a folder of the workspace")
	ErrNotRegular = errors.New("not a regular file")
	ErrTooLarge   = errors.New("the file is too large")
	ErrBinary     = errors.New("the file is binary")
	ErrNotUTF8    = errors.New("the file is not UTF-8")

	errLink = fmt.Errorf("%w: a symbolic link leads to it", ErrNotRegular)
)

// Read returns the text of a file of the list. The file may have changed since
// it was listed, so all that can be wrong with it is looked at again: it is
// opened inside its folder alone, never through a link, and never waited for.
func (w *Workspace) Read(file File) (string, error) {
	name := file.Path
	if !slices.Contains(w.folders, file.Folder) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", fmt.Errorf("%s: %w", name, ErrOutside)
	}
	if w.options.Secret(filepath.Join(file.Folder, name)) {
		return "", fmt.Errorf("%s: %w", name, ErrSecret)
	}
	root, err := os.OpenRoot(file.Folder)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }() // nothing was written
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		info, err := root.Lstat(filepath.FromSlash(dir))
		if err != nil {
			return "", err
		}
		if !info.IsDir() {
			return "", fmt.Errorf("%s: %w", name, errLink)
		}
	}
	f, _, err := openRegular(root, name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return readText(f, name, w.options.MaxFileBytes)
}

// openRegular opens a regular file that name itself names, and not a link to
// one, without ever waiting for it as for a pipe. name has slashes.
func openRegular(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	local := filepath.FromSlash(name)
	before, err := root.Lstat(local)
	switch {
	case err != nil:
		return nil, nil, err
	case before.Mode()&fs.ModeSymlink != 0:
		return nil, nil, fmt.Errorf("%s: %w", name, errLink)
	case !before.Mode().IsRegular():
		return nil, nil, fmt.Errorf("%s: %w", name, ErrNotRegular)
	}
	f, err := root.OpenFile(local, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return nil, nil, err
	}
	// What was opened must be what was looked at: the name may have got a new
	// meaning in between.
	info, err := f.Stat()
	if err == nil && !os.SameFile(before, info) {
		err = fmt.Errorf("%s: %w", name, ErrNotRegular)
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// readText reads all of r, which may hold at most limit bytes of text.
func readText(r io.Reader, name string, limit int64) (string, error) {
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(r, limit+1))
	switch text := b.String(); {
	case err != nil:
		return "", err
	case n > limit:
		return "", fmt.Errorf("%s: %w", name, ErrTooLarge)
	case strings.IndexByte(text, 0) >= 0:
		return "", fmt.Errorf("%s: %w", name, ErrBinary)
	case !utf8.ValidString(text):
		return "", fmt.Errorf("%s: %w", name, ErrNotUTF8)
	default:
		return text, nil
	}
}

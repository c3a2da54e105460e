package config

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ProjectFile is the name of a project's own settings, in the root of a
// workspace folder.
const ProjectFile = ".claude-lsp.toml"

// maxFile bounds a settings file, in bytes. A greater one is a mistake or an
// attack.
const maxFile = 1 << 20

// racy is how young a file's time may be for a second change to hide behind
// it: some file systems keep times no finer than this.
const racy = 2 * time.Second

// A file is a settings file that is looked at again and again.
type file struct {
	path   string
	folder string // of a project's file: the workspace folder, which no link leads out of
	kind   kind

	is      state  // what good and trouble are made of
	pending *state // what the last look found, if it was something else
	good    layer  // the settings that count
	wasGood bool   // good came of a file without broken lines
	trouble []Warning
}

// A state tells one content of a file from another.
type state struct {
	there  bool
	size   int64
	time   time.Time
	sum    uint64 // of the content
	reason string // for which the file could not be read
	young  bool   // the content may change again without a new size or time
}

// sameAs reports whether a and b are one content. How young it was at a look
// is no part of it.
func (a state) sameAs(b state) bool {
	a.young, b.young = false, false
	a.time, b.time = time.Time{}, time.Time{}
	return a == b
}

var seed = maphash.MakeSeed()

// look finds out what the file holds, without changing f. It reads the content
// only if it may differ from before's.
func (f *file) look(before state) (state, []byte) {
	open, stat, done, err := f.access()
	if err == nil {
		defer done()
		var info fs.FileInfo
		if info, err = stat(); err == nil {
			return read(open, info, before)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	}
	return state{there: true, reason: reason(err)}, nil
}

// access is how to get at the file. A project's is opened by way of its
// folder, so that a link in a repository cannot make the server read a file
// elsewhere.
func (f *file) access() (open func() (*os.File, error), stat func() (fs.FileInfo, error), done func(), err error) {
	if f.folder == "" {
		return func() (*os.File, error) { return os.Open(f.path) },
			func() (fs.FileInfo, error) { return os.Stat(f.path) }, func() {}, nil
	}
	root, err := os.OpenRoot(f.folder)
	if err != nil {
		return nil, nil, nil, err
	}
	return func() (*os.File, error) { return root.Open(ProjectFile) },
		func() (fs.FileInfo, error) { return root.Stat(ProjectFile) },
		func() { _ = root.Close() }, nil
}

func read(open func() (*os.File, error), info fs.FileInfo, before state) (state, []byte) {
	now := state{there: true, size: info.Size(), time: info.ModTime()}
	switch {
	case info.IsDir():
		return state{there: true, reason: "it is a folder"}, nil
	case !info.Mode().IsRegular(): // opening a pipe would wait for its writer
		return state{there: true, reason: "it is not a regular file"}, nil
	case now.size > maxFile:
		return state{there: true, reason: fmt.Sprintf("it is larger than %d MiB", maxFile>>20)}, nil
	case before.there && before.reason == "" && !before.young && before.size == now.size && before.time.Equal(now.time):
		return before, nil
	}
	data, err := readAll(open)
	if err != nil {
		return state{there: true, reason: reason(err)}, nil
	}
	now.size, now.sum = int64(len(data)), maphash.Bytes(seed, data)
	now.young = time.Since(now.time) < racy
	return now, data
}

func readAll(open func() (*os.File, error)) ([]byte, error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = errors.New("it grows while it is read")
	}
	return data, err
}

// reason is err without the path, which a warning names already.
func reason(err error) string {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// take makes a content the one that counts. What cannot be read, or is broken,
// leaves the settings that were good before: somebody is in the middle of
// writing the file, and limits and exclusions must not blink.
func (f *file) take(is state, data []byte) {
	f.is, f.trouble = is, nil
	switch {
	case !is.there:
		f.good, f.wasGood = layer{}, false
	case is.reason != "":
		f.trouble = []Warning{{Source: f.path, Text: "cannot be read: " + is.reason + f.remain()}}
	default:
		l := parseTOML(f.path, data)
		f.trouble, l.broken = l.broken, nil
		if len(f.trouble) == 0 || !f.wasGood {
			f.good, f.wasGood = l, len(f.trouble) == 0
			return
		}
		f.trouble[0].Text += f.remain()
	}
}

func (f *file) remain() string {
	if f.wasGood {
		return "; what was read from it before stays"
	}
	return ""
}

func userLayer(path string) *file { return &file{path: path, kind: ofUser} }

func projectLayer(folder string) *file {
	return &file{path: filepath.Join(folder, ProjectFile), folder: folder, kind: ofProject}
}

package files

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"go.uber.org/zap"
)

// A scan is one making of the list. It goes through the folders one after the
// other, in one goroutine: a keystroke must find a processor free.
type scan struct {
	w      *Workspace
	ctx    context.Context
	before []File // the list as it was
	files  []File
	full   bool // MaxFiles is reached
	seen   int  // names looked at, good or not
	left   map[string]*leftOut
}

// leftOut counts what was left out for one reason, so that the log has one line
// for each and not one for each file.
type leftOut struct {
	count   int
	example string
}

// Why a name is left out of the list, as the log says it.
const (
	leftSecret     = "may hold secrets"
	leftIgnored    = "named by " + ownIgnoreFile
	leftExcluded   = "excluded by a setting"
	leftVendored   = "vendored or a lock file"
	leftGenerated  = "generated"
	leftBinary     = "binary, or not UTF-8"
	leftLarge      = "too large"
	leftLink       = "a symbolic link"
	leftSpecial    = "not a regular file"
	leftName       = "its name is not UTF-8, or has control characters"
	leftUnreadable = "cannot be read"
	leftMany       = "more than the workspace may have"
)

// maxSeen bounds how many names a scan looks at for each file it may list: a
// home folder opened as a workspace must come to an end.
const maxSeen = 20

func (s *scan) leave(why, example string) {
	l := s.left[why]
	if l == nil {
		l = &leftOut{example: example}
		s.left[why] = l
	}
	l.count++
}

func (s *scan) report() {
	said := s.w.said
	s.w.said = map[string]leftOut{}
	for _, why := range slices.Sorted(maps.Keys(s.left)) {
		l := s.left[why]
		s.w.said[why] = *l
		if said[why] == *l {
			continue
		}
		log := s.w.log.Info
		if why == leftUnreadable || why == leftMany {
			log = s.w.log.Warn
		}
		log("files left out of the workspace", zap.String("because", why), zap.Int("count", l.count), zap.String("for_example", l.example))
	}
}

// done reports whether the scan must end, and counts one more name.
func (s *scan) done(name string) bool {
	s.seen++
	if len(s.files) >= s.w.options.MaxFiles || s.seen > maxSeen*s.w.options.MaxFiles {
		if !s.full {
			s.leave(leftMany, name)
		}
		s.full = true
	}
	return s.full || s.ctx.Err() != nil
}

// A lister lists one folder.
type lister struct {
	*scan
	folder string
	root   *os.Root
	tree   *tree
	plain  map[string]bool // folders that are no links, nor behind one
}

// folder lists one folder of the workspace: by git where that works, otherwise
// by a walk with our own ignore rules.
func (s *scan) folder(folder string) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		s.leave(leftUnreadable, folder)
		return
	}
	defer func() { _ = root.Close() }() // nothing was written
	l := &lister{s, folder, root, newTree(folder, s.w.options.Exclude, false), map[string]bool{".": true}}

	names, err := s.w.gitFiles(s.ctx, folder)
	if err != nil {
		if !errors.Is(err, errNoGit) {
			s.w.log.Info("git does not list the folder, walking it", zap.String("folder", folder), zap.Error(err))
		}
		l.tree = newTree(folder, s.w.options.Exclude, true)
		l.walk("")
		return
	}
	for _, name := range names {
		if s.done(name) {
			return
		}
		l.listed(name)
	}
}

// listed takes a name that git gave.
func (l *lister) listed(name string) {
	dir := strings.TrimSuffix(name, "/")
	if !filepath.IsLocal(filepath.FromSlash(dir)) {
		l.leave(leftName, name)
		return
	}
	for parent := path.Dir(dir); parent != "."; parent = path.Dir(parent) {
		if isVendorDir(path.Base(parent)) {
			l.leave(leftVendored, name)
			return
		}
	}
	if l.isPlainDir(dir) {
		// A repository of its own inside this one: a submodule, or a clone.
		if !isVendorDir(path.Base(dir)) {
			nested := *l
			nested.tree = newTree(l.folder, l.w.options.Exclude, true)
			nested.walk(dir)
		}
		return
	}
	l.file(name)
}

// isPlainDir reports whether name is a folder and no link leads to it.
func (l *lister) isPlainDir(name string) bool {
	if plain, known := l.plain[name]; known {
		return plain
	}
	info, err := l.root.Lstat(filepath.FromSlash(name))
	plain := err == nil && info.IsDir() && l.isPlainDir(path.Dir(name))
	if err == nil && info.IsDir() {
		l.plain[name] = plain
	}
	return plain
}

// walk lists a folder and those below it. Links are not followed, so there are
// no loops.
func (l *lister) walk(dir string) {
	for todo := []string{dir}; len(todo) > 0; {
		dir := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		f, err := l.root.Open(filepath.FromSlash(cmp.Or(dir, ".")))
		if err != nil {
			l.leave(leftUnreadable, path.Join(l.folder, dir))
			continue
		}
		for {
			entries, err := f.ReadDir(256)
			for _, e := range entries {
				name := path.Join(dir, e.Name())
				if l.done(name) {
					f.Close()
					return
				}
				if e.IsDir() {
					if l.enter(name) {
						todo = append(todo, name)
					}
				} else if _, gitIgnored := l.tree.ignored(name, false); !gitIgnored {
					l.entry(name, e.Type())
				}
			}
			if err != nil || len(entries) == 0 {
				if err != nil && !errors.Is(err, io.EOF) {
					l.leave(leftUnreadable, path.Join(l.folder, dir))
				}
				break
			}
		}
		f.Close()
	}
}

// enter reports whether the walk goes into the folder name.
func (l *lister) enter(name string) bool {
	if slices.Contains(l.w.folders, filepath.Join(l.folder, filepath.FromSlash(name))) {
		return false // a folder of the workspace itself
	}
	refused, gitIgnored := l.tree.ignored(name, true)
	switch {
	case isVendorDir(path.Base(name)):
		l.leave(leftVendored, name)
	case refused != "":
		l.leave(refused, name)
	case !isGoodName(name):
		l.leave(leftName, name)
	default:
		return !gitIgnored
	}
	return false
}

func (l *lister) entry(name string, kind fs.FileMode) {
	switch {
	case kind&fs.ModeSymlink != 0:
		l.leave(leftLink, name)
	case !kind.IsRegular():
		l.leave(leftSpecial, name)
	default:
		l.file(name)
	}
}

// file takes a file into the list, or says why not.
func (l *lister) file(name string) {
	full := filepath.Join(l.folder, filepath.FromSlash(name))
	if folder, _, _ := l.w.within(full); folder != l.folder {
		return // it belongs to a folder inside this one
	}
	refused, _ := l.tree.ignored(name, false)
	switch {
	case !isGoodName(name):
		l.leave(leftName, name)
	case l.w.options.Secret(full):
		l.leave(leftSecret, name)
	case refused != "":
		l.leave(refused, name)
	case isVendorFile(path.Base(name)):
		l.leave(leftVendored, name)
	case path.Dir(name) != "." && !l.isPlainDir(path.Dir(name)):
		l.leave(leftLink, name)
	default:
		l.look(name)
	}
}

// headBytes is how much of a file is read to tell whether it is text, and
// written by people.
const headBytes = 4 << 10

// look opens a file to see whether it belongs into the list by its contents.
func (l *lister) look(name string) {
	if old, ok := find(l.before, l.folder, name); ok {
		info, err := l.root.Lstat(filepath.FromSlash(name))
		if err == nil && info.Mode().IsRegular() && info.Size() == old.Size && info.ModTime().Equal(old.ModTime) {
			l.files = append(l.files, old)
			return
		}
	}
	f, info, err := openRegular(l.root, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return // deleted, and git was not told yet
	case errors.Is(err, errLink):
		l.leave(leftLink, name)
		return
	case errors.Is(err, ErrNotRegular):
		l.leave(leftSpecial, name)
		return
	case err != nil:
		l.leave(leftUnreadable, name)
		return
	}
	defer f.Close()
	if info.Size() > l.w.options.MaxFileBytes {
		l.leave(leftLarge, name)
		return
	}
	var buf [headBytes]byte
	n, err := io.ReadFull(f, buf[:])
	head := string(buf[:n])
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		l.leave(leftUnreadable, name)
	case isBinary(head):
		l.leave(leftBinary, name)
	case isGenerated(head):
		l.leave(leftGenerated, name)
	default:
		l.files = append(l.files, File{Folder: l.folder, Path: name, Size: info.Size(), ModTime: info.ModTime()})
	}
}

// isGoodName reports whether a path can stand in a prompt and a log as it is.
func isGoodName(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f })
}

package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// foldCase says whether names that differ in case alone are one name, as the
// file systems of these systems mostly have it.
const foldCase = runtime.GOOS == "windows" || runtime.GOOS == "darwin"

// maxIgnoreBytes is how much of an ignore file is read.
const maxIgnoreBytes = 1 << 20

// A tree knows the ignore rules of one folder of the workspace. It begins at
// the top of the repository that the folder lies in, and reads each ignore
// file once, when it first needs it. It is not safe for concurrent use.
type tree struct {
	top      string // absolute
	base     string // the folder relative to top, with slashes; "" if it is the top
	git      bool   // obey .gitignore too
	excludes *ignore
	dirs     map[string]*dirRules // by path relative to top
}

// dirRules is what holds in one folder.
type dirRules struct {
	refused    string // why nothing in it may be read at all
	gitIgnored bool
	git, own   *ignore
}

func newTree(folder string, exclude []string, git bool) *tree {
	t := &tree{top: folder, git: git, dirs: map[string]*dirRules{}}
	if top, ok := repositoryTop(folder); ok {
		t.top = top
	}
	if rel, err := filepath.Rel(t.top, folder); err == nil && rel != "." {
		t.base = filepath.ToSlash(rel)
	}
	t.excludes = t.excludes.with(t.base, parseIgnore(strings.Join(exclude, "\n"), foldCase), foldCase)
	return t
}

// repositoryTop returns the folder that folder's repository begins in.
func repositoryTop(folder string) (top string, ok bool) {
	for dir := folder; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir, true
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
	}
}

// ignored says what the rules make of name, relative to the workspace folder
// and with slashes: why it may not be read at all ("" if it may), and whether
// git ignores it.
func (t *tree) ignored(name string, isDir bool) (refused string, gitIgnored bool) {
	name = path.Join(t.base, name)
	return t.in(t.dir(path.Dir(name)), name, isDir)
}

func (t *tree) in(d *dirRules, name string, isDir bool) (refused string, gitIgnored bool) {
	refused, gitIgnored = d.refused, d.gitIgnored
	switch {
	case refused != "":
	case d.own.ignored(name, isDir):
		refused = leftIgnored
	case (t.base == "" || strings.HasPrefix(name, t.base+"/")) && t.excludes.ignored(name, isDir):
		refused = leftExcluded
	}
	return refused, gitIgnored || d.git.ignored(name, isDir)
}

// dir returns the rules in a folder, relative to the top; "." is the top.
func (t *tree) dir(name string) *dirRules {
	if d, ok := t.dirs[name]; ok {
		return d
	}
	d := &dirRules{}
	base := ""
	if name != "." {
		base = name
		above := t.dir(path.Dir(name))
		*d = *above
		d.refused, d.gitIgnored = t.in(above, name, true)
	}
	t.dirs[name] = d
	if d.refused != "" {
		return d
	}
	rules, ok := t.ownRules(name)
	if !ok {
		// What the user wanted to keep back is not known, so all of it is.
		d.refused = leftIgnored
	}
	d.own = d.own.with(base, rules, foldCase)
	if t.git && !d.gitIgnored {
		if name == "." || t.hasRepository(name) {
			// Rules of one repository do not reach into another one.
			d.git = (*ignore)(nil).with(base, t.rules(name, ".git/info/exclude"), foldCase)
		}
		d.git = d.git.with(base, t.rules(name, gitIgnoreFile), foldCase)
	}
	return d
}

func (t *tree) hasRepository(dir string) bool {
	_, err := os.Lstat(filepath.Join(t.top, filepath.FromSlash(dir), ".git"))
	return err == nil
}

// rules reads an ignore file of git's. As with git, one that is a link, or no
// regular file, has no rules; of a very large one the beginning counts.
func (t *tree) rules(dir, name string) []rule {
	name = path.Join(dir, name)
	if _, err := os.Lstat(filepath.Join(t.top, filepath.FromSlash(name))); err != nil {
		return nil // by far the most frequent case, found out cheaply
	}
	root, err := os.OpenRoot(t.top)
	if err != nil {
		return nil
	}
	defer func() { _ = root.Close() }() // nothing was written
	f, _, err := openRegular(root, name)
	if err != nil {
		return nil
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxIgnoreBytes))
	if err != nil {
		return nil
	}
	return parseIgnore(string(text), foldCase)
}

// ownRules reads our own ignore file, through a link too. It is not ok if
// there is one and it cannot be read whole.
func (t *tree) ownRules(dir string) (rules []rule, ok bool) {
	name := filepath.Join(t.top, filepath.FromSlash(dir), ownIgnoreFile)
	if _, err := os.Lstat(name); err != nil {
		return nil, errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
	}
	f, err := os.OpenFile(name, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxIgnoreBytes {
		return nil, false
	}
	text, err := io.ReadAll(io.LimitReader(f, maxIgnoreBytes))
	return parseIgnore(string(text), foldCase), err == nil
}

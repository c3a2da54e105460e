package files

import (
	"cmp"
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// Look returns what the list would say of one file if it were made now; ok is
// false where it would not have it. file is absolute. The list stays as it is,
// and a file that it has is taken to be allowed still: rules that have changed
// ask for a Scan.
func (w *Workspace) Look(file string) (f File, ok bool) {
	folder, name, ok := w.within(filepath.Clean(file))
	if !ok {
		return File{}, false
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return File{}, false
	}
	defer func() { _ = root.Close() }() // nothing was written
	s := &scan{w: w, ctx: context.Background(), left: map[string]*leftOut{}}
	l := &lister{s, folder, root, newTree(folder, w.options.Exclude, true), map[string]bool{".": true}}
	_, listed := w.Find(folder, name)
	switch {
	case listed && l.isPlainDir(path.Dir(name)):
		l.look(name)
	case !listed && l.reaches(path.Dir(name)):
		if _, gitIgnored := l.tree.ignored(name, false); !gitIgnored {
			l.file(name)
		}
	}
	if len(s.files) == 0 {
		return File{}, false
	}
	return s.files[0], true
}

// Find returns a file of the list by its folder and its path in there.
func (w *Workspace) Find(folder, name string) (File, bool) { return find(w.Files(), folder, name) }

// find finds a file in a list that is in order.
func find(list []File, folder, name string) (File, bool) {
	i, ok := slices.BinarySearchFunc(list, File{Folder: folder, Path: name}, compareFiles)
	if !ok {
		return File{}, false
	}
	return list[i], true
}

func compareFiles(a, b File) int {
	return cmp.Or(cmp.Compare(a.Folder, b.Folder), cmp.Compare(a.Path, b.Path))
}

// reaches reports whether a walk would come to a folder.
func (l *lister) reaches(dir string) bool {
	if dir == "." {
		return true
	}
	return l.reaches(path.Dir(dir)) && l.isPlainDir(dir) && l.enter(dir)
}

package index

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// An Index finds files and definitions of a workspace. The zero value is empty
// and ready. It is safe for concurrent use; what it returns stays valid and
// belongs to all, so none may change it.
type Index struct {
	mu    sync.RWMutex
	ids   map[string]int32 // by path
	files []*File          // by id; nil where one was removed
	free  []int32          // ids that are nobody's
	bytes int              // of all texts
	size  int              // see Size

	words   postings // files that have a word
	names   postings // files that define a name
	parts   postings // files that define a name with this part
	owners  postings // files that define a member of a type of this name
	stems   postings // files by their name without extension, in lower case
	dirs    map[string][]int32
	imports postings // files that import something whose path ends so, in lower case
	modules []mod    // the longest name first
}

// A mod is a module or package that a manifest gives a name to.
type mod struct {
	name, dir string
	id        int32 // of the manifest
}

// A File is an entry, made ready for ranking.
type File struct {
	*Entry
	names []uint32 // Hash of the name of each symbol
	ends  []uint32 // of the parts of each symbol
	parts []uint32
}

// Name returns Hash of a symbol's name.
func (f *File) Name(symbol int) uint32 { return f.names[symbol] }

// Parts returns the hashes of the parts of a symbol's name, in lower case.
func (f *File) Parts(symbol int) []uint32 {
	from := uint32(0)
	if symbol > 0 {
		from = f.ends[symbol-1]
	}
	return f.parts[from:f.ends[symbol]]
}

// A Ref is one symbol of one file.
type Ref struct {
	File *File
	N    int // in File.Symbols
}

// Symbol returns the symbol itself.
func (r Ref) Symbol() *Symbol { return &r.File.Symbols[r.N] }

func newFile(e *Entry) *File {
	n := len(e.Symbols)
	both := make([]uint32, 2*n)
	f := &File{Entry: e, names: both[:n:n], ends: both[n:]}
	for i := range e.Symbols {
		f.names[i] = Hash(e.Symbols[i].Name)
		for part := range Parts(e.Symbols[i].Name) {
			f.parts = append(f.parts, HashFold(part))
		}
		f.ends[i] = uint32(len(f.parts))
	}
	f.parts = slices.Clip(f.parts)
	return f
}

// Put takes in what is known of a file, in the place of what was known before.
func (x *Index) Put(e *Entry) {
	f := newFile(e)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ids == nil {
		x.ids, x.dirs = map[string]int32{}, map[string][]int32{}
		for _, p := range []*postings{&x.words, &x.names, &x.parts, &x.owners, &x.stems, &x.imports} {
			*p = postings{}
		}
	}
	id, known := x.ids[e.Path]
	var old *File
	switch {
	case known:
		old = x.files[id]
	case len(x.free) > 0:
		id, x.free = x.free[len(x.free)-1], x.free[:len(x.free)-1]
	default:
		id = int32(len(x.files))
		x.files = append(x.files, nil)
	}
	if !known {
		x.ids[e.Path] = id
		dir := path.Dir(e.Path)
		list := x.dirs[dir]
		i, _ := slices.BinarySearch(list, id)
		x.dirs[dir] = slices.Insert(list, i, id)
		x.stems.add(HashFold(stem(e.Path)), id)
	}
	x.files[id] = f
	x.change(id, old, f)
}

// Remove forgets a file.
func (x *Index) Remove(file string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	id, ok := x.ids[file]
	if !ok {
		return
	}
	x.change(id, x.files[id], nil)
	delete(x.ids, file)
	x.files[id] = nil
	x.free = append(x.free, id)
	x.stems.remove(HashFold(stem(file)), id)
	dir := path.Dir(file)
	list := x.dirs[dir]
	if i, ok := slices.BinarySearch(list, id); ok && len(list) > 1 {
		x.dirs[dir] = slices.Delete(list, i, i+1)
	} else {
		delete(x.dirs, dir)
	}
}

// change replaces what is looked up of one file; old or f may be nil.
func (x *Index) change(id int32, old, f *File) {
	for _, c := range []struct {
		p    postings
		keys func(*File) []uint32
	}{
		{x.words, (*File).wordKeys},
		{x.names, (*File).nameKeys},
		{x.parts, (*File).partKeys},
		{x.owners, (*File).ownerKeys},
		{x.imports, (*File).importKeys},
	} {
		c.p.change(id, c.keys(old), c.keys(f))
	}
	if old != nil {
		x.bytes -= old.Bytes
		x.size -= old.weight()
		x.modules = slices.DeleteFunc(x.modules, func(m mod) bool { return m.id == id })
	}
	if f == nil {
		return
	}
	x.bytes += f.Bytes
	x.size += f.weight()
	if manifest(f.Entry) {
		x.modules = append(x.modules, mod{f.Symbols[0].Name, path.Dir(f.Path), id})
		slices.SortFunc(x.modules, func(a, b mod) int {
			if d := len(b.name) - len(a.name); d != 0 {
				return d
			}
			return strings.Compare(a.dir, b.dir)
		})
	}
}

// manifest reports whether an entry is of a file that names a module.
func manifest(e *Entry) bool {
	return len(e.Symbols) == 1 && e.Symbols[0].Kind == syntax.Module && e.Symbols[0].Signature == ""
}

func (f *File) wordKeys() []uint32 {
	if f == nil {
		return nil
	}
	list := make([]uint32, len(f.Words))
	for i, w := range f.Words {
		list[i] = w.Hash
	}
	return list
}

func (f *File) nameKeys() []uint32 {
	if f == nil {
		return nil
	}
	return keys(slices.Clone(f.names))
}

func (f *File) ownerKeys() []uint32 {
	if f == nil {
		return nil
	}
	list := make([]uint32, 0, len(f.Symbols))
	for i := range f.Symbols {
		if name := f.Symbols[i].Owner(); name != "" {
			list = append(list, Hash(name))
		}
	}
	return keys(list)
}

func (f *File) partKeys() []uint32 {
	if f == nil {
		return nil
	}
	return keys(slices.Clone(f.parts))
}

func (f *File) importKeys() []uint32 {
	if f == nil {
		return nil
	}
	var list []uint32
	for _, m := range f.Imports {
		for _, name := range targets(m) {
			list = append(list, HashFold(name))
		}
	}
	return keys(list)
}

// stem returns the name that a file is imported by: its own without extension,
// or its folder's for a file that stands for the folder.
func stem(file string) string {
	name, _, _ := strings.Cut(path.Base(file), ".")
	switch name {
	case "index", "__init__", "mod", "lib", "main", "init":
		return path.Base(path.Dir(file))
	}
	return name
}

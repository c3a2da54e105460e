package index

import (
	"path"
	"slices"
	"strings"
)

// Len returns how many files there are.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.ids)
}

// Bytes returns how long the texts of all files are together.
func (x *Index) Bytes() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.bytes
}

// Get returns the file of a path, or nil.
func (x *Index) Get(file string) *File {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.get(file)
}

func (x *Index) get(file string) *File {
	if id, ok := x.ids[file]; ok {
		return x.files[id]
	}
	return nil
}

// All returns all files in the order of their paths.
func (x *Index) All() []*File {
	x.mu.RLock()
	list := make([]*File, 0, len(x.ids))
	for _, f := range x.files {
		if f != nil {
			list = append(list, f)
		}
	}
	x.mu.RUnlock()
	slices.SortFunc(list, byPath)
	return list
}

func byPath(a, b *File) int { return strings.Compare(a.Path, b.Path) }

// Dir returns the files that lie in a folder, in no order.
func (x *Index) Dir(dir string) []*File {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.list(x.dirs[dir])
}

func (x *Index) list(ids []int32) []*File {
	list := make([]*File, len(ids))
	for i, id := range ids {
		list[i] = x.files[id]
	}
	return list
}

// Named returns the definitions of a name.
func (x *Index) Named(name string) []Ref {
	return x.refs(x.names, name, func(s *Symbol) string { return s.Name })
}

// Members returns what is defined in types and modules of a name.
func (x *Index) Members(owner string) []Ref {
	return x.refs(x.owners, owner, (*Symbol).Owner)
}

func (x *Index) refs(p postings, name string, of func(*Symbol) string) []Ref {
	x.mu.RLock()
	files := x.list(p[Hash(name)])
	x.mu.RUnlock()
	var list []Ref
	for _, f := range files {
		for i := range f.Symbols {
			if of(&f.Symbols[i]) == name {
				list = append(list, Ref{f, i})
			}
		}
	}
	return list
}

// WithPart returns the files that define a name with a part.
func (x *Index) WithPart(hash uint32) []*File {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.list(x.parts[hash])
}

// With returns the files that a word occurs in.
func (x *Index) With(hash uint32) []*File {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.list(x.words[hash])
}

// Files returns in how many files a word occurs.
func (x *Index) Files(hash uint32) int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.words[hash])
}

// Importers returns the files that import a file, as far as imports can be
// resolved.
func (x *Index) Importers(file string) []*File {
	x.mu.RLock()
	candidates := x.list(x.imports[HashFold(stem(file))])
	if dir := HashFold(path.Base(path.Dir(file))); dir != HashFold(stem(file)) {
		candidates = append(candidates, x.list(x.imports[dir])...)
	}
	x.mu.RUnlock()
	var list []*File
	for _, f := range candidates {
		if f.Path != file && slices.ContainsFunc(f.Imports, func(m Import) bool {
			return slices.ContainsFunc(x.Resolve(f.Entry, m), func(t *File) bool { return t.Path == file })
		}) && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// Counts calls each with every symbol of a file: in how many files its name
// occurs, and in how many a name like it is defined.
func (x *Index) Counts(f *File, each func(symbol, files, defining int)) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i, h := range f.names {
		each(i, len(x.words[h]), len(x.names[h]))
	}
}

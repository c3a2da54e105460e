package index

import (
	"path"
	"slices"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// Import is what a file imports.
type Import = syntax.Import

// maxResolved bounds the files that one import stands for: those of a large Go
// package are all there, but "import com.example" does not mean everything.
const maxResolved = 400

// Resolve returns the files that an import of e may mean, by the rules of its
// language as far as the files' names tell. Where they tell nothing, files
// whose path ends as the import does are meant.
func (x *Index) Resolve(e *Entry, m Import) []*File {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var files []*File
	switch e.Language {
	case "go":
		files = x.goPackage(m.Path)
	case "python":
		files = x.python(e.Path, m)
	case "typescript", "typescriptreact", "javascript", "javascriptreact", "vue", "svelte":
		files = x.script(e.Path, m.Path)
	case "rust":
		files = x.rust(e.Path, m)
	default:
		files = x.nearby(e.Path, m)
	}
	if len(files) > maxResolved {
		files = files[:maxResolved]
	}
	return files
}

// targets returns the names that a file which an import means may have, as
// stem returns them.
func targets(m Import) []string {
	segments := split(m.Path)
	list := m.Names
	if n := len(segments); n > 0 {
		list = append(slices.Clip(list), segments[max(0, n-2):]...)
	}
	return list
}

// split takes an import apart at the signs that languages put between names.
func split(spec string) []string {
	return strings.FieldsFunc(spec, func(r rune) bool { return strings.ContainsRune(`/\.:`, r) })
}

// goPackage returns the files of a package.
func (x *Index) goPackage(spec string) []*File {
	known := false
	for _, m := range x.modules {
		if !strings.HasSuffix(x.files[m.id].Path, "go.mod") {
			continue
		}
		known = true
		if rest, ok := strings.CutPrefix(spec, m.name); ok && (rest == "" || rest[0] == '/') {
			return x.sources(path.Join(m.dir, rest), ".go")
		}
	}
	if first, _, _ := strings.Cut(spec, "/"); known || !strings.Contains(first, ".") {
		return nil // of the standard library, or of a module that lies elsewhere
	}
	for rest := spec; rest != ""; {
		if files := x.sources(rest, ".go"); len(files) > 0 {
			return files
		}
		_, rest, _ = strings.Cut(rest, "/")
	}
	return x.sources(".", ".go")
}

// sources returns the files of a folder with one of the extensions, without
// tests where the language keeps them beside.
func (x *Index) sources(dir string, extensions ...string) []*File {
	var list []*File
	for _, id := range x.dirs[dir] {
		f := x.files[id]
		if slices.Contains(extensions, path.Ext(f.Path)) && !strings.HasSuffix(f.Path, "_test.go") {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, byPath)
	return list
}

// python returns the module, and the modules that the names may be.
func (x *Index) python(from string, m Import) []*File {
	rest := strings.TrimLeft(m.Path, ".")
	file := strings.ReplaceAll(rest, ".", "/")
	var bases []string
	if up := len(m.Path) - len(rest); up > 0 {
		dir := path.Dir(from)
		for range up - 1 {
			dir = path.Dir(dir)
		}
		bases = append(bases, path.Join(dir, file))
	} else {
		bases = x.endings(file, "__init__")
	}
	var list []*File
	for _, base := range bases {
		for _, name := range m.Names {
			list = x.first(list, path.Join(base, name), ".py", ".pyi", "/__init__.py")
		}
		list = x.first(list, base, ".py", ".pyi", "/__init__.py")
	}
	return list
}

// endings returns the paths without extension that are spec, or end in /spec:
// the shortest alone where several are, as a root is rarely deep.
func (x *Index) endings(spec, folder string) []string {
	if spec == "" {
		return nil
	}
	var list []string
	for _, id := range x.stems[HashFold(path.Base(spec))] {
		p := x.files[id].Path
		p = p[:len(p)-len(path.Ext(p))]
		if path.Base(p) == folder {
			p = path.Dir(p)
		}
		if (p == spec || strings.HasSuffix(p, "/"+spec)) && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		if d := len(a) - len(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return list[:min(len(list), 1)]
}

// first adds the first file that there is of base with each ending.
func (x *Index) first(list []*File, base string, endings ...string) []*File {
	for _, ending := range endings {
		if f := x.get(path.Clean(base + ending)); f != nil {
			if !slices.Contains(list, f) {
				list = append(list, f)
			}
			return list
		}
	}
	return list
}

var scriptEndings = []string{
	"", ".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte",
	"/index.ts", "/index.tsx", "/index.mts", "/index.js", "/index.jsx", "/index.mjs",
}

// script returns the file of a TypeScript or JavaScript module: a relative one,
// one of a package of the same workspace, or one that a path alias leads to.
func (x *Index) script(from, spec string) []*File {
	bare := spec
	switch ext := path.Ext(spec); ext {
	case ".js", ".jsx", ".mjs", ".cjs": // as TypeScript writes what will be there once it is compiled
		bare = strings.TrimSuffix(spec, ext)
	}
	if strings.HasPrefix(spec, ".") {
		dir := path.Dir(from)
		if list := x.first(nil, path.Join(dir, bare), scriptEndings...); list != nil {
			return list
		}
		return x.first(nil, path.Join(dir, spec), scriptEndings...)
	}
	for _, m := range x.modules {
		if rest, ok := strings.CutPrefix(bare, m.name); ok && (rest == "" || rest[0] == '/') && strings.HasSuffix(x.files[m.id].Path, "package.json") {
			for _, source := range []string{"src", ".", "lib", "source"} {
				if list := x.first(nil, path.Join(m.dir, source, rest), scriptEndings...); list != nil {
					return list
				}
			}
			return x.sources(path.Join(m.dir, "src"), ".ts", ".tsx", ".js")
		}
	}
	// "@/a/b" and "~/a/b", by which projects name their own root. What has no
	// folder is a package from elsewhere.
	if _, rest, ok := strings.Cut(bare, "/"); ok {
		for _, base := range x.endings(rest, "index") {
			return x.first(nil, base, scriptEndings...)
		}
	}
	return nil
}

// rust follows a path from the crate, the module or the workspace's crate that
// it begins with, as far as its names are files. What is named in a crate's
// root may be defined anywhere below, so the root's own modules are for the
// caller to follow.
func (x *Index) rust(from string, m Import) []*File {
	names := strings.Split(m.Path, "::")
	dir, name := path.Dir(from), path.Base(from)
	inside := dir // where the modules of this file lie
	if name != "mod.rs" && name != "lib.rs" && name != "main.rs" {
		inside = path.Join(dir, strings.TrimSuffix(name, ".rs"))
	}
	switch names[0] {
	case "crate", "$crate":
		inside = x.crate(dir)
	case "self":
	case "super":
		for len(names) > 1 && names[1] == "super" {
			inside, names = path.Dir(inside), names[1:]
		}
		inside = path.Dir(inside)
	default:
		i := slices.IndexFunc(x.modules, func(m mod) bool {
			return m.name == names[0] && strings.HasSuffix(x.files[m.id].Path, "Cargo.toml")
		})
		if i >= 0 {
			inside = path.Join(x.modules[i].dir, "src")
		} else if list := x.first(nil, path.Join(inside, names[0]), ".rs", "/mod.rs"); list != nil {
			names = append([]string{"self"}, names...)
		} else {
			return nil
		}
	}
	list := x.first(nil, inside, ".rs", "/mod.rs", "/lib.rs", "/main.rs")
	for _, n := range names[1:] {
		inside = path.Join(inside, n)
		deeper := x.first(nil, inside, ".rs", "/mod.rs")
		if deeper == nil {
			break
		}
		list = deeper
	}
	return list
}

// crate returns the folder of a crate's root, seen from a folder in it.
func (x *Index) crate(dir string) string {
	for d := dir; ; d = path.Dir(d) {
		for _, root := range []string{"lib.rs", "main.rs"} {
			if x.get(path.Join(d, root)) != nil {
				return d
			}
		}
		if d == "." || d == "/" {
			return dir
		}
	}
}

// nearby is for the languages that name files or namespaces by paths of many
// forms: of the files that are called so, those whose folders are called as the
// rest of the import is; or the files of such a folder.
func (x *Index) nearby(from string, m Import) []*File {
	if direct := x.first(nil, path.Join(path.Dir(from), m.Path), "", path.Ext(from)); direct != nil {
		return direct
	}
	segments := split(m.Path)
	if ext := path.Ext(m.Path); len(segments) > 1 && ext == path.Ext(from) {
		segments = segments[:len(segments)-1]
	}
	if n := len(segments); n > 0 && segments[n-1] == "*" {
		segments = segments[:n-1]
	}
	best, list := 0, []*File(nil)
	take := func(dir string, trail []string, ids ...int32) {
		same := 0
		for i := len(trail) - 1; i >= 0 && strings.EqualFold(path.Base(dir), trail[i]); i-- {
			same, dir = same+1, path.Dir(dir)
		}
		if same > best {
			best, list = same, nil
		}
		if same == best {
			list = append(list, x.list(ids)...)
		}
	}
	for n := len(segments); n > max(0, len(segments)-2) && list == nil; n-- {
		name := segments[n-1]
		for _, id := range x.stems[HashFold(name)] {
			take(path.Dir(x.files[id].Path), segments[:n-1], id)
		}
		if list != nil && (best > 0 || n == 1) {
			break
		}
		list = nil
		for dir, ids := range x.dirs {
			if len(ids) > 0 && strings.EqualFold(path.Base(dir), name) {
				take(dir, segments[:n], ids...)
			}
		}
	}
	slices.SortFunc(list, byPath)
	return list
}

// Package arch keeps the floors: it reads the sources of the house and says
// where they break its rules.
//
// The rules are in ARCHITECTURE.md, in words. The sources are opened by the
// package itself and not through `go list`: go test remembers which files a
// test has opened and runs it again when they change, but it cannot know what
// another program has read.
package arch

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Module is the import path of the house.
const Module = "github.com/claude-lsp/claude-lsp"

// A Violation is one place that breaks a rule.
type Violation struct {
	File string // relative to the root, with slashes
	Line int    // from 1
	Text string // what is wrong and what to do instead
}

// String gives the violation in the form in which compilers do, so that
// editors can jump to it.
func (v Violation) String() string {
	return fmt.Sprintf("%s:%d: %s", v.File, v.Line, v.Text)
}

// A Report is what a check found.
type Report struct {
	Violations []Violation // by file and line
	Sources    int         // Go files read: a check that read none has checked nothing
	Texts      int         // files of all kinds read
}

// Check reads the tree at the root of the module and reports every violation.
// The error says that the tree could not be read or parsed.
func Check(root fs.FS) (Report, error) {
	var r Report
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && unkept(name):
			return fs.SkipDir
		case !d.Type().IsRegular() || name == ".git": // of a second work tree: it names the first one's path
			return nil
		}
		data, err := fs.ReadFile(root, name)
		if err != nil || bytes.IndexByte(data, 0) >= 0 {
			return err
		}
		r.Texts++
		r.Violations = append(r.Violations, checkWords(name, data)...)
		if path.Ext(name) != ".go" || isData(name) || inOtherModule(root, name) {
			return nil
		}
		r.Sources++
		found, err := checkSource(name, data)
		r.Violations = append(r.Violations, found...)
		return err
	})
	slices.SortStableFunc(r.Violations, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line)
	})
	return r, err
}

// unkept reports whether the folder holds what git does not keep: the
// repository itself, fetched tools, built things. It stands for .gitignore,
// whose language this package need not understand.
func unkept(dir string) bool {
	switch dir {
	case ".git", ".cache", "bin", "out":
		return true
	}
	return path.Base(dir) == "node_modules"
}

// isData reports whether the file is input of a test, whatever it looks like.
func isData(name string) bool {
	return strings.HasPrefix(name, "testdata/") || strings.Contains(name, "/testdata/")
}

// inOtherModule reports whether a folder between the root and the file has a
// go.mod of its own. The floors are not for those: they are programs beside
// the house which may need other libraries.
func inOtherModule(root fs.FS, name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if _, err := fs.Stat(root, path.Join(dir, "go.mod")); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// A source is one Go file and what the rules ask about it.
type source struct {
	name string // relative to the root, with slashes
	dir  string // its package's folder
	test bool   // it ends in _test.go
	data []byte
	set  *token.FileSet
	file *ast.File
}

// checkSource applies every rule that is about Go to one file.
func checkSource(name string, data []byte) ([]Violation, error) {
	s := source{
		name: name,
		dir:  path.Dir(name),
		test: strings.HasSuffix(name, "_test.go"),
		data: data,
		set:  token.NewFileSet(),
	}
	var err error
	s.file, err = parser.ParseFile(s.set, name, data, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return slices.Concat(s.checkNames(), s.checkImports(), s.checkUses(), s.checkLength()), nil
}

// at makes a violation at a place of the file.
func (s source) at(pos token.Pos, format string, args ...any) Violation {
	return Violation{File: s.name, Line: s.set.Position(pos).Line, Text: fmt.Sprintf(format, args...)}
}

// imports yields the file's imports by path.
func (s source) imports(yield func(string, *ast.ImportSpec) bool) {
	for _, spec := range s.file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err == nil && !yield(p, spec) {
			return
		}
	}
}

package lsp

import (
	"cmp"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// An openDoc is a document that the client has open: its newest version, and
// where it belongs. It is replaced, never changed.
type openDoc struct {
	doc      *document.Document
	path     string  // where it lies on the disk; for other schemes the URI's path
	folder   string  // the workspace folder it belongs to; "" where there is none
	relative string  // its path in that folder, with slashes, see place; its base name where there is none
	notebook uri.URI // whose cell it is; "" for none
	seen     uint64  // when it was last edited or looked at, by Server.clock
}

// A folder is a workspace folder: how the client names it, and where it lies.
type folder struct {
	uri  uri.URI
	path string
}

// place says where a document belongs: the innermost folder that contains it.
// Where there are several folders, the relative path begins with the folder's
// name. That of a cell of a notebook ends with the cell's.
func (s *Server) place(u uri.URI) (file, dir, relative string) {
	file = filePath(u)
	for _, f := range s.folders {
		rest, ok := inside(f.path, file)
		if ok && len(f.path) > len(dir) {
			dir, relative = f.path, rest
		}
	}
	switch {
	case relative == "":
		relative = path.Base(filepath.ToSlash(file))
	case len(s.folders) > 1: // two folders may both have a main.go
		relative = filepath.Base(dir) + "/" + relative
	}
	if name := cell(u); name != "" {
		relative += "#" + name
	}
	return file, dir, relative
}

// inside returns the path of file relative to dir, with slashes, if it lies
// there.
func inside(dir, file string) (string, bool) {
	rest, ok := strings.CutPrefix(file, strings.TrimRight(dir, `/\`))
	if !ok || rest == "" || !strings.ContainsRune(`/\`, rune(rest[0])) {
		return "", false
	}
	return strings.TrimLeft(filepath.ToSlash(rest), "/"), true
}

// filePath is where a document lies on the disk. A document of another scheme
// (an unsaved buffer, a cell of a notebook) lies nowhere; its URI's path still
// serves to name it.
func filePath(u uri.URI) string {
	platform := uri.PlatformPOSIX
	if runtime.GOOS == "windows" {
		platform = uri.PlatformWindows
	}
	return uri.FsPathFor(u, platform, false)
}

// cell names a cell in its notebook, as the client does; "" for any other
// document. The cells of a notebook have its URI, but for scheme and fragment.
func cell(u uri.URI) string {
	if strings.HasPrefix(string(u), "file:") {
		return ""
	}
	_, name, _ := strings.Cut(string(u), "#")
	return name
}

// get returns the open document, or nil.
func (s *Server) get(u uri.URI) *openDoc {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.docs[u]
}

// put makes doc the newest version of u.
func (s *Server) put(u uri.URI, doc *document.Document) *openDoc {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	next := &openDoc{doc: doc, seen: s.clock}
	if old := s.docs[u]; old != nil {
		next.path, next.folder, next.relative, next.notebook = old.path, old.folder, old.relative, old.notebook
	} else if book := s.books.of[u]; book != "" {
		next.notebook = book
		next.path, next.folder, next.relative = s.place(book)
		next.relative += "#" + s.books.name(u)
	} else {
		next.path, next.folder, next.relative = s.place(u)
	}
	s.docs[u] = next
	return next
}

// tellChanged tells the workspace of an open document's text. A cell is no file
// of the workspace: it is shown beside the other cells of its notebook alone.
func (s *Server) tellChanged(d *openDoc, doc *document.Document) {
	if d.notebook == "" {
		s.opts.Workspace.Changed(doc, d.path)
	}
}

// others returns the documents that are open beside u: first the other cells of
// its notebook, which are one text with it, then the rest, the most recently
// edited first in both. A notebook that the client synchronizes is two texts:
// the cells above in their order, and those below.
func (s *Server) others(u uri.URI) []*openDoc {
	s.mu.Lock()
	defer s.mu.Unlock()
	notebook, own := filePath(u), s.books.of[u]
	texts := s.books.round(u, s.docs)
	same := func(d *openDoc) int {
		if d.path == notebook {
			return 0
		}
		return 1
	}
	var found []*openDoc
	for other, d := range s.docs {
		if other != u && (own == "" || d.notebook != own) {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b *openDoc) int { return cmp.Or(cmp.Compare(same(a), same(b)), cmp.Compare(b.seen, a.seen)) })
	return append(texts, found...)
}

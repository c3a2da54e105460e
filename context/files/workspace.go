// Package files says which files of a workspace may be read, and reads them.
//
// It lists the folders by git or by a walk of its own, leaves out what is
// ignored, secret, binary, generated, vendored or huge, and never leaves a
// folder through a link.
package files

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// WorkspaceOptions says what belongs to a workspace. The zero value is one
// without folders.
type WorkspaceOptions struct {
	Folders []string // absolute paths, as the editor gives them
	Exclude []string // patterns of files to leave out, in the syntax of .gitignore, relative to each folder

	// Secret reports whether a file holds secrets, by its whole path: such a file
	// is neither listed nor read. nil is redact.SecretFile.
	Secret func(path string) bool

	MaxFiles     int           // how many files are listed; 0 means 100,000
	MaxFileBytes int64         // larger files are left out; 0 means 1 MiB
	Git          string        // the program that lists a repository; "" looks for git, "none" does without
	GitTimeout   time.Duration // how long it may take; 0 means 10 s

	Log *zap.Logger // nil logs nothing
}

// A Workspace knows which files of its folders may be read. It is safe for
// concurrent use.
//
// Left out are: what git ignores, what .claude-lsp-ignore and Exclude name,
// files that hold secrets, binary, generated, vendored and large files, and
// whatever lies behind a symbolic link. Nothing outside the folders is ever
// read, but for the ignore files between a folder and the top of its
// repository.
type Workspace struct {
	options WorkspaceOptions
	folders []string // clean, absolute, inner ones before outer ones
	log     *zap.Logger

	scanning sync.Mutex
	said     map[string]leftOut // what the last scan left out; guarded by scanning
	files    atomic.Pointer[[]File]

	mu    sync.Mutex
	trees map[string]*tree  // by folder, for Allowed
	real  map[string]string // folders by their names without links
	read  time.Time         // when they were begun
}

// A File is one of the list: a regular file that holds text, when it was
// looked at.
type File struct {
	Folder  string // one of the workspace's folders
	Path    string // relative to Folder, with slashes
	Size    int64  // bytes
	ModTime time.Time
}

// NewWorkspace returns a workspace whose list is empty until Scan has run. It
// does not touch the disk.
func NewWorkspace(o WorkspaceOptions) *Workspace {
	o.MaxFiles = cmp.Or(max(o.MaxFiles, 0), 100_000)
	o.MaxFileBytes = cmp.Or(max(o.MaxFileBytes, 0), 1<<20)
	o.GitTimeout = cmp.Or(max(o.GitTimeout, 0), 10*time.Second)
	if o.Secret == nil {
		o.Secret = redact.SecretFile
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	w := &Workspace{options: o, log: o.Log}
	for _, folder := range o.Folders {
		if folder = filepath.Clean(folder); filepath.IsAbs(folder) {
			w.folders = append(w.folders, folder)
		}
	}
	slices.SortFunc(w.folders, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	w.folders = slices.Compact(w.folders)
	return w
}

// Files returns the list as the last complete Scan found it, in order of Folder
// and Path. It is shared and must not be changed. A file in two folders, one
// inside the other, belongs to the inner one.
func (w *Workspace) Files() []File {
	if files := w.files.Load(); files != nil {
		return *files
	}
	return nil
}

// Scan makes the list anew. Files that are as the list has them by size and
// time are not opened again. It takes seconds in a large workspace and is meant
// to run in the background; scans wait for one another. What cannot be read is
// left out, with one line in the log for each kind of reason, and none where
// the last scan has said the same: the only error is context.Cause(ctx) when ctx ends first, and then the list stays as it was.
func (w *Workspace) Scan(ctx context.Context) error {
	w.scanning.Lock()
	defer w.scanning.Unlock()

	begin := time.Now()
	s := &scan{w: w, ctx: ctx, before: w.Files(), left: map[string]*leftOut{}}
	for _, folder := range w.folders {
		s.folder(folder)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	slices.SortFunc(s.files, compareFiles)
	s.files = slices.Clip(s.files)
	again := w.files.Swap(&s.files) != nil
	s.report()
	say := w.log.Info
	if again {
		say = w.log.Debug // it happens all the time
	}
	say("workspace listed", zap.Int("files", len(s.files)), zap.Duration("took", time.Since(begin)))
	return nil
}

// within returns path relative to the innermost folder that holds it, with
// slashes.
func (w *Workspace) within(path string) (folder, rel string, ok bool) {
	for _, folder := range w.folders {
		rel, err := filepath.Rel(folder, path)
		if err == nil && rel != "." && filepath.IsLocal(rel) {
			return folder, filepath.ToSlash(rel), true
		}
	}
	return "", "", false
}

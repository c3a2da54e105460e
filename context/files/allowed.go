package files

import (
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What Allowed says of a document.
const (
	ReasonSecret     = "secret_file" // refused: its name says that it holds secrets
	ReasonIgnored    = "ignored"     // refused: .claude-lsp-ignore names it
	ReasonExcluded   = "excluded"    // refused: the setting context.exclude names it
	ReasonGitIgnored = "gitignored"  // allowed, but not in windows of other documents
	ReasonOutside    = "outside"     // allowed: in no folder of the workspace
)

// rulesAge is how long the rules that Allowed has read count, so that a change
// of an ignore file is soon seen and a keystroke does not read them all anew.
const rulesAge = 2 * time.Second

// Allowed reports whether a document that the user has open may be sent at
// all: be completed, and stand in a window. path is the document's file,
// absolute; "" and names of documents that were never saved are allowed. The
// reason is one of the constants above, or "".
//
// A file that git ignores may be completed, because the user opened it, but
// must not be shown beside others: ask Shareable for that.
func (w *Workspace) Allowed(path string) (ok bool, reason string) {
	if w.options.Secret(path) {
		return false, ReasonSecret
	}
	if !filepath.IsAbs(path) {
		return true, ""
	}
	path = filepath.Clean(path)
	// A harmless name may be a link to a file that is not.
	if target, err := filepath.EvalSymlinks(path); err == nil && target != path {
		if w.options.Secret(target) {
			return false, ReasonSecret
		}
		if ok, reason := w.obeyed(target); !ok {
			return ok, reason
		}
	}
	return w.obeyed(path)
}

// Shareable reports whether a document may stand in the windows of others.
func (w *Workspace) Shareable(path string) bool {
	ok, reason := w.Allowed(path)
	return ok && reason != ReasonGitIgnored
}

// obeyed asks the ignore rules about path.
func (w *Workspace) obeyed(path string) (ok bool, reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.read) > rulesAge {
		w.trees, w.real, w.read = map[string]*tree{}, map[string]string{}, time.Now()
		for _, folder := range w.folders {
			if target, err := filepath.EvalSymlinks(folder); err == nil {
				w.real[folder] = target
			}
		}
	}
	folder, rel, ok := w.within(path)
	if !ok {
		folder, rel, ok = w.withinReal(path)
	}
	if !ok {
		return true, ReasonOutside
	}
	t := w.trees[folder]
	if t == nil {
		t = newTree(folder, w.options.Exclude, true)
		w.trees[folder] = t
	}
	refused, gitIgnored := t.ignored(rel, false)
	switch {
	case refused == leftExcluded:
		return false, ReasonExcluded
	case refused != "":
		return false, ReasonIgnored
	case gitIgnored:
		return true, ReasonGitIgnored
	}
	return true, ""
}

// withinReal is within for a path whose links were resolved, when the folder
// was given with a link in its own path.
func (w *Workspace) withinReal(path string) (folder, rel string, ok bool) {
	for _, folder := range w.folders {
		target, known := w.real[folder]
		if !known {
			continue
		}
		if rel, err := filepath.Rel(target, path); err == nil && filepath.IsLocal(rel) {
			return folder, filepath.ToSlash(rel), true
		}
	}
	return "", "", false
}

// HoldsRules reports whether a file decides which files belong to a workspace.
func HoldsRules(path string) bool {
	switch filepath.Base(path) {
	case gitIgnoreFile, ownIgnoreFile:
		return true
	case "exclude":
		return filepath.Base(filepath.Dir(filepath.Dir(path))) == ".git"
	}
	return false
}

// InRepository reports whether a path is one of git's own files.
func InRepository(path string) bool {
	return slices.Contains(strings.Split(filepath.ToSlash(path), "/"), ".git")
}

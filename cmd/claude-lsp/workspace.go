package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/context/files"
	"github.com/claude-lsp/claude-lsp/context/index"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/embedded"
	"github.com/claude-lsp/claude-lsp/internal/redact"
)

// A workspace implements lsp.Workspace: it has the folders' files listed in
// the background, and keeps the index of them current, and the embedded model's
// knowledge while that model is in use. One goroutine does all of that (run).
type workspace struct {
	settings *config.Loader
	provider *provider
	index    *index.Index
	turns    *turns
	log      *zap.Logger
	progress progress               // nil: none shown
	secret   func(path string) bool // whether a file is not to be read, by its path

	wake chan struct{} // holds one when there is something to do

	mu       sync.Mutex
	folders  []string
	files    *files.Workspace              // nil before the folders are known
	stale    bool                          // files is to be listed, and that may be seen
	rescan   bool                          // files is to be listed anew
	changed  map[string]*document.Document // by path: what the index does not know yet; nil once closed
	touched  map[string]bool               // paths on the disk, the same
	last     time.Time                     // of the newest change of a document
	docs     map[string]*document.Document // by path: the open ones
	verdicts map[string]verdict            // of these alone: nothing may grow with what was once open
	read     chan struct{}                 // closed when the files were read for the first time

	excluded     []string // what files was made with
	switches     string   // which suggestions were on then
	usedEmbedded bool     // whether the embedded model was in use then

	builder   *index.Builder                    // of run alone, and so is what follows
	shown     map[string]string                 // names under which open documents stand in the index, by path
	pace      pace                              // of listing again
	reporting func(message string, percent int) // nil while nothing is shown
}

// progress shows work to the user; see lsp.Server.Progress.
type progress func(title string) (report func(message string, percent int), end func(message string))

func newWorkspace(settings *config.Loader, m *embedded.Model, p *provider, secrets *redact.Redactor, keeper index.Keeper, log *zap.Logger) *workspace {
	w := &workspace{
		settings: settings, provider: p, index: &index.Index{}, turns: &turns{}, log: log, secret: secrets.SecretFile,
		wake:     make(chan struct{}, 1),
		changed:  map[string]*document.Document{},
		touched:  map[string]bool{},
		docs:     map[string]*document.Document{},
		verdicts: map[string]verdict{},
		read:     make(chan struct{}),
		shown:    map[string]string{},
	}
	w.builder = index.NewBuilder(index.BuilderOptions{
		Index: w.index, Maker: version, Keeper: keeper, Name: w.nameOf, Wanted: w.wanted,
		Redact: func(_, text string) string { return secrets.Nameless(text) },
		Pause:  w.turns.wait,
		Texts: func() index.Texts {
			if p.usesEmbedded() {
				return m
			}
			return nil
		},
		Report: w.report, Log: log,
	})
	return w
}

// Folders implements lsp.Workspace.
func (w *workspace) Folders(paths []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.files == nil || !slices.Equal(paths, w.folders) {
		w.open(paths, w.exclude(paths), w.switchesOf(paths))
	}
}

// settingsChanged lists the files anew where other ones are to be left out, or
// where the embedded model came into use.
func (w *workspace) settingsChanged() {
	w.mu.Lock()
	defer w.mu.Unlock()
	exclude, switches := w.exclude(w.folders), w.switchesOf(w.folders)
	if w.files == nil || slices.Equal(exclude, w.excluded) && switches == w.switches && w.usedEmbedded == w.provider.usesEmbedded() {
		return
	}
	w.open(w.folders, exclude, switches)
}

// open begins to list folders. The caller holds the lock.
func (w *workspace) open(folders, exclude []string, switches string) {
	w.folders, w.excluded, w.switches, w.stale = folders, exclude, switches, true
	w.files = files.NewWorkspace(files.WorkspaceOptions{Folders: folders, Exclude: exclude, Secret: w.secret, Log: w.log})
	w.usedEmbedded = w.provider.usesEmbedded()
	clear(w.verdicts)
	w.poke()
}

// exclude are the patterns of all folders together.
func (w *workspace) exclude(folders []string) []string {
	patterns := slices.Clone(w.settings.For("").Context.Exclude)
	for _, f := range folders {
		for _, pattern := range w.settings.For(f).Context.Exclude {
			if !slices.Contains(patterns, pattern) {
				patterns = append(patterns, pattern)
			}
		}
	}
	return patterns
}

// switchesOf tells apart settings by which suggestions are off: one that says
// of a language what holds anyway changes nothing.
func (w *workspace) switchesOf(folders []string) string {
	var all strings.Builder
	for _, f := range append([]string{""}, folders...) {
		cfg := w.settings.For(f)
		off := maps.Clone(cfg.Languages)
		maps.DeleteFunc(off, func(_ string, l config.Language) bool { return l.Enabled })
		fmt.Fprintln(&all, cfg.Enabled, off)
	}
	return all.String()
}

// Changed implements lsp.Workspace.
func (w *workspace) Changed(d *document.Document, path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.docs[path] = d
	w.changed[path], w.last = d, time.Now()
	w.rescan = w.rescan || files.HoldsRules(path)
	w.poke()
}

// Closed implements lsp.Workspace. What lies on the disk counts again.
func (w *workspace) Closed(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changed[path] = nil
	delete(w.docs, path)
	delete(w.verdicts, path)
	w.poke()
}

// maxTouched is how many files are looked at one by one; with more, all are
// listed.
const maxTouched = 500

// Touched implements lsp.Workspace.
func (w *workspace) Touched(paths []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, path := range paths {
		switch {
		case files.HoldsRules(path) || len(w.touched) >= maxTouched:
			w.rescan = true
			clear(w.touched)
		case !files.InRepository(path):
			w.touched[path] = true
		}
	}
	w.poke()
}

func (w *workspace) poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// relative is the name of a file in prompts and in the index.
func (w *workspace) relative(path string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	name, _ := w.name(path)
	return name
}

// name is relative, and whether the file lies in a folder of the workspace. The
// caller holds the lock.
func (w *workspace) name(path string) (name string, inside bool) {
	folder, name := "", filepath.Base(path)
	for _, f := range w.folders {
		if rel, err := filepath.Rel(f, path); err == nil && filepath.IsLocal(rel) && len(f) > len(folder) {
			folder, name = f, filepath.ToSlash(rel)
		}
	}
	if folder != "" && len(w.folders) > 1 {
		name = filepath.Base(folder) + "/" + name
	}
	return name, folder != ""
}

// nameOf is relative for a file of the list.
func (w *workspace) nameOf(f files.File) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.folders) > 1 {
		return filepath.Base(f.Folder) + "/" + f.Path
	}
	return f.Path
}

// text is the present text of a file by its name in prompts: that of the
// document where it is open, else what lies on the disk. ok is false where there
// is none, or none that may stand beside others. It is not redacted.
func (w *workspace) text(name string) (text string, ok bool) {
	w.mu.Lock()
	disk, folders := w.files, w.folders
	var open *document.Document
	path := ""
	for p, d := range w.docs {
		if own, inside := w.name(p); own == name && (inside || len(folders) == 0) {
			open, path = d, p
		}
	}
	w.mu.Unlock()
	if open != nil {
		return open.Text(), w.shares(path, open.Language())
	}
	if disk == nil {
		return "", false
	}
	for _, folder := range folders {
		rel := name
		if len(folders) > 1 {
			if rel, ok = strings.CutPrefix(name, filepath.Base(folder)+"/"); !ok {
				continue
			}
		}
		f, ok := disk.Find(folder, rel)
		if !ok { // it may be newer than the list
			f, ok = disk.Look(filepath.Join(folder, filepath.FromSlash(rel)))
		}
		if !ok || !w.wanted(f) {
			continue
		}
		if text, err := disk.Read(f); err == nil {
			return text, true
		}
	}
	return "", false
}

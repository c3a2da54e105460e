package main

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/context/files"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/embedded"
	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// judgeAgain is how old a verdict about a path may get while it is asked for.
const judgeAgain = 2 * time.Second

// settle is how long a document must rest before the embedded model reads it
// anew; what is being typed it sees in the prompt anyway.
const settle = time.Second

// A workspace implements lsp.Workspace: it has the folders' files listed in
// the background, and keeps the embedded model's knowledge of them current
// while that model is in use.
type workspace struct {
	settings *config.Loader
	embedded *embedded.Model
	provider *provider
	log      *zap.Logger
	progress func(title string) (report, end func(message string)) // nil: none shown

	wake chan struct{} // holds one when there is something to do

	mu       sync.Mutex
	folders  []string
	files    *files.Workspace              // nil before the folders are known
	stale    bool                          // files was not listed yet
	changed  map[string]*document.Document // by path: what the embedded model has not read yet; nil once closed
	last     time.Time                     // of the newest change
	opened   map[string]bool               // paths of open documents
	verdicts map[string]verdict            // of these alone: nothing may grow with what was once open
	read     chan struct{}                 // closed when the embedded model has read the files for the first time

	excluded     []string // what files was made with
	usedEmbedded bool     // whether the embedded model was in use then

	corpus map[string]bool // names of the files that the embedded model has read; run's own
}

func newWorkspace(settings *config.Loader, m *embedded.Model, p *provider, log *zap.Logger) *workspace {
	return &workspace{
		settings: settings, embedded: m, provider: p, log: log,
		wake:     make(chan struct{}, 1),
		changed:  map[string]*document.Document{},
		opened:   map[string]bool{},
		verdicts: map[string]verdict{},
		read:     make(chan struct{}),
	}
}

// Folders implements lsp.Workspace.
func (w *workspace) Folders(paths []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.files == nil || !slices.Equal(paths, w.folders) {
		w.open(paths, w.exclude(paths))
	}
}

// settingsChanged lists the files anew where other ones are to be left out, or
// where the embedded model came into use.
func (w *workspace) settingsChanged() {
	w.mu.Lock()
	defer w.mu.Unlock()
	exclude := w.exclude(w.folders)
	if w.files == nil || slices.Equal(exclude, w.excluded) && w.usedEmbedded == w.provider.usesEmbedded() {
		return
	}
	w.open(w.folders, exclude)
}

// open begins to list folders. The caller holds the lock.
func (w *workspace) open(folders, exclude []string) {
	w.folders, w.excluded, w.stale = folders, exclude, true
	w.files = files.NewWorkspace(files.WorkspaceOptions{Folders: folders, Exclude: exclude, Log: w.log})
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

// Changed implements lsp.Workspace.
func (w *workspace) Changed(d *document.Document, path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened[path] = true
	w.changed[path], w.last = d, time.Now()
	w.poke()
}

// Closed implements lsp.Workspace. What lies on the disk counts again.
func (w *workspace) Closed(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changed[path] = nil
	delete(w.opened, path)
	delete(w.verdicts, path)
	w.poke()
}

// A verdict is what the rules say of a path. They lie on the disk, which a
// keystroke must not wait for; so they are read again in the background.
type verdict struct {
	ok, shareable bool
	reason        string
	at            time.Time
}

// Allowed implements lsp.Workspace.
func (w *workspace) Allowed(path string) (bool, string) {
	v := w.verdict(path)
	return v.ok, v.reason
}

// Shareable implements lsp.Workspace.
func (w *workspace) Shareable(path string) bool { return w.verdict(path).shareable }

// verdict is what is known of a path; the disk is asked when that is nothing.
func (w *workspace) verdict(path string) verdict {
	w.mu.Lock()
	v, known := w.verdicts[path]
	w.mu.Unlock()
	if !known {
		v = w.judge(path)
	}
	if time.Since(v.at) > judgeAgain {
		w.poke()
	}
	return v
}

// judge asks the disk.
func (w *workspace) judge(path string) verdict {
	w.mu.Lock()
	disk := w.files
	w.mu.Unlock()
	v := verdict{at: time.Now()}
	if disk == nil { // no client has named its folders
		v.ok = !redact.SecretFile(path)
		v.shareable = v.ok
		if !v.ok {
			v.reason = files.ReasonSecret
		}
	} else {
		v.ok, v.reason = disk.Allowed(path)
		v.shareable = v.ok && v.reason != files.ReasonGitIgnored
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opened[path] { // it may have been closed meanwhile
		w.verdicts[path] = v
	}
	return v
}

// rejudge asks the disk again about every path that is old.
func (w *workspace) rejudge() {
	w.mu.Lock()
	var old []string
	for path, v := range w.verdicts {
		if time.Since(v.at) > judgeAgain {
			old = append(old, path)
		}
	}
	w.mu.Unlock()
	for _, path := range old {
		w.judge(path)
	}
}

func (w *workspace) poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run lists and reads files until ctx ends.
func (w *workspace) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		}
		w.mu.Lock()
		disk, stale, shown := w.files, w.stale, len(w.folders) > 0
		w.stale = false
		w.mu.Unlock()
		if disk != nil && stale {
			w.scan(ctx, disk, shown)
		}
		w.rejudge()
		if w.provider.usesEmbedded() {
			w.follow(ctx)
		} else {
			w.mu.Lock()
			clear(w.changed)
			w.mu.Unlock()
		}
	}
}

// scan lists the files, and lets the embedded model read them if it is in use.
// shown says that there are folders whose reading is worth showing.
func (w *workspace) scan(ctx context.Context, disk *files.Workspace, shown bool) {
	report, end := func(string) {}, func(string) {}
	if w.progress != nil && shown {
		report, end = w.progress("Reading the workspace")
	}
	defer end("")
	if err := disk.Scan(ctx); err != nil {
		if ctx.Err() == nil {
			w.log.Warn("the workspace could not be listed wholly", zap.Error(err))
		}
	}
	list := disk.Files()
	if w.provider.usesEmbedded() {
		w.readAll(ctx, disk, list, report)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.read:
	default:
		close(w.read)
	}
}

// readAll shows the files to the embedded model, and takes away what it has
// read before and must not read any more: files of a folder that left the
// workspace, and those that are left out by now.
func (w *workspace) readAll(ctx context.Context, disk *files.Workspace, list []files.File, report func(string)) {
	began, n := time.Now(), 0
	before := w.corpus
	w.corpus = make(map[string]bool, len(list))
	for _, f := range list {
		w.corpus[w.nameOf(f)] = true
	}
	for name := range before {
		if !w.corpus[name] {
			w.embedded.Remove(name)
		}
	}
	for _, f := range list {
		if ctx.Err() != nil {
			return
		}
		text, err := disk.Read(f)
		if err != nil {
			continue // Read has logged what is worth it
		}
		w.embedded.Update(w.nameOf(f), syntax.IDForPath(f.Path), text)
		if n++; n%200 == 0 {
			report(f.Path)
		}
	}
	w.log.Info("the embedded model has read the workspace", zap.Int("files", n), zap.Duration("took", time.Since(began)))
}

// follow waits until the documents rest, and shows their text to the embedded
// model.
func (w *workspace) follow(ctx context.Context) {
	for {
		w.mu.Lock()
		rest, stale := settle-time.Since(w.last), w.stale
		w.mu.Unlock()
		if stale { // other folders or settings count more than what is being typed
			w.poke()
			return
		}
		if rest <= 0 {
			break
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(rest, settle/4)):
		}
	}
	w.mu.Lock()
	changed, disk := w.changed, w.files
	w.changed = map[string]*document.Document{}
	w.mu.Unlock()
	for path, d := range changed {
		if ok, _ := w.Allowed(path); !ok {
			continue
		}
		if d != nil {
			w.embedded.Update(w.relative(path), d.Language(), d.Text())
			continue
		}
		w.reread(disk, path)
	}
}

// reread shows the embedded model what lies on the disk.
func (w *workspace) reread(disk *files.Workspace, path string) {
	w.embedded.Remove(w.relative(path))
	if disk == nil {
		return
	}
	list := disk.Files()
	i := slices.IndexFunc(list, func(f files.File) bool { return filepath.Join(f.Folder, filepath.FromSlash(f.Path)) == path })
	if i < 0 {
		return
	}
	if text, err := disk.Read(list[i]); err == nil {
		w.embedded.Update(w.relative(path), syntax.IDForPath(path), text)
	}
}

// relative is the name under which the embedded model knows a file: the same
// as in Read and in prompts.
func (w *workspace) relative(path string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	inner, name := "", filepath.Base(path)
	for _, f := range w.folders {
		if rel, err := filepath.Rel(f, path); err == nil && filepath.IsLocal(rel) && len(f) > len(inner) {
			inner, name = f, filepath.ToSlash(rel)
		}
	}
	if inner != "" && len(w.folders) > 1 {
		name = filepath.Base(inner) + "/" + name
	}
	return name
}

// nameOf is relative for a file of the list.
func (w *workspace) nameOf(f files.File) string {
	return w.relative(filepath.Join(f.Folder, filepath.FromSlash(f.Path)))
}

// indexed blocks until the embedded model has read the workspace, or ctx ends;
// but not long: with the prompt alone it can answer too.
func (w *workspace) indexed(ctx context.Context) {
	w.mu.Lock()
	disk, read := w.files, w.read
	w.mu.Unlock()
	if disk == nil {
		return
	}
	select {
	case <-read:
	case <-ctx.Done():
	case <-time.After(300 * time.Millisecond):
	}
}

// wait blocks until the workspace was listed, and where the embedded model is
// in use read, for at most ten seconds.
func (w *workspace) wait(ctx context.Context) {
	if !w.provider.usesEmbedded() {
		return
	}
	select {
	case <-w.read:
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		w.log.Warn("reading the workspace takes long; the answer knows a part of it")
	}
}

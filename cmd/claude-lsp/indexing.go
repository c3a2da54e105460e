package main

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/context/files"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// settle is how long a document must rest before it is read anew; what is being
// typed is in the prompt anyway.
const settle = time.Second

// How often the files are listed again for what nobody tells: at least so long
// after the last time, longer while nothing is found, and at most a fiftieth of
// the time.
const (
	rescanSoon = 30 * time.Second
	rescanLate = 5 * time.Minute
	rescanCost = 50
)

// buildingGC is how much garbage may gather while a workspace is read for the
// first time, in percent of what is alive.
const buildingGC = 50

// A pace says when the files are to be listed again.
type pace struct {
	last  time.Time     // when a listing ended
	pause time.Duration // until the next
}

func (p pace) due(now time.Time) bool { return !p.last.IsZero() && now.Sub(p.last) >= p.pause }

// after is the pace after a listing that took so long and found something, or
// not.
func (p pace) after(now time.Time, took time.Duration, found bool) pace {
	pause := min(2*p.pause, rescanLate)
	if found || pause == 0 {
		pause = rescanSoon
	}
	return pace{now, max(pause, rescanCost*took)}
}

// run lists and reads files until ctx ends. Nothing happens but at a wake: an
// editor that rests costs nothing.
func (w *workspace) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		}
		w.mu.Lock()
		disk, stale, rescan := w.files, w.stale, w.rescan
		w.stale = false
		w.mu.Unlock()
		switch {
		case disk == nil:
		case stale:
			w.reopen()
			w.scan(ctx, disk, true)
		case rescan || w.pace.due(time.Now()):
			if !w.rest(ctx) {
				continue
			}
			w.scan(ctx, disk, false)
		}
		w.rejudge()
		w.look(ctx, disk)
		w.follow(ctx, disk)
	}
}

// scan brings the index to the files of the folders. first says that it may
// take long, which is shown then.
func (w *workspace) scan(ctx context.Context, disk *files.Workspace, first bool) {
	w.mu.Lock()
	w.rescan = false
	clear(w.touched) // the list tells
	show := w.progress != nil && len(w.folders) > 0 && first
	w.mu.Unlock()
	if show {
		report, end := w.progress("Reading the workspace")
		w.reporting = report
		defer func() {
			w.reporting = nil
			end("")
		}()
	}
	if first {
		// What is made of many files lives long, and what it is made from does not:
		// waiting for as much garbage as there is index would take twice its room.
		defer debug.SetGCPercent(debug.SetGCPercent(buildingGC))
	}
	began := time.Now()
	if err := disk.Scan(ctx); err != nil {
		return // ctx has ended
	}
	built, err := w.builder.Build(ctx, disk)
	if err != nil {
		return
	}
	took := time.Since(began)
	w.pace = w.pace.after(time.Now(), took, built.Read+built.Removed > 0)
	say := w.log.Debug
	if first {
		say = w.log.Info
	}
	say("the workspace was read", zap.Int("files", built.Files), zap.Int("read", built.Read), zap.Int("kept", built.Loaded),
		zap.Int("removed", built.Removed), zap.Duration("took", took))
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.read:
	default:
		close(w.read)
	}
}

// report shows how far the reading is, percent by percent.
func (w *workspace) report(done, total int, at string) {
	if percent := 100 * done / total; w.reporting != nil && (done == 0 || percent > 100*(done-1)/total) {
		w.reporting(at, percent)
	}
}

// rest waits until the documents rest. It reports false where something that
// counts more has come up, or ctx has ended.
func (w *workspace) rest(ctx context.Context) bool {
	for {
		w.mu.Lock()
		left, stale := settle-time.Since(w.last), w.stale
		w.mu.Unlock()
		if stale { // other folders or settings
			w.poke()
			return false
		}
		if left <= 0 {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(min(left, settle/4)):
		}
	}
}

// look reads files that were touched on the disk.
func (w *workspace) look(ctx context.Context, disk *files.Workspace) {
	w.mu.Lock()
	touched := w.touched
	w.touched = map[string]bool{}
	w.mu.Unlock()
	if disk == nil {
		return
	}
	for path := range touched {
		w.refresh(ctx, disk, path)
	}
}

// refresh takes in what became of one path on the disk.
func (w *workspace) refresh(ctx context.Context, disk *files.Workspace, path string) {
	if f, ok := disk.Look(path); ok {
		w.builder.Refresh(ctx, disk, f)
		return
	}
	w.mu.Lock()
	folder := folderOf(w.folders, path)
	w.mu.Unlock()
	rel, err := filepath.Rel(folder, path)
	if folder == "" || err != nil {
		return
	}
	rel = filepath.ToSlash(rel)
	if w.builder.Gone(files.File{Folder: folder, Path: rel}) {
		return
	}
	// A folder that was made or deleted tells nothing of what is or was in it.
	info, err := os.Lstat(path)
	gone := errors.Is(err, fs.ErrNotExist) && slices.ContainsFunc(disk.Files(), func(f files.File) bool {
		return f.Folder == folder && strings.HasPrefix(f.Path, rel+"/")
	})
	if gone || err == nil && info.IsDir() {
		w.mu.Lock()
		w.rescan = true
		w.mu.Unlock()
		w.poke()
	}
}

// follow waits until the documents rest, and takes in their text.
func (w *workspace) follow(ctx context.Context, disk *files.Workspace) {
	w.mu.Lock()
	idle := len(w.changed) == 0
	w.mu.Unlock()
	if idle || !w.rest(ctx) {
		return
	}
	w.mu.Lock()
	changed := w.changed
	w.changed = map[string]*document.Document{}
	w.mu.Unlock()
	for path, d := range changed {
		w.turns.wait(ctx)
		if ctx.Err() != nil {
			return
		}
		name, belongs := w.belongs(path)
		if d != nil && belongs && w.shares(path, d.Language()) {
			if old, ok := w.shown[path]; ok && old != name {
				w.builder.Close(old)
			}
			w.shown[path] = name
			w.builder.Open(name, d.Language(), d.Text())
			continue
		}
		if old, ok := w.shown[path]; ok {
			w.builder.Close(old)
			delete(w.shown, path)
		}
		if d == nil && disk != nil {
			w.refresh(ctx, disk, path)
		}
	}
}

// reopen has all open documents read again: with other folders and settings
// they have other names, and others of them may be known.
func (w *workspace) reopen() {
	for path, old := range w.shown {
		if name, belongs := w.belongs(path); !belongs || name != old {
			w.builder.Close(old)
			delete(w.shown, path)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.Copy(w.changed, w.docs)
}

// belongs returns the name of an open document, and whether it is one of the
// workspace: all are while no folder is open.
func (w *workspace) belongs(path string) (name string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	name, inside := w.name(path)
	return name, inside || len(w.folders) == 0
}

// shares reports whether a document may stand beside others.
func (w *workspace) shares(path, language string) bool {
	w.mu.Lock()
	folder := folderOf(w.folders, path)
	w.mu.Unlock()
	return w.Shareable(path) && w.isEnabled(folder, language)
}

// isEnabled reports whether suggestions are on in a folder and a language. Where
// they are off nothing is sent, and so nothing needs to be known.
func (w *workspace) isEnabled(folder, language string) bool {
	return w.settings.For(folder).ForLanguage(language).Enabled
}

// wanted reports whether a file belongs into the index.
func (w *workspace) wanted(f files.File) bool {
	return w.isEnabled(f.Folder, syntax.IDForPath(f.Path))
}

// folderOf is the innermost folder that holds a path, or "".
func folderOf(folders []string, path string) (innermost string) {
	for _, f := range folders {
		if rel, err := filepath.Rel(f, path); err == nil && filepath.IsLocal(rel) && len(f) > len(innermost) {
			innermost = f
		}
	}
	return innermost
}

// indexed blocks until the files were read, or ctx ends; but not long: with the
// prompt alone the embedded model can answer too.
func (w *workspace) indexed(ctx context.Context) {
	w.mu.Lock()
	disk := w.files
	w.mu.Unlock()
	if disk == nil {
		return
	}
	defer w.turns.yield()()
	select {
	case <-w.read:
	case <-ctx.Done():
	case <-time.After(300 * time.Millisecond):
	}
}

// wait blocks until the files were read, for at most ten seconds.
func (w *workspace) wait(ctx context.Context) {
	select {
	case <-w.read:
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		w.log.Warn("reading the workspace takes long; the answer knows a part of it")
	}
}

package index

import (
	"cmp"
	"context"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/context/files"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A Source is the files of a workspace, in order of Folder and Path.
// files.Workspace is one.
type Source interface {
	Files() []files.File
	Read(f files.File) (string, error)
}

// A Keeper keeps entries between runs. It may wait for a disk, but not long.
type Keeper interface {
	// Load calls each for what it keeps of the files of a folder at paths, with
	// the file's place in paths. What it keeps of other files of the folder it
	// may forget. What cannot be read is left out.
	Load(ctx context.Context, folder string, paths []string, each func(i int, k Kept))
	// Keep keeps an entry in the place of the one before.
	Keep(ctx context.Context, folder, path string, k Kept)
	// Forget forgets a file.
	Forget(folder, path string)
}

// Kept is an encoded entry, and how the file was that it was made of.
type Kept struct {
	Size    int64
	ModTime time.Time
	Entry   []byte // see Encode
}

// BuilderOptions is what a Builder needs. Index must be set.
type BuilderOptions struct {
	Index  *Index
	Maker  string                           // names the program and all that decides what it finds in a text; see Encode
	Name   func(f files.File) string        // the path of a file in prompts; nil is f.Path
	Wanted func(f files.File) bool          // whether a file belongs into the index; nil is all
	Redact func(path, text string) string   // text without its secrets; nil leaves it as it is
	Keeper Keeper                           // nil: nothing is kept
	Pause  func(ctx context.Context)        // waits while there is more urgent work; nil never does
	Texts  func() Texts                     // who else reads the files now, nil for nobody; nil is nobody ever
	Report func(done, total int, at string) // how far a Build is; nil: nobody wants to know
	Now    func() time.Time                 // nil is time.Now
	Log    *zap.Logger                      // nil: none

	// MaxBytes bounds the memory that the index takes, by its own estimate (see
	// Index.Size). Files beyond it, in the order of the list, are not indexed; open
	// documents before others. 0 means 512 MiB.
	MaxBytes int
}

// Texts is somebody who is shown the text of each file as well, so that none is
// read twice.
type Texts interface {
	Update(path, language, text string)
	Remove(path string)
}

// A Builder keeps an Index current: with the files of a workspace and with the
// documents that are open, whose text counts before the disk's. Its methods do
// their work in the caller's goroutine, and are for one goroutine alone.
type Builder struct {
	o      BuilderOptions
	known  map[string]*known // by path in prompts
	loaded map[string]bool   // folders that the Keeper was asked about
	pass   int               // counts the Builds
	left   map[string]*unread

	full     bool // an entry found no room since the last Build began
	saidOver int  // how many files had none, as the log has it
}

// known is what the Builder knows of one path.
type known struct {
	file  files.File // as it was when its entry was made; zero for a document that is no file of the list
	fresh bool       // the entry is what the file holds, by size and time
	shown bool       // and Texts has seen it
	open  bool       // the entry is that of an open document, and the file does not count
	pass  int        // in which it was in the list last
	over  bool       // there was no room for its entry
}

// unsettled is how old a file must be at least when it is read: one that is
// changed twice in a moment may have the same size and time after that. Some
// file systems count in steps of two seconds.
const unsettled = 3 * time.Second

// NewBuilder returns a Builder whose Index is empty.
func NewBuilder(o BuilderOptions) *Builder {
	if o.Name == nil {
		o.Name = func(f files.File) string { return f.Path }
	}
	if o.Wanted == nil {
		o.Wanted = func(files.File) bool { return true }
	}
	if o.Redact == nil {
		o.Redact = func(_, text string) string { return text }
	}
	if o.Pause == nil {
		o.Pause = func(context.Context) {}
	}
	if o.Texts == nil {
		o.Texts = func() Texts { return nil }
	}
	if o.Report == nil {
		o.Report = func(int, int, string) {}
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	return &Builder{o: o, known: map[string]*known{}, loaded: map[string]bool{}}
}

// Built says what a Build has done.
type Built struct {
	Files   int // of the list that belong into the index
	Read    int // were read
	Loaded  int // came from the Keeper
	Removed int // are no longer there
}

// Build brings the index to what src lists: files that are new or have another
// size or time are taken from the Keeper or read, those that are gone are
// removed. What cannot be read is left out, with one line in the log for each
// reason. The only error is context.Cause(ctx) when ctx ends first; then some
// files are as they were before.
func (b *Builder) Build(ctx context.Context, src Source) (Built, error) {
	b.pass++
	b.left = map[string]*unread{}
	texts := b.o.Texts()
	todo := b.take(src.Files(), texts)
	built := Built{Files: len(todo.list), Removed: b.sweep(todo, texts)}
	b.full = !b.hasRoom()
	built.Loaded = b.load(ctx, todo)
	for i, name := range todo.names {
		k, f := b.known[name], todo.list[i]
		if k.open || k.fresh && (texts == nil || k.shown) {
			continue
		}
		if b.leaves(name) && (texts == nil || k.shown) {
			continue
		}
		if b.o.Pause(ctx); ctx.Err() != nil {
			return built, context.Cause(ctx)
		}
		b.o.Report(i, len(todo.names), name)
		b.read(ctx, src, name, f, texts)
		built.Read++
	}
	b.sayUnread()
	b.sayFull(todo.names)
	return built, nil
}

// A list is the files that belong into the index, and their paths in prompts.
type list struct {
	list  []files.File // in order of Folder and Path
	names []string
}

func (l list) has(f files.File) bool {
	_, ok := slices.BinarySearchFunc(l.list, f, func(a, b files.File) int {
		return cmp.Or(strings.Compare(a.Folder, b.Folder), strings.Compare(a.Path, b.Path))
	})
	return ok
}

// take notes which files there are, and which of them have changed.
func (b *Builder) take(all []files.File, texts Texts) list {
	var l list
	for _, f := range all {
		if !b.o.Wanted(f) {
			continue
		}
		name := b.o.Name(f)
		k := b.known[name]
		switch {
		case k == nil:
			k = &known{file: f}
			b.known[name] = k
		case k.pass == b.pass:
			continue // two folders of one name: the first counts
		case k.file.Size != f.Size || !k.file.ModTime.Equal(f.ModTime) || k.file.Folder != f.Folder:
			k.fresh, k.shown = false, false
			k.file = f
		}
		k.shown = k.shown && texts != nil // who comes back has missed what happened
		k.pass = b.pass
		l.list, l.names = append(l.list, f), append(l.names, name)
	}
	return l
}

// sweep forgets the files that are no longer in the list.
func (b *Builder) sweep(l list, texts Texts) int {
	n := 0
	for name, k := range b.known {
		if k.pass == b.pass {
			continue
		}
		if !l.has(k.file) { // and not only under another name
			b.forget(k.file)
		}
		if k.open {
			k.file, k.fresh, k.shown = files.File{}, false, false
			continue
		}
		b.remove(name, texts)
		delete(b.known, name)
		n++
	}
	return n
}

// remove takes a path out of what is built.
func (b *Builder) remove(name string, texts Texts) {
	b.o.Index.Remove(name)
	if texts != nil {
		texts.Remove(name)
	}
}

// forget has nothing kept of a file any longer.
func (b *Builder) forget(f files.File) {
	if b.o.Keeper != nil && f.Path != "" {
		b.o.Keeper.Forget(f.Folder, f.Path)
	}
}

// load takes the entries of files that are new from the Keeper, folder by
// folder, and returns how many.
func (b *Builder) load(ctx context.Context, todo list) int {
	n := 0
	for from := 0; from < len(todo.list) && b.o.Keeper != nil; {
		to, wanting := from, 0
		for to < len(todo.list) && todo.list[to].Folder == todo.list[from].Folder {
			if !b.known[todo.names[to]].fresh && !b.leaves(todo.names[to]) {
				wanting++
			}
			to++
		}
		// The first time also shows the Keeper what is gone. Later a few are read
		// sooner than all of the folder is loaded.
		folder := todo.list[from].Folder
		if !b.loaded[folder] || wanting > 20 && wanting > (to-from)/4 {
			b.loaded[folder] = true
			paths := make([]string, to-from)
			for i := range paths {
				paths[i] = todo.list[from+i].Path
			}
			names, seen := todo.names[from:to], 0
			b.o.Keeper.Load(ctx, folder, paths, func(i int, kept Kept) {
				if seen++; seen%64 == 0 {
					b.o.Pause(ctx)
				}
				if b.accept(names[i], kept) {
					n++
				}
			})
		}
		from = to
	}
	return n
}

// accept takes an entry that was kept, if it is that of the file as it is now.
func (b *Builder) accept(name string, kept Kept) bool {
	k := b.known[name]
	if k.fresh || k.open || b.leaves(name) || kept.Size != k.file.Size || !kept.ModTime.Equal(k.file.ModTime) {
		return false
	}
	e, err := Decode(kept.Entry, name, b.o.Maker)
	if err != nil {
		return false // it is read anew, which replaces it
	}
	k.over = !b.put(e)
	k.fresh = !k.over
	return k.fresh
}

// read reads a file, and makes an entry of it unless there is one.
func (b *Builder) read(ctx context.Context, src Source, name string, f files.File, texts Texts) {
	k := b.known[name]
	k.file = f
	// A file that was changed a moment ago may be changed again without a trace:
	// it is read once more by the next Build, and not kept before.
	settled := b.o.Now().Sub(f.ModTime) >= unsettled
	text, err := src.Read(f)
	if err != nil {
		b.cannotRead(name, err)
		b.remove(name, texts)
		b.forget(f)
		k.fresh, k.shown = settled, settled // it is tried again when it has changed
		return
	}
	language := syntax.IDForPath(f.Path)
	if texts != nil && !k.shown {
		texts.Update(name, language, text)
		k.shown = true
	}
	if k.fresh {
		return
	}
	e := b.entry(name, language, text)
	k.over = !b.put(e)
	if k.fresh = settled && !k.over; k.fresh && b.o.Keeper != nil {
		b.o.Keeper.Keep(ctx, f.Folder, f.Path, Kept{Size: f.Size, ModTime: f.ModTime, Entry: Encode(e, b.o.Maker)})
	}
}

// entry makes an entry of a text, without its secrets. Whatever a text does to
// those who look into it, it costs no more than its own entry.
func (b *Builder) entry(name, language, text string) (e *Entry) {
	defer func() {
		if r := recover(); r != nil {
			b.o.Log.Error("reading a file panicked", zap.String("file", name), zap.Any("panic", r), zap.ByteString("stack", debug.Stack()))
			e = &Entry{Path: name, Language: language, Bytes: len(text)}
		}
	}()
	if isMinified(text) {
		return &Entry{Path: name, Language: language, Bytes: len(text), Lines: 1 + breaks(text)}
	}
	return Read(name, language, b.o.Redact(name, text))
}

const (
	longLine   = 20_000 // bytes: no person writes such a line
	wideLines  = 400    // bytes in the middle
	smallWhole = 8_000  // bytes: of a smaller text nothing is said
)

// isMinified reports whether a text was written by a machine for a machine:
// what it defines and which words it uses would only be in the way.
func isMinified(text string) bool {
	if len(text) < smallWhole {
		return false
	}
	if len(text) > wideLines*(1+breaks(text)) {
		return true
	}
	for line := range strings.Lines(text) {
		if len(line) > longLine {
			return true
		}
	}
	return false
}

package index

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/context/files"
)

// Open takes in the text of an open document. It counts until Close, whatever
// happens to the file.
func (b *Builder) Open(name, language, text string) {
	k := b.known[name]
	if k == nil {
		k = &known{pass: b.pass}
		b.known[name] = k
	}
	k.open, k.fresh, k.shown = true, false, false
	b.o.Index.Put(b.entry(name, language, text))
	if texts := b.o.Texts(); texts != nil {
		texts.Update(name, language, text)
	}
}

// Close tells that a document is no longer open. What it was is forgotten;
// where it is a file, Refresh or the next Build reads it.
func (b *Builder) Close(name string) {
	k := b.known[name]
	if k == nil || !k.open {
		return
	}
	k.open = false
	b.o.Index.Remove(name)
	if texts := b.o.Texts(); texts != nil {
		texts.Remove(name)
	}
	if k.file.Path == "" {
		delete(b.known, name)
	}
}

// Refresh takes in what became of one file that src has. It reports whether
// anything had to be done.
func (b *Builder) Refresh(ctx context.Context, src Source, f files.File) bool {
	name := b.o.Name(f)
	k := b.known[name]
	switch {
	case !b.o.Wanted(f):
		return b.Gone(f)
	case k == nil:
		k = &known{}
		b.known[name] = k
	case k.open:
		k.file = f // for when it is closed
		return false
	case k.fresh && k.file.Size == f.Size && k.file.ModTime.Equal(f.ModTime):
		return false
	}
	k.file, k.fresh, k.shown, k.pass = f, false, false, b.pass
	b.left = map[string]*unread{}
	b.read(ctx, src, name, f, b.o.Texts())
	b.sayUnread()
	return true
}

// Gone forgets a file, unless it is open. It reports whether it was known.
func (b *Builder) Gone(f files.File) bool {
	name := b.o.Name(f)
	k := b.known[name]
	switch {
	case k == nil:
		return false
	case k.open:
		k.file, k.fresh, k.shown = files.File{}, false, false
	default:
		b.remove(name, b.o.Texts())
		delete(b.known, name)
	}
	b.forget(f)
	return true
}

// unread counts the files that could not be read for one reason.
type unread struct {
	count   int
	example string
	err     error
}

// cannotRead notes that a file of the list could not be read. One that is gone
// by now is no news.
func (b *Builder) cannotRead(name string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	why := "it cannot be read"
	for _, known := range []error{files.ErrBinary, files.ErrNotUTF8, files.ErrTooLarge, files.ErrNotRegular, files.ErrOutside, files.ErrSecret} {
		if errors.Is(err, known) {
			why = known.Error()
		}
	}
	if b.left[why] == nil {
		b.left[why] = &unread{example: name, err: err}
	}
	b.left[why].count++
}

func (b *Builder) sayUnread() {
	for _, why := range slices.Sorted(maps.Keys(b.left)) {
		l := b.left[why]
		b.o.Log.Info("files left out of the index", zap.String("because", why), zap.Int("count", l.count),
			zap.String("for_example", l.example), zap.Error(l.err))
	}
	b.left = nil
}

package index

import (
	"unsafe"

	"go.uber.org/zap"
)

// defaultMaxBytes is room for some 50,000 files of ordinary length.
const defaultMaxBytes = 512 << 20

// What a file and a key of the index take beside what is counted one by one, in
// bytes: headers, places in maps, the room that a growing list leaves. Both are
// high rather than low; TestSizeIsNearTheHeap holds them to what the heap says.
const (
	fileBytes = 700
	keyBytes  = 64
)

// Size returns how many bytes of memory the index takes, as an estimate.
func (x *Index) Size() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	keys := 0
	for _, p := range []postings{x.words, x.names, x.parts, x.owners, x.stems, x.imports} {
		keys += len(p)
	}
	return x.size + keyBytes*keys
}

// weight is what a file takes of Size, but for the keys that no other file has.
func (f *File) weight() int {
	n := fileBytes + len(f.Path) + 8*len(f.parts)
	for i := range f.Symbols {
		s := &f.Symbols[i]
		n += int(unsafe.Sizeof(*s)) + len(s.Signature) + 24 // its hashes, and the file's number at its name and owner
	}
	for i := range f.Imports {
		m := &f.Imports[i]
		n += int(unsafe.Sizeof(*m)) + len(m.Path) + 16
		for _, name := range m.Names {
			n += int(unsafe.Sizeof(name)) + len(name)
		}
	}
	return n + len(f.Words)*(int(unsafe.Sizeof(Word{}))+8) // and the file's number at each word
}

// put takes an entry in, unless the index is above its size already. One without room is forgotten, and
// its file with it until there is more.
func (b *Builder) put(e *Entry) bool {
	if size := b.o.Index.Size(); size > b.o.MaxBytes {
		if old := b.o.Index.Get(e.Path); old == nil || size-old.weight() > b.o.MaxBytes {
			b.o.Index.Remove(e.Path)
			b.full = true
			return false
		}
	}
	b.o.Index.Put(e)
	return true
}

// leaves reports whether a file is left out unread: there is no room for it.
func (b *Builder) leaves(name string) bool {
	k := b.known[name]
	k.over = b.full && !k.open && b.o.Index.Get(name) == nil
	return k.over
}

// hasRoom reports whether files that were left out for want of room are to be
// tried again: where so much became free that it is not filled by one of them.
func (b *Builder) hasRoom() bool { return b.o.Index.Size() < b.o.MaxBytes/8*7 }

// sayFull logs how many files of a list have found no room, unless the last
// Build has said the same.
func (b *Builder) sayFull(todo []string) {
	n, example := 0, ""
	for _, name := range todo {
		if b.known[name].over {
			n, example = n+1, name
		}
	}
	if n > 0 && n != b.saidOver {
		b.o.Log.Warn("files left out of the index", zap.String("because", "it has reached its size"), zap.Int("count", n),
			zap.String("for_example", example), zap.Int("max_bytes", b.o.MaxBytes))
	}
	b.saidOver = n
}

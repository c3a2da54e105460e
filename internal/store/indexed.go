package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"
)

// indexedSchema makes the tables of what is known of the files of workspaces,
// so that it need not be found out anew. Folders and files are named by a
// digest with a key that is this store's own: whoever has the rows alone cannot
// tell by trying which paths they are of.
const indexedSchema = `
CREATE TABLE indexed_key (key BLOB NOT NULL) STRICT;
INSERT INTO indexed_key VALUES (randomblob(32));
CREATE TABLE indexed_folders (
	id     INTEGER PRIMARY KEY,
	folder BLOB    NOT NULL UNIQUE, -- digest of its path
	used   INTEGER NOT NULL         -- milliseconds since 1970
) STRICT;
CREATE TABLE indexed_files (
	id       INTEGER PRIMARY KEY,
	folder   INTEGER NOT NULL REFERENCES indexed_folders (id),
	file     BLOB    NOT NULL, -- digest of its path in the folder
	size     INTEGER NOT NULL, -- bytes
	modified INTEGER NOT NULL, -- nanoseconds since 1970
	entry    BLOB    NOT NULL, -- in the form of who has written it
	UNIQUE (folder, file)
) STRICT;
CREATE INDEX indexed_files_of ON indexed_files (folder)`

// indexedSince is the first schema that has the tables.
var indexedSince = slices.Index(migrations, indexedSchema) + 1

const (
	// waitingIndexed bounds the entries that wait in memory, in bytes. What is
	// too much is lost, and found out anew by the next run.
	waitingIndexed = 8 << 20
	// urgentIndexed is how many bytes are much.
	urgentIndexed = 1 << 20
	// indexedPage is how many rows are read in one go: who asks for the budget
	// waits for the same connection.
	indexedPage = 256
	// indexedOverhead is what a row takes in the file beside its entry, in bytes,
	// with what stays free of its pages.
	indexedOverhead = 1<<10 + 256
)

// An IndexedFile is what is known of one file, and how the file was when that
// was found out. Entry must hold no secret.
type IndexedFile struct {
	Path    string // in its folder
	Size    int64  // bytes
	ModTime time.Time
	Entry   []byte
}

// KeepIndexed keeps what is known of a file of a folder, in the place of what
// was known before. limit bounds the whole store in bytes: the folders that
// were used longest ago are forgotten for it, and where that is not enough,
// nothing is added. It never waits: the file is written in the background. Who
// adds many should have them written where it reports that much waits.
func (s *Store) KeepIndexed(folder string, f IndexedFile, limit int64) (much bool) {
	if s.indexed.put(indexedName{folder: folder, path: f.Path}, &f, limit) {
		return true
	}
	nudge(s.lately)
	return false
}

// WriteIndexed has what waits of files written, and returns when that was done
// or has failed, or ctx ends. So who reads files and who writes down what was
// found take turns, and leave a processor to others.
func (s *Store) WriteIndexed(ctx context.Context) {
	if s.State().Phase != Writable {
		return
	}
	written := s.indexed.next()
	nudge(s.wake)
	select {
	case <-written:
	case <-s.done:
	case <-ctx.Done():
	}
}

// ForgetIndexed forgets a file of a folder.
func (s *Store) ForgetIndexed(folder, path string) {
	s.indexed.put(indexedName{folder: folder, path: path}, nil, -1)
	nudge(s.lately)
}

// UseIndexed notes that a folder is in use, and has the store kept below limit,
// as KeepIndexed does. With a limit of 0 all that is known of files goes.
func (s *Store) UseIndexed(folder string, limit int64) {
	s.indexed.use(folder, limit)
	nudge(s.lately)
}

// IndexedFiles calls each with what is kept of the files of a folder at paths:
// with its place in paths, and with a Path. What is kept of other files of the
// folder is forgotten. What this process has not written yet is not seen. It
// waits for the first attempt to open the store, until ctx ends.
func (s *Store) IndexedFiles(ctx context.Context, folder string, paths []string, each func(i int, f IndexedFile)) error {
	var key []byte
	var id int64
	err := s.read(ctx, func(db *sql.DB) error {
		c, err := readSchema(ctx, db)
		if err != nil || c.version < indexedSince {
			return err // a file that nobody has migrated yet holds none
		}
		if err := db.QueryRowContext(ctx, `SELECT key FROM indexed_key`).Scan(&key); err != nil {
			return err
		}
		return db.QueryRowContext(ctx, `SELECT id FROM indexed_folders WHERE folder = ?`, digest(key, folder)).Scan(&id)
	})
	if errors.Is(err, sql.ErrNoRows) || err == nil && key == nil {
		return nil
	}
	if err != nil {
		return err
	}
	places := make(map[string]int, len(paths))
	for i, path := range paths {
		places[string(digest(key, folder, path))] = i
	}
	for last := int64(0); ; {
		var page []IndexedFile // Path is the digest
		err := s.read(ctx, func(db *sql.DB) (err error) {
			page, last, err = readIndexed(ctx, db, id, last)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, f := range page {
			i, known := places[f.Path]
			if !known {
				s.indexed.put(indexedName{folder: folder, digest: f.Path}, nil, -1)
				nudge(s.lately)
				continue
			}
			f.Path = paths[i]
			each(i, f)
		}
	}
}

// An IndexedSum says how much is kept of files.
type IndexedSum struct {
	Files int
	Bytes int64     // of their entries
	Used  time.Time // when a folder was in use last
}

// IndexedSum adds up what is kept of the files of all folders. It waits for the
// first attempt to open the store, until ctx ends.
func (s *Store) IndexedSum(ctx context.Context) (IndexedSum, error) {
	var sum IndexedSum
	err := s.read(ctx, func(db *sql.DB) error {
		c, err := readSchema(ctx, db)
		if err != nil || c.version < indexedSince {
			return err // a file that nobody has migrated yet holds none
		}
		return db.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(length(entry)), 0), (SELECT coalesce(max(used), 0) FROM indexed_folders)
			FROM indexed_files`).Scan(&sum.Files, &sum.Bytes, millis{&sum.Used})
	})
	return sum, err
}

// readIndexed reads the next rows of a folder, in the order in which they were
// written, and returns where it has come to.
func readIndexed(ctx context.Context, db *sql.DB, folder, after int64) (page []IndexedFile, last int64, err error) {
	rows, err := db.QueryContext(ctx, `SELECT id, file, size, modified, entry FROM indexed_files
		WHERE folder = ? AND id > ? ORDER BY id LIMIT ?`, folder, after, indexedPage)
	if err != nil {
		return nil, after, err
	}
	defer func() { _ = rows.Close() }() // Err says what went wrong
	last = after
	for rows.Next() {
		var f IndexedFile
		var modified int64
		if err := rows.Scan(&last, &f.Path, &f.Size, &modified, &f.Entry); err != nil {
			return nil, after, err
		}
		f.ModTime = time.Unix(0, modified)
		page = append(page, f)
	}
	return page, last, rows.Err()
}

// digest names a path.
func digest(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		_, _ = h.Write([]byte(p)) // it never fails
		_, _ = h.Write([]byte{0}) // no path holds it
	}
	return h.Sum(nil)[:16]
}

// indexed is the table of what is known of files. What waits is the newest of
// each file.
type indexed struct {
	now func() time.Time

	mu      sync.Mutex
	waiting indexedBatch
	taken   indexedBatch  // what is being written
	limit   int64         // of the store, in bytes, as it was given last; below 0 before that
	ended   chan struct{} // closed when what waits was written; nil while nobody asks
	ending  chan struct{} // the same for what is being written
}

// An indexedBatch is what waits to be written.
type indexedBatch struct {
	used  map[string]bool // folders
	rows  map[indexedName]*IndexedFile
	bytes int64 // of the entries
}

// An indexedName is a file by its folder and path, or by its digest.
type indexedName struct{ folder, path, digest string }

func (b *indexedBatch) empty() bool { return len(b.used)+len(b.rows) == 0 }

func (b *indexedBatch) use(folder string) {
	if b.used == nil {
		b.used = map[string]bool{}
	}
	b.used[folder] = true
}

// put takes a row in; one that is nil is to be deleted. It is not taken where
// too much waits.
func (b *indexedBatch) put(name indexedName, f *IndexedFile) {
	if b.rows == nil {
		b.rows = map[indexedName]*IndexedFile{}
	}
	if old := b.rows[name]; old != nil {
		b.bytes -= old.weight()
		delete(b.rows, name)
	}
	if b.bytes+f.weight() > waitingIndexed {
		return
	}
	b.rows[name] = f
	b.bytes += f.weight()
}

// weight is what a row takes, in memory and on the disk.
func (f *IndexedFile) weight() int64 {
	if f == nil {
		return indexedOverhead
	}
	return int64(len(f.Entry)) + indexedOverhead
}

// put notes a row; a limit below 0 leaves the limit as it was. It reports
// whether much waits.
func (t *indexed) put(name indexedName, f *IndexedFile, limit int64) (urgent bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting.put(name, f)
	if limit >= 0 {
		t.limit = limit
	}
	return t.waiting.bytes > urgentIndexed
}

func (t *indexed) use(folder string, limit int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting.use(folder)
	t.limit = limit
}

func (t *indexed) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken, t.waiting = t.waiting, indexedBatch{}
	t.ending, t.ended = t.ended, nil
	if t.taken.empty() { // and there will be no end
		t.tell()
		return false
	}
	return true
}

// tell says that what was being written is. The lock must be held.
func (t *indexed) tell() {
	if t.ending != nil {
		close(t.ending)
		t.ending = nil
	}
}

func (t *indexed) end(written bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !written {
		newer := t.waiting
		t.waiting = t.taken
		for folder := range newer.used {
			t.waiting.use(folder)
		}
		for name, f := range newer.rows {
			t.waiting.put(name, f)
		}
	}
	t.taken = indexedBatch{}
	t.tell()
}

// next is closed when the batch has ended that has what waits now.
func (t *indexed) next() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended == nil {
		t.ended = make(chan struct{})
	}
	return t.ended
}

func (t *indexed) insert(ctx context.Context, tx *sql.Tx) error {
	t.mu.Lock()
	w := indexedWriter{tx: tx, now: t.now().UnixMilli(), limit: t.limit, ids: map[string]int64{}}
	batch := t.taken
	t.mu.Unlock()
	if err := tx.QueryRowContext(ctx, `SELECT key FROM indexed_key`).Scan(&w.key); err != nil {
		return err
	}
	for folder := range batch.used {
		if err := w.use(ctx, folder); err != nil {
			return err
		}
	}
	var rows []indexedName
	for name, f := range batch.rows {
		if f != nil {
			rows = append(rows, name)
		} else if err := w.remove(ctx, name); err != nil {
			return err
		}
	}
	room, err := w.room(ctx, batch.bytes)
	if err != nil {
		return err
	}
	for _, name := range rows {
		f := batch.rows[name]
		if room -= f.weight(); room < 0 {
			break
		}
		if err := w.add(ctx, name, f); err != nil {
			return err
		}
		runtime.Gosched() // a keystroke comes first
	}
	return nil
}

package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.uber.org/zap"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// openTimeout bounds one attempt to open the file. Other processes hold it for
// milliseconds; only a dead network folder takes as long.
const openTimeout = 30 * time.Second

// errForeign says that the file at our place is not ours.
var errForeign = errors.New("the file is no store of claude-lsp")

// A location is where the file is and how it is opened.
type location struct {
	path  string
	extra []string // pragmas of tests
}

// open opens the file, sets aside what is broken or foreign, and brings it to
// the newest schema. With ErrNewer it returns a database that can be read.
func open(ctx context.Context, at location, broken bool, now func() time.Time, log *zap.Logger) (*sql.DB, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if err := os.MkdirAll(filepath.Dir(at.path), 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w; set XDG_STATE_HOME to a folder that can be written", ErrUnavailable, err)
	}
	seen, err := os.Stat(at.path)
	if err == nil && broken {
		if err := setAside(at.path, seen, now(), "it is corrupt", log); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		seen = nil
	}
	for range 3 { // a second time after setting aside; a third when another process did so meanwhile
		var db *sql.DB
		if db, err = try(ctx, at, seen); err == nil || errors.Is(err, ErrNewer) {
			return db, err
		}
		if !isBroken(err) && !errors.Is(err, errForeign) {
			break
		}
		if err := setAside(at.path, seen, now(), err.Error(), log); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		seen, _ = os.Stat(at.path) // no file is what we expect
	}
	return nil, fmt.Errorf("%w: %s: %w", ErrUnavailable, at.path, err)
}

// try opens the file once. It looks before it writes: a file that is newer or
// not ours is not touched.
func try(ctx context.Context, at location, seen fs.FileInfo) (*sql.DB, error) {
	if seen == nil || seen.Size() == 0 {
		// SQLite gives its files beside this one the same mode.
		f, err := os.OpenFile(at.path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
		return makeReady(ctx, at)
	}
	db, c, err := look(ctx, at, seen)
	switch {
	case err != nil:
		return nil, err
	case c.version > len(migrations):
		return db, newer(c.version)
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return makeReady(ctx, at)
}

// look opens a file to be read, and says what it is. One that is not ours is an
// error.
func look(ctx context.Context, at location, seen fs.FileInfo) (*sql.DB, schema, error) {
	if !seen.Mode().IsRegular() {
		return nil, schema{}, errors.New("it is not a regular file")
	}
	if err := looksLikeSQLite(at.path); err != nil {
		return nil, schema{}, err
	}
	db, err := sql.Open("sqlite", at.dsn("ro"))
	if err != nil {
		return nil, schema{}, err
	}
	c, err := readSchema(ctx, db)
	if hasCode(err, lib.SQLITE_ERROR) || // our question is right, so it is the file that makes no sense
		err == nil && !c.empty() && (c.application != applicationID || c.version < 1) {
		err = errForeign
	}
	if err != nil {
		return nil, schema{}, errors.Join(err, db.Close())
	}
	return db, c, nil
}

// view opens a file that is there, of whatever schema, to be read. It changes
// nothing. An error wraps fs.ErrNotExist where there is no store yet.
func view(ctx context.Context, at location) (*sql.DB, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	seen, err := os.Stat(at.path)
	if err == nil && seen.Size() == 0 { // another process is about to make it
		err = fs.ErrNotExist
	}
	var db *sql.DB
	if err == nil {
		db, _, err = look(ctx, at, seen)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrUnavailable, at.path, err)
	}
	return db, nil
}

// makeReady opens the file for writing and migrates it. SQLite may call the
// file busy without waiting while another process turns on WAL, so that is
// tried again until ctx ends.
func makeReady(ctx context.Context, at location) (*sql.DB, error) {
	db, err := sql.Open("sqlite", at.dsn("rw"))
	if err != nil {
		return nil, err
	}
	// Answers and file names may come to stand in it; older files were made by
	// whatever the umask was. Where modes mean nothing, neither does the error.
	_ = os.Chmod(at.path, 0o600)
	// One for the writer and one for a reader: each costs a page cache.
	db.SetMaxOpenConns(2)
	db.SetMaxIdleConns(2)
	for {
		err = migrate(ctx, db)
		if !isBusy(err) {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
			continue
		}
		break
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// dsn names the file for SQLite, with what holds for each connection. As a
// URI, so that a "?" or "%" in a folder's name is no parameter.
func (l location) dsn(mode string) string {
	query := url.Values{
		"mode": {mode},
		"_pragma": append([]string{
			"busy_timeout(5000)",
			"cache_size(-1024)", // KiB; the tables are small
			"trusted_schema(0)",
			"secure_delete(1)", // what is deleted is overwritten: answers are text
		}, l.extra...),
		"_defensive": {"1"},
		"_txlock":    {"immediate"}, // a transaction that will write says so at once, and so cannot fail half-way
	}
	if mode == "rw" {
		query["_pragma"] = append(query["_pragma"],
			"journal_mode(WAL)",           // readers never wait for the writer
			"synchronous(NORMAL)",         // survives the end of a process; a power cut may cost the last seconds
			"journal_size_limit(1048576)") // bytes that the log keeps after a burst
	}
	path := filepath.ToSlash(l.path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/Users/...
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

// looksLikeSQLite reads the first bytes, because SQLite itself takes some
// foreign files for locked or empty ones.
func looksLikeSQLite(path string) error {
	const magic = "SQLite format 3\x00"
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if !bytes.Equal(head, []byte(magic)) {
		return errForeign
	}
	return nil
}

// setAside renames the file and its companions, so that nothing is lost and a
// fresh one can be made. A file that is no longer the one that was seen stays:
// another process was quicker.
func setAside(path string, seen fs.FileInfo, now time.Time, why string, log *zap.Logger) error {
	current, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(seen, current) {
		return nil
	}
	if err != nil {
		return err
	}
	aside := path + asideMark + now.UTC().Format("20060102T150405.000Z")
	if err := os.Rename(path, aside); err != nil {
		return err
	}
	log.Warn("the store was set aside and a new one is made", zap.String("reason", why), zap.String("kept", aside))
	for _, companion := range []string{"-wal", "-shm"} { // a log must never meet another file than its own
		if err := os.Rename(path+companion, aside+companion); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// isBroken reports whether err says that the file's bytes are wrong.
func isBroken(err error) bool {
	return hasCode(err, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB)
}

// isBusy reports whether err says that another process holds the file.
func isBusy(err error) bool {
	return hasCode(err, lib.SQLITE_BUSY, lib.SQLITE_LOCKED)
}

// hasCode compares primary codes: the low byte of SQLite's extended ones.
func hasCode(err error, codes ...int) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Code()&0xff == code {
			return true
		}
	}
	return false
}

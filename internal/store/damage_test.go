package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zaptest/observer"
)

// sqliteFile makes a SQLite file by statements of its own.
func sqliteFile(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range statements {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// asides lists what stands beside the store after it was closed.
func asides(t *testing.T, path string) []string {
	t.Helper()
	found, err := filepath.Glob(path + ".set-aside-*")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(found, func(f string) bool { return strings.HasSuffix(f, "-wal") || strings.HasSuffix(f, "-shm") })
}

// warnings returns the texts that were logged as warnings.
func warnings(logs *observer.ObservedLogs) []string {
	var texts []string
	for _, e := range logs.All() {
		texts = append(texts, e.Message)
	}
	return texts
}

func TestWhatIsNoStoreIsSetAsideWhole(t *testing.T) {
	full := func(t *testing.T, path string) {
		s, _ := opened(t, Options{Path: path})
		for i := range 500 { // many pages, so that one of them can be spoilt
			s.AddSpend(fmt.Sprint("model ", i), one)
		}
		closed(t, s)
	}
	spoil := func(t *testing.T, path string, at int64) {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xff}, 4096), at); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		make func(t *testing.T, path string)
	}{
		{"text", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("dear diary\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}},
		{"someone else's database", func(t *testing.T, path string) {
			sqliteFile(t, path, "CREATE TABLE bookmarks (url TEXT)")
		}},
		{"someone else's database with a high version", func(t *testing.T, path string) {
			sqliteFile(t, path, "PRAGMA application_id = 77; PRAGMA user_version = 500")
		}},
		{"our mark without a schema", func(t *testing.T, path string) {
			sqliteFile(t, path, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = -1", applicationID))
		}},
		{"a broken head", func(t *testing.T, path string) {
			full(t, path)
			spoil(t, path, 40)
		}},
		{"a broken schema page", func(t *testing.T, path string) {
			full(t, path)
			spoil(t, path, 100)
		}},
		{"cut off", func(t *testing.T, path string) {
			full(t, path)
			if err := os.Truncate(path, 4096+100); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			tt.make(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s, logs := opened(t, Options{Path: path})
			s.AddSpend("m", one)
			eventually(t, "a working store", func() bool {
				got, err := s.SpentToday(t.Context())
				return err == nil && got == one && s.State().Phase == Writable && s.spending.waitingOn(s.today()) == Spent{}
			})
			kept := asides(t, path)
			if len(kept) != 1 {
				t.Fatalf("set aside: %q, want one", kept)
			}
			if after, err := os.ReadFile(kept[0]); err != nil || !bytes.Equal(before, after) {
				t.Errorf("what was set aside is not what was there (%v)", err)
			}
			if got := warnings(logs); len(got) != 1 {
				t.Errorf("logged %q, want one line", got)
			}
		})
	}
}

// breakTable overwrites the page that a table begins on, and returns the file's
// bytes.
func breakTable(t *testing.T, path, name string) []byte {
	t.Helper()
	db, err := sql.Open("sqlite", location{path: path}.dsn("rw"))
	if err != nil {
		t.Fatal(err)
	}
	var page, size int
	err = db.QueryRow("SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = ?", name).Scan(&page, &size)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range size {
		data[(page-1)*size+i] = 0xff
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

// A page in the middle is only met when something reads it.
func TestAPageThatBreaksLaterIsMended(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path})
	for i := range 500 {
		s.AddSpend(fmt.Sprint("model ", i), one)
	}
	closed(t, s)
	breakTable(t, path, "spending")

	s, _ = opened(t, Options{Path: path})
	if s.State().Phase != Writable {
		t.Fatalf("state %+v: opening reads no table", s.State())
	}
	if _, err := s.SpentToday(t.Context()); !isBroken(err) {
		t.Fatalf("SpentToday of a broken page: %v", err)
	}
	eventually(t, "a mended store", func() bool {
		_, err := s.SpentToday(t.Context())
		return err == nil
	})
	s.AddSpend("m", one)
	spent(t, s, one)
	if kept := asides(t, path); len(kept) != 1 {
		t.Errorf("set aside: %q, want one", kept)
	}
}

func TestANewerStoreIsReadAndNotTouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path})
	s.AddSpend("m", one)
	closed(t, s)
	sqliteFile(t, path, "ALTER TABLE spending ADD COLUMN mood TEXT; CREATE TABLE future (x); PRAGMA user_version = 1000")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}

	s, logs := opened(t, Options{Path: path})
	if err := s.Ready(t.Context()); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "1000") {
		t.Errorf("Ready: %v", err)
	}
	if got := s.State().Phase; got != ReadOnly {
		t.Errorf("phase %s", got)
	}
	s.AddSpend("m", one)
	spent(t, s, two) // what is there, and what this process added
	closed(t, s)
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("a store of a newer program was altered")
	}
	if kept := asides(t, path); len(kept) != 0 {
		t.Errorf("a store of a newer program was set aside: %q", kept)
	}
	if got := warnings(logs); len(got) != 1 {
		t.Errorf("logged %q, want one line", got)
	}
}

// The other program may be updated while this one runs.
func TestAStoreThatBecomesNewerIsNotWrittenAnyMore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, logs := opened(t, Options{Path: path, Retry: time.Millisecond})
	s.AddSpend("m", one)
	eventually(t, "the first batch", func() bool { return s.spending.waitingOn(s.today()) == Spent{} })
	sqliteFile(t, path, "PRAGMA user_version = 1000")
	s.AddSpend("m", one)
	eventually(t, "the newer schema to be seen", func() bool { return s.State().Phase == ReadOnly })
	spent(t, s, two)
	time.Sleep(20 * time.Millisecond) // several retries
	closed(t, s)
	if got := warnings(logs); len(got) != 1 {
		t.Errorf("logged %q, want one line", got)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var requests int
	if err := db.QueryRow("SELECT sum(requests) FROM spending").Scan(&requests); err != nil || requests != 1 {
		t.Errorf("%d requests in the file, %v; want 1", requests, err)
	}
}

func TestAnEmptyDatabaseIsMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	sqliteFile(t, path, "PRAGMA journal_mode = DELETE", "VACUUM") // schema 0, one page
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Fatalf("not a file of schema 0: %v, %v", info, err)
	}
	s, _ := opened(t, Options{Path: path})
	s.AddSpend("m", one)
	spent(t, s, one)
	closed(t, s)
	if kept := asides(t, path); len(kept) != 0 {
		t.Errorf("set aside: %q", kept)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := readSchema(t.Context(), db)
	if err != nil || c.application != applicationID || c.version != len(migrations) || c.tables < len(migrations) {
		t.Errorf("schema %+v, %v; want number %d of ours", c, err, len(migrations))
	}
}

func TestAStoreThatCannotBeOpenedCostsNothingElse(t *testing.T) {
	for _, tt := range []struct {
		name string
		path func(t *testing.T, dir string) string
	}{
		{"a file where a folder should be", func(t *testing.T, dir string) string {
			if err := os.WriteFile(filepath.Join(dir, "claude-lsp"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(dir, "claude-lsp", "store.db")
		}},
		{"a folder where the file should be", func(t *testing.T, dir string) string {
			path := filepath.Join(dir, "store.db")
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
			return path
		}},
		{"a folder that cannot be written", func(t *testing.T, dir string) string {
			if err := os.Chmod(dir, 0o500); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
			if f, err := os.Create(filepath.Join(dir, "probe")); err == nil {
				f.Close()
				t.Skip("this user may write into every folder")
			}
			return filepath.Join(dir, "store.db")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s, logs := opened(t, Options{Path: tt.path(t, dir), Retry: time.Millisecond})
			if err := s.Ready(t.Context()); !errors.Is(err, ErrUnavailable) {
				t.Errorf("Ready: %v", err)
			}
			s.AddSpend("m", one)
			got, err := s.SpentToday(t.Context())
			if !errors.Is(err, ErrUnavailable) || got != one {
				t.Errorf("SpentToday: %+v, %v; want what this process knows, and an error", got, err)
			}
			time.Sleep(20 * time.Millisecond) // several retries
			if got := warnings(logs); len(got) != 1 {
				t.Errorf("logged %q, want one line", got)
			}
		})
	}
}

func TestAStoreComesBack(t *testing.T) {
	dir := t.TempDir()
	blocker := filepath.Join(dir, "claude-lsp")
	if err := os.WriteFile(blocker, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, _ := opened(t, Options{Path: filepath.Join(blocker, "store.db"), Retry: time.Millisecond})
	s.AddSpend("m", one)
	if err := os.Remove(blocker); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the store to be opened", func() bool { return s.State().Phase == Writable })
	eventually(t, "what waited to be written", func() bool { return s.spending.waitingOn(s.today()) == Spent{} })
	spent(t, s, one)
}

func TestAFullDiskKeepsWhatWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, logs := opened(t, Options{Path: path, pragmas: []string{"max_page_count(28)"}})
	for i := range 3000 {
		s.AddSpend(fmt.Sprint("model ", i), one)
	}
	eventually(t, "the disk to be full", func() bool { return s.State().Phase == ReadOnly })
	if err := s.State().Err; !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "full") {
		t.Errorf("the state says %v", err)
	}
	for range 3 {
		s.AddSpend("m", one)
	}
	got, err := s.SpentToday(t.Context())
	if err != nil || got.Requests != 3003 {
		t.Errorf("%d requests, %v; want 3003", got.Requests, err)
	}
	closed(t, s)
	if got := warnings(logs); len(got) != 1 {
		t.Errorf("logged %q, want one line", got)
	}
}

// Another editor may have set the file aside, or a person deleted it.
func TestAFileThatWasTakenAwayIsMadeAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path})
	s.AddSpend("m", one)
	eventually(t, "the first batch", func() bool { return s.spending.waitingOn(s.today()) == Spent{} })
	if err := os.Rename(path, path+".away"); err != nil {
		t.Skipf("an open file cannot be renamed here: %v", err)
	}
	s.AddSpend("m", one)
	eventually(t, "a new file", func() bool {
		_, err := os.Stat(path)
		return err == nil && s.State().Phase == Writable && s.spending.waitingOn(s.today()) == Spent{}
	})
	spent(t, s, one)
}

package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const plenty = 1 << 30

// indexedFile is a file as it is kept, with an entry of so many bytes.
func indexedFile(path string, size int) IndexedFile {
	return IndexedFile{Path: path, Size: int64(size), ModTime: time.Unix(1e9, int64(size)), Entry: bytes.Repeat([]byte{byte(size)}, size)}
}

// indexedPaths returns which of the paths are known, in order, and checks that
// they came back as they were kept.
func indexedPaths(t *testing.T, s *Store, folder string, paths ...string) string {
	t.Helper()
	found := make([]string, len(paths))
	err := s.IndexedFiles(t.Context(), folder, paths, func(i int, f IndexedFile) {
		found[i] = f.Path
		if diff := cmp.Diff(indexedFile(paths[i], int(f.Size)), f); diff != "" {
			t.Errorf("%s (-want +got):\n%s", paths[i], diff)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(strings.Join(found, " ")), " ")
}

func TestWhatIsKnownOfFilesOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path})
	if got := indexedPaths(t, s, "/w", "a", "b"); got != "" {
		t.Errorf("a new store knows %q", got)
	}
	var many []string
	for i := range 3*indexedPage + 1 { // more than are read in one go
		many = append(many, fmt.Sprintf("many/%03d", i))
		if s.KeepIndexed("/w", indexedFile(many[i], 100+i%7), plenty) && i < 100 { // later ones may wait for a slow disk together
			t.Fatalf("%d small files are much", i)
		}
	}
	if !s.KeepIndexed("/w", indexedFile("large", urgentIndexed), plenty) {
		t.Error("a MiB is not much")
	}
	s.WriteIndexed(t.Context())
	s.indexed.mu.Lock()
	empty := s.indexed.waiting.empty()
	s.indexed.mu.Unlock()
	if !empty {
		t.Error("something waits after all was written")
	}
	s.ForgetIndexed("/w", "large")
	for _, f := range []IndexedFile{indexedFile("a", 10), indexedFile("b", 5000), indexedFile("b", 1), indexedFile("gone", 3)} {
		s.KeepIndexed("/w", f, plenty)
	}
	s.KeepIndexed("/other", indexedFile("a", 4), plenty)
	s.ForgetIndexed("/w", "gone")
	closed(t, s)

	s, _ = opened(t, Options{Path: path})
	sum, err := s.IndexedSum(t.Context())
	if err != nil || sum.Files != len(many)+3 || sum.Bytes < int64(100*len(many)+15) || !sum.Used.Equal(noon()) {
		t.Errorf("all together %+v, %v", sum, err)
	}
	if got := indexedPaths(t, s, "/w", append(many, "gone", "a", "b")...); got != strings.Join(many, " ")+" a b" {
		t.Errorf("/w has %q", got)
	}
	if got := indexedPaths(t, s, "/w", "a"); got != "a" { // which forgets all others
		t.Errorf("of a alone there is %q", got)
	}
	closed(t, s)
	s, _ = opened(t, Options{Path: path})
	if got := indexedPaths(t, s, "/w", append(many, "a", "b")...); got != "a" {
		t.Errorf("/w has %q, all but a were to be forgotten", got)
	}
	if got := indexedPaths(t, s, "/other", "a", "b"); got != "a" {
		t.Errorf("/other has %q", got)
	}
}

func TestWriteIndexedWaitsForNoStore(t *testing.T) {
	s, _ := opened(t, Options{Path: filepath.Join(t.TempDir(), "store.db"), ReadOnly: true})
	s.KeepIndexed("/w", indexedFile("a", 1), plenty)
	s.WriteIndexed(t.Context()) // comes back
}

func TestTheStoreNamesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, _ := opened(t, Options{Path: path})
	s.KeepIndexed("/home/somebody/project", indexedFile("confidential.go", 10), plenty)
	closed(t, s)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"somebody", "confidential"} {
		if bytes.Contains(data, []byte(word)) {
			t.Errorf("the file holds %q", word)
		}
	}
}

// rows counts what the file holds of a folder.
func rows(t *testing.T, path string) (folders, files int) {
	t.Helper()
	db, err := sql.Open("sqlite", location{path: path}.dsn("ro"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT (SELECT count(*) FROM indexed_folders), (SELECT count(*) FROM indexed_files)").Scan(&folders, &files); err != nil {
		t.Fatal(err)
	}
	return folders, files
}

func TestTheFolderUsedLongestAgoGoesFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	day := 0
	visit := func(limit int64, folder string, files, size int) {
		day++
		s, _ := opened(t, Options{Path: path, Now: func() time.Time { return noon().AddDate(0, 0, day) }})
		s.UseIndexed(folder, limit)
		for i := range files {
			s.KeepIndexed(folder, indexedFile(fmt.Sprint(i), size), limit)
		}
		closed(t, s)
	}
	names := func(n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprint(i))
		}
		return all
	}
	const limit = 1 << 20
	visit(limit, "/first", 40, 8000)
	visit(limit, "/second", 40, 8000)
	visit(limit, "/first", 0, 0) // it is used again
	visit(limit, "/third", 40, 8000)
	s, _ := opened(t, Options{Path: path})
	for folder, want := range map[string]int{"/first": 40, "/second": 0, "/third": 40} {
		if got := len(strings.Fields(indexedPaths(t, s, folder, names(40)...))); got != want {
			t.Errorf("%s has %d files, want %d", folder, got, want)
		}
	}
	closed(t, s)

	visit(limit, "/large", 500, 8000) // does not fit by itself
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	folders, files := rows(t, path)
	if folders != 1 || files < 50 || files == 500 || info.Size() > limit {
		t.Errorf("%d folders with %d files in %d bytes; the newest alone was to fill %d bytes", folders, files, info.Size(), limit)
	}

	visit(0, "/large", 3, 10)
	if folders, files := rows(t, path); folders != 0 || files != 0 {
		t.Errorf("%d folders and %d files are kept although nothing was to be", folders, files)
	}
}

// While the file cannot be written, what waits stays within its bound, and
// what was given up for that is not written later.
func TestWhatWaitsOfTheIndexIsBounded(t *testing.T) {
	table := &indexed{now: noon, limit: -1}
	for i := range 50 {
		table.put(indexedName{folder: "/w", path: fmt.Sprint(i)}, new(indexedFile("x", 1<<20)), plenty)
		if i%5 == 0 && table.begin() {
			table.end(false)
		}
	}
	if n := len(table.waiting.rows); n == 0 || table.waiting.bytes > waitingIndexed {
		t.Errorf("%d rows of %d bytes wait", n, table.waiting.bytes)
	}
}

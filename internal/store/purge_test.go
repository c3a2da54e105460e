package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestPurge(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "store.db")
	if err := Purge(path); err != nil {
		t.Errorf("where nothing is: %v", err)
	}
	others := []string{"store.db.mine", "store.dbx", "other.db"}
	for _, name := range append(others, "store.db.set-aside-1", "store.db.set-aside-1-wal") {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, logs := opened(t, Options{Path: path})
	s.LimitAnswers(1 << 20)
	s.KeepAnswer(key(1), Answer{Text: "one"})
	written(t, s)
	if files, err := Files(path); err != nil || len(files) < 4 {
		t.Errorf("files %q, %v", files, err)
	}
	if err := Purge(path); err != nil {
		t.Skipf("an open file cannot be removed here: %v", err)
	}
	if files, err := Files(path); err != nil || len(files) != 0 {
		t.Errorf("left: %q, %v", files, err)
	}
	// The process that has it open goes on with a new one.
	s.KeepAnswer(key(2), Answer{Text: "two"})
	eventually(t, "a new file", func() bool { nudge(s.wake); return s.HasAnswer(key(2)) })
	found(t, s, 1, "")
	found(t, s, 2, "two")
	closed(t, s)
	if logs.Len() != 0 {
		t.Errorf("logged %q", warnings(logs))
	}
	if err := Purge(path); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(dir)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	slices.Sort(others)
	if err != nil || !slices.Equal(left, others) {
		t.Errorf("left: %q, %v; want %q", left, err, others)
	}
}

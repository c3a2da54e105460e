package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPurgeAsks(t *testing.T) {
	for _, tt := range []struct {
		name, typed string
		yes, gone   bool
		says        string
	}{
		{"yes", "y\n", false, true, "Removed"},
		{"in full", "YES\n", false, true, "Removed"},
		{"no", "n\n", false, false, "Nothing was removed"},
		{"anything else", "yesterday\n", false, false, "Nothing was removed"},
		{"nobody there", "", false, false, "Nothing was removed"},
		{"not asked", "", true, true, "Removed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			for _, end := range []string{"", "-wal", ".set-aside-20261123T000000.000Z"} {
				if err := os.WriteFile(path+end, []byte("x"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out strings.Builder
			err := purgeCmd{Yes: tt.yes}.purge(path, strings.NewReader(tt.typed), &out)
			_, missing := os.Stat(path)
			if gone := errors.Is(missing, os.ErrNotExist); gone != tt.gone || (err == nil) != tt.gone || !strings.Contains(out.String(), tt.says) {
				t.Errorf("gone: %v, %v:\n%s", gone, err, out.String())
			}
			if asked := strings.Contains(out.String(), "[y/N]"); asked == tt.yes || !strings.Contains(out.String(), "set-aside") {
				t.Errorf("it says:\n%s", out.String())
			}
		})
	}
}

func TestPurgeOfNothing(t *testing.T) {
	var out strings.Builder
	if err := (purgeCmd{}).purge(filepath.Join(t.TempDir(), "no", "store.db"), strings.NewReader(""), &out); err != nil || !strings.Contains(out.String(), "Nothing is kept") {
		t.Errorf("%v: %s", err, out.String())
	}
}

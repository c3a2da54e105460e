package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

func TestPlaces(t *testing.T) {
	const text = "ab\r\n😀é\rx\n"
	for _, c := range []struct {
		at int
		p  position
	}{
		{0, position{0, 0}},
		{2, position{0, 2}},
		{4, position{1, 0}},
		{8, position{1, 2}},
		{10, position{1, 3}},
		{11, position{2, 0}},
		{12, position{2, 1}},
		{13, position{3, 0}},
	} {
		if got := positionOf(text, c.at); got != c.p {
			t.Errorf("byte %d is at %v, want %v", c.at, got, c.p)
		}
		if got, err := offsetOf(text, c.p); err != nil || got != c.at {
			t.Errorf("%v is byte %d (%v), want %d", c.p, got, err, c.at)
		}
	}
	for _, p := range []position{{1, 1}, {0, 3}, {4, 0}} {
		if got, err := offsetOf(text, p); err == nil {
			t.Errorf("%v is byte %d, but the text has no such place", p, got)
		}
	}
}

func TestEdited(t *testing.T) {
	got, err := edited("é😀c\nd\n", span{position{0, 1}, position{0, 3}}, "x\ny")
	if want := "éx\nyc\nd\n"; err != nil || got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
	for _, r := range []span{{position{0, 2}, position{0, 3}}, {position{0, 3}, position{0, 1}}, {position{0, 0}, position{9, 0}}} {
		if got, err := edited("é😀c\nd\n", r, ""); err == nil {
			t.Errorf("%v gave %q", r, got)
		}
	}
}

func TestEndsOfTextsKeepCharactersWhole(t *testing.T) {
	if got := lastBytes("a😀b", 3); got != "b" {
		t.Errorf("last: %q", got)
	}
	if got := firstBytes("a😀b", 3); got != "a" {
		t.Errorf("first: %q", got)
	}
	if lastBytes("ab", 9) != "ab" || firstBytes("ab", 9) != "ab" {
		t.Error("a short text is not whole")
	}
}

func TestReadLines(t *testing.T) {
	dir := t.TempDir()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("{\"id\":\"a\"}\n{\"id\":\"b\"}\n"))
	z.Close()
	for name, data := range map[string]string{
		"plain":  "{\"id\":\"a\"}\n{\"id\":\"b\"}\n",
		"packed": packed.String(),
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readLines[insertCase](file)
		if err != nil || len(got) != 2 || got[1].ID != "b" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, data := range map[string]string{"empty": "", "broken": "{\"id\":\"a\"}\n{"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readLines[insertCase](file); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestShare(t *testing.T) {
	var taken [50]atomic.Int32
	err := share(t.Context(), 4, len(taken), func(_ context.Context, next func() (int, bool)) error {
		for i, more := next(); more; i, more = next() {
			taken[i].Add(1)
		}
		return nil
	})
	for i := range taken {
		if n := taken[i].Load(); n != 1 || err != nil {
			t.Fatalf("%d was taken %d times, error %v", i, n, err)
		}
	}

	wrong, n := errors.New("wrong"), 0
	err = share(t.Context(), 1, 50, func(_ context.Context, next func() (int, bool)) error {
		for _, more := next(); more; _, more = next() {
			if n++; n == 3 {
				return wrong
			}
		}
		return nil
	})
	if !errors.Is(err, wrong) || n != 3 {
		t.Errorf("%v after %d", err, n)
	}
}

package main

import (
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/claude"
)

// TestSending: both forms arrive over a slow link, and one is smaller. How long
// it takes is for the table alone.
func TestSending(t *testing.T) {
	t.Chdir("../..")
	text, err := sourceText(60_000)
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[claude.Gzip]int64{}
	for _, when := range []claude.Gzip{claude.GzipNever, claude.GzipAlways} {
		bytes, first, later, err := sendSlowly(t.Context(), text, when, 2)
		if err != nil || first <= 0 || len(later) != 2 {
			t.Fatalf("%q: first %v, later %v, %v", when, first, later, err)
		}
		sizes[when] = bytes
	}
	if plain, gzip := sizes[claude.GzipNever], sizes[claude.GzipAlways]; plain < 60_000 || gzip > plain/2 {
		t.Errorf("%d bytes plain, %d compressed", plain, gzip)
	}
}

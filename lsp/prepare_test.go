package lsp

import (
	"fmt"
	"testing"
	"time"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

// preparing is an engine that tells what it is to prepare.
type preparing struct {
	engine
	told chan completion.Request
}

func (p preparing) Prepare(r completion.Request) { p.told <- r }

// Of the documents that an editor restores one is prepared, and a document again
// when it is saved, or its user comes back to it; not with every key.
func TestDocumentsArePrepared(t *testing.T) {
	e := preparing{says(), make(chan completion.Request, 100)}
	s := begin(t, e, editor.Options{InlineCompletion: true, Folders: []string{"file:///w"}})
	s.Initialize()
	for i := range 20 {
		s.Open(fmt.Sprintf("file:///w/%d.go", i), "go", "package a\n")
	}
	const last = "file:///w/19.go"
	expect := func(uri string, at document.Offset) {
		t.Helper()
		select {
		case r := <-e.told:
			if r.Doc.URI() != uri || r.At != at || r.Folder != "/w" || r.Path == "" || len(r.Others) != 19 || !r.Settings.Prewarm {
				t.Errorf("prepared %s at %d: %+v", r.Doc.URI(), r.At, r.Settings)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("nothing was prepared")
		}
	}
	save := func() {
		s.Notify("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": last}})
	}
	expect(last, -1)
	save()
	expect(last, -1)
	where := s.Type(last, pos(1, 0), "v")
	where = s.Type(last, where, "ar")
	expect(last, 13) // as it is when it is calm
	s.Type(last, where, " x")
	save()
	expect(last, 15)
	s.Type("file:///w/3.go", pos(0, 0), "//")
	expect("file:///w/3.go", 2)
	s.Shutdown()
	if n := len(e.told); n > 0 {
		t.Errorf("%d more were prepared", n)
	}
}

func TestAttention(t *testing.T) {
	var a attention
	now := time.Unix(1000, 0)
	for i, tt := range []struct {
		doc   uri.URI
		after time.Duration
		back  bool
	}{
		{"a", 0, true},
		{"a", time.Second, false},
		{"a", absence - 1, false},
		{"a", absence, true},
		{"b", time.Second, true},
		{"b", time.Second, false},
		{"a", time.Second, true},
	} {
		now = now.Add(tt.after)
		if got := a.change(tt.doc, 7, now); got != tt.back {
			t.Errorf("change %d: %v", i, got)
		}
	}
	if a.place("a") != 7 || a.place("b") != -1 {
		t.Error("the place of the last change is not known, or that of another document is")
	}
}

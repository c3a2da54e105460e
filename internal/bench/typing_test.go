package main

import (
	"strings"
	"testing"
)

// What is typed key by key ends in the file, and each key knows the rest of its
// line.
func TestTypedEndsInTheFile(t *testing.T) {
	text := "package p\n\nfunc a() {\n\tone(\"ä😀\")\n}\n\nfunc b() {\n\ttwo()\n\n\tthree()\n}\n"
	s, err := typed("file:///p.go", text, 12, 5)
	if err != nil {
		t.Fatal(err)
	}
	p, err := prepare(s, 1) // fails where the events do not end in the text
	if err != nil {
		t.Fatal(err)
	}
	if n := len(p.keys); n < 12 {
		t.Errorf("%d keys", n)
	}
	saves := 0
	for _, st := range p.steps {
		if st.method == "textDocument/didSave" {
			saves++
		}
	}
	if saves != len(p.keys)/5 {
		t.Errorf("%d savings of %d keys", saves, len(p.keys))
	}
	for _, k := range p.keys {
		typed, whole := strings.TrimLeft(k.line[:k.in], " \t"), p.new[k.truth:]
		if rest, _, _ := strings.Cut(whole, "\n"); rest != k.rest || !strings.HasSuffix(p.new[:k.truth], typed) {
			t.Errorf("key %d: typed %q, truth goes on with %q, the rest is %q", k.n, typed, rest, k.rest)
		}
	}
	if _, err := typed("file:///p.go", text, 500, 0); err == nil {
		t.Error("a file that is too short was accepted")
	}
}

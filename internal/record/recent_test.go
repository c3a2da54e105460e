package record

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// told is an engine that takes down what it is told of a moment ago.
type told struct {
	Closer // what else an engine can do is not asked of it
	all    []doccontext.Recent
}

func (e *told) Complete(_ context.Context, r completion.Request) (completion.Answer, error) {
	e.all = append(e.all, r.Recent)
	return completion.Answer{Outcome: completion.Empty}, nil
}

func (e *told) Prepare(completion.Request) {}

func (e *told) Close() {}

// An engine that plays is told the same as the one that was recorded, and typing
// costs the recording little.
func TestRecentIsPlayed(t *testing.T) {
	var past trail.Recorder
	var file bytes.Buffer
	r := New(&file, Options{Clock: wall{}})
	then := &told{}
	e := r.Engine(then)
	doc := document.New("a.go", "go", 1, strings.Repeat("some line\n", 400))
	edit := func(line int, text string) {
		at := doc.LineStart(line)
		next, _ := doc.Apply(doc.Version()+1, document.Change{From: at, To: at, Text: text})
		past.Edited(doc, next)
		doc = next
	}
	ask := func() {
		if _, err := e.Complete(t.Context(), completion.Request{Doc: doc, Path: "a.go", Recent: past.Recent("a.go", shown)}); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	for i := range 20 {
		edit(10*i, fmt.Sprintf("%d %s\n", i, strings.Repeat("long ", 50)))
		past.Saw("a.go", 10*i, 10*i+5)
		past.Decided(trail.Suggestion{Path: "a.go", Line: 10 * i, Lead: "\t", Text: "no\xff", Accepted: i%2 == 0})
		past.Diagnose("a.go", []trail.Diagnostic{{FirstLine: i, LastLine: i + 1, Message: "undefined"}})
		ask()
		ask()
	}
	past.Diagnose("a.go", nil)
	for range 100 {
		edit(380, "x")
		ask()
	}
	edit(0, "y\n") // all others are further down
	ask()
	r.Close()
	rec, err := Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	now := &told{}
	Play(rec, func(Parts) Closer { return now })
	if len(then.all) != len(now.all) {
		t.Fatalf("%d requests, and %d were recorded", len(now.all), len(then.all))
	}
	for i := range then.all {
		if !sameRecent(then.all[i], now.all[i]) {
			t.Fatalf("request %d was told something else when it was played: %+v", i+1, recentBetween(then.all[i], now.all[i]))
		}
	}
	for i, e := range rec.Events {
		if e.Request != nil && e.Request.Masked {
			t.Errorf("event %d has masked text", i)
		}
	}
	size, lines := 0, bytes.Split(bytes.TrimSpace(file.Bytes()), []byte("\n"))
	for _, line := range lines[len(lines)-300:] { // a change, a request and a decision for each key
		size += len(line)
	}
	if each := size / 100; each > 1024 {
		t.Errorf("a key costs %d bytes", each)
	}
}

// What is masked says so: the engine of then saw the real text.
func TestRecentIsMasked(t *testing.T) {
	for _, p := range planted {
		line := strings.Replace(p.line, "§", p.secret, 1)
		before, after, _ := strings.Cut(line, p.secret[:4])
		s := newSitting(t, "a\n")
		request := func(n int, recent doccontext.Recent) {
			s.keep.take(entry{Event: Event{Request: &Request{N: n}}, request: &completion.Request{Doc: s.doc, Path: "a.txt", Recent: recent}})
		}
		request(1, doccontext.Recent{
			Edits:       []trail.Edit{{Path: "b.txt", Before: line + "\n"}, {Path: "c.txt", After: "x\n" + line + "\n"}},
			Suggestions: []trail.Suggestion{{Path: "b.txt", Lead: before, Text: p.secret[:4] + after}},
			Diagnostics: []trail.Diagnostic{{Message: "odd: " + line}},
		})
		request(2, doccontext.Recent{Seen: []trail.Seen{{Path: "a.txt"}}})
		written := s.read()
		if run := holdsSecret(written, p.secret); run != "" {
			t.Errorf("%s: the file has %q:\n%s", p.name, run, written)
		}
		rec, err := Read(strings.NewReader(written))
		if err != nil {
			t.Fatal(err)
		}
		var masked []bool
		for _, e := range rec.Events {
			if e.Request != nil {
				masked = append(masked, e.Request.Masked)
			}
		}
		if len(masked) != 2 || !masked[0] || masked[1] {
			t.Errorf("%s: masked %v, want the first alone", p.name, masked)
		}
	}
}

// TestGivenIsMasked: what an editor hands in with a request is written down without
// its secrets, and says so.
func TestGivenIsMasked(t *testing.T) {
	for _, p := range planted {
		line := strings.Replace(p.line, "§", p.secret, 1)
		s := newSitting(t, "a\n")
		for n, text := range []string{line, "nothing to hide\n"} {
			s.keep.take(entry{Event: Event{Request: &Request{N: n + 1}}, request: &completion.Request{
				Doc: s.doc, Path: "a.txt", Choices: 10, Given: []doccontext.Given{{Path: "b.txt", Text: text}},
			}})
		}
		written := s.read()
		if run := holdsSecret(written, p.secret); run != "" {
			t.Errorf("%s: the file has %q:\n%s", p.name, run, written)
		}
		rec, err := Read(strings.NewReader(written))
		if err != nil {
			t.Fatal(err)
		}
		var masked []bool
		for _, e := range rec.Events {
			if e.Request != nil {
				masked = append(masked, e.Request.Masked)
				if e.Request.Choices != 10 || len(e.Request.Given) != 1 || e.Request.Given[0].Path != "b.txt" {
					t.Errorf("%s: %+v", p.name, e.Request)
				}
			}
		}
		if len(masked) != 2 || !masked[0] || masked[1] {
			t.Errorf("%s: masked %v, want the first alone", p.name, masked)
		}
	}
}

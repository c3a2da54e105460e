package trail

import (
	"slices"
	"strings"
	"sync"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// The bounds of a Recorder. The oldest go first. Together with the bounds of
// one edit, all of it is less than half a megabyte.
const (
	maxEdits       = 32
	maxSeen        = 16
	maxSeenLines   = 120 // of one range; beyond it a new one begins
	maxSuggestions = 16
	maxTextLines   = 8  // of a suggestion
	maxDiagnosed   = 16 // documents
	maxDiagnostics = 64 // of one document
	maxMessage     = 256
)

// A Recorder follows what a person does. The zero value is ready, and it is safe
// for concurrent use. None of its methods waits for anything or reads more of a
// document than what an edit has touched.
//
// It names documents by their URI, in the place of a path too: paths are how
// prompts name them, which changes with the folders, and two may have the same.
// What must not be seen by anyone is not told to it.
type Recorder struct {
	mu          sync.Mutex
	docs        map[string]*document.Document // by URI: the newest text of those with an edit that may go on
	hunks       []*hunk                       // the last one touched first
	seen        []Seen
	suggestions []Suggestion
	diagnosed   []diagnosed // the last one told first
}

// diagnosed is what other tools say of one document.
type diagnosed struct {
	uri string
	all []Diagnostic // never changed
}

// Edited takes note of an edit, which makes after of before. All edits of a
// document should come, in order: where one is missing, those before it are taken
// as they were.
func (r *Recorder) Edited(before, after *document.Document) {
	uri := after.URI()
	s, changed := stepBetween(before, after)
	r.mu.Lock()
	defer r.mu.Unlock()
	if d := r.docs[uri]; d != nil && d != before {
		r.freeze(uri)
	}
	if r.docs[uri] != nil {
		r.docs[uri] = after
	}
	if !changed {
		return
	}
	r.follow(uri, s)
	var parts []*hunk
	r.hunks = slices.DeleteFunc(r.hunks, func(h *hunk) bool {
		switch {
		case h.uri != uri:
		case h.joins(s):
			parts = append(parts, h)
			return true
		case !h.frozen && h.overlaps(s):
			if !h.freeze(before) {
				return true
			}
		case h.first >= s.end():
			h.first += s.by()
		}
		return false
	})
	r.hunks = slices.Insert(r.hunks, 0, join(uri, before, s, parts))
	if r.docs == nil {
		r.docs = map[string]*document.Document{}
	}
	r.docs[uri] = after
	if len(r.hunks) > maxEdits {
		oldest := r.hunks[maxEdits]
		r.hunks = slices.Delete(r.hunks, maxEdits, len(r.hunks))
		r.release(oldest.uri)
	}
}

// follow moves what else is known of a document's lines with a step.
func (r *Recorder) follow(uri string, s step) {
	for i := range r.seen {
		if o := &r.seen[i]; o.Path == uri {
			o.FirstLine, o.LastLine = s.move(o.FirstLine, o.LastLine)
		}
	}
	for i := range r.suggestions {
		if o := &r.suggestions[i]; o.Path == uri {
			o.Line, _ = s.move(o.Line, o.Line)
		}
	}
	if s.by() == 0 {
		return
	}
	for i := range r.diagnosed {
		if o := &r.diagnosed[i]; o.uri == uri {
			o.all = slices.Clone(o.all)
			for j := range o.all {
				d := &o.all[j]
				d.FirstLine, d.LastLine = s.move(d.FirstLine, d.LastLine)
			}
		}
	}
}

// freeze keeps the edits of a document as they are, and lets the document go.
func (r *Recorder) freeze(uri string) {
	d := r.docs[uri]
	if d == nil {
		return
	}
	r.hunks = slices.DeleteFunc(r.hunks, func(h *hunk) bool {
		return h.uri == uri && !h.frozen && !h.freeze(d)
	})
	delete(r.docs, uri)
}

// release lets a document go that no edit needs any more.
func (r *Recorder) release(uri string) {
	if !slices.ContainsFunc(r.hunks, func(h *hunk) bool { return h.uri == uri && !h.frozen }) {
		delete(r.docs, uri)
	}
}

// Saw takes note of lines that the person looked at.
func (r *Recorder) Saw(uri string, first, last int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := Seen{uri, first, last}
	i := slices.IndexFunc(r.seen, func(o Seen) bool {
		return o.Path == uri && first <= o.LastLine+1 && o.FirstLine <= last+1 &&
			max(last, o.LastLine)-min(first, o.FirstLine) < maxSeenLines
	})
	if i >= 0 {
		now.FirstLine, now.LastLine = min(first, r.seen[i].FirstLine), max(last, r.seen[i].LastLine)
		r.seen = slices.Delete(r.seen, i, i+1)
	}
	r.seen = slices.Insert(r.seen, 0, now)
	r.seen = r.seen[:min(len(r.seen), maxSeen)]
}

// Decided takes note of what became of a suggestion. What was decided about the
// same one before is forgotten: an acceptance that was undone is a refusal.
func (r *Recorder) Decided(s Suggestion) {
	s, ok := bounded(s)
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.suggestions = decided(r.suggestions, s)
}

// With is the trail with one more decision, which is not sure yet and so is not
// recorded: an edit has left a suggestion, and may have been a slip.
func (r Recent) With(s Suggestion) Recent {
	if s, ok := bounded(s); ok {
		r.Suggestions = decided(slices.Clone(r.Suggestions), s)
	}
	return r
}

// decided puts a decision in front of the others, in the place of an older one
// about the same.
func decided(all []Suggestion, s Suggestion) []Suggestion {
	all = slices.DeleteFunc(all, func(o Suggestion) bool {
		return o.Path == s.Path && o.Line == s.Line && o.Lead+o.Text == s.Lead+s.Text
	})
	all = slices.Insert(all, 0, s)
	return all[:min(len(all), maxSuggestions)]
}

// bounded is a suggestion with its first lines alone. It is false for one that
// cannot be told from them.
func bounded(s Suggestion) (Suggestion, bool) {
	at := 0
	for range maxTextLines {
		at += lineBreak(s.Text[at:])
	}
	s.Text = strings.Clone(s.Text[:at])
	s.Lead = strings.Clone(s.Lead)
	whole := s.Lead + s.Text
	return s, strings.TrimSpace(s.Text) != "" && !long(whole) && !hasKeyLine(whole)
}

// Diagnose takes note of all that is said of a document as it is now; nothing
// takes it back.
func (r *Recorder) Diagnose(uri string, all []Diagnostic) {
	all = slices.Clone(all[:min(len(all), maxDiagnostics)])
	for i := range all {
		d := &all[i]
		d.Message = strings.Clone(d.Message[:lineBreak(d.Message)])
		d.Message = strings.TrimSpace(d.Message)
	}
	// A message may quote the text it is about, and is not cut for that reason.
	all = slices.DeleteFunc(all, func(d Diagnostic) bool { return d.Message == "" || len(d.Message) > maxMessage })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.diagnosed = slices.DeleteFunc(r.diagnosed, func(o diagnosed) bool { return o.uri == uri })
	if len(all) > 0 {
		r.diagnosed = slices.Insert(r.diagnosed, 0, diagnosed{uri, all})
		r.diagnosed = r.diagnosed[:min(len(r.diagnosed), maxDiagnosed)]
	}
}

// Closed takes note that a document was closed. Its edits are kept, and the
// document is not.
func (r *Recorder) Closed(uri string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.freeze(uri)
	r.diagnosed = slices.DeleteFunc(r.diagnosed, func(o diagnosed) bool { return o.uri == uri })
}

// Recent returns the trail as it is now, for a completion in the document of that
// URI. name says how a prompt names a document, and whether it may be shown there;
// it is asked once for each, and must not call the Recorder. What else was
// recorded is not in the trail.
func (r *Recorder) Recent(uri string, name func(uri string) (path string, ok bool)) Recent {
	type answer struct {
		path string
		ok   bool
	}
	asked := map[string]answer{}
	named := func(uri string) (string, bool) {
		a, known := asked[uri]
		if !known {
			a.path, a.ok = name(uri)
			asked[uri] = a
		}
		return a.path, a.ok
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var now Recent
	undone := false
	for _, h := range r.hunks {
		h.make(r.docs[h.uri])
		undone = undone || h.undone()
		if !h.shown {
			continue
		}
		if path, ok := named(h.uri); ok {
			now.Edits = append(now.Edits, h.now(path))
		}
	}
	if undone {
		r.hunks = slices.DeleteFunc(r.hunks, (*hunk).undone)
		for uri := range r.docs {
			r.release(uri)
		}
	}
	for _, s := range r.seen {
		var ok bool
		if s.Path, ok = named(s.Path); ok {
			now.Seen = append(now.Seen, s)
		}
	}
	for _, s := range r.suggestions {
		var ok bool
		if s.Path, ok = named(s.Path); ok {
			now.Suggestions = append(now.Suggestions, s)
		}
	}
	for _, d := range r.diagnosed {
		if d.uri == uri {
			now.Diagnostics = d.all
		}
	}
	return now
}

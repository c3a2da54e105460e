package lsp

import (
	"context"
	"slices"
	"time"

	"go.lsp.dev/uri"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/context/trail"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

const (
	// screenful is how many lines round the cursor a person is taken to see: a
	// client does not say what is on the screen.
	screenful = 40
	// maxSteps bounds the edits of one message that the trail takes one by one:
	// a name that is changed in several places. More are a formatter's, and one.
	maxSteps = 8
	// maxLeft bounds the closed documents whose edits may still be shown. More
	// than there are edits in the trail is of no use.
	maxLeft = 32
	// judgeAgain is how old the workspace's verdict about a closed document may
	// get while its edits are asked for.
	judgeAgain = 2 * time.Second
)

// A trailing is the trail of the session, and what is to be known of documents
// that are closed while their edits still are in it.
type trailing struct {
	recorder trail.Recorder

	// Guarded by Server.mu.
	left    []leftDoc // closed documents, the last one closed at the end
	judging bool      // somebody is asking the workspace about them
}

// A leftDoc is a document that was closed, and the workspace's last verdict.
type leftDoc struct {
	uri       uri.URI
	language  string
	path      string
	folder    string
	relative  string
	shareable bool
	judged    time.Time
}

// trailEdited tells the trail of edits: the text before and after each. What may
// not be completed is not followed.
func (s *Server) trailEdited(open *openDoc, docs []*document.Document) {
	if ok, _ := s.opts.Workspace.Allowed(open.path); !ok {
		return
	}
	if len(docs)-1 > maxSteps {
		docs = []*document.Document{docs[0], docs[len(docs)-1]}
	}
	for i := range docs[1:] {
		s.trail.recorder.Edited(docs[i], docs[i+1])
	}
}

// trailOpened forgets that a document was closed.
func (s *Server) trailOpened(u uri.URI) {
	s.trail.recorder.Closed(string(u)) // it may have been open, with another text
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trail.left = slices.DeleteFunc(s.trail.left, func(d leftDoc) bool { return d.uri == u })
}

// trailClosed keeps the edits of a document and lets it go.
func (s *Server) trailClosed(u uri.URI, open *openDoc) {
	s.trail.recorder.Closed(string(u))
	left := leftDoc{
		uri: u, language: open.doc.Language(), path: open.path, folder: open.folder, relative: open.relative,
		shareable: s.opts.Workspace.Shareable(open.path), judged: time.Now(),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trail.left = append(s.trail.left, left)
	s.trail.left = s.trail.left[max(0, len(s.trail.left)-maxLeft):]
}

// recent is the trail for a request at a place, which it takes note of. Of other
// documents it has those alone that may stand beside this one: the open ones that
// are given, and closed ones of which the same is known.
func (s *Server) recent(u uri.URI, open *openDoc, at document.Offset, shown []doccontext.Other) trail.Recent {
	line := open.doc.LineAt(at)
	s.trail.recorder.Saw(string(u), max(0, line-screenful/2), min(open.doc.Lines()-1, line+screenful/2))
	now := s.trail.recorder.Recent(string(u), func(name string) (string, bool) {
		if name == string(u) {
			return open.relative, true
		}
		if i := slices.IndexFunc(shown, func(o doccontext.Other) bool { return o.Doc.URI() == name }); i >= 0 {
			return shown[i].Path, true
		}
		if other := s.get(uri.URI(name)); other != nil && other.notebook != "" && other.notebook == open.notebook && s.shareable(other) {
			return other.relative, true
		}
		return s.leftShareable(uri.URI(name))
	})
	if said, ok := s.turnedDown(u); ok {
		said.Path = open.relative
		now = now.With(said)
	}
	return now
}

// turnedDown is what was refused in a document just now; see outcomes.
func (s *Server) turnedDown(u uri.URI) (trail.Suggestion, bool) {
	s.feedback.mu.Lock()
	defer s.feedback.mu.Unlock()
	return s.feedback.outcomes.turnedDown(u)
}

// leftShareable reports whether the edits of a closed document may stand beside
// another one, by what is known: the rules lie on the disk, which a keystroke
// must not wait for. What is old is asked for again in the background.
func (s *Server) leftShareable(u uri.URI) (path string, ok bool) {
	s.mu.Lock()
	i := slices.IndexFunc(s.trail.left, func(d leftDoc) bool { return d.uri == u })
	if i < 0 {
		s.mu.Unlock()
		return "", false
	}
	d := s.trail.left[i]
	judge := !s.trail.judging && time.Since(d.judged) > judgeAgain
	s.trail.judging = s.trail.judging || judge
	s.mu.Unlock()
	if judge {
		s.spawn(s.judgeLeft)
	}
	return d.relative, d.shareable && s.opts.Settings.For(d.folder).ForLanguage(d.language).Enabled
}

// judgeLeft asks the workspace about all closed documents.
func (s *Server) judgeLeft(context.Context) {
	s.mu.Lock()
	left := slices.Clone(s.trail.left)
	s.mu.Unlock()
	for _, d := range left {
		ok := s.opts.Workspace.Shareable(d.path)
		s.mu.Lock()
		for i := range s.trail.left {
			if l := &s.trail.left[i]; l.uri == d.uri && l.path == d.path {
				l.shareable, l.judged = ok, time.Now()
			}
		}
		s.mu.Unlock()
	}
	s.mu.Lock()
	s.trail.judging = false
	s.mu.Unlock()
}

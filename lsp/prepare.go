package lsp

import (
	"context"
	"sync"
	"time"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

const (
	// calm is how long nothing else must be opened, saved or come back to before
	// a document is prepared: an editor that restores a session opens dozens of
	// documents at once, and its user looks at one.
	calm = 300 * time.Millisecond
	// absence is a time without a change after which the next one is a return.
	absence = 30 * time.Second
)

// attention is what the server knows of where the user is at work.
type attention struct {
	mu      sync.Mutex
	serial  uint64          // counts what documents are to be prepared for
	doc     uri.URI         // which was changed last
	at      document.Offset // the end of that change
	changed time.Time       // when that was
}

// change notes where a document was changed, and reports whether its user has
// come back to it: from another document, or after a pause.
func (a *attention) change(u uri.URI, at document.Offset, now time.Time) (back bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	back = a.doc != u || now.Sub(a.changed) >= absence
	a.doc, a.at, a.changed = u, at, now
	return back
}

// focus reports whether a document that the user looks at is another one than
// where they are at work.
func (a *attention) focus(u uri.URI) (other bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.doc != u
}

// place is where a document was changed last, or -1.
func (a *attention) place(u uri.URI) document.Offset {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.doc != u {
		return -1
	}
	return a.at
}

func (a *attention) next() uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.serial++
	return a.serial
}

func (a *attention) newest(serial uint64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.serial == serial
}

// prepare has the engine make ready what a document's first request needs, once
// it is calm. It returns at once.
func (s *Server) prepare(u uri.URI) {
	serial := s.attention.next()
	s.spawn(func(ctx context.Context) {
		t := time.NewTimer(calm)
		defer t.Stop()
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		open := s.get(u)
		if open == nil || !s.attention.newest(serial) {
			return
		}
		if req, reason := s.asking(u, open, s.opts.Settings.For(open.folder)); reason == "" {
			if req.At = s.attention.place(u); req.At >= 0 {
				req.At = open.doc.RuneStart(req.At)
			}
			s.opts.Engine.Prepare(req)
		}
	})
}

// asking is what every request about a document has in common, or why there may
// be none.
func (s *Server) asking(u uri.URI, open *openDoc, folder config.Config) (req completion.Request, reason string) {
	if reason := s.status.off(time.Now()); reason != "" {
		return req, reason
	}
	if reason := s.forbidden(open, folder); reason != "" {
		return req, reason
	}
	req = completion.Request{Doc: open.doc, Path: open.relative, Folder: open.folder, Settings: s.settings(folder.ForLanguage(open.doc.Language()))}
	if chosen := s.status.model(); chosen != "" {
		req.Settings.Model = chosen
	}
	for _, other := range s.others(u) {
		if s.shareable(other) {
			req.Others = append(req.Others, doccontext.Other{Doc: other.doc, Path: other.relative})
		}
	}
	return req, ""
}

// forbidden is why a document gets no suggestions, whoever asks and when, or "".
// folder are the settings of its folder.
func (s *Server) forbidden(open *openDoc, folder config.Config) string {
	switch language := open.doc.Language(); {
	case !folder.Enabled:
		return completion.ReasonDisabled
	case !folder.ForLanguage(language).Enabled || !s.copilotAllows(language):
		return ReasonLanguage
	}
	if ok, why := s.opts.Workspace.Allowed(open.path); !ok {
		return why
	}
	return ""
}

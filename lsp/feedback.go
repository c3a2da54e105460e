package lsp

import (
	"context"
	"regexp"
	"sync"
	"time"

	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// embeddedProvider is the provider that has no model to choose.
const embeddedProvider = "embedded"

// feedback gives the outcomes what they need of the session: a lock, the time,
// and somebody who looks again when it is time to.
type feedback struct {
	mu       sync.Mutex
	outcomes outcomes
	ended    bool
	wake     chan struct{} // holds one when something may have become due earlier than it was
}

// outcome tells the outcomes of something that has happened. What they have to
// say is reported under the lock, and so in order.
func (s *Server) outcome(f func(o *outcomes, now time.Time)) {
	s.feedback.mu.Lock()
	defer s.feedback.mu.Unlock()
	if s.feedback.ended {
		return
	}
	before, _ := s.feedback.outcomes.next()
	f(&s.feedback.outcomes, time.Now())
	if after, ok := s.feedback.outcomes.next(); ok && !after.Equal(before) {
		select {
		case s.feedback.wake <- struct{}{}:
		default:
		}
	}
}

// lookAgain looks at what was accepted whenever it is time to, until the
// session ends.
func (s *Server) lookAgain(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.feedback.wake:
		case <-timer.C:
			s.outcome((*outcomes).lookAll)
		}
		s.feedback.mu.Lock()
		due, ok := s.feedback.outcomes.next()
		s.feedback.mu.Unlock()
		if timer.Stop(); ok {
			timer.Reset(time.Until(due))
		}
	}
}

// endFeedback says what is known at the end of the session, once. What comes
// later is ignored.
func (s *Server) endFeedback() {
	s.outcome((*outcomes).end)
	s.feedback.mu.Lock()
	defer s.feedback.mu.Unlock()
	s.feedback.ended = true
}

// answered takes note of what a question is answered with at a place of a text,
// and reports whether that still is the newest: the edit that makes an answer
// stale is handled on the read loop, maybe at this very moment, and only one of
// the two may win.
func (s *Server) answered(q *question, doc *document.Document, at document.Offset, candidates []completion.Candidate) (fresh bool) {
	said := completion.Feedback{Language: languageName(doc.Language()), Model: q.req.Settings.Model}
	if len(candidates) > 0 && s.opts.Provider != nil {
		provider, model := s.opts.Provider(q.open.folder)
		if said.Provider = provider; provider == embeddedProvider || said.Model == "" {
			said.Model = model
		}
	}
	s.outcome(func(o *outcomes, now time.Time) { fresh = o.answered(q.uri, doc, at, candidates, said, now) })
	if fresh && len(candidates) > 0 && !q.shown { // once, however it grows
		q.shown = true
		s.status.offered()
	}
	return fresh
}

// justAccepted reports whether nothing was typed in a document since something
// was accepted there.
func (s *Server) justAccepted(u uri.URI, version int32) bool {
	s.feedback.mu.Lock()
	defer s.feedback.mu.Unlock()
	return s.feedback.outcomes.justAccepted(u, version)
}

// languageName is a language id that may be counted by: the client can send
// anything as one, and what is counted is written down.
func languageName(id string) string {
	if !languageID.MatchString(id) {
		return "other"
	}
	return id
}

var languageID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+#._-]{0,39}$`)

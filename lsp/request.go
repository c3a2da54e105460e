package lsp

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// The reasons for which a request does not get to the engine, beside
// completion.ReasonDisabled and those of the workspace.
const (
	ReasonNotOpen  = "not_open" // the editor has not opened the document
	ReasonSnoozed  = "snoozed"  // the user wants peace for a while
	ReasonLanguage = "language" // the setting languages.<id>.enabled
	ReasonNoMenu   = "no_menu"  // the setting completion.menu, in an editor that can show menus alone
)

// A question is a completion request in the terms of the engine, with what is
// needed to answer the client in its own.
type question struct {
	uri    uri.URI
	open   *openDoc
	req    completion.Request
	menu   bool    // the answer is a menu, which typing on narrows
	ticket *ticket // of the gate, once it has left the read loop
}

// question takes the snapshot that a request is answered from. It must be
// called on the read loop, while messages are in order. It returns nil where
// nothing may be suggested, and has said why then.
func (s *Server) question(u uri.URI, at protocol.Position, invoked, menu bool) *question {
	req := completion.Request{Invoked: invoked}
	decline := func(reason string) *question {
		s.decline(req, reason)
		return nil
	}
	open := s.get(u)
	if open == nil {
		s.log.Warn("a completion was asked for a document that is not open", zap.String("uri", string(u)))
		return decline(ReasonNotOpen)
	}
	offset, exact := s.client.encoding.offset(open.doc, at)
	if !exact {
		s.log.Warn("a completion was asked outside the text or inside a character; the nearest place is used",
			zap.String("uri", string(u)), zap.Uint32("line", at.Line), zap.Uint32("character", at.Character))
	}
	req.Doc, req.At = open.doc, offset
	folder := s.opts.Settings.For(open.folder)
	if menu && !s.client.menu(folder) {
		if s.client.inline {
			return nil // it asks for both, and gets the other
		}
		return decline(ReasonNoMenu)
	}
	common, reason := s.asking(u, open, folder)
	if reason != "" {
		return decline(reason)
	}
	common.At, common.Invoked = offset, invoked
	common.Paused = s.client.pauses
	common.Accepted = s.justAccepted(u, open.doc.Version())
	common.Recent = s.recent(u, open, offset, common.Others)
	return &question{uri: u, open: open, menu: menu, req: common}
}

// decline says why a request is answered with nothing before it got to the
// engine.
func (s *Server) decline(r completion.Request, reason string) {
	s.trace.reason(reason)
	if s.opts.Declined != nil {
		s.opts.Declined(r, reason)
	}
}

// shareable reports whether a document may stand beside another one that is
// completed. Where its folder or its language has suggestions switched off,
// nothing of it is sent: a repository narrows what is sent in this way.
func (s *Server) shareable(d *openDoc) bool {
	cfg := s.opts.Settings.For(d.folder).ForLanguage(d.doc.Language())
	return cfg.Enabled && s.copilotAllows(d.doc.Language()) && s.opts.Workspace.Shareable(d.path)
}

// slow releases the read loop for a question. The gate is entered before that:
// an edit or a newer request that comes right behind must find the question
// there, and an older question must not end a newer one because it entered
// later. leave must be called when the question was answered.
func (s *Server) slow(c *call, q *question) (ctx context.Context, leave func()) {
	t := &ticket{uri: q.uri, method: c.method, at: q.req.At, menu: q.menu}
	q.ticket = t
	ctx = c.async(func(cancel context.CancelCauseFunc) {
		t.cancel = cancel
		s.gate.enter(t)
	})
	return ctx, func() { s.gate.leave(t) }
}

// ask has the engine answer a question. It returns the error that the request
// must end with when it was superseded, cancelled or overtaken by an edit, and
// never an error for trouble: the editor gets an empty list then, and the
// status says why.
func (s *Server) ask(ctx context.Context, q *question) ([]completion.Candidate, error) {
	defer s.busy()()
	began := time.Now()
	answer, err := s.opts.Engine.Complete(ctx, q.req)
	s.log.Debug("completion", zap.String("outcome", string(answer.Outcome)), zap.String("reason", answer.Reason),
		zap.Duration("took", time.Since(began)), zap.Int("candidates", len(answer.Candidates)))
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, wireError(err)
	}
	s.trouble(answer)
	if len(answer.Candidates) == 0 {
		s.trace.reason(answer.Reason)
		s.answered(q, q.open.doc, q.req.At, nil) // to a text that has moved on, nothing is as good as an error
		return nil, nil
	}
	if s.answered(q, q.open.doc, q.req.At, answer.Candidates) {
		return answer.Candidates, nil
	}
	now := s.get(q.uri)
	if now == nil || !q.menu {
		return nil, errStale
	}
	typed := s.gate.typedOn(q.ticket)
	shown, left := narrowed(answer.Candidates, typed)
	if !s.answered(q, now.doc, q.req.At+document.Offset(len(typed)), left) {
		return nil, errStale
	}
	return shown, nil
}

// narrowed are the candidates that go on with what was typed after the menu was
// asked for: as they were, because the client counts from the place where it
// asked, and as what is left of them for the text as it is now.
func narrowed(candidates []completion.Candidate, typed string) (shown, left []completion.Candidate) {
	n := document.Offset(len(typed))
	for _, c := range candidates {
		rest, ok := strings.CutPrefix(c.Text, typed)
		if !ok || rest == "" {
			continue
		}
		shown = append(shown, c)
		left = append(left, completion.Candidate{ID: c.ID, Text: rest, From: c.From + n, To: c.To + n})
	}
	return shown, left
}

// lineRange is the range that a candidate replaces.
func (s *Server) lineRange(doc *document.Document, from, to document.Offset) protocol.Range {
	return protocol.Range{Start: s.client.encoding.position(doc, from), End: s.client.encoding.position(doc, to)}
}

// trouble shows what went wrong upstream, or that it is well again.
func (s *Server) trouble(answer completion.Answer) {
	switch answer.Outcome {
	case completion.Failed:
		kind := model.TroubleOf(answer.Err)
		if kind == "" {
			return
		}
		s.log.Warn("no completion", zap.String("trouble", string(kind)), zap.String("error", model.ForLog(answer.Err)))
		s.setTrouble(kind, answer.Err.Error())
	case completion.Shown, completion.Empty:
		if answer.Err == nil || errors.Is(answer.Err, model.ErrRefused) {
			s.setTrouble("", "") // a part of an answer that broke off says nothing
		}
	case completion.NotAsked, completion.Superseded, completion.Cancelled, completion.Stale:
		// They say nothing about how the service is.
	}
}

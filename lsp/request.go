package lsp

import (
	"context"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// A question is a completion request in the terms of the engine, with what is
// needed to answer the client in its own.
type question struct {
	uri  uri.URI
	open *openDoc
	req  completion.Request
}

// question takes the snapshot that a request is answered from. It must be
// called on the read loop, while messages are in order. The second value is
// why nothing may be suggested, in one word; "" if something may.
func (s *Server) question(u uri.URI, at protocol.Position, invoked bool) (*question, string) {
	open := s.get(u)
	if open == nil {
		s.log.Warn("a completion was asked for a document that is not open", zap.String("uri", string(u)))
		return nil, "not_open"
	}
	offset, exact := s.client.encoding.offset(open.doc, at)
	if !exact {
		s.log.Warn("a completion was asked outside the text or inside a character; the nearest place is used",
			zap.String("uri", string(u)), zap.Uint32("line", at.Line), zap.Uint32("character", at.Character))
	}
	if reason := s.status.off(time.Now()); reason != "" {
		return nil, reason
	}
	cfg := s.opts.Settings.For(open.folder).ForLanguage(open.doc.Language())
	if !cfg.Enabled {
		return nil, "disabled"
	}
	if ok, reason := s.opts.Workspace.Allowed(open.path); !ok {
		return nil, reason
	}
	q := &question{uri: u, open: open, req: completion.Request{
		Doc:      open.doc,
		At:       offset,
		Path:     open.relative,
		Folder:   open.folder,
		Invoked:  invoked,
		Accepted: s.ghosts.justAccepted(u, open.doc.Version()),
		Settings: settings(cfg),
	}}
	if chosen := s.status.model(); chosen != "" {
		q.req.Settings.Model = chosen
	}
	for _, other := range s.others(u) {
		if s.opts.Workspace.Shareable(other.path) {
			q.req.Others = append(q.req.Others, doccontext.Other{Doc: other.doc, Path: other.relative})
		}
	}
	return q, ""
}

// ask has the engine answer a question. It returns the error that the request
// must end with when it was superseded, cancelled or overtaken by an edit, and
// never an error for trouble: the editor gets an empty list then, and the
// status says why.
func (s *Server) ask(ctx context.Context, c *call, q *question) ([]completion.Candidate, error) {
	ticket := s.gate.enter(q.uri, c.method, c.cancel)
	defer s.gate.leave(ticket)
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
		return nil, nil
	}
	// The edit that makes the answer stale is handled on the read loop, maybe
	// at this very moment; only one of the two may win.
	if now := s.get(q.uri); now == nil || now.doc != q.open.doc {
		return nil, errStale
	}
	s.ghosts.offer(q.uri, q.open.doc.Version(), answer.Candidates)
	s.status.offered()
	return answer.Candidates, nil
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
		s.log.Warn("no completion", zap.String("trouble", string(kind)), zap.Error(answer.Err))
		s.setTrouble(kind, answer.Err.Error())
	case completion.Shown, completion.Empty:
		s.setTrouble("", "")
	case completion.NotAsked, completion.Superseded, completion.Cancelled, completion.Stale:
		// They say nothing about how the service is.
	}
}

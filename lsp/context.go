package lsp

import (
	"encoding/json"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// methodContext is a request of the client: what a completion at a place would
// send, as the command claude-lsp context prints it. Nothing is sent. See
// docs/protocol.md.
const methodContext = "claude-lsp/context"

type contextParams struct {
	TextDocument struct {
		URI uri.URI `json:"uri"`
	} `json:"textDocument"`
	Position protocol.Position `json:"position"`
	Full     bool              `json:"full"` // with the text, too
}

type contextResult struct {
	Text   string          `json:"text"`   // for a person
	Report json.RawMessage `json:"report"` // for a program
}

// codeRequestFailed is the protocol's code for what was asked rightly and cannot
// be done.
const codeRequestFailed jsonrpc2.Code = -32803

// context shows the window of an open document, as it is in the editor. Unlike a
// completion it is asked for by a person, who is told why there is none.
func (s *Server) context(c *call) (any, error) {
	var p contextParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	open := s.get(p.TextDocument.URI)
	switch {
	case s.opts.Context == nil:
		return nil, jsonrpc2.NewError(jsonrpc2.MethodNotFound, methodContext+": this server cannot show it")
	case open == nil:
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s is not open", p.TextDocument.URI)
	}
	req, reason := s.asking(p.TextDocument.URI, open, s.opts.Settings.For(open.folder))
	if reason != "" {
		return nil, jsonrpc2.Errorf(codeRequestFailed, "nothing is sent for this document: %s", strings.ReplaceAll(reason, "_", " "))
	}
	req.At, _ = s.client.encoding.offset(open.doc, p.Position)
	req.Recent = s.recent(p.TextDocument.URI, open, req.At, req.Others)
	ctx := c.async(nil)
	text, report, err := s.opts.Context(ctx, req, p.Full)
	switch {
	case ctx.Err() != nil:
		return nil, wireError(ctx.Err())
	case err != nil:
		return nil, jsonrpc2.Errorf(codeRequestFailed, "%v", err)
	}
	return &contextResult{Text: text, Report: report}, nil
}

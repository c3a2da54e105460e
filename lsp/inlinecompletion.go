package lsp

import (
	"bytes"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// inlineCompletion offers ghost text. It is never answered with null, which
// would leave Neovim's old ghost on the screen, and never with an error for
// trouble, which VS Code would show as a popup for each key.
func (s *Server) inlineCompletion(c *call) (any, error) {
	var p protocol.InlineCompletionParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	none := &protocol.InlineCompletionList{Items: []protocol.InlineCompletionItem{}}
	invoked := false
	if bytes.Contains(c.params, []byte(`"triggerKind"`)) { // absent is not 0, which is a kind of the draft
		invoked = s.client.invoked(p.Context.TriggerKind)
	}
	q, reason := s.question(p.TextDocument.URI, p.Position, invoked)
	if q == nil {
		s.decline(reason)
		return none, nil
	}
	q.req.Selected = s.selected(q.open.doc, p.Context.SelectedCompletionInfo)

	ctx, leave := s.slow(c, q)
	defer leave()
	end := s.workDone(p.WorkDoneToken, "Completing")
	defer end()
	candidates, err := s.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, candidate := range candidates {
		none.Items = append(none.Items, s.inlineItem(q.open.doc, candidate))
	}
	return none, nil
}

// inlineItem always names a range, on one line: without one, Neovim pastes at
// whatever place the cursor has come to.
func (s *Server) inlineItem(doc *document.Document, c completion.Candidate) protocol.InlineCompletionItem {
	at := s.lineRange(doc, c.From, c.To)
	text := c.Text
	if s.client.ownBreaks { // it would show \r as ^M
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return protocol.InlineCompletionItem{
		InsertText: protocol.String(text),
		Range:      &at,
		Command:    acceptCommand(c.ID),
	}
}

// selected is the entry of the editor's menu that the suggestion must
// continue, or nil.
func (s *Server) selected(doc *document.Document, info protocol.SelectedCompletionInfo) *completion.Selected {
	if info.Text == "" {
		return nil
	}
	from, _ := s.client.encoding.offset(doc, info.Range.Start)
	to, _ := s.client.encoding.offset(doc, info.Range.End)
	if to < from {
		return nil
	}
	return &completion.Selected{From: from, To: to, Text: info.Text}
}

// workDone reports progress under the token that the client sent with its
// request, if it sent one. The function it returns ends the report.
func (s *Server) workDone(token protocol.ProgressToken, title string) (end func()) {
	if token == nil {
		return func() {}
	}
	p := progress{server: s, token: token}
	p.begin(title)
	return func() { p.end("") }
}

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
	more := c.extras()
	if s.otherVersion(p.TextDocument.URI, more) {
		return nil, errStale
	}
	q := s.question(p.TextDocument.URI, p.Position, invoked, false)
	if q == nil {
		return none, nil
	}
	more.add(s, q)
	q.req.Selected = s.selected(q.open.doc, p.Context.SelectedCompletionInfo)
	seen := s.tellTyping(q, false)
	item := s.inlineItem
	if s.wantsLine(more) {
		item = s.lineItem
	}
	ctx, leave := s.slow(c, q)
	defer leave()
	end := s.workDone(p.WorkDoneToken, "Completing")
	defer end()
	items := &partial[protocol.InlineCompletionItem]{
		server: s, token: lenient{more.PartialResultToken}.token(),
		item: func(_ int, c completion.Candidate) protocol.InlineCompletionItem { return item(q.open.doc, c) },
	}
	s.listen(ctx, q, s.growing(q, more.TextDocument.URI, p.Position), items.listener())
	candidates, err := s.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	seen(candidates)
	none.Items = items.items(candidates)
	return none, nil
}

// inlineItem always names a range, on one line: without one, Neovim pastes at
// whatever place the cursor has come to.
func (s *Server) inlineItem(doc *document.Document, c completion.Candidate) protocol.InlineCompletionItem {
	at := s.lineRange(doc, c.From, c.To)
	return protocol.InlineCompletionItem{
		InsertText: protocol.String(s.breaks(c.Text)),
		Range:      &at,
		Command:    acceptCommand(c.ID),
	}
}

// breaks is the text with the line breaks that the client wants.
func (s *Server) breaks(text string) string {
	if s.client.ownBreaks { // it would show \r as ^M
		return strings.ReplaceAll(text, "\r\n", "\n")
	}
	return text
}

// selected is the entry of the editor's menu that the suggestion must
// continue, or nil.
func (s *Server) selected(doc *document.Document, info protocol.SelectedCompletionInfo) *completion.Selected {
	if info.Text == "" {
		return nil
	}
	from, _ := s.client.encoding.offset(doc, info.Range.Start)
	to, _ := s.client.encoding.offset(doc, info.Range.End)
	return &completion.Selected{From: min(from, to), To: max(from, to), Text: info.Text} // some clients send ranges in the order they were made
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

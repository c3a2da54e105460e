package lsp

import (
	"sync"
	"time"

	"go.lsp.dev/protocol"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// atOnce is how soon behind the answer to what typing has asked no person can have
// asked for more: they have to see a suggestion before they want another one.
const atOnce = 100 * time.Millisecond

// A typedQuestion is the last one that came of typing.
type typedQuestion struct {
	mu  sync.Mutex
	doc *document.Document
	at  document.Offset
	on  time.Time // when it was answered
}

// tellTyping makes typing of a question that only looks as if a person had asked
// it by hand: LSP-copilot sends getCompletionsCycling with each getCompletions, and
// blink-copilot asks up to four times for more as soon as it has an answer. Each key
// would be paid for as several candidates else. beside says that the client may send
// the second question with the first. seen must be called with what the person gets
// to see, if it comes to that.
func (s *Server) tellTyping(q *question, beside bool) (seen func([]completion.Candidate)) {
	t := &s.copilot.typed
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.doc == q.req.Doc && t.at == q.req.At && time.Since(t.on) <= atOnce {
		q.req.Invoked = false
	}
	if q.req.Invoked || !s.copilot.client.Load() {
		return func([]completion.Candidate) {}
	}
	t.doc, t.at, t.on = q.req.Doc, q.req.At, time.Time{}
	if beside {
		t.on = time.Now()
	}
	return func(candidates []completion.Candidate) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if len(candidates) > 0 && t.doc == q.req.Doc && t.at == q.req.At {
			t.on = time.Now()
		}
	}
}

// wantsLine reports whether a request for inline completions is blink-copilot's.
// Its entries are compared with the word that is being typed, and put in from the
// beginning of the line to where the text's first line would end there: the text
// has to be that of the whole line. Neovim's own ghost text, which runs on the same
// client, would hide what stands behind the cursor then; it sends no options of
// formatting.
func (s *Server) wantsLine(x extras) bool {
	_, versioned := x.version()
	return s.copilot.client.Load() && s.client.name == "Neovim" && isObject(x.FormattingOptions) && !versioned
}

// lineItem is an item that gives the line anew.
func (s *Server) lineItem(doc *document.Document, c completion.Candidate) protocol.InlineCompletionItem {
	from, to := doc.LineStart(doc.LineAt(c.From)), doc.LineEnd(doc.LineAt(c.To))
	c.Text = doc.Slice(from, c.From) + c.Text + doc.Slice(c.To, to)
	c.From, c.To = from, to
	return s.inlineItem(doc, c)
}

package lsp

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/completion"
)

// A panel shows a person many suggestions to choose from. They are the fences of
// one answer: to ask the same ten times over would cost ten times as much, and
// bring the same again. So there may be fewer than were wanted, never two alike.

// panelChoices is how many a panel asks for, and panelTokens how many times
// completion.maxTokens they may have together: most are short.
const (
	panelChoices = 10
	panelTokens  = 4
)

// panelTable finds the panels that are under way by the tokens of their progress,
// by which the client's own cancel button names them.
type panelTable struct {
	mu      sync.Mutex
	running map[string]context.CancelCauseFunc
}

func (t *panelTable) add(token string, cancel context.CancelCauseFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running == nil {
		t.running = map[string]context.CancelCauseFunc{}
	}
	t.running[token] = cancel
}

func (t *panelTable) remove(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.running, token)
}

func (t *panelTable) cancel(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if cancel := t.running[token]; cancel != nil {
		cancel(errCancelled)
	}
}

// tokenKey names a progress token; "" for none.
func tokenKey(token protocol.ProgressToken) string {
	if token == nil {
		return ""
	}
	raw, _ := protocol.Marshal(token)
	return string(raw)
}

// workDoneCancel ends the panel whose progress the user does not want to watch
// any more. Nothing else that we report can be cancelled.
func (s *Server) workDoneCancel(c *call) (any, error) {
	var p protocol.WorkDoneProgressCancelParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s.copilot.panels.cancel(tokenKey(p.Token))
	return nil, nil
}

// forPanel has a question ask for as many candidates as a panel shows.
func (q *question) forPanel() {
	q.req.Choices = panelChoices
	if q.req.Settings.MaxTokens > 0 {
		q.req.Settings.MaxTokens *= panelTokens
	}
}

// refusal is why there is no panel: a person asked for it, and is told.
func (s *Server) refusal(u uri.URI) error {
	if a, why := s.account(); a.Status == accountNotSignedIn {
		return jsonrpc2.NewError(codeNotSignedIn, "Not authenticated: "+why)
	}
	open := s.get(u)
	if open == nil {
		return jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s is not open", u)
	}
	if why := s.forbidden(open, s.opts.Settings.For(open.folder)); why != "" {
		return jsonrpc2.NewError(codeFileForbidden, "there are no suggestions for this file: "+why)
	}
	return nil
}

// panelCompletion fills a panel. Where the client takes partial results, each
// item is sent by itself, and the answer is empty.
func (s *Server) panelCompletion(c *call) (any, error) {
	var p struct {
		TextDocument       protocol.TextDocumentIdentifier `json:"textDocument"`
		Position           protocol.Position               `json:"position"`
		PartialResultToken protocol.ProgressToken          `json:"partialResultToken"`
		WorkDoneToken      protocol.ProgressToken          `json:"workDoneToken"`
	}
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	list := &protocol.InlineCompletionList{Items: []protocol.InlineCompletionItem{}}
	more := c.extras()
	if s.otherVersion(p.TextDocument.URI, more) {
		return nil, errStale
	}
	if err := s.refusal(p.TextDocument.URI); err != nil {
		return nil, err
	}
	q := s.question(p.TextDocument.URI, p.Position, true, false)
	if q == nil {
		return list, nil
	}
	more.add(s, q)
	q.forPanel()
	ctx, leave := s.slow(c, q)
	defer leave()
	if key := tokenKey(p.WorkDoneToken); key != "" {
		s.copilot.panels.add(key, c.cancel)
		defer s.copilot.panels.remove(key)
	}
	w := panelProgress{progress{server: s, token: p.WorkDoneToken}}
	w.begin()
	var sent told
	defer func() { w.end(len(sent)) }()
	err := s.askForPanel(ctx, q, &sent, func(i int, candidate completion.Candidate) {
		item := s.inlineItem(q.open.doc, candidate)
		item.Command.Title = fmt.Sprintf("Accept completion %d", i+1)
		if p.PartialResultToken == nil {
			list.Items = append(list.Items, item)
		} else {
			progress{server: s, token: p.PartialResultToken}.send(protocol.InlineCompletionList{Items: []protocol.InlineCompletionItem{item}})
		}
		w.report(i + 1)
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// askForPanel has a panel's question answered. entry is told of each suggestion
// as soon as it is finished, which is long before the last one is.
func (s *Server) askForPanel(ctx context.Context, q *question, sent *told, entry func(i int, c completion.Candidate)) error {
	entries := func(all []completion.Candidate) {
		n, fresh := sent.fresh(all)
		for i, c := range fresh {
			entry(n+i, c)
		}
	}
	s.listen(ctx, q, func(now completion.Progress) { entries(now.Candidates[:now.Whole]) })
	candidates, err := s.ask(ctx, q)
	entries(candidates)
	return err
}

// A panelProgress is the work-done progress of a panel, for clients that gave a
// token.
type panelProgress struct{ progress }

func (w panelProgress) begin() {
	if w.token != nil {
		w.send(protocol.WorkDoneProgressBegin{
			Kind: "begin", Title: w.server.opts.Name + " suggestions", Message: new(w.count(0)), Percentage: new(uint32(0)), Cancellable: new(true),
		})
	}
}

func (w panelProgress) report(n int) {
	if w.token != nil {
		w.share(w.count(n), 100*n/panelChoices)
	}
}

func (w panelProgress) end(n int) {
	if w.token != nil {
		w.progress.end(fmt.Sprintf("%d different suggestions", n))
	}
}

func (w panelProgress) count(n int) string { return fmt.Sprintf("%d/%d", n, panelChoices) }

// A panelSolution is an entry of the older panel, sent as a notification.
type panelSolution struct {
	PanelID        string         `json:"panelId"`
	SolutionID     string         `json:"solutionId"`
	Range          protocol.Range `json:"range"`
	CompletionText string         `json:"completionText"`
	DisplayText    string         `json:"displayText"`
	Score          float64        `json:"score"` // clients sort by it; the model's first is its best
}

// panelDone ends the older panel.
type panelDone struct {
	PanelID string `json:"panelId"`
	Status  string `json:"status"` // OK or Error
	Message string `json:"message,omitempty"`
}

// getPanelCompletions fills the older panel: the entries come as notifications,
// and the answer behind them says how many there are. While it is not answered,
// the client can cancel it.
func (s *Server) getPanelCompletions(c *call) (any, error) {
	p, q, err := s.docQuestion(c, true)
	count := func(n int) any { return map[string]int{"solutionCountTarget": n} }
	done := func(n int, err error) (any, error) {
		d := panelDone{PanelID: p.PanelID, Status: "OK"}
		if wire, ok := errors.AsType[*jsonrpc2.Error](err); ok {
			d.Status, d.Message = "Error", wire.Message
		}
		s.notify("PanelSolutionsDone", d)
		return count(n), err
	}
	if err == nil && q == nil {
		err = s.refusal(p.Doc.URI)
	}
	if err != nil || q == nil {
		return done(0, err)
	}
	q.forPanel()
	ctx, leave := s.slow(c, q)
	defer leave()
	var sent told
	err = s.askForPanel(ctx, q, &sent, func(i int, candidate completion.Candidate) {
		text := s.breaks(candidate.Text)
		s.notify("PanelSolution", panelSolution{
			PanelID: p.PanelID, SolutionID: candidate.ID, Range: s.lineRange(q.open.doc, candidate.From, candidate.To),
			CompletionText: text, DisplayText: text, Score: 1 - float64(i)/panelChoices,
		})
	})
	return done(len(sent), err)
}

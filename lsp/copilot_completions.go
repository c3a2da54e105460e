package lsp

import (
	"encoding/json"
	"errors"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// The older twins of textDocument/inlineCompletion, which copilot.lua and
// LSP-copilot still speak.

// A docParams is what all of them send. The document's place and version stand
// in one object with the formatting options.
type docParams struct {
	Doc struct {
		URI      uri.URI           `json:"uri"`
		Position protocol.Position `json:"position"`
		Version  *int32            `json:"version"`
	} `json:"doc"`
	PanelID string `json:"panelId"`
}

// docQuestion makes a question of them; nil where nothing may be suggested.
func (s *Server) docQuestion(c *call, invoked bool) (p docParams, q *question, err error) {
	if err := c.decode(&p); err != nil {
		return p, nil, err
	}
	if open := s.get(p.Doc.URI); open != nil && p.Doc.Version != nil && *p.Doc.Version != open.doc.Version() {
		// Neovim opens documents as version 0, whatever its own count is by then.
		if !s.client.opensAtZero || open.doc.Version() != 0 {
			return p, nil, errStale
		}
	}
	q = s.question(p.Doc.URI, p.Doc.Position, invoked, false)
	if q != nil {
		var own struct {
			Doc          json.RawMessage `json:"doc"`
			ContextItems json.RawMessage `json:"contextItems"`
		}
		_ = json.Unmarshal(c.params, &own) // it was read above
		extras{FormattingOptions: own.Doc, ContextItems: own.ContextItems}.add(s, q)
		q.req.Paused = false // these clients have timers of their own
	}
	return p, q, nil
}

// docCompletion is an item of theirs. Its text begins where the line does:
// clients look for what was typed in it.
type docCompletion struct {
	UUID        string            `json:"uuid"`
	Text        string            `json:"text"`
	DisplayText string            `json:"displayText"` // what of it is new
	Position    protocol.Position `json:"position"`    // of the request
	Range       protocol.Range    `json:"range"`
	DocVersion  int32             `json:"docVersion"`
}

type docCompletions struct {
	Completions []docCompletion `json:"completions"`
}

// getCompletions is what typing asks.
func (s *Server) getCompletions(c *call) (any, error) {
	p, q, err := s.docQuestion(c, false)
	return s.docAnswer(c, p, q, err)
}

// getCompletionsCycling is what a person asks who wants to choose.
func (s *Server) getCompletionsCycling(c *call) (any, error) {
	p, q, err := s.docQuestion(c, true)
	return s.docAnswer(c, p, q, err)
}

// docAnswer has a question answered. What an edit or a newer request has
// overtaken is answered with nothing: copilot.lua shows every error.
func (s *Server) docAnswer(c *call, p docParams, q *question, err error) (any, error) {
	found := docCompletions{Completions: []docCompletion{}}
	if q == nil {
		return found, quiet(err)
	}
	seen := s.tellTyping(q, true)
	ctx, leave := s.slow(c, q)
	defer leave()
	candidates, err := s.ask(ctx, q)
	if err != nil {
		return found, quiet(err)
	}
	seen(candidates)
	doc := q.open.doc
	for _, candidate := range candidates {
		start := doc.LineStart(doc.LineAt(candidate.From))
		text := s.breaks(candidate.Text)
		found.Completions = append(found.Completions, docCompletion{
			UUID: candidate.ID, Text: doc.Slice(start, candidate.From) + text, DisplayText: text,
			Position: p.Doc.Position, Range: s.lineRange(doc, start, candidate.To), DocVersion: doc.Version(),
		})
	}
	return found, nil
}

// quiet drops the errors that say that an answer came too late.
func quiet(err error) error {
	if errors.Is(err, errStale) || errors.Is(err, errSuperseded) {
		return nil
	}
	return err
}

// notifyShown, notifyAccepted and notifyRejected report what became of items.
func (s *Server) notifyShown(c *call) (any, error) {
	var p struct {
		UUID string `json:"uuid"`
	}
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s.outcome(func(o *outcomes, _ time.Time) { o.wasShown(p.UUID) })
	return "OK", nil
}

// notifyAccepted counts from the beginning of the line, as the texts of
// getCompletions do.
func (s *Server) notifyAccepted(c *call) (any, error) {
	var p struct {
		UUID           string `json:"uuid"`
		AcceptedLength *int   `json:"acceptedLength"`
	}
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s.outcome(func(o *outcomes, now time.Time) {
		if p.AcceptedLength == nil { // LSP-copilot has no parts, and says so behind its edit
			o.accepted(p.UUID, now)
			return
		}
		if n, ok := o.known(p.UUID); ok {
			lead, all := units16(n.offered.Lead), units16(n.offered.Text)
			if part := *p.AcceptedLength - lead; part < all {
				o.partly(p.UUID, part)
				return
			}
		}
		o.claims(p.UUID, now)
	})
	return "OK", nil
}

func (s *Server) notifyRejected(c *call) (any, error) {
	var p struct {
		UUIDs []string `json:"uuids"`
	}
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s.outcome(func(o *outcomes, now time.Time) {
		for _, id := range p.UUIDs {
			o.dismissed(id, now)
		}
	})
	return "OK", nil
}

// units16 is the length of a text in UTF-16.
func units16(text string) (n int) {
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// first16 are the first n units of a text in UTF-16, without half a character.
func first16(text string, n int) string {
	for i, r := range text {
		if n -= units16(string(r)); n < 0 {
			return text[:i]
		}
	}
	return text
}

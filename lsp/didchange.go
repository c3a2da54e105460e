package lsp

import (
	"fmt"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// didChange applies edits in wire order. What was asked for the older text
// ends: an answer to it would be drawn in the wrong place.
func (s *Server) didChange(c *call) (any, error) {
	var p protocol.DidChangeTextDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	return nil, s.edit(p.TextDocument.URI, p.TextDocument.Version, p.ContentChanges)
}

// edit applies changes to an open document, one after the other.
func (s *Server) edit(u uri.URI, version int32, changes []protocol.TextDocumentContentChangeEvent) error {
	open := s.get(u)
	if open == nil {
		return fmt.Errorf("%s is not open; the edit is ignored", u)
	}
	doc := open.doc
	if version < doc.Version() {
		s.log.Warn("a document's version went backwards; its edits are applied all the same",
			zap.String("uri", string(u)), zap.Int32("from", doc.Version()), zap.Int32("to", version))
	}
	edits := make([]document.Change, 0, len(changes))
	docs := []*document.Document{doc} // before and after each edit
	for _, change := range changes {
		next, edit, err := s.apply(doc, version, change)
		if err != nil {
			return fmt.Errorf("%s: %w", u, err)
		}
		edits, docs, doc = append(edits, edit), append(docs, next), next
	}
	if len(changes) == 0 {
		doc, _ = doc.Apply(version) // only the version moves
		docs = append(docs, doc)
		s.outcome(func(o *outcomes, now time.Time) { o.edited(u, open.doc, document.Change{}, doc, now) })
	}
	s.outcome(func(o *outcomes, now time.Time) {
		for i, edit := range edits {
			o.edited(u, docs[i], edit, docs[i+1], now)
		}
	})
	s.trailEdited(open, docs)
	s.gate.edited(u, edits)
	s.put(u, doc)
	s.tellChanged(open, doc)
	if n := len(edits); n > 0 {
		end := edits[n-1].From + document.Offset(len(edits[n-1].Text))
		if s.attention.change(u, end, time.Now()) {
			s.prepare(u)
		}
	}
	return nil
}

// apply makes one change, and returns it in bytes of the text before it.
func (s *Server) apply(doc *document.Document, version int32, change protocol.TextDocumentContentChangeEvent) (*document.Document, document.Change, error) {
	switch change := change.(type) {
	case *protocol.TextDocumentContentChangePartial:
		from, exactFrom := s.client.encoding.offset(doc, change.Range.Start)
		to, exactTo := s.client.encoding.offset(doc, change.Range.End)
		if !exactFrom || !exactTo {
			s.log.Warn("an edit lies outside the text or inside a character; its nearest place is used",
				zap.String("uri", doc.URI()), zap.Any("range", change.Range))
		}
		if to < from { // some clients send selections in the order they were made
			from, to = to, from
		}
		edit := document.Change{From: from, To: to, Text: change.Text}
		next, err := doc.Apply(version, edit)
		return next, edit, err
	case *protocol.TextDocumentContentChangeWholeDocument:
		edit := document.Change{From: 0, To: doc.Len(), Text: change.Text}
		return document.New(doc.URI(), doc.Language(), version, change.Text), edit, nil
	default:
		return nil, document.Change{}, fmt.Errorf("a change of an unknown form (%T)", change)
	}
}

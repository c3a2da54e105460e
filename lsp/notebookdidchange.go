package lsp

import (
	"errors"
	"fmt"
	"slices"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"
)

// notebookDidChange applies what has changed in a notebook: first its cells, then
// their text, as the specification orders them. One part that makes no sense is
// logged, and does not keep the others from being applied.
func (s *Server) notebookDidChange(c *call) (any, error) {
	var p protocol.DidChangeNotebookDocumentParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	book, cells := p.NotebookDocument.URI, p.Change.Cells
	s.mu.Lock()
	known := s.books.open[book] != nil
	s.mu.Unlock()
	switch {
	case !known:
		return nil, fmt.Errorf("the notebook %s is not open; its change is ignored", book)
	case cells == nil:
		return nil, nil // metadata, which says nothing about what to suggest
	}
	var errs []error
	if cells.Structure != nil {
		errs = append(errs, s.restructure(book, cells.Structure))
	}
	s.recast(book, cells.Data)
	for _, t := range cells.TextContent {
		if open := s.get(t.Document.URI); open == nil || open.notebook != book {
			errs = append(errs, fmt.Errorf("%s is no open cell of %s; its edit is ignored", t.Document.URI, book))
			continue
		}
		errs = append(errs, s.edit(t.Document.URI, t.Document.Version, t.Changes))
	}
	return nil, errors.Join(errs...)
}

// restructure puts cells in the place of others, opens the new ones and closes
// the old. A cell that is only moved is deleted in one place and put in at
// another, and stays open.
func (s *Server) restructure(book uri.URI, change *protocol.NotebookDocumentCellChangeStructure) error {
	s.mu.Lock()
	cells := s.books.open[book].cells
	n := int64(len(cells))
	from := min(int64(change.Array.Start), n)
	to := min(from+int64(change.Array.DeleteCount), n)
	if from < int64(change.Array.Start) || to < from+int64(change.Array.DeleteCount) {
		s.log.Warn("a change lies outside a notebook; its nearest cells are used", zap.String("uri", string(book)),
			zap.Uint32("start", change.Array.Start), zap.Uint32("deleteCount", change.Array.DeleteCount), zap.Int64("cells", n))
	}
	added := cellsOf(change.Array.Cells)
	rest := slices.Concat(cells[:from], cells[to:])
	for _, c := range added {
		if slices.ContainsFunc(rest, func(old notebookCell) bool { return old.uri == c.uri }) {
			s.log.Warn("a cell is in a notebook twice; the newer place counts", zap.String("uri", string(c.uri)))
		}
	}
	isAdded := func(old notebookCell) bool {
		return slices.ContainsFunc(added, func(c notebookCell) bool { return c.uri == old.uri })
	}
	above, below := slices.DeleteFunc(slices.Clone(cells[:from]), isAdded), slices.DeleteFunc(slices.Clone(cells[to:]), isAdded)
	s.books.set(book, slices.Concat(above, added, below))
	s.mu.Unlock()
	for _, t := range change.DidOpen {
		s.take(t)
	}
	var errs []error
	for _, t := range change.DidClose {
		errs = append(errs, s.close(t.URI))
	}
	return errors.Join(errs...)
}

// recast takes over what cells are: a person makes text of code and back.
func (s *Server) recast(book uri.URI, data []protocol.NotebookCell) {
	if len(data) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	cells := slices.Clone(s.books.open[book].cells)
	for _, now := range cellsOf(data) {
		if i := slices.IndexFunc(cells, func(c notebookCell) bool { return c.uri == now.uri }); i >= 0 {
			cells[i] = now
		} else {
			s.log.Warn("a change is about a cell that the notebook has not", zap.String("uri", string(now.uri)))
		}
	}
	s.books.set(book, cells)
}

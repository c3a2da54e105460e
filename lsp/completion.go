package lsp

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.lsp.dev/protocol"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// completion offers the same suggestions as menu entries, for editors without
// inline completion.
func (s *Server) completion(c *call) (any, error) {
	var p protocol.CompletionParams
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	// Incomplete even when it is empty: otherwise the editor would not ask
	// again until the word ends.
	list := &protocol.CompletionList{IsIncomplete: true, Items: []protocol.CompletionItem{}}
	q := s.question(p.TextDocument.URI, p.Position, false, true)
	if q == nil {
		return list, nil
	}
	q.req.Menu = true
	ctx, leave := s.slow(c, q)
	defer leave()
	end := s.workDone(p.WorkDoneToken, "Completing")
	defer end()
	candidates, err := s.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	for i, candidate := range candidates {
		item := s.menuItem(q.open.doc, q.req.At, candidate)
		item.SortText = protocol.NewOptional(fmt.Sprintf(" %02d", i)) // before what other servers offer
		list.Items = append(list.Items, item)
	}
	return list, nil
}

// menuItem turns a candidate into a menu entry. The entry replaces the word
// before the cursor by itself and its continuation, because menus filter by
// that word: Helix and VS Code by filterText, eglot by the label. Its kind is
// Text, since Helix reads other kinds' text as a snippet, and its text carries
// its own indentation.
func (s *Server) menuItem(doc *document.Document, at document.Offset, c completion.Candidate) protocol.CompletionItem {
	from := wordStart(doc, c.From)
	text := doc.Slice(from, c.From) + c.Text
	first, _, several := strings.Cut(strings.TrimRight(text, "\r\n"), "\n")
	first = strings.TrimRight(first, "\r \t")
	label := strings.TrimSpace(first)
	if label == "" {
		label = firstLine(text)
	}
	if several {
		label += " …"
	}
	edit, format := &protocol.TextEdit{Range: s.lineRange(doc, from, c.To), NewText: text}, protocol.InsertTextFormatPlainText
	if c.To > at && s.client.snippets {
		if snippet, ok := asSnippet(doc, from, text); ok {
			edit.NewText, format = snippet, protocol.InsertTextFormatSnippet
		}
	}
	filter := filterText(doc, from, at, first)
	if s.client.wholeFilter {
		filter = text
	}
	return protocol.CompletionItem{
		Label:            label,
		Kind:             protocol.CompletionItemKindText,
		Detail:           protocol.NewOptional(s.opts.Name),
		Documentation:    preview(doc.Language(), text),
		FilterText:       protocol.NewOptional(filter),
		InsertTextFormat: format,
		InsertTextMode:   protocol.InsertTextModeAsIs,
		TextEdit:         edit,
		Command:          acceptCommand(c.ID),
	}
}

// filterText is what the editor compares with the word that was typed: the
// word and how it goes on. Where no word was typed, it is what the line will
// say, so that typing on does not drop the entry.
func filterText(doc *document.Document, from, at document.Offset, first string) string {
	if word := doc.Slice(from, at); word != "" && !strings.HasPrefix(first, word) {
		return word + first
	}
	if strings.TrimSpace(first) == "" {
		return " "
	}
	return strings.TrimLeft(first, " \t")
}

// wordStart is where the word that ends at a place begins.
func wordStart(doc *document.Document, at document.Offset) document.Offset {
	line := doc.LineStart(doc.LineAt(at))
	before := doc.Slice(line, at)
	for len(before) > 0 {
		r, n := utf8.DecodeLastRuneInString(before)
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			break
		}
		before = before[:len(before)-n]
	}
	return line + document.Offset(len(before))
}

// firstLine is the first line that says something.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return "…"
}

// preview shows the whole suggestion beside the menu, as code of its language.
func preview(language, text string) *protocol.MarkupContent {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	text = strings.ReplaceAll(strings.TrimRight(text, "\r\n"), "\r\n", "\n")
	return &protocol.MarkupContent{
		Kind:  protocol.MarkupKindMarkdown,
		Value: fence + language + "\n" + text + "\n" + fence,
	}
}

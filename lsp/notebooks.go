package lsp

import (
	"slices"
	"strconv"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// notebookSync announces notebooks of all types and languages, statically, as
// all else is announced.
func notebookSync() *protocol.NotebookDocumentSyncOptions {
	return &protocol.NotebookDocumentSyncOptions{
		NotebookSelector: []protocol.NotebookSelector{&protocol.NotebookDocumentFilterWithNotebook{Notebook: protocol.String("*")}},
		Save:             new(true),
	}
}

// notebooks are the notebooks that are open. Their cells are open documents like
// any other; what a notebook adds is their order, and the file to which they
// belong. Guarded by Server.mu.
type notebooks struct {
	open map[uri.URI]*notebook
	of   map[uri.URI]uri.URI // the notebook of each cell
}

// A notebook is its cells, in order. Some of them may not be open: a client need
// not show us all.
type notebook struct {
	cells []notebookCell
	texts map[uri.URI]*cellTexts // what was made for a cell last
}

type notebookCell struct {
	uri    uri.URI
	markup bool // Markdown or the like, whatever language its document has
}

// cellTexts are the other cells as seen from one, made anew when one of these
// has changed. As long as none has, they are the same documents, so that what
// was reckoned for them stays good.
type cellTexts struct {
	from []*document.Document // nil for a cell that is not open
	docs []*openDoc
}

func cellsOf(cells []protocol.NotebookCell) []notebookCell {
	var all []notebookCell
	for _, c := range cells {
		all = append(all, notebookCell{uri: c.Document, markup: c.Kind == protocol.NotebookCellKindMarkup})
	}
	return all
}

// set makes cells those of a notebook.
func (n *notebooks) set(book uri.URI, cells []notebookCell) {
	if n.open == nil {
		n.open, n.of = map[uri.URI]*notebook{}, map[uri.URI]uri.URI{}
	}
	if old := n.open[book]; old != nil {
		for _, c := range old.cells {
			if n.of[c.uri] == book {
				delete(n.of, c.uri)
			}
		}
	}
	n.open[book] = &notebook{cells: cells, texts: map[uri.URI]*cellTexts{}}
	for _, c := range cells {
		n.of[c.uri] = book
	}
}

// name is how a cell is called in paths: as the client does, or by its number
// where it does not.
func (n *notebooks) name(u uri.URI) string {
	if name := cell(u); name != "" {
		return name
	}
	if b := n.open[n.of[u]]; b != nil {
		return strconv.Itoa(b.index(u) + 1)
	}
	return ""
}

func (b *notebook) index(u uri.URI) int {
	return slices.IndexFunc(b.cells, func(c notebookCell) bool { return c.uri == u })
}

// round is the rest of the notebook as seen from a cell: the cells above as one
// text, and those below as another; nothing where there is no notebook.
func (n *notebooks) round(u uri.URI, docs map[uri.URI]*openDoc) []*openDoc {
	b := n.open[n.of[u]]
	own := docs[u]
	if b == nil || own == nil {
		return nil
	}
	at := b.index(u)
	var from []*document.Document
	for i, c := range b.cells {
		if d := docs[c.uri]; d != nil && i != at {
			from = append(from, d.doc)
		} else {
			from = append(from, nil)
		}
	}
	if t := b.texts[u]; t != nil && slices.Equal(t.from, from) {
		return t.docs
	}
	t := &cellTexts{from: from}
	path, _, _ := strings.Cut(own.relative, "#")
	for _, part := range []struct {
		name  string
		cells []notebookCell
		docs  []*document.Document
	}{{"cells above", b.cells[:at], from[:at]}, {"cells below", b.cells[at+1:], from[at+1:]}} {
		language, text := percent(part.cells, part.docs)
		if text == "" {
			continue
		}
		name := strings.ReplaceAll(part.name, " ", "-")
		t.docs = append(t.docs, &openDoc{
			doc:  document.New(string(n.of[u])+"#"+name, language, 0, text),
			path: own.path, folder: own.folder, relative: path + "#" + name, notebook: own.notebook, seen: own.seen,
		})
	}
	if len(b.texts) >= maxCellTexts {
		clear(b.texts)
	}
	b.texts[u] = t
	return t.docs
}

// maxCellTexts bounds the cells of a notebook for which the others are kept as
// text: people go to and fro between a few.
const maxCellTexts = 4

// percent writes cells as one text in the form that Jupyter's tools know: a
// comment "%%" in front of each, and what is not in the language of the first
// code cell as comments.
func percent(cells []notebookCell, docs []*document.Document) (language, text string) {
	for i, d := range docs {
		if d != nil && !cells[i].markup {
			language = d.Language()
			break
		}
	}
	mark, plain := "#", language == ""
	if plain {
		language = "markdown"
	}
	if marks := syntax.ByID(language).LineComments(); len(marks) > 0 {
		mark = marks[0]
	}
	var all strings.Builder
	for i, d := range docs {
		if d == nil || strings.TrimSpace(d.Text()) == "" {
			continue
		}
		kind := ""
		if cells[i].markup {
			kind = " [markdown]"
		} else if d.Language() != language {
			kind = " [" + languageName(d.Language()) + "]"
		}
		if !plain {
			all.WriteString(mark + " %%" + kind + "\n")
		}
		for line := range strings.Lines(d.Text()) {
			if line = strings.TrimRight(line, "\r\n"); kind != "" && !plain {
				line = strings.TrimRight(mark+" "+line, " ")
			}
			all.WriteString(line + "\n")
		}
		all.WriteString("\n")
	}
	return language, all.String()
}

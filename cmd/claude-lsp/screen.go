package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/claude-lsp/claude-lsp/completion"
	"github.com/claude-lsp/claude-lsp/internal/document"
)

// A screen shows a completion in the terminal as it comes: some lines before
// the cursor, the growing text, and what follows.
type screen struct {
	out    io.Writer
	doc    *document.Document
	at     document.Offset
	around int  // lines before and after
	colour bool // mark the text by colour
	quiet  bool // show nothing

	shown string          // of the text, so far
	rest  document.Offset // where the text after the cursor goes on, when the suggestion replaced some of it
}

// begin shows what stands before the cursor.
func (s *screen) begin() {
	if s.quiet {
		return
	}
	first := max(0, s.doc.LineAt(s.at)-s.around)
	s.print(s.paint("\x1b[2m", s.doc.Slice(s.doc.LineStart(first), s.at)))
}

// grow shows the text as far as it is new. An answer only ever grows while it
// streams; where the final one differs, end shows it whole.
func (s *screen) grow(a completion.Answer) {
	if s.quiet || len(a.Candidates) == 0 {
		return
	}
	text := a.Candidates[0].Text
	if rest, ok := strings.CutPrefix(text, s.shown); ok {
		s.print(s.paint("\x1b[1;32m", rest))
	} else {
		s.print("\n" + s.paint("\x1b[1;32m", text))
	}
	s.shown, s.rest = text, a.Candidates[0].To
}

// end shows what stands after the cursor.
func (s *screen) end() {
	if s.quiet {
		return
	}
	last := min(s.doc.Lines()-1, s.doc.LineAt(s.at)+s.around)
	s.print(s.paint("\x1b[2m", s.doc.Slice(max(s.at, s.rest), s.doc.LineEnd(last))) + "\n")
}

func (s *screen) paint(code, text string) string {
	text = clean(text)
	if !s.colour || text == "" {
		return text
	}
	return code + text + "\x1b[0m"
}

func (s *screen) print(text string) { _, _ = fmt.Fprint(s.out, text) }

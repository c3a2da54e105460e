package lsp

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// asSnippet is the text of a menu entry as a snippet that inserts the same from
// a place on, and leaves the cursor behind it.
//
// It is for Helix, and for entries that replace text behind the cursor, such as
// a bracket that the editor has closed by itself. After a plain text Helix 25.07
// puts the cursor in front of its last character then; after a snippet it stands
// where the snippet says. But Helix indents the lines of a snippet as the one on
// which it begins; ok is false where they are indented less.
func asSnippet(doc *document.Document, from document.Offset, text string) (snippet string, ok bool) {
	head := doc.Slice(doc.LineStart(doc.LineAt(from)), from)
	indent := head[:len(head)-len(strings.TrimLeft(head, " \t"))]
	first, lines, several := strings.Cut(text, "\n")
	var b strings.Builder
	b.WriteString(first)
	for several {
		var line string
		line, lines, several = strings.Cut(lines, "\n")
		if line, ok = strings.CutPrefix(line, indent); !ok {
			return "", false
		}
		b.WriteByte('\n')
		b.WriteString(line)
	}
	return strings.NewReplacer(`\`, `\\`, "$", `\$`, "}", `\}`).Replace(b.String()) + "$0", true
}

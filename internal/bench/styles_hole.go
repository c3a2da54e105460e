package main

import (
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// A hole is a place in a document whose true text is known. All of it has \n
// line ends, as models write them; a document that has others says so.
type hole struct {
	path   string
	lang   string // LSP language id
	kind   string // what was taken out, in a word
	prefix string
	want   string // the text that was taken out
	suffix string
	crlf   bool // the document's lines end in \r\n
}

// head and tail are the cursor's line on both sides of it.
func (h hole) head() string { return h.prefix[strings.LastIndexByte(h.prefix, '\n')+1:] }

func (h hole) tail() string {
	tail, _, _ := strings.Cut(h.suffix, "\n")
	return tail
}

// above are at most n lines in front of the cursor's, each with its break.
func (h hole) above(n int) string {
	text := strings.TrimSuffix(h.prefix, h.head())
	at := len(text)
	for ; n > 0 && at > 0; n-- {
		at = strings.LastIndexByte(text[:at-1], '\n') + 1
	}
	return text[at:]
}

// below are at most n lines behind the cursor's, each with a break in front.
func (h hole) below(n int) string {
	rest := strings.TrimRight(h.suffix[len(h.tail()):], "\n")
	at := 0
	for ; n > 0 && at < len(rest); n-- {
		next := strings.IndexByte(rest[at+1:], '\n')
		if next < 0 {
			return rest
		}
		at += 1 + next
	}
	return rest[:at]
}

// lead is the indentation that the true text has on its first line, whether
// the document holds it already or not.
func (h hole) lead() string {
	if strings.TrimSpace(h.head()) == "" && !strings.HasPrefix(h.want, "\n") {
		return h.head() + syntax.Leading(h.want)
	}
	if body, ok := strings.CutPrefix(h.want, "\n"); ok {
		return syntax.Leading(body)
	}
	return syntax.Leading(h.head())
}

// lines says that the true text is made of whole lines, and gives them with
// their whole indentation.
func (h hole) lines() ([]string, bool) {
	body, broken := strings.CutPrefix(h.want, "\n")
	if strings.TrimSpace(h.tail()) != "" || !broken && strings.TrimSpace(h.head()) != "" {
		return nil, false
	}
	if !broken {
		body = h.head() + body
	}
	return strings.Split(body, "\n"), true
}

// block is lines where there are several.
func (h hole) block() ([]string, bool) {
	lines, ok := h.lines()
	return lines, ok && len(lines) > 1
}

// indent is one level of the document's indentation.
func (h hole) indent() syntax.Indent {
	return syntax.InferIndent(h.prefix+h.want+h.suffix, syntax.Indent{Width: 4})
}

// filled is a stretch of the right document round the hole.
func (h hole) filled(above, below int) string {
	return h.above(above) + h.head() + h.want + h.tail() + h.below(below)
}

// text says that sentences are what the document is made of at the hole, so
// that no answer can be told from talk by how it looks.
func (h hole) text() bool {
	switch h.lang {
	case "markdown", "restructuredtext", "plaintext", "html", "xml", "latex":
		return true
	}
	return h.kind == "comment" || h.kind == "string"
}

// markup says that tags are part of the document.
func (h hole) markup() bool {
	switch h.lang {
	case "html", "xml", "vue", "svelte", "markdown", "javascriptreact", "typescriptreact", "php":
		return true
	}
	return strings.Contains(h.want, "</")
}

// json says that a JSON object may be what the document wants.
func (h hole) json() bool {
	switch h.lang {
	case "json", "jsonc", "javascript", "typescript", "yaml", "javascriptreact", "typescriptreact":
		return true
	}
	return false
}

// fence is a run of backticks longer than any in the document, and three at
// least.
func (h hole) fence() string {
	f := "```"
	for strings.Contains(h.prefix+h.want+h.suffix, f) {
		f += "`"
	}
	return f
}

// inFence is code as the prompt asks for it.
func (h hole) inFence(code string) string { return h.fence() + h.lang + "\n" + code + "\n" + h.fence() }

// comment is a line of the document's language that is none to its machine.
func (h hole) comment(text string) string {
	if marks := syntax.ByID(h.lang).LineComments(); len(marks) > 0 {
		return marks[0] + " " + text
	}
	if h.markup() {
		return "<!-- " + text + " -->"
	}
	return "/* " + text + " */"
}

// shifted puts other indentation in front of lines; blank lines stay empty.
func shifted(lines []string, by func(lead string) string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		lead := syntax.Leading(line)
		out[i] = by(lead) + line[len(lead):]
	}
	return out
}

// quotedBy puts a mark in front of each line.
func quotedBy(mark, text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		if lines[i] == "" {
			lines[i] = strings.TrimRight(mark, " ")
		} else {
			lines[i] = mark + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

// of takes one of several wordings.
func of(v int, wordings ...string) string { return wordings[v%len(wordings)] }

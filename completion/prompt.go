package completion

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// The rules hold for every request and never depend on one: a provider caches
// them for all documents together, which needs the same bytes each time and a
// minimum length (512 tokens for claude-haiku-5-5).
//
//go:embed rules.txt
var rulesText string

// A checkout with other line ends must not change the bytes.
var rules = strings.TrimSpace(strings.ReplaceAll(rulesText, "\r\n", "\n"))

// A Shape says in which form an answer is wanted.
type Shape struct {
	OneLine    bool // the rest of the current line and nothing below it
	Candidates int  // how many different answers are wanted; 0 and 1 mean one
}

// Target names the document that a prompt is about.
type Target struct {
	Model     string
	Language  string // LSP language id
	Path      string // as the model may see it
	MaxTokens int
}

// BuildPrompt renders nothing: it says what the model gets to see, and in what
// form it is to answer. No stop sequence is asked for, because whatever could
// end an answer may stand in code.
func BuildPrompt(t Target, w doccontext.Window, s Shape) model.Prompt {
	texts := ownTexts(w)
	mark := markFor(texts)
	blocks := make([]model.Block, len(w.Blocks))
	for i, b := range w.Blocks {
		blocks[i] = model.Block{ID: b.ID, Side: model.Side(b.Side), Parts: partsOf(b.Parts), Breakpoint: b.Breakpoint}
	}
	return model.Prompt{
		Model:     t.Model,
		Language:  t.Language,
		Path:      t.Path,
		Rules:     rules,
		Blocks:    blocks,
		Near:      partsOf(w.Near),
		Notes:     w.Notes,
		Before:    w.Before,
		After:     w.After,
		Mark:      mark,
		Task:      task(t.Language, mark, fenceFor(texts), s),
		MaxTokens: t.MaxTokens,
		OneLine:   s.OneLine,
		Invoked:   s.Candidates > 1, // only someone who asked gets to choose
	}
}

func partsOf(parts []doccontext.Part) []model.Part {
	var all []model.Part
	for _, p := range parts {
		all = append(all, model.Part{Path: p.Path, FirstLine: p.FirstLine, LastLine: p.LastLine, Picked: p.Picked, Text: p.Text})
	}
	return all
}

// task is the last thing that the model reads.
func task(language, mark, fence string, s Shape) string {
	var b strings.Builder
	if language == "" {
		language = "text"
	}
	fmt.Fprintf(&b, "Insert at %s in this %s document", mark, language)
	if s.OneLine {
		b.WriteString(" what completes the current line: one line, without a line break.\n")
	} else {
		b.WriteString(" what belongs there: the rest of the line, or a block of lines if one belongs there.\n")
	}
	if s.Candidates > 1 {
		fmt.Fprintf(&b, "Give up to %d answers that differ in what they do, the best first, each in a fenced code block of its own that opens and closes with %s, and nothing else.", s.Candidates, fence)
	} else {
		fmt.Fprintf(&b, "Answer with one fenced code block that opens and closes with %s, and nothing else.", fence)
	}
	return b.String()
}

// ownTexts is what a window has of the document: round the cursor, and far from
// it. It is the same text wherever the borders between the blocks are.
func ownTexts(w doccontext.Window) []string {
	texts := []string{w.Before, w.After}
	for _, b := range w.Blocks {
		for _, p := range b.Parts {
			if b.Side != "" {
				texts = append(texts, p.Text)
			}
		}
	}
	return texts
}

// markFor is a mark that occurs in none of the texts. It is the same for almost
// every document, so that equal windows make equal prompts.
func markFor(texts []string) string {
	mark := "<CURSOR/>"
	for n := 2; slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, mark) }); n++ {
		mark = fmt.Sprintf("<CURSOR_%d/>", n)
	}
	return mark
}

// fenceFor is a run of backticks longer than any in the texts, so that code
// which holds a fence cannot end the answer.
func fenceFor(texts []string) string {
	longest := 2
	for _, text := range texts {
		for i := strings.IndexByte(text, '`'); i >= 0; {
			n := run([]byte(text[i:min(i+64, len(text))]))
			longest = max(longest, n)
			next := strings.IndexByte(text[i+n:], '`')
			if next < 0 {
				break
			}
			i += n + next
		}
	}
	return strings.Repeat("`", longest+1)
}

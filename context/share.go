package doccontext

import "github.com/claude-lsp/claude-lsp/internal/tokens"

// A share is how a budget is divided. What the text of the document leaves of
// its part goes to the workspace.
type share struct {
	line  tokens.Count // Window.Near: definitions that the very line needs
	notes tokens.Count // Window.Notes
	text  tokens.Count // the document itself, near and far; the least that it gets where it needs it
}

const (
	// smallWindow is a budget that holds little beside the text round the cursor
	// and the definitions that its line needs: nothing is frozen.
	smallWindow tokens.Count = 4_000
	// largeWindow is a budget whose bulk is likely to hold the definitions too;
	// what is sent for the line alone costs ten times as much as what is cached.
	largeWindow tokens.Count = 32_000

	lineTokens  tokens.Count = 1_500 // in a large window
	linesTokens tokens.Count = 2_000 // in one between small and large
	notesTokens tokens.Count = 400
)

// shareOf divides a budget. With a small one, what an unfinished line needs
// most is the definition of what it is about to use, so definitions get five
// eighths. With a larger one the text gets a quarter, and in a large window,
// where a quarter more matters less than the whole document, three eighths;
// what it does not need is the workspace's.
func shareOf(budget tokens.Count) share {
	s := share{notes: min(budget/32, notesTokens)}
	switch {
	case budget <= smallWindow:
		s.line = budget * 5 / 8
		s.text = budget - s.line - s.notes
	case budget <= largeWindow:
		s.line, s.text = linesTokens, budget/4
	default:
		s.line, s.text = lineTokens, budget*3/8
	}
	return s
}

// bulk is what is left for the workspace beside a text of so many tokens.
func (s share) bulk(budget, text tokens.Count) tokens.Count {
	if budget <= smallWindow {
		return 0
	}
	return max(budget-s.line-s.notes-min(text, s.text), 0)
}

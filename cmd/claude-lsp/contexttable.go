package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/tokens"
)

// print shows a window to a person, in the order in which it is sent.
func (s *shownWindow) print(w io.Writer) error {
	fmt.Fprintf(w, "%s:%d:%d, for %s (%s)\n", clean(s.Path), s.Line, s.Column, clean(s.Model), s.Provider)
	if s.Verdict == verdictNot {
		fmt.Fprintf(w, "Typing here asks nothing: %s (%s). What follows is what asking by hand would send.\n", words(reasonWords, s.Reason), s.Reason)
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(count tokens.Count, cached, what, why string) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", number(int(count)), cached, clean(what), clean(why))
	}
	fmt.Fprint(t, "tokens\tcached\twhat\twhy\n")
	row(s.Rules.Tokens, cached(s.Rules.Breakpoint), "rules", "the same for every request")
	for i, b := range s.Blocks {
		row(b.Tokens, cached(b.Breakpoint), fmt.Sprintf("block %d", i+1), sideWords[b.Side])
		printParts(t, b.Parts)
	}
	if len(s.Near) > 0 {
		sum := tokens.Count(0)
		for _, p := range s.Near {
			sum += p.Tokens
		}
		row(sum, cached(0), "near", "what this very line may need")
		printParts(t, s.Near)
	}
	if s.Notes.Tokens > 0 {
		row(s.Notes.Tokens, cached(0), "notes", "recent edits, and suggestions that were refused"+secrets(s.Notes.Redacted))
	}
	row(s.Before.Tokens, cached(0), "before", "the text in front of the cursor"+secrets(s.Before.Redacted))
	row(s.After.Tokens, cached(0), "after", "the text behind it"+secrets(s.After.Redacted))
	row(s.Task.Tokens, cached(0), "task", "what to answer, and in which form")
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s", s.summary())
	return s.printTexts(w)
}

// sideWords say what a block is.
var sideWords = map[doccontext.Side]string{
	"":               "of the workspace",
	doccontext.Above: "of the document, above the text round the cursor",
	doccontext.Below: "of the document, below it",
}

func printParts(w io.Writer, parts []shownPart) {
	for _, p := range parts {
		fmt.Fprintf(w, "\t\t  %s\t%s\n", clean(p.name()), clean(p.Says+secrets(p.Redacted)))
	}
}

// name is where a part stands.
func (p shownPart) name() string {
	if p.FirstLine == 0 {
		return p.Path
	}
	return fmt.Sprintf("%s:%d-%d", p.Path, p.FirstLine, p.LastLine)
}

func cached(breakpoint int) string {
	if breakpoint == 0 {
		return "no"
	}
	return fmt.Sprintf("to %d", breakpoint)
}

// secrets says how many were taken out of what stands in front of it.
func secrets(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "; 1 secret was taken out"
	default:
		return fmt.Sprintf("; %d secrets were taken out", n)
	}
}

// summary is what all of it comes to.
func (s *shownWindow) summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s tokens as counted here, %.1f %% of context.windowTokens (%s)%s.\n",
		number(int(s.Tokens)), s.BudgetPercent, number(int(s.Budget)), secrets(s.Redacted))
	fmt.Fprintf(&b, "%s tokens (%.0f %%) stay the same while you type: \"to N\" names the cache breakpoint that ends them.\n",
		number(int(s.Cacheable)), s.CacheablePct)
	switch {
	case s.Price == nil:
		fmt.Fprintf(&b, "What it costs is not known: there is no price for %s.\n", clean(s.Model))
	case s.Provider == string(config.ProviderEmbedded):
		fmt.Fprintf(&b, "It costs nothing and leaves no machine: the embedded model answers. At %s it would be %s.\n", clean(s.Price.Model), s.Price)
	default:
		fmt.Fprintf(&b, "At %s it costs %s.\n", clean(s.Price.Model), s.Price)
	}
	if l := s.LastRequest; l != nil {
		fmt.Fprintf(&b, "The last request of an editor (%s, %s %d:%d) read %.0f %% of its %s tokens from the cache.\n",
			l.at.Local().Format(time.DateTime), clean(l.Language), l.Line, l.Column, l.Percent, number(l.Input+l.CacheRead+l.CacheWrite))
	}
	return b.String()
}

// String says it in a sentence's middle.
func (p *shownPrice) String() string {
	return fmt.Sprintf("$%.6f the first time, $%.6f with each further key while the cache is warm, and at most $%.6f more for the answer", p.First, p.Next, p.Answer)
}

// printTexts shows the texts, as far as they were not left out.
func (s *shownWindow) printTexts(w io.Writer) error {
	var b strings.Builder
	show := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n--- %s ---\n%s", clean(title), clean(text))
			if !strings.HasSuffix(text, "\n") {
				b.WriteByte('\n')
			}
		}
	}
	show("rules", s.Rules.Text)
	for i, block := range s.Blocks {
		for _, p := range block.Parts {
			show(fmt.Sprintf("block %d: %s", i+1, p.name()), p.Text)
		}
	}
	for _, p := range s.Near {
		show("near: "+p.name(), p.Text)
	}
	show("notes", s.Notes.Text)
	show("before", s.Before.Text)
	show("after", s.After.Text)
	show("task", s.Task.Text)
	_, err := io.WriteString(w, b.String())
	return err
}

// number is a count with a space between thousands.
func number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + " " + text[i:]
	}
	return text
}

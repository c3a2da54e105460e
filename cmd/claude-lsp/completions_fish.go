package main

import (
	"fmt"
	"strings"
)

// fishCompletions is a file for ~/.config/fish/completions or a vendor's
// folder, for fish from 3.0 on.
func fishCompletions(commands []subcommand, options []option) string {
	var b strings.Builder
	all := strings.Join(names(commands), " ")
	none := "not __fish_seen_subcommand_from " + all
	b.WriteString("# Completions of claude-lsp for fish, printed by claude-lsp completions fish.\n\ncomplete -c claude-lsp -f\n")
	for _, o := range options {
		fishOption(&b, "", o)
	}
	for _, c := range commands {
		fmt.Fprintf(&b, "\ncomplete -c claude-lsp -n %s -a %s -d %s\n", fishQuote(none), c.name, fishQuote(first(c.help)))
		seen := "__fish_seen_subcommand_from " + c.name
		if a := c.argument; a != nil {
			fmt.Fprintf(&b, "complete -c claude-lsp -n %s %s\n", fishQuote(seen), fishArgument(a))
		}
		for _, o := range c.options {
			fishOption(&b, seen, o)
			if c.byDefault {
				fishOption(&b, none, o)
			}
		}
	}
	return b.String()
}

func fishOption(b *strings.Builder, when string, o option) {
	b.WriteString("complete -c claude-lsp")
	if when != "" {
		fmt.Fprintf(b, " -n %s", fishQuote(when))
	}
	if o.short != "" {
		fmt.Fprintf(b, " -s %s", o.short)
	}
	fmt.Fprintf(b, " -l %s", o.name)
	if o.argument != nil {
		fmt.Fprintf(b, " -r %s", fishArgument(o.argument))
	}
	fmt.Fprintf(b, " -d %s\n", fishQuote(first(o.help)))
}

// fishArgument says what can stand there: files, words, or nothing that a
// shell knows.
func fishArgument(a *argument) string {
	switch {
	case len(a.values) > 0:
		return fmt.Sprintf("-f -a %s", fishQuote(strings.Join(a.values, " ")))
	case a.file:
		return "-F"
	default:
		return "-f"
	}
}

func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

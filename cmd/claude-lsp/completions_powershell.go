package main

import (
	"fmt"
	"strings"
)

// powershellCompletions is a script for a profile, for Windows PowerShell 5.1
// and PowerShell 7. Where the completer offers nothing PowerShell offers
// files, which is what FILE wants.
func powershellCompletions(commands []subcommand, options []option) string {
	var b strings.Builder
	b.WriteString(`# Completions of claude-lsp for PowerShell, printed by claude-lsp completions powershell.

Register-ArgumentCompleter -Native -CommandName 'claude-lsp', 'claude-lsp.exe' -ScriptBlock {
	param($wordToComplete, $commandAst, $cursorPosition)

	$words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
	$previous = $words[-1]
	$command = ''
	foreach ($word in $words | Select-Object -Skip 1) {
`)
	fmt.Fprintf(&b, "\t\tif (@(%s) -ccontains $word) { $command = $word; break }\n\t}\n", powershellList(names(commands)))
	b.WriteString("\t$offers = switch -CaseSensitive (\"$command $previous\") {\n")
	for _, c := range commands {
		for _, o := range c.options {
			if o.argument == nil {
				continue
			}
			for _, f := range o.flags() {
				powershellCase(&b, c.name+" "+f, o.argument)
				if c.byDefault {
					powershellCase(&b, " "+f, o.argument)
				}
			}
		}
	}
	b.WriteString("\t\tdefault {\n\t\t\tswitch -CaseSensitive ($command) {\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "\t\t\t\t%s {\n", powershellQuote(c.name))
		powershellOptions(&b, c.options, options)
		if c.argument != nil {
			for _, v := range c.argument.values {
				fmt.Fprintf(&b, "\t\t\t\t\t@{ Text = %s; Help = %s }\n", powershellQuote(v), powershellQuote(v))
			}
		}
		b.WriteString("\t\t\t\t}\n")
	}
	b.WriteString("\t\t\t\tdefault {\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "\t\t\t\t\t@{ Text = %s; Help = %s }\n", powershellQuote(c.name), powershellQuote(first(c.help)))
		if c.byDefault {
			powershellOptions(&b, c.options)
		}
	}
	powershellOptions(&b, options)
	b.WriteString(`				}
			}
		}
	}
	$offers | Where-Object { $_ -and $_.Text -clike "$wordToComplete*" } | ForEach-Object {
		[System.Management.Automation.CompletionResult]::new($_.Text, $_.Text, 'ParameterValue', $_.Help)
	}
}
`)
	return b.String()
}

// powershellCase is what an option's argument can be.
func powershellCase(b *strings.Builder, when string, a *argument) {
	fmt.Fprintf(b, "\t\t%s {\n", powershellQuote(when))
	for _, v := range a.values {
		fmt.Fprintf(b, "\t\t\t@{ Text = %s; Help = %s }\n", powershellQuote(v), powershellQuote(v))
	}
	b.WriteString("\t\t}\n")
}

func powershellOptions(b *strings.Builder, options ...[]option) {
	for _, group := range options {
		for _, o := range group {
			for _, f := range o.flags() {
				fmt.Fprintf(b, "\t\t\t\t\t@{ Text = %s; Help = %s }\n", powershellQuote(f), powershellQuote(first(o.help)))
			}
		}
	}
}

func powershellList(words []string) string {
	quoted := make([]string, 0, len(words))
	for _, w := range words {
		quoted = append(quoted, powershellQuote(w))
	}
	return strings.Join(quoted, ", ")
}

// powershellQuote is a word in single quotes, in which only they are special.
func powershellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

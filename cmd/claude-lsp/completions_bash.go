package main

import (
	"fmt"
	"slices"
	"strings"
)

// bashCompletions is a script for bash from 3.2 on, which macOS has: without
// mapfile, and with compopt only where there is one. It needs no package
// bash-completion.
func bashCompletions(commands []subcommand, options []option) string {
	var b strings.Builder
	b.WriteString(`# Completions of claude-lsp for bash, printed by claude-lsp completions bash.

# _claude_lsp_files [OPTION] offers files. nospace: more belongs to the word.
_claude_lsp_files() {
	local file
	compopt -o filenames ${1:+-o "$1"} 2>/dev/null
	while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$cur")
}

_claude_lsp() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= i
	COMPREPLY=()
	# bash cuts --option=value and FILE:LINE:COL in pieces.
	if [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi
	if [[ $cur == = ]]; then cur=; fi
	if [[ $cur == : || $prev == : ]]; then return; fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
`)
	valued := spellings(true, options)
	var valueCases strings.Builder
	for _, c := range commands {
		if c.byDefault {
			valued = append(valued, spellings(true, c.options)...)
		}
		for _, o := range c.options {
			if o.argument == nil {
				continue
			}
			for _, f := range o.flags() {
				fmt.Fprintf(&valueCases, "\t%q)\n\t\t%s\n\t\treturn\n\t\t;;\n", c.name+" "+f, bashOffer(o.argument))
				if c.byDefault {
					fmt.Fprintf(&valueCases, "\t%q)\n\t\t%s\n\t\treturn\n\t\t;;\n", " "+f, bashOffer(o.argument))
				}
			}
		}
	}
	if len(valued) > 0 {
		// With = the value is no word of its own before it.
		fmt.Fprintf(&b, "\t\t%s) if [[ ${COMP_WORDS[i + 1]} == = ]]; then ((i += 2)); else ((i++)); fi ;;\n", strings.Join(valued, " | "))
	}
	fmt.Fprintf(&b, "\t\t%s)\n\t\t\tcommand=${COMP_WORDS[i]}\n\t\t\tbreak\n\t\t\t;;\n\t\tesac\n\tdone\n\tcase \"$command $prev\" in\n%s\tesac\n", strings.Join(names(commands), " | "), valueCases.String())
	b.WriteString("\tcase \"$command $cur\" in\n")
	top := slices.Clone(options)
	for _, c := range commands {
		if c.byDefault {
			top = append(top, c.options...)
		}
	}
	fmt.Fprintf(&b, "\t\" -\"*) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", strings.Join(spellings(false, top), " "))
	fmt.Fprintf(&b, "\t\" \"*) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", strings.Join(names(commands), " "))
	for _, c := range commands {
		fmt.Fprintf(&b, "\t\"%s -\"*) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", c.name, strings.Join(spellings(false, c.options, options), " "))
		if c.argument != nil {
			fmt.Fprintf(&b, "\t\"%s \"*) %s ;;\n", c.name, bashOffer(c.argument))
		}
	}
	b.WriteString("\tesac\n}\n\ncomplete -F _claude_lsp claude-lsp\n")
	return b.String()
}

// bashOffer is the command that fills COMPREPLY with what an argument can be.
func bashOffer(a *argument) string {
	switch {
	case len(a.values) > 0:
		return fmt.Sprintf("COMPREPLY=($(compgen -W %q -- \"$cur\"))", strings.Join(a.values, " "))
	case a.open:
		return "_claude_lsp_files nospace"
	case a.file:
		return "_claude_lsp_files"
	default:
		return ":"
	}
}

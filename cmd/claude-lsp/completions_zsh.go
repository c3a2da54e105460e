package main

import (
	"fmt"
	"strings"
)

// zshCompletions is a file for a folder of fpath, where it is called _claude-lsp;
// sourced, it works too.
func zshCompletions(commands []subcommand, options []option) string {
	var b strings.Builder
	b.WriteString(`#compdef claude-lsp
# Completions of claude-lsp for zsh, printed by claude-lsp completions zsh.

_claude-lsp() {
	local context state state_descr line ret=1
	typeset -A opt_args
	_arguments -C -s \
`)
	for _, c := range commands {
		if c.byDefault {
			zshOptions(&b, "\t\t", c.options)
		}
	}
	zshOptions(&b, "\t\t", options)
	b.WriteString("\t\t'1: :->command' \\\n\t\t'*:: :->rest' && ret=0\n\tcase $state in\n\tcommand)\n\t\tlocal -a commands=(\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "\t\t\t%s\n", zshQuote(c.name+":"+first(c.help)))
	}
	b.WriteString("\t\t)\n\t\t_describe -t commands command commands && ret=0\n\t\t;;\n\trest)\n\t\tcase $line[1] in\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "\t\t%s)\n\t\t\t_arguments -s \\\n", c.name)
		zshOptions(&b, "\t\t\t\t", c.options)
		zshOptions(&b, "\t\t\t\t", options)
		if c.argument != nil {
			fmt.Fprintf(&b, "\t\t\t\t%s \\\n", zshQuote("1"+zshArgument(c.argument)))
		}
		b.WriteString("\t\t\t\t&& ret=0\n\t\t\t;;\n")
	}
	b.WriteString(`		esac
		;;
	esac
	return ret
}

if [[ $funcstack[1] == _claude-lsp ]]; then
	_claude-lsp "$@"
else
	compdef _claude-lsp claude-lsp
fi
`)
	return b.String()
}

// zshOptions writes a specification of _arguments for each option, each on a
// line that goes on.
func zshOptions(b *strings.Builder, indent string, options []option) {
	for _, o := range options {
		spec := "[" + zshEscape(first(o.help)) + "]"
		equals := ""
		if o.argument != nil {
			spec += zshArgument(o.argument)
			equals = "="
		}
		if o.short == "" {
			fmt.Fprintf(b, "%s%s \\\n", indent, zshQuote("--"+o.name+equals+spec))
			continue
		}
		both := "(" + strings.Join(o.flags(), " ") + ")" // one of them rules the other out
		plus := ""
		if o.argument != nil {
			plus = "+"
		}
		fmt.Fprintf(b, "%s%s \\\n", indent, zshQuote(both+"-"+o.short+plus+spec))
		fmt.Fprintf(b, "%s%s \\\n", indent, zshQuote(both+"--"+o.name+equals+spec))
	}
}

// zshArgument is the end of a specification: what the argument is called and
// what it can be.
func zshArgument(a *argument) string {
	switch {
	case len(a.values) > 0:
		return fmt.Sprintf(":%s:(%s)", zshEscape(a.name), strings.Join(a.values, " "))
	case a.open:
		return fmt.Sprintf(`:%s:_files -S ""`, zshEscape(a.name))
	case a.file:
		return fmt.Sprintf(":%s:_files", zshEscape(a.name))
	default:
		return fmt.Sprintf(":%s: ", zshEscape(a.name))
	}
}

// zshEscape hides what _arguments reads itself.
func zshEscape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `:`, `\:`).Replace(text)
}

// zshQuote is a word in single quotes, as fish and POSIX shells read it too.
func zshQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

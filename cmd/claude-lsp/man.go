package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

type manCmd struct{}

// Run prints the man page, in the language mdoc.
func (manCmd) Run(ctx *kong.Context) error {
	commands, options := describe(ctx.Model)
	_, err := fmt.Fprint(os.Stdout, manPage(ctx.Model.Help, commands, options, date))
	return err
}

// manPage describes every subcommand with its options. date is that of the
// build's commit, so that the same sources give the same page; a page whose
// sources have none shows none.
func manPage(about string, commands []subcommand, options []option, date string) string {
	var b strings.Builder
	day := ""
	if at, err := time.Parse(time.RFC3339, date); err == nil {
		day = at.UTC().Format(" January 2, 2006")
	}
	fmt.Fprintf(&b, ".Dd%s\n.Dt CLAUDE-LSP 1\n.Os\n.Sh NAME\n.Nm claude-lsp\n.Nd code completion by Claude for any editor that speaks LSP\n.Sh SYNOPSIS\n", day)
	for _, c := range commands {
		b.WriteString(".Nm\n")
		if c.byDefault {
			fmt.Fprintf(&b, ".Op Cm %s\n", manWord(c.name))
		} else {
			fmt.Fprintf(&b, ".Cm %s\n", manWord(c.name))
		}
		for _, o := range c.options {
			fmt.Fprintf(&b, ".Op %s\n", manOption(o))
		}
		if c.argument != nil {
			fmt.Fprintf(&b, ".Ar %s\n", manWord(c.argument.name))
		}
	}
	b.WriteString(".Sh DESCRIPTION\n")
	manText(&b, about)
	b.WriteString(`An editor starts
.Nm
and speaks the Language Server Protocol with it on standard input and output;
the other commands are for the terminal.
.Pp
The commands are:
.Bl -tag -width Ds
`)
	for _, c := range commands {
		fmt.Fprintf(&b, ".It Cm %s", manWord(c.name))
		if c.argument != nil {
			fmt.Fprintf(&b, " Ar %s", manWord(c.argument.name))
		}
		b.WriteByte('\n')
		manText(&b, c.help)
		if c.argument == nil && len(c.options) == 0 {
			continue
		}
		b.WriteString(".Bl -tag -width Ds\n")
		if c.argument != nil {
			fmt.Fprintf(&b, ".It Ar %s\n", manWord(c.argument.name))
			manText(&b, c.argument.help)
		}
		manOptions(&b, c.options)
		b.WriteString(".El\n")
	}
	b.WriteString(".El\n.Pp\nEvery command understands:\n.Bl -tag -width Ds\n")
	manOptions(&b, options)
	b.WriteString(".El\n")
	b.WriteString(manRest)
	return b.String()
}

// manRest is what the command line itself does not know.
const manRest = `.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev ANTHROPIC_API_KEY , Ev ANTHROPIC_AUTH_TOKEN
The key for the service.
Without one, the embedded model answers and nothing is sent.
.It Ev ANTHROPIC_BASE_URL
The address of the service.
.It Ev CLAUDE_LSP_*
Every setting, such as
.Ev CLAUDE_LSP_COMPLETION_DEBOUNCE
for completion.debounce.
.It Ev XDG_CONFIG_HOME , Ev XDG_STATE_HOME
Where settings and what is kept between runs are looked for.
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa ~/.config/claude-lsp/config.toml
Settings, applied without a restart.
.It Pa ~/.local/state/claude-lsp/store.db
Figures, answers and what is known of files;
.Nm Cm purge
removes it.
.It Pa .claude-lsp.toml
Settings of a repository, which can only narrow what is sent.
.It Pa .claude-lsp-ignore
Files of a repository that are never sent.
.El
.Sh EXIT STATUS
0 when all went well.
1 when it did not, and as the protocol asks when an editor leaves without
shutdown.
2 when the command line was not understood.
.Sh SEE ALSO
.Lk https://github.com/claude-lsp/claude-lsp
`

func manOptions(b *strings.Builder, options []option) {
	for _, o := range options {
		fmt.Fprintf(b, ".It %s\n", manOption(o))
		manText(b, o.help)
		if o.argument != nil && o.argument.preset != "" {
			fmt.Fprintf(b, "The default is %s.\n", manWord(o.argument.preset))
		}
	}
}

// manOption is an option as a macro's arguments. Fl writes the first hyphen.
func manOption(o option) string {
	s := `Fl \-` + manWord(o.name)
	if o.short != "" {
		s = "Fl " + o.short + " , " + s
	}
	if o.argument != nil {
		s += " Ar " + manWord(o.argument.name)
	}
	return s
}

// manText writes prose, each sentence from a line of its own on, as the
// formatter wants it for its spaces, and no line longer than 80 bytes.
func manText(b *strings.Builder, text string) {
	for sentence := range strings.SplitSeq(strings.ReplaceAll(text, ". ", ".\n"), "\n") {
		line := 0
		for word := range strings.FieldsSeq(sentence) {
			word = manWord(word)
			if line > 0 && line+1+len(word) > 80 {
				b.WriteByte('\n')
				line = 0
			}
			if line > 0 {
				b.WriteByte(' ')
				line++
			} else if word[0] == '.' || word[0] == '\'' {
				word = `\&` + word // or it would be a macro
			}
			b.WriteString(word)
			line += len(word)
		}
		b.WriteByte('\n')
	}
}

// manWord hides what the formatter reads itself. The hyphens of an option are
// other characters than one between words.
func manWord(text string) string {
	text = strings.ReplaceAll(text, `\`, `\e`)
	if strings.HasPrefix(text, "-") {
		text = strings.ReplaceAll(text, "-", `\-`)
	}
	return text
}

package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

type completionsCmd struct {
	Shell string `arg:"" name:"SHELL" enum:"bash,zsh,fish,powershell" help:"bash, zsh, fish or powershell."`
}

// Run prints a script that the shell reads. It is whole: no shell calls the
// program while somebody types.
func (c completionsCmd) Run(ctx *kong.Context) error {
	commands, options := describe(ctx.Model)
	script := map[string]func([]subcommand, []option) string{
		"bash": bashCompletions, "zsh": zshCompletions, "fish": fishCompletions, "powershell": powershellCompletions,
	}[c.Shell]
	_, err := fmt.Fprint(os.Stdout, script(commands, options))
	return err
}

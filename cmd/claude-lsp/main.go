// Command claude-lsp is a Language Server Protocol server that brings Claude's
// completions as ghost text to any editor. This folder is the only place that
// wires the parts together: one file for each subcommand, and house.go for
// what they share.
package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// commandLine is what the program understands. Servers are started in several
// ways by editors; serve is what happens without a subcommand.
type commandLine struct {
	Serve    serveCmd    `cmd:"" default:"withargs" help:"Serve an editor on standard input and output (the default)."`
	Complete completeCmd `cmd:"" help:"Complete one place of a file in the terminal."`
	Context  contextCmd  `cmd:"" help:"Show what a request at a place would send: every part, its tokens, why it is there, and the price. Nothing is sent."`
	Replay   replayCmd   `cmd:"" help:"Play what serve --record has written down, and say where this version decides otherwise."`
	Stats    statsCmd    `cmd:"" help:"Print figures of use: what became of suggestions, and what they cost."`
	Doctor   doctorCmd   `cmd:"" help:"Look at key, endpoint, model, store and settings, and say what to do."`
	Why      whyCmd      `cmd:"" help:"Say how the last requests of all editors went, and why nothing was shown."`
	Purge    purgeCmd    `cmd:"" help:"Remove all that is kept between runs: answers, figures, what is known of files."`
	Version  versionCmd  `cmd:"" help:"Print the version, and what it was built from and with."`

	Completions completionsCmd `cmd:"" help:"Print the completions of a shell for this program: bash, zsh, fish or PowerShell."`
	Man         manCmd         `cmd:"" help:"Print the man page; claude-lsp man | man -l - shows it."`

	VersionFlag kong.VersionFlag `name:"version" help:"Print the version."`
}

func main() {
	if info, ok := debug.ReadBuildInfo(); ok {
		version, commit, date = buildOf(info, version, commit, date)
	}
	var cl commandLine
	parser, err := newParser(&cl)
	if err != nil {
		fail(err)
	}
	ctx, err := parser.Parse(inPlaceOfNode(os.Args[1:]))
	if err != nil {
		parser.Stdout = os.Stderr // of the usage: an editor with a wrong argument reads stdout as the protocol
	}
	parser.Exit = func(code int) { os.Exit(min(code, 2)) } // kong's own is 80
	parser.FatalIfErrorf(err)
	fail(ctx.Run())
}

// inPlaceOfNode leaves out what only node could use. Plugins for Copilot's server
// start it as `node [FLAG...] .../language-server.js --stdio`, and many let node's
// path be set but not that command.
func inPlaceOfNode(args []string) []string {
	at := slices.IndexFunc(args, func(a string) bool {
		name := path.Base(filepath.ToSlash(a))
		return name == "language-server.js" || name == "agent.js"
	})
	for _, flag := range args[:max(at, 0)] {
		if !strings.HasPrefix(flag, "-") {
			return args // it belongs to another command
		}
	}
	return args[at+1:]
}

// newParser is what reads the command line, and what completions and man page
// are made from.
func newParser(cl *commandLine) (*kong.Kong, error) {
	return kong.New(cl,
		kong.Name("claude-lsp"),
		kong.Description("Claude's code completion for any editor that speaks LSP."),
		kong.UsageOnError(),
		kong.Vars{"editors": editorNames(), "version": versionLine()},
	)
}

// exitError is an error that only sets the exit code: what was to be said has
// been said.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// fail ends the program: silently with 0 when err is nil.
func fail(err error) {
	var code exitError
	switch {
	case err == nil:
		os.Exit(0)
	case errors.As(err, &code):
		os.Exit(int(code))
	default:
		fmt.Fprintln(os.Stderr, "claude-lsp:", err)
		os.Exit(1)
	}
}

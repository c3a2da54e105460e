package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// A subcommand is what completions and man page tell of one of the program's
// commands, in the order in which --help lists them.
type subcommand struct {
	name, help string
	byDefault  bool // it is what happens without a subcommand: its options are understood there too
	options    []option
	argument   *argument // nil where it takes none; no command takes more than one
}

// An option is a flag that people are shown.
type option struct {
	name, help string
	short      string    // one letter, or ""
	argument   *argument // nil where it stands for itself
}

// An argument is what stands behind a command or an option.
type argument struct {
	name, help string
	preset     string   // what counts without it
	file       bool     // it is the path of a file, or begins with one
	open       bool     // more belongs to it than a shell can complete, such as FILE:LINE:COL
	values     []string // all there are, where they are few
}

// describe reads the command line's model, without what is hidden. The options
// are those that stand before any subcommand and behind every one.
func describe(app *kong.Application) (commands []subcommand, options []option) {
	for _, node := range app.Leaves(true) {
		c := subcommand{name: node.Name, help: node.Help, byDefault: node == app.DefaultCmd, options: optionsOf(node)}
		for _, p := range node.Positional {
			c.argument = argumentOf(p, p.Name)
		}
		commands = append(commands, c)
	}
	return commands, optionsOf(app.Node)
}

func optionsOf(node *kong.Node) []option {
	var all []option
	for _, f := range node.Flags {
		if f.Hidden {
			continue
		}
		o := option{name: f.Name, help: f.Help}
		if f.Short != 0 {
			o.short = string(f.Short)
		}
		if !f.IsBool() {
			o.argument = argumentOf(f.Value, cmp.Or(f.PlaceHolder, f.Name))
		}
		all = append(all, o)
	}
	return all
}

// argumentOf tells files by the name that people are shown: FILE stands for
// one everywhere.
func argumentOf(v *kong.Value, shown string) *argument {
	a := &argument{name: strings.ToUpper(shown), help: v.Help, preset: v.Default}
	a.file = strings.HasPrefix(a.name, "FILE")
	a.open = a.file && a.name != "FILE"
	switch {
	case v.Enum != "":
		a.values = v.EnumSlice()
	case v.Name == "editor":
		a.values = strings.Split(editorNames(), ", ")
	}
	return a
}

// names are the names of all subcommands.
func names(commands []subcommand) []string {
	all := make([]string, 0, len(commands))
	for _, c := range commands {
		all = append(all, c.name)
	}
	return all
}

// flags are an option's spellings: --json, or -y and --yes.
func (o option) flags() []string {
	if o.short == "" {
		return []string{"--" + o.name}
	}
	return []string{"-" + o.short, "--" + o.name}
}

// spellings are those of all options given, and of those alone that take an
// argument if asked so.
func spellings(valued bool, options ...[]option) []string {
	var all []string
	for _, o := range slices.Concat(options...) {
		if !valued || o.argument != nil {
			all = append(all, o.flags()...)
		}
	}
	return all
}

// first is the first sentence of a help text, without its full stop: lists of
// a shell have a line for each entry.
func first(help string) string {
	sentence, _, _ := strings.Cut(help, ". ")
	return strings.TrimSuffix(sentence, ".")
}

package main

import (
	"strings"
	"testing"
)

// The page names every command and option that --help names, and cannot be
// mistaken for other macros than it has.
func TestManPage(t *testing.T) {
	parser, err := newParser(&commandLine{})
	if err != nil {
		t.Fatal(err)
	}
	commands, options := describe(parser.Model)
	page := manPage(parser.Model.Help, commands, options, "2026-01-02T23:30:00-05:00")
	if !strings.HasPrefix(page, ".Dd January 3, 2026\n") {
		t.Errorf("it begins with %.40q", page)
	}
	if len(commands) < 10 {
		t.Errorf("only %d commands", len(commands))
	}
	for _, c := range commands {
		if !strings.Contains(page, "\n.It Cm "+c.name) {
			t.Errorf("it does not describe %s", c.name)
		}
		for _, o := range c.options {
			if strings.Count(page, `Fl \-`+manWord(o.name)) < 2 {
				t.Errorf("it does not describe %s --%s", c.name, o.name)
			}
		}
	}
	if strings.Contains(page, "clientProcessId") {
		t.Error("it tells what is hidden")
	}
}

func TestManText(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"One sentence.", "One sentence.\n"},
		{"One. Two", "One.\nTwo\n"},
		{".claude-lsp.toml and --json", `\&.claude-lsp.toml and \-\-json` + "\n"},
		{`a\b`, `a\eb` + "\n"},
		{strings.Repeat("x", 78) + " .gitignore", strings.Repeat("x", 78) + "\n" + `\&.gitignore` + "\n"},
	} {
		var b strings.Builder
		manText(&b, tt.text)
		if b.String() != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, b.String(), tt.want)
		}
	}
}

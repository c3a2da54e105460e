package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// shellProgram is a shell, or mandoc: of this machine, or as make shells has
// fetched it.
func shellProgram(t *testing.T, name string) string {
	t.Helper()
	fetched, err := filepath.Abs("../../.cache/shells/bin/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if path, err := exec.LookPath(fetched); err == nil {
		return path
	}
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") != "":
		t.Fatalf("there is no %s; make shells fetches it", name)
	default:
		t.Skipf("there is no %s; make shells fetches it", name)
	}
	return ""
}

// Each shell is asked what it offers at the end of a command line, with a file
// and a folder beside it. PowerShell is no package of any system that the
// tests run on, so of its script only the words are looked at.
func TestCompletions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the shells are those of other systems")
	}
	dir := project(t, map[string]string{"main.go": "package a\n", "sub/x.go": "package b\n"})
	lines := []struct {
		line        string   // behind the program's name; the cursor is at its end
		want, never []string // what is offered, at least, and what is not
	}{
		{"", []string{"serve", "complete", "doctor", "why", "completions"}, []string{"main.go", "--json"}},
		{"do", []string{"doctor"}, []string{"why", "main.go"}},
		{"--", []string{"--stdio", "--listen", "--version", "--help"}, []string{"--json", "--clientProcessId", "--clock-speed"}},
		{"serve --re", []string{"--record"}, []string{"--stdio"}},
		{"--record m", []string{"main.go"}, []string{"man"}},
		{"--record=why st", []string{"stats"}, []string{"--json"}},
		{"complete m", []string{"main.go"}, []string{"man"}},
		{"complete --lines 3 m", []string{"main.go"}, []string{"man"}},
		{"doctor --editor ", []string{"emacs", "helix", "neovim"}, []string{"main.go", "doctor"}},
		{"doctor --editor h", []string{"helix"}, []string{"neovim"}},
		{"doctor --bundle m", []string{"main.go"}, nil},
		{"why -", []string{"--last", "--language", "-n"}, []string{"--editor"}},
		{"purge --", []string{"--yes", "--help"}, []string{"--json"}},
		{"completions ", []string{"bash", "zsh", "fish", "powershell"}, []string{"main.go"}},
	}
	for shell, arguments := range map[string][]string{"bash": nil, "zsh": {"-f"}, "fish": {"--no-config"}} {
		t.Run(shell, func(t *testing.T) {
			program := shellProgram(t, shell)
			text, errs, code := run(t, command(t, nil, "completions", shell))
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, errs)
			}
			script := filepath.Join(t.TempDir(), "script")
			write(t, script, text)
			driver, err := filepath.Abs("testdata/shells/offers." + shell)
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(program, append(arguments, driver, script)...)
			for _, l := range lines {
				cmd.Args = append(cmd.Args, "claude-lsp "+l.line)
			}
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "ZSH="+program, "TERM=dumb")
			out, errs, code := run(t, cmd)
			_, out, _ = strings.Cut("\n"+out, "\nat ")
			answers := strings.Split(out, "\nat ")
			if len(answers) != len(lines) {
				t.Fatalf("exit code %d, %d answers to %d lines: %s\n%s", code, len(answers), len(lines), errs, out)
			}
			for i, line := range lines {
				var got []string
				for l := range strings.Lines(answers[i]) {
					offer, _, _ := strings.Cut(strings.TrimSpace(l), "\t") // fish says what it is
					got = append(got, offer)
				}
				got = got[1:] // the line itself
				for _, want := range line.want {
					if !slices.Contains(got, want) {
						t.Errorf("%q: %q is not offered, only %q", line.line, want, got)
					}
				}
				for _, never := range line.never {
					if slices.Contains(got, never) {
						t.Errorf("%q: %q is offered, too: %q", line.line, never, got)
					}
				}
			}
		})
	}
}

// What the command line knows is in every script, quotes and all.
func TestPowerShellCompletions(t *testing.T) {
	out, errs, code := run(t, command(t, nil, "completions", "powershell"))
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, want := range []string{
		"Register-ArgumentCompleter -Native", "'doctor --editor' {", "@{ Text = 'helix'; Help = 'helix' }", "@{ Text = '--bundle'; Help = ",
		"Help = 'Read the file''s text from standard input,",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it has no %q", want)
		}
	}
	for _, pair := range []string{"{}", "()", "[]"} {
		if strings.Count(out, pair[:1]) != strings.Count(out, pair[1:]) {
			t.Errorf("%s are not in pairs", pair)
		}
	}
	if strings.Count(out, "'")%2 != 0 {
		t.Error("a quote has no end")
	}
}

func TestCompletionsOfAnUnknownShell(t *testing.T) {
	out, errs, code := run(t, command(t, nil, "completions", "tcsh"))
	if code == 0 || out != "" || !strings.Contains(errs, "powershell") {
		t.Errorf("exit code %d, %q, %q", code, out, errs)
	}
}

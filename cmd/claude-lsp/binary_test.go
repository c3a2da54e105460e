package main_test

import (
	"os/exec"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/claude-lsp/claude-lsp/internal/fake/built"
	"github.com/claude-lsp/claude-lsp/internal/fake/editor"
)

func TestMain(m *testing.M) { built.Main(m) }

// command is a run of the binary with a home of its own and nothing else of
// the environment.
func command(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	return built.Command(t, env, args...)
}

// process is a running server as a connection.
type process = built.Process

// startServer runs the server and connects a strict editor with it.
func startServer(t testing.TB, env []string, o editor.Options) *editor.Editor {
	t.Helper()
	e, _ := startProcess(t, env, o)
	return e
}

func startProcess(t testing.TB, env []string, o editor.Options, args ...string) (*editor.Editor, *process) {
	t.Helper()
	return built.Start(t, env, o, args...)
}

// position is the place behind a text, in the encoding that the server will
// choose of those offered.
func position(before string, offered []string) editor.Position {
	line := strings.Count(before, "\n")
	last := before[strings.LastIndex(before, "\n")+1:]
	utf8, utf32 := false, false
	for _, o := range offered {
		utf8, utf32 = utf8 || o == "utf-8", utf32 || o == "utf-32"
	}
	switch {
	case utf8:
		return editor.Position{Line: line, Character: len(last)}
	case utf32 && offered[0] == "utf-32":
		return editor.Position{Line: line, Character: len([]rune(last))}
	default:
		return editor.Position{Line: line, Character: len(utf16.Encode([]rune(last)))}
	}
}

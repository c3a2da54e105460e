package store

import (
	"errors"
	"path/filepath"
	"runtime"
)

// Path returns the usual place of the store: below $XDG_STATE_HOME where that
// is an absolute path, as its specification demands; else below the local
// application data on Windows, and below ~/.local/state everywhere else. That
// includes macOS, where people look for a command line program's files beside
// those of their other command line programs.
func Path(getenv func(string) string) (string, error) {
	return pathOn(runtime.GOOS, getenv)
}

func pathOn(system string, getenv func(string) string) (string, error) {
	const name = "claude-lsp/store.db"
	if state := getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, name), nil
	}
	if system == "windows" {
		if local := getenv("LocalAppData"); local != "" {
			return filepath.Join(local, name), nil
		}
		return "", errors.New("neither XDG_STATE_HOME nor LocalAppData is set")
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".local/state", name), nil
	}
	return "", errors.New("neither XDG_STATE_HOME nor HOME is set")
}

package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// unreleased is the version of a build that knows of none: go run, go test,
// and go build of sources without their history.
const unreleased = "0.1.0-dev"

// What a release is stamped with (the linker's -X; see Makefile and
// .goreleaser.yaml). Where nothing was stamped, as by go install, main fills in
// what the go command writes into every binary.
var (
	version = unreleased // such as v0.3.1, or what git describe says between releases
	commit  string       // its full hash
	date    string       // of the commit, RFC 3339: a build's own time would make each build another
)

// buildOf completes what was stamped with what the go command knows: the
// module's version, and the revision of a work tree.
func buildOf(info *debug.BuildInfo, version, commit, date string) (v, revision, at string) {
	setting := func(key string) string {
		for _, s := range info.Settings {
			if s.Key == key {
				return s.Value
			}
		}
		return ""
	}
	if module := info.Main.Version; version == unreleased && module != "" && module != "(devel)" {
		version = module
	}
	return version, cmp.Or(commit, setting("vcs.revision")), cmp.Or(date, setting("vcs.time"))
}

type versionCmd struct{}

// Run prints the version, and what it was built from and with, on one line.
func (versionCmd) Run() error {
	_, err := fmt.Println(versionLine())
	return err
}

// versionLine is made for people and for bug reports: version, commit, day,
// compiler, platform. What is not known is left out.
func versionLine() string {
	var built []string
	if commit != "" {
		built = append(built, "commit "+commit[:min(len(commit), 12)])
	}
	if at, err := time.Parse(time.RFC3339, date); err == nil {
		built = append(built, at.UTC().Format(time.DateOnly))
	}
	built = append(built, fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH))
	return fmt.Sprintf("claude-lsp %s (%s)", version, strings.Join(built, ", "))
}

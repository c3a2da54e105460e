// Command release makes what a release consists of beside its binaries. It is
// for those who publish, and ships nowhere.
//
//	release notices FILE           licences of all that the binary links
//	release stage BINARY FOLDER VERSION DATE    completions and man page, as packages hold them
//	release npm DIST FOLDER        npm packages from a folder that goreleaser has filled
//	release formula DIST FOLDER    the Homebrew formula, likewise
//
// Its tests try what was made as a user would: go install through a module
// proxy, and, where RELEASE_DIST names a folder that goreleaser has filled,
// every archive and package in it.
package main

import (
	"fmt"
	"os"
)

// A job is one of the program's commands, with what stands behind it.
type job struct {
	arguments string
	count     int
	do        func(args []string) error
}

var jobs = map[string]job{
	"notices": {"FILE", 1, func(args []string) error { return writeNotices("../..", args[0]) }},
	"stage":   {"BINARY FOLDER VERSION DATE", 4, func(args []string) error { return stage(args[0], args[1], args[2], args[3]) }},
	"npm":     {"DIST FOLDER", 2, func(args []string) error { return makeNPM(args[0], args[1]) }},
	"formula": {"DIST FOLDER", 2, func(args []string) error { return makeFormula(args[0], args[1]) }},
}

func main() {
	if len(os.Args) > 1 {
		if j, ok := jobs[os.Args[1]]; ok && len(os.Args) == 2+j.count {
			if err := j.do(os.Args[2:]); err != nil {
				fmt.Fprintln(os.Stderr, "release:", err)
				os.Exit(1)
			}
			return
		}
	}
	for name, j := range jobs {
		fmt.Fprintln(os.Stderr, "usage: release", name, j.arguments)
	}
	os.Exit(2)
}

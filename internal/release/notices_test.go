package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Whoever changes what is linked is told what to run.
func TestNoticesAreCurrent(t *testing.T) {
	all, err := notices("../..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../THIRD-PARTY-NOTICES")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, render(all)) {
		t.Error("THIRD-PARTY-NOTICES is not what the binary links now; run make notices and look at the difference")
	}
	for _, module := range []string{"github.com/danieljoos/wincred", "github.com/godbus/dbus/v5", "The Go standard library and runtime"} {
		if !bytes.Contains(got, []byte("\n  "+module+" ")) {
			t.Errorf("%s, which not every platform links, is not there", module)
		}
	}
}

func TestLicences(t *testing.T) {
	mit, err := os.ReadFile(moduleFile(t, "github.com/alecthomas/kong", "COPYING"))
	if err != nil {
		t.Fatal(err)
	}
	const gpl = "This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public License " +
		"as published by the Free Software Foundation, either version 3 of the License, or (at your option) any later version.\n"
	for _, tt := range []struct {
		name, content, want, fails string
	}{
		{"MIT", string(mit), "MIT", ""},
		{"one that is refused", gpl, "", "GPL-3.0"},
		{"one beside another", string(mit) + "\n" + gpl, "", "GPL-3.0"},
		{"none", "Do with it what you like, but never on Sundays.\n", "", "read it"},
		{"none that somebody has read", strings.Repeat("All rights reserved. ", 20), "", "sha256"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := licencesOf("example.com/x/LICENSE", []byte(tt.content))
			switch {
			case tt.fails == "" && (err != nil || strings.Join(got, " ") != tt.want):
				t.Errorf("%q, %v, want %q", got, err, tt.want)
			case tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails)):
				t.Errorf("%q, %v, want an error with %q", got, err, tt.fails)
			}
		})
	}
}

// A text that somebody has read counts as long as it stays what it was.
func TestReadTextsAreReadAgainWhenTheyChange(t *testing.T) {
	const name = "modernc.org/sqlite/LICENSE-SQLITE"
	content, err := os.ReadFile(moduleFile(t, "modernc.org/sqlite", "LICENSE-SQLITE"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := licencesOf(name, content); err != nil {
		t.Error(err)
	}
	if got, err := licencesOf(name, append(content, "But not on Sundays."...)); err == nil {
		t.Errorf("it was taken as %q after a change", got)
	}
}

func TestLicenceFiles(t *testing.T) {
	for name, want := range map[string]bool{
		"LICENSE": true, "LICENCE.txt": true, "COPYING": true, "NOTICE": true, "PATENTS": true, "LICENSE-GO": true, "UNLICENSE": true,
		"checklicense.sh": false, "license.go": true, "README.md": false, "noticeboard.go": false,
	} {
		if got := licenceFile.MatchString(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// moduleFile is the path of a file of a module that the server needs.
func moduleFile(t *testing.T, module, name string) string {
	t.Helper()
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out)) + "/" + name
}

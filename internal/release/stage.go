package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// completionFiles are the names under which shells look for completions.
var completionFiles = map[string]string{
	"bash": "claude-lsp.bash", "zsh": "_claude-lsp", "fish": "claude-lsp.fish", "powershell": "claude-lsp.ps1",
}

// stage writes what archives and packages hold beside the binary: completions
// and man page as a binary of this system prints them, and what Debian wants.
// date is the commit's, RFC 3339: the same sources make the same bytes.
func stage(binary, folder, version, date string) error {
	at, err := time.Parse(time.RFC3339, date)
	if err != nil {
		return err
	}
	for shell, name := range completionFiles {
		script, err := exec.Command(binary, "completions", shell).Output()
		if err != nil {
			return fmt.Errorf("completions %s: %w", shell, err)
		}
		if err := put(filepath.Join(folder, "completions", name), script, 0o644); err != nil {
			return err
		}
	}
	page, err := exec.Command(binary, "man").Output()
	if err != nil {
		return fmt.Errorf("man: %w", err)
	}
	notices, err := os.ReadFile("../../THIRD-PARTY-NOTICES")
	if err != nil {
		return err
	}
	// What a Debian version may hold: 0.1.0~next sorts before 0.1.0.
	changelog := fmt.Sprintf("claude-lsp (%s) unstable; urgency=medium\n\n  * What is new: https://github.com/claude-lsp/claude-lsp/blob/main/CHANGELOG.md\n\n -- %s  %s\n",
		strings.Replace(version, "-", "~", 1), maintainer, at.UTC().Format(time.RFC1123Z))
	for name, data := range map[string][]byte{
		"man/claude-lsp.1":              page,
		"debian/claude-lsp.1.gz":        compress(page),
		"debian/changelog.gz":           compress([]byte(changelog)),
		"debian/THIRD-PARTY-NOTICES.gz": compress(notices),
		"debian/copyright":              []byte(copyright),
		"debian/overrides":              []byte(overrides),
	} {
		if err := put(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// maintainer is who a package names, as .goreleaser.yaml does.
const maintainer = "The claude-lsp authors <claude-lsp@users.noreply.github.com>"

const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: claude-lsp
Source: https://github.com/claude-lsp/claude-lsp
Comment: The licences of the Go modules that the program links are in
 /usr/share/doc/claude-lsp/THIRD-PARTY-NOTICES.gz.

Files: *
Copyright: 2026 The claude-lsp authors
License: Apache-2.0

License: Apache-2.0
 On Debian systems, the full text of the Apache License 2.0 is in
 /usr/share/common-licenses/Apache-2.0.
`

// overrides tells lintian what is meant to be so.
const overrides = `# A Go program without cgo is linked statically on purpose.
claude-lsp: statically-linked-binary [usr/bin/claude-lsp]
# It is not packaged for Debian itself, so there is no bug that asks for it.
claude-lsp: initial-upload-closes-no-bugs [usr/share/doc/claude-lsp/changelog.gz:1]
`

// compress is gzip -9n.
func compress(data []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // the level is right, and memory takes every byte
	}
	return b.Bytes()
}

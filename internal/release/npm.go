package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// shim starts the binary of the platform's package. npm links it as
// claude-lsp.
//
//go:embed npm/claude-lsp.js
var shim []byte

// A manifest is a package.json.
type manifest struct {
	Name                 string            `json:"name"`
	Version              string            `json:"version"`
	Description          string            `json:"description"`
	License              string            `json:"license"`
	Homepage             string            `json:"homepage"`
	Repository           map[string]string `json:"repository"`
	Keywords             []string          `json:"keywords,omitempty"`
	Bin                  map[string]string `json:"bin,omitempty"`
	Engines              map[string]string `json:"engines,omitempty"`
	OS                   []string          `json:"os,omitempty"`
	CPU                  []string          `json:"cpu,omitempty"`
	PreferUnplugged      bool              `json:"preferUnplugged,omitempty"` // Yarn: a binary cannot run from a zip
	OptionalDependencies map[string]string `json:"optionalDependencies,omitempty"`
}

// npmName is the package that carries a platform's binary.
func (p platform) npmName() string { return fmt.Sprintf("@claude-lsp/%s-%s", p.os, p.cpu) }

// makeNPM writes a folder for each npm package: claude-lsp, which people
// install, and one with the binary for each platform, of which npm takes the
// one that fits. No package runs a script when it is installed.
func makeNPM(from, to string) error {
	d, err := openDist(from)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	about := func(name, description string) manifest {
		return manifest{
			Name: name, Version: d.version, Description: description, License: "Apache-2.0",
			Homepage: "https://github.com/claude-lsp/claude-lsp", Repository: map[string]string{"type": "git", "url": "git+https://github.com/claude-lsp/claude-lsp.git"},
		}
	}
	whole := about("claude-lsp", "Claude's code completion for any editor that speaks LSP")
	whole.Keywords = []string{"lsp", "language-server", "completion", "claude", "ghost-text"}
	whole.Bin = map[string]string{"claude-lsp": "bin/claude-lsp.js"}
	whole.Engines = map[string]string{"node": ">=18"}
	whole.OptionalDependencies = map[string]string{}
	var papers map[string]entry // the same in each archive
	for _, p := range platforms {
		files, err := d.entries(p)
		if err != nil {
			return err
		}
		papers = files
		m := about(p.npmName(), fmt.Sprintf("The binary of claude-lsp for %s on %s; install claude-lsp instead", p.os, p.cpu))
		m.OS, m.CPU, m.PreferUnplugged = []string{p.os}, []string{p.cpu}, true
		whole.OptionalDependencies[m.Name] = d.version
		folder := filepath.Join(to, fmt.Sprintf("%s-%s", p.os, p.cpu))
		if err := writePackage(folder, m, files, "LICENSE", "THIRD-PARTY-NOTICES"); err != nil {
			return err
		}
		readme := fmt.Sprintf("# %s\n\nThe binary of [claude-lsp](https://www.npmjs.com/package/claude-lsp) for one platform. `npm install claude-lsp` takes the right one.\n", m.Name)
		if err := put(filepath.Join(folder, "README.md"), []byte(readme), 0o644); err != nil {
			return err
		}
		if err := put(filepath.Join(folder, "bin", p.program()), files[p.program()].data, 0o755); err != nil {
			return err
		}
	}
	folder := filepath.Join(to, "claude-lsp")
	if err := writePackage(folder, whole, papers, "LICENSE", "THIRD-PARTY-NOTICES", "README.md"); err != nil {
		return err
	}
	return put(filepath.Join(folder, "bin", "claude-lsp.js"), shim, 0o755)
}

// writePackage writes package.json and some files of an archive.
func writePackage(folder string, m manifest, files map[string]entry, names ...string) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := put(filepath.Join(folder, "package.json"), append(data, '\n'), 0o644); err != nil {
		return err
	}
	for _, name := range names {
		f, ok := files[name]
		if !ok {
			return fmt.Errorf("the archive for %s has no %s", m.Name, name)
		}
		if err := put(filepath.Join(folder, name), f.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

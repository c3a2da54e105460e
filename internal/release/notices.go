package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// accepted are the licences, by SPDX, whose code the binary may link: those
// that ask for no more than their text beside it. The Go community's patent
// grant comes beside the licence of some modules and asks for nothing.
var accepted = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "GooglePatentClause", "GooglePatentsFile"}

// notLinked are files that look like licences of linked code and are those of
// something else in the module.
var notLinked = map[string]string{
	"modernc.org/sqlite/LICENSE-3RD-PARTY.md": "a list of its whole module graph; what is linked of that stands here on its own account",
	"modernc.org/memory/LICENSE-LOGO":         "a picture on its page",
	"modernc.org/sqlite/LICENSE-SQLITE_VEC":   "an extension in a package of its own, which is not imported",
}

// read are texts that no program recognizes, with the licences that a person
// found in them. One that changes has to be read again, so its hash is here.
var read = map[string]struct {
	sha256   string
	licences []string
}{
	"modernc.org/libc/LICENSE-3RD-PARTY.md": {"f597097efe3d97021f89170746bd3a0fb9a8b6fb26b82043ed68a4e0283bee6c", []string{"BSD-3-Clause", "MIT"}}, // Go, musl, go-netdb, nixpkgs
	"modernc.org/sqlite/LICENSE-SQLITE":     {"8438c9c89b849131ead81d5435cb97fcf052df5b0b286dda8a2d4c29e6cb3fd0", []string{"public domain"}},
}

// licenceFile is what files with licences are called.
var licenceFile = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice|patents)([-._].*)?$`)

// A notice is one module that is linked.
type notice struct {
	module, version string
	licences        []string // by SPDX, sorted
	texts           []text
}

// A text is one licence file, named below its module.
type text struct{ name, content string }

// writeNotices writes the notices of the module at root.
func writeNotices(root, file string) error {
	all, err := notices(root)
	if err != nil {
		return err
	}
	return os.WriteFile(file, render(all), 0o644) //nolint:gosec // it is published
}

// notices looks at what the binary links on any platform. It fails for a module
// without a licence, and for one whose licence is not accepted.
func notices(root string) ([]notice, error) {
	found := map[string]*notice{}
	var order []string
	seen := map[string]bool{}
	for _, p := range platforms {
		err := linked(root, p, func(dir, module, version, moduleDir string) error {
			n := found[module]
			if n == nil {
				n = &notice{module: module, version: version}
				found[module] = n
				order = append(order, module)
			}
			// A folder between module and package may have a licence of its own.
			for ; ; dir = filepath.Dir(dir) {
				if !seen[dir] {
					seen[dir] = true
					if err := n.look(moduleDir, dir); err != nil {
						return err
					}
				}
				if dir == moduleDir || len(dir) <= len(moduleDir) {
					return nil
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(order)
	all := make([]notice, 0, len(order))
	for _, module := range order {
		n := found[module]
		if len(n.texts) == 0 {
			return nil, fmt.Errorf("%s has no licence, so it may not be linked", module)
		}
		slices.SortFunc(n.texts, func(a, b text) int { return strings.Compare(a.name, b.name) })
		slices.Sort(n.licences)
		n.licences = slices.Compact(n.licences)
		all = append(all, *n)
	}
	return all, nil
}

// linked calls do for every package outside of this module which the binary
// links on a platform. The standard library comes as a module of its own.
func linked(root string, p platform, do func(dir, module, version, moduleDir string) error) error {
	cmd := exec.Command("go", "list", "-deps", "-json=Dir,Standard,Module", "./cmd/claude-lsp")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+p.goos, "GOARCH="+p.goarch, "CGO_ENABLED=0", "GOWORK=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list for %s: %w", p, err)
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	std := strings.TrimSpace(string(goroot))
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct {
			Dir      string
			Standard bool
			Module   *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		err := d.Decode(&pkg)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case pkg.Standard:
			err = do(std, "The Go standard library and runtime", "", std)
		case pkg.Module != nil && !pkg.Module.Main:
			err = do(pkg.Dir, pkg.Module.Path, pkg.Module.Version, pkg.Module.Dir)
		}
		if err != nil {
			return err
		}
	}
}

// look reads the licences in a folder of the module.
func (n *notice) look(moduleDir, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
			continue
		}
		name, err := filepath.Rel(moduleDir, filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if notLinked[n.module+"/"+name] != "" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		licences, err := licencesOf(n.module+"/"+name, content)
		if err != nil {
			return err
		}
		n.licences = append(n.licences, licences...)
		n.texts = append(n.texts, text{name, strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n"))})
	}
	return nil
}

// licencesOf names the licences in a text. One that is not accepted is an
// error, and so is a text of which too much is no known licence.
func licencesOf(name string, content []byte) ([]string, error) {
	sum := fmt.Sprintf("%x", sha256.Sum256(content))
	if known, ok := read[name]; ok && known.sha256 == sum {
		return known.licences, nil
	}
	covered := licensecheck.Scan(content)
	var ids []string
	for _, m := range covered.Match {
		if m.IsURL {
			continue
		}
		if !slices.Contains(accepted, m.ID) {
			return nil, fmt.Errorf("%s is under %s, which is not among the accepted licences of internal/release/notices.go", name, m.ID)
		}
		ids = append(ids, m.ID)
	}
	if covered.Percent < 75 {
		return nil, fmt.Errorf("only %.0f %% of %s is a known licence (%q); read it, and add it to those read in internal/release/notices.go (sha256 %s)", covered.Percent, name, ids, sum)
	}
	return ids, nil
}

// render writes a list of all modules, then their texts.
func render(all []notice) []byte {
	var b bytes.Buffer
	b.WriteString("claude-lsp is licensed under the Apache License 2.0 (LICENSE). Its binaries hold\ncode of others, under the licences below.\n\n")
	for _, n := range all {
		fmt.Fprintf(&b, "  %s (%s)\n", strings.TrimSpace(n.module+" "+n.version), strings.Join(n.licences, ", "))
	}
	for _, n := range all {
		for _, t := range n.texts {
			fmt.Fprintf(&b, "\n%s\n%s: %s\n%s\n\n%s\n", strings.Repeat("=", 80), n.module, t.name, strings.Repeat("=", 80), t.content)
		}
	}
	return b.Bytes()
}

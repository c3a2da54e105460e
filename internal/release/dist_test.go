package main

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// released is what make dist has built; without it there is nothing to try.
func released(t *testing.T) dist {
	t.Helper()
	dir := os.Getenv("RELEASE_DIST")
	if dir == "" {
		t.Skip("make test-release builds what this tries")
	}
	d, err := openDist(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDistChecksums(t *testing.T) {
	d := released(t)
	want := []string{}
	for _, p := range platforms {
		want = append(want, d.archive(p), fmt.Sprintf("claude-lsp_%s_%s.cdx.json", d.version, p))
	}
	for _, p := range platforms {
		if p.goos == "linux" {
			want = append(want, d.deb(p))
		}
	}
	for name, sum := range d.sums {
		data, err := os.ReadFile(filepath.Join(d.dir, name))
		if err != nil {
			t.Error(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(data)); got != sum {
			t.Errorf("%s has the sum %s, and checksums.txt says %s", name, got, sum)
		}
		if !slices.Contains(want, name) {
			t.Errorf("%s is published too", name)
		}
	}
	if len(d.sums) != len(want) {
		t.Errorf("%d files have a sum, want %d: %q", len(d.sums), len(want), want)
	}
}

// deb is the name of a platform's Debian package.
func (d dist) deb(p platform) string {
	return fmt.Sprintf("claude-lsp_%s_%s.deb", strings.Replace(d.version, "-", "~", 1), p.goarch)
}

func TestDistArchives(t *testing.T) {
	d := released(t)
	for _, p := range platforms {
		t.Run(p.String(), func(t *testing.T) {
			files, err := d.entries(p)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for name, e := range files {
				got = append(got, name)
				if len(e.data) == 0 {
					t.Errorf("%s is empty", name)
				}
				if want := os.FileMode(0o644); name != p.program() && e.mode.Perm() != want {
					t.Errorf("%s has the mode %v, want %v", name, e.mode, want)
				}
			}
			slices.Sort(got)
			want := []string{
				"LICENSE", "README.md", "THIRD-PARTY-NOTICES", p.program(),
				"completions/_claude-lsp", "completions/claude-lsp.bash", "completions/claude-lsp.fish", "completions/claude-lsp.ps1", "man/claude-lsp.1",
			}
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("it holds\n%q, want\n%q", got, want)
			}
			if mode := files[p.program()].mode.Perm(); mode != 0o755 {
				t.Errorf("the binary has the mode %v", mode)
			}
			checkBinary(t, p, files[p.program()].data)
		})
	}
}

// checkBinary looks at a binary's head: system, processor, and that it needs
// no interpreter and no library but those which every such system has.
func checkBinary(t *testing.T, p platform, data []byte) {
	t.Helper()
	if size := len(data) >> 20; size < 5 || size > 60 {
		t.Errorf("the binary has %d MB", size)
	}
	r := bytes.NewReader(data)
	switch p.goos {
	case "linux":
		f, err := elf.NewFile(r)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[p.goarch]; f.Machine != want {
			t.Errorf("it is for %v", f.Machine)
		}
		for _, prog := range f.Progs {
			if prog.Type == elf.PT_INTERP || prog.Type == elf.PT_DYNAMIC {
				t.Errorf("it is not static: %v", prog.Type)
			}
		}
		if f.Section(".debug_info") != nil || f.Section(".symtab") != nil {
			t.Error("it is not stripped")
		}
	case "darwin":
		f, err := macho.NewFile(r)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]macho.Cpu{"amd64": macho.CpuAmd64, "arm64": macho.CpuArm64}[p.goarch]; f.Cpu != want {
			t.Errorf("it is for %v", f.Cpu)
		}
		libraries, err := f.ImportedLibraries()
		for _, l := range libraries {
			if !strings.HasPrefix(l, "/usr/lib/") && !strings.HasPrefix(l, "/System/Library/") {
				t.Errorf("it needs %s", l)
			}
		}
		if err != nil {
			t.Error(err)
		}
	case "windows":
		f, err := pe.NewFile(r)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]uint16{"amd64": pe.IMAGE_FILE_MACHINE_AMD64, "arm64": pe.IMAGE_FILE_MACHINE_ARM64}[p.goarch]; f.Machine != want {
			t.Errorf("it is for %#x", f.Machine)
		}
	}
}

// Each SBOM is of the binary beside it: it names the modules that notices
// name, and the server with its version.
func TestDistSBOMs(t *testing.T) {
	d := released(t)
	for _, p := range platforms {
		data, err := os.ReadFile(filepath.Join(d.dir, fmt.Sprintf("claude-lsp_%s_%s.cdx.json", d.version, p)))
		if err != nil {
			t.Fatal(err)
		}
		type component struct{ Name, Version, PURL string }
		var bom struct {
			BOMFormat, SpecVersion string
			Metadata               struct{ Component component }
			Components             []component
		}
		if err := json.Unmarshal(data, &bom); err != nil {
			t.Fatal(err)
		}
		if c := bom.Metadata.Component; bom.BOMFormat != "CycloneDX" || bom.SpecVersion == "" || c.Name != modulePath || c.Version != "v"+d.version {
			t.Errorf("%s: %s %s of %+v", p, bom.BOMFormat, bom.SpecVersion, c)
		}
		got := map[string]bool{}
		for _, c := range bom.Components {
			got[c.Name+" "+c.Version] = true
			if !strings.HasPrefix(c.PURL, "pkg:golang/") {
				t.Errorf("%s: %s has the address %q", p, c.Name, c.PURL)
			}
		}
		err = linked("../..", p, func(_, module, version, _ string) error {
			if version != "" && !got[module+" "+version] {
				t.Errorf("%s: %s %s is not in it", p, module, version)
				got[module+" "+version] = true // once
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if len(bom.Components) < 15 {
			t.Errorf("%s: only %d components", p, len(bom.Components))
		}
	}
}

// here is the platform of this machine.
func here(t *testing.T) platform {
	t.Helper()
	for _, p := range platforms {
		if p.goos == runtime.GOOS && p.goarch == runtime.GOARCH {
			return p
		}
	}
	t.Skip("there is no release for this machine")
	return platform{}
}

// The archive is unpacked into an empty folder and used.
func TestDistArchiveRuns(t *testing.T) {
	d := released(t)
	p := here(t)
	files, err := d.entries(p)
	if err != nil {
		t.Fatal(err)
	}
	prefix := t.TempDir()
	for name, e := range files {
		if err := put(filepath.Join(prefix, name), e.data, e.mode.Perm()); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(prefix, p.program())
	try(t, d, program)
	// What lies beside the binary is what it prints.
	for shell, name := range completionFiles {
		if out, err := start(t, program, "completions", shell).Output(); err != nil || !bytes.Equal(out, files["completions/"+name].data) {
			t.Errorf("%s is not what the binary prints (%v)", name, err)
		}
	}
	if out, err := start(t, program, "man").Output(); err != nil || !bytes.Equal(out, files["man/claude-lsp.1"].data) || bytes.HasPrefix(out, []byte(".Dd\n")) {
		t.Errorf("the man page is not what the binary prints, or has no date (%v)", err)
	}
}

// try runs an installed program: its version, and a session with an editor.
func try(t *testing.T, d dist, program string, args ...string) {
	t.Helper()
	out, err := start(t, program, append(args, "version")...).CombinedOutput()
	if want := "claude-lsp v" + d.version + " (commit "; err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("it prints %q, %v, want %q", out, err, want)
	}
	session(t, program, "v"+d.version, args...)
}

// The formula is Ruby's; without Ruby its shape is looked at: what it names is
// there, with the sum that it has, and what it opens ends.
func TestFormula(t *testing.T) {
	d := made(t)
	formula, err := d.formula()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range platforms {
		if p.goos == "windows" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(d.dir, d.archive(p)))
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("releases/download/v%s/%s\"\n      sha256 \"%x\"", d.version, d.archive(p), sha256.Sum256(data))
		if !strings.Contains(formula, want) {
			t.Errorf("it has no %s", want)
		}
		files, err := d.entries(p)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(formula) {
			if _, rest, ok := strings.Cut(line, ".install \""); ok {
				if name, _, _ := strings.Cut(rest, `"`); files[name].data == nil {
					t.Errorf("it installs %s, which %s has not", name, d.archive(p))
				}
			}
		}
	}
	opened, closed := 0, 0
	for line := range strings.Lines(formula) {
		line = strings.TrimSpace(line)
		if strings.HasSuffix(line, " do") || strings.HasPrefix(line, "def ") || strings.HasPrefix(line, "class ") {
			opened++
		}
		if line == "end" {
			closed++
		}
	}
	if opened != closed || opened != 9 {
		t.Errorf("%d blocks are opened and %d closed:\n%s", opened, closed, formula)
	}
	if ruby, err := exec.LookPath("ruby"); err == nil {
		cmd := exec.Command(ruby, "-wc")
		cmd.Stdin = strings.NewReader(formula)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

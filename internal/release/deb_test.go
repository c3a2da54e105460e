package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// need is a program of this machine that a test cannot do without.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("there is no %s", name)
		}
		t.Skipf("there is no %s", name)
	}
	return path
}

// output runs a command of the machine's and returns what it prints.
func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s%s", name, args, err, out, errs.String())
	}
	return string(out)
}

func TestDistDebianPackages(t *testing.T) {
	d := released(t)
	dpkg := need(t, "dpkg-deb")
	for _, p := range platforms {
		if p.goos != "linux" {
			continue
		}
		t.Run(p.goarch, func(t *testing.T) {
			file := filepath.Join(d.dir, d.deb(p))
			for field, want := range map[string]string{
				"Package": "claude-lsp", "Architecture": p.goarch, "Depends": "", "Section": "editors", "Priority": "optional", "Maintainer": maintainer,
				"Version": strings.Replace(d.version, "-", "~", 1),
			} {
				if got := strings.TrimSpace(output(t, "", dpkg, "--field", file, field)); got != want {
					t.Errorf("%s is %q, want %q", field, got, want)
				}
			}
			root := t.TempDir()
			output(t, "", dpkg, "--extract", file, root)
			var got []string
			err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
				if err == nil && !e.IsDir() {
					got = append(got, strings.TrimPrefix(filepath.ToSlash(path), filepath.ToSlash(root)))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			want := []string{
				"/usr/bin/claude-lsp", "/usr/share/bash-completion/completions/claude-lsp", "/usr/share/doc/claude-lsp/THIRD-PARTY-NOTICES.gz",
				"/usr/share/doc/claude-lsp/changelog.gz", "/usr/share/doc/claude-lsp/copyright", "/usr/share/fish/vendor_completions.d/claude-lsp.fish",
				"/usr/share/lintian/overrides/claude-lsp", "/usr/share/man/man1/claude-lsp.1.gz", "/usr/share/zsh/vendor-completions/_claude-lsp",
			}
			if !slices.Equal(got, want) {
				t.Errorf("it holds\n%q, want\n%q", got, want)
			}
			if lintian, err := exec.LookPath("lintian"); err == nil {
				if out := output(t, "", lintian, "--fail-on", "error,warning", "--allow-root", file); strings.TrimSpace(out) != "" {
					t.Logf("lintian:\n%s", out)
				}
			}
			if p.goos == runtime.GOOS && p.goarch == runtime.GOARCH {
				try(t, d, filepath.Join(root, "usr/bin/claude-lsp"))
			}
		})
	}
}

// dpkg itself installs the package below a folder, and removes it without a
// trace.
func TestDistDebianInstalls(t *testing.T) {
	d := released(t)
	p := here(t)
	dpkg := need(t, "dpkg")
	if os.Geteuid() != 0 {
		t.Skip("dpkg installs for root alone")
	}
	root := t.TempDir()
	for _, dir := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(filepath.Join(root, "var/lib/dpkg/status"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	output(t, "", dpkg, "--root="+root, "--log="+filepath.Join(root, "log"), "--install", filepath.Join(d.dir, d.deb(p)))
	try(t, d, filepath.Join(root, "usr/bin/claude-lsp"))
	output(t, "", dpkg, "--root="+root, "--log="+filepath.Join(root, "log"), "--purge", "claude-lsp")
	if _, err := os.Stat(filepath.Join(root, "usr/bin/claude-lsp")); err == nil {
		t.Error("it is still there")
	}
}

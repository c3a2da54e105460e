package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What npm publishes is packed, and installed from the packs into an empty
// folder, without scripts and without a network.
func TestDistNPM(t *testing.T) {
	d := released(t)
	p := here(t)
	npm := need(t, "npm")
	packages := t.TempDir()
	if err := makeNPM(d.dir, packages); err != nil {
		t.Fatal(err)
	}
	packs := map[string]string{}
	for _, name := range []string{"claude-lsp", p.os + "-" + p.cpu} {
		var packed []struct {
			Filename string
			Files    []struct{ Path string }
		}
		if err := json.Unmarshal([]byte(output(t, filepath.Join(packages, name), npm, "pack", "--json")), &packed); err != nil || len(packed) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		var files []string
		for _, f := range packed[0].Files {
			files = append(files, f.Path)
		}
		program := "bin/" + p.program()
		if name == "claude-lsp" {
			program = "bin/claude-lsp.js"
		}
		for _, want := range []string{"LICENSE", "README.md", "THIRD-PARTY-NOTICES", "package.json", program} {
			if !strings.Contains(strings.Join(files, "\n")+"\n", want+"\n") {
				t.Errorf("%s has no %s: %q", name, want, files)
			}
		}
		packs[name] = filepath.Join(packages, name, packed[0].Filename)
	}
	folder := t.TempDir()
	install := func(packs ...string) {
		t.Helper()
		if err := put(filepath.Join(folder, "package.json"), []byte("{}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		output(t, folder, npm, append([]string{"install", "--ignore-scripts", "--no-audit", "--no-fund", "--offline"}, packs...)...)
	}
	install(packs["claude-lsp"], packs[p.os+"-"+p.cpu])
	linked := filepath.Join(folder, "node_modules", ".bin", "claude-lsp")
	try(t, d, linked)
	if got := output(t, folder, npm, "exec", "--offline", "--", "claude-lsp", "version"); !strings.HasPrefix(got, "claude-lsp v"+d.version+" (") {
		t.Errorf("npx prints %q", got)
	}

	// The exit code is the server's, and a signal ends both.
	var bad *exec.ExitError
	if err := start(t, linked, "--nonsense").Run(); !asExit(err, &bad) || bad.ExitCode() != 2 {
		t.Errorf("a wrong argument ends it with %v, want 2", err)
	}
	cmd := start(t, linked, "serve", "--listen", "127.0.0.1:0")
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := errs.Read(make([]byte, 100)); err != nil { // it says where it listens
		t.Error(err)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	rest := make([]byte, 1000)
	for {
		if _, err := errs.Read(rest); err != nil {
			break // the server has closed its end, so it is gone
		}
	}
	_ = cmd.Wait()

	// Without the platform's package it says what to do.
	folder = t.TempDir()
	install(packs["claude-lsp"])
	out, err := start(t, filepath.Join(folder, "node_modules", ".bin", "claude-lsp"), "version").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--omit=optional") {
		t.Errorf("%v: %s", err, out)
	}
}

func asExit(err error, to **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError) //nolint:errorlint // it comes from Run itself
	*to = e
	return ok
}

// Every platform has its package, of the same version, and none runs a script.
func TestNPMManifests(t *testing.T) {
	d := made(t)
	packages := t.TempDir()
	if err := makeNPM(d.dir, packages); err != nil {
		t.Fatal(err)
	}
	read := func(folder string) (m manifest) {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(packages, folder, "package.json"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), `"scripts"`) {
			t.Errorf("%s has scripts", folder)
		}
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	whole := read("claude-lsp")
	if len(whole.OptionalDependencies) != len(platforms) {
		t.Errorf("it wants %v", whole.OptionalDependencies)
	}
	for _, p := range platforms {
		m := read(p.os + "-" + p.cpu)
		if whole.OptionalDependencies[m.Name] != m.Version || m.Version != d.version || m.OS[0] != p.os || m.CPU[0] != p.cpu {
			t.Errorf("%s: %+v", p, m)
		}
		stat, err := os.Stat(filepath.Join(packages, p.os+"-"+p.cpu, "bin", p.program()))
		if err != nil || stat.Mode().Perm()&0o111 == 0 {
			t.Errorf("%s: its binary: %v", p, err)
		}
	}
}

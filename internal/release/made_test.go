package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// made is what make dist has built, or, where nothing was built, a folder of
// its shape with archives in which a few words stand for each file.
func made(t *testing.T) dist {
	t.Helper()
	if os.Getenv("RELEASE_DIST") != "" {
		return released(t)
	}
	d := dist{dir: t.TempDir(), version: "9.8.7-next"}
	var sums bytes.Buffer
	for _, p := range platforms {
		var packed bytes.Buffer
		add, done := tarWriter(t, &packed)
		if p.goos == "windows" {
			add, done = zipWriter(t, &packed)
		}
		for _, name := range []string{
			p.program(), "LICENSE", "README.md", "THIRD-PARTY-NOTICES", "man/claude-lsp.1",
			"completions/claude-lsp.bash", "completions/_claude-lsp", "completions/claude-lsp.fish", "completions/claude-lsp.ps1",
		} {
			add(fmt.Sprintf("claude-lsp_%s_%s/%s", d.version, p, name), name+" for "+p.String())
		}
		done()
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(packed.Bytes()), d.archive(p))
		if err := put(filepath.Join(d.dir, d.archive(p)), packed.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string][]byte{"metadata.json": []byte(`{"version": "` + d.version + `"}`), "checksums.txt": sums.Bytes()} {
		if err := put(filepath.Join(d.dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d, err := openDist(d.dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func tarWriter(t *testing.T, to *bytes.Buffer) (add func(name, text string), done func()) {
	t.Helper()
	z := gzip.NewWriter(to)
	w := tar.NewWriter(z)
	add = func(name, text string) {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o755, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(text))
	}
	return add, func() { _, _ = w.Close(), z.Close() }
}

func zipWriter(t *testing.T, to *bytes.Buffer) (add func(name, text string), done func()) {
	t.Helper()
	w := zip.NewWriter(to)
	add = func(name, text string) {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(text))
	}
	return add, func() { _ = w.Close() }
}

// What a release lacks is said with its name, and no package is made of half a
// release.
func TestHalfAReleaseIsRefused(t *testing.T) {
	t.Setenv("RELEASE_DIST", "")
	d := made(t)
	p := platforms[4]
	if err := os.Remove(filepath.Join(d.dir, d.archive(p))); err != nil {
		t.Fatal(err)
	}
	if err := makeNPM(d.dir, t.TempDir()); err == nil {
		t.Error("npm packages were made without the archive for Windows")
	}
	d = made(t)
	delete(d.sums, d.archive(platforms[1]))
	if _, err := d.formula(); err == nil {
		t.Error("a formula was made without a checksum")
	}
	if _, err := openDist(t.TempDir()); err == nil {
		t.Error("an empty folder was taken for a release")
	}
}

// A path that leads out of the archive's folder is refused.
func TestArchivesStayInTheirFolder(t *testing.T) {
	t.Setenv("RELEASE_DIST", "")
	d := made(t)
	for _, name := range []string{"evil", "/evil", "claude-lsp_9.8.7-next_linux_amd64/../../evil"} {
		var packed bytes.Buffer
		add, done := tarWriter(t, &packed)
		add(name, "x")
		done()
		if err := put(filepath.Join(d.dir, d.archive(platforms[0])), packed.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if files, err := d.entries(platforms[0]); err == nil {
			t.Errorf("%s was read as %v", name, files)
		}
	}
}

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A dist is the folder that goreleaser has filled.
type dist struct {
	dir     string
	version string            // without v, such as 0.3.1 or 0.3.2-next
	sums    map[string]string // SHA-256 in hex by file name, of checksums.txt
}

func openDist(dir string) (dist, error) {
	d := dist{dir: dir, sums: map[string]string{}}
	data, err := os.ReadFile(filepath.Join(dir, "metadata.json"))
	if err != nil {
		return d, fmt.Errorf("%w; has goreleaser filled it?", err)
	}
	var meta struct{ Version string }
	if err := json.Unmarshal(data, &meta); err != nil {
		return d, err
	}
	d.version = meta.Version
	data, err = os.ReadFile(filepath.Join(dir, "checksums.txt"))
	if err != nil {
		return d, err
	}
	for line := range strings.Lines(string(data)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok || len(sum) != 64 {
			return d, fmt.Errorf("checksums.txt has the line %q", line)
		}
		d.sums[name] = sum
	}
	return d, nil
}

// archive is the name of a platform's archive.
func (d dist) archive(p platform) string {
	ext := ".tar.gz"
	if p.goos == "windows" {
		ext = ".zip"
	}
	return fmt.Sprintf("claude-lsp_%s_%s%s", d.version, p, ext)
}

// An entry is a file in an archive.
type entry struct {
	mode fs.FileMode
	data []byte
}

// entries reads a whole archive: names are those below its one folder.
func (d dist) entries(p platform) (map[string]entry, error) {
	data, err := os.ReadFile(filepath.Join(d.dir, d.archive(p)))
	if err != nil {
		return nil, err
	}
	read := untar
	if p.goos == "windows" {
		read = unzip
	}
	files, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.archive(p), err)
	}
	top := fmt.Sprintf("claude-lsp_%s_%s/", d.version, p)
	below := map[string]entry{}
	for name, e := range files {
		rest, ok := strings.CutPrefix(name, top)
		if !ok || !fs.ValidPath(rest) {
			return nil, fmt.Errorf("%s holds %s, which is not below %s", d.archive(p), name, top)
		}
		below[rest] = e
	}
	return below, nil
}

func untar(data []byte) (map[string]entry, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	files := map[string]entry{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return files, nil
		case err != nil:
			return nil, err
		case h.Typeflag == tar.TypeDir:
			continue
		case h.Typeflag != tar.TypeReg:
			return nil, fmt.Errorf("%s is no plain file", h.Name)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		files[h.Name] = entry{h.FileInfo().Mode(), content}
	}
}

func unzip(data []byte) (map[string]entry, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	files := map[string]entry{}
	for _, f := range z.File {
		if f.Mode().IsDir() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(r)
		_ = r.Close()
		if err != nil {
			return nil, err
		}
		files[f.Name] = entry{f.Mode(), content}
	}
	return files, nil
}

// put writes a file and the folders above it.
func put(file string, data []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // it is published
		return err
	}
	return os.WriteFile(file, data, mode)
}

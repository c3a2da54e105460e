package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// A recallRepo is a repository at one commit, as files on the disk.
type recallRepo struct {
	dir       string
	temporary bool
}

func (r *recallRepo) remove() {
	if r.temporary {
		_ = os.RemoveAll(r.dir)
	}
}

// text returns a file with \n alone as its line breaks.
func (r *recallRepo) text(file string) (string, error) {
	data, err := os.ReadFile(filepath.Join(r.dir, filepath.FromSlash(file)))
	return strings.ReplaceAll(string(data), "\r\n", "\n"), err
}

// hole returns the text of a task's file without the rest of the line, and
// where that rest was, in bytes.
func (r *recallRepo) hole(t *recallTask) (text string, at int, err error) {
	if text, err = r.text(t.Path); err != nil {
		return "", 0, err
	}
	for range t.Line {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			return "", 0, errors.New("the file has too few lines")
		}
		at += n + 1
	}
	for range t.Char {
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	end := at
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		end += n
	} else {
		end = len(text)
	}
	return text[:at] + text[end:], at, nil
}

// openRepo finds a repository: a checkout of the commit, or one that has it, of
// which the files are taken out into a folder of their own.
func openRepo(ctx context.Context, root, name, commit string) (*recallRepo, error) {
	flat := strings.ReplaceAll(name, "/", "+")
	places := []string{name, flat, name[strings.LastIndexByte(name, '/')+1:]}
	bare, _ := filepath.Glob(filepath.Join(root, flat, "*", "HEAD"))
	for _, p := range places {
		dir := filepath.Join(root, filepath.FromSlash(p))
		if git := filepath.Join(dir, ".git"); exists(git) {
			head, err := exec.CommandContext(ctx, "git", "-C", dir, "rev-parse", "HEAD").Output()
			if err == nil && strings.TrimSpace(string(head)) == commit {
				return &recallRepo{dir: dir}, nil
			}
			bare = append(bare, filepath.Join(git, "HEAD"))
		}
	}
	for _, head := range bare {
		archive, err := exec.CommandContext(ctx, "git", "--git-dir="+filepath.Dir(head), "archive", "--format=tar", commit).Output()
		if err != nil {
			continue
		}
		dir, err := os.MkdirTemp("", "recall-")
		if err != nil {
			return nil, err
		}
		repo := &recallRepo{dir: dir, temporary: true}
		if err := unpack(archive, dir); err != nil {
			repo.remove()
			return nil, err
		}
		return repo, nil
	}
	return nil, fmt.Errorf("%s at %s is not below %s", name, commit, root)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// unpack writes the regular files of an archive.
func unpack(archive []byte, dir string) error {
	r := tar.NewReader(bytes.NewReader(archive))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) {
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			return err
		}
	}
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/internal/document"
)

// A place is FILE:LINE:COL of the command line: lines and columns count from 1,
// columns in characters.
type place struct {
	file         string // absolute
	line, column int
}

// UnmarshalText reads FILE:LINE:COL. The file's name may contain colons.
func (p *place) UnmarshalText(text []byte) error {
	parts := strings.Split(string(text), ":")
	if len(parts) < 3 {
		return fmt.Errorf("%q is not FILE:LINE:COL, such as main.go:12:1", text)
	}
	n := len(parts)
	line, err1 := strconv.Atoi(parts[n-2])
	column, err2 := strconv.Atoi(parts[n-1])
	if err1 != nil || err2 != nil || line < 1 || column < 1 {
		return fmt.Errorf("%q is not FILE:LINE:COL: line and column are numbers from 1", text)
	}
	file, err := filepath.Abs(strings.Join(parts[:n-2], ":"))
	if err != nil {
		return err
	}
	*p = place{file: file, line: line, column: column}
	return nil
}

// in finds the place in a text. The column after the last character is its
// end; further is an error that says how far the text goes.
func (p place) in(d *document.Document) (document.Offset, error) {
	if p.line > d.Lines() {
		return 0, fmt.Errorf("%s has %d lines; there is no line %d", p.file, d.Lines(), p.line)
	}
	line := d.Line(p.line - 1)
	at := 0
	for n := 1; n < p.column; n++ {
		if at >= len(line) {
			return 0, fmt.Errorf("line %d of %s has %d characters; there is no column %d",
				p.line, p.file, utf8.RuneCountInString(line), p.column)
		}
		_, size := utf8.DecodeRuneInString(line[at:])
		at += size
	}
	return d.LineStart(p.line-1) + document.Offset(at), nil
}

// folder is the workspace folder of a file that no editor has named one for:
// the nearest folder above it that holds a repository or a project, else its
// own.
func (p place) folder() string {
	marks := []string{".git", ".claude-lsp.toml", "go.mod", "package.json", "Cargo.toml", "pyproject.toml", ".hg", ".jj"}
	for dir := filepath.Dir(p.file); ; dir = filepath.Dir(dir) {
		for _, mark := range marks {
			if _, err := os.Lstat(filepath.Join(dir, mark)); err == nil {
				return dir
			}
		}
		if dir == filepath.Dir(dir) {
			return filepath.Dir(p.file)
		}
	}
}

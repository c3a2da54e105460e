package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/claude-lsp/claude-lsp/context/index"
	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/document"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// recallDirect asks the ranker itself, in this process, and packs what it says
// behind the text round the cursor.
type recallDirect struct {
	ranker *rank.Ranker
	repo   *recallRepo // that the ranker knows
	spent  time.Duration
	asked  int
	worst  time.Duration
}

// lineBytes is what the definitions for the line alone get.
const lineBytes = 5000

// largest is the largest file that is indexed, in bytes.
const largest = 1 << 20

// play hands each window to done.
func (d *recallDirect) play(ctx context.Context, r *recallRepo, tasks []*recallTask, budget int, done func(*recallTask, string) error) error {
	if d.repo != r {
		if err := d.open(r); err != nil {
			return err
		}
		d.repo = r
	}
	for _, t := range tasks {
		window, err := d.window(ctx, r, t, budget)
		if err != nil {
			return fmt.Errorf("%s: %w", t.ID, err)
		}
		if err := done(t, window); err != nil {
			return err
		}
	}
	return nil
}

func (d *recallDirect) open(r *recallRepo) error {
	x := new(index.Index)
	texts := map[string]string{}
	err := filepath.WalkDir(r.dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			if e != nil && e.Name() == ".git" {
				return fs.SkipDir
			}
			return err
		}
		name, err := filepath.Rel(r.dir, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		text, err := r.text(name)
		if err != nil || len(text) > largest || strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
			return err
		}
		texts[name] = text
		x.Put(index.Read(name, syntax.IDForPath(name), text))
		return nil
	})
	d.ranker = rank.New(rank.Options{Index: x, Text: func(file string) (string, bool) {
		text, ok := texts[file]
		return text, ok
	}})
	return err
}

func (d *recallDirect) window(ctx context.Context, r *recallRepo, t *recallTask, budget int) (string, error) {
	text, at, err := r.hole(t)
	if err != nil {
		return "", err
	}
	room := int(float64(budget) * perToken)
	near := room * rank.NearPercent / 100
	before := text[max(0, at-near*3/4):at]
	after := text[at:min(len(text), at+near-len(before))]
	room -= len(before) + len(after)
	q := rank.Query{
		Doc: document.New("file:///w/"+t.Path, syntax.IDForPath(t.Path), 1, text), At: document.Offset(at),
		Path: t.Path, Bulk: max(room-lineBytes, 0),
	}
	start := time.Now()
	found := d.ranker.Rank(ctx, q)
	q.Line, q.Bulk = min(room, lineBytes), 0
	q.Shown = func(file, signature string) bool {
		return slices.ContainsFunc(found.Bulk, func(p rank.Passage) bool { return p.Path == file && strings.Contains(p.Text, signature) })
	}
	found.Line = d.ranker.Rank(ctx, q).Line
	took := time.Since(start)
	d.spent, d.asked, d.worst = d.spent+took, d.asked+1, max(d.worst, took)
	var w strings.Builder
	w.WriteString(before)
	w.WriteString(after)
	for _, p := range append(found.Line, found.Bulk...) {
		w.WriteString("\n" + p.Path + "\n" + p.Text)
	}
	return w.String(), nil
}

// print tells how long rankings took.
func (d *recallDirect) print(w io.Writer) {
	if d.asked > 0 {
		fmt.Fprintf(w, "%d rankings, mean %s, longest %s\n", d.asked, (d.spent / time.Duration(d.asked)).Round(time.Microsecond), d.worst.Round(time.Microsecond))
	}
}

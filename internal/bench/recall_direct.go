package main

import (
	"context"
	"io/fs"
	"path/filepath"
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
	spent  time.Duration
	asked  int
	worst  time.Duration
}

// largest is the largest file that is indexed, in bytes.
const largest = 1 << 20

func (d *recallDirect) open(_ context.Context, r *recallRepo) error {
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
		Path: t.Path, Line: min(room, 5000), Bulk: max(room-5000, 0),
	}
	start := time.Now()
	found := d.ranker.Rank(ctx, q)
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

func (d *recallDirect) close() {
	if d.asked > 0 {
		println("ranking: mean", (d.spent / time.Duration(d.asked)).String(), "worst", d.worst.String())
	}
}

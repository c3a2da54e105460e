package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/context/files"
	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
	"github.com/claude-lsp/claude-lsp/internal/price"
	"github.com/claude-lsp/claude-lsp/internal/syntax"
)

// typingOptions are the flags of the subcommand.
type typingOptions struct {
	replayOptions
	workspace, file string
	typed           int // keys
	save            int // keys between two savings
	window          string
	model           string
}

// typeFile types a part of a real file in its workspace, and tells what of the
// prompts was read from the provider's cache and what all of it has cost.
func typeFile(ctx context.Context, w io.Writer, args []string) error {
	o := typingOptions{replayOptions: replayOptions{lines: 1, seed: 1, debounce: "auto"}}
	flags := flag.NewFlagSet("typing", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", "bin/claude-lsp", "the built server")
	flags.StringVar(&o.workspace, "workspace", ".", "the folder that is opened; it is copied before")
	flags.StringVar(&o.file, "file", "completion/engine.go", "the file in it of which a part is typed")
	flags.IntVar(&o.typed, "keys", 1000, "how many keys are typed")
	flags.IntVar(&o.save, "save", 150, "keys between two savings of the file; 0 is never")
	flags.StringVar(&o.window, "window", "90000", "the server's setting context.windowTokens")
	flags.StringVar(&o.model, "model", "claude-haiku-5-5", "the model that is paid")
	flags.Float64Var(&o.speed, "speed", 4, "divides all times; 1 is real time")
	flags.DurationVar(&o.firstByte, "first-byte", 400*time.Millisecond, "how long the upstream takes to begin")
	flags.Float64Var(&o.tps, "tps", 60, "tokens a second of the upstream")
	flags.Float64Var(&o.right, "right", 1, "share of the answers that are right, from 0 to 1")
	if err := flags.Parse(args); err != nil {
		return err
	}
	bill := &bill{}
	var ok bool
	if bill.price, ok = price.Lookup(o.model); !ok {
		return fmt.Errorf("the price of %s is not known", o.model)
	}
	folder, err := os.MkdirTemp("", "claude-lsp-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	n, size, err := copied(ctx, o.workspace, folder)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(o.file)))
	if err != nil {
		return err
	}
	uri := (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(folder, o.file))}).String()
	s, err := typed(uri, string(text), o.typed, o.save)
	if err != nil {
		return err
	}
	p, err := prepare(s, o.lines)
	if err != nil {
		return err
	}
	back, err := o.play(ctx, folder, p, bill)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d keys typed into %s, of a workspace of %d files (%d KB), speed %g; requests/key %.3f, shown right or rightly nothing %.1f %%, stale %d, lost %d, failed %d\n\n",
		back.counts.keys, o.file, n, size>>10, o.speed, float64(back.counts.requests)/float64(back.counts.keys),
		percent(back.counts.right+back.counts.none, back.counts.keys), back.counts.stale, back.counts.lost, back.counts.failed)
	return bill.print(w, back.counts.keys)
}

// play types p.
func (o typingOptions) play(ctx context.Context, folder string, p *plan, b *bill) (back playback, err error) {
	u := &truthUpstream{o: o.replayOptions}
	born := time.Now()
	api := messages.New(messages.Options{
		Forget: true,
		// The life of what is cached runs as fast as everything.
		Now:  func() time.Time { return born.Add(time.Duration(float64(time.Since(born)) * o.speed)) },
		Done: func(q messages.Request) { u.done(q); b.add(q) },
	})
	api.Answer(u.answer)
	env := append(o.environment(), "CLAUDE_LSP_CONTEXT_WINDOWTOKENS="+o.window, "CLAUDE_LSP_MODEL="+o.model)
	err = sitIn(ctx, folder, o.binary, []string{fmt.Sprintf("--clock-speed=%g", o.speed)}, api, env, func(s sitting) error {
		if back, err = perform(ctx, s, u, p); err != nil {
			return err
		}
		if back.lag > maxLag {
			fmt.Fprintf(os.Stderr, "bench: some messages were sent late, one by %s: the machine is busy\n", back.lag.Round(time.Millisecond))
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		return u.wrong
	})
	return back, err
}

// copied copies the files of a workspace that may be read, and tells how many
// there are and what they weigh.
func copied(ctx context.Context, from, to string) (n int, size int64, err error) {
	if from, err = filepath.Abs(from); err != nil {
		return 0, 0, err
	}
	w := files.NewWorkspace(files.WorkspaceOptions{Folders: []string{from}})
	if err := w.Scan(ctx); err != nil {
		return 0, 0, err
	}
	for _, f := range w.Files() {
		text, err := w.Read(f)
		if err != nil {
			continue // it is left out as it would be in the folder itself
		}
		name := filepath.Join(to, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return 0, 0, err
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return 0, 0, err
		}
		n, size = n+1, size+int64(len(text))
	}
	return n, size, nil
}

// The rhythm of a typist, in milliseconds.
const (
	rest     = 6000 // after the file was opened: it is read first
	perKey   = 160
	perRow   = 700  // before a new row
	perPause = 4000 // after each hundred keys
)

// typed is a session that types rows of a text which were not there: from its
// middle on, as many as have so many characters. Rows come with their
// indentation, as editors do it.
func typed(uri, text string, keys, save int) (session, error) {
	text = strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	rows := strings.Split(text, "\n")
	from := len(rows) / 2
	to, left := from, keys
	for ; to < len(rows) && left > 0; to++ {
		left -= len([]rune(strings.TrimLeft(rows[to], " \t"))) + 1
	}
	if left > 0 {
		return session{}, errors.New("the second half of the file has fewer characters than are to be typed")
	}
	s := session{Name: uri, Spans: [][2]int{{from, to}}, New: text + "\n", Whole: true}
	start := strings.Join(rows[:from], "\n") + "\n" + strings.Join(rows[to:], "\n") + "\n"
	s.Events = append(s.Events, event{Kind: "open", URI: uri, Lang: syntax.IDForPath(uri), Version: 1, Text: start})
	at, version, n := int64(rest), 1, 0
	put := func(row, column int, typed string) {
		version++
		s.Events = append(s.Events, event{At: at, Kind: "change", NewVersion: version, Range: [4]int{row, column, row, column}, Typed: typed})
	}
	ask := func(row, column, characters int) {
		s.Events = append(s.Events, event{At: at, Kind: "req", Place: [2]int{row, column}, Truth: &[2]int{row, characters}})
		n++
		if save > 0 && n%save == 0 {
			s.Events = append(s.Events, event{At: at + 40, Kind: "save"})
		}
		if n%100 == 0 {
			at += perPause
		}
	}
	for row := from; row < to; row++ {
		indent := rows[row][:len(rows[row])-len(strings.TrimLeft(rows[row], " \t"))]
		// The row before ends in a line break already: the new one is opened above
		// what follows.
		at += perRow
		put(row, 0, indent+"\n")
		column, characters := len(indent), len([]rune(indent))
		ask(row, column, characters)
		for _, r := range strings.TrimPrefix(rows[row], indent) {
			at += perKey
			put(row, column, string(r))
			column, characters = column+units(string(r)), characters+1
			ask(row, column, characters)
		}
	}
	return s, nil
}

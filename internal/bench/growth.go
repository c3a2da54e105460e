package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// growth plays answers, a line at a time, to a client that shows text as it
// grows, and tells how much of them was shown before they were whole.
func growth(ctx context.Context, w io.Writer, args []string) error {
	o := insertOptions{listens: true, chunking: chunksLines, trigger: "automatic"}
	flags := flag.NewFlagSet("growth", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", "bin/claude-lsp", "the built server")
	flags.DurationVar(&o.pause, "pause", 5*time.Millisecond, "before each line of an answer")
	flags.IntVar(&o.workers, "workers", 2*runtime.NumCPU(), "how many servers work side by side")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("usage: bench growth [flags] FILE")
	}
	cases, err := readLines[insertCase](flags.Arg(0))
	if err != nil {
		return err
	}
	ends, err := playCases(ctx, o, cases)
	if err != nil {
		return err
	}
	return printGrowth(w, cases, ends)
}

// A grownTally counts answers of several lines and what of them was shown early.
type grownTally struct {
	answers, told int
	lines, early  int // all but each answer's last one, which is whole when the answer is
	back          int // answers that are not what was shown, and more
}

func (t *grownTally) add(e insertEnd) {
	lines := breaksIn(e.item)
	if lines == 0 {
		return
	}
	t.answers++
	t.lines += lines
	if n := len(e.grown); n > 0 {
		t.told++
		t.early += min(lines, breaksIn(e.grown[n-1])+1)
	}
	last := ""
	for _, text := range append(e.grown, e.item) {
		if !strings.HasPrefix(text, last) {
			t.back++
			break
		}
		last = text
	}
}

// breaksIn counts the line breaks between the lines of an item. One in front
// only leads to the line below the cursor's.
func breaksIn(text string) int { return strings.Count(strings.TrimLeft(text, "\r\n"), "\n") }

// printGrowth prints the shares, and those of answers of more than two lines,
// which have something left to come when their first line has settled.
func printGrowth(w io.Writer, cases []insertCase, ends []insertEnd) error {
	var all, longer grownTally
	right := 0
	for _, e := range ends {
		all.add(e)
		if breaksIn(e.item) > 1 {
			longer.add(e)
		}
		if e.verdict.match {
			right++
		}
	}
	if all.answers == 0 {
		return errors.New("no answer has several lines")
	}
	share := func(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
	_, err := fmt.Fprintf(w, "%d answers, %d right, %d of several lines\n", len(cases), right, all.answers)
	for _, t := range []struct {
		name string
		grownTally
	}{{"two lines and more", all}, {"three lines and more", longer}} {
		_, e := fmt.Fprintf(w, "%s: %.1f%% of %d seen before they were whole, %.1f%% of their %d lines but the last; taken back: %d\n",
			t.name, share(t.told, t.answers), t.answers, share(t.early, t.lines), t.lines, t.back)
		err = errors.Join(err, e)
	}
	return err
}

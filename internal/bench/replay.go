package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// replayOptions are the flags of the subcommand.
type replayOptions struct {
	binary    string
	speed     float64       // of the sessions, the upstream and the server's waits
	firstByte time.Duration // before the speed
	tps       float64       // tokens a second, before the speed
	right     float64       // share of the answers that are right
	lines     int           // of an answer
	seed      int
	debounce  string // before the speed
	keys      string // the file that tells of each key; "" is none
	workers   int
	sessions  int
}

// replay plays editing sessions and tells what a person would have seen.
func replay(ctx context.Context, w io.Writer, args []string) error {
	var o replayOptions
	flags := flag.NewFlagSet("replay", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", "bin/claude-lsp", "the built server")
	flags.Float64Var(&o.speed, "speed", 4, "divides the times of sessions, of the upstream and of the server's own waits alike; 1 is real time")
	flags.DurationVar(&o.firstByte, "first-byte", 400*time.Millisecond, "how long the upstream takes to begin")
	flags.Float64Var(&o.tps, "tps", 60, "tokens a second of the upstream")
	flags.Float64Var(&o.right, "right", 1, "share of the answers that are right, from 0 to 1")
	flags.IntVar(&o.lines, "lines", 1, "lines of an answer")
	flags.IntVar(&o.seed, "seed", 1, "which of the answers are wrong")
	flags.StringVar(&o.debounce, "debounce", "auto", "the server's setting completion.debounce, before the speed")
	flags.StringVar(&o.keys, "keys", "", "write what became of each key to this file, one JSON object a line")
	flags.IntVar(&o.workers, "workers", 2*runtime.NumCPU(), "how many servers work side by side")
	flags.IntVar(&o.sessions, "sessions", 0, "play the first sessions of each file alone; 0 is all")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() == 0:
		return errors.New("usage: bench replay [flags] FILE, or several files")
	case o.speed <= 0 || o.tps <= 0 || o.lines < 1:
		return errors.New("-speed, -tps and -lines are positive numbers")
	}
	plans, err := o.read(flags.Args())
	if err != nil {
		return err
	}
	// The player shares its process with the upstream, whose garbage must not
	// make it late.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	began := time.Now()
	backs := make([]playback, len(plans))
	err = share(ctx, o.workers, len(plans), func(ctx context.Context, next func() (int, bool)) error {
		return o.work(ctx, plans, backs, next)
	})
	if err != nil {
		return err
	}
	took := time.Since(began)
	if o.keys != "" {
		if err := writeKeys(o.keys, plans, o.speed); err != nil {
			return err
		}
	}
	return o.print(w, backs, took)
}

// read makes the sessions of all files ready.
func (o replayOptions) read(files []string) ([]*plan, error) {
	var plans []*plan
	for _, name := range files {
		sessions, err := readLines[session](name)
		if err != nil {
			return nil, err
		}
		if o.sessions > 0 {
			sessions = sessions[:min(o.sessions, len(sessions))]
		}
		for _, s := range sessions {
			p, err := prepare(s, o.lines)
			if err != nil {
				return nil, err
			}
			plans = append(plans, p)
		}
	}
	return plans, nil
}

// environment are the server's settings. Its clock runs as fast as the
// sessions, and so do all its waits.
func (o replayOptions) environment() []string {
	return []string{
		"CLAUDE_LSP_COMPLETION_DEBOUNCE=" + o.debounce,
		"CLAUDE_LSP_CACHE_MAXMB=0", // what one session learnt must not help the next
	}
}

// work plays sessions one after the other on one server, as one editor would.
func (o replayOptions) work(ctx context.Context, plans []*plan, backs []playback, next func() (int, bool)) error {
	u := &truthUpstream{o: o}
	api := messages.New(messages.Options{Forget: true, Done: u.done})
	api.Answer(u.answer)
	args := []string{fmt.Sprintf("--clock-speed=%g", o.speed)}
	return sit(ctx, o.binary, args, api, o.environment(), func(s sitting) error {
		for i, more := next(); more; i, more = next() {
			var err error
			if backs[i], err = perform(ctx, s, u, plans[i]); err != nil {
				return fmt.Errorf("%s: %w", plans[i].name, err)
			}
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		return u.wrong
	})
}

// print prints a row for each session and one for all. It fails if the player
// could not keep up, because then the run says nothing.
func (o replayOptions) print(w io.Writer, backs []playback, took time.Duration) error {
	fmt.Fprintf(w, "%d sessions on %d servers in %s, speed %g; before the speed: first byte %s, %g tokens/s, debounce %s; answers of %d line(s), right: %.0f %%\n\n",
		len(backs), min(o.workers, len(backs)), took.Round(time.Second), o.speed, o.firstByte, o.tps, o.debounce, o.lines, 100*o.right)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "keys\trequests/key\tahead\tlocal %\tdeclined %\tovertaken %\tright %\t+none %\twrong %\tstale\tcrossed\tlost\tdouble\tfailed\tlag ms\tMiB\t  session")
	all := playback{name: "ALL"}
	unplaced, void := 0, 0
	// A void run is printed all the same: it says in which session it failed.
	for _, b := range backs {
		b.row(tw)
		all.counts.add(b.counts)
		all.lag = max(all.lag, b.lag)
		unplaced += b.counts.unplaced
		all.steps += b.steps
		all.late += b.late
		if b.lag > maxLag {
			void++
		}
	}
	all.row(tw)
	if err := tw.Flush(); err != nil {
		return err
	}
	fmt.Fprint(w, legend)
	if unplaced > 0 {
		fmt.Fprintf(w, "\n%d requests could not be placed in their document and were answered as for the newest key.\n", unplaced)
	}
	if void > 0 {
		return fmt.Errorf("VOID: %d of %d messages, in %d of %d sessions, were sent more than %s late; take fewer -workers, a lower -speed or a quieter machine",
			all.late, all.steps, void, len(backs), maxLag)
	}
	return nil
}

// legend explains the columns. Those from local to overtaken and the keys for
// which a request was made are all keys; so are those from right to wrong and
// the keys for which nothing came in time.
const legend = `
ahead      those of the requests that were made for the line behind the one that is typed
local      no request upstream was made for the key: it was answered, or the stream under way brings what it needs
declined   no request, and an empty answer although some text is due
overtaken  no request before the next edit
right      a right text was there before the next edit; +none: nothing was due, and that was the answer
wrong      another text was there (what was typed is wrong itself, or so was the model)
stale      items for a text that was gone, or that fit nowhere; crossed: they met the edit on their way
`

func (b playback) row(w io.Writer) {
	c := b.counts
	share := func(n int) string { return fmt.Sprintf("%.1f", percent(n, c.keys)) }
	memory := ""
	if b.before != "" {
		memory = strings.TrimSuffix(b.before, " MiB") + " to " + strings.TrimSuffix(b.after, " MiB")
	}
	name := b.name
	if b.lag > maxLag {
		name += " (VOID)"
	}
	fmt.Fprintf(w, "%d\t%.3f\t%.3f\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%.1f\t%s\t  %s\n",
		c.keys, float64(c.requests)/float64(max(1, c.keys)), float64(c.ahead)/float64(max(1, c.keys)), share(c.local), share(c.declined), share(c.overtaken),
		share(c.right), share(c.none), share(c.wrong), c.stale, c.crossed, c.lost, c.double, c.failed,
		float64(b.lag.Microseconds())/1000, memory, name)
}

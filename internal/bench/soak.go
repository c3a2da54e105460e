package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
)

// soakOptions are the flags of the subcommand.
type soakOptions struct {
	binary    string
	minutes   float64
	documents int
	rate      float64 // requests a second
	faults    float64 // the share of requests upstream that break
}

// What may be more at the end than at the beginning. A heap breathes, and idle
// connections come and go. Memory is compared with the quarter before: what is
// kept between keys, up to its bounds, takes thousands of keys to fill up.
const (
	soakMaxMB          = 120
	soakMoreMB         = 12
	soakMoreFiles      = 8
	soakMoreGoroutines = 10
	soakWarmUp         = 10 * time.Second // until when what is kept by design fills up
)

// soak types in many documents at once for minutes while the upstream breaks at
// random, and tells whether anything was lost and whether anything grew.
func soak(ctx context.Context, w io.Writer, args []string) error {
	var o soakOptions
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", "bin/claude-lsp", "the built server")
	flags.Float64Var(&o.minutes, "minutes", 10, "how long")
	flags.IntVar(&o.documents, "documents", 20, "in how many documents somebody types")
	flags.Float64Var(&o.rate, "rate", 30, "requests a second, in all documents together")
	flags.Float64Var(&o.faults, "faults", 0.2, "the share of requests upstream that break")
	if err := flags.Parse(args); err != nil {
		return err
	}
	// What it has at rest is compared with a server that did a little of the same.
	_, fresh, err := o.play(ctx, 2*time.Second)
	if err != nil {
		return err
	}
	s, rest, err := o.play(ctx, time.Duration(o.minutes*float64(time.Minute)))
	if err != nil {
		return err
	}
	return o.print(w, s, fresh, rest)
}

// atRest is what a server has when nobody asks any more.
type atRest struct {
	goroutines int
	files      int // descriptors
	upstream   int // requests that are still being answered
	stored     int64
}

// play types for a while in a server of its own.
func (o soakOptions) play(ctx context.Context, length time.Duration) (*soaking, atRest, error) {
	var rest atRest
	h, err := newFaultHouse(faultRow{play: randomFault()})
	if err != nil {
		return nil, rest, err
	}
	defer h.close()
	h.up.api.Answer(soakAnswer)
	h.up.share = o.faults
	if err := h.begin(ctx, o.binary); err != nil {
		return nil, rest, err
	}
	s := newSoaking(h, o)
	if err := s.run(ctx, length); err != nil {
		return nil, rest, err
	}
	// Streams end by their own limit, and connections are kept for a while.
	for deadline := time.Now().Add(faultTotal + 3*time.Second); h.up.live.Load() > 0 && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(time.Second)
	rest.files, rest.upstream, rest.stored = h.descriptors(), int(h.up.live.Load()), folderSize(h.home)
	rest.goroutines = strings.Count(h.dump(), "\ngoroutine ")
	if rest.goroutines == 0 {
		return nil, rest, errors.New("the server said nothing of its goroutines")
	}
	return s, rest, nil
}

// randomFault plays one of the faults of the matrix at random: those of answers
// alone that take neither minutes nor gigabytes, and after which the service is
// to be asked again.
func randomFault() fault {
	var plays []fault
	for _, r := range faultRows() {
		heavy := strings.Contains(r.name, " MB") || strings.Contains(r.name, "bomb") || strings.Contains(r.name, "spend cap")
		if r.play != nil && r.layout == nil && r.by == plain && r.skip == "" && !r.held && !heavy {
			plays = append(plays, r.play)
		}
	}
	return func(u *brokenUpstream, w http.ResponseWriter, r *http.Request) { plays[rand.IntN(len(plays))](u, w, r) }
}

// print prints the table. The error says what is wrong.
func (o soakOptions) print(w io.Writer, s *soaking, fresh, rest atRest) error {
	q := s.quarters()
	begin, end := q[0], q[3]
	var wrong []string
	flat := func(what string, from, to, more int) string {
		if to > from+more {
			wrong = append(wrong, fmt.Sprintf("%s grew from %d to %d", what, from, to))
		}
		return fmt.Sprintf("%d -> %d", from, to)
	}
	none := func(what string, n int) string {
		if n > 0 {
			wrong = append(wrong, fmt.Sprintf("%d %s", n, what))
		}
		return fmt.Sprint(n)
	}
	rows := []row{
		{"requests", fmt.Sprintf("%d in %d documents, %.1f a second", s.asked, o.documents, float64(s.asked)/s.took.Seconds()), fmt.Sprintf("%g a second", o.rate)},
		{"answers", s.answers(), ""},
		{"time to an answer", s.times.String(), ""},
		{"requests upstream", fmt.Sprintf("%d, %d of them broken", s.h.up.tries.Load(), s.h.up.broken.Load()), ""},
		{"lost responses", none("responses were lost", s.lost), "0"},
		{"responses too many", none("responses too many", s.strays), "0"},
		{"other errors", none("errors in the place of a result", len(s.wrong)), "0"},
		{"resident memory, MB (by quarters)", fmt.Sprintf("%d, %d, %d, %d", q[0].mb, q[1].mb, q[2].mb, q[3].mb), fmt.Sprintf("%d; the last +%d", soakMaxMB, soakMoreMB)},
		{"file descriptors (first and last quarter)", flat("descriptors", begin.files, end.files, soakMoreFiles), fmt.Sprint("+", soakMoreFiles)},
		{"threads (first and last quarter)", flat("threads", begin.threads, end.threads, soakMoreFiles), fmt.Sprint("+", soakMoreFiles)},
		{"goroutines at rest (fresh and soaked)", flat("goroutines", fresh.goroutines, rest.goroutines, soakMoreGoroutines), fmt.Sprint("+", soakMoreGoroutines)},
		{"file descriptors at rest (fresh and soaked)", flat("descriptors at rest", fresh.files, rest.files, soakMoreFiles), fmt.Sprint("+", soakMoreFiles)},
		{"requests left upstream", none("requests were left upstream", rest.upstream), "0"},
		{"on disk", fmt.Sprintf("%d KB", rest.stored>>10), ""},
	}
	flat("memory", q[2].mb, q[3].mb, soakMoreMB)
	if end.mb > soakMaxMB {
		wrong = append(wrong, fmt.Sprintf("memory is %d MB", end.mb))
	}
	if s.got[items] == 0 || s.asked == 0 {
		wrong = append(wrong, "nothing was suggested")
	}
	if err := printRows(w, rows); err != nil {
		return err
	}
	if len(s.wrong) > 0 {
		wrong = append(wrong, s.wrong[0])
	}
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "; "))
	}
	return nil
}

// A sample is what the server holds at one moment; of several, the middle of
// each figure. A system that does not tell leaves it 0.
type sample struct{ mb, files, threads int }

// quarters are the middles of the quarters of the run, without what it takes to
// warm up.
func (s *soaking) quarters() (q [4]sample) {
	n := len(s.samples)
	for i := range q {
		if part := s.samples[n*i/4 : n*(i+1)/4]; len(part) > 0 {
			q[i] = middle(part)
		}
	}
	return q
}

func middle(list []sample) sample {
	of := func(figure func(sample) int) int {
		var all []int
		for _, s := range list {
			all = append(all, figure(s))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return sample{
		of(func(s sample) int { return s.mb }), of(func(s sample) int { return s.files }), of(func(s sample) int { return s.threads }),
	}
}

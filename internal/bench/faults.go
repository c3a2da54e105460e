package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"
)

// The server's limits in the matrix, short so that its silent rows do not take
// minutes.
const (
	faultConnect   = 500 * time.Millisecond
	faultFirstByte = time.Second
	faultTotal     = 2 * time.Second
	// faultLimit is until when the editor must have its answer: what a keystroke
	// waits for at most, the last try's own limit, and time for a busy machine.
	faultLimit = 3*time.Second + faultTotal + 5*time.Second
)

// maxPeak is how many megabytes the server may hold at most, whatever comes: far
// above what it needs, and far below what a flood would take.
const maxPeak = 150

// for ever, as a number of times.
const forEver = 1 << 30

// What an answer may be.
const (
	items  = "items"
	empty  = ""
	either = "either" // how much of a broken answer can be shown is not the matrix's matter
)

// A faultRow is one thing that goes wrong.
type faultRow struct {
	name   string
	play   fault  // how the upstream breaks
	once   string // what the editor must get where it breaks once or twice
	ever   string // and where it breaks for ever; the zero value is empty
	held   bool   // the server keeps away for a while, as it was asked to: the next request is answered empty
	by     scheme
	layout func(h *faultHouse) error // what goes wrong beside the upstream; nil: nothing
	skip   string                    // why it cannot be played here
}

// faults plays everything that can go wrong against the built server, each
// once, twice and for ever, and prints what became of it.
func faults(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("faults", flag.ContinueOnError)
	binary := flags.String("binary", "bin/claude-lsp", "the built server")
	only := flags.String("only", "", "play the rows alone whose name has this in it")
	workers := flags.Int("workers", 2*runtime.NumCPU(), "how many servers work side by side")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var rows []faultRow
	for _, r := range faultRows() {
		if strings.Contains(r.name, *only) {
			rows = append(rows, r)
		}
	}
	results := make([]faultResult, len(rows))
	began := time.Now()
	err := share(ctx, *workers, len(rows), func(ctx context.Context, next func() (int, bool)) error {
		for i, ok := next(); ok; i, ok = next() {
			results[i] = playRow(ctx, *binary, rows[i])
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return printFaults(w, rows, results, time.Since(began))
}

// A faultResult is what became of one row.
type faultResult struct {
	once, twice, ever answered
	next              answered // the request after all that
	tries             int      // of the request for which it broke for ever
	peak              int      // megabytes
	wrong             []string // nothing where all is well
}

// answered is what the editor got.
type answered struct {
	what string
	took time.Duration
}

func (a answered) String() string {
	switch {
	case a.took == 0:
		return "-"
	case a.what == empty:
		return fmt.Sprintf("empty %.1fs", a.took.Seconds())
	}
	return fmt.Sprintf("%s %.1fs", a.what, a.took.Seconds())
}

func (r *faultResult) complainf(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

// playRow plays one row with a server of its own.
func playRow(ctx context.Context, binary string, row faultRow) (r faultResult) {
	if row.skip != "" {
		return r
	}
	h, err := newFaultHouse(row)
	if err != nil {
		r.complainf("%v", err)
		return r
	}
	defer h.close()
	if err := h.begin(ctx, binary); err != nil {
		r.complainf("%v", err)
		return r
	}
	ask := func(times int, want string) answered {
		h.up.breakFor(times)
		a, err := h.ask()
		h.up.breakFor(0)
		switch {
		case err != nil:
			r.complainf("%v", err)
		case want != either && a.what != want:
			r.complainf("got %v, want %q", a, want)
		}
		return a
	}
	ask(0, items) // all is well
	if row.by != plain {
		time.Sleep(500 * time.Millisecond) // a connection is opened ahead
	}
	ask(0, items) // and it is used up
	before := h.sockets()
	r.once = ask(1, row.once)
	if !row.held {
		h.settle()
		r.twice = ask(2, row.once)
		h.settle()
	}
	tries := h.up.tries.Load()
	r.ever = ask(forEver, row.ever)
	r.tries = int(h.up.tries.Load() - tries)
	if row.held {
		r.next = ask(0, empty)
	} else {
		h.settle()
		r.next = ask(0, items)
	}
	h.leaks(before, &r)
	return r
}

// leaks looks at what is left when nobody asks any more: sockets, requests
// upstream, goroutines that wait for an answer.
func (h *faultHouse) leaks(before int, r *faultResult) {
	const idle = 4 // connections that are kept for the next request
	deadline := time.Now().Add(5 * time.Second)
	for h.up.live.Load() > 0 || h.sockets() > before+idle {
		if time.Now().After(deadline) {
			r.complainf("%d requests and %d sockets are left, of %d", h.up.live.Load(), h.sockets(), before)
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if n := h.up.elsewhere.Load(); n > 0 {
		r.complainf("%d requests went to the host of a redirect", n)
	}
	if h.client.strays > 0 {
		r.complainf("%d responses too many", h.client.strays)
	}
	if r.peak = h.peak(); r.peak > maxPeak {
		r.complainf("it held %d MB", r.peak)
	}
	time.Sleep(100 * time.Millisecond) // a stream's end is a moment behind its answer
	dump := h.dump()
	for stack := range strings.SplitSeq(dump, "\n\n") {
		if strings.HasPrefix(stack, "goroutine ") && (strings.Contains(stack, "internal/claude.") || strings.Contains(stack, "internal/route.")) {
			r.complainf("a goroutine is left: %s", strings.SplitN(stack, "\n", 3)[1])
		}
	}
	if !strings.Contains(dump, "goroutine ") {
		r.complainf("the server said nothing of its goroutines")
	}
}

// sockets is how many the server has open; 0 where the system does not tell.
func (h *faultHouse) sockets() (n int) {
	folder := fmt.Sprintf("/proc/%d/fd/", h.client.cmd.Process.Pid)
	list, err := os.ReadDir(folder)
	if err != nil {
		return 0
	}
	for _, f := range list {
		if to, err := os.Readlink(folder + f.Name()); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

// peak is the most memory that the server has held, in megabytes; 0 where the
// system does not tell.
func (h *faultHouse) peak() (mb int) { return statusKB(h.client.cmd.Process.Pid, "VmHWM:") >> 10 }

// dump ends the server in the way in which it tells all its goroutines.
func (h *faultHouse) dump() string {
	if err := h.client.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return ""
	}
	_ = h.client.cmd.Wait() // it ends with a code that says so
	h.ended = true
	return h.stderr.String()
}

// ask asks for a completion in a document of its own.
func (h *faultHouse) ask() (a answered, err error) {
	h.documents++
	uri := fmt.Sprintf("file:///w/f%d.go", h.documents)
	if err := h.client.open(uri, "package a\n\nfunc f() {\n\t\n}\n"); err != nil {
		return a, err
	}
	answer, sent, err := h.client.inline(uri, 3, 1)
	if err != nil {
		return a, err
	}
	select {
	case r, ok := <-answer:
		if !ok {
			return a, errors.New("the server has ended")
		}
		if r.err != nil {
			return a, fmt.Errorf("an error in the place of a result: %s", r.err)
		}
		var list struct{ Items []json.RawMessage }
		if err := json.Unmarshal(r.result, &list); err != nil || bytes.Equal(r.result, []byte("null")) {
			return a, fmt.Errorf("the result is %.100s", r.result)
		}
		a.what, a.took = empty, max(r.at.Sub(sent), 1) // an answer may be there before sending has returned
		if len(list.Items) > 0 {
			a.what = items
		}
	case <-time.After(faultLimit):
		return a, fmt.Errorf("no answer within %v", faultLimit)
	}
	return a, h.client.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
}

// lockedBuffer takes what a process writes while others read it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// printFaults prints the table. The error counts the rows that failed.
func printFaults(w io.Writer, rows []faultRow, results []faultResult, took time.Duration) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "fault\tonce\ttwice\tfor ever\ttries\tnext\tMB\tverdict")
	failed, skipped := 0, 0
	for i, r := range results {
		verdict := "ok"
		switch {
		case rows[i].skip != "":
			verdict = "not played: " + rows[i].skip
			skipped++
		case len(r.wrong) > 0:
			verdict = "WRONG: " + strings.Join(r.wrong, "; ")
			failed++
		}
		fmt.Fprintf(t, "%s\t%v\t%v\t%v\t%d\t%v\t%d\t%s\n", rows[i].name, r.once, r.twice, r.ever, r.tries, r.next, r.peak, verdict)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d faults, %d not played, %d wrong, in %.0f s\n", len(rows), skipped, failed, took.Seconds())
	if failed > 0 {
		return fmt.Errorf("%d of %d faults were not survived", failed, len(rows))
	}
	return nil
}

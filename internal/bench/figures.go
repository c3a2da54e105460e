package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// A row is one line of the table.
type row struct {
	what, measured, budget string
}

func printRows(w io.Writer, rows []row) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "what\tmeasured\tbudget")
	fmt.Fprintln(tw, "----\t--------\t------")
	for _, r := range rows {
		fmt.Fprintf(tw, "%s\t%s\t%s\n", r.what, r.measured, r.budget)
	}
	return tw.Flush()
}

// durations is a sample.
type durations []time.Duration

// at is the value below which a share of the sample lies.
func (d durations) at(share float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

// String tells the middle and the tail, and how large the sample was.
func (d durations) String() string {
	return fmt.Sprintf("p50 %s, p99 %s (n=%d)", short(d.at(0.5)), short(d.at(0.99)), len(d))
}

func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.0f us", float64(d.Nanoseconds())/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.2f ms", float64(d.Nanoseconds())/1e6)
	default:
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
}

// rss is the resident memory of a process in MiB, where the system tells it.
func rss(pid int) string { return memory(pid, "VmRSS:") }

// memory is a line of what the system tells of a process's memory, in MiB.
func memory(pid int, key string) string {
	kb := statusKB(pid, key)
	if kb == 0 {
		return "not told by this system"
	}
	return fmt.Sprintf("%.1f MiB", float64(kb)/1024)
}

// statusKB is the same in KiB; 0 where the system does not tell.
func statusKB(pid int, key string) int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			kb, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return kb
		}
	}
	return 0
}
